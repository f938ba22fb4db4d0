"""What differs between two parts that are the same one: names, times, volumes, all other keys."""

from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Any, Final, Protocol

import attrs

from nemovideo.draft.change import Change, Kind
from nemovideo.draft.lanes import Lane
from nemovideo.draft.parts import NAMES, STARTS, TEXTS, Number, Segment

__all__ = ["Difference", "Pair", "Rank", "details", "naming", "restyling"]

_ORIGINS: Final = frozenset({"source", "source_ms", "trim_start_ms", "kind", "mood", "url", "hash"})
_STRUCTURE: Final = frozenset({"t", "tt", "sg", "d", "m"})
_TELLING: Final = ("kind", "type", "name")


class _Part(Protocol):
    """A draft, a track or a segment."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The free part."""

    @property
    def raw(self) -> Mapping[str, Any]:
        """The source."""


class Rank(IntEnum):
    """How much a difference has to be told."""

    TOLD = 0
    FOLLOWS_TIMES = 1
    """Not told beside a change of times: fades and the length of the music follow it."""
    FOLLOWS = 2
    """Not told beside any other change."""


@attrs.frozen
class Difference:
    """A change before all are condensed.

    Attributes:
        change: What is not as it was.
        lane: Place of the track, -1 for the draft; equal changes of one lane become one.
        rank: How much it has to be told.
    """

    change: Change
    lane: int = -1
    rank: Rank = Rank.TOLD


def details(before: _Part, after: _Part) -> Iterator[tuple[str, Any, Any]]:
    """Find the keys that differ, with both values, in the metadata and beside it."""
    if before.raw == after.raw and before.metadata == after.metadata:
        return
    yield from _unequal(before.metadata, after.metadata)
    for key, was, now in _unequal(before.raw, after.raw):
        if key not in _STRUCTURE:
            yield key, was, now


def _unequal(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        if was is not now and was != now:
            yield str(key), was, now


def restyling(key: str, before: Any, after: Any, about: Mapping[str, Any]) -> Change:
    """Tell a key that differs; of an object, the one inner key that says most."""
    while (inner := _inner(before, after)) is not None:
        key = f"{key}.{inner}"
        before, after = (side and side.get(inner) for side in (before, after))
    return Change("restyled", key=key, before=before, after=after, **about)


def _inner(before: Any, after: Any) -> str | None:
    sides = [side for side in (before, after) if side is not None]
    if not sides or not all(isinstance(side, Mapping) for side in sides):
        return None
    keys = [key for key, *_ in _unequal(before or {}, after or {})]
    telling = [key for key in _TELLING if key in keys]
    return next(iter(telling), keys[0] if len(keys) == 1 else None)


def naming(key: str, before: Any, after: Any, about: Mapping[str, Any]) -> Change:
    """Tell a name or a text that changed; what is no text is none."""
    was, now = (
        side if isinstance(side, str) and side.strip() else None for side in (before, after)
    )
    return Change("renamed", key=key, before=was, after=now, **about)


@attrs.frozen(eq=False)
class Pair:
    """One segment in two drafts.

    Attributes:
        old: Its track before.
        there: Its place there.
        new: Its track after.
        here: Its place there.
        has_same_neighbour: Whether the segment before it is the same in both.
    """

    old: Lane
    there: int
    new: Lane
    here: int
    has_same_neighbour: bool

    @property
    def was(self) -> Segment:
        """The segment before."""
        return self.old.segments[self.there]

    @property
    def now(self) -> Segment:
        """The segment after."""
        return self.new.segments[self.here]

    def differences(self) -> Iterator[Difference]:
        """Find what is not as it was, the place apart."""
        was, now = self.was, self.now
        spans = self.old.span(self.there), self.new.span(self.here)
        if was == now and was.raw == now.raw and spans[0] == spans[1]:
            return
        about = self.new.about(self.here)
        told: set[str] = set()
        if was.text != now.text:
            told.update(TEXTS)
            yield self._told(naming("text", was.text, now.text, about))
        if was.name != now.name:
            told.update(NAMES)
            yield self._told(naming("name", was.name, now.name, about))
        if (volume := _volume(was.volume, now.volume)) is not None:
            told.add("volume")
            yield self._told(Change(volume, before=was.volume, after=now.volume, **about))
        yield from self._times(about)
        for key, then, today in details(was, now):
            if key not in told.union(STARTS):
                change = restyling(key, then, today, about)
                yield self._told(change, self._rank(key, change.key, is_other=was.name != now.name))

    def _told(self, change: Change, rank: Rank = Rank.TOLD) -> Difference:
        return Difference(change, self.new.place, rank)

    def _times(self, about: Mapping[str, Any]) -> Iterator[Difference]:
        lengths = self.was.duration_ms, self.now.duration_ms
        if _differ(*lengths):
            fills = self.old.is_filled_by(self.there) and self.new.is_filled_by(self.here)
            change = Change("trimmed", before=lengths[0], after=lengths[1], **about)
            yield self._told(change, Rank.FOLLOWS_TIMES if fills else Rank.TOLD)
        starts = self.old.span(self.there)[0], self.new.span(self.here)[0]
        if _differ(*starts):
            change = Change("retimed", before=starts[0], after=starts[1], **about)
            yield self._told(change, Rank.TOLD if self._has_other_gap() else Rank.FOLLOWS)

    def _has_other_gap(self) -> bool:
        """Whether it begins elsewhere for itself, and not because another one did or changed."""
        if not self.has_same_neighbour:
            return False
        return _differ(self.old.gap(self.there), self.new.gap(self.here))

    def _rank(self, key: str, path: str, *, is_other: bool) -> Rank:
        if key == "id" or (is_other and key in _ORIGINS):
            return Rank.FOLLOWS
        if key == "transition" and (not self.there) != (not self.here):
            return Rank.FOLLOWS  # nothing goes over into the first segment
        if path.endswith("_ms") or "fade" in key:
            return Rank.FOLLOWS_TIMES
        return Rank.TOLD


def _differ(before: Any, after: Any) -> bool:
    return before is not after and before != after


def _volume(before: Number | None, after: Number | None) -> Kind | None:
    if before is None or after is None or not _differ(before, after):
        return None
    if before < after:
        return "louder"
    return "quieter" if before > after else None
