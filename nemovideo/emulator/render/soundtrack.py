"""Mixes everything that is heard in a film."""

import io
from collections.abc import Mapping
from pathlib import Path

import av
import numpy as np

from nemovideo.emulator.render.band import CEILING, play
from nemovideo.emulator.render.encoding import SAMPLE_RATE, write_sound
from nemovideo.emulator.render.loudness import limited
from nemovideo.emulator.render.pixels import Array
from nemovideo.emulator.render.recordings import read_sound
from nemovideo.emulator.render.storyboard import Music, Recording, Storyboard

__all__ = ["soundtrack"]

_TOP = 10 ** (-1 / 20)
_TRIALS = 4
"""What the encoder adds differs from level to level."""


def soundtrack(board: Storyboard, sources: Mapping[str, Path]) -> Array:
    """Returns the whole film's sound: two rows of samples, silent where nothing is heard."""
    samples = round(board.duration * SAMPLE_RATE)
    parts: tuple[Music | Recording, ...] = (*board.music, *board.recordings)
    mix: Array | None = None
    for part in parts:
        mix = _mixed(mix, part, _played(part, board, sources), samples)
    if mix is None:
        return np.zeros((2, samples), np.float32)
    is_loud = max(-mix.min(), mix.max()) > CEILING
    if is_loud:
        mix = limited(mix, CEILING)
    if is_loud or board.recordings:  # music alone is known to be safe
        _soften(mix)
    return mix


def _played(part: Music | Recording, board: Storyboard, sources: Mapping[str, Path]) -> Array:
    if isinstance(part, Recording):
        return read_sound(sources[part.source], part.name, part.trim, part.length)
    cuts = [cut - part.start for cut in board.cuts if cut > part.start]
    return play(part.mood, part.length, cuts)


def _soften(sound: Array) -> None:
    """Turns a sound down until its highest peak is low enough after the encoder too.

    AAC adds more to noise than the limiter leaves it, even to noise that is not loud.
    """
    for _ in range(_TRIALS):
        over = _coded_peak(sound) / _TOP
        if over <= 1:
            break
        sound /= np.float32(over + 0.01)


def _coded_peak(sound: Array) -> float:
    coded = io.BytesIO()
    write_sound(coded, sound)
    coded.seek(0)
    with av.open(coded, "r") as container:
        peaks = (float(np.abs(f.to_ndarray()).max()) for f in container.decode(audio=0))
        return max(peaks, default=0.0)


def _mixed(mix: Array | None, part: Music | Recording, sound: Array, samples: int) -> Array:
    """Lays a sound into the mix, in its place, at its volume, faded.

    One that is as long as the film becomes the mix: an hour of sound fills more than a gigabyte.
    """
    start = round(part.start * SAMPLE_RATE)
    heard = sound[:, : samples - start]
    _fade(heard, part.fade_in)
    _fade(heard[:, ::-1], part.fade_out)
    heard *= np.float32(part.volume)
    if mix is None and heard.shape[1] == samples:
        return heard
    mix = np.zeros((2, samples), np.float32) if mix is None else mix
    mix[:, start : start + heard.shape[1]] += heard
    return mix


def _fade(sound: Array, seconds: float) -> None:
    """From silence to full level: as fast in the middle as it is slow at both ends."""
    count = min(round(seconds * SAMPLE_RATE), sound.shape[1])
    share = np.arange(count, dtype=np.float32) / np.float32(max(seconds * SAMPLE_RATE, 1))
    sound[:, :count] *= 0.5 - 0.5 * np.cos(np.float32(np.pi) * share)
