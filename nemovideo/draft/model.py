"""`Draft`: a whole timeline, read by cattrs and given back as it came."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

import attrs

from nemovideo.draft.change import Change
from nemovideo.draft.parts import (
    Number,
    Segment,
    Theme,
    Track,
    TrackType,
    Wire,
    kept_source,
    length,
)
from nemovideo.errors import DraftError

__all__ = ["Draft"]


@attrs.frozen(str=False)
class Draft:
    """A timeline as the service keeps it.

    `str(draft)` is its summary. Drafts are compared by their tracks, duration and metadata.

    Attributes:
        tracks: The lanes from first to last.
        duration_ms: Length of the whole in milliseconds, 0 where it is not said.
        metadata: The free part: title, width, height.
        raw: The draft as it came, every unknown key kept.

    Example:
        ```python
        from nemovideo import Draft

        title = {"tt": 7, "sg": [{"d": 3000, "m": {"text": "Hi"}}]}
        draft = Draft.from_wire({"d": 3000, "t": [title]})
        print(draft)  # Timeline (1 track): 1. Title: "Hi" (0-3s)
        ```
    """

    tracks: Annotated[tuple[Track, ...], Wire("t")] = ()
    duration_ms: Annotated[Number, Wire("d")] = 0
    metadata: Annotated[Mapping[str, Any], Wire("m")] = attrs.field(factory=dict)
    raw: Mapping[str, Any] = kept_source()

    def __str__(self) -> str:
        return self.summary()

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """Read a draft as the state or an event carries it.

        Args:
            value: The mapping as it came; it is kept, not copied.

        Returns:
            The draft; what the mapping does not say has its default.

        Raises:
            DraftError: A list, an object or a number is something else; `path` tells where.
        """
        from nemovideo.draft.structure import structured

        draft: Self = structured(value, cls)
        return draft

    def to_wire(self) -> Mapping[str, Any]:
        """Give the mapping that goes to the service: the same keys, order and numbers that came.

        Returns:
            The draft's own mapping; copy it before you change it.

        Raises:
            DraftError: The draft was not made by `from_wire`, so that nothing came.
        """
        if not self.raw and (self.tracks or self.duration_ms or self.metadata):
            raise DraftError("This timeline was put together by hand.", hint="Use Draft.from_wire.")
        return self.raw

    @property
    def is_exportable(self) -> bool:
        """Whether a render can be asked for: at least one track has a segment."""
        return any(track.segments for track in self.tracks)

    @property
    def length_ms(self) -> Number:
        """Length in milliseconds: as the draft says, else where its last segment ends."""
        return length(self.duration_ms, self.tracks)

    def summary(self, language: str = "en") -> str:
        """Say the timeline in one line (the form of contract section 5); never fails.

        Args:
            language: A language tag: Chinese where it begins with `zh`, else English.

        Returns:
            Such as `Timeline (2 tracks): 1. Video: a.jpg and 4 more (0-15s) 2. BGM: Lo-fi (0-15s)`;
                of many segments the first that has a name, of many tracks the first twelve.

        Example:
            ```python
            from nemovideo import Draft

            draft = Draft.from_wire({"t": [{"tt": 0, "sg": [{"d": 3000, "m": {"name": "a.jpg"}}]}]})
            print(draft.summary("zh"))  # 时间线（1条轨道）：1. 视频：a.jpg（0-3秒）
            ```
        """
        from nemovideo.draft.summary import summarize

        return summarize(self.tracks, language)

    def changes_since(self, other: "Draft | None") -> list[Change]:
        """Tell what is not as it was in an earlier draft, in a few changes.

        What only follows from another change is left out: of a photo that went, not that the
        others begin earlier.

        Args:
            other: The earlier draft; None where there was none, so that everything was added.

        Returns:
            Empty exactly where both are equal, `1`, `1.0` and `true` being the same; `str` of each
                is a sentence.

        Example:
            ```python
            from nemovideo import Draft

            old = {"tt": 1, "sg": [{"d": 9000, "m": {"name": "Lo-fi", "volume": 0.35}}]}
            new = {"tt": 1, "sg": [{"d": 9000, "m": {"name": "Lo-fi", "volume": 0.2}}]}
            before, after = Draft.from_wire({"t": [old]}), Draft.from_wire({"t": [new]})

            print(*after.changes_since(before))  # The music is quieter: 20% instead of 35%.
            print(*before.changes_since(None))  # Added the music "Lo-fi" (0-9 s).
            ```
        """
        from nemovideo.draft.changes import changes_between

        return changes_between(other, self)

    def to_svg(
        self, *, width: int | None = 960, theme: Theme = "auto", language: str = "en"
    ) -> str:
        """Draw the timeline as an SVG that needs no other file, font or script.

        Any timeline can be drawn; of hundreds of tracks the first ones.

        Args:
            width: Pixels; letters have the same size at any width. None fills what it is put in.
            theme: `light`, `dark`, or `auto` for what the reader's system prefers.
            language: A language tag: Chinese where it begins with `zh`, else English.

        Returns:
            The text of an SVG file.

        Raises:
            InputError: The width is no number above 0, or the theme is unknown.

        Example:
            ```python
            from pathlib import Path

            from nemovideo import Draft

            draft = Draft.from_wire({"t": [{"tt": 0, "sg": [{"d": 3000, "m": {"name": "a.jpg"}}]}]})
            Path("timeline.svg").write_text(draft.to_svg(theme="dark"), "utf-8")
            ```
        """
        from nemovideo.draft.chart import chart
        from nemovideo.draft.picture import draw

        drawn = chart(self, language)
        return draw(drawn, self.summary(language), width=width, theme=theme)

    def _repr_html_(self) -> str:
        """Show the timeline in a notebook."""
        return self.to_svg(width=None)

    def without_track(self, track: Track | int) -> Self:
        """Leave out a track.

        Args:
            track: One of `tracks`, or a track type, for all tracks of it.

        Returns:
            Another draft; this one where it has no track of the type.

        Raises:
            InputError: The track is not of this draft, or no track at all.
            DraftError: This draft was put together by hand, as for every edit.

        Example:
            ```python
            from nemovideo import Draft, TrackType

            music = {"tt": 1, "sg": [{"d": 9000, "m": {"name": "Lo-fi"}}]}
            draft = Draft.from_wire({"d": 9000, "t": [{"tt": 0, "sg": [{"d": 9000}]}, music]})
            print(draft.without_track(TrackType.AUDIO))  # .. 1. Video: unnamed (0-9s)
            ```
        """
        from nemovideo.draft.edits import without_track

        return self._edited(without_track(self, track))

    def with_volume(self, volume: Number, *, track: Track | int = TrackType.AUDIO) -> Self:
        """Set how loud the music is.

        Args:
            volume: From 0.0 to 1.0.
            track: One of `tracks`, or a track type, for all tracks of it.

        Returns:
            Another draft; this one where it is as loud already.

        Raises:
            InputError: The volume is no number from 0 to 1, the track is not of this draft, or no
                such track has a segment.
            DraftError: This draft was put together by hand.

        Example:
            ```python
            from nemovideo import Draft

            music = {"tt": 1, "sg": [{"d": 9000, "m": {"name": "Lo-fi", "volume": 0.35}}]}
            draft = Draft.from_wire({"t": [music]})
            print(draft.with_volume(0.2))  # Timeline (1 track): 1. BGM: Lo-fi (0-9s, 20%)
            ```
        """
        from nemovideo.draft.edits import with_volume

        return self._edited(with_volume(self, volume, track))

    def with_title(self, text: str) -> Self:
        """Let the title read otherwise; captions stay.

        Where there is none, one is added: three seconds from the beginning on.

        Args:
            text: What it shows.

        Returns:
            Another draft; this one where its title reads so already.

        Raises:
            InputError: The text is empty, or none at all.
            DraftError: This draft was put together by hand.

        Example:
            ```python
            from nemovideo import Draft

            draft = Draft.from_wire({"t": [{"tt": 0, "sg": [{"d": 9000, "m": {"name": "a.jpg"}}]}]})
            print(draft.with_title("Summer"))  # .. 2. Title: "Summer" (0-3s)
            ```
        """
        from nemovideo.draft.edits import with_title

        return self._edited(with_title(self, text, self.length_ms))

    def trimmed(self, duration_ms: Number, *, segment: Segment | None = None) -> Self:
        """Let the whole, or one segment of it, end earlier.

        What lies behind a shorter picture moves up, on all tracks, so that the film gets shorter.
        A shorter title or sound moves nothing. What is short enough already stays as it is.

        Args:
            duration_ms: The new length in milliseconds.
            segment: One of a track's `segments`; by default the whole is trimmed. One that was
                taken before another edit is known by its `id`; without an id take it anew.

        Returns:
            Another draft; this one where it is short enough already.

        Raises:
            InputError: The length is no number above 0, the segment is not of this draft, or the
                draft holds numbers that cannot be counted with.
            DraftError: This draft was put together by hand.

        Example:
            ```python
            from nemovideo import Draft

            draft = Draft.from_wire({"t": [{"tt": 0, "sg": [{"d": 5000}, {"d": 4000}]}]})
            print(draft.trimmed(6000).length_ms)  # 6000
            print(draft.trimmed(1000, segment=draft.tracks[0].segments[0]).length_ms)  # 5000
            ```
        """
        from nemovideo.draft.edits import trim

        return self._edited(trim(self, duration_ms, segment))

    def with_metadata(self, /, **entries: Any) -> Self:
        """Set entries of the draft's own metadata.

        Args:
            entries: Such as `title="Summer"`, or `width=1280, height=720` for a smaller picture;
                None takes an entry away.

        Returns:
            Another draft; this one where it has all these entries already.

        Raises:
            InputError: JSON has no such value.
            DraftError: This draft was put together by hand.

        Example:
            ```python
            from nemovideo import Draft

            draft = Draft.from_wire({"m": {"title": "project", "width": 1920, "height": 1080}})
            print(draft.with_metadata(width=1280, height=720).metadata["title"])  # project
            ```
        """
        from nemovideo.draft.edits import with_metadata

        return self._edited(with_metadata(self, entries))

    def _edited(self, wire: Mapping[str, Any]) -> Self:
        return self if wire is self.to_wire() else self.from_wire(wire)
