"""Plays a score: notes become one stereo sound, in a room, at the right loudness."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from nemovideo.emulator.render.encoding import SAMPLE_RATE
from nemovideo.emulator.render.loudness import limited, loudness, spectrum_size
from nemovideo.emulator.render.pixels import Array
from nemovideo.emulator.render.scores import SCORES, Note, Score, tempo
from nemovideo.emulator.render.voices import VOICES

__all__ = ["CEILING", "play"]

CEILING = 10 ** (-2 / 20)
"""The highest sample before encoding: AAC overshoots a little."""

_FULL_LEVEL = -16.0
_ONLY_MELODIC = frozenset({"pad", "strings", "keys", "bell", "pluck", "snare", "clap", "drum"})
"""What the room answers to; low and very high notes would blur in it."""


def play(mood: str, seconds: float, cuts: Sequence[float]) -> Array:
    """Plays a mood for a time, at full level: about -16 LUFS.

    Args:
        mood: One of the dialect's moods.
        seconds: How long.
        cuts: Moments on which beats should fall, as far as the mood's speed allows.
    """
    score = SCORES[mood]
    beat = 60 / tempo(score, cuts)
    count = round(seconds * SAMPLE_RATE)
    dry, sent = _played(score.notes(seconds / beat), beat, count)
    mixed = _in_room(dry, sent, score)
    louder = 10 ** ((_FULL_LEVEL - loudness(mixed)) / 20)
    return limited(mixed * np.float32(louder), CEILING)


def _played(notes: Sequence[Note], beat: float, count: int) -> tuple[Array, Array]:
    """All notes in their places: everything, and what goes to the room."""
    dry, sent = np.zeros((2, count), np.float32), np.zeros((2, count), np.float32)
    for note in notes:
        start = round(note.beat * beat * SAMPLE_RATE)
        length = round(note.length * beat * SAMPLE_RATE)
        wave = _wave(note.voice, note.pitch, length)[: max(0, count - start)]
        angle = (note.pan + 1) * np.pi / 4
        sides = np.float32(note.level) * np.array([[np.cos(angle)], [np.sin(angle)]], np.float32)
        end = start + wave.size
        dry[:, start:end] += sides * wave
        if note.voice in _ONLY_MELODIC:
            sent[:, start:end] += sides * wave
    return dry, sent


@cache
def _wave(voice: str, pitch: int, length: int) -> Array:
    return VOICES[voice](pitch, length)


def _in_room(dry: Array, sent: Array, score: Score) -> Array:
    """Adds the room's answer and takes the edge off, both among the frequencies."""
    answer = _answer(score.room)
    size = spectrum_size(dry.shape[1] + answer.shape[1])
    room = np.fft.rfft(sent, size) * np.fft.rfft(answer, size)
    pitch = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    dull = 1 / (1 + (pitch / score.brightness) ** 4)
    rumble = pitch**2 / (pitch**2 + 30.0**2)
    whole = (np.fft.rfft(dry, size) + score.echo * room) * dull * rumble
    heard: Array = np.fft.irfft(whole, size)[:, : dry.shape[1]].astype(np.float32)
    return heard


def _answer(seconds: float) -> Array:
    """What the room makes of a click: noise that dies away, different on both sides."""
    count = round(seconds * SAMPLE_RATE)
    noise = np.random.default_rng(7).standard_normal((2, count)).astype(np.float32)
    for _ in range(2):
        noise[:, 1:] = 0.5 * (noise[:, 1:] + noise[:, :-1])
    dying = np.exp(-6.9 * np.arange(count) / count)
    dying[: round(0.012 * SAMPLE_RATE)] = 0
    shaped = noise * dying
    return np.asarray(shaped / np.linalg.norm(shaped, axis=1, keepdims=True), np.float32)
