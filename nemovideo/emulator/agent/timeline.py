"""The timeline as the agent handles it: pure functions from draft to draft.

Inner details live in `m` under plain names; nothing here changes its argument.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

__all__ = [
    "AUDIO",
    "MIN_SLOT",
    "TEXT",
    "VIDEO",
    "Clip",
    "Json",
    "audio_segment",
    "clips",
    "empty",
    "noted",
    "photo_segment",
    "relaid",
    "segment",
    "share",
    "style",
    "with_segment",
    "with_style",
    "without_track",
]

Json = dict[str, Any]

VIDEO: Final = 0
AUDIO: Final = 1
TEXT: Final = 7
MIN_SLOT: Final = 200

_NAMES: Final = {VIDEO: "Photos", AUDIO: "BGM", TEXT: "Title"}
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
    return list(_track(draft, VIDEO).get("sg", []))


def segment(draft: Json, kind: int) -> Json | None:
    """Return the one segment of the music or the title track."""
    found = _track(draft, kind).get("sg", [])
    return found[0] if found else None


def style(draft: Json) -> Json:
    """Return the transition that the picture track wants between its segments."""
    return dict(_track(draft, VIDEO).get("m", {}).get("transition", _STYLE))


def with_style(draft: Json, **changes: Any) -> Json:
    """Return the draft with another transition between its segments."""
    track = _track(draft, VIDEO)
    wanted = style(draft) | changes
    return relaid(_with_track(draft, noted(track, transition=wanted)), clips(draft))


def with_segment(draft: Json, kind: int, piece: Json) -> Json:
    """Return the draft with `piece` as the one segment of its music or title track."""
    return relaid(_with_track(draft, {**_track(draft, kind), "sg": [piece]}), clips(draft))


def without_track(draft: Json, kind: int) -> Json:
    """Return the draft without its tracks of a kind."""
    return {**draft, "t": [track for track in draft["t"] if track["tt"] != kind]}


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
    """Lay segments end to end, and fit transitions, music, title and total to them."""
    track = _track(draft, VIDEO)
    total = sum(piece["d"] for piece in segments)
    pictures = {**track, "sg": list(_laid(segments, style(draft)))}
    others = [_fitted(other, total) for other in draft["t"] if other["tt"] != VIDEO]
    return {**draft, "d": total, "t": [pictures, *others]}


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


def _fitted(track: Json, total: int) -> Json:
    if track["tt"] not in {AUDIO, TEXT}:
        return track
    fit = _fitted_sound if track["tt"] == AUDIO else _fitted_title
    return {**track, "sg": [fit(piece, total) for piece in track["sg"]]}


def _fitted_sound(piece: Json, total: int) -> Json:
    length = min(total, piece["m"].get("source_ms") or total)
    fades = {"fade_in_ms": min(_FADE_IN, length // 8), "fade_out_ms": min(_FADE_OUT, length // 4)}
    return {**noted(piece, **fades), "d": length}


def _fitted_title(piece: Json, total: int) -> Json:
    length = min(total, piece["m"]["wanted_ms"])
    return {**noted(piece, fade_ms=min(_TITLE_FADE, length // 4)), "d": length}


def _track(draft: Json, kind: int) -> Json:
    new = {"tt": kind, "m": {"name": _NAMES[kind]}, "sg": []}
    return next((track for track in draft["t"] if track["tt"] == kind), new)


def _with_track(draft: Json, track: Json) -> Json:
    others = [other for other in draft["t"] if other["tt"] != track["tt"]]
    return {**draft, "t": sorted([*others, track], key=lambda one: int(one["tt"]))}
