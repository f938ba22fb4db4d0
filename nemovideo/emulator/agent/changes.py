"""One wish applied to a timeline that exists: a new timeline, or the reason why not."""

from collections.abc import Sequence
from functools import singledispatch
from typing import Any, Final

from attrs import field, frozen

from nemovideo.emulator.agent import timeline, wishes
from nemovideo.emulator.agent.timeline import AUDIO, MIN_SLOT, TEXT, Json
from nemovideo.emulator.agent.wishes import CANVASES, MOODS, Wish

__all__ = ["Problem", "Step", "change"]

_LONGEST: Final = 600_000
_MUSIC_LEVEL: Final = 0.35
_TITLE_MS: Final = 3_000
_TITLE_LENGTH: Final = 200
_VARIED: Final = ("zoom_in", "pan_left", "zoom_out", "pan_right")


@frozen
class Step:
    """One thing done.

    Args:
        tool: its name; also the key of the sentence that tells it.
        facts: what the sentence and the tool call say about it.
        draft: the whole timeline after it.
    """

    tool: str
    facts: Json
    draft: Json = field(repr=False)


@frozen
class Problem:
    """A wish that was understood and not fulfilled.

    Args:
        kind: the key of the sentence that says so.
        facts: what the sentence tells.
    """

    kind: str
    facts: Json


@singledispatch
def change(wish: Wish, draft: Json) -> Step | Problem:
    """Apply one wish.

    Args:
        wish: any wish about an existing timeline.
        draft: the timeline; it stays as it is.

    Raises:
        TypeError: a wish that is not about a timeline's contents.
    """
    raise TypeError(f"{wish!r} changes no timeline {draft.keys()}")


@change.register
def _total(wish: wishes.TotalLength, draft: Json) -> Step | Problem:
    return _resized(draft, wish.ms)


@change.register
def _by(wish: wishes.LengthBy, draft: Json) -> Step | Problem:
    return _resized(draft, draft["d"] + wish.ms)


@change.register
def _times(wish: wishes.LengthTimes, draft: Json) -> Step | Problem:
    return _resized(draft, round(draft["d"] * wish.factor / 100) * 100)


@change.register
def _each(wish: wishes.EachPhoto, draft: Json) -> Step | Problem:
    slots = [_bounded(piece, wish.ms) for piece in timeline.clips(draft)]
    return _slotted(draft, slots, "set_photo_duration", ms=wish.ms, total_ms=sum(slots))


@change.register
def _hold(wish: wishes.Hold, draft: Json) -> Step | Problem:
    return _one_slot(draft, wish.place, ms=wish.ms)


@change.register
def _stretch(wish: wishes.Stretch, draft: Json) -> Step | Problem:
    return _one_slot(draft, wish.place, factor=wish.factor)


@change.register
def _remove(wish: wishes.Remove, draft: Json) -> Step | Problem:
    segments = timeline.clips(draft)
    gone = {place: _index(place, segments) for place in wish.places}
    missing = next((place for place, index in gone.items() if index is None), None)
    if missing is not None:
        return _no_such(missing, segments)
    left = [piece for index, piece in enumerate(segments) if index not in gone.values()]
    if not left:
        return Problem("only_photo", {})
    names = ", ".join(
        str(segments[index]["m"]["name"]) for index in gone.values() if index is not None
    )
    return _ordered(draft, left, "remove_photos", {"names": names})


@change.register
def _move(wish: wishes.Move, draft: Json) -> Step | Problem:
    segments = timeline.clips(draft)
    index, to = _index(wish.place, segments), _index(wish.to, segments)
    if index is None or to is None:
        return _no_such(wish.place if index is None else wish.to, segments)
    segments.insert(to, segments.pop(index))
    return _ordered(draft, segments, "move_photo", {"photo": index + 1, "to": to + 1})


@change.register
def _swap(wish: wishes.Swap, draft: Json) -> Step | Problem:
    segments = timeline.clips(draft)
    one, other = _index(wish.place, segments), _index(wish.other, segments)
    if one is None or other is None:
        return _no_such(wish.place if one is None else wish.other, segments)
    segments[one], segments[other] = segments[other], segments[one]
    return _ordered(draft, segments, "swap_photos", {"photo": one + 1, "other": other + 1})


@change.register
def _reverse(_wish: wishes.Reverse, draft: Json) -> Step | Problem:
    return _ordered(draft, timeline.clips(draft)[::-1], "reverse_order", {})


@change.register
def _aspect(wish: wishes.Aspect, draft: Json) -> Step | Problem:
    width, height = CANVASES[wish.ratio]
    changed = timeline.noted(draft, width=width, height=height)
    return Step("set_aspect_ratio", {"aspect_ratio": wish.ratio}, changed)


@change.register
def _transition(wish: wishes.Transition, draft: Json) -> Step | Problem:
    now = timeline.style(draft)
    kind = wish.kind or ("crossfade" if now["kind"] == "cut" else now["kind"])
    duration = now["duration_ms"] if wish.ms is None else wish.ms
    changed = timeline.with_style(draft, kind=kind, duration_ms=duration)
    return Step("set_transitions", {"kind": kind, "ms": duration}, changed)


@change.register
def _motion(wish: wishes.Motion, draft: Json) -> Step | Problem:
    moves = _VARIED if wish.kind == "varied" else (wish.kind,)
    segments = [
        piece
        if piece["m"]["kind"] == "video"
        else timeline.noted(piece, motion=moves[count % len(moves)])
        for count, piece in enumerate(timeline.clips(draft))
    ]
    return _ordered(draft, segments, "set_motion", {"motion": wish.kind})


@change.register
def _music(wish: wishes.Music, draft: Json) -> Step | Problem:
    now = timeline.segment(draft, AUDIO)
    if now is not None and not wish.mood:
        return Step("set_music", {}, draft)
    mood = wish.mood or "lofi"
    level = now["m"]["volume"] if now else _MUSIC_LEVEL
    details = {"kind": "music", "mood": mood, "volume": level}
    piece = {"d": 0, "m": {"id": "a1", "start_ms": 0, "name": MOODS[mood], **details}}
    return Step("set_music", {"mood": mood}, timeline.with_segment(draft, AUDIO, piece))


@change.register
def _music_off(_wish: wishes.MusicOff, draft: Json) -> Step | Problem:
    return Step("remove_music", {}, timeline.without_track(draft, AUDIO))


@change.register
def _volume(wish: wishes.Volume, draft: Json) -> Step | Problem:
    now = timeline.segment(draft, AUDIO)
    if now is None:
        return Problem("no_music", {})
    level = max(0.0, min(wish.level, 1.0))
    changed = timeline.with_segment(draft, AUDIO, timeline.noted(now, volume=level))
    return Step("set_volume", {"percent": round(level * 100)}, changed)


@change.register
def _volume_times(wish: wishes.VolumeTimes, draft: Json) -> Step | Problem:
    now = timeline.segment(draft, AUDIO)
    level = now["m"]["volume"] if now else 0.0
    return _volume(wishes.Volume(round(level * wish.factor, 2)), draft)


@change.register
def _title(wish: wishes.Title, draft: Json) -> Step | Problem:
    if len(wish.text) > _TITLE_LENGTH:
        return Problem("long_title", {"limit": _TITLE_LENGTH})
    new = {"m": {"id": "x1", "start_ms": 0, "name": "Title", "position": "center"}}
    piece = timeline.noted(
        timeline.segment(draft, TEXT) or timeline.noted(new, wanted_ms=_TITLE_MS), text=wish.text
    )
    changed = timeline.with_segment(draft, TEXT, {"d": 0, **piece})
    return Step("set_title", {"text": wish.text}, changed)


@change.register
def _title_time(wish: wishes.TitleTime, draft: Json) -> Step | Problem:
    ms = max(MIN_SLOT, min(wish.ms, draft["d"]))
    return _retitled(draft, "set_title_duration", {"ms": ms}, wanted_ms=ms)


@change.register
def _title_place(wish: wishes.TitlePlace, draft: Json) -> Step | Problem:
    facts = {"position": wish.position}
    return _retitled(draft, "place_title", facts, position=wish.position)


@change.register
def _title_off(_wish: wishes.TitleOff, draft: Json) -> Step | Problem:
    return Step("remove_title", {}, timeline.without_track(draft, TEXT))


def _retitled(draft: Json, tool: str, facts: Json, **details: Any) -> Step | Problem:
    now = timeline.segment(draft, TEXT)
    if now is None:
        return Problem("no_title", {})
    changed = timeline.with_segment(draft, TEXT, timeline.noted(now, **details))
    return Step(tool, facts, changed)


def _resized(draft: Json, total: int) -> Step | Problem:
    segments = timeline.clips(draft)
    problem = _unfit(total, len(segments))
    if problem is not None:
        return problem
    caps = [_cap(piece) for piece in segments]
    slots = timeline.share(total, [piece["d"] for piece in segments], caps)
    if min(slots) < MIN_SLOT:
        slots = timeline.share(total, [1.0] * len(segments), caps)
    return _slotted(draft, slots, "set_duration", ms=sum(slots))


def _one_slot(draft: Json, place: int, *, ms: int = 0, factor: float = 1.0) -> Step | Problem:
    segments = timeline.clips(draft)
    index = _index(place, segments)
    if index is None:
        return _no_such(place, segments)
    slots = [piece["d"] for piece in segments]
    wanted = ms or round(slots[index] * factor / 100) * 100
    slots[index] = _bounded(segments[index], wanted)
    facts = {"photo": index + 1, "ms": slots[index], "total_ms": sum(slots)}
    return _slotted(draft, slots, "hold_photo", **facts)


def _slotted(draft: Json, slots: Sequence[int], tool: str, **facts: Any) -> Step | Problem:
    problem = _unfit(sum(slots), len(slots))
    if problem is not None:
        return problem
    pairs = zip(timeline.clips(draft), slots, strict=True)
    return _ordered(draft, [{**piece, "d": slot} for piece, slot in pairs], tool, facts)


def _ordered(draft: Json, segments: Sequence[Json], tool: str, facts: Json) -> Step:
    return Step(tool, facts, timeline.relaid(draft, segments))


def _unfit(total: int, count: int) -> Problem | None:
    if total < MIN_SLOT * count:
        return Problem("too_short", {"ms": MIN_SLOT * count, "photos": count})
    return Problem("too_long", {"ms": _LONGEST}) if total > _LONGEST else None


def _bounded(piece: Json, ms: int) -> int:
    return min(max(ms, MIN_SLOT), _cap(piece) or ms)


def _cap(piece: Json) -> int:
    return int(piece["m"].get("source_ms", 0))


def _index(place: int, segments: Sequence[Json]) -> int | None:
    index = place - 1 if place > 0 else len(segments) + place
    return index if 0 <= index < len(segments) else None


def _no_such(place: int, segments: Sequence[Json]) -> Problem:
    return Problem("no_such_photo", {"photo": place, "photos": len(segments)})
