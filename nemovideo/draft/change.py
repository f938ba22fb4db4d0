"""`Change`: one thing that is not as it was, as data and as a sentence."""

from typing import TYPE_CHECKING, Any, Literal

import attrs

from nemovideo.draft.parts import TrackType

if TYPE_CHECKING:
    from nemovideo.draft.languages import Language

__all__ = ["Change", "Kind", "Part"]

Kind = Literal[
    "added",
    "removed",
    "moved",
    "trimmed",
    "retimed",
    "renamed",
    "louder",
    "quieter",
    "restyled",
    "canvas",
]
"""What happened."""

Part = Literal["draft", "track", "segment"]
"""What it happened to."""


@attrs.frozen(str=False)
class Change:
    """One difference between two drafts; `str(change)` is an English sentence.

    Attributes:
        kind: `added`, `removed`, `moved` (to another place or track), `trimmed` (a segment has
            another length), `retimed` (the draft has another length, or a segment another start),
            `renamed` (a name or a text), `louder`, `quieter`, `canvas` (the size of the picture)
            or `restyled` (everything else).
        part: What it happened to: `draft`, `track` or `segment`.
        track: The track's type, None where the whole draft is meant.
        subject: The name or the text of the (first) segment, or the name of the track; may be
            empty.
        position: Place of the (first) segment on its track or of the track, counted from 1; None
            for the only one.
        count: How many segments the sentence is about.
        captions: Whether it happened to captions, which are text like a title.
        key: The piece of metadata that changed, such as `text` or `transition.kind`; `total`
            where `before` and `after` are the sums of several lengths, `order` where a track is
            in reverse order, `track` where a segment went to another track.
        before: What was: milliseconds, a text, a volume, a place, a track type, (width, height),
            and (start, end) in milliseconds of what was removed. None where that was nothing,
            or where several segments differ in it.
        after: What is, in the same form, and (start, end) of what was added.

    Example:
        ```python
        from nemovideo import Draft

        before = Draft.from_wire({"t": [{"tt": 7, "sg": [{"d": 3000, "m": {"text": "Hello"}}]}]})
        after = Draft.from_wire({"t": [{"tt": 7, "sg": [{"d": 3000, "m": {"text": "Hi"}}]}]})

        for change in after.changes_since(before):
            print(change)  # The title now reads "Hi" instead of "Hello".
            print(change.words("zh-CN"))  # 标题的文字从“Hello”变为“Hi”。
        ```
    """

    kind: Kind
    part: Part = attrs.field(default="segment", kw_only=True)
    track: int | None = attrs.field(default=None, kw_only=True)
    subject: str = attrs.field(default="", kw_only=True)
    position: int | None = attrs.field(default=None, kw_only=True)
    count: int = attrs.field(default=1, kw_only=True)
    captions: bool = attrs.field(default=False, kw_only=True)
    key: str = attrs.field(default="", kw_only=True)
    before: Any = attrs.field(default=None, kw_only=True)
    after: Any = attrs.field(default=None, kw_only=True)

    def __str__(self) -> str:
        return self.words()

    def words(self, language: str = "en") -> str:
        """Tell the change in one short sentence, times in seconds; never fails.

        Args:
            language: A language tag: Chinese where it begins with `zh`, else English.

        Returns:
            A whole sentence, with its full stop.
        """
        from nemovideo.draft.languages import spoken

        told = _told(self, spoken(language))
        return told[:1].upper() + told[1:]


def _told(change: Change, language: "Language") -> str:
    match change.kind:
        case "added" | "removed":
            return _come_or_gone(change, language)
        case "moved":
            return _moved(change, language)
    aspect = _aspect(change)
    tail = language.compared(change.before, change.after, key=_value_key(change))
    full, bare = language.sentences[aspect]
    key = language.key(change.key)
    if aspect == "restyled" and (not key or (change.after is None and change.before is not None)):
        full, bare = language.sentences["gone"]
        tail = key
    many = change.count > 1
    return (full if tail else bare).format(
        subject=_subject(change, language),
        tail=tail,
        key=key,
        s="" if many else "s",
        be="are" if many else "is",
    )


def _aspect(change: Change) -> str:
    match change.kind, change.part:
        case "trimmed", _:
            return "total" if change.key == "total" else "trimmed"
        case "retimed", "segment":
            return "start"
        case "retimed", _:
            return "trimmed"
        case "renamed", "segment" if change.key != "text":
            return "music" if change.track == TrackType.AUDIO else "name"
        case "renamed", _:
            return "text" if change.key == "text" else "name"
    return change.kind


def _value_key(change: Change) -> str:
    """Say what the values are, for their unit."""
    match change.kind:
        case "trimmed" | "retimed":
            return "duration"
        case "louder" | "quieter":
            return "volume"
        case "renamed":
            return "text"
        case "canvas":
            return "canvas"
    return change.key


def _come_or_gone(change: Change, language: "Language") -> str:
    ends = change.after if change.kind == "added" else change.before
    span = language.span(ends) if ends else ""
    lane = _lane(change, language)
    alone = _is_known_by_its_track(change)
    if change.part == "draft" or not change.count:
        aspect = change.kind if change.part == "draft" else f"{change.kind} alone"
        return language.sentences[aspect][1].format(lane=_track(change, language))
    full, _ = language.sentences[f"{change.kind} alone" if alone else change.kind]
    return full.format(what=_what(change, language, alone=alone), lane=lane, span=span)


def _what(change: Change, language: "Language", *, alone: bool) -> str:
    name = language.name(change.subject)
    if alone:
        return language.nouns["beside"].format(name=name) if name else ""
    if change.count == 1:
        return name or language.nouns["one"]
    noun = language.nouns["several" if name else "many"]
    return noun.format(name=name, count=change.count, more=change.count - 1)


def _moved(change: Change, language: "Language") -> str:
    aspect = change.key if change.key in {"order", "track"} else "moved"
    was, now = change.before, change.after
    if aspect == "track":
        aspect, was, now = "lane", language.label(was), language.label(now)
    full, bare = language.sentences[aspect]
    told = full if aspect == "order" or (change.before != change.after) else bare
    return told.format(subject=_subject(change, language), was=was, now=now)


def _subject(change: Change, language: "Language") -> str:
    lane, nouns = _lane(change, language), language.nouns
    if change.part == "draft":
        return lane
    if change.part == "track":
        return _track(change, language)
    if change.count > 1:
        return nouns["segments"].format(count=change.count, lane=lane)
    if _is_known_by_its_track(change):
        return lane
    if (name := language.name(change.subject)) and change.kind != "renamed":
        return nouns["named caption"].format(name=name) if change.captions else name
    noun = nouns["only" if change.position is None else "segment"]
    return noun.format(lane=lane, position=change.position)


def _lane(change: Change, language: "Language") -> str:
    if change.captions:
        return language.nouns["caption" if _is_known_by_its_track(change) else "captions"]
    return language.label(change.track)


def _track(change: Change, language: "Language") -> str:
    """Name a track itself, as opposed to what is on it."""
    is_named = change.captions or change.track in language.labels
    lane = _lane(change, language)
    return language.nouns["track"].format(lane=lane) if is_named else lane


def _is_known_by_its_track(change: Change) -> bool:
    """Whether it is the music or the title, and not a piece of a longer track."""
    alone = change.position is None and change.count == 1
    return alone and change.track in {TrackType.AUDIO, TrackType.TEXT}
