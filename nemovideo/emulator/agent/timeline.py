"""The timeline as the agent handles it: pure functions from draft to draft.

Inner details live in `m` under plain names; nothing here changes its argument.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

__all__ = [
    "CAPTIONS",
    "MIN_SLOT",
    "MUSIC",
    "PICTURES",
    "TITLE",
    "Clip",
    "Json",
    "Lane",
    "audio_segment",
    "clips",
    "empty",
    "index",
    "lane",
    "noted",
    "photo_segment",
    "relaid",
    "segment",
    "share",
    "style",
    "with_lane",
    "with_segment",
    "with_style",
    "without_lane",
]

Json = dict[str, Any]

MIN_SLOT: Final = 200
_MOVES: Final = (
    "zoom_in",
    "pan_left",
    "zoom_out",
    "pan_right",
    "zoom_in",
    "pan_up",
    "zoom_out",
    "pan_down",
)
_STYLE: Final = {"kind": "crossfade", "duration_ms": 700}
_LARGEST_SHARE: Final = 0.4
_FADE_OUT: Final = 1500
_FADE_IN: Final = 300
_TITLE_FADE: Final = 400
_CAPTION_FADE: Final = 250


@frozen
class Lane:
    """A track of the agent's own, told from other people's by type and name.

    Args:
        kind: the track's type.
        name: its name.
    """

    kind: int
    name: str


PICTURES: Final = Lane(0, "Photos")
MUSIC: Final = Lane(1, "BGM")
TITLE: Final = Lane(7, "Title")
CAPTIONS: Final = Lane(7, "Captions")


@frozen
class Clip:
    """An uploaded file, as far as the agent cares.

    Args:
        name: the file's name.
        kind: `image`, `video` or `audio`.
        source: its address.
        ms: its length; 0 for an image.
    """

    name: str
    kind: str
    source: str
    ms: int = 0


def empty(title: str, width: int, height: int) -> Json:
    """Return a timeline with nothing on it."""
    details = {"title": title, "width": width, "height": height, "fps": 30}
    return with_style({"d": 0, "m": details, "t": []})


def noted(piece: Mapping[str, Any], **details: Any) -> Json:
    """Return a copy of a segment, track or draft with some of its details replaced."""
    return {**piece, "m": {**piece.get("m", {}), **details}}


def clips(draft: Json) -> list[Json]:
    """Return the segments of the picture track."""
    return lane(draft, PICTURES)


def lane(draft: Json, of: Lane) -> list[Json]:
    """Return the segments of one of the agent's tracks; none where there is no such track."""
    return list(_track(draft, of).get("sg", []))


def segment(draft: Json, of: Lane) -> Json | None:
    """Return the one segment of the music or the title track."""
    return next(iter(lane(draft, of)), None)


def index(place: int | str, segments: Sequence[Json]) -> int | None:
    """Return where a photo is that is named by number, from the end, by id or by file."""
    if isinstance(place, str):
        details = [(piece["m"].get("id"), piece["m"].get("name")) for piece in segments]
        named = [at for at, called in enumerate(details) if place in called]
        return named[0] if len(named) == 1 else None
    at = place - 1 if place > 0 else len(segments) + place
    return at if 0 <= at < len(segments) else None


def style(draft: Json) -> Json:
    """Return the transition that the picture track wants between its segments."""
    return dict(_track(draft, PICTURES).get("m", {}).get("transition", _STYLE))


def with_style(draft: Json, **changes: Any) -> Json:
    """Return the draft with another transition between its segments."""
    track = _track(draft, PICTURES)
    wanted = style(draft) | changes
    return relaid(_with_track(draft, noted(track, transition=wanted)), clips(draft))


def with_segment(draft: Json, of: Lane, piece: Json) -> Json:
    """Return the draft with `piece` as the one segment of its music or title track."""
    return with_lane(draft, of, [piece])


def with_lane(draft: Json, of: Lane, pieces: Sequence[Json]) -> Json:
    """Return the draft with other segments on one of the agent's tracks."""
    return relaid(_with_track(draft, {**_track(draft, of), "sg": list(pieces)}), clips(draft))


def without_lane(draft: Json, of: Lane) -> Json:
    """Return the draft without one of the agent's tracks."""
    return {**draft, "t": [track for track in draft["t"] if not _is(track, of)]}


def photo_segment(clip: Clip, number: int, ms: int) -> Json:
    """Return the segment that shows an upload for `ms`; each number has a camera move."""
    details: Json = {"id": f"v{number}", "start_ms": 0, "name": clip.name, "kind": clip.kind}
    details["source"] = clip.source
    if clip.kind == "video":
        details |= {"trim_start_ms": 0, "source_ms": clip.ms, "volume": 1.0, "motion": "none"}
    else:
        details["motion"] = _MOVES[(number - 1) % len(_MOVES)]
    return {"d": ms, "m": details}


def audio_segment(clip: Clip) -> Json:
    """Return the segment that plays an uploaded sound as music."""
    details = {"kind": "file", "source": clip.source, "source_ms": clip.ms, "trim_start_ms": 0}
    return {"d": 0, "m": {"id": "a1", "start_ms": 0, "name": clip.name, "volume": 0.6, **details}}


def relaid(draft: Json, segments: Sequence[Json]) -> Json:
    """Lay segments end to end, and fit transitions, music, title, captions and total to them."""
    track = _track(draft, PICTURES)
    pictures = {**track, "sg": list(_laid(segments, style(draft)))}
    fitted = (_fitted(one, pictures["sg"]) for one in draft["t"] if not _is(one, PICTURES))
    others = [one for one in fitted if one["sg"] or not _is(one, CAPTIONS)]
    return {**draft, "d": sum(piece["d"] for piece in segments), "t": [pictures, *others]}


def share(total: int, weights: Sequence[float], caps: Sequence[int]) -> list[int]:
    """Split whole milliseconds by weight; the parts' sum is exactly the total.

    Parts are whole tenths of a second where the total is, so that most cuts fall on a
    frame. A part never exceeds its cap (0: none), so the sum is less than the total
    when every part is capped.
    """
    parts = [0] * len(weights)
    free = set(range(len(weights)))
    while free:
        rest = total - sum(parts)
        heavy = sum(weights[index] for index in free)
        full = {i for i in free if caps[i] and rest * weights[i] / heavy >= caps[i]}
        if not full:
            _divide(parts, sorted(free), rest, weights)
            return parts
        for index in full:
            parts[index] = caps[index]
        free -= full
    return parts


def _divide(parts: list[int], free: Sequence[int], rest: int, weights: Sequence[float]) -> None:
    grain = 100 if rest % 100 == 0 and rest >= 500 * len(free) else 1
    heavy, passed, laid = sum(weights[index] for index in free), 0.0, 0
    for index in free:
        passed += weights[index]
        edge = round(rest / grain * passed / heavy) * grain
        parts[index], laid = edge - laid, edge


def _laid(segments: Iterable[Json], wanted: Json) -> Iterable[Json]:
    start, before = 0, 0
    for piece in segments:
        details = {**piece["m"], "start_ms": start}
        details.pop("transition", None)
        if before:
            details["transition"] = _transition(wanted, min(before, piece["d"]))
        yield {**piece, "m": details}
        start, before = start + piece["d"], piece["d"]


def _transition(wanted: Json, slot: int) -> Json:
    if wanted["kind"] == "cut":
        return {"kind": "cut", "duration_ms": 0}
    longest = int(slot * _LARGEST_SHARE) // 20 * 20
    return {"kind": wanted["kind"], "duration_ms": min(wanted["duration_ms"], longest)}


def _fitted(track: Json, pictures: Sequence[Json]) -> Json:
    total = sum(piece["d"] for piece in pictures)
    if _is(track, MUSIC):
        return {**track, "sg": [_fitted_sound(piece, total) for piece in track["sg"]]}
    if _is(track, TITLE):
        return {**track, "sg": [_fitted_title(piece, total) for piece in track["sg"]]}
    if _is(track, CAPTIONS):
        return {**track, "sg": list(_fitted_captions(track["sg"], pictures))}
    return track


def _fitted_sound(piece: Json, total: int) -> Json:
    length = min(total, piece["m"].get("source_ms") or total)
    fades = {"fade_in_ms": min(_FADE_IN, length // 8), "fade_out_ms": min(_FADE_OUT, length // 4)}
    return {**noted(piece, **fades), "d": length}


def _fitted_title(piece: Json, total: int) -> Json:
    length = min(total, piece["m"]["wanted_ms"])
    return {**noted(piece, fade_ms=min(_TITLE_FADE, length // 4)), "d": length}


def _fitted_captions(pieces: Iterable[Json], pictures: Iterable[Json]) -> Iterator[Json]:
    """Each caption lies over its photo; one whose photo has gone goes too."""
    written = {piece["m"]["of"]: piece for piece in pieces}
    for picture in pictures:
        piece = written.get(picture["m"]["id"])
        if piece is not None:
            fade = min(_CAPTION_FADE, picture["d"] // 4)
            start = picture["m"]["start_ms"]
            yield {**noted(piece, start_ms=start, fade_ms=fade), "d": picture["d"]}


def _is(track: Json, of: Lane) -> bool:
    return bool(track["tt"] == of.kind and track.get("m", {}).get("name") == of.name)


def _track(draft: Json, of: Lane) -> Json:
    new = {"tt": of.kind, "m": {"name": of.name}, "sg": []}
    return next((track for track in draft["t"] if _is(track, of)), new)


def _with_track(draft: Json, track: Json) -> Json:
    known = Lane(track["tt"], track["m"]["name"])
    others = [other for other in draft["t"] if not _is(other, known)]
    return {**draft, "t": sorted([*others, track], key=_rank)}


def _rank(track: Json) -> tuple[int, bool]:
    return int(track["tt"]), _is(track, CAPTIONS)
