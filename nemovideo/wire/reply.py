"""Events of one stream become the whole reply to a message."""

from collections.abc import Iterable
from typing import Any, Final

import attrs

from nemovideo.events import (
    ArtifactSaved,
    Event,
    Notice,
    StateChanged,
    TextDelta,
    TextDone,
    Thought,
    ToolCall,
    ToolResult,
)
from nemovideo.models import Reply

__all__ = ["GROUP_BREAK", "ReplyBuilder"]

GROUP_BREAK: Final = "\n\n"
"""What stands between the texts of two model calls in a reply."""


@attrs.define(eq=False)
class ReplyBuilder:
    """Collect events into the `Reply`, at any moment as far as it came."""

    _done: list[str] = attrs.field(factory=list, init=False)
    _open: list[str] = attrs.field(factory=list, init=False)
    _thoughts: list[str] = attrs.field(factory=list, init=False)
    _calls: list[ToolCall] = attrs.field(factory=list, init=False)
    _results: list[ToolResult] = attrs.field(factory=list, init=False)
    _notices: list[Notice] = attrs.field(factory=list, init=False)
    _state: dict[str, Any] = attrs.field(factory=dict, init=False)
    _artifacts: dict[str, Any] = attrs.field(factory=dict, init=False)

    def add(self, events: Iterable[Event]) -> None:
        """Take the next events."""
        for event in events:
            if type(event) is TextDelta:  # nearly all are, and `match` takes its time
                self._open.append(event.text)
            else:
                self._add(event)

    def _add(self, event: Event) -> None:
        match event:
            case TextDone(text):
                self._done.append(text)
                self._open.clear()
            case Thought(text):
                self._thoughts.append(text)
            case ToolCall():
                self._calls.append(event)
            case ToolResult():
                self._results.append(event)
            case StateChanged(delta):
                self._state.update(delta)
            case ArtifactSaved(delta):
                self._artifacts.update(delta)
            case Notice():
                self._notices.append(event)

    def build(self) -> Reply:
        """Give the reply so far."""
        spoken = [*self._done, "".join(self._open)]
        return Reply(
            text=GROUP_BREAK.join(text for text in spoken if text),
            thoughts="".join(self._thoughts),
            tool_calls=tuple(self._calls),
            tool_results=tuple(self._results),
            state_delta=dict(self._state),
            artifacts=dict(self._artifacts),
            notices=tuple(self._notices),
        )
