"""Tracks with the times of their segments, as a comparison needs them."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import attrs

from nemovideo.draft.parts import Number, Segment, Track, TrackType, length

__all__ = ["Lane", "Timeline", "lanes"]


class Timeline(Protocol):
    """What is compared: a draft, which is a floor above."""

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The lanes."""

    @property
    def duration_ms(self) -> Number:
        """The length that is said."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The free part."""

    @property
    def raw(self) -> Mapping[str, Any]:
        """The source."""


@attrs.frozen(eq=False)
class Lane:
    """A track in its draft.

    Attributes:
        track: The track.
        place: Its place in the draft, from 0.
        spans: Start and end of each segment.
        length: How long the draft lasts.
    """

    track: Track
    place: int
    spans: Sequence[tuple[Number, Number]]
    length: Number

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The track's segments."""
        return self.track.segments

    @property
    def kind(self) -> dict[str, Any]:
        """Say what kind of track it is, in the words of `Change`."""
        return {"track": self.track.type, "captions": self.track.is_captions}

    def about(self, index: int) -> dict[str, Any]:
        """Say which segment it is, in the words of `Change`."""
        segment = self.segments[index]
        names = (segment.text, segment.name)
        first, second = names[::-1] if self.track.type == TrackType.AUDIO else names
        position = None if len(self.segments) == 1 else index + 1
        return {"subject": first or second or "", "position": position, **self.kind}

    def span(self, index: int) -> tuple[Number, Number]:
        """Give start and end of a segment."""
        return self.spans[index]

    def gap(self, index: int) -> Number:
        """Give the time between a segment and the one before it."""
        start, end = self.spans[index][0], self.spans[index - 1][1] if index else 0
        try:
            return 0 if start == end else start - end
        except OverflowError:
            return 0

    def is_filled_by(self, index: int) -> bool:
        """Whether a segment lasts as long as the draft, as music does."""
        return self.track.type != TrackType.VIDEO and self.span(index) == (0, self.length)


def lanes(draft: Timeline) -> list[Lane]:
    """Give the tracks of a draft in their order."""
    whole = length(draft.duration_ms, draft.tracks)
    return [
        Lane(track, place, [(start, end) for _, start, end in track.spans()], whole)
        for place, track in enumerate(draft.tracks)
    ]
