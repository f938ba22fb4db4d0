"""Pairs: which piece of one draft is which piece of another, in linear time."""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from nemovideo.draft.parts import STARTS, Segment, Track, TrackType

__all__ = ["Pairs", "identity", "pair_segments", "pair_tracks", "part_id", "strays"]

Pairs = dict[int, int]
"""Places after, each with its place before."""

Key = tuple[Hashable, ...]
"""What two pieces have in common when they are the same one."""


def pair_tracks(before: Sequence[Track], after: Sequence[Track]) -> Pairs:
    """Pair the tracks of two drafts: by id, by what is on them, by name, by their order."""
    keys: tuple[Callable[[Track], Hashable], ...] = (_track_id, _contents, _track_name, _track_type)
    pairs: Pairs = {}
    for key in keys:
        _pair_equal(pairs, [key(track) for track in before], [key(track) for track in after])
    return pairs


def pair_segments(before: Sequence[Segment], after: Sequence[Segment], track: int) -> Pairs:
    """Pair the segments of a track, equal ones in their order.

    They are the same by their id, else by name, source and text, else by their place; but a
    photo of another name is another photo.
    """
    known = [identity(segment) or _looks(segment) for segment in before]
    found = [identity(segment) or _looks(segment) for segment in after]
    pairs = _ends(known, found)
    _pair_equal(pairs, known, found)
    for key in (part_id, _content, _name, _source, _words):
        _pair_equal(pairs, [key(one) for one in before], [key(one) for one in after])
    is_open = track in {TrackType.AUDIO, TrackType.TEXT}
    gaps = _gaps(pairs, before, after, lambda one: is_open or identity(one) is None)
    _pair_equal(pairs, *gaps)
    return pairs


def identity(segment: Segment) -> Key | None:
    """Give everything that says which segment it is; None where nothing does."""
    told = (part_id(segment), _content(segment))
    return None if told == (None, None) else told


def strays(pairs: Mapping[int, int]) -> list[int]:
    """Give the places after that left their order: as few as possible."""
    places = sorted(pairs)
    tails: list[int] = []
    ranks: list[int] = []
    for place in places:
        rank = bisect_left(tails, pairs[place])
        tails[rank : rank + 1] = [pairs[place]]
        ranks.append(rank)
    wanted, moved = len(tails) - 1, []
    for place, rank in zip(reversed(places), reversed(ranks), strict=True):
        if rank == wanted:
            wanted -= 1
        else:
            moved.append(place)
    return moved[::-1]


def _ends(before: Sequence[Hashable], after: Sequence[Hashable]) -> Pairs:
    """Pair what is the same from the first on and from the last back: most drafts hardly differ."""
    shorter = min(len(before), len(after))
    head = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    pairs = {place: place for place in range(head)}
    rest = range(1, shorter - head + 1)
    tail = next((n for n in rest if before[-n] != after[-n]), len(rest) + 1)
    shift = len(before) - len(after)
    return pairs | {place: place + shift for place in range(len(after) - tail + 1, len(after))}


def _pair_equal(pairs: Pairs, before: Iterable[Hashable], after: Iterable[Hashable]) -> None:
    """Pair what has no pair yet and the same key, in order; None is no key."""
    taken = set(pairs.values())
    waiting: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for place, key in enumerate(before):
        if key is not None and place not in taken:
            waiting[key].append(place)
    for place, key in enumerate(after):
        if key is not None and place not in pairs and waiting.get(key):
            pairs[place] = waiting[key].popleft()


def _gaps(
    pairs: Pairs,
    before: Sequence[Segment],
    after: Sequence[Segment],
    is_open: Callable[[Segment], bool],
) -> tuple[list[Hashable], list[Hashable]]:
    """Say of each segment without a pair behind which pair it lies, and how far."""
    known = {place: place for place in pairs.values()}
    return (
        [
            key if is_open(one) else None
            for one, key in zip(before, _places(before, known), strict=True)
        ],
        [
            key if is_open(one) else None
            for one, key in zip(after, _places(after, pairs), strict=True)
        ],
    )


def _places(segments: Sequence[Segment], pairs: Pairs) -> Iterator[Hashable]:
    anchor, away = -1, 0
    for place in range(len(segments)):
        anchor, away = (pairs[place], 0) if place in pairs else (anchor, away + 1)
        yield anchor, away


def _looks(segment: Segment) -> Key:
    """Give what a segment without any name looks like, wherever it begins."""
    plain = {key: value for key, value in segment.metadata.items() if key not in STARTS}
    return (segment.duration_ms, frozenset(item for item in plain.items() if _is_plain(item[1])))


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def part_id(part: Segment | Track) -> Key | None:
    """Give the id of a part, with its type; None where it has none."""
    for place in (part.metadata, part.raw):
        if isinstance(place.get("id"), str | int):
            return str(type(place["id"])), place["id"]
    return None


def _name(segment: Segment) -> str | None:
    return segment.name


def _words(segment: Segment) -> str | None:
    return segment.text


def _source(segment: Segment) -> str | None:
    found = segment.metadata.get("source") or segment.raw.get("source")
    return found if isinstance(found, str) else None


def _content(segment: Segment) -> Key | None:
    told = (_source(segment), segment.name, segment.text)
    return None if told == (None, None, None) else told


def _track_id(track: Track) -> Key | None:
    return None if (found := part_id(track)) is None else (track.type, found)


def _contents(track: Track) -> Key:
    return track.type, tuple([identity(segment) or _looks(segment) for segment in track.segments])


def _track_name(track: Track) -> Key | None:
    return (track.type, track.name) if track.name else None


def _track_type(track: Track) -> Hashable:
    return track.type
