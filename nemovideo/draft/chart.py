"""The timeline laid out: lanes with blocks on rows, and a ruler; what every picture of it shows."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Literal
from unicodedata import bidirectional, east_asian_width

import attrs

from nemovideo.draft.lanes import Timeline
from nemovideo.draft.languages import Language, clean, spoken
from nemovideo.draft.parts import Number, Segment, Track, TrackType, number

__all__ = ["Block", "Chart", "Colour", "Strip", "Tick", "chart", "clock"]

Colour = Literal["video", "audio", "text", "other"]
"""What is told apart by colour: the kinds of tracks."""

_COLOURS: Final[dict[int, Colour]] = {
    TrackType.VIDEO: "video",
    TrackType.AUDIO: "audio",
    TrackType.TEXT: "text",
}
_SECOND: Final = 1000
_MINUTE: Final = 60
_HOUR: Final = 3600 * _SECOND
_STEPS: Final = (
    *(100, 200, 500),
    *(seconds * _SECOND for seconds in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800)),
)
_TICKS: Final = 8
_LANES: Final = 24
"""Tracks that are drawn; nobody looks at more."""
_ROWS: Final = 4
_BLOCKS: Final = 600
"""Blocks that are drawn, more or less; with more segments, larger ones are drawn together."""
_CELLS: Final = 60
_SEVERAL: Final = 2
_TOUCHING: Final = 1e-9
_LONGEST: Final = 1e12
_SMALLEST: Final = 1 / 400
"""The least share of the whole that a block has: narrower ones cannot be seen."""


@attrs.frozen
class Block:
    """One segment, or several that are too short to be seen apart.

    Attributes:
        start: Where it begins, as a share of the whole.
        end: Where it ends.
        label: Its name or its text, or how many segments it stands for.
        facts: Its times, and its volume.
    """

    start: float
    end: float
    label: str
    facts: str


@attrs.frozen
class Strip:
    """A track.

    Attributes:
        heading: What it is called: its place, its type, its name.
        colour: Its kind.
        rows: Its blocks; on several rows where they overlap, on none where the track is empty.
    """

    heading: str
    colour: Colour
    rows: Sequence[Sequence[Block]]


@attrs.frozen
class Tick:
    """A mark of the ruler: where, as a share of the whole, and its time."""

    place: float
    label: str


@attrs.frozen
class Chart:
    """A timeline, ready to be drawn.

    Attributes:
        title: What it is called; may be empty.
        facts: Its length and the size of its picture.
        ticks: The ruler.
        strips: The tracks.
        note: What is said below them: that there are none, or how many more.
    """

    title: str
    facts: str
    ticks: Sequence[Tick]
    strips: Sequence[Strip]
    note: str


def chart(draft: Timeline, language: str) -> Chart:
    """Lay a timeline out; whatever is in it, this does not fail."""
    words = spoken(language)
    ends = (_bounded(end) for track in draft.tracks for _, _, end in track.spans())
    length = max([_bounded(draft.duration_ms), *ends])
    shown = draft.tracks[:_LANES]
    laid = [_rows(_pieces(track, length)) for track in shown]
    smallest = _smallest(laid)
    strips = [
        Strip(
            heading=_heading(place, track, words),
            colour=_COLOURS.get(track.type, "other"),
            rows=[[_block(piece, words) for piece in _drawn(row, smallest)] for row in rows],
        )
        for place, (track, rows) in enumerate(zip(shown, laid, strict=True), 1)
    ]
    more = len(draft.tracks) - len(shown)
    title = draft.metadata.get("title")
    return Chart(
        title=clean(title) if isinstance(title, str) else "",
        facts=" · ".join(_facts(draft, length)),
        ticks=list(_ticks(length)) if strips else [],
        strips=strips,
        note=_note(len(strips), more, words),
    )


def _note(drawn: int, more: int, language: Language) -> str:
    if not drawn:
        return language.listing["empty"]
    return language.listing["more"].format(more=more) if more else ""


def clock(milliseconds: float, step: float) -> str:
    """Give a moment as a ruler of such steps does: `0.5s`, `5s`, `1:30`, `1:00:00`."""
    seconds = milliseconds / _SECOND
    if seconds < _MINUTE:
        return f"{seconds:.{1 if step % _SECOND else 0}f}s"
    minutes, rest = divmod(round(seconds), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _facts(draft: Timeline, length: float) -> Iterator[str]:
    yield clock(length, length) if length < _LONGEST else "∞"
    sides = [number(draft.metadata.get(side)) for side in ("width", "height")]
    if None not in sides:
        yield "×".join(f"{_bounded(side):.6g}" for side in sides)


def _ticks(length: float) -> Iterator[Tick]:
    step = next(step for step in _steps() if length / step <= _TICKS)
    for mark in range(math.floor(length / step) + 1):
        yield Tick(mark * step / (length or 1), clock(mark * step, step))


def _smallest(laid: Sequence[Sequence[Sequence["_Piece"]]]) -> float:
    """Give the share of the whole below which segments are drawn together."""
    rows = [row for rows in laid for row in rows]
    return max(_SMALLEST, len(rows) / _BLOCKS if sum(map(len, rows)) > _BLOCKS else 0)


def _steps() -> Iterator[int]:
    """Give the distances that people read off easily, and beyond an hour its doubles."""
    yield from _STEPS
    yield from (_HOUR * 2**power for power in itertools.count())


def _heading(place: int, track: Track, language: Language) -> str:
    heading, name = language.heading(track), _narrow(clean(track.name or ""))
    said = [f"{place} {heading}"]
    if name.lower() not in {"", heading.lower()}:
        said.append(_apart(name))
    if len(track.segments) > 1:
        said.append(language.listing["segments"].format(count=len(track.segments)))
    return " · ".join(said)


def _apart(name: str) -> str:
    """Isolate a name that is written from right to left: it would turn what stands around it."""
    is_turned = any(bidirectional(sign) in {"R", "AL"} for sign in name)
    return f"\u2068{name}\u2069" if is_turned else name


def _narrow(name: str) -> str:
    """Cut a name of wide letters, such as Chinese ones: in a heading nothing else cuts it."""
    room = itertools.accumulate(2 if east_asian_width(sign) in "FW" else 1 for sign in name)
    fits = sum(cells <= _CELLS for cells in room)
    return name if fits == len(name) else f"{name[:fits]}…"


@attrs.define
class _Piece:
    """What becomes a block: a segment, or several that go together."""

    begins: float
    ends: float
    segment: Segment
    start: Number
    end: Number
    count: int = 1

    def add(self, other: "_Piece") -> None:
        """Let it stand for another one too."""
        self.ends, self.end = max(self.ends, other.ends), max(self.end, other.end)
        self.count += other.count


def _pieces(track: Track, length: float) -> list[_Piece]:
    """Give the segments in the order of their beginnings, at shares of the whole."""
    pieces = []
    for segment, start, end in track.spans():
        begins, ends = (_bounded(moment) / (length or 1) for moment in (start, end))
        pieces.append(_Piece(begins, ends, segment, start, end))
    return sorted(pieces, key=lambda piece: piece.begins)


def _rows(pieces: Iterable[_Piece]) -> list[list[_Piece]]:
    """Put each on the first row where there is room, and what finds none to the last one there."""
    rows: list[list[_Piece]] = []
    for piece in pieces:
        room = (row for row in rows if row[-1].ends <= piece.begins + _TOUCHING)
        row = next(room, None)
        if row is not None:
            row.append(piece)
        elif len(rows) < _ROWS:
            rows.append([piece])
        else:
            rows[-1][-1].add(piece)
    return rows


def _drawn(row: Iterable[_Piece], smallest: float) -> list[_Piece]:
    """Draw together what is too short to be seen; nothing is narrower than the smallest share."""
    drawn: list[_Piece] = []
    was_short = False
    for piece in row:
        begins = min(piece.begins, 1 - smallest)
        is_short = piece.ends - piece.begins < _SEVERAL * smallest
        last = drawn[-1] if drawn else None
        if last and was_short and is_short and begins - last.begins < smallest:
            last.add(piece)
            continue
        if last and begins < piece.begins:
            last.ends = min(last.ends, begins)
        elif last:
            begins = max(begins, last.ends)
        piece.begins, piece.ends = begins, max(piece.ends, begins + smallest)
        drawn.append(piece)
        was_short = is_short
    return drawn


def _block(piece: _Piece, language: Language) -> Block:
    facts = [_span(piece, language)]
    if piece.count > 1:
        label = language.listing["segments"].format(count=piece.count)
    else:
        label, volume = language.named(piece.segment), piece.segment.volume
        facts += [] if volume is None else [language.volume([volume])]
    return Block(piece.begins, piece.ends, label, " · ".join(facts))


def _span(piece: _Piece, language: Language) -> str:
    """Give start and end as the ruler does, whose longest steps are no seconds."""
    ends = piece.start, piece.end
    if not _MINUTE * _SECOND <= piece.end < _LONGEST:
        return language.listed_span(ends)
    return "-".join(clock(_bounded(end), _SECOND) for end in ends)


def _bounded(moment: Any) -> float:
    """Give a moment that can be drawn: JSON sets no limit to numbers."""
    try:
        drawn = float(moment)
    except OverflowError:
        return _LONGEST
    return 0.0 if math.isnan(drawn) else min(max(drawn, 0.0), _LONGEST)
