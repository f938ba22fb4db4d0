"""The comparison of two drafts: every difference, track by track."""

from collections import defaultdict, deque
from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from nemovideo.draft.change import Change
from nemovideo.draft.details import Difference, Pair, Rank, details, naming, restyling
from nemovideo.draft.lanes import Lane, Timeline, lanes
from nemovideo.draft.pairing import identity, pair_segments, pair_tracks, strays

__all__ = ["additions", "differences"]

_DRAFT: Final[Mapping[str, Any]] = {"part": "draft"}
_SIDES: Final = ("width", "height")
_EACH: Final = 2

Spot = tuple[int, int]
"""Where a segment is: place of the track, place on the track."""


def additions(draft: Timeline) -> Iterator[Difference]:
    """Tell a draft where nothing was before."""
    found = lanes(draft)
    if not found:
        yield Difference(Change("added", part="draft"))
    for lane in found:
        yield from _additions(lane, range(len(lane.segments)), is_new=True)


def differences(before: Timeline, after: Timeline) -> Iterator[Difference]:
    """Find what differs: of the whole, then what went, then track by track."""
    old, new = lanes(before), lanes(after)
    yield from _of_the_whole(before, after)
    tracks = pair_tracks(before.tracks, after.tracks)
    pairs = _pairs(old, new, tracks)
    stayed, kept = set(pairs.values()), set(tracks.values())
    for lane in old:
        gone = [n for n in range(len(lane.segments)) if (lane.place, n) not in stayed]
        yield from _removals(lane, gone, is_gone=lane.place not in kept)
    moved = set(strays(tracks))
    for lane in new:
        known = old[tracks[lane.place]] if lane.place in tracks else None
        came = [n for n in range(len(lane.segments)) if (lane.place, n) not in pairs]
        yield from _additions(lane, came, is_new=known is None)
        if known is not None:
            yield from _of_the_track(known, lane, is_moved=lane.place in moved)
        yield from _of_the_segments(old, lane, known, pairs)


def _pairs(old: Sequence[Lane], new: Sequence[Lane], tracks: Mapping[int, int]) -> dict[Spot, Spot]:
    """Pair all segments: inside of their tracks, then what went from one to another."""
    pairs: dict[Spot, Spot] = {}
    for place, known in tracks.items():
        found = pair_segments(old[known].segments, new[place].segments, new[place].track.type)
        pairs |= {(place, here): (known, there) for here, there in found.items()}
    waiting: defaultdict[Hashable, deque[Spot]] = defaultdict(deque)
    for spot, key in _left(old, set(pairs.values())):
        waiting[key].append(spot)
    for spot, key in _left(new, set(pairs)):
        if waiting.get(key):
            pairs[spot] = waiting[key].popleft()
    return pairs


def _left(side: Iterable[Lane], paired: Container[Spot]) -> Iterator[tuple[Spot, Hashable]]:
    for lane in side:
        for index, segment in enumerate(lane.segments):
            key = identity(segment)
            if key is not None and (lane.place, index) not in paired:
                yield (lane.place, index), key


def _removals(lane: Lane, places: Sequence[int], *, is_gone: bool) -> Iterator[Difference]:
    part: Any = "track" if is_gone else "segment"
    for index in places:
        change = Change("removed", part=part, before=lane.span(index), **lane.about(index))
        yield Difference(change, lane.place)
    if is_gone and not lane.segments:
        change = Change("removed", part="track", count=0, **lane.kind)
        yield Difference(change, lane.place)


def _additions(lane: Lane, places: Sequence[int], *, is_new: bool) -> Iterator[Difference]:
    part: Any = "track" if is_new else "segment"
    for index in places:
        change = Change("added", part=part, after=lane.span(index), **lane.about(index))
        yield Difference(change, lane.place)
    if is_new and not lane.segments:
        change = Change("added", part="track", count=0, **lane.kind)
        yield Difference(change, lane.place)


def _of_the_whole(before: Timeline, after: Timeline) -> Iterator[Difference]:
    sizes = [tuple(one.metadata.get(side) for side in _SIDES) for one in (before, after)]
    if sizes[0] != sizes[1]:
        was, now = (None if size == (None, None) else size for size in sizes)
        yield Difference(Change("canvas", part="draft", before=was, after=now))
    if before.duration_ms != after.duration_ms:
        change = Change("retimed", part="draft", before=before.duration_ms, after=after.duration_ms)
        yield Difference(change, rank=Rank.FOLLOWS_TIMES)
    for key, was, now in details(before, after):
        if key == "title":
            yield Difference(naming(key, was, now, _DRAFT))
        elif key not in _SIDES:
            yield Difference(restyling(key, was, now, _DRAFT))


def _of_the_track(known: Lane, lane: Lane, *, is_moved: bool) -> Iterator[Difference]:
    about: dict[str, Any] = {
        "part": "track",
        "subject": lane.track.name or "",
        "position": lane.place + 1,
        **lane.kind,
    }
    if is_moved:
        change = Change("moved", before=known.place + 1, after=lane.place + 1, **about)
        yield Difference(change, lane.place)
    for key, was, now in details(known.track, lane.track):
        told = naming if key == "name" else restyling
        yield Difference(told(key, was, now, about), lane.place)


def _of_the_segments(
    old: Sequence[Lane], lane: Lane, known: Lane | None, pairs: Mapping[Spot, Spot]
) -> Iterator[Difference]:
    spots = {n: pairs[lane.place, n] for n in range(len(lane.segments)) if (lane.place, n) in pairs}
    restyled = () if known is None else {key for key, *_ in details(known.track, lane.track)}
    yield from _moves(old, lane, known, spots)
    for index, (place, there) in spots.items():
        is_first = not index and not there
        follows = is_first or (index > 0 and spots.get(index - 1) == (place, there - 1))
        for difference in Pair(old[place], there, lane, index, follows).differences():
            follows_track = difference.change.key.split(".")[0] in restyled
            rank = Rank.FOLLOWS if follows_track else difference.rank
            yield attrs.evolve(difference, rank=rank)


def _moves(
    old: Sequence[Lane], lane: Lane, known: Lane | None, spots: Mapping[int, Spot]
) -> Iterator[Difference]:
    stayed = {n: there for n, (place, there) in spots.items() if known and place == known.place}
    for index, (place, there) in spots.items():
        if index not in stayed:
            was, now = old[place], lane
            about = was.about(there) | {"before": was.track.type, "after": now.track.type}
            yield Difference(Change("moved", key="track", **about), lane.place)
    moved = strays(stayed)
    if _EACH < len(stayed) == len(moved) + 1:
        count = len(stayed)
        change = Change("moved", key="order", position=1, count=count, **lane.kind)
        yield Difference(change, lane.place)
        return
    for index in moved:
        about = lane.about(index) | {"before": stayed[index] + 1, "after": index + 1}
        yield Difference(Change("moved", **about), lane.place)
