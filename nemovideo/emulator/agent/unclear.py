"""Wishes that do not say what they are about, and what they can be taken for."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from attrs import evolve, frozen

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.guards import Guard, clauses
from nemovideo.emulator.agent.wishes import IT, Wish

__all__ = ["Found", "referred", "unclear"]

_PACE: Final = {True: 1.25, False: 0.8}


@frozen
class Found:
    """A wish, and where its words stand in the message.

    Args:
        start: of its words.
        end: of its words.
        wish: what they ask for.
    """

    start: int
    end: int
    wish: Wish


def unclear(
    found: Sequence[Found],
    text: str,
    rest: str,
    guard: Guard,
    strange: Callable[[str], object],
) -> Iterator[tuple[int, int]]:
    """Yield the clauses where a bare value stands among words that nobody understood.

    "The balloons for 5 seconds": that length is not the video's, nor is it in "balloons first,
    give it 5 seconds". Where a clause has both a caption and a place for the title, nobody knows
    which it would place. A new video is described in many words: nothing about it is unclear.

    Args:
        found: the wishes, in the order of the message.
        text: the message.
        rest: the message without what was understood.
        guard: where clauses end, and what a bare value is.
        strange: tells whether a clause has words that nobody understood.
    """
    if any(isinstance(one.wish, w.Make) for one in found):
        return
    starts = [one.start for one in found]
    first = next((one.start for one in found if _place(one.wish)), len(text))
    puzzled = False
    for start, end in clauses(rest, guard.breaks):
        odd = bool(strange(rest[start:end]))
        inside = found[bisect_left(starts, start) : bisect_left(starts, end)]
        bare = any(guard.bare.fullmatch(text[one.start : one.end].strip()) for one in inside)
        torn = {w.Caption, w.TitlePlace} <= {type(one.wish) for one in inside}
        lost = first >= end and any(_is_it(one.wish) for one in inside)
        if torn or (bare and odd) or (lost and puzzled):
            yield start, end
        puzzled = puzzled or odd


def referred(found: Sequence[Found]) -> Iterator[Found]:
    """Yield the wishes, "it" being the photo that was last spoken of, or the whole video."""
    spoken: w.Place = IT
    for one in found:
        match one.wish:
            case w.Hold(place=""):
                wish = w.Hold(spoken, one.wish.ms) if spoken else w.TotalLength(one.wish.ms)
                yield evolve(one, wish=wish)
            case w.Stretch(place=""):
                pace = w.LengthTimes(_PACE[one.wish.factor > 1])
                yield evolve(one, wish=w.Stretch(spoken, one.wish.factor) if spoken else pace)
            case _:
                spoken = _place(one.wish) or spoken
                yield one


def _place(wish: Wish) -> w.Place:
    return wish.place if isinstance(wish, w.Move | w.Hold | w.Stretch | w.Caption) else IT


def _is_it(wish: Wish) -> bool:
    return isinstance(wish, w.Hold | w.Stretch) and wish.place == IT
