"""One message of a project: what it changes, told in words, also where its answer is lost."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Self

import attrs

from nemovideo.draft import Draft
from nemovideo.errors import (
    APIError,
    ConfigurationError,
    DraftError,
    NemoVideoError,
    SessionBusyError,
    StreamError,
    TransportError,
)
from nemovideo.events import ProjectEvent, StateChanged, StillWorking, TimelineChanged
from nemovideo.jobs import Job
from nemovideo.models import Reply
from nemovideo.net.deadlines import deadline, left, within
from nemovideo.net.ledger import new_id
from nemovideo.net.sending import digest_of, is_lost, require_words, unsent
from nemovideo.net.streaming import EventStream
from nemovideo.workflows.evidence import Look
from nemovideo.workflows.toolbox import Toolbox
from nemovideo.workflows.watching import Watch, ambiguous, cost_of, look_at

__all__ = ["Gate", "ProjectStream", "conversing", "taken_up"]

Gate = Callable[[Look], AbstractAsyncContextManager[None]]
"""Stands around each message: it may refuse it before it is sent, and hears how it ended."""

Lost = APIError | TransportError | StreamError
"""What a lost answer ends with."""

_DID_NOTHING = (
    "It did nothing: the timeline and the credits are as they were before, at five looks. "
    "You may send it again."
)
_log = logging.getLogger("nemovideo")


@contextlib.asynccontextmanager
async def conversing(
    tools: Toolbox,
    session_id: str,
    text: str,
    *,
    gate: Gate,
    timeout: float | None = None,
    job: Job | None = None,
) -> AsyncIterator["ProjectStream"]:
    """Send a message in its turn, with a look at the session before; it leaves on entering.

    Args:
        tools: The resources.
        session_id: The session.
        text: What the agent is asked.
        gate: What may still refuse it.
        timeout: Seconds in all.
        job: The planned job that this message belongs to, None for a message of its own.
    """
    require_words(text)
    until = deadline(timeout)
    async with tools.sender.turn(session_id, timeout), contextlib.AsyncExitStack() as stack:
        what = "The wait for the session and the look at it"
        with unsent():
            async with within(timeout, what, until=until, delivered="no"):
                before = await _look_before(tools, session_id)
                await stack.enter_async_context(gate(before))
        job = await _claimed(tools, job, session_id, text, before)
        stream = ProjectStream(tools, job, before, until)
        await stream._open(text)  # noqa: SLF001  # of this module
        try:
            yield stream
        finally:
            await stream.aclose()


async def _look_before(tools: Toolbox, session_id: str) -> Look:
    """Look at the session, unless an earlier message may still be at work in it."""
    if doubt := await tools.ledger.doubt_in(await tools.owner(), session_id):
        raise SessionBusyError(
            f"What became of an earlier message in session {session_id} is not known, so that it "
            "may still be at work; nothing was sent.",
            session_id=session_id,
            hint=f"Find out first: nemo.jobs.resolve({doubt.job_id!r}).",
        )
    _, before = await look_at(tools, session_id)
    return before


async def _claimed(
    tools: Toolbox, job: Job | None, session_id: str, text: str, before: Look
) -> Job:
    """Write down that the message is being sent; from here on it never is again."""
    is_own = job is None
    job = attrs.evolve(
        job or Job(new_id("send"), "message", owner=await tools.owner()),
        phase="sending",
        session_id=session_id,
        digest=digest_of(text),
        before=attrs.asdict(before),
    )
    if is_own:
        return await tools.ledger.begin(job)
    if not await tools.ledger.claim(job):
        raise taken_up(job)
    return job


def taken_up(job: Job) -> ConfigurationError:
    """Say that the right to send a job's message is somebody else's."""
    return ConfigurationError(
        f"Job {job.job_id} was taken up elsewhere, or forgotten; nothing was sent.",
        hint="See nemo.jobs.list().",
    )


@attrs.define(eq=False, repr=False)
class ProjectStream:
    """The answer to one message of a project while it comes: an async iterator of events.

    Beside the events of the chat it yields a `TimelineChanged` for each step of the timeline: the
    edits of one message, or both stages of a generation. Where the answer is lost on the way, it
    goes on with `StillWorking` while the session and the credits are watched, until it is known
    what became of the message. A wait that is cancelled can be taken up again.

    Attributes:
        timeline: The timeline as far as it is known, None before the first edit.
        job: What the ledger keeps of the message.

    Example:
        ```python
        from nemovideo import TimelineChanged

        async with project.stream("add lo-fi music") as events:
            async for event in events:
                if isinstance(event, TimelineChanged):
                    print(*event.changes)
        print(events.reply.summary)
        ```
    """

    _tools: Toolbox
    job: Job
    _before: Look
    _until: float | None
    timeline: Draft | None = attrs.field(init=False)
    _events: EventStream | None = attrs.field(default=None, init=False)
    _watch: Watch | None = attrs.field(default=None, init=False)
    _lost: Lost | None = attrs.field(default=None, init=False)
    _failure: NemoVideoError | None = attrs.field(default=None, init=False)
    _ready: deque[ProjectEvent] = attrs.field(factory=deque, init=False)
    _reply: Reply | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self.timeline = self._before.timeline

    @property
    def reply(self) -> Reply:
        """The reply so far; whole, with its `changes` and `cost`, once the iteration has ended."""
        return self._reply or (self._events.reply if self._events else Reply())

    async def finish(self) -> Reply:
        """Read to the end and give the whole reply.

        Raises:
            AmbiguousSendError: The answer was lost, and nobody can tell what became of it.
            APIError: The service refused the message inside the stream.
            TransportError: The network failed, and the message did nothing.
            StreamError: The stream failed, and the message did nothing (`delivered` is `"no"`);
                or the agent itself failed; or your own time limit is over.
            ConfigurationError: The `async with` was left before the end.
        """
        async for _ in self:
            pass
        return self.reply

    async def _open(self, text: str) -> None:
        """Send the message."""
        try:
            self._events = await self._tools.sender.open(self.job, text, until=self._until)
        except (APIError, TransportError) as error:
            if not is_lost(error):
                raise
            self._lose(error)

    async def aclose(self) -> None:
        """Stop reading; leaving the `async with` calls it. The job stays in the ledger."""
        if self._events is not None:
            await self._tools.sender.leave(self.job, self._events)
        if self._reply is None and self._failure is None:
            self._failure = ConfigurationError(
                "This stream is closed: its `async with` was left before it had ended.",
                hint=f"What became of the message tells nemo.jobs.resolve({self.job.job_id!r}).",
            )

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ProjectEvent:
        while not self._ready:
            if self._failure is not None:
                raise self._failure
            if self._reply is not None:
                raise StopAsyncIteration
            await self._advance()
        return self._ready.popleft()

    async def _advance(self) -> None:
        """Read on, or watch on; what ends it is remembered."""
        try:
            if self._watch is not None and self._lost is not None:
                await self._look(self._watch, self._lost)
            elif self._events is not None:
                await self._read(self._events)
        except NemoVideoError as error:
            self._failure = error

    async def _read(self, events: EventStream) -> None:
        try:
            event = await anext(events, None)
        except (APIError, StreamError) as error:
            if not is_lost(error):
                raise
            events.close()
            self._lose(error)
            return
        if event is None:
            self._complete(*await self._found_after())
            return
        self._ready.append(event)
        if isinstance(event, StateChanged) and event.delta.get("draft"):
            with contextlib.suppress(DraftError):  # a shape that no timeline has is no step of one
                self._step_to(Draft.from_wire(event.delta["draft"]))

    def _lose(self, error: Lost) -> None:
        """Watch from now on, as far as the caller's time allows."""
        remaining, limit = left(self._until), self._tools.timeouts.lost_answer
        self._lost = error
        if remaining == 0:
            error.hint = f"See later what became of it: nemo.jobs.resolve({self.job.job_id!r})."
            self._failure = error
            return
        _log.info("%s; watching what becomes of message %s", error, self.job.job_id)
        patience = limit if remaining is None else min(limit, remaining)
        self._watch = Watch(self._tools, self.job, patience)

    async def _look(self, watch: Watch, lost: Lost) -> None:
        """Look once, and act on the verdict: go on, nothing was done, or nobody can tell."""
        elapsed = await watch.step()
        if watch.verdict == "watch":
            self._ready.append(StillWorking(elapsed))
            return
        await watch.finish()
        if watch.verdict == "landed":
            self._complete(watch.state.draft if watch.state else None, watch.cost)
        elif watch.verdict == "not_landed":
            lost.delivered, lost.hint = "no", _DID_NOTHING
            raise lost
        else:
            raise ambiguous(self.job, is_closed=watch.is_closed) from lost

    def _step_to(self, draft: Draft | None) -> None:
        if draft is not None and draft != self.timeline:
            changes = tuple(draft.changes_since(self.timeline))
            self.timeline = draft
            self._ready.append(TimelineChanged(draft, changes))

    async def _found_after(self) -> tuple[Draft | None, float | None]:
        """Read the timeline as it is now, or else as the stream told it; and tell the cost.

        Whatever goes wrong with this look, the message is paid, and its reply is given.
        """
        tools = self._tools
        try:
            async with asyncio.timeout(left(self._until)):
                state, after = await look_at(
                    tools, self.job.session_id or "", patience=tools.timeouts.cost
                )
        except (APIError, TransportError, DraftError, TimeoutError) as error:
            _log.warning("The timeline cannot be read after a message (%r).", error)
            return self.timeline, None
        return state.draft, await cost_of(tools, self.job, self._before, after)

    def _complete(self, after: Draft | None, cost: float | None) -> None:
        self._step_to(after)
        self._reply = attrs.evolve(
            self.reply,
            changes=self._before.changes_until(after),
            recovered=self._lost is not None,
            cost=cost,
        )
