"""Measures loudness as ITU-R BS.1770 does, and keeps peaks below a ceiling."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nemovideo.emulator.render.encoding import SAMPLE_RATE
from nemovideo.emulator.render.pixels import Array

__all__ = ["limited", "loudness", "spectrum_size"]

_SILENCE = -70.0
_BLOCK = 0.4
_HOP = 0.1
_STEP = 96
"""Samples in a step of the limiter, 2 ms."""

_PASSAGE, _MARGIN = 30 * SAMPLE_RATE, SAMPLE_RATE
"""A long sound is handled in passages, each measured with a little of its neighbours."""

# The two filters of BS.1770 at 48 kHz: the head, and what is too low to be loud.
_SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (1.0, -1.69065929318241, 0.73248077421585),
)
_LOW_CUT = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


def spectrum_size(samples: int) -> int:
    """A length, at least this, for which Fourier transforms are quick."""
    step = 1 << max(0, samples.bit_length() - 4)
    return -(-samples // step) * step


def loudness(sound: Array) -> float:
    """Integrated loudness of a stereo sound in LUFS; -70 if there is next to nothing."""
    power = _block_power(sound)
    audible = power[power > _power(_SILENCE)]
    if not audible.size:
        return _SILENCE
    gated = audible[audible > audible.mean() / 10]
    return float(-0.691 + 10 * np.log10(gated.mean()))


def limited(sound: Array, ceiling: float) -> Array:
    """Turns a sound down wherever it would pass the ceiling, so smoothly that no click is heard.

    The sound itself is changed, and returned.
    """
    peaks = _peaks(sound)
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    reach = 8
    lowest = sliding_window_view(np.pad(needed, 2 * reach, mode="edge"), 2 * reach + 1).min(axis=1)
    window = np.hanning(2 * reach + 3)[1:-1]
    gain = np.convolve(lowest, window / window.sum(), "valid")
    centres = (np.arange(gain.size) + 0.5) * _STEP
    for start in range(0, sound.shape[1], _PASSAGE):
        part = sound[:, start : start + _PASSAGE]
        curve = np.interp(np.arange(start, start + part.shape[1]), centres, gain)
        part *= curve.astype(np.float32)
        part.clip(-ceiling, ceiling, out=part)
    return sound


def _peaks(sound: Array) -> Array:
    """The highest sample of every step."""
    passages = range(0, max(sound.shape[1], 1), _PASSAGE)
    highest = (np.abs(sound[:, start : start + _PASSAGE]).max(axis=0) for start in passages)
    return np.concatenate([_blocks(part, _STEP).max(axis=1) for part in highest])


def _block_power(sound: Array) -> Array:
    """The weighted power of overlapping blocks, both channels together."""
    passages = range(0, max(sound.shape[1], 1), _PASSAGE)
    steps = np.concatenate([_step_power(sound, start) for start in passages])
    per_block = min(round(_BLOCK / _HOP), steps.size)
    power: Array = sliding_window_view(steps, per_block).mean(axis=1)
    return power


def _step_power(sound: Array, start: int) -> Array:
    """The weighted power of a passage, step by step."""
    begin = max(0, start - _MARGIN)
    part = sound[:, begin : start + _PASSAGE + _MARGIN]
    size = spectrum_size(part.shape[1] + _MARGIN)
    weighted = np.fft.irfft(np.fft.rfft(part, size) * _weights(size), size)
    ours = weighted[:, start - begin : min(start - begin + _PASSAGE, part.shape[1])]
    step: Array = _blocks((ours**2).sum(axis=0), round(_HOP * SAMPLE_RATE)).mean(axis=1)
    return step


def _weights(size: int) -> Array:
    """How strongly each frequency counts."""
    back = np.exp(-2j * np.pi * np.fft.rfftfreq(size))
    above, below = (
        np.prod([np.polyval(pair[side][::-1], back) for pair in (_SHELF, _LOW_CUT)], axis=0)
        for side in (0, 1)
    )
    weights: Array = np.abs(above / below)
    return weights


def _blocks(samples: Array, length: int) -> Array:
    """Cuts samples into rows; the last is filled with zeros."""
    padded = np.pad(samples, (0, -samples.size % length))
    return padded.reshape(-1, length)


def _power(level: float) -> float:
    return float(10 ** ((level + 0.691) / 10))
