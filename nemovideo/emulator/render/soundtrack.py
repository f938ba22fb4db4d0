"""Mixes everything that is heard in a film."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from nemovideo.emulator.render.band import CEILING, play
from nemovideo.emulator.render.encoding import SAMPLE_RATE
from nemovideo.emulator.render.loudness import limited
from nemovideo.emulator.render.pixels import Array
from nemovideo.emulator.render.recordings import read_sound
from nemovideo.emulator.render.storyboard import Music, Recording, Storyboard

__all__ = ["soundtrack"]


def soundtrack(board: Storyboard, sources: Mapping[str, Path]) -> Array:
    """Returns the whole film's sound: two rows of samples, silent where nothing is heard."""
    mix = np.zeros((2, round(board.duration * SAMPLE_RATE)), np.float32)
    for music in board.music:
        cuts = [cut - music.start for cut in board.cuts if cut > music.start]
        _add(mix, music, play(music.mood, music.length, cuts))
    for part in board.recordings:
        _add(mix, part, read_sound(sources[part.source], part.name, part.trim, part.length))
    return limited(mix, CEILING)


def _add(mix: Array, part: Music | Recording, sound: Array) -> None:
    """Lays a sound into the mix, in its place, at its volume, faded."""
    start = round(part.start * SAMPLE_RATE)
    heard = sound[:, : mix.shape[1] - start]
    fades = _rise(heard.shape[1], part.fade_in) * _rise(heard.shape[1], part.fade_out)[::-1]
    mix[:, start : start + heard.shape[1]] += heard * (part.volume * fades).astype(np.float32)


def _rise(count: int, seconds: float) -> Array:
    """From silence to full level: as fast in the middle as it is slow at both ends."""
    share = np.clip(np.arange(count) / max(seconds * SAMPLE_RATE, 1), 0, 1)
    return 0.5 - 0.5 * np.cos(np.pi * share)
