"""Plans a film to the frame: a draft goes in, shots, titles and sounds come out."""

import itertools
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from nemovideo.emulator.render.outcome import RenderError
from nemovideo.emulator.render.places import Place, Span, places
from nemovideo.emulator.render.reading import (
    are_captions,
    mapping,
    number,
    rows,
    shortened,
    told,
    word,
    words,
)

__all__ = ["Entry", "Music", "Recording", "Shot", "Storyboard", "Title", "storyboard"]

_VIDEO, _AUDIO, _TEXT = 0, 1, 7
_VIDEO_ENDINGS = (".mp4", ".mov", ".avi", ".webm", ".mkv")
_SLOT_MS = 3000
_LONGEST_MS = 3_600_000
_DIP_HOLD = 0.1
"""The share of a dip that is wholly black; without it no single frame need be."""


@attrs.frozen
class Entry:
    """How a shot comes in: `half` frames of it lie before the cut, as many after."""

    kind: str = "cut"
    half: int = 0


@attrs.frozen
class Shot:
    """One picture or clip; its slot is `[start, end)`, it is seen in `[first, last)` (frames)."""

    source: str
    name: str
    kind: str
    motion: str
    start: int
    end: int
    entry: Entry = Entry()
    overhang: int = 0
    trim: float = 0.0
    volume: float = 1.0

    @property
    def first(self) -> int:
        """The first frame that shows anything of this shot."""
        return self.start - self.entry.half

    @property
    def last(self) -> int:
        """The frame after the last that shows anything of this shot."""
        return self.end + self.overhang

    def progress(self, frame: int) -> float:
        """How far its movement is at a frame, from 0 to 1."""
        return (frame - self.first) / max(self.last - self.first - 1, 1)


@attrs.frozen
class Title:
    """Words over the picture in the frames `[first, last)`."""

    text: str
    position: Place
    first: int
    last: int
    fade: int

    def opacity(self, frame: int) -> float:
        """How much of it is seen at a frame, from 0 to 1."""
        if not self.first <= frame < self.last:
            return 0.0
        edge = min(frame - self.first, self.last - 1 - frame) + 1
        return _smooth(min(1.0, edge / (self.fade + 1)))


@attrs.frozen
class Music:
    """Music to be made for a stretch of the film; times in seconds."""

    mood: str
    start: float
    length: float
    volume: float
    fade_in: float
    fade_out: float


@attrs.frozen
class Recording:
    """The sound of a file for a stretch of the film; times in seconds."""

    source: str
    name: str
    start: float
    length: float
    trim: float
    volume: float
    fade_in: float
    fade_out: float


@attrs.frozen
class Storyboard:
    """A whole film, exact to the frame."""

    width: int
    height: int
    fps: int
    frames: int
    shots: tuple[Shot, ...]
    titles: tuple[Title, ...]
    music: tuple[Music, ...]
    recordings: tuple[Recording, ...]

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.frames / self.fps

    @property
    def cuts(self) -> tuple[float, ...]:
        """The seconds at which one shot follows another."""
        return tuple(shot.start / self.fps for shot in self.shots[1:])

    @property
    def sources(self) -> dict[str, str]:
        """Every source that the film needs, with the name to call it by."""
        parts: tuple[Shot | Recording, ...] = (*self.shots, *self.recordings)
        return {part.source: part.name for part in parts}

    def layers(self, frame: int) -> tuple[tuple[int, float], ...]:
        """The shots seen at a frame with their weights; what is missing to 1 is black."""
        here = bisect_right(self.shots, frame, key=lambda shot: shot.start) - 1
        if here < 0 or frame >= self.shots[-1].end:
            return ()
        for later in (here, here + 1):
            if later < len(self.shots) and self._within_entry(later, frame):
                return _blend(self.shots[later], later, frame)
        return ((here, 1.0),)

    def _within_entry(self, index: int, frame: int) -> bool:
        shot = self.shots[index]
        return abs(frame + 0.5 - shot.start) < shot.entry.half


def storyboard(draft: Mapping[str, Any], scale: float = 1.0) -> Storyboard:
    """Plans a draft.

    Args:
        draft: A draft in the emulator's dialect. Odd or missing values get sane defaults;
            tracks of unknown types are left out.
        scale: Multiplies the canvas; the result is even.

    Raises:
        RenderError: There is nothing to show or to hear in it, or far too much.
    """
    meta = mapping(draft.get("m"))
    fps = round(number(meta.get("fps"), 30, low=10, high=60))
    tracks = rows(draft.get("t"))
    slots = next((slots for slots in map(_slots, _segments(tracks, _VIDEO)) if slots), [])
    length = slots[-1][1] if slots else _length_without_pictures(draft, tracks)
    _check(length, fps)
    shots = tuple(_shots(slots, fps)) if slots else ()
    return Storyboard(
        width=_even(number(meta.get("width"), 1920, low=64, high=4096) * scale),
        height=_even(number(meta.get("height"), 1080, low=64, high=4096) * scale),
        fps=fps,
        frames=round(length * fps / 1000),
        shots=shots,
        titles=tuple(_arranged([one for track in tracks for one in _titles(track, fps, length)])),
        music=tuple(_music(tracks, length)),
        recordings=(*_recordings(tracks, length), *_own_sounds(shots, fps)),
    )


def _check(length: float, fps: int) -> None:
    """A film has at least one frame, and fits in memory with its sound."""
    if not length:
        raise RenderError("there is nothing to render: the timeline holds no segments")
    if round(length * fps / 1000) < 1:
        raise RenderError(f"there is nothing to render: {length:g} ms are less than one frame")
    if length > _LONGEST_MS:
        raise RenderError(f"the film is too long: {length / 60_000:,.0f} minutes, at most 60")


def _segments(tracks: Iterable[Mapping[str, Any]], kind: int) -> Iterator[list[Mapping[str, Any]]]:
    return (rows(track.get("sg")) for track in tracks if track.get("tt") == kind)


def _all_segments(
    tracks: Iterable[Mapping[str, Any]], kind: int
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Segments with their metadata; one that does not say when it begins follows the last."""
    for segments in _segments(tracks, kind):
        end = 0.0
        for segment in segments:
            meta = told(segment)
            start = number(meta.get("start_ms"), end)
            end = start + number(segment.get("d"), 0)
            yield segment, {**meta, "start_ms": start}


def _slots(segments: list[Mapping[str, Any]]) -> list[tuple[float, float, Mapping[str, Any]]]:
    """Lays segments end to end: (start, end, metadata) in milliseconds."""
    lengths = [number(segment.get("d"), _SLOT_MS) for segment in segments]
    ends = list(itertools.accumulate(lengths))
    metas = [told(segment) for segment in segments]
    laid = zip(ends, lengths, metas, strict=True)
    return [(end - length, end, meta) for end, length, meta in laid if length > 0]


def _length_without_pictures(draft: Mapping[str, Any], tracks: list[Mapping[str, Any]]) -> float:
    """The draft's own length if something sounds or is written in it, else 0."""
    ends = [
        number(meta.get("start_ms"), 0) + number(segment.get("d"), 0)
        for kind in (_AUDIO, _TEXT)
        for segment, meta in _all_segments(tracks, kind)
    ]
    longest = max(ends, default=0.0)
    return number(draft.get("d"), longest) or longest if ends else 0.0


def _shots(slots: list[tuple[float, float, Mapping[str, Any]]], fps: int) -> Iterator[Shot]:
    marks = [(round(start * fps / 1000), round(end * fps / 1000)) for start, end, _ in slots]
    lengths = [end - start for start, end in marks]
    metas = [meta for _, _, meta in slots]
    incoming = (
        _entry(mapping(meta.get("transition")), min(pair), fps)
        for meta, pair in zip(metas[1:], itertools.pairwise(lengths), strict=True)
    )
    entries = [Entry(), *incoming]
    exits = [entry.half for entry in entries[1:]] + [0]
    for meta, (start, end), entry, overhang in zip(metas, marks, entries, exits, strict=True):
        if end > start:
            yield _shot(meta, start, end, entry, overhang)


def _shot(meta: Mapping[str, Any], start: int, end: int, entry: Entry, overhang: int) -> Shot:
    motions = ("none", "zoom_in", "zoom_out", "pan_left", "pan_right", "pan_up", "pan_down")
    return Shot(
        source=words(meta.get("source")),
        name=_name(meta),
        kind=word(meta.get("kind"), _kinds(meta)),
        motion=word(meta.get("motion"), motions),
        start=start,
        end=end,
        entry=entry,
        overhang=overhang,
        trim=number(meta.get("trim_start_ms"), 0) / 1000,
        volume=number(meta.get("volume"), 1.0, high=1.0),
    )


def _kinds(meta: Mapping[str, Any]) -> tuple[str, ...]:
    """What a segment may be; the first is what its source's name speaks for."""
    moving = words(meta.get("source")).lower().endswith(_VIDEO_ENDINGS)
    return ("video", "image") if moving else ("image", "video")


def _entry(transition: Mapping[str, Any], shorter: int, fps: int) -> Entry:
    """A transition that fits: no more than half of either neighbour is spent on it."""
    kind = word(transition.get("kind"), ("cut", "crossfade", "dip"))
    wished = number(transition.get("duration_ms"), 700) * fps / 2000
    half = min(round(wished), shorter // 2)
    return Entry(kind, half) if kind != "cut" and half > 0 else Entry()


def _titles(track: Mapping[str, Any], fps: int, length: float) -> Iterator[Title]:
    for segment, meta in _all_segments([track], _TEXT):
        start = number(meta.get("start_ms"), 0)
        end = min(start + number(segment.get("d"), _SLOT_MS), length)
        first, last = round(start * fps / 1000), round(end * fps / 1000)
        fade = min(round(number(meta.get("fade_ms"), 400) * fps / 1000), (last - first) // 2)
        text = words(meta.get("text"))
        if text and last > first:
            place = _place(meta, small=are_captions(track))
            yield Title(text=text, position=place, first=first, last=last, fade=fade)


def _place(meta: Mapping[str, Any], *, small: bool) -> Place:
    """Captions are small, and stand at the bottom unless they are told otherwise."""
    sides = ("bottom", "top", "center") if small else ("center", "top", "bottom")
    return Place(word(meta.get("position"), sides), small)


def _arranged(titles: list[Title]) -> Iterator[Title]:
    spans = [Span(title.text, title.first, title.last, title.position) for title in titles]
    for title, place in zip(titles, places(spans), strict=True):
        yield attrs.evolve(title, position=place)


def _span(segment: Mapping[str, Any], meta: Mapping[str, Any], length: float) -> dict[str, float]:
    """Where a sound lies and how it swells, in seconds, cut off at the film's end."""
    start = min(number(meta.get("start_ms"), 0), length)
    lasts = min(number(segment.get("d"), length), length - start)
    return {
        "start": start / 1000,
        "length": lasts / 1000,
        "volume": number(meta.get("volume"), 1.0, high=1.0),
        "fade_in": number(meta.get("fade_in_ms"), 0, high=lasts) / 1000,
        "fade_out": number(meta.get("fade_out_ms"), 0, high=lasts) / 1000,
    }


def _music(tracks: list[Mapping[str, Any]], length: float) -> Iterator[Music]:
    moods = ("calm", "lofi", "upbeat", "cinematic")
    for segment, meta in _all_segments(tracks, _AUDIO):
        span = _span(segment, meta, length)
        if meta.get("kind") != "file" and span["length"] > 0:
            yield Music(mood=word(meta.get("mood"), moods), **span)


def _recordings(tracks: list[Mapping[str, Any]], length: float) -> Iterator[Recording]:
    for segment, meta in _all_segments(tracks, _AUDIO):
        span = _span(segment, meta, length)
        if meta.get("kind") == "file" and span["length"] > 0:
            trim = number(meta.get("trim_start_ms"), 0) / 1000
            yield Recording(source=words(meta.get("source")), name=_name(meta), trim=trim, **span)


def _own_sounds(shots: tuple[Shot, ...], fps: int) -> Iterator[Recording]:
    """What is heard of the clips themselves; it swells and fades with their transitions."""
    for shot in shots:
        if shot.kind == "video" and shot.volume > 0:
            lead = min(shot.entry.half / fps, shot.trim)
            start = shot.start / fps - lead
            yield Recording(
                source=shot.source,
                name=shot.name,
                start=start,
                length=shot.last / fps - start,
                trim=shot.trim - lead,
                volume=shot.volume,
                fade_in=lead + shot.entry.half / fps,
                fade_out=2 * shot.overhang / fps,
            )


def _blend(shot: Shot, index: int, frame: int) -> tuple[tuple[int, float], ...]:
    """The weights of two neighbours somewhere in the transition between them."""
    share = (frame + 0.5 - shot.start + shot.entry.half) / (2 * shot.entry.half)
    if shot.entry.kind == "crossfade":
        return ((index - 1, 1 - _smooth(share)), (index, _smooth(share)))
    distance = max(abs(2 * share - 1) - _DIP_HOLD, 0) / (1 - _DIP_HOLD)
    return ((index - 1 if share < 0.5 else index, _smooth(distance)),)


def _smooth(share: float) -> float:
    """Eases a share in and out: no visible start, no visible stop."""
    return share * share * (3 - 2 * share)


def _name(meta: Mapping[str, Any]) -> str:
    source = words(meta.get("source"), "a segment without a source")
    return shortened(words(meta.get("name"), source.rsplit("/", 1)[-1]))


def _even(pixels: float) -> int:
    return max(16, 2 * round(pixels / 2))
