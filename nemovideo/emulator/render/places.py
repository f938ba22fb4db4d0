"""Where words stand in a picture, so that those seen together never cover each other."""

from collections.abc import Iterable, Sequence

import attrs

__all__ = ["Place", "Span", "places"]

_DEEPEST = 4
"""So many texts are stacked at one side; it would be full with more."""


@attrs.frozen(eq=False)
class Place:
    """The place of a text.

    Attributes:
        side: `top`, `center` or `bottom`.
        small: A caption, set smaller than a title.
        nearer: The texts that stand between it and its side while it is seen.
    """

    side: str
    small: bool = False
    nearer: "tuple[Span, ...]" = ()

    @property
    def depth(self) -> int:
        """How many texts are stacked there, itself included."""
        return 1 + max((span.place.depth for span in self.nearer), default=0)


@attrs.frozen
class Span:
    """A text, when it is seen (frames `[first, last)`), and where."""

    text: str
    first: int
    last: int
    place: Place


def places(spans: Sequence[Span]) -> list[Place]:
    """Stacks texts that would stand on each other; whatever is earlier in the list is read first.

    At the bottom, the last one keeps its place and the others move up, so captions stay
    where they are while a title comes and goes. Elsewhere the first one keeps its place.
    """
    found: dict[int, Place] = {}
    for side in ("top", "center", "bottom"):
        there = [index for index, span in enumerate(spans) if span.place.side == side]
        order = reversed(there) if side == "bottom" else iter(there)
        found |= _stacked(spans, order)
    return [found[index] for index in range(len(spans))]


def _stacked(spans: Sequence[Span], order: Iterable[int]) -> dict[int, Place]:
    found: dict[int, Place] = {}
    laid: list[Span] = []
    for index in order:
        span = spans[index]
        nearer = tuple(other for other in laid if _together(span, other))
        shallow = tuple(other for other in nearer if other.place.depth < _DEEPEST)
        found[index] = attrs.evolve(span.place, nearer=shallow)
        laid.append(attrs.evolve(span, place=found[index]))
    return found


def _together(one: Span, two: Span) -> bool:
    return one.first < two.last and two.first < one.last
