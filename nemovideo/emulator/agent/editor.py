"""The editing itself: a timeline and wishes in, a new timeline and what was done out."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve, frozen

from nemovideo.emulator.agent import canvas, timeline, wishes
from nemovideo.emulator.agent.changes import change
from nemovideo.emulator.agent.steps import Problem, Step
from nemovideo.emulator.agent.timeline import Clip, Json
from nemovideo.emulator.agent.wishes import Wish

__all__ = ["Edit", "edit"]

_ORDER: Final[tuple[type, ...]] = (
    wishes.Make,
    wishes.Aspect,
    wishes.Lines,
    wishes.Frames,
    wishes.Append,
    wishes.Count,
    wishes.Remove,
    wishes.Only,
    wishes.Move,
    wishes.Swap,
    wishes.Reverse,
    wishes.EachPhoto,
    wishes.TotalLength,
    wishes.LengthBy,
    wishes.LengthTimes,
    wishes.Hold,
    wishes.Stretch,
    wishes.Transition,
    wishes.TransitionTimes,
    wishes.Motion,
    wishes.MusicOff,
    wishes.Music,
    wishes.Volume,
    wishes.VolumeTimes,
    wishes.TitleOff,
    wishes.Title,
    wishes.TitleTime,
    wishes.TitlePlace,
    wishes.CaptionsOff,
    wishes.Captions,
    wishes.Caption,
)
_ONCE: Final = frozenset(
    {
        wishes.Aspect,
        wishes.Captions,
        wishes.EachPhoto,
        wishes.Frames,
        wishes.Lines,
        wishes.Motion,
        wishes.Title,
        wishes.TitlePlace,
        wishes.TitleTime,
        wishes.TotalLength,
        wishes.Volume,
    }
)
_EXPLAINED: Final[Mapping[type, type]] = MappingProxyType(
    {wishes.LengthTimes: wishes.TotalLength, wishes.VolumeTimes: wishes.Volume}
)
"""In "longer, 25 seconds" the direction only explains the value."""
_LONGEST_DEFAULT: Final = 60_000
_SHORTEST_DEFAULT: Final = 5_000
_SLOT_DEFAULT: Final = 3_000


@frozen
class Edit:
    """What came of a message.

    Args:
        draft: the timeline after it; `None` while there is none.
        steps: what was done, in order.
        problems: what could not be done, and why.
        placed: addresses of the uploads that have had their place.
    """

    draft: Json | None
    placed: frozenset[str]
    steps: tuple[Step, ...] = ()
    problems: tuple[Problem, ...] = ()


def edit(
    draft: Json | None,
    asked: Sequence[Wish],
    uploads: Sequence[Clip],
    placed: frozenset[str],
    title: str,
) -> Edit:
    """Apply wishes to a timeline, in an order that makes sense whatever the message's is.

    Args:
        draft: the timeline, `None` before the first edit.
        asked: the wishes.
        uploads: every file of the session, in upload order.
        placed: addresses of the files that an earlier edit has used.
        title: the project's name, for a new timeline.
    """
    cannot = tuple(
        Problem(one.kind, {"words": one.words}) for one in asked if isinstance(one, wishes.Cannot)
    )
    meant = list(_last_words(asked))
    counts = [one.photos for one in meant if isinstance(one, wishes.Count)]
    meant = [one for one in meant if not isinstance(one, wishes.Count)]
    if draft is not None:
        meant = _pinned(meant, timeline.clips(draft), (wishes.Append, wishes.Reverse))
    doable = _arranged(meant)
    so_far = Edit(draft, placed, problems=cannot)
    if not doable:
        return so_far
    if draft is None:
        so_far = _create(so_far, doable, uploads, title)
    else:
        so_far = _with_new_files(so_far, doable, uploads)
    if so_far.draft is None:
        return so_far
    meant = _pinned(meant, timeline.clips(so_far.draft), (wishes.Reverse,))
    return _changed(_counted(so_far, counts, draft), _arranged(meant))


def _counted(so_far: Edit, counts: Sequence[int], before: Json | None) -> Edit:
    """Tell when a message speaks of more or fewer photos than there are."""
    if so_far.draft is None:
        return so_far
    now = len(timeline.clips(so_far.draft))
    new = now - (len(timeline.clips(before)) if before else 0)
    problems = [
        Problem("miscounted", {"counted": one, "photos": now})
        for one in counts
        if one not in {now, new}
    ]
    return evolve(so_far, problems=(*so_far.problems, *problems))


def _pinned(meant: Sequence[Wish], segments: Sequence[Json], until: tuple[type, ...]) -> list[Wish]:
    """Make numbers of photos mean those that the message's writer sees.

    Args:
        meant: the wishes, in the order of the message.
        segments: the photos.
        until: after a wish of these, the message speaks of the photos as they stand then.
    """
    end = next((at for at, one in enumerate(meant) if isinstance(one, until)), len(meant))
    return [*(_pinned_one(one, segments) for one in meant[:end]), *meant[end:]]


def _pinned_one(wish: Wish, segments: Sequence[Json]) -> Wish:
    match wish:
        case wishes.Hold() | wishes.Stretch() | wishes.Caption():
            return evolve(wish, place=_pin(wish.place, segments))
        case wishes.Swap():
            return evolve(wish, place=_pin(wish.place, segments), other=_pin(wish.other, segments))
        case wishes.Move():
            to = _pin(wish.to, segments) if wish.beside else wish.to
            return evolve(wish, place=_pin(wish.place, segments), to=to)
        case wishes.Remove() | wishes.Only() | wishes.CaptionsOff():
            return evolve(wish, places=tuple(_pin(place, segments) for place in wish.places))
    return wish


def _pin(place: wishes.Place, segments: Sequence[Json]) -> wishes.Place:
    index = timeline.index(place, segments)
    return place if index is None else str(segments[index]["m"]["id"])


def _last_words(asked: Sequence[Wish]) -> Iterable[Wish]:
    """Of wishes that contradict each other only the last is meant."""
    last = {type(wish): wish for wish in asked if type(wish) in _ONCE}
    return (
        wish
        for wish in asked
        if type(wish) in _ORDER
        and last.get(type(wish), wish) is wish
        and _EXPLAINED.get(type(wish)) not in last
    )


def _arranged(meant: Sequence[Wish]) -> list[Wish]:
    """Sort wishes as it makes sense; what follows "reverse the order" stays behind it."""
    kinds = [type(wish) for wish in meant]
    turned = kinds.index(wishes.Reverse) if wishes.Reverse in kinds else len(kinds)
    behind = _ORDER.index(wishes.Reverse)
    ranks = [
        max(rank, behind) if at > turned else rank
        for at, rank in enumerate(map(_ORDER.index, kinds))
    ]
    return [meant[at] for at in sorted(range(len(meant)), key=ranks.__getitem__)]


def _changed(so_far: Edit, doable: Iterable[Wish]) -> Edit:
    for wish in doable:
        if isinstance(wish, wishes.Make | wishes.Append) or so_far.draft is None:
            continue
        so_far = _noted(so_far, change(wish, so_far.draft))
    if not so_far.steps and not so_far.problems:
        return evolve(so_far, problems=(Problem("already", {}),))
    return so_far


def _noted(so_far: Edit, done: Step | Problem) -> Edit:
    if isinstance(done, Problem):
        return evolve(so_far, problems=(*so_far.problems, done))
    if done.draft == so_far.draft:
        return so_far
    return evolve(so_far, draft=done.draft, steps=(*so_far.steps, done))


def _create(so_far: Edit, doable: Sequence[Wish], uploads: Sequence[Clip], title: str) -> Edit:
    shown = [clip for clip in uploads if clip.kind != "audio"]
    if not shown:
        return evolve(so_far, problems=(*so_far.problems, Problem("no_photos", {})))
    ratio = next((w.ratio for w in reversed(doable) if isinstance(w, wishes.Aspect)), "16:9")
    draft = timeline.empty(title, *canvas.size(ratio))
    draft = timeline.relaid(draft, _segments(shown, 1, _default_slots(shown)))
    sound = next((clip for clip in uploads if clip.kind == "audio"), None)
    draft = _with_music(draft, doable, sound)
    facts: dict[str, Any] = {"photos": len(shown), "aspect_ratio": ratio}
    step = Step("create_timeline", facts, draft)
    placed = frozenset(clip.source for clip in uploads)
    return evolve(so_far, draft=draft, steps=(step,), placed=placed)


def _with_music(draft: Json, doable: Sequence[Wish], sound: Clip | None) -> Json:
    if any(isinstance(wish, wishes.MusicOff) for wish in doable):
        return draft
    if sound is not None:
        return timeline.with_segment(draft, timeline.MUSIC, timeline.audio_segment(sound))
    music = next((w for w in doable if isinstance(w, wishes.Music)), wishes.Music())
    done = change(music, draft)
    return draft if isinstance(done, Problem) else done.draft


def _with_new_files(so_far: Edit, doable: Sequence[Wish], uploads: Sequence[Clip]) -> Edit:
    """Use what was uploaded since: pictures at the end, a sound in the place of the music."""
    fresh = [clip for clip in uploads if clip.source not in so_far.placed]
    sounds = [clip for clip in fresh if clip.kind == "audio"]
    adds = any(isinstance(wish, wishes.Append) for wish in doable)
    if sounds and (wishes.Music() in doable or (adds and sounds == fresh)):
        so_far = _with_sound(so_far, sounds[0])
        adds = adds and sounds != fresh
    if adds or any(isinstance(wish, wishes.Make) for wish in doable):
        return _append(so_far, doable, fresh)
    return so_far


def _with_sound(so_far: Edit, sound: Clip) -> Edit:
    if so_far.draft is None:
        return so_far
    piece = timeline.audio_segment(sound)
    done = Step("set_music", {}, timeline.with_segment(so_far.draft, timeline.MUSIC, piece))
    return evolve(_noted(so_far, done), placed=so_far.placed | {sound.source})


def _append(so_far: Edit, doable: Sequence[Wish], fresh: Sequence[Clip]) -> Edit:
    shown = [clip for clip in fresh if clip.kind != "audio"]
    if not shown or so_far.draft is None:
        asked = any(isinstance(wish, wishes.Append) for wish in doable)
        problem = (Problem("nothing_new", {}),) if asked else ()
        return evolve(so_far, problems=(*so_far.problems, *problem))
    segments = timeline.clips(so_far.draft)
    usual = round(sum(piece["d"] for piece in segments) / len(segments))
    slots = [min(usual, clip.ms or usual) for clip in shown]
    number = max(_number(piece) for piece in segments) + 1
    draft = timeline.relaid(so_far.draft, [*segments, *_segments(shown, number, slots)])
    facts = {"photos": len(shown), "ms": draft["d"]}
    placed = so_far.placed | {clip.source for clip in shown}
    step = Step("append_media", facts, draft)
    return evolve(so_far, draft=draft, placed=placed, steps=(*so_far.steps, step))


def _segments(shown: Sequence[Clip], number: int, slots: Sequence[int]) -> list[Json]:
    return [
        timeline.photo_segment(clip, count, ms)
        for count, (clip, ms) in enumerate(zip(shown, slots, strict=True), number)
    ]


def _default_slots(shown: Sequence[Clip]) -> list[int]:
    total = min(max(_SLOT_DEFAULT * len(shown), _SHORTEST_DEFAULT), _LONGEST_DEFAULT)
    return timeline.share(total, [1.0] * len(shown), [clip.ms for clip in shown])


def _number(piece: Json) -> int:
    digits = str(piece["m"].get("id", "")).lstrip("v")
    return int(digits) if digits.isdigit() else 0
