"""Video and audio files that are not what one expects them to be."""

import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from nemovideo.emulator.render.clips import Clip
from nemovideo.emulator.render.outcome import RenderError, complaint
from nemovideo.emulator.render.recordings import read_sound
from tests.emulator.render.films import decoded, level, rendered, slideshow
from tests.emulator.render.sources import (
    TONE,
    song_with_cover,
    turned_video,
    video,
    wave_file,
)


def colour(pixels: np.ndarray) -> int:
    """Which of red, green and blue fills the middle."""
    return int(pixels[pixels.shape[0] // 2, pixels.shape[1] // 2].argmax())


def pitch(samples: np.ndarray) -> float:
    """The strongest frequency, in Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    return float(spectrum.argmax() * 48000 / samples.size)


def test_a_portrait_clip_stands_upright(tmp_path: Path) -> None:
    """A rotation in the header turns every picture, as a player would."""
    picture = Clip(turned_video(tmp_path / "a.mp4"), "a.mp4").at(0.5)

    assert picture.shape == (320, 180, 3)
    assert picture[10, -10].min() > 200
    assert picture[10, 10].min() < 60


def test_wide_pixels_are_shown_square(tmp_path: Path) -> None:
    """An anamorphic clip has the shape that its header says."""
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 160, 180, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(2)
        still = np.full((180, 160, 3), 90, np.uint8)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(still, format="rgb24")))
        container.mux(stream.encode(None))

    assert Clip(path, "a.mp4").at(0).shape == (180, 320, 3)


def test_pictures_at_uneven_times_are_shown_at_theirs(tmp_path: Path) -> None:
    """In a clip of variable frame rate the clock counts, not the number of the picture."""
    path = video(tmp_path / "a.mp4", moment=lambda i: i if i < 30 else 30 + 3 * (i - 30))

    clip = Clip(path, "a.mp4")

    moments = (0.5, 0.98, 1.02, 3.9, 4.1, 6.5, 0.2)
    assert [colour(clip.at(moment)) for moment in moments] == [0, 0, 1, 1, 2, 2, 0]


def test_any_moment_can_be_asked_for(tmp_path: Path) -> None:
    """Jumping to and fro, before the start and far beyond the end."""
    clip = Clip(video(tmp_path / "a.mp4", 9), "a.mp4")

    moments = (8.5, 0.5, 4.5, -3.0, 1000.0, 3.5)
    assert [colour(clip.at(moment)) for moment in moments] == [2, 0, 1, 0, 2, 0]


def test_a_clip_trimmed_beyond_its_end_holds_its_last_picture(tmp_path: Path) -> None:
    """And is silent; the film is as long as it should be."""
    draft = slideshow(["a.mp4"], 1000, motion="none")
    draft["t"][0]["sg"][0]["m"] |= {"kind": "video", "trim_start_ms": 20_000}

    film = decoded(
        rendered(draft, {"a.mp4": video(tmp_path / "a.mp4", 2)}, tmp_path / "film.mp4", 0.1).path
    )

    assert len(film.frames) == 30
    assert colour(film.at(0.5)) == 1
    assert level(film.sound) < -80


def test_a_clip_without_sound_is_silent(tmp_path: Path) -> None:
    """It is no reason to fail."""
    draft = slideshow(["a.mp4"], 1000, motion="none")
    draft["t"][0]["sg"][0]["m"] |= {"kind": "video", "volume": 1.0}
    path = video(tmp_path / "a.mp4", 1, silent=True)

    film = decoded(rendered(draft, {"a.mp4": path}, tmp_path / "film.mp4", 0.1).path)

    assert colour(film.at(0.5)) == 0
    assert level(film.sound) < -80


@pytest.mark.parametrize(
    "kind", ["mono", "stereo", "5.1", "8 kHz", "44.1 kHz", "six channels", "song with a cover"]
)
def test_sound_of_any_layout_and_rate_becomes_stereo(kind: str, tmp_path: Path) -> None:
    """Its pitch and its length are kept, and it is heard on both sides."""
    path = tmp_path / ("a.mp3" if kind.startswith("song") else "a.mp4")
    match kind:
        case "mono" | "stereo" | "5.1":
            video(path, 2, layout=kind)
        case "8 kHz":
            video(path, 2, rate=8000)
        case "44.1 kHz":
            wave_file(path, 2, channels=2, rate=44100)
        case "six channels":
            wave_file(path, 2, channels=6, rate=48000)
        case _:
            song_with_cover(path)

    sound = read_sound(path, "a", 0.5, 1.0)

    assert sound.shape == (2, 48000)
    assert pitch(sound[0]) == pytest.approx(TONE, abs=2)
    assert np.abs(sound[0] - sound[1]).max() < 0.1
    assert -14 < level(sound) < 0


@pytest.mark.parametrize(
    ("seconds", "start"), [(0, 0.0), (0, 5.0), (1, 5.0)], ids=["empty", "empty trimmed", "beyond"]
)
def test_where_a_file_has_no_samples_there_are_none(
    seconds: float, start: float, tmp_path: Path
) -> None:
    """An empty recording, or a part after its end, is silence and no mistake."""
    path = wave_file(tmp_path / "a.wav", seconds)

    assert read_sound(path, "a.wav", start, 1.0).shape == (2, 0)


@pytest.mark.parametrize("start", [0.0, 0.25, 2.0, 5.5])
def test_sound_is_cut_to_the_sample(start: float, tmp_path: Path) -> None:
    """Each part of a recording is what stands there."""
    path = wave_file(tmp_path / "a.wav", 8, rate=48000)

    part = read_sound(path, "a.wav", start, 0.5)

    whole = 0.5 * np.sin(2 * np.pi * TONE * (np.arange(24000) / 48000 + start)) * 0.5**0.5
    assert np.abs(part[0] - whole).max() < 0.01


def test_sound_that_begins_later_than_its_picture_stays_late(tmp_path: Path) -> None:
    """Lips and voice stay together: a second of silence comes first."""
    path = tmp_path / "a.mkv"
    with av.open(str(video(tmp_path / "b.mp4", 2))) as source, av.open(str(path), "w") as late:
        seen = late.add_stream_from_template(source.streams.video[0])
        heard = late.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux():
            if packet.size and packet.pts is not None and packet.dts is not None:
                voice = packet.stream.type == "audio"
                shift = 48000 if voice else 0
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                packet.stream = heard if voice else seen
                late.mux(packet)

    sound = read_sound(path, "a.mkv", 0.0, 2.0)

    assert level(sound[:, :46000]) < -60
    assert level(sound[:, 50000:]) > -15


@pytest.mark.parametrize("kind", ["cut off", "text", "empty", "missing"])
def test_a_broken_file_is_named_and_no_path_is_told(kind: str, tmp_path: Path) -> None:
    """The reason is one for a person: no error number, no place on this machine."""
    path = tmp_path / "clip.mp4"
    match kind:
        case "cut off":
            path.write_bytes(video(path, 2).read_bytes()[:9000])
        case "text":
            path.write_text("no film")
        case "empty":
            path.write_bytes(b"")

    with pytest.raises(RenderError, match=r"^clip\.mp4 cannot be read as a video: \w") as seen:
        Clip(path, "clip.mp4").at(0)
    with pytest.raises(RenderError, match=r"^clip\.mp4 cannot be played: \w") as heard:
        read_sound(path, "clip.mp4", 0, 1)

    for said in (str(seen.value), str(heard.value)):
        assert str(tmp_path) not in said
        assert "Errno" not in said


def test_sound_without_a_picture_is_no_clip(tmp_path: Path) -> None:
    """A song where a video should be is refused in words."""
    with pytest.raises(RenderError, match=r"^a\.wav cannot be read as a video: it holds no pict"):
        Clip(wave_file(tmp_path / "a.wav", 1), "a.wav").at(0)


def test_an_error_of_the_system_is_told_without_its_number(tmp_path: Path) -> None:
    """What the machine says about a file, in its words and without the file's place."""
    path = wave_file(tmp_path / "a.wav", 1)

    assert complaint(path, OSError(5, "Input/output error", str(path))) == "Input/output error"
    assert complaint(path, ValueError("odd")) == "odd"
    assert complaint(path, ValueError()) == "ValueError"


@pytest.mark.slow
def test_a_long_recording_is_read_about_as_fast_as_it_is_decoded(tmp_path: Path) -> None:
    """The time grows with the length, not with its square."""
    path = wave_file(tmp_path / "long.wav", 600, rate=48000)
    started = time.process_time()
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=48000)
        for frame in container.decode(audio=0):
            resampler.resample(frame)
    bare = time.process_time() - started

    started = time.process_time()
    sound = read_sound(path, "long.wav", 0, 600)

    assert sound.shape == (2, 600 * 48000)
    assert time.process_time() - started < 3 * bare + 0.5
