"""The events of one chat stream, with three clocks that heartbeats cannot stop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Self

import attrs

from nemovideo.errors import (
    APIError,
    ConfigurationError,
    NemoVideoError,
    StreamError,
    StreamInterruptedError,
    StreamSilentError,
    StreamStalledError,
    StreamTimeoutError,
    TransportError,
)
from nemovideo.events import Event, Heartbeat, StillWorking, TextDelta, TextDone
from nemovideo.models import Reply
from nemovideo.net.deadlines import Watchdog
from nemovideo.net.door import OpenAnswer
from nemovideo.settings import Timeouts
from nemovideo.wire.agent_events import EventReader
from nemovideo.wire.refusals import READ_THE_STATE, Refusal
from nemovideo.wire.reply import GROUP_BREAK, ReplyBuilder
from nemovideo.wire.sse import FrameDecoder

__all__ = ["EventStream"]


def _now() -> float:
    return asyncio.get_running_loop().time()


@attrs.define(eq=False, repr=False)
class EventStream:
    """The answer to one message while it comes: an async iterator of events.

    The clean end of the body is the only end there is (contract section 4). Breaking out of the
    iteration and leaving the `async with` closes the connection; `reply` stays readable. One
    task reads at a time.

    Raises:
        APIError: While it is iterated over: the service refused the message inside the stream.
        StreamError: Likewise: the stream failed; the subclass says how, `text` what came so far.
        ConfigurationError: Likewise: the `async with` was left, or somebody else reads.

    Example:
        ```python
        async with nemo.chat.stream(session, "add lo-fi music") as events:
            async for text in events.text:
                print(text, end="")
        print(events.reply.tool_calls)
        ```
    """

    _answer: OpenAnswer
    _timeouts: Timeouts
    _total: float
    _refused: Callable[[Refusal], APIError]
    _decoder: FrameDecoder = attrs.field(factory=FrameDecoder, init=False)
    _reader: EventReader = attrs.field(
        default=attrs.Factory(lambda self: EventReader(self._refused), takes_self=True), init=False
    )
    _builder: ReplyBuilder = attrs.field(factory=ReplyBuilder, init=False)
    _ready: list[Event] = attrs.field(factory=list, init=False)  # the next one last
    _failure: NemoVideoError | None = attrs.field(default=None, init=False)
    _ended: bool = attrs.field(default=False, init=False)
    _is_read: bool = attrs.field(default=False, init=False)
    _began: float = attrs.field(factory=_now)
    _watchdog: Watchdog = attrs.field(
        default=attrs.Factory(lambda self: Watchdog(due=self._due), takes_self=True), init=False
    )
    _heard: float = attrs.field(factory=_now, init=False)
    _progressed: float = attrs.field(factory=_now, init=False)
    _reassured: float = attrs.field(factory=_now, init=False)

    def __repr__(self) -> str:
        state = "failed" if self._failure else "ended" if self._ended else "open"
        return f"<EventStream, {state}>"

    @property
    def is_over(self) -> bool:
        """Whether the answer has ended, well or not."""
        return self._ended or self._failure is not None

    @property
    def failure(self) -> NemoVideoError | None:
        """What the answer ended with, None where it ended well or goes on."""
        return self._failure

    @property
    def reply(self) -> Reply:
        """The reply so far; whole once the iteration has ended."""
        return self._builder.build()

    @property
    def text(self) -> AsyncIterator[str]:
        """The words as they come; joined they are `reply.text`.

        Only words that an old server repeated on purpose, and that looked like frames sent twice,
        may be missing here: `reply.text` has them once the whole text came.

        Raises:
            APIError: While it is iterated over: the service refused the message inside the stream.
            StreamError: Likewise: the stream failed; the subclass says how.
            ConfigurationError: Likewise: the `async with` was left, or somebody else reads.
        """
        return self._texts()

    async def finish(self) -> Reply:
        """Read to the end and give the whole reply.

        Returns:
            What `reply` gives from then on; also when it had ended before.

        Raises:
            APIError: The service refused the message inside the stream.
            StreamError: The stream failed; the subclass says how.
            ConfigurationError: The `async with` was left before the end, or somebody else reads.
        """
        async for _ in self:
            pass
        return self.reply

    def close(self) -> None:
        """Close the connection; leaving the `async with` calls it. What has ended stays ended."""
        self._watchdog.close()
        self._answer.close()
        if not (self._ended or self._failure):
            self._ready.clear()
            self._failure = ConfigurationError(
                "This stream is closed: its `async with` was left before it had ended.",
                hint="Read it inside the block; `reply` holds what had come.",
            )

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        while not self._ready:
            if self._failure is not None:
                raise self._failure
            if self._ended:
                raise StopAsyncIteration
            if self._is_read:
                raise ConfigurationError(
                    "This stream is being read already.",
                    hint="One reader at a time: hand its events on to the others.",
                )
            self._is_read = True
            try:
                await self._receive()
            finally:
                self._is_read = False
        return self._ready.pop()

    async def _texts(self) -> AsyncIterator[str]:
        gap = ""
        async for event in self:
            match event:
                case TextDelta(text):
                    yield gap + text
                    gap = ""
                case TextDone():
                    gap = GROUP_BREAK

    async def _receive(self) -> None:
        """Wait for bytes, or for the moment when something has to be said without any."""
        try:
            with self._watchdog:
                piece = await self._answer.read()
        except TransportError as error:
            self._fail(StreamInterruptedError, "The stream was cut", error)
        except TimeoutError:
            self._strike(_now())
        else:
            self._heard = now = _now()
            self._take(piece, now)
            if now >= self._due() and not (self._ended or self._failure):
                self._strike(now)

    def _take(self, piece: bytes, now: float) -> None:
        ready: list[Event] = []
        try:
            frames = self._decoder.feed(piece) if piece else self._decoder.flush()
            for frame in frames:
                ready += self._reader.read(frame)
            if not piece:
                self._ended = True
                ready += self._reader.finish()
        except (APIError, StreamError) as error:
            self._failure = error
        self._ready = ready[::-1]
        self._builder.add(ready)
        if any(type(event) is not Heartbeat for event in ready):
            self._progressed = self._reassured = now
        if isinstance(self._failure, StreamError):
            self._failure.text = self.reply.text

    def _due(self) -> float:
        return min(
            self._heard + self._timeouts.stream_silence,
            self._progressed + self._timeouts.stream_progress,
            self._reassured + self._timeouts.still_working,
            self._began + self._total,
        )

    def _strike(self, now: float) -> None:
        """Say what the clock that is due has to say."""
        if now >= self._began + self._total:
            self._fail(StreamTimeoutError, f"The answer took longer than {self._total:g} s")
        elif now >= self._heard + self._timeouts.stream_silence:
            self._fail(StreamSilentError, "Nothing at all came for too long")
        elif now >= self._progressed + self._timeouts.stream_progress:
            self._fail(StreamStalledError, "Only heartbeats came for too long")
        else:
            self._reassured = now
            self._ready.insert(0, StillWorking(now - self._began))

    def _fail(self, kind: type[StreamError], what: str, cause: Exception | None = None) -> None:
        if self._failure is not None:  # it was closed meanwhile, which is why it broke off
            return
        message = f"{what}. The work may go on at the service."
        self._failure = kind(message, text=self.reply.text, hint=READ_THE_STATE)
        self._failure.__cause__ = cause
