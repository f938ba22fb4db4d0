"""What is heard in the file: measured after the encoder, where it counts."""

import random
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

from nemovideo.emulator.render import band
from nemovideo.emulator.render.band import play
from nemovideo.emulator.render.encoding import write_sound
from nemovideo.emulator.render.loudness import limited, loudness
from nemovideo.emulator.render.scores import SCORES, tempo
from nemovideo.emulator.render.soundtrack import soundtrack
from nemovideo.emulator.render.storyboard import storyboard
from tests.emulator.render.films import level, music, slideshow
from tests.emulator.render.sources import wave_file

Sound = npt.NDArray[np.float32]
MOODS = sorted(SCORES)


def heard(path: Path, sound: Sound) -> Sound:
    """A sound as it comes out of the encoder."""
    write_sound(path, sound)
    with av.open(str(path)) as container:
        blocks = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return np.concatenate(blocks, axis=1).astype(np.float32)


def true_peak(sound: Sound) -> float:
    """The highest point of the wave between its samples too, in dBFS."""
    count = sound.shape[1]
    finer = np.fft.irfft(np.fft.rfft(sound), 4 * count) * 4
    return float(20 * np.log10(np.abs(finer).max() + 1e-9))


def by_ffmpeg(sound: Sound) -> float:
    """Integrated loudness as FFmpeg measures it."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=48000, format="fltp", layout="stereo")
    meter, sink = graph.add("ebur128", "metadata=1"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    found = "-70"
    for start in range(0, sound.shape[1], 4800):
        block = np.ascontiguousarray(sound[:, start : start + 4800])
        frame = av.AudioFrame.from_ndarray(block, "fltp", "stereo")
        frame.sample_rate, frame.pts = 48000, start
        graph.push(frame)
        found = graph.pull().metadata.get("lavfi.r128.I", found)
    return float(found)


def mixed(tracks: list[dict[str, Any]], sources: Mapping[str, Path], ms: int = 8000) -> Sound:
    """The sound of a slideshow with these tracks."""
    board = storyboard(slideshow(["a.jpg", "b.jpg"], ms, tracks=tracks))
    return soundtrack(board, sources)


@pytest.mark.slow
@pytest.mark.parametrize("mood", MOODS)
def test_each_mood_at_full_volume_is_at_minus_sixteen(mood: str, tmp_path: Path) -> None:
    """After AAC: -16 LUFS within one, no point of the wave above -1 dBFS."""
    sound = heard(tmp_path / "a.mp4", mixed([music(9600, mood, volume=1.0)], {}, 9600))

    assert loudness(sound) == pytest.approx(-16, abs=1)
    assert true_peak(sound) <= -1


@pytest.mark.slow
@pytest.mark.skipif("ebur128" not in av.filter.filters_available, reason="FFmpeg has no ebur128")
@pytest.mark.parametrize("mood", ["calm", "upbeat"])
def test_our_meter_agrees_with_that_of_ffmpeg(mood: str) -> None:
    """Two programs, one figure: within a tenth."""
    sound: Sound = np.float32(0.5) * play(mood, 9.6, [3.0, 6.0])
    sound[:, 200_000:300_000] *= 0.02

    assert loudness(sound) == pytest.approx(by_ffmpeg(sound), abs=0.1)


@pytest.mark.parametrize(
    "kind",
    ["a loud clip", "two musics", "noise", "four at once", "noise below -2", "clicks below -2"],
)
def test_no_mix_passes_minus_one(kind: str, tmp_path: Path) -> None:
    """However many sounds meet at full volume, the file does not clip."""
    wave_file(tmp_path / "hum.wav", 8, channels=2, rate=48000)
    noise = np.random.default_rng(0).uniform(-1, 1, (2, 8 * 48000)).astype(np.float32)
    write_sound(tmp_path / "noise.mp4", noise)
    wave_file(tmp_path / "quieter.wav", 8, rate=48000, samples=0.79 * noise)
    wave_file(tmp_path / "signs.wav", 8, rate=48000, samples=0.79 * np.sign(noise))
    files = {
        "hum": tmp_path / "hum.wav",
        "noise": tmp_path / "noise.mp4",
        "quieter": tmp_path / "quieter.wav",
        "signs": tmp_path / "signs.wav",
    }
    clips = [{"d": 8000, "m": {"kind": "file", "source": name}} for name in files]
    hum, hiss, quieter, signs = ({"tt": 1, "sg": [segment]} for segment in clips)
    tracks = {
        "a loud clip": [music(8000, "upbeat", 1.0), hum],
        "two musics": [music(8000, "upbeat", 1.0), music(8000, "cinematic", 1.0)],
        "noise": [hiss],
        "four at once": [music(8000, "upbeat", 1.0), music(8000, "lofi", 1.0), hum, hiss],
        "noise below -2": [quieter],
        "clicks below -2": [signs],
    }

    sound = heard(tmp_path / "a.mp4", mixed(tracks[kind], files))

    assert 20 * np.log10(np.abs(sound).max()) <= -1
    assert level(sound) > -20


def test_volume_nought_is_silence_and_half_is_half() -> None:
    """Volume is a factor of what is heard."""
    silent, half, full = (mixed([music(8000, "calm", part)], {}) for part in (0.0, 0.5, 1.0))

    assert np.abs(silent).max() == 0
    assert loudness(full) - loudness(half) == pytest.approx(6.02, abs=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("mood", MOODS)
def test_a_fade_ends_in_silence(mood: str, tmp_path: Path) -> None:
    """In the file's last hundredth of a second nothing is heard, and it falls all the way."""
    sound = heard(tmp_path / "a.mp4", mixed([music(8000, mood, 1.0)], {}))

    steps = [level(sound[:, at : at + 19_200]) for at in range(312_000, 380_000, 19_200)]
    assert steps == sorted(steps, reverse=True)
    assert level(sound[:, 383_520:384_000]) < -60


@pytest.mark.slow
def test_music_shorter_than_the_film_leaves_silence_behind() -> None:
    """And it ends by fading, not by breaking off."""
    sound = mixed([music(3000, "lofi", 1.0)], {})

    assert np.abs(sound[:, 144_000:]).max() == 0
    assert level(sound[:, 143_500:144_000]) < -50
    assert level(sound[:, :48_000]) > -30


@pytest.mark.slow
def test_moods_are_heard_apart() -> None:
    """They differ in speed, in brightness and in the notes they play."""
    pieces = {mood: play(mood, 6.0, []) for mood in MOODS}
    found = {}
    for mood, piece in pieces.items():
        power = np.abs(np.fft.rfft(piece[0])) ** 2
        pitches = np.fft.rfftfreq(piece.shape[1], 1 / 48000)
        bright = float((power * pitches).sum() / power.sum())
        found[mood] = (round(bright / 40), tempo(SCORES[mood], []))

    assert len(set(found.values())) == len(MOODS)
    assert tempo(SCORES["upbeat"], []) > 1.3 * tempo(SCORES["calm"], [])


def beside(speed: float, cuts: list[float]) -> float:
    """How far cuts lie from beats on average, in beats."""
    return sum(abs(cut * speed / 60 - round(cut * speed / 60)) for cut in cuts) / len(cuts)


@pytest.mark.slow
@pytest.mark.parametrize("mood", MOODS)
def test_uneven_cuts_fall_nearer_to_beats_than_by_chance(mood: str) -> None:
    """By chance a cut is a quarter of a beat off; here it is three fifths of that at most."""
    score, dice = SCORES[mood], random.Random(1)
    chosen, fixed = [], []
    for _ in range(60):
        cuts, at = [], 0.0
        for _ in range(dice.randint(3, 10)):
            at += round(dice.uniform(1, 4), 1)
            cuts.append(at)
        chosen.append(beside(tempo(score, cuts), cuts))
        fixed.append(beside((score.slowest + score.fastest) / 2, cuts))

    assert sum(chosen) / 60 < 0.15
    assert sum(chosen) < 0.62 * sum(fixed)


@pytest.mark.slow
def test_strokes_are_heard_at_even_cuts() -> None:
    """In the samples too: at the cuts the sound rises, as it does at no other time."""
    cuts = [2.0, 4.0, 6.0, 8.0]
    piece = play("upbeat", 10.0, cuts)
    power = (piece**2).sum(axis=0)

    def rise(at: float) -> float:
        place = round(at * 48000)
        return float(power[place : place + 2400].sum() / power[place - 2400 : place].sum())

    assert np.median([rise(cut) for cut in cuts]) > 2


@pytest.mark.slow
def test_a_long_piece_is_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """Played in passages it is the same music as in one go."""
    passages = play("lofi", 30.0, [20.0])
    monkeypatch.setattr(band, "_PASSAGE", 1000.0)
    whole = play("lofi", 30.0, [20.0])

    assert np.abs(passages - whole).max() < 1e-5


@pytest.mark.slow
def test_minutes_of_music_cost_little_more_than_their_samples() -> None:
    """A long film does not run out of memory: twice the music's own size, and some passages."""
    samples = 2 * 4 * 48000 * 100
    play("calm", 1.0, [])
    tracemalloc.start()

    sound = play("calm", 100.0, [])

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sound.nbytes == samples
    assert peak < 2 * samples + 130e6
    assert loudness(sound) == pytest.approx(-16, abs=0.2)


@pytest.mark.slow
@pytest.mark.parametrize("heard", ["music", "a recording"])
def test_a_long_soundtrack_is_in_memory_once(heard: str, tmp_path: Path) -> None:
    """What is heard from beginning to end is mixed and limited where it lies."""
    wave_file(tmp_path / "hum.wav", 120)
    whole = {"tt": 1, "sg": [{"d": 120_000, "m": {"kind": "file", "source": "hum"}}]}
    track = music(120_000, "calm", 1.0) if heard == "music" else whole
    mixed([music(1000, "calm")], {}, 1000)
    tracemalloc.start()

    sound = mixed([track], {"hum": tmp_path / "hum.wav"}, 120_000)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sound.nbytes == 2 * 4 * 48000 * 120
    assert peak < 1.2 * sound.nbytes + (100e6 if heard == "music" else 40e6)


@pytest.mark.slow
def test_limiting_and_measuring_do_not_depend_on_passages() -> None:
    """A sound of more than half a minute is treated as if it were short."""
    long = np.random.default_rng(1).normal(0, 0.2, (2, 48000 * 40)).astype(np.float32)

    assert loudness(long) == pytest.approx(loudness(long[:, : 48000 * 20]), abs=0.05)
    kept = limited(long.copy(), 0.3)
    assert np.abs(kept).max() <= 0.3
    assert kept[:, 48000 * 30 - 500 : 48000 * 30 + 500] == pytest.approx(
        limited(long[:, 48000 * 25 : 48000 * 35].copy(), 0.3)[:, 239_500:240_500],
        abs=1e-4,
    )
