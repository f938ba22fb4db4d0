"""Words on the picture: wishes about the title and the captions, applied to a timeline."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nemovideo.emulator.agent import timeline, wishes
from nemovideo.emulator.agent.steps import Problem, Step
from nemovideo.emulator.agent.timeline import CAPTIONS, MIN_SLOT, TITLE, Json

__all__ = [
    "caption",
    "captions",
    "captions_off",
    "no_such_photo",
    "title",
    "title_off",
    "title_place",
    "title_time",
]

_TITLE_MS: Final = 3_000
_LONGEST: Final = 200


def title(wish: wishes.Title, draft: Json) -> Step | Problem:
    """Give the video a title, or its title other words."""
    if len(wish.text) > _LONGEST:
        return Problem("long_title", {"limit": _LONGEST})
    new = {"m": {"id": "x1", "start_ms": 0, "name": "Title", "position": "center"}}
    piece = timeline.noted(
        timeline.segment(draft, TITLE) or timeline.noted(new, wanted_ms=_TITLE_MS), text=wish.text
    )
    changed = timeline.with_segment(draft, TITLE, {"d": 0, **piece})
    return Step("set_title", {"text": wish.text}, changed)


def title_time(wish: wishes.TitleTime, draft: Json) -> Step | Problem:
    """Show the title for so long."""
    ms = max(MIN_SLOT, min(wish.ms, draft["d"]))
    return _retitled(draft, "set_title_duration", {"ms": ms}, wanted_ms=ms)


def title_place(wish: wishes.TitlePlace, draft: Json) -> Step | Problem:
    """Put the title elsewhere in the picture."""
    facts = {"position": wish.position}
    return _retitled(draft, "place_title", facts, position=wish.position)


def title_off(_wish: wishes.TitleOff, draft: Json) -> Step | Problem:
    """Take the title away."""
    return Step("remove_title", {}, timeline.without_lane(draft, TITLE))


def caption(wish: wishes.Caption, draft: Json) -> Step | Problem:
    """Write a caption under one photo."""
    segments = timeline.clips(draft)
    index = timeline.index(wish.place, segments)
    if index is None:
        return no_such_photo(wish.place, segments)
    facts = {"photo": index + 1, "text": wish.text}
    return _captioned(draft, {segments[index]["m"]["id"]: wish.text}, "set_caption", facts)


def captions(wish: wishes.Captions, draft: Json) -> Step | Problem:
    """Write a caption under each of the first photos."""
    segments = timeline.clips(draft)
    if len(wish.texts) > len(segments):
        facts = {"captions": len(wish.texts), "photos": len(segments)}
        return Problem("many_captions", facts)
    if len(wish.texts) == 1:
        return caption(wishes.Caption(1, wish.texts[0]), draft)
    said = {piece["m"]["id"]: text for piece, text in zip(segments, wish.texts, strict=False)}
    return _captioned(draft, said, "set_captions", {"captions": len(said)})


def captions_off(wish: wishes.CaptionsOff, draft: Json) -> Step | Problem:
    """Take captions away: those of some photos, or all."""
    segments = timeline.clips(draft)
    if not timeline.lane(draft, CAPTIONS):
        return Problem("no_captions", {})
    if not wish.places:
        return Step("remove_captions", {}, timeline.without_lane(draft, CAPTIONS))
    found = {place: timeline.index(place, segments) for place in wish.places}
    missing = next((place for place, index in found.items() if index is None), None)
    if missing is not None:
        return no_such_photo(missing, segments)
    bare = {segments[index]["m"]["id"] for index in found.values() if index is not None}
    left = [one for one in timeline.lane(draft, CAPTIONS) if one["m"]["of"] not in bare]
    facts = {"numbers": ", ".join(str(index + 1) for index in found.values() if index is not None)}
    return Step("remove_some_captions", facts, timeline.with_lane(draft, CAPTIONS, left))


def no_such_photo(place: wishes.Place, segments: Sequence[Json]) -> Problem:
    """Return the problem that there is no photo where the message sees one."""
    return Problem("no_such_photo", {"photo": place, "photos": len(segments)})


def _captioned(draft: Json, said: Mapping[str, str], tool: str, facts: Json) -> Step | Problem:
    if any(len(text) > _LONGEST for text in said.values()):
        return Problem("long_caption", {"limit": _LONGEST})
    pieces = {piece["m"]["of"]: piece for piece in timeline.lane(draft, CAPTIONS)}
    number = max((int(piece["m"]["id"][1:]) for piece in pieces.values()), default=0)
    for of, text in said.items():
        number += of not in pieces
        pieces[of] = timeline.noted(pieces.get(of) or _caption(f"c{number}", of), text=text)
    return Step(tool, facts, timeline.with_lane(draft, CAPTIONS, list(pieces.values())))


def _caption(name: str, of: str) -> Json:
    details = {"id": name, "start_ms": 0, "name": "Caption", "text": "", "position": "bottom"}
    return {"d": 0, "m": {**details, "fade_ms": 0, "of": of}}


def _retitled(draft: Json, tool: str, facts: Json, **details: Any) -> Step | Problem:
    now = timeline.segment(draft, TITLE)
    if now is None:
        return Problem("no_title", {})
    changed = timeline.with_segment(draft, TITLE, timeline.noted(now, **details))
    return Step(tool, facts, changed)
