"""The pieces of a timeline: segments in tracks, over the wire keys `tt sg d m`."""

import enum
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

import attrs

__all__ = [
    "NAMES",
    "STARTS",
    "TEXTS",
    "VOLUMES",
    "Number",
    "Segment",
    "Theme",
    "Track",
    "TrackType",
    "Wire",
    "first_of",
    "kept_source",
    "length",
    "name_captions",
    "number",
    "shown",
]

# Keys that are looked for, the likeliest first; none of them is documented.
NAMES: Final = ("name", "title", "filename")
TEXTS: Final = ("text", "content")
VOLUMES: Final = ("volume",)
STARTS: Final = ("start_ms", "start")

_CAPTIONS: Final = ("caption", "subtitle", "字幕")

Theme = Literal["auto", "light", "dark"]
"""The colours of a picture: those that the reader's system prefers, or always the same."""

Number = int | float
"""A number as JSON has it; a timeline's numbers are never converted."""


class Wire(str):
    """The key of a field on the wire; cattrs, which reads it, is loaded with the first draft."""

    __slots__ = ()


class TrackType(enum.IntEnum):
    """The track types that are documented; others exist and stay plain integers."""

    VIDEO = 0
    AUDIO = 1
    TEXT = 7


def _track_type(number: int) -> int:
    """Give the documented type its name; others stay numbers."""
    return TrackType(number) if number in TrackType.__members__.values() else number


def kept_source() -> Any:
    """The mapping that a part was read from: it goes back to the service as it came."""
    return attrs.field(factory=dict, init=False, eq=False, repr=False)


@attrs.frozen
class Segment:
    """One piece of a track: a photo, a clip, a song, a title.

    Only the duration and the free metadata are documented (contract section 5); names, texts and
    volumes are looked for in the metadata first, then beside it, and are None where nobody says.

    Attributes:
        duration_ms: Length in milliseconds.
        metadata: The free part, as it came.
        raw: The segment as it came, every unknown key kept.
    """

    duration_ms: Annotated[Number, Wire("d")] = 0
    metadata: Annotated[Mapping[str, Any], Wire("m")] = attrs.field(factory=dict)
    raw: Mapping[str, Any] = kept_source()

    @property
    def name(self) -> str | None:
        """What the segment is called, such as a file name or a song."""
        return _text(first_of(NAMES, self.metadata, self.raw))

    @property
    def text(self) -> str | None:
        """The words that a title or caption shows."""
        return _text(first_of(TEXTS, self.metadata, self.raw))

    @property
    def volume(self) -> float | None:
        """Loudness from 0.0 to 1.0."""
        return number(first_of(VOLUMES, self.metadata, self.raw))

    @property
    def start_ms(self) -> Number | None:
        """Where the segment begins, in milliseconds; None where only the order tells."""
        return number(first_of(STARTS, self.metadata, self.raw))


@attrs.frozen
class Track:
    """One lane of the timeline.

    Attributes:
        type: A `TrackType` where the type is documented, else the integer as it came.
        segments: The pieces in their order.
        metadata: The free part, as it came.
        raw: The track as it came, every unknown key kept.
    """

    type: Annotated[int, Wire("tt")] = attrs.field(default=-1, converter=_track_type)
    segments: Annotated[tuple[Segment, ...], Wire("sg")] = ()
    metadata: Annotated[Mapping[str, Any], Wire("m")] = attrs.field(factory=dict)
    raw: Mapping[str, Any] = kept_source()

    @property
    def name(self) -> str | None:
        """What the track is called."""
        return _text(self.metadata.get("name")) or _text(self.raw.get("name"))

    @property
    def is_captions(self) -> bool:
        """Whether a text track holds captions and no title, as its name or its first one's says."""
        names = [self.name, *(segment.name for segment in self.segments[:1])]
        return self.type == TrackType.TEXT and name_captions(names)

    def spans(self) -> Iterator[tuple[Segment, Number, Number]]:
        """Give each segment with its start and end in milliseconds.

        A segment that does not say where it starts follows the one before it.

        Returns:
            An iterator over `(segment, start, end)`, in the order of the segments.
        """
        cursor: Number = 0
        for segment in self.segments:
            start = cursor if segment.start_ms is None else segment.start_ms
            cursor = _sum(start, segment.duration_ms)
            yield segment, start, cursor


def first_of(keys: Sequence[str], *places: Mapping[str, Any]) -> Any:
    """Give the first value that is not null, place by place, under any of the keys."""
    for place in places:
        for key in keys:
            if (value := place.get(key)) is not None:
                return value
    return None


def name_captions(names: Iterable[str | None]) -> bool:
    """Whether the names of a text track and of its first segment speak of captions."""
    words = " ".join(filter(None, names)).lower()
    return any(mark in words for mark in _CAPTIONS)


def length(duration_ms: Number, tracks: Iterable[Track]) -> Number:
    """Give how long a timeline is: as it says, else where its last segment ends."""
    ends = (end for track in tracks for _, _, end in track.spans())
    return duration_ms or max(ends, default=0)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _sum(one: Number, other: Number) -> Number:
    try:
        return one + other
    except OverflowError:  # JSON sets no limit to numbers
        return math.inf if max(one, other) > -min(one, other) else -math.inf


def shown(value: Any) -> str:
    """Show a value in a message, and not too much of it."""
    try:
        return f"{value!r:.60}"
    except ValueError:  # Python refuses to write numbers of thousands of digits
        return "This"


def number(value: Any) -> Number | None:
    """Give a JSON number back, and None for everything else (`true` is no number)."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
