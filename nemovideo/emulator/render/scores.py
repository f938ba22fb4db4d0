"""Writes the music down: for each mood, which notes are played when, in beats."""

from collections.abc import Callable, Iterator, Sequence

import attrs

__all__ = ["BEATS_IN_BAR", "SCORES", "Note", "Score", "tempo"]

BEATS_IN_BAR = 4


@attrs.frozen
class Note:
    """One note: `pitch` as in MIDI (60 is middle C), `pan` from -1 (left) to 1 (right)."""

    voice: str
    beat: float
    length: float
    pitch: int
    level: float = 1.0
    pan: float = 0.0


@attrs.frozen
class Score:
    """A mood: its speed, its sound, and a function that writes one bar.

    Attributes:
        slowest: Beats in a minute, at least.
        fastest: Beats in a minute, at most.
        chords: One row of pitches for each bar, lowest first; they come round.
        bar: Writes the bar of this number over a chord.
        echo: How much of the room is heard, from 0 to 1.
        room: Seconds until the room is silent.
        brightness: Nothing much above this frequency is heard, in Hz.
    """

    slowest: float
    fastest: float
    chords: Sequence[tuple[int, ...]]
    bar: Callable[[int, tuple[int, ...]], Iterator[Note]]
    echo: float
    room: float
    brightness: float

    def notes(self, beats: float) -> list[Note]:
        """The whole piece; the bar that would be the last is the first chord, left to ring."""
        bars = max(1, round(beats / BEATS_IN_BAR) - 1)
        played = (self.bar(bar, self.chords[bar % len(self.chords)]) for bar in range(bars))
        shifted = (
            attrs.evolve(note, beat=note.beat + bar * BEATS_IN_BAR)
            for bar, notes in enumerate(played)
            for note in notes
        )
        end = bars * BEATS_IN_BAR
        return [*shifted, *_close(end, max(beats - end, 1.0), self.chords[0])]


def tempo(score: Score, cuts: Sequence[float]) -> float:
    """The speed, in beats a minute, at which the cuts fall nearest to beats."""
    steps = round(10 * (score.fastest - score.slowest))
    speeds = [score.slowest + step / 10 for step in range(steps + 1)]
    middle = (score.slowest + score.fastest) / 2
    return min(speeds, key=lambda speed: (round(_off_beat(speed, cuts), 3), abs(speed - middle)))


def _off_beat(speed: float, cuts: Sequence[float]) -> float:
    """How far cuts lie from beats, in beats; squared, and summed."""
    beats = [cut * speed / 60 for cut in cuts]
    return sum((beat - round(beat)) ** 2 for beat in beats)


def _close(beat: float, length: float, chord: tuple[int, ...]) -> Iterator[Note]:
    """The end: the first chord once more, left to ring."""
    yield Note("bass", beat, length, chord[0], 0.8)
    for place, pitch in enumerate(chord[1:]):
        yield Note("keys", beat + 0.04 * place, length, pitch, 0.5, _spread(place, len(chord) - 1))
        yield Note("pad", beat, length, pitch, 0.7)


def _spread(place: int, count: int) -> float:
    """Places the notes of a chord from left to right."""
    return 0.7 * (2 * place / max(count - 1, 1) - 1)


def _held(voice: str, chord: tuple[int, ...], level: float) -> Iterator[Note]:
    """A chord for a whole bar."""
    for place, pitch in enumerate(chord[1:]):
        yield Note(voice, 0, 4.4, pitch, level, _spread(place, len(chord) - 1))


def _calm(bar: int, chord: tuple[int, ...]) -> Iterator[Note]:
    """Slow pads; small bells wander up and down the chord."""
    yield from _held("pad", chord, 0.9)
    yield Note("bass", 0, 4, chord[0], 0.75)
    upper = [pitch + 12 for pitch in chord[1:]]
    order = (0, 2, 1, 3, 2, 1, 3, 2) if bar % 2 == 0 else (3, 1, 2, 0, 1, 2, 1, 3)
    for eighth, place in enumerate(order):
        level = 0.55 if eighth % 2 == 0 else 0.38
        pan = 0.5 if eighth % 2 else -0.5
        yield Note("bell", eighth / 2, 2, upper[place % len(upper)], level, pan)
    if bar % 2 == 1:
        yield Note("bell", 2.5, 3, upper[-1] + 12, 0.3, 0.2)


def _lofi(bar: int, chord: tuple[int, ...]) -> Iterator[Note]:
    """Electric piano that leans back, a lazy drum, a round bass, a worn record."""
    yield from _held("pad", chord, 0.4)
    yield Note("crackle", 0, 4, 60, 0.8)
    for beat, length, level in ((0, 1.66, 0.75), (1.66, 0.84, 0.5), (2.5, 1.5, 0.62)):
        for place, pitch in enumerate(chord[1:]):
            roll = beat + 0.025 * place
            yield Note("keys", roll, length, pitch, level, _spread(place, len(chord) - 1))
    for beat, length, step, level in ((0, 1.6, 0, 0.85), (1.66, 0.8, 0, 0.5), (2.5, 1.4, 7, 0.65)):
        yield Note("bass", beat, length, chord[0] + step, level)
    tune = ((0.5, 3), (1.16, 2), (3.0, 4)) if bar % 2 == 0 else ((0.5, 2), (2.16, 3), (3.16, 1))
    for beat, place in tune:
        pitch = chord[1:][place % (len(chord) - 1)] + 12
        yield Note("bell", beat, 1.5, pitch, 0.3, 0.3)
    if bar > 0:
        yield from _hits("kick", (0, 1.66, 2.5), 0.85)
        yield from _hits("snare", (1, 3), 0.5)
        yield from _hits("hat", (0, 0.66, 1, 1.66, 2, 2.66, 3, 3.66), 0.28, pan=0.25)


def _upbeat(bar: int, chord: tuple[int, ...]) -> Iterator[Note]:
    """Plucked chords off the beat, a hopping bass, claps, and a tune to whistle."""
    yield from _held("pad", chord, 0.35)
    for beat in (0, 0.75, 1.5, 2, 2.75, 3.5):
        for place, pitch in enumerate(chord[1:]):
            pan = _spread(place, len(chord) - 1)
            yield Note("pluck", beat + 0.012 * place, 0.8, pitch, 0.6, pan)
    for beat, step in ((0, 0), (0.75, 0), (1.5, 12), (2, 0), (2.75, 7), (3.5, 12)):
        yield Note("bass", beat, 0.6, chord[0] + step, 0.85)
    tunes = (
        ((0, 3), (0.5, 2), (1, 3), (1.5, 4), (2.5, 3), (3, 2)),
        ((0, 2), (1, 3), (1.5, 2), (2, 1), (3, 2)),
    )
    for beat, place in tunes[bar % 2]:
        pitch = chord[1 + place % (len(chord) - 1)] + 12
        yield Note("bell", beat, 1, pitch, 0.45, -0.2)
    yield from _hits("kick", (0, 1, 2, 3), 0.8)
    yield from _hits("hat", (0.5, 1.5, 2.5, 3.5), 0.4, pan=0.3)
    if bar > 0:
        yield from _hits("clap", (1, 3), 0.55)
        yield from _hits("shaker", [quarter / 4 for quarter in range(16)], 0.22, pan=-0.35)


def _cinematic(bar: int, chord: tuple[int, ...]) -> Iterator[Note]:
    """Strings that swell, a piano that keeps walking, and a great drum far away."""
    rise = min(1.0, 0.6 + 0.1 * bar)
    yield from _held("strings", chord, 0.9 * rise)
    yield Note("strings", 0, 4.4, chord[0] + 12, 0.6 * rise)
    yield Note("bass", 0, 4.2, chord[0], 0.9)
    walk = (0, 1, 2, 1, 3, 2, 1, 2)
    for eighth, place in enumerate(walk):
        level = (0.62 if eighth % 4 == 0 else 0.42) * rise
        pitch = chord[1 + place % (len(chord) - 1)] + 12
        yield Note("keys", eighth / 2, 1.6, pitch, level, 0.35 if eighth % 2 else -0.35)
    yield from _hits("drum", (0,) if bar % 2 == 0 else (0, 3, 3.5), 0.8 * rise)


def _hits(voice: str, beats: Sequence[float], level: float, *, pan: float = 0.0) -> Iterator[Note]:
    """Strokes of a drum, every second one a little softer."""
    return (
        Note(voice, beat, 1, 60, level * (0.8 if place % 2 else 1.0), pan)
        for place, beat in enumerate(beats)
    )


SCORES = {
    "calm": Score(
        slowest=60,
        fastest=84,
        chords=(
            (36, 55, 60, 64, 71),
            (33, 55, 60, 64, 67),
            (41, 57, 60, 64, 67),
            (43, 55, 59, 62, 69),
        ),
        bar=_calm,
        echo=0.5,
        room=3.0,
        brightness=9000,
    ),
    "lofi": Score(
        slowest=70,
        fastest=90,
        chords=(
            (36, 52, 55, 59, 62),
            (33, 52, 55, 61, 64),
            (38, 53, 57, 60, 64),
            (43, 53, 57, 59, 64),
        ),
        bar=_lofi,
        echo=0.22,
        room=1.4,
        brightness=8000,
    ),
    "upbeat": Score(
        slowest=104,
        fastest=126,
        chords=(
            (43, 55, 59, 62, 67),
            (38, 54, 57, 62, 66),
            (40, 55, 59, 64, 67),
            (36, 55, 60, 64, 67),
        ),
        bar=_upbeat,
        echo=0.2,
        room=1.2,
        brightness=14000,
    ),
    "cinematic": Score(
        slowest=60,
        fastest=90,
        chords=(
            (33, 52, 57, 60, 64),
            (41, 53, 57, 60, 65),
            (36, 52, 55, 60, 64),
            (43, 50, 55, 59, 62),
        ),
        bar=_cinematic,
        echo=0.55,
        room=3.6,
        brightness=10000,
    ),
}
