"""Many videos at once: outcomes as they finish, one failure never stops the rest."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, Self

import attrs

from nemovideo.errors import InputError, NemoVideoError, SessionBusyError
from nemovideo.jobs import VideoJob
from nemovideo.models import Progress
from nemovideo.net.deadlines import within
from nemovideo.net.files import check_target
from nemovideo.net.progress import OnProgress, Reporter
from nemovideo.net.sources import prepared
from nemovideo.workflows.budget import Budget
from nemovideo.workflows.making import Making
from nemovideo.workflows.outcome import Outcome
from nemovideo.workflows.toolbox import Toolbox

__all__ = ["Outcomes", "make_videos"]

_log = logging.getLogger("nemovideo")

_ID_DIGITS: Final = 19


@contextlib.asynccontextmanager
async def make_videos(
    tools: Toolbox,
    jobs: Iterable[VideoJob],
    *,
    limit: int = 4,
    budget: float | None = None,
    on_progress: OnProgress | None = None,
    timeout: float | None = None,
) -> AsyncIterator["Outcomes"]:
    """Make videos, so many at a time; arguments and errors are those of `NemoVideo.make_videos`."""
    wishes = _checked(list(jobs), limit)
    ceiling = Budget.of(tools, budget)
    async with Reporter(on_progress) as reporter:
        outcomes = Outcomes(
            tools, len(wishes), ceiling, reporter, timeout, asyncio.Semaphore(limit)
        )
        try:
            outcomes.start(_chained(wishes))
            yield outcomes
        finally:
            await outcomes.aclose()


def _checked(wishes: list[VideoJob], limit: int) -> list[VideoJob]:
    """Find what can be wrong before anything is sent."""
    if limit < 1:
        raise InputError(f"A limit of {limit} lets nothing be done.", hint="Give at least 1.")
    for wish in wishes:
        check_target(Path(wish.path), wish.photos)
    if len({Path(wish.path).resolve() for wish in wishes}) < len(wishes):
        raise InputError("Two jobs write the same file.", hint="Give each a path of its own.")
    for wish in wishes:
        if not wish.photos and wish.session is None:
            raise InputError(f"{wish.path} has no photo.", hint="Give at least one, or a session.")
        if wish.session and wish.session.isdecimal() and len(wish.session) != _ID_DIGITS:
            raise InputError(
                f"{wish.session} is no id of a session, which has {_ID_DIGITS} digits.",
                hint="A name for a new session needs a letter.",
            )
    return wishes


def _chained(wishes: Iterable[VideoJob]) -> list[list[VideoJob]]:
    """Put those that share a session one after the other."""
    alone: list[list[VideoJob]] = []
    shared: dict[str, list[VideoJob]] = {}
    for wish in wishes:
        if wish.session is None:
            alone.append([wish])
        elif wish.session in shared:
            shared[wish.session].append(wish)
        else:
            alone.append(shared.setdefault(wish.session, [wish]))
    return alone


@attrs.define(eq=False, repr=False)
class Outcomes:
    """What comes of a batch: an async iterator of `Outcome`, as they finish.

    Leaving the `async with` cancels what is not done; what was begun stays in the ledger.
    """

    _tools: Toolbox
    _total: int
    _budget: Budget | None
    _reporter: Reporter
    _timeout: float | None
    _room: asyncio.Semaphore
    _done: asyncio.Queue[Outcome | None] = attrs.field(factory=asyncio.Queue, init=False)
    _tasks: list[asyncio.Task[None]] = attrs.field(factory=list, init=False)
    _finished: int = attrs.field(default=0, init=False)
    _given: int = attrs.field(default=0, init=False)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Outcome:
        if self._given == self._total:
            raise StopAsyncIteration
        outcome = await self._done.get()
        if outcome is None:
            self._done.put_nowait(None)  # for whoever else waits
            raise StopAsyncIteration
        self._given += 1
        return outcome

    def start(self, chains: Iterable[Sequence[VideoJob]]) -> None:
        """Begin; entering the `async with` calls it."""
        self._reporter.report(Progress("videos", 0, self._total, "videos"))
        self._tasks = [asyncio.create_task(self._chain(chain)) for chain in chains]

    async def aclose(self) -> None:
        """Cancel what is not done; leaving the `async with` calls it."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._done.put_nowait(None)

    async def _chain(self, wishes: Sequence[VideoJob]) -> None:
        """Make the videos of one session in their order."""
        session_id, blocked = _existing(wishes[0].session), False
        for wish in wishes:
            is_lacking = not wish.photos and session_id is None
            if blocked or is_lacking:
                self._put(
                    Outcome(wish, error=_no_session() if is_lacking else _blocked(session_id))
                )
                continue
            async with self._room:
                making = Making(
                    self._tools,
                    wish,
                    partial(self._report, wish.path),
                    self._budget.gate if self._budget else None,
                )
                outcome = await self._one(wish, making, session_id)
            session_id = making.session.session_id if making.session else session_id
            blocked = _is_open(outcome)
            self._put(outcome)

    async def _one(self, wish: VideoJob, making: Making, session_id: str | None) -> Outcome:
        """Make one video; whatever goes wrong is its outcome, and no other's."""
        try:
            async with within(self._timeout, "The video"), prepared(wish.photos) as sources:
                video = await making.begin(sources, session_id)
        except NemoVideoError as error:
            return await self._failed(wish, making, error)
        except Exception as error:  # noqa: BLE001  # one failure never stops the rest
            _log.exception("A video of a batch failed unexpectedly")
            failure = NemoVideoError(f"The video failed unexpectedly: {error!r}.")
            failure.__cause__ = error
            return await self._failed(wish, making, failure)
        return Outcome(wish, video, None, making.job_id, "fetched", cost=making.cost)

    async def _failed(self, wish: VideoJob, making: Making, error: NemoVideoError) -> Outcome:
        job = await self._tools.ledger.find(await self._tools.owner(), making.job_id)
        if job is None:
            return Outcome(wish, error=error)
        return Outcome(
            wish, None, error, job.job_id, job.phase, is_open=job.is_open, cost=making.cost
        )

    def _put(self, outcome: Outcome) -> None:
        self._finished += 1
        self._reporter.report(Progress("videos", self._finished, self._total, "videos"))
        self._done.put_nowait(outcome)

    def _report(self, name: str, progress: Progress) -> None:
        self._reporter.report(attrs.evolve(progress, job=name))


def _existing(session: str | None) -> str | None:
    """Tell the id of a session from a name that the jobs of a batch share."""
    is_id = session is not None and session.isdecimal() and len(session) == _ID_DIGITS
    return session if is_id else None


def _is_open(outcome: Outcome) -> bool:
    """Tell whether a message may still run: nobody can tell, or its video took too long."""
    if outcome.phase != "sending" or outcome.status == "not_landed":
        return False
    return outcome.error is not None


def _no_session() -> NemoVideoError:
    return InputError(
        "The job before this one made no session, and this one brings no photos; nothing was sent.",
        hint="Order both again.",
    )


def _blocked(session_id: str | None) -> NemoVideoError:
    return SessionBusyError(
        "Nobody can tell whether the message before this one still runs in its session; "
        "nothing was sent.",
        session_id=session_id or "",
        hint="Resolve that one first, see nemo.jobs.list().",
    )
