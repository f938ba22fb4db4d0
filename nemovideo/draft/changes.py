"""What changed between two drafts: few changes, as a person would tell them."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, Final

import attrs

from nemovideo.draft.change import Change
from nemovideo.draft.comparison import additions, differences
from nemovideo.draft.details import Difference, Rank
from nemovideo.draft.lanes import Timeline
from nemovideo.draft.parts import Number

__all__ = ["changes_between"]

_TIMES: Final = frozenset({"added", "removed", "moved", "trimmed", "retimed"})
_EACH: Final = 2
_FEW: Final = 3
_MANY: Final = 5


def changes_between(before: Timeline | None, after: Timeline) -> list[Change]:
    """Tell what changed, in few sentences.

    Args:
        before: The draft as it was; None where there was none, so that all is added.
        after: The draft as it is.

    Returns:
        Empty exactly where nothing at all differs.
    """
    if before is None:
        return _condensed(additions(after))
    if _are_equal(before, after):
        return []
    found = _told(list(differences(before, after)))
    return _condensed(found) or [Change("restyled", part="draft")]


def _are_equal(before: Timeline, after: Timeline) -> bool:
    if any(
        not one.raw and (one.tracks or one.metadata or one.duration_ms) for one in (before, after)
    ):
        return before == after  # put together by hand, there is no source
    return before.raw == after.raw


def _told(found: Sequence[Difference]) -> Sequence[Difference]:
    """Leave out what only follows from something that is told."""
    sure = [one.change.kind for one in found if one.rank == Rank.TOLD]
    if _TIMES.isdisjoint(sure):
        return [one for one in found if one.rank != Rank.FOLLOWS] or found
    has_length = sure.count("trimmed") > 1
    return [
        one for one in found if one.rank == Rank.TOLD or (has_length and _is_length(one.change))
    ]


def _is_length(change: Change) -> bool:
    return change.kind == "retimed" and change.part == "draft"


def _condensed(found: Iterable[Difference]) -> list[Change]:
    alike: defaultdict[tuple[Hashable, ...], list[Change]] = defaultdict(list)
    for one in found:
        change = one.change
        alike[one.lane, change.kind, change.part, change.key].append(change)
    told: defaultdict[Hashable, list[Change]] = defaultdict(list)
    for (*place, _), changes in alike.items():
        told[tuple(place)] += _few(changes)
    return [change for changes in told.values() for change in _brief(changes)]


def _brief(changes: list[Change]) -> Sequence[Change]:
    """Give one change for many details: nobody reads them one by one."""
    if changes[0].kind != "restyled" or len(changes) <= _MANY:
        return changes
    count = max(len({change.position for change in changes}), *(one.count for one in changes))
    return [attrs.evolve(changes[0], key="", before=None, after=None, count=count)]


def _few(changes: list[Change]) -> Sequence[Change]:
    first = changes[0]
    if first.kind in {"added", "removed"}:
        return [_span(changes)] if len(changes) > _EACH or first.part == "track" else changes
    if first.kind == "moved" and first.key != "track":
        return [_several(changes)] if len(changes) > _EACH else changes
    equal: defaultdict[Hashable, list[Change]] = defaultdict(list)
    for change in changes:
        equal[_comparable(change.before), _comparable(change.after)].append(change)
    groups = [_several(group) for group in equal.values()]
    if first.kind == "moved" or (len(groups) <= _FEW and len(groups) * _EACH < len(changes)):
        return groups
    return changes if len(changes) <= _FEW else [_several(changes)]


def _comparable(value: Any) -> Hashable:
    return value if isinstance(value, str | int | float | None) else id(value)


def _span(changes: Sequence[Change]) -> Change:
    """Tell of all that came or went at once; with its times where they lie side by side."""
    first, last = changes[0], changes[-1]
    if len(changes) == 1:
        return first
    is_whole = (last.position or 0) - (first.position or 0) == len(changes) - 1
    ends = [change.before or change.after for change in changes]
    span = (ends[0][0], ends[-1][1]) if is_whole and all(ends) else None
    if first.kind == "added":
        return attrs.evolve(first, count=len(changes), after=span)
    return attrs.evolve(first, count=len(changes), before=span)


def _several(changes: Sequence[Change]) -> Change:
    """Tell at once what happened to several segments, with the values that are the same for all."""
    if len(changes) == 1:
        return changes[0]
    befores, afters = ([getattr(one, side) for one in changes] for side in ("before", "after"))
    first = attrs.evolve(
        changes[0],
        count=sum(one.count for one in changes),
        before=_common(befores),
        after=_common(afters),
    )
    if first.kind == "trimmed" and first.after is None:
        return attrs.evolve(first, key="total", before=_total(befores), after=_total(afters))
    return first


def _common(values: Sequence[Any]) -> Any:
    return values[0] if all(value == values[0] for value in values) else None


def _total(values: Sequence[Number]) -> Number | None:
    try:
        return sum(values)
    except OverflowError:  # JSON sets no limit to numbers
        return None
