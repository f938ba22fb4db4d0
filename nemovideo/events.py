"""What a chat stream yields: a closed union of small frozen values."""

from collections.abc import Mapping
from typing import Any

import attrs

from nemovideo.draft import Change, Draft

__all__ = [
    "ArtifactSaved",
    "Event",
    "Heartbeat",
    "Notice",
    "ProjectEvent",
    "StateChanged",
    "StillWorking",
    "TextDelta",
    "TextDone",
    "Thought",
    "TimelineChanged",
    "ToolCall",
    "ToolResult",
    "UnknownEvent",
]


@attrs.frozen
class TextDelta:
    """A piece of text that was not there before; the deltas of one model call are its text.

    Attributes:
        text: The piece.
    """

    text: str


@attrs.frozen
class TextDone:
    """The whole text of one model call; its deltas came before it.

    Attributes:
        text: All of it.
    """

    text: str


@attrs.frozen
class Thought:
    """The agent thinking aloud; never part of the reply's text.

    Attributes:
        text: What it thinks.
    """

    text: str


@attrs.frozen
class ToolCall:
    """The agent calls one of its tools.

    Attributes:
        name: What the tool is called, such as `add_music`.
        args: What it is called with.
        call_id: Tells which result answers it, None where the service does not say.
    """

    name: str
    args: Mapping[str, Any] = attrs.field(factory=dict)
    call_id: str | None = None


@attrs.frozen
class ToolResult:
    """What a tool of the agent answered.

    Attributes:
        name: What the tool is called.
        response: The answer, as it came.
        call_id: Of the call that it answers, None where the service does not say.
    """

    name: str
    response: Any = None
    call_id: str | None = None


@attrs.frozen
class StateChanged:
    """Keys of the session's state that were replaced; `draft` comes whole.

    Attributes:
        delta: The new values by their keys.
    """

    delta: Mapping[str, Any]


@attrs.frozen
class ArtifactSaved:
    """The agent saved files.

    Attributes:
        delta: Their versions by their names.
    """

    delta: Mapping[str, Any]


@attrs.frozen
class Heartbeat:
    """The connection is alive; it proves no progress."""


@attrs.frozen
class StillWorking:
    """Nothing but heartbeats came for a while; sent every `Timeouts.still_working` seconds.

    Attributes:
        elapsed: Seconds since the message was sent.
    """

    elapsed: float


@attrs.frozen
class Notice:
    """An error code beside a stream that goes on; it does not mean that the edit failed.

    Attributes:
        code: Such as `MODEL_RETURNED_NO_CONTENT`, which comes after a silent edit.
        message: What the service says of it; empty where it says nothing.
    """

    code: str
    message: str = ""


@attrs.frozen
class UnknownEvent:
    """An event of a kind that this version does not know.

    Attributes:
        raw: The event as it came.
    """

    raw: Mapping[str, Any]


Event = (
    TextDelta
    | TextDone
    | Thought
    | ToolCall
    | ToolResult
    | StateChanged
    | ArtifactSaved
    | Heartbeat
    | StillWorking
    | Notice
    | UnknownEvent
)
"""Every event of a stream; `match` over it is exhaustive."""


@attrs.frozen
class TimelineChanged:
    """The timeline was replaced: a step of an edit, or a stage of a generation.

    Attributes:
        draft: The timeline as it is now.
        changes: What changed since the last time, in words.
    """

    draft: Draft
    changes: tuple[Change, ...]


ProjectEvent = Event | TimelineChanged
"""Every event of a project's stream."""
