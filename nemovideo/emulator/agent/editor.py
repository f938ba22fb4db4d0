"""The editing itself: a timeline and wishes in, a new timeline and what was done out."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from attrs import evolve, frozen

from nemovideo.emulator.agent import timeline, wishes
from nemovideo.emulator.agent.changes import Problem, Step, change
from nemovideo.emulator.agent.timeline import Clip, Json
from nemovideo.emulator.agent.wishes import Wish

__all__ = ["Edit", "edit"]

_ORDER: Final[tuple[type, ...]] = (
    wishes.Make,
    wishes.Aspect,
    wishes.Append,
    wishes.Remove,
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
    wishes.Motion,
    wishes.MusicOff,
    wishes.Music,
    wishes.Volume,
    wishes.VolumeTimes,
    wishes.TitleOff,
    wishes.Title,
    wishes.TitleTime,
    wishes.TitlePlace,
)
_ONCE: Final = frozenset(
    {
        wishes.Aspect,
        wishes.EachPhoto,
        wishes.Motion,
        wishes.Title,
        wishes.TitlePlace,
        wishes.TitleTime,
        wishes.TotalLength,
        wishes.Volume,
    }
)
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
    doable = sorted(_last_words(asked), key=_rank)
    so_far = Edit(draft, placed, problems=cannot)
    if not doable:
        return so_far
    if draft is None:
        so_far = _create(so_far, doable, uploads, title)
    elif any(isinstance(one, wishes.Make | wishes.Append) for one in doable):
        so_far = _append(so_far, doable, uploads)
    if so_far.draft is None:
        return so_far
    return _changed(so_far, doable)


def _last_words(asked: Sequence[Wish]) -> Iterable[Wish]:
    """Of wishes that contradict each other only the last is meant."""
    last = {type(wish): wish for wish in asked if type(wish) in _ONCE}
    return (wish for wish in asked if type(wish) in _ORDER and last.get(type(wish), wish) is wish)


def _rank(wish: Wish) -> int:
    return _ORDER.index(type(wish))


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
    draft = timeline.empty(title, *wishes.CANVASES[ratio])
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
        return timeline.with_segment(draft, timeline.AUDIO, timeline.audio_segment(sound))
    music = next((w for w in doable if isinstance(w, wishes.Music)), wishes.Music())
    done = change(music, draft)
    return draft if isinstance(done, Problem) else done.draft


def _append(so_far: Edit, doable: Sequence[Wish], uploads: Sequence[Clip]) -> Edit:
    fresh = [clip for clip in uploads if clip.source not in so_far.placed]
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
