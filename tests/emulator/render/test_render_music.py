import itertools

import numpy as np
import pytest

from nemovideo.emulator.render.band import play
from nemovideo.emulator.render.loudness import limited, loudness
from nemovideo.emulator.render.scores import SCORES, tempo
from nemovideo.emulator.render.voices import VOICES, frequency
from tests.emulator.render.films import level, peak

MOODS = sorted(SCORES)


@pytest.fixture(scope="module", params=MOODS)
def piece(request: pytest.FixtureRequest) -> np.ndarray:
    """Ten seconds of each mood."""
    return play(request.param, 10.0, [2.5, 5.0, 7.5])


def test_music_at_full_level_is_as_loud_as_promised(piece: np.ndarray) -> None:
    """About -16 LUFS, with room above the highest peak."""
    assert loudness(piece) == pytest.approx(-16, abs=1)
    assert peak(piece) <= -1.9


def test_music_at_a_third_is_still_audible(piece: np.ndarray) -> None:
    """A volume of 0.35 stays above -30 dBFS."""
    assert level(0.35 * piece) > -29


def test_music_fills_its_time_in_stereo(piece: np.ndarray) -> None:
    """It is exactly as long as asked, sounds all the way, and both sides differ."""
    assert piece.shape == (2, 480_000)
    assert all(level(piece[:, start : start + 24_000]) > -40 for start in range(0, 430_000, 24_000))
    assert np.corrcoef(piece)[0, 1] < 0.95


def test_music_has_no_clicks(piece: np.ndarray) -> None:
    """No sample is far from its neighbours."""
    assert np.abs(np.diff(piece, axis=1)).max() < 0.35


def test_moods_differ() -> None:
    """Each mood is another piece."""
    pieces = [play(mood, 4.0, []) for mood in MOODS]

    for one, two in itertools.combinations(pieces, 2):
        assert abs(np.corrcoef(one[0], two[0])[0, 1]) < 0.5


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("slot", [1.5, 2.0, 2.5, 3.0, 4.0])
def test_cuts_fall_on_beats(mood: str, slot: float) -> None:
    """The speed is chosen so that evenly long slots change on a beat, or close to one."""
    cuts = [slot * place for place in range(1, 6)]

    speed = tempo(SCORES[mood], cuts)

    assert SCORES[mood].slowest <= speed <= SCORES[mood].fastest
    assert max(abs(cut * speed / 60 - round(cut * speed / 60)) for cut in cuts) < 0.05


def test_without_cuts_the_speed_is_the_middle_one() -> None:
    """Nothing to follow: the mood's own pace."""
    score = SCORES["calm"]

    assert tempo(score, []) == pytest.approx((score.slowest + score.fastest) / 2)


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("seconds", [0.05, 0.5, 9.0])
def test_music_of_any_length(mood: str, seconds: float) -> None:
    """A moment or many bars, it can be played."""
    assert play(mood, seconds, []).shape == (2, round(seconds * 48000))


def test_a_loudness_of_a_known_tone() -> None:
    """A full-scale tone of 997 Hz on both sides measures 0 LUFS, as BS.1770 defines."""
    tone = np.sin(2 * np.pi * 997 * np.arange(96_000) / 48_000)

    assert loudness(np.stack([tone, tone])) == pytest.approx(0.0, abs=0.1)
    assert loudness(np.zeros((2, 48_000))) == -70


def test_a_limiter_holds_its_ceiling_and_leaves_the_rest_alone() -> None:
    """What is below the ceiling, far from any peak, is not changed."""
    sound = 0.1 * np.sin(np.arange(96_000) / 20)[None].repeat(2, axis=0)
    sound[:, 50_000:51_000] *= 30

    kept = limited(sound.copy(), 0.5)

    assert np.abs(kept).max() <= 0.5
    assert kept[:, :45_000] == pytest.approx(sound[:, :45_000], abs=1e-6)


@pytest.mark.parametrize("voice", ["bass", "bell", "keys", "pad", "strings"])
def test_instruments_are_in_tune_to_the_end_of_long_notes(voice: str) -> None:
    """After twenty seconds the pitch is what it was: phases are kept in double precision."""
    note = VOICES[voice](69, 48_000 * 20)
    ending = note[48_000 * 15 : 48_000 * 17] + 1e-30
    spectrum = np.abs(np.fft.rfft(ending * np.hanning(ending.size)))

    assert spectrum.argmax() / 2 == pytest.approx(frequency(69), abs=4)
