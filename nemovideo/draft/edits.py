"""Edits that cost no credits: from a draft to the wire form of another one.

Only what an edit is about is copied; every other part goes on as it came.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

import attrs

from nemovideo.draft.lanes import Timeline
from nemovideo.draft.languages import clean
from nemovideo.draft.pairing import part_id
from nemovideo.draft.parts import (
    STARTS,
    TEXTS,
    VOLUMES,
    Number,
    Segment,
    Track,
    TrackType,
    number,
    shown,
)
from nemovideo.errors import InputError

__all__ = ["Gap", "trim", "with_metadata", "with_title", "with_volume", "without_track"]

_Part = TypeVar("_Part", Track, Segment)
_Found = TypeVar("_Found")

_Raw = Mapping[str, Any]
"""A draft, a track or a segment as the service has it."""

_TITLE_MS: Final = 3000
_BEYOND: Final = "This timeline holds numbers that cannot be counted with."


@attrs.frozen
class Gap:
    """A stretch of time that is cut out of a timeline.

    Attributes:
        start: Where it begins, in milliseconds.
        end: Where it ends; what comes later moves up to the start.
    """

    start: Number
    end: Number

    def moved(self, moment: Number) -> Number:
        """Give the moment at which is seen what was seen at a moment before."""
        if moment <= self.start:
            return moment
        return self.start if moment <= self.end else self.start + (moment - self.end)


def without_track(draft: Timeline, track: Track | int) -> _Raw:
    """Leave out a track, or all tracks of a type."""
    gone = set(map(id, _meant(draft, track)))
    return _with_tracks(draft, [one.raw for one in draft.tracks if id(one) not in gone])


def with_volume(draft: Timeline, volume: Number, track: Track | int) -> _Raw:
    """Set the volume of each segment of a track, or of all tracks of a type."""
    if number(volume) is None or not 0 <= volume <= 1:
        raise InputError(f"{shown(volume)} is no volume.", hint="It goes from 0.0 to 1.0.")
    meant = _meant(draft, track)
    if not any(one.segments for one in meant):
        raise InputError("This timeline has no such track whose volume could be set.")

    def louder(segment: Segment) -> _Raw:
        is_so = segment.volume == volume
        return segment.raw if is_so else _detailed(segment, VOLUMES, volume)

    changed = {id(one): _each(one, louder) for one in meant}
    return _with_tracks(draft, [changed.get(id(one), one.raw) for one in draft.tracks])


def with_title(draft: Timeline, text: Any, length: Number) -> _Raw:
    """Let the title read otherwise, or add one from the beginning on."""
    if not isinstance(text, str):
        raise InputError(f"{shown(text)} is no text.")
    if not clean(text):
        raise InputError("The title is empty.", hint="without_track removes its track.")
    tracks = [track.raw for track in draft.tracks]
    for place, track in enumerate(draft.tracks):
        if track.type == TrackType.TEXT and track.segments and not track.is_captions:
            first, *others = track.segments
            if first.text == text:
                return draft.raw
            changed = [_detailed(first, TEXTS, text), *(other.raw for other in others)]
            tracks[place] = {**track.raw, "sg": changed}
            return _with_tracks(draft, tracks)
    lasts = min(_TITLE_MS, length) if length > 0 else _TITLE_MS
    title = {"tt": int(TrackType.TEXT), "sg": [{"d": lasts, "m": {"text": text}}]}
    return _with_tracks(draft, [*tracks, title])


def with_metadata(draft: Timeline, entries: _Raw) -> _Raw:
    """Set entries of the draft's own metadata; None takes one away."""
    for key, value in entries.items():
        if _written(value) is None:
            raise InputError(f"{key!r} cannot be sent.", hint="Give text, numbers, lists or dicts.")
    known = draft.metadata
    if all(_has(known, key, value) for key, value in entries.items()):
        return draft.raw
    changed = {**known, **entries}
    kept = {key: value for key, value in changed.items() if value is not None or key not in entries}
    return {**draft.raw, "m": kept}


def trim(draft: Timeline, duration_ms: Number, segment: Segment | None) -> _Raw:
    """Let the whole, or a segment of it, end earlier."""
    lasts = number(duration_ms)
    if lasts is None or not 0 < lasts < math.inf:
        raise InputError(f"{shown(duration_ms)} is no length.", hint="Give milliseconds above 0.")
    try:
        if segment is None:
            return _without(draft, Gap(lasts, math.inf))
        return _with_end(draft, *_found(draft, segment), lasts)
    except OverflowError as error:
        raise InputError(_BEYOND) from error


def _found(draft: Timeline, segment: Segment) -> tuple[Track, int]:
    """Find a segment: itself, or what an earlier edit made of it."""
    places = [
        (one, (track, index)) for track in draft.tracks for index, one in enumerate(track.segments)
    ]
    found = _same(segment, places)
    if found is None:
        raise InputError("The segment is not of this timeline.", hint="Take it from draft.tracks.")
    return found


def _with_end(draft: Timeline, track: Track, index: int, lasts: Number) -> _Raw:
    """Let a segment end earlier; of pictures, what lies behind moves up on all tracks."""
    spans = list(track.spans())
    segment, start, end = spans[index]
    if track.type == TrackType.VIDEO:
        return _without(draft, Gap(start + lasts, end))
    if lasts >= segment.duration_ms:
        return draft.raw
    segments = [one.raw for one, _, _ in spans]
    segments[index] = {**segment.raw, "d": lasts}
    if index + 1 < len(spans):
        follower, begins, _ = spans[index + 1]
        if follower.start_ms is None:
            segments[index + 1] = _detailed(follower, STARTS, begins)
    changed = _with_segments(track, segments)
    return _with_tracks(draft, [changed if one is track else one.raw for one in draft.tracks])


def _without(draft: Timeline, gap: Gap) -> _Raw:
    """Cut out a stretch of time, on all tracks."""
    if gap.start >= gap.end:
        return draft.raw
    cut = [(track, list(_kept(track, gap))) for track in draft.tracks]
    tracks = [_with_segments(track, kept) for track, kept in cut if kept or not track.segments]
    whole = _with_tracks(draft, tracks)
    is_longer = draft.duration_ms > gap.start
    return {**whole, "d": gap.moved(draft.duration_ms)} if is_longer else whole


def _kept(track: Track, gap: Gap) -> Iterator[_Raw]:
    """Give what is left of a track; a segment without a length is never cut, only moved."""
    has_lost_its_start = False
    for segment, start, end in track.spans():
        begins, ends = gap.moved(start), gap.moved(end)
        has_length = segment.duration_ms > 0
        if has_length and start >= gap.start and end <= gap.end:
            has_lost_its_start |= segment.start_ms is not None
            continue
        follows = segment.start_ms is None and not has_lost_its_start
        has_lost_its_start = False
        placed = segment.raw if follows else _begun(segment, start, begins)
        is_cut = has_length and start < gap.end and end > gap.start
        yield _ended(placed, begins, ends) if is_cut else placed


def _begun(segment: Segment, start: Number, begins: Number) -> _Raw:
    """Let a segment say where it begins now, unless it says so."""
    is_other = segment.start_ms is None or begins < start
    return _detailed(segment, STARTS, begins) if is_other else segment.raw


def _ended(placed: _Raw, begins: Number, ends: Number) -> _Raw:
    """Let a segment end earlier, and not by a rounding later."""
    lasts = ends - begins
    if begins + lasts > ends:
        lasts = math.nextafter(lasts, 0)
    return {**placed, "d": lasts}


def _has(known: _Raw, key: str, value: Any) -> bool:
    """Whether an entry is already as it is wanted: 1, 1.0 and True are three values in JSON."""
    if value is None:
        return key not in known
    return key in known and _written(known[key]) == _written(value)


def _written(value: Any) -> str | None:
    """Give a value in JSON; None where it has no place in it."""
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return None


def _meant(draft: Timeline, track: Any) -> list[Track]:
    """Find a track, or all tracks of a type."""
    if isinstance(track, Track):
        found = _same(track, [(one, one) for one in draft.tracks])
        if found is None:
            raise InputError(
                "The track is not of this timeline.", hint="Take it from draft.tracks."
            )
        return [found]
    if not isinstance(track, int) or isinstance(track, bool):
        raise InputError(f"{shown(track)} is no track.", hint="Give one of draft.tracks, or 1.")
    return [one for one in draft.tracks if one.type == track]


def _same(wanted: Any, parts: Sequence[tuple[_Part, _Found]]) -> _Found | None:
    """Find a part among others: itself, or the only one that an earlier edit can have made of it.

    An edit reads what it did not touch from the same mapping; of what it did, it keeps the id.
    Other timelines may use the same ids.
    """
    if not isinstance(wanted, Track | Segment):
        return None
    key = _key(wanted)
    for is_it in (
        lambda part: part is wanted,
        lambda part: part.raw is wanted.raw,
        lambda part: key is not None and _key(part) == key,
    ):
        found = [place for part, place in parts if is_it(part)]
        if len(found) == 1:
            return found[0]
    return None


def _key(part: Track | Segment) -> Any:
    """Give what an edit keeps of a part that has an id, or is a track."""
    if isinstance(part, Track):
        return part_id(part) or (part.type, part.name)
    known = part_id(part)
    return known and (known, part.name, part.metadata.get("source"))


def _each(track: Track, change: Callable[[Segment], _Raw]) -> _Raw:
    return _with_segments(track, [change(segment) for segment in track.segments])


def _with_segments(track: Track, segments: Sequence[_Raw]) -> _Raw:
    same = len(segments) == len(track.segments) and all(
        one is segment.raw for one, segment in zip(segments, track.segments, strict=True)
    )
    return track.raw if same else {**track.raw, "sg": list(segments)}


def _with_tracks(draft: Timeline, tracks: Sequence[_Raw]) -> _Raw:
    same = len(tracks) == len(draft.tracks) and all(
        one is track.raw for one, track in zip(tracks, draft.tracks, strict=True)
    )
    return draft.raw if same else {**draft.raw, "t": list(tracks)}


def _detailed(segment: Segment, names: Sequence[str], value: Any) -> _Raw:
    """Replace a detail where it was found; one that nobody said goes into the metadata."""
    for name in names:
        if segment.metadata.get(name) is not None:
            return _noted(segment, name, value)
    for name in names:
        if segment.raw.get(name) is not None:
            return {**segment.raw, name: value}
    return _noted(segment, names[0], value)


def _noted(segment: Segment, name: str, value: Any) -> _Raw:
    return {**segment.raw, "m": {**segment.metadata, name: value}}
