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
    mix = np.zeros((2, round(board.duration * SAMPLE_RATE)), np.float32)
    for music in board.music:
        cuts = [cut - music.start for cut in board.cuts if cut > music.start]
        _add(mix, music, play(music.mood, music.length, cuts))
    for part in board.recordings:
        _add(mix, part, read_sound(sources[part.source], part.name, part.trim, part.length))
    return _kept_below(mix)


def _kept_below(mix: Array) -> Array:
    """Turns a sound down until its highest peak is low enough, after the encoder too.

    AAC adds to loud noise more than the limiter leaves it; then all is made softer.
    """
    if max(-mix.min(initial=0.0), mix.max(initial=0.0)) <= CEILING:
        return mix
    kept = limited(mix, CEILING)
    for _ in range(_TRIALS):
        over = _coded_peak(kept) / _TOP
        if over <= 1:
            break
        kept /= np.float32(over + 0.01)
    return kept


def _coded_peak(sound: Array) -> float:
    coded = io.BytesIO()
    write_sound(coded, sound)
    coded.seek(0)
    with av.open(coded, "r") as container:
        return max(float(np.abs(f.to_ndarray()).max()) for f in container.decode(audio=0))


def _add(mix: Array, part: Music | Recording, sound: Array) -> None:
    """Lays a sound into the mix, in its place, at its volume, faded."""
    start = round(part.start * SAMPLE_RATE)
    heard = sound[:, : mix.shape[1] - start]
    _fade(heard, part.fade_in)
    _fade(heard[:, ::-1], part.fade_out)
    heard *= np.float32(part.volume)
    mix[:, start : start + heard.shape[1]] += heard


def _fade(sound: Array, seconds: float) -> None:
    """From silence to full level: as fast in the middle as it is slow at both ends."""
    count = min(round(seconds * SAMPLE_RATE), sound.shape[1])
    share = np.arange(count) / max(seconds * SAMPLE_RATE, 1)
    sound[:, :count] *= (0.5 - 0.5 * np.cos(np.pi * share)).astype(np.float32)
