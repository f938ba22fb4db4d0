"""Many videos at once: outcomes as they finish, one failure never stops the rest."""

import asyncio
import contextlib
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
from nemovideo.workflows.conversing import Gate
from nemovideo.workflows.making import Making
from nemovideo.workflows.outcome import Outcome, failure_of
from nemovideo.workflows.toolbox import Toolbox

__all__ = ["Outcomes", "make_videos"]

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
    orders = _checked(list(jobs), limit)
    gate = Budget(tools, budget).gate
    async with Reporter(on_progress) as reporter:
        outcomes = Outcomes(tools, len(orders), gate, reporter, timeout, asyncio.Semaphore(limit))
        try:
            outcomes._start(_chained(orders))  # noqa: SLF001  # of this module
            yield outcomes
        finally:
            await outcomes.aclose()


def _checked(orders: list[VideoJob], limit: int) -> list[VideoJob]:
    """Find what can be wrong before anything is sent."""
    if limit < 1:
        raise InputError(f"A limit of {limit} lets nothing be done.", hint="Give at least 1.")
    for order in orders:
        check_target(Path(order.path), order.photos)
    if len({Path(order.path).resolve() for order in orders}) < len(orders):
        raise InputError("Two jobs write the same file.", hint="Give each a path of its own.")
    for order in orders:
        if not order.photos and order.session is None:
            raise InputError(f"{order.path} has no photo.", hint="Give at least one, or a session.")
        if order.session and order.session.isdecimal() and len(order.session) != _ID_DIGITS:
            raise InputError(
                f"{order.session} is no id of a session, which has {_ID_DIGITS} digits.",
                hint="A name for a new session needs a letter.",
            )
    return orders


def _chained(orders: Iterable[VideoJob]) -> list[list[VideoJob]]:
    """Put those that share a session one after the other."""
    alone: list[list[VideoJob]] = []
    shared: dict[str, list[VideoJob]] = {}
    for order in orders:
        if order.session is None:
            alone.append([order])
        elif order.session in shared:
            shared[order.session].append(order)
        else:
            alone.append(shared.setdefault(order.session, [order]))
    return alone


@attrs.define(eq=False, repr=False)
class Outcomes:
    """What comes of a batch: an async iterator of `Outcome`, as they finish.

    Leaving the `async with` cancels what is not done; what was begun stays in the ledger.
    """

    _tools: Toolbox
    _total: int
    _gate: Gate
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

    def _start(self, chains: Iterable[Sequence[VideoJob]]) -> None:
        self._reporter.report(Progress("videos", 0, self._total, "videos"))
        self._tasks = [asyncio.create_task(self._chain(chain)) for chain in chains]

    async def aclose(self) -> None:
        """Cancel what is not done; leaving the `async with` calls it."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._done.put_nowait(None)

    async def _chain(self, orders: Sequence[VideoJob]) -> None:
        """Make the videos of one session in their order."""
        session_id, blocked = _existing(orders[0].session), False
        for order in orders:
            is_lacking = not order.photos and session_id is None
            if blocked or is_lacking:
                self._put(
                    Outcome(order, error=_no_session() if is_lacking else _blocked(session_id))
                )
                continue
            async with self._room:
                report = partial(self._report, order.path)
                making = Making(self._tools, order, report, self._gate)
                outcome = await self._one(order, making, session_id)
            session_id = making.session.session_id if making.session else session_id
            blocked = _is_open(outcome)
            self._put(outcome)

    async def _one(self, order: VideoJob, making: Making, session_id: str | None) -> Outcome:
        """Make one video; whatever goes wrong is its outcome, and no other's."""
        try:
            async with within(self._timeout, "The video"), prepared(order.photos) as sources:
                video = await making.begin(sources, session_id)
        except Exception as error:  # noqa: BLE001  # one failure never stops the rest
            return await self._failed(order, making, failure_of(error))
        return Outcome(order, video, None, making.job_id, "fetched", cost=making.cost)

    async def _failed(self, order: VideoJob, making: Making, error: NemoVideoError) -> Outcome:
        job = await self._tools.ledger.find(await self._tools.owner(), making.job_id)
        if job is None:
            return Outcome(order, error=error)
        return Outcome(
            order, None, error, job.job_id, job.phase, is_open=job.is_open, cost=making.cost
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
