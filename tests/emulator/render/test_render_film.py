import itertools
from pathlib import Path

import av
import numpy as np
import pytest

from nemovideo.emulator.render import render
from nemovideo.emulator.render.storyboard import storyboard
from tests.emulator.render.films import (
    FIVE,
    PHOTOS,
    PREVIEW,
    Film,
    decoded,
    examples,
    level,
    music,
    peak,
    rendered,
    slideshow,
    unlikeness,
)

pytestmark = pytest.mark.slow


def test_the_middle_of_each_slot_shows_its_photo(seen: Film) -> None:
    """Of all five photos, the right one matches best."""
    for place, name in enumerate(FIVE):
        apart = {photo: unlikeness(seen.at(3 * place + 1.5), PHOTOS / photo) for photo in FIVE}
        assert min(apart, key=apart.__getitem__) == name


def test_the_middle_of_a_crossfade_blends_both_pictures(seen: Film) -> None:
    """At the cut every pixel lies halfway between what was and what comes."""
    before, cut, after = seen.at(5.6), seen.at(6.0), seen.at(6.4)
    halfway = (before + after) / 2

    assert np.abs(cut - halfway).mean() < 8
    assert np.abs(before - after).mean() > 40


def test_the_middle_of_a_dip_is_black(plain: Film) -> None:
    """Between two pictures that dip there is nothing to be seen."""
    assert plain.at(2.0).max() < 12
    assert plain.at(1.0).mean() > 40


def test_a_title_is_seen_only_in_its_seconds(seen: Film) -> None:
    """White letters stand in the middle, and are gone after three seconds."""
    middle = (slice(70, 110), slice(80, 240))
    written, gone = seen.at(1.5)[middle], seen.at(3.05)[middle]

    assert (written.min(axis=2) > 235).mean() > 0.03
    assert (gone.min(axis=2) > 235).mean() < 0.005


def test_music_is_audible_and_never_clips(seen: Film) -> None:
    """At a usual volume it stays above -30 dBFS and below -1 dBFS."""
    assert level(seen.sound) > -30
    assert peak(seen.sound) <= -1


def test_music_fades_out(seen: Film) -> None:
    """The last tenth of a second is far softer than the middle."""
    assert level(seen.sound[:, -4800:]) < level(seen.sound[:, 7 * 48000 : 8 * 48000]) - 20


def test_without_music_there_is_a_silent_track(plain: Film) -> None:
    """Players that want sound get some, as long as the picture, and hear nothing."""
    assert plain.sound.shape[1] == pytest.approx(10 * 48000, abs=1600)
    assert peak(plain.sound) < -80


def test_the_file_is_what_every_player_plays(film: Path, seen: Film) -> None:
    """H.264 High, 4:2:0, BT.709, AAC at 48 kHz, and the index before the data."""
    with av.open(str(film)) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        codec = picture.codec_context
        assert (codec.name, codec.profile, codec.pix_fmt) == ("h264", "High", "yuv420p")
        assert (codec.color_primaries, codec.color_trc, codec.colorspace) == (1, 1, 1)
        assert picture.average_rate == 30
        assert (sound.codec_context.name, sound.rate, sound.channels) == ("aac", 48000, 2)
    assert seen.boxes.index(b"moov") < seen.boxes.index(b"mdat")


def test_packets_follow_each_other_without_a_gap(film: Path) -> None:
    """Where stretches of different workers meet, no time is lost or told twice."""
    with av.open(str(film)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    moments = [(packet.pts or 0, packet.dts or 0) for packet in packets]
    shown, decoding = sorted(pts for pts, _ in moments), [dts for _, dts in moments]

    assert len(packets) == 450
    assert {two - one for one, two in itertools.pairwise(shown)} == {shown[1] - shown[0]}
    assert {two - one for one, two in itertools.pairwise(decoding)} == {shown[1] - shown[0]}
    assert all(pts >= dts for pts, dts in moments)


@pytest.mark.parametrize(
    ("count", "ms", "size"),
    [
        (1, 3000, (1920, 1080)),
        (2, 8000, (1080, 1920)),
        (7, 10000, (1920, 1080)),
        (12, 8000, (1080, 1080)),
    ],
)
def test_any_number_of_photos_fits_any_length(
    count: int, ms: int, size: tuple[int, int], tmp_path: Path
) -> None:
    """The film is as long as the draft says, to the frame, in every shape."""
    names = [FIVE[place % 5] for place in range(count)]
    draft = slideshow(names, ms, size=size, tracks=[music(ms, "calm")])

    made = rendered(draft, examples(), tmp_path / "film.mp4", scale=0.1)

    film, board = decoded(made.path), storyboard(draft, 0.1)
    assert len(film.frames) == round(draft["d"] * 30 / 1000)
    assert made.duration == pytest.approx(draft["d"] / 1000, abs=1 / 30)
    assert film.sound.shape[1] / 48000 == pytest.approx(made.duration, abs=1 / 30)
    assert film.frames[0].shape[:2] == (board.height, board.width)
    assert made.size == made.path.stat().st_size


def test_a_photo_of_another_shape_lies_on_its_blurred_self(tmp_path: Path) -> None:
    """In a portrait film a landscape photo is shown whole, over a darker enlargement."""
    draft = slideshow(FIVE[:1], 1000, size=(1080, 1920), motion="none")

    frame = decoded(rendered(draft, examples(), tmp_path / "film.mp4").path).at(0.5)

    sharp, above = frame[110:210], frame[5:75]
    assert np.abs(np.diff(sharp, axis=1)).mean() > 4 * np.abs(np.diff(above, axis=1)).mean()
    assert 0 < above.mean() < 0.75 * sharp.mean()


async def test_progress_is_true_and_reaches_one(tmp_path: Path) -> None:
    """What is reported only grows, comes often, and ends with 1."""
    heard: list[float] = []

    await render(
        slideshow(FIVE[:2], 4000),
        examples(),
        tmp_path / "film.mp4",
        scale=PREVIEW,
        on_progress=heard.append,
    )

    assert heard == sorted(heard)
    assert len(heard) > 50
    assert heard[0] < 0.1
    assert heard[-1] == 1.0


async def test_low_quality_is_smaller_than_high(tmp_path: Path) -> None:
    """The three qualities differ in what they cost."""
    sizes = [
        (
            await render(
                slideshow(FIVE[:2], 2000),
                examples(),
                tmp_path / f"{quality}.mp4",
                scale=PREVIEW,
                quality=quality,
            )
        ).size
        for quality in ("low", "medium", "high")
    ]

    assert sizes[0] < sizes[1] < sizes[2]
