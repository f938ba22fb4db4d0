"""Frames of the stream become typed events, each text once (contract section 4)."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
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


@attrs.define
class _Text:
    """The text of one model call: deltas first, then perhaps the whole of it again.

    A text that so far reads like the known "temporary issue" remark is held back: at the end of
    a stream that was otherwise normal it means nothing.
    """

    whole: str = ""
    shown: int = 0
    unconfirmed: str = ""
    is_final: bool = False

    @property
    def is_suspicious(self) -> bool:
        said = self.whole.lstrip()
        return said.startswith(_PASSING_TROUBLE) or _PASSING_TROUBLE.startswith(said)

    def add(self, delta: str) -> str:
        """Take a delta and give what may be shown now."""
        self.whole += delta
        self.unconfirmed = ""
        return "" if self.is_suspicious else self.release()

    def release(self) -> str:
        """Give what was not shown yet."""
        new, self.shown = self.whole[self.shown :], len(self.whole)
        return new

    def close(self) -> str:
        """End the model call and give its whole text."""
        closed = self.whole
        self.whole, self.shown, self.is_final = "", 0, False
        return closed

    def repeats(self, final: str) -> bool:
        """Tell whether a final text is the one that was already closed for want of a final."""
        return bool(self.unconfirmed) and final.strip() == self.unconfirmed.strip()

    def continues_with(self, final: str) -> bool:
        """Tell whether a final text belongs to the deltas so far."""
        return final.startswith(self.whole.rstrip()) or self.whole.startswith(final.rstrip())


@attrs.define
class EventReader:
    """Turn the frames of one stream into events; the only state between two frames.

    `partial: true` is a delta; the next text that is not partial repeats the whole of that model
    call. Calls, results and state count from complete events only. Nothing is ever dropped
    because its id was seen before: a partial and its final may share one.
    """

    _text: _Text = attrs.field(factory=_Text, init=False)
    _thought: _Text = attrs.field(factory=_Text, init=False)
    _was_normal: bool = attrs.field(default=False, init=False)

    def read(self, frame: Frame) -> list[Event]:
        """Give the events of one frame.

        Raises:
            AgentError: The frame reports a failure, or is not what an agent sends.
        """
        if not frame.data or frame.event == "heartbeat":
            return [Heartbeat()]
        document = self._parse(frame.data)
        match document.get("type"):
            case "heartbeat":
                return [Heartbeat()]
            case "text" | "tool_call" | "tool_result" | "system" | "error" as kind:
                return list(self._flat(kind, document))
        if "error" in document and "content" not in document:
            raise self._failure(document.get("error"))
        if "content" in document or "actions" in document or "invocationId" in document:
            return list(self._agent(document))
        if isinstance(document.get("text"), str):
            return list(self._delta(document["text"]))
        return [_known_code(document) or UnknownEvent(document)]

    def finish(self) -> list[Event]:
        """Give what the end of the body decides: texts that never got a final."""
        if self._was_normal and self._text.whole.lstrip().startswith(_PASSING_TROUBLE):
            self._text.close()
        return list(self._close())

    def _parse(self, data: bytes) -> Mapping[str, Any]:
        try:
            document = _loads(data)
        except ValueError as error:
            raise self._failure(data[:2000].decode("utf-8", "replace")) from error
        if not isinstance(document, dict):
            return {"value": document}
        return document

    def _failure(self, said: Any) -> AgentError:
        words = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        return AgentError(
            f"The agent failed: {words[:500]}",
            hint="Read the state of the session to see what was done before you send it again.",
        )

    def _flat(self, kind: str, document: Mapping[str, Any]) -> Iterator[Event]:
        content = document.get("content", document.get("text", ""))
        if kind == "error" or (kind == "system" and str(content).startswith("Error:")):
            raise self._failure(document.get("error", content))
        if kind == "tool_call":
            yield from self._close()
            yield ToolCall(str(document.get("name", "")), _object(document.get("args")))
        elif kind == "tool_result":
            yield from self._close()
            yield ToolResult(str(document.get("name", "")), document.get("result"))
        elif kind == "text":
            yield from self._delta(str(content))
        else:
            yield UnknownEvent(document)

    def _agent(self, document: Mapping[str, Any]) -> Iterator[Event]:
        content = _object(document.get("content"))
        parts = [part for part in content.get("parts") or () if isinstance(part, dict)]
        if document.get("author") == "system":
            self._refuse_system_error(parts)
        if document.get("partial") is True:
            for part in parts:
                yield from self._partial(part)
            return
        yield from self._complete(parts)
        yield from _effects(_object(document.get("actions")))
        if code := _known_code(document):
            yield code

    def _refuse_system_error(self, parts: Iterable[Mapping[str, Any]]) -> None:
        said = "".join(str(part.get("text", "")) for part in parts)
        if said.startswith("Error:"):
            raise self._failure(said)

    def _partial(self, part: Mapping[str, Any]) -> Iterator[Event]:
        said = part.get("text")
        if not isinstance(said, str):
            return
        if part.get("thought") is True:
            if new := self._thought.add(said):
                yield Thought(new)
        else:
            yield from self._delta(said)

    def _delta(self, said: str) -> Iterator[Event]:
        if self._text.is_final:
            yield from self._close()
        if new := self._text.add(said):
            yield TextDelta(new)

    def _complete(self, parts: list[dict[str, Any]]) -> Iterator[Event]:
        texts = [part for part in parts if isinstance(part.get("text"), str)]
        thought = "".join(part["text"] for part in texts if part.get("thought") is True)
        spoken = "".join(part["text"] for part in texts if part.get("thought") is not True)
        if thought:
            yield from self._final_thought(thought)
        if spoken:
            yield from self._final(spoken)
        tools = [event for part in parts for event in _tools(part)]
        if tools:
            yield from self._close()
            self._was_normal = True
            yield from tools

    def _final(self, whole: str) -> Iterator[Event]:
        if self._text.repeats(whole):
            self._text.unconfirmed = ""
            return
        if self._text.is_final or not self._text.continues_with(whole):
            yield from self._close()
        self._text.whole = max(self._text.whole, whole, key=len)
        if self._text.is_suspicious:
            self._text.is_final = True
            return
        yield from self._close()
        self._text.unconfirmed = ""

    def _final_thought(self, whole: str) -> Iterator[Event]:
        if self._thought.continues_with(whole):
            self._thought.whole = max(self._thought.whole, whole, key=len)
        if new := self._thought.release():
            yield Thought(new)
        self._thought.close()

    def _close(self) -> Iterator[Event]:
        if new := self._text.release():
            yield TextDelta(new)
        self._thought.close()
        if closed := self._text.close():
            self._text.unconfirmed = closed
            self._was_normal = True
            yield TextDone(closed)


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


def _loads(data: bytes) -> Any:
    try:
        return _fast_loads(data)
    except ValueError:
        return json.loads(data)  # orjson refuses NaN and lone surrogates; other servers send them


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


def _known_code(document: Mapping[str, Any]) -> Notice | None:
    code = _either(document, "errorCode", "error_code")
    if not code:
        return None
    return Notice(str(code), str(_either(document, "errorMessage", "error_message") or ""))
