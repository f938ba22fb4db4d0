"""The instruments: each turns a pitch and a length into samples."""

from collections.abc import Callable
from functools import cache

import numpy as np

from nemovideo.emulator.render.encoding import SAMPLE_RATE
from nemovideo.emulator.render.pixels import Array

__all__ = ["VOICES", "frequency"]

_TABLE = 1 << 14
"""Steps in a stored cycle: so fine that the nearest one will do."""


def frequency(pitch: float) -> float:
    """The frequency of a MIDI pitch, in Hz."""
    return float(440.0 * 2 ** ((pitch - 69) / 12))


@cache
def _cycle(*partials: float) -> Array:
    """One cycle of a tone with these strengths of its harmonics."""
    turn = 2 * np.pi * np.arange(_TABLE) / _TABLE
    wave = sum(level * np.sin(turn * (place + 1)) for place, level in enumerate(partials))
    return np.asarray(wave, np.float32)


def _phase(pitch: float, count: int) -> Array:
    """Turns since the start, modulo one; single precision would be audibly rough."""
    turns = np.arange(count, dtype=np.float64) * (frequency(pitch) / SAMPLE_RATE)
    return np.asarray(turns - np.floor(turns))


def _tone(pitch: float, count: int, *partials: float) -> Array:
    heard = [level for place, level in enumerate(partials) if frequency(pitch) * (place + 1) < 16e3]
    steps = (_phase(pitch, count) * _TABLE).astype(np.int32)
    return np.asarray(_cycle(*heard)[steps])


def _together(pitch: int, cents: tuple[int, ...], count: int, partials: tuple[float, ...]) -> Array:
    """The same tone several times, each a little out of tune: it begins to breathe."""
    tones = [_tone(pitch + apart / 100, count, *partials) for apart in cents]
    return np.asarray(np.sum(tones, axis=0), np.float32)


def _swell(count: int, attack: float, release: float) -> Array:
    """Rises and falls along half a cosine; times in seconds."""
    shape = np.ones(count, np.float32)
    rise = min(round(attack * SAMPLE_RATE), count // 2)
    fall = min(round(release * SAMPLE_RATE), count - rise)
    shape[:rise] = 0.5 - 0.5 * np.cos(np.pi * np.arange(rise) / rise)
    shape[count - fall :] = 0.5 + 0.5 * np.cos(np.pi * np.arange(1, fall + 1) / fall)
    return shape


def _decay(count: int, half_life: float) -> Array:
    return np.asarray(np.exp2(np.arange(count) / (-half_life * SAMPLE_RATE)), np.float32)


def _noise(count: int, seed: int) -> Array:
    return np.random.default_rng(seed).standard_normal(count).astype(np.float32)


def _pad(pitch: int, count: int) -> Array:
    soft = (1.0, 0.45, 0.3, 0.18, 0.12, 0.09, 0.06, 0.04)
    return 0.09 * _together(pitch, (-7, 0, 6), count, soft) * _swell(count, 0.7, 0.9)


def _strings(pitch: int, count: int) -> Array:
    bowed = tuple(1 / (place**1.25) for place in range(1, 14))
    return 0.07 * _together(pitch, (-9, -3, 4, 10), count, bowed) * _swell(count, 0.55, 0.8)


def _keys(pitch: int, count: int) -> Array:
    """An electric piano: two turns modulating each other, the bright part gone first."""
    turn = 2 * np.pi * _phase(pitch, count)
    bright = 1.7 * _decay(count, 0.25)
    body = np.sin(turn + bright * np.sin(turn)) * _decay(count, 0.75)
    tine = 0.22 * np.sin(turn * 7) * _decay(count, 0.07)
    return np.asarray(0.3 * (body + tine) * _swell(count, 0.004, 0.12), np.float32)


def _bell(pitch: int, count: int) -> Array:
    struck = _tone(pitch, count, 1.0) * _decay(count, 0.45)
    shine = _tone(pitch, count, 0, 0.12, 0, 0.5, 0, 0.2, 0, 0, 0.1) * _decay(count, 0.11)
    return np.asarray(0.42 * (struck + shine) * _swell(count, 0.004, 0.1))


def _pluck(pitch: int, count: int) -> Array:
    round_part = _tone(pitch, count, 1.0, 0.3) * _decay(count, 0.16)
    sharp_part = _tone(pitch, count, 0, 0.4, 0.6, 0.45, 0.35, 0.25, 0.2) * _decay(count, 0.06)
    return np.asarray(0.24 * (round_part + sharp_part) * _swell(count, 0.002, 0.06))


def _bass(pitch: int, count: int) -> Array:
    return (
        0.42
        * _tone(pitch, count, 1.0, 0.45, 0.14, 0.05)
        * (0.35 + 0.65 * _decay(count, 0.5))
        * _swell(count, 0.012, 0.1)
    )


def _kick(_: int, count: int) -> Array:
    seconds = np.arange(count) / SAMPLE_RATE
    turns = 48 * seconds + 3.2 * (1 - np.exp(-seconds / 0.028))
    return np.asarray(0.75 * np.sin(2 * np.pi * turns) * _decay(count, 0.075), np.float32)


def _drum(_: int, count: int) -> Array:
    seconds = np.arange(count) / SAMPLE_RATE
    turns = 52 * seconds + 1.6 * (1 - np.exp(-seconds / 0.06))
    skin = np.convolve(_noise(count, 5), np.ones(48, np.float32) / 48, "same")
    deep = np.sin(2 * np.pi * turns).astype(np.float32) * _decay(count, 0.22)
    return np.asarray(0.7 * (deep + 1.1 * skin * _decay(count, 0.06)))


def _snare(_: int, count: int) -> Array:
    rattle = np.convolve(_noise(count, 1), (0.3, 0.4, 0.3), "same").astype(np.float32)
    shell = _tone(55, count, 1.0, 0.4) * _decay(count, 0.035)
    return np.asarray(0.6 * (rattle * _decay(count, 0.045) + shell))


def _clap(_: int, count: int) -> Array:
    hands = np.diff(_noise(count + 1, 2)) * _decay(count, 0.04)
    for start in (0.011, 0.023):
        late = round(start * SAMPLE_RATE)
        hands[late:] += 0.8 * hands[: count - late]
    return 0.5 * np.convolve(hands, (0.25, 0.5, 0.25), "same").astype(np.float32)


def _hat(_: int, count: int) -> Array:
    return 0.42 * np.diff(_noise(count + 1, 3)) * _decay(count, 0.018)


def _shaker(_: int, count: int) -> Array:
    return 0.3 * np.diff(_noise(count + 1, 4)) * _decay(count, 0.02) * _swell(count, 0.012, 0.01)


def _crackle(_: int, count: int) -> Array:
    """Dust in a groove: a faint hiss, and now and then a tick."""
    noise = _noise(count, 6)
    ticks = np.convolve(np.where(np.abs(noise) > 4.1, noise, 0), (0.5, 1.0, 0.5), "same")
    return np.asarray(0.004 * np.diff(noise, prepend=0) + 0.03 * ticks, np.float32)


VOICES: dict[str, Callable[[int, int], Array]] = {
    "pad": _pad,
    "strings": _strings,
    "keys": _keys,
    "bell": _bell,
    "pluck": _pluck,
    "bass": _bass,
    "kick": _kick,
    "drum": _drum,
    "snare": _snare,
    "clap": _clap,
    "hat": _hat,
    "shaker": _shaker,
    "crackle": _crackle,
}
