"""Frames of the stream become typed events, each text once (contract section 4)."""

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs

from nemovideo.errors import AgentError, APIError, StreamError, StreamInterruptedError
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
from nemovideo.models import Reply
from nemovideo.wire.refusals import Refusal, masked, words_of
from nemovideo.wire.replies import refusal_in_stream
from nemovideo.wire.speech import Speech
from nemovideo.wire.sse import Frame

__all__ = ["GROUP_BREAK", "EventReader", "ReplyBuilder"]

GROUP_BREAK = "\n\n"
"""What stands between the texts of two model calls in a reply."""

_FLAT: Final = frozenset({"text", "tool_call", "tool_result", "system", "error"})
_AGENT_KEYS: Final = frozenset({"content", "actions", "invocationId", "invocation_id"})
_PART_KEYS: Final = frozenset(
    {"text", "functionCall", "function_call", "functionResponse", "function_response"}
)
_MOST_WORDS: Final = 10_000
"""What is kept of the words of a failure: a traceback, not a megabyte."""
_READ_THE_STATE: Final = (
    "Read the state of the session to see what was done before you send it again."
)
_OPENING_SCRAP: Final = re.compile(r'\s*\{\s*"error"\s*:\s*"')
_CLOSING_SCRAP: Final = re.compile(r'"\s*(?:,\s*"error_details"\s*:.*)?\}?\s*\Z', re.DOTALL)


@attrs.define
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
        if frame.event == "heartbeat" or not (frame.data or frame.event == "error"):
            return [Heartbeat()]
        document = _parsed(frame)
        if document is None:
            return []
        if document.get("type") == "heartbeat":
            return [Heartbeat()]
        before, self._before = self._before, frame.data or b""
        parts = _parts(document)
        is_agent = bool(parts) or not (_AGENT_KEYS.isdisjoint(document) or _is_flat(document))
        if not parts:
            self._raise_failure(frame.event, document, is_agent=is_agent, begun=bool(before))
        if is_agent:
            if self._before == before and document.get("id"):
                return self._again(document, parts)
            return self._agent(document, parts)
        return self._flat(document)

    def finish(self) -> list[Event]:
        """Give what the end of the body decides: texts that never got a final."""
        if self._text.is_remark and (self._text.was_heard or self._acted):
            self._text.forget()
        return self._close()

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
            raise _failure(said)
        is_flat = _is_flat(document)
        if kind == "error" or (name == "error" and not is_flat and not is_agent):
            named = (document.get("error"), said, document.get("message"), document.get("value"))
            raise _failure(next(filter(None, (*named, document)), None))
        if document.get("error") and not is_flat:
            raise _failure(document["error"])

    def _agent(self, document: Mapping[str, Any], parts: list[dict[str, Any]]) -> list[Event]:
        if document.get("author") == "system":
            _refuse_system_error(parts)
        if _is_true(document.get("partial")):
            events = [event for part in parts for event in self._partial(part)]
        else:
            events = self._complete(parts)
            events += _effects(_object(document.get("actions")))
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
                    _string(document.get("name")), _object(document.get("args"))
                )
            case "tool_result":
                event = ToolResult(_string(document.get("name")), document.get("result"))
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
        thought, spoken = _joined(parts, thought=True), _joined(parts, thought=False)
        if thought:
            events += self._thought.final(thought)
        if spoken:
            events += self._text.final(spoken)
        if tools := [event for part in parts for event in _tools(part)]:
            events += self._close()
            self._acted = True
        return events + tools

    def _speech(self, part: Mapping[str, Any]) -> Speech:
        return self._thought if _is_true(part.get("thought")) else self._text

    def _close(self) -> list[Event]:
        return self._thought.close() + self._text.close()


@attrs.define
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

    def add(self, event: Event) -> None:
        """Take the next event."""
        match event:
            case TextDelta(text):
                self._open.append(text)
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


def _fastest_loads() -> Callable[[bytes], Any]:
    try:
        from orjson import loads
    except ImportError:
        return json.loads
    return loads


_fast_loads = _fastest_loads()
_LONG_NUMBER = re.compile(rb"\d{19}")


def _loads(data: bytes) -> Any:
    """Parse fast where that changes nothing: orjson makes floats of integers beyond 64 bits."""
    if not _LONG_NUMBER.search(data):
        with contextlib.suppress(ValueError):  # NaN and lone surrogates, which other servers send
            return _fast_loads(data)
    return json.loads(data)


def _parsed(frame: Frame) -> Mapping[str, Any] | None:
    """Read the JSON of a frame; None for the end marks that other services send."""
    data = frame.data or b"{}"
    try:
        document = _loads(data)
    except (ValueError, RecursionError) as error:
        if frame.event == "done" or data.strip() == b"[DONE]":
            return None
        raise _unreadable(frame, data) from error
    return document if isinstance(document, dict) else {"value": document}


def _unreadable(frame: Frame, data: bytes) -> StreamError:
    """Tell words from half an event: proxies end a body cleanly when its source broke off."""
    words = _unescaped(frame.broken or data)
    if not frame.is_cut or not words.startswith("{"):
        return _failure(words)
    return StreamInterruptedError(
        "The stream ended in the middle of an event. The work may go on at the service.",
        hint=_READ_THE_STATE,
    )


def _unescaped(data: bytes) -> str:
    """Take the words out of an error whose server did not escape them, be they several lines."""
    text = data[: 8 * _MOST_WORDS].decode("utf-8", "replace")
    if opening := _OPENING_SCRAP.match(text):
        return _CLOSING_SCRAP.sub("", text[opening.end() :])
    return text


def _failure(said: Any) -> AgentError:
    words = masked(_string(words_of(said) or said)[:_MOST_WORDS])
    return AgentError(
        f"The agent failed: {words}" if words else "The agent failed without a word.",
        hint=_READ_THE_STATE,
    )


def _refuse_system_error(parts: list[dict[str, Any]]) -> None:
    said = _joined(parts, thought=False)
    if said.startswith("Error:"):
        raise _failure(said)


def _is_flat(document: Mapping[str, Any]) -> bool:
    kind = document.get("type")
    return isinstance(kind, str) and kind in _FLAT


def _parts(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    parts = _object(document.get("content")).get("parts")
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _is_odd(content: Any, parts: list[dict[str, Any]]) -> bool:
    """Whether a content holds something that none of our events tells of."""
    if not isinstance(content, dict):
        return content is not None
    if parts:
        return any(_PART_KEYS.isdisjoint(part) for part in parts)
    return bool(content.get("parts") or content.keys() - {"role", "parts"})


def _words_in(part: Mapping[str, Any]) -> str:
    said = part.get("text")
    return said if isinstance(said, str) else ""


def _joined(parts: list[dict[str, Any]], *, thought: bool) -> str:
    """The words of all parts of an event, of those that are thoughts or of those that are not."""
    return "".join(_words_in(part) for part in parts if _is_true(part.get("thought")) == thought)


def _is_true(value: Any) -> bool:
    return value is True or value == "true"


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _string(value: Any) -> str:
    """Give a value in words, where words are due but anything may stand."""
    if value is None or isinstance(value, str):
        return value or ""
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "(nested too deep to be shown)"


def _either(mapping: Mapping[str, Any], camel: str, snake: str) -> Any:
    return mapping.get(camel, mapping.get(snake))


def _tools(part: Mapping[str, Any]) -> Iterator[Event]:
    if call := _object(_either(part, "functionCall", "function_call")):
        yield ToolCall(_string(call.get("name")), _object(call.get("args")), _id(call))
    if answer := _object(_either(part, "functionResponse", "function_response")):
        yield ToolResult(_string(answer.get("name")), answer.get("response"), _id(answer))


def _id(tool: Mapping[str, Any]) -> str | None:
    return _string(tool.get("id")) or None


def _effects(actions: Mapping[str, Any]) -> Iterator[Event]:
    if delta := _object(_either(actions, "stateDelta", "state_delta")):
        yield StateChanged(delta)
    if delta := _object(_either(actions, "artifactDelta", "artifact_delta")):
        yield ArtifactSaved(delta)


def _notice(document: Mapping[str, Any]) -> Notice | None:
    code = _string(_either(document, "errorCode", "error_code"))
    if not code:
        return None
    return Notice(code, _string(_either(document, "errorMessage", "error_message")))
