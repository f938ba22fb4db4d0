"""Plays a score: notes become one stereo sound, in a room, at the right loudness."""

from collections.abc import Iterator, Sequence
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

_PASSAGE = 20.0
"""Seconds of music made at a time: a long piece takes no more memory than its samples."""

_LEAD = 0.25
"""Seconds in which the filters of `_in_room`, which have no delay, ring before a note."""


def play(mood: str, seconds: float, cuts: Sequence[float]) -> Array:
    """Plays a mood for a time, at full level: about -16 LUFS.

    Args:
        mood: One of the dialect's moods.
        seconds: How long.
        cuts: Moments on which beats should fall, as far as the mood's speed allows.
    """
    score = SCORES[mood]
    beat = 60 / tempo(score, cuts)
    piece = np.zeros((2, round(seconds * SAMPLE_RATE)), np.float32)
    for start, notes in _passages(score.notes(seconds / beat), beat):
        _add(piece, round((start - _LEAD) * SAMPLE_RATE), _passage(notes, beat, start, score))
    piece *= np.float32(10 ** ((_FULL_LEVEL - loudness(piece)) / 20))
    return limited(piece, CEILING)


def _passages(notes: Sequence[Note], beat: float) -> Iterator[tuple[float, list[Note]]]:
    """The notes that begin in each stretch of the piece, and when it begins, in seconds."""
    found: dict[int, list[Note]] = {}
    for note in notes:
        found.setdefault(int(note.beat * beat / _PASSAGE), []).append(note)
    return ((place * _PASSAGE, played) for place, played in sorted(found.items()))


def _passage(notes: Sequence[Note], beat: float, start: float, score: Score) -> Array:
    """Plays notes until the last has died away; it begins a little before `start`."""
    end = max(note.beat + note.length for note in notes) * beat
    count = round((end - start + 2 * _LEAD) * SAMPLE_RATE)
    dry, sent = np.zeros((2, count), np.float32), np.zeros((2, count), np.float32)
    for note in notes:
        wave = _wave(note.voice, note.pitch, round(note.length * beat * SAMPLE_RATE))
        angle = (note.pan + 1) * np.pi / 4
        sides = np.float32(note.level) * np.array([[np.cos(angle)], [np.sin(angle)]], np.float32)
        _add(dry, begin := round((note.beat * beat - start + _LEAD) * SAMPLE_RATE), sides * wave)
        if note.voice in _ONLY_MELODIC:
            _add(sent, begin, sides * wave)
    return _in_room(dry, sent, score)


def _add(whole: Array, start: int, part: Array) -> None:
    """Adds a part to a sound; what lies outside of it is not heard."""
    heard = part[:, max(0, -start) : max(0, whole.shape[1] - start)]
    begin = max(0, start)
    whole[:, begin : begin + heard.shape[1]] += heard


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
    heard: Array = np.fft.irfft(whole, size)[:, : dry.shape[1] + answer.shape[1]]
    return heard.astype(np.float32)


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
