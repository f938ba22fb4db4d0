"""One wish applied to a timeline that exists: a new timeline, or the reason why not."""

from collections.abc import Collection, Sequence
from functools import singledispatch
from typing import Any, Final

from nemovideo.emulator.agent import canvas, texts, timeline, wishes
from nemovideo.emulator.agent.steps import Problem, Step
from nemovideo.emulator.agent.texts import no_such_photo
from nemovideo.emulator.agent.timeline import MIN_SLOT, MUSIC, Json
from nemovideo.emulator.agent.wishes import MOODS, Place, Wish

__all__ = ["change"]

_LONGEST: Final = 600_000
_MUSIC_LEVEL: Final = 0.35
_LONGEST_BLEND: Final = 5_000
_VARIED: Final = ("zoom_in", "pan_left", "zoom_out", "pan_right")


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
    found = _indices(wish.places, segments)
    return found if isinstance(found, Problem) else _thinned(draft, set(found))


@change.register
def _only(wish: wishes.Only, draft: Json) -> Step | Problem:
    segments = timeline.clips(draft)
    found = _indices(wish.places, segments)
    if isinstance(found, Problem):
        return found
    return _thinned(draft, set(range(len(segments))) - set(found))


@change.register
def _move(wish: wishes.Move, draft: Json) -> Step | Problem:
    segments = timeline.clips(draft)
    found = _indices((wish.place, wish.to), segments)
    if isinstance(found, Problem):
        return found
    index, to = found
    if wish.beside:
        to += (wish.beside > 0) - (index < to)
    segments.insert(to, segments.pop(index))
    return _ordered(draft, segments, "move_photo", {"photo": index + 1, "to": to + 1})


@change.register
def _swap(wish: wishes.Swap, draft: Json) -> Step | Problem:
    segments = timeline.clips(draft)
    found = _indices((wish.place, wish.other), segments)
    if isinstance(found, Problem):
        return found
    one, other = found
    segments[one], segments[other] = segments[other], segments[one]
    return _ordered(draft, segments, "swap_photos", {"photo": one + 1, "other": other + 1})


@change.register
def _reverse(_wish: wishes.Reverse, draft: Json) -> Step | Problem:
    return _ordered(draft, timeline.clips(draft)[::-1], "reverse_order", {})


@change.register
def _aspect(wish: wishes.Aspect, draft: Json) -> Step | Problem:
    width, height = canvas.size(wish.ratio, canvas.lines(draft))
    changed = timeline.noted(draft, width=width, height=height)
    return Step("set_aspect_ratio", {"aspect_ratio": wish.ratio}, changed)


@change.register
def _lines(wish: wishes.Lines, draft: Json) -> Step | Problem:
    width, height = canvas.size(canvas.ratio(draft), wish.lines)
    changed = timeline.noted(draft, width=width, height=height)
    return Step("set_resolution", {"width": width, "height": height}, changed)


@change.register
def _frames(wish: wishes.Frames, draft: Json) -> Step | Problem:
    return Step("set_frame_rate", {"fps": wish.rate}, timeline.noted(draft, fps=wish.rate))


@change.register
def _transition(wish: wishes.Transition, draft: Json) -> Step | Problem:
    now = timeline.style(draft)
    kind = wish.kind or ("crossfade" if now["kind"] == "cut" else now["kind"])
    duration = now["duration_ms"] if wish.ms is None else wish.ms
    changed = timeline.with_style(draft, kind=kind, duration_ms=duration)
    return Step("set_transitions", {"kind": kind, "ms": duration}, changed)


@change.register
def _transition_times(wish: wishes.TransitionTimes, draft: Json) -> Step | Problem:
    now = timeline.style(draft)
    ms = min(round(now["duration_ms"] * wish.factor / 20) * 20, _LONGEST_BLEND)
    return _transition(wishes.Transition(now["kind"], ms), draft)


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
    now = timeline.segment(draft, MUSIC)
    if now is not None and not wish.mood:
        return Step("set_music", {}, draft)
    mood = _next_mood(now) if wish.mood == "other" else wish.mood or "lofi"
    level = now["m"]["volume"] if now else _MUSIC_LEVEL
    details = {"kind": "music", "mood": mood, "volume": level}
    piece = {"d": 0, "m": {"id": "a1", "start_ms": 0, "name": MOODS[mood], **details}}
    return Step("set_music", {"mood": mood}, timeline.with_segment(draft, MUSIC, piece))


def _next_mood(now: Json | None) -> str:
    moods = list(MOODS)
    heard = now["m"].get("mood") if now else None
    return moods[(moods.index(heard) + 1) % len(moods)] if heard in moods else moods[0]


@change.register
def _music_off(_wish: wishes.MusicOff, draft: Json) -> Step | Problem:
    return Step("remove_music", {}, timeline.without_lane(draft, MUSIC))


@change.register
def _volume(wish: wishes.Volume, draft: Json) -> Step | Problem:
    now = timeline.segment(draft, MUSIC)
    if now is None:
        return Problem("no_music", {})
    level = max(0.0, min(wish.level, 1.0))
    changed = timeline.with_segment(draft, MUSIC, timeline.noted(now, volume=level))
    return Step("set_volume", {"percent": round(level * 100)}, changed)


@change.register
def _volume_times(wish: wishes.VolumeTimes, draft: Json) -> Step | Problem:
    now = timeline.segment(draft, MUSIC)
    level = now["m"]["volume"] if now else 0.0
    return _volume(wishes.Volume(round(level * wish.factor, 2)), draft)


for _about in (
    texts.title,
    texts.title_time,
    texts.title_place,
    texts.title_off,
    texts.caption,
    texts.captions,
    texts.captions_off,
):
    change.register(_about)


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


def _one_slot(draft: Json, place: Place, *, ms: int = 0, factor: float = 1.0) -> Step | Problem:
    segments = timeline.clips(draft)
    index = timeline.index(place, segments)
    if index is None:
        return no_such_photo(place, segments)
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


def _indices(places: Sequence[Place], segments: Sequence[Json]) -> list[int] | Problem:
    found = [timeline.index(place, segments) for place in places]
    if None in found:
        return no_such_photo(places[found.index(None)], segments)
    return [index for index in found if index is not None]


def _thinned(draft: Json, gone: Collection[int]) -> Step | Problem:
    segments = timeline.clips(draft)
    left = [piece for index, piece in enumerate(segments) if index not in gone]
    if not left:
        return Problem("only_photo", {})
    names = ", ".join(str(segments[index]["m"]["name"]) for index in sorted(gone))
    return _ordered(draft, left, "remove_photos", {"names": names})


def _unfit(total: int, count: int) -> Problem | None:
    if total < MIN_SLOT * count:
        return Problem("too_short", {"ms": MIN_SLOT * count, "photos": count})
    return Problem("too_long", {"ms": _LONGEST}) if total > _LONGEST else None


def _bounded(piece: Json, ms: int) -> int:
    return min(max(ms, MIN_SLOT), _cap(piece) or ms)


def _cap(piece: Json) -> int:
    return int(piece["m"].get("source_ms", 0))
