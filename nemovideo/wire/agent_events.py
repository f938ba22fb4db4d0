"""Frames of the stream become typed events, each text once (contract section 4)."""

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs

from nemovideo.errors import AgentError
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
from nemovideo.wire.sse import Frame

__all__ = ["GROUP_BREAK", "EventReader", "ReplyBuilder"]

GROUP_BREAK = "\n\n"
"""What stands between the texts of two model calls in a reply."""

_PASSING_TROUBLE: Final = "I encountered a temporary issue"
_FLAT: Final = frozenset({"text", "tool_call", "tool_result", "system", "error"})
_AGENT_KEYS: Final = frozenset({"content", "actions", "invocationId", "invocation_id"})
_PART_KEYS: Final = frozenset(
    {"text", "functionCall", "function_call", "functionResponse", "function_response"}
)


@attrs.define
class _Speech:
    """The words of one model call: deltas first, then perhaps the whole of them again.

    Words that so far read like the known "temporary issue" remark are held back: at the end of
    a stream that was otherwise normal it means nothing.
    """

    _delta: Callable[[str], Event]
    _done: Callable[[str], Event] | None = None
    _holds_remark: bool = False
    _whole: str = ""
    _shown: int = 0
    _is_final: bool = False
    _unconfirmed: str = ""
    was_heard: bool = False

    @property
    def is_remark(self) -> bool:
        """Whether the open words are the remark that means nothing at the end."""
        return self._holds_remark and self._whole.lstrip().startswith(_PASSING_TROUBLE)

    def add(self, said: str) -> Iterator[Event]:
        """Take a delta."""
        if self._is_final:
            yield from self.close()
        self._whole += said
        self._unconfirmed = ""
        yield from self._release()

    def final(self, whole: str) -> Iterator[Event]:
        """Take the whole words of a model call, whose deltas may have come before."""
        if self._unconfirmed and whole.strip() == self._unconfirmed.strip():
            self._unconfirmed = ""
            return
        if self._is_final or not self._continues_with(whole):
            yield from self.close()
        if whole.startswith(self._whole):
            self._whole = whole
        self._is_final = True
        if not self._may_be_remark():
            yield from self.close()

    def close(self) -> Iterator[Event]:
        """End the model call; its final may still come, and then counts no second time."""
        yield from self._release(even_a_remark=True)
        if self._whole:
            self.was_heard = True
            self._unconfirmed = "" if self._is_final else self._whole
            if self._done is not None:
                yield self._done(self._whole)
        self.forget()

    def forget(self) -> None:
        """Drop the open words."""
        self._whole, self._shown, self._is_final = "", 0, False

    def _release(self, *, even_a_remark: bool = False) -> Iterator[Event]:
        if even_a_remark or not self._may_be_remark():
            new, self._shown = self._whole[self._shown :], len(self._whole)
            if new:
                yield self._delta(new)

    def _may_be_remark(self) -> bool:
        said = self._whole.lstrip()
        return self._holds_remark and (self.is_remark or _PASSING_TROUBLE.startswith(said))

    def _continues_with(self, final: str) -> bool:
        return final.startswith(self._whole) or final.strip() == self._whole.strip()


@attrs.define
class EventReader:
    """Turn the frames of one stream into events; the only state between two frames.

    `partial: true` is a delta; the next text that is not partial repeats the whole of that model
    call. Calls, results and state count from complete events only. Nothing is ever dropped
    because its id was seen before: a partial and its final may share one.
    """

    _text: _Speech = attrs.field(
        factory=lambda: _Speech(TextDelta, TextDone, holds_remark=True), init=False
    )
    _thought: _Speech = attrs.field(factory=lambda: _Speech(Thought), init=False)
    _acted: bool = attrs.field(default=False, init=False)

    def read(self, frame: Frame) -> list[Event]:
        """Give the events of one frame.

        Raises:
            AgentError: The frame reports a failure, or is not what an agent sends.
        """
        return list(self._events(frame))

    def finish(self) -> list[Event]:
        """Give what the end of the body decides: texts that never got a final."""
        if self._text.is_remark and (self._text.was_heard or self._acted):
            self._text.forget()
        return list(self._close())

    def _events(self, frame: Frame) -> Iterator[Event]:
        if not frame.data or frame.event == "heartbeat":
            yield Heartbeat()
            return
        document = _parsed(frame.data)
        kind = document.get("type")
        if kind == "heartbeat":
            yield Heartbeat()
        elif isinstance(kind, str) and kind in _FLAT:
            yield from self._flat(kind, document)
        elif document.get("error") and not _parts(document):
            raise _failure(document["error"])
        elif not _AGENT_KEYS.isdisjoint(document):
            yield from self._agent(document)
        elif isinstance(document.get("text"), str):
            yield from self._text.add(document["text"])
        else:
            yield _notice(document) or UnknownEvent(document)

    def _flat(self, kind: str, document: Mapping[str, Any]) -> Iterator[Event]:
        content = document.get("content", document.get("text"))
        said = content if isinstance(content, str) else ""
        if kind == "error" or (kind == "system" and said.startswith("Error:")):
            raise _failure(document.get("error") or content or document.get("message"))
        if kind == "text":
            yield from self._text.add(said)
            return
        yield from self._close()
        self._acted = True
        match kind:
            case "tool_call":
                yield ToolCall(str(document.get("name", "")), _object(document.get("args")))
            case "tool_result":
                yield ToolResult(str(document.get("name", "")), document.get("result"))
            case _:
                yield UnknownEvent(document)

    def _agent(self, document: Mapping[str, Any]) -> Iterator[Event]:
        parts = _parts(document)
        if document.get("author") == "system":
            _refuse_system_error(parts)
        if document.get("partial") is True:
            for part in parts:
                yield from self._partial(part)
        else:
            yield from self._complete(parts)
            yield from _effects(_object(document.get("actions")))
            if any(_PART_KEYS.isdisjoint(part) for part in parts):
                yield UnknownEvent(document)
        if notice := _notice(document):
            yield notice

    def _partial(self, part: Mapping[str, Any]) -> Iterator[Event]:
        said = part.get("text")
        if isinstance(said, str) and said:
            speech = self._thought if part.get("thought") is True else self._text
            yield from speech.add(said)

    def _complete(self, parts: list[dict[str, Any]]) -> Iterator[Event]:
        thought, spoken = _joined(parts, thought=True), _joined(parts, thought=False)
        if thought:
            yield from self._thought.final(thought)
        if spoken:
            yield from self._text.final(spoken)
        if tools := [event for part in parts for event in _tools(part)]:
            yield from self._close()
            self._acted = True
            yield from tools

    def _close(self) -> Iterator[Event]:
        yield from self._thought.close()
        yield from self._text.close()


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


def _parsed(data: bytes) -> Mapping[str, Any]:
    try:
        document = _loads(data)
    except (ValueError, RecursionError) as error:
        raise _failure(data[:2000].decode("utf-8", "replace")) from error
    return document if isinstance(document, dict) else {"value": document}


def _failure(said: Any) -> AgentError:
    words = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    return AgentError(
        f"The agent failed: {words[:500]}",
        hint="Read the state of the session to see what was done before you send it again.",
    )


def _refuse_system_error(parts: list[dict[str, Any]]) -> None:
    said = _joined(parts, thought=False)
    if said.startswith("Error:"):
        raise _failure(said)


def _parts(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    parts = _object(document.get("content")).get("parts")
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _joined(parts: list[dict[str, Any]], *, thought: bool) -> str:
    """The words of all parts of an event, of those that are thoughts or of those that are not."""
    chosen = (part.get("text") for part in parts if (part.get("thought") is True) == thought)
    return "".join(text for text in chosen if isinstance(text, str))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _either(mapping: Mapping[str, Any], camel: str, snake: str) -> Any:
    return mapping.get(camel, mapping.get(snake))


def _tools(part: Mapping[str, Any]) -> Iterator[Event]:
    if call := _object(_either(part, "functionCall", "function_call")):
        yield ToolCall(str(call.get("name", "")), _object(call.get("args")), call.get("id"))
    if answer := _object(_either(part, "functionResponse", "function_response")):
        yield ToolResult(str(answer.get("name", "")), answer.get("response"), answer.get("id"))


def _effects(actions: Mapping[str, Any]) -> Iterator[Event]:
    if delta := _object(_either(actions, "stateDelta", "state_delta")):
        yield StateChanged(delta)
    if delta := _object(_either(actions, "artifactDelta", "artifact_delta")):
        yield ArtifactSaved(delta)


def _notice(document: Mapping[str, Any]) -> Notice | None:
    code = _either(document, "errorCode", "error_code")
    if not code:
        return None
    return Notice(str(code), str(_either(document, "errorMessage", "error_message") or ""))
