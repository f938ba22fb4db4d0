"""Frames of the stream become typed events, each text once (contract section 4)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs

from nemovideo.errors import APIError
from nemovideo.events import (
    ArtifactSaved,
    Event,
    Heartbeat,
    Notice,
    StateChanged,
    TextDelta,
    TextDone,
    Thought,
    ToolCall,
    ToolResult,
    UnknownEvent,
)
from nemovideo.wire.payloads import exact, failure, parsed, string
from nemovideo.wire.refusals import Refusal
from nemovideo.wire.replies import refusal_in_stream
from nemovideo.wire.speech import Speech
from nemovideo.wire.sse import Frame
from nemovideo.wire.values import object_of

__all__ = ["EventReader"]

_FLAT: Final = frozenset({"text", "tool_call", "tool_result", "system", "error"})
_AGENT_KEYS: Final = frozenset({"content", "actions", "invocationId", "invocation_id"})
_TOOL_KEYS: Final = frozenset(
    {"functionCall", "function_call", "functionResponse", "function_response"}
)
_PART_KEYS: Final = _TOOL_KEYS | {"text"}


@attrs.define(eq=False)
class EventReader:
    """Turn the frames of one stream into events; the only state between two frames.

    `partial: true` is a delta; the next text that is not partial repeats the whole of that model
    call. Calls, results and state count from complete events only. Nothing is ever dropped
    because its id was seen before: a partial and its final may share one. Only an agent's event
    that came twice in a row, byte for byte, counts once: a faulty proxy sends such.
    """

    _refused: Callable[[Refusal], APIError]
    _text: Speech = attrs.field(
        factory=lambda: Speech(TextDelta, TextDone, holds_remark=True), init=False
    )
    _thought: Speech = attrs.field(factory=lambda: Speech(Thought), init=False)
    _acted: bool = attrs.field(default=False, init=False)
    _before: bytes = attrs.field(default=b"", init=False, repr=False)

    def read(self, frame: Frame) -> list[Event]:
        """Give the events of one frame.

        Raises:
            APIError: The service refuses the message inside the stream.
            AgentError: The frame reports a failure, or is not what an agent sends.
            StreamInterruptedError: The stream ended in the middle of the frame.
        """
        name, data, _, _ = frame
        if name == "heartbeat" or not (data or name == "error"):
            return [Heartbeat()]
        data = data or b"{}"
        document = parsed(frame, data)
        if document is None:
            return []
        if not name and data != self._before and (said := _lone_delta(document)):
            self._before = data
            return self._text.add(said)
        return self._other(name, exact(document, data), data)

    def finish(self) -> list[Event]:
        """Give what the end of the body decides: texts that never got a final."""
        if self._text.is_remark and (self._text.was_heard or self._acted):
            self._text.forget()
        return self._close()

    def _other(self, name: str, document: Mapping[str, Any], data: bytes) -> list[Event]:
        if document.get("type") == "heartbeat":
            return [Heartbeat()]
        before, self._before = self._before, data
        parts = _parts(document)
        is_agent = bool(parts) or not (_AGENT_KEYS.isdisjoint(document) or _is_flat(document))
        if not parts:
            self._raise_failure(name, document, is_agent=is_agent, begun=bool(before))
        if not is_agent:
            return self._flat(document)
        if data == before and document.get("id"):
            return self._again(document, parts)
        return self._agent(document, parts)

    def _raise_failure(
        self, name: str, document: Mapping[str, Any], *, is_agent: bool, begun: bool
    ) -> None:
        """Raise what a document without parts says against the message, if it does."""
        kind = document.get("type")
        said = document.get("content", document.get("text"))
        is_answer = kind == "error" or (kind is None and not isinstance(said, str))
        if not is_agent and is_answer and (refusal := refusal_in_stream(document, begun=begun)):
            raise self._refused(refusal)
        if kind == "system" and isinstance(said, str) and said.startswith("Error:"):
            raise failure(said)
        is_flat = _is_flat(document)
        if kind == "error" or (name == "error" and not is_flat and not is_agent):
            named = (document.get("error"), said, document.get("message"), document.get("value"))
            raise failure(next(filter(None, (*named, document)), None))
        if document.get("error") and not is_flat:
            raise failure(document["error"])

    def _agent(self, document: Mapping[str, Any], parts: list[dict[str, Any]]) -> list[Event]:
        if document.get("author") == "system":
            _refuse_system_error(parts)
        if _is_true(document.get("partial")):
            events = [event for part in parts for event in self._partial(part)]
        else:
            events = self._complete(parts)
            if actions := document.get("actions"):
                events += _effects(object_of(actions))
            if _is_odd(document.get("content"), parts):
                events.append(UnknownEvent(document))
        if notice := _notice(document):
            events.append(notice)
        return events

    def _again(self, document: Mapping[str, Any], parts: list[dict[str, Any]]) -> list[Event]:
        """Leave an event out that came before, but remember its words if it is a delta."""
        if _is_true(document.get("partial")):
            for part in parts:
                if said := _words_in(part):
                    self._speech(part).repeat(said)
        return []

    def _flat(self, document: Mapping[str, Any]) -> list[Event]:
        kind = document.get("type")
        content = document.get("content", document.get("text"))
        said = content if isinstance(content, str) else ""
        match kind:
            case "text":
                return self._text.add(said) if said else []
            case "tool_call":
                event: Event = ToolCall(
                    string(document.get("name")), object_of(document.get("args"))
                )
            case "tool_result":
                event = ToolResult(string(document.get("name")), document.get("result"))
            case "system":
                event = UnknownEvent(document)
            case _ if isinstance(document.get("text"), str):
                return self._text.add(document["text"]) if document["text"] else []
            case _:
                return [_notice(document) or UnknownEvent(document)]
        self._acted = True
        return [*self._close(), event]

    def _partial(self, part: Mapping[str, Any]) -> list[Event]:
        said = _words_in(part)
        return self._speech(part).add(said) if said else []

    def _complete(self, parts: list[dict[str, Any]]) -> list[Event]:
        events: list[Event] = []
        if thought := _joined(parts, thought=True):
            events += self._thought.final(thought)
        if spoken := _joined(parts, thought=False):
            events += self._text.final(spoken)
        tools = [tool for part in parts if (tool := _tool(part))]
        if tools:
            events += self._close()
            self._acted = True
        return events + tools

    def _speech(self, part: Mapping[str, Any]) -> Speech:
        return self._thought if _is_true(part.get("thought")) else self._text

    def _close(self) -> list[Event]:
        return self._thought.close() + self._text.close()


def _refuse_system_error(parts: list[dict[str, Any]]) -> None:
    said = _joined(parts, thought=False)
    if said.startswith("Error:"):
        raise failure(said)


def _lone_delta(document: Mapping[str, Any]) -> str | None:
    """The words of an event that is one delta and nothing else; None for all other events."""
    if document.get("partial") is not True or "type" in document or "error" in document:
        return None
    if "errorCode" in document or "error_code" in document or document.get("author") == "system":
        return None
    try:
        (part,) = document["content"]["parts"]
        said = part["text"]
    except (KeyError, TypeError, ValueError, IndexError):
        return None
    return said if len(part) == 1 and isinstance(said, str) else None


def _is_flat(document: Mapping[str, Any]) -> bool:
    kind = document.get("type")
    return isinstance(kind, str) and kind in _FLAT


def _parts(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    parts = object_of(document.get("content")).get("parts")
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _is_odd(content: Any, parts: list[dict[str, Any]]) -> bool:
    """Whether a content holds something that none of our events tells of."""
    if not isinstance(content, dict):
        return content is not None
    for part in parts:
        if _PART_KEYS.isdisjoint(part):
            return True
    if parts:
        return False
    return bool(content.get("parts") or content.keys() - {"role", "parts"})


def _words_in(part: Mapping[str, Any]) -> str:
    said = part.get("text")
    return said if isinstance(said, str) else ""


def _joined(parts: list[dict[str, Any]], *, thought: bool) -> str:
    """The words of all parts of an event, of those that are thoughts or of those that are not."""
    said = ""
    for part in parts:
        if (words := _words_in(part)) and _is_true(part.get("thought")) == thought:
            said += words
    return said


def _is_true(value: Any) -> bool:
    return value is True or value == "true"


def _either(mapping: Mapping[str, Any], camel: str, snake: str) -> Any:
    return mapping.get(camel, mapping.get(snake))


def _tool(part: Mapping[str, Any]) -> Event | None:
    """The call or the result that a part is, None where it is neither."""
    if _TOOL_KEYS.isdisjoint(part):
        return None
    if call := object_of(_either(part, "functionCall", "function_call")):
        return ToolCall(string(call.get("name")), object_of(call.get("args")), _id(call))
    if answer := object_of(_either(part, "functionResponse", "function_response")):
        return ToolResult(string(answer.get("name")), answer.get("response"), _id(answer))
    return None


def _id(tool: Mapping[str, Any]) -> str | None:
    return string(tool.get("id")) or None


def _effects(actions: Mapping[str, Any]) -> Iterator[Event]:
    if delta := object_of(_either(actions, "stateDelta", "state_delta")):
        yield StateChanged(delta)
    if delta := object_of(_either(actions, "artifactDelta", "artifact_delta")):
        yield ArtifactSaved(delta)


def _notice(document: Mapping[str, Any]) -> Notice | None:
    if not (code := _either(document, "errorCode", "error_code")):
        return None
    return Notice(string(code), string(_either(document, "errorMessage", "error_message")))
