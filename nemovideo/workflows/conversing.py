"""One message of a project: what it changes, told in words, also where its answer is lost."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Self

import attrs

from nemovideo.draft import Draft
from nemovideo.errors import (
    APIError,
    ConfigurationError,
    DraftError,
    InputError,
    NemoVideoError,
    StreamError,
    TransportError,
)
from nemovideo.events import ProjectEvent, StateChanged, StillWorking, TimelineChanged
from nemovideo.models import Job, Reply
from nemovideo.net.deadlines import within
from nemovideo.net.ledger import new_id
from nemovideo.net.sending import digest_of, is_lost
from nemovideo.net.streaming import EventStream
from nemovideo.workflows.evidence import Look
from nemovideo.workflows.toolbox import Toolbox
from nemovideo.workflows.watching import Watch, ambiguous, look_at

__all__ = ["Gate", "ProjectStream", "conversing", "taken_up"]

Gate = Callable[[Look], AbstractAsyncContextManager[None]]
"""Stands before each send: it may refuse, and holds others off until the service has taken it."""

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
    timeout: float | None = None,
    job: Job | None = None,
    gate: Gate | None = None,
) -> AsyncIterator["ProjectStream"]:
    """Send a message in its turn, with a look at the session before; it leaves on entering.

    Args:
        tools: The resources.
        session_id: The session.
        text: What the agent is asked.
        timeout: Seconds in all.
        job: The planned job that this message belongs to, None for a message of its own.
        gate: What may still refuse it.
    """
    if not text.strip():
        raise InputError("The message is empty.", hint="Say what the agent should do.")
    now = asyncio.get_running_loop().time
    began = now()
    async with contextlib.AsyncExitStack() as stack:
        async with within(timeout, "The wait for the session", delivered="no"):
            await stack.enter_async_context(tools.sender.turn(session_id))
            _, before = await look_at(tools, session_id)
        async with gate(before) if gate else contextlib.nullcontext():
            job = await _claimed(tools, job, session_id, text, before)
            stream = ProjectStream(tools, job, before, None if timeout is None else began + timeout)
            try:
                began = began if timeout else now()
                events = await tools.sender.open(job, text, timeout=timeout, began=began)
                stack.push_async_callback(tools.sender.leave, job, events)
                stream.events = events
            except (APIError, TransportError) as error:
                if not is_lost(error):
                    raise
                stream.lost = error
        try:
            yield stream
        finally:
            await stream.aclose()


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
    what became of the message.

    Attributes:
        timeline: The timeline as far as it is known, None before the first edit.
        job: What the ledger keeps of the message.

    Example:
        ```python
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
    _deadline: float | None
    events: EventStream | None = attrs.field(default=None, init=False)
    lost: NemoVideoError | None = attrs.field(default=None, init=False)
    timeline: Draft | None = attrs.field(init=False)
    _reply: Reply | None = attrs.field(default=None, init=False)
    _steps: AsyncGenerator[ProjectEvent, None] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.timeline = _draft_of(self._before)
        self._steps = self._run()

    @property
    def reply(self) -> Reply:
        """The reply so far; whole, with its `changes`, once the iteration has ended."""
        return self._reply or (self.events.reply if self.events else Reply())

    async def finish(self) -> Reply:
        """Read to the end and give the whole reply.

        Raises:
            AmbiguousSendError: The answer was lost, and nobody can tell what became of it.
            APIError: The service refused the message inside the stream.
            StreamError: The stream failed, and the message did nothing (`delivered` is `"no"`);
                or the agent itself failed; or your own time limit is over.
        """
        async for _ in self:
            pass
        return self.reply

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ProjectEvent:
        return await anext(self._steps)

    async def aclose(self) -> None:
        """Stop reading; leaving the `async with` calls it. The job stays in the ledger."""
        await self._steps.aclose()

    async def _run(self) -> AsyncGenerator[ProjectEvent, None]:
        if self.events is not None:
            try:
                async for event in self.events:
                    yield event
                    if change := self._changed(event):
                        yield change
            except (APIError, StreamError) as error:
                if not is_lost(error):
                    raise
                self.lost = error
            self.events.close()
        if self.lost is None:
            after = await self._after()
        else:
            async for elapsed in (watch := self._watch(self.lost)).looks():
                yield StillWorking(elapsed)
            after = await self._found(watch, self.lost)
        if change := self._stepped(after):
            yield change
        self._complete(after)

    def _changed(self, event: ProjectEvent) -> TimelineChanged | None:
        """Tell of a step that the stream itself carries; a shape that no timeline has is none."""
        if not isinstance(event, StateChanged) or not event.delta.get("draft"):
            return None
        try:
            return self._stepped(Draft.from_wire(event.delta["draft"]))
        except DraftError:
            return None

    def _stepped(self, draft: Draft | None) -> TimelineChanged | None:
        if draft is None or draft == self.timeline:
            return None
        changes = tuple(draft.changes_since(self.timeline))
        self.timeline = draft
        return TimelineChanged(draft, changes)

    async def _after(self) -> Draft | None:
        """Read the timeline as it is now, or else as the stream told it."""
        try:
            return (await self._tools.state.latest(self.job.session_id or "")).draft
        except (APIError, TransportError) as error:
            _log.warning("The timeline cannot be read after a message (%s).", error)
            return self.timeline

    def _watch(self, lost: NemoVideoError) -> Watch:
        limit = self._tools.timeouts.lost_answer
        if self._deadline is not None:
            limit = min(limit, self._deadline - asyncio.get_running_loop().time())
        if limit <= 0:
            lost.hint = f"See later what became of it: nemo.jobs.resolve({self.job.job_id!r})."
            raise lost
        _log.info("%s; watching what becomes of message %s", lost, self.job.job_id)
        return Watch(self._tools, self.job, limit)

    async def _found(self, watch: Watch, lost: NemoVideoError) -> Draft | None:
        """Act on the verdict: go on, say that nothing was done, or that nobody can tell."""
        ledger = self._tools.ledger
        match watch.verdict:
            case "landed" if watch.state:
                await ledger.answered(self.job)
                return watch.state.draft
            case "not_landed":
                await ledger.end(self.job, "not landed")
                lost.delivered, lost.hint = "no", _DID_NOTHING  # type: ignore[attr-defined]  # each lost one has it
                raise lost
        raise ambiguous(self.job) from lost

    def _complete(self, after: Draft | None) -> None:
        changes = after.changes_since(_draft_of(self._before)) if after else []
        self._reply = attrs.evolve(
            self.reply, changes=tuple(changes), recovered=self.lost is not None
        )


def _draft_of(look: Look) -> Draft | None:
    return None if look.draft is None else Draft.from_wire(look.draft)
