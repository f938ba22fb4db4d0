"""A message goes out: in its session's turn, written down before, and told truly after."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Iterator
from functools import partial

import attrs

from nemovideo.errors import (
    AgentError,
    APIError,
    InputError,
    NemoVideoError,
    SessionBusyError,
    StreamError,
    TransportError,
)
from nemovideo.jobs import Job
from nemovideo.net.deadlines import deadline, left, within
from nemovideo.net.ledger import new_id
from nemovideo.net.streaming import EventStream
from nemovideo.net.transport import Transport
from nemovideo.net.turns import Taken, Turn, Turns
from nemovideo.wire import requests

__all__ = ["Sender", "digest_of", "is_lost", "require_words", "unsent"]


@attrs.frozen
class Sender:
    """Sends the messages of one account, one at a time to each session."""

    _transport: Transport
    _turns: Turns

    def is_at_work(self, session_id: str) -> bool:
        """Tell whether this process is sending to a session, or waits to."""
        return self._turns.is_taken(self._name(session_id))

    def tidy(self, session_id: str) -> None:
        """Remove the lock that a process left which was killed in its turn."""
        with contextlib.suppress(Taken), self._turns.alone(self._name(session_id)):
            pass

    def turn(self, session_id: str, timeout: float | None = None) -> Turn:
        """Give what is to be entered, and waits for the other messages of this session.

        Entering raises `SessionBusyError` where another process, or another client of this one,
        is at work in it, and `RequestTimeoutError` where it takes too long.
        """
        return _SessionTurn(self._turns, self._name(session_id), session_id, timeout)

    @contextlib.asynccontextmanager
    async def message(
        self, session_id: str, text: str, *, timeout: float | None
    ) -> AsyncIterator[EventStream]:
        """Send a message of which only a hash is kept."""
        require_words(text)
        until = deadline(timeout)
        async with self.turn(session_id, timeout):
            job = await self._transport.ledger.begin(
                Job(
                    new_id("send"),
                    "message",
                    "sending",
                    session_id,
                    owner=await self._transport.credentials.owner(),
                    digest=digest_of(text),
                )
            )
            events = await self.open(job, text, until=until)
            try:
                yield events
            finally:
                await self.leave(job, events)

    async def open(self, job: Job, text: str, *, until: float | None) -> EventStream:
        """Send the message of a job that is in the phase `sending`; to be left in the end.

        What was not carried out is taken back in the ledger; what may have been stays `sending`.

        Args:
            job: What is known of it.
            text: What the agent is asked.
            until: When the caller's time is over, by the clock of the loop.
        """
        began, total = asyncio.get_running_loop().time(), left(until)
        if total is None:
            total = self._transport.timeouts.stream_total
        request = requests.message(job.session_id or "", text)
        try:
            answer = await self._transport.stream(request, begin_within=total)
        except NemoVideoError as error:
            await self._note(job, error)
            raise
        refused = partial(self._transport.refused, request, answer)
        return EventStream(answer, self._transport.timeouts, total, refused, began)

    async def leave(self, job: Job, events: EventStream) -> None:
        """Note how an answer ended, and close it."""
        try:
            if events.is_over:
                await self._note(job, events.failure)
        finally:
            events.close()

    def _name(self, session_id: str) -> str:
        return f"{self._transport.settings.origin} {session_id}"

    async def _note(self, job: Job, failure: NemoVideoError | None) -> None:
        if is_lost(failure):
            return
        if failure is None or isinstance(failure, AgentError):
            await self._transport.ledger.answered(job)
        elif job.kind == "message":
            await self._transport.ledger.end(job, type(failure).__name__)
        else:
            await self._transport.ledger.save(attrs.evolve(job, phase="planned"))


@attrs.define(eq=False)
class _SessionTurn(Turn):
    """A turn of a session, which tells in words who has it."""

    _session_id: str
    _timeout: float | None

    async def __aenter__(self) -> None:
        try:
            if self._timeout is None:
                await super().__aenter__()
            else:
                what = "The wait for the session"
                with unsent():
                    async with within(self._timeout, what, delivered="no"):
                        await super().__aenter__()
        except Taken as taken:
            raise _busy(self._session_id, taken) from None


def require_words(text: str) -> None:
    """Refuse a message that says nothing."""
    if not text.strip():
        raise InputError("The message is empty.", hint="Say what the agent should do.")


@contextlib.contextmanager
def unsent() -> Iterator[None]:
    """Let all that fails before a message say, in words too, that nothing was sent."""
    try:
        yield
    except NemoVideoError as error:
        if isinstance(error, APIError | TransportError):
            error.delivered = "no"
        if "nothing was sent" not in error.message.lower():
            stop = "" if error.message.endswith((".", "!", "?", "…")) else "."
            error.message = f"{error.message}{stop} Nothing was sent.".lstrip()
        raise


def is_lost(failure: BaseException | None) -> bool:
    """Tell whether a message may have been carried out although its answer is not there."""
    match failure:
        case AgentError():
            return False
        case StreamError() | APIError() | TransportError():
            return failure.delivered != "no"
    return False


def digest_of(text: str) -> str:
    """Give what the ledger keeps of a message's words."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _busy(session_id: str, taken: Taken) -> SessionBusyError:
    if taken.is_own:
        return SessionBusyError(
            f"This task reads an answer of session {session_id} already; nothing was sent.",
            session_id=session_id,
            owner=taken.owner,
            hint="Leave its `async with` first.",
        )
    who = "Another client" if taken.owner is None else f"Process {taken.owner}"
    return SessionBusyError(
        f"{who} is at work in session {session_id}; nothing was sent.",
        session_id=session_id,
        owner=taken.owner,
        hint="Wait until it has ended, or use a session of your own.",
    )
