"""`nemo.jobs`: what was begun and is not finished, also by a process that is no more."""

import asyncio
import contextlib
import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import attrs

from nemovideo.draft import Draft
from nemovideo.errors import (
    ConfigurationError,
    InputError,
    SessionBusyError,
    StreamInterruptedError,
)
from nemovideo.jobs import Job, VideoJob
from nemovideo.models import Progress, Reply, Session
from nemovideo.net.deadlines import within
from nemovideo.net.files import check_target
from nemovideo.net.outbox import sha256
from nemovideo.net.progress import OnProgress, Reporter
from nemovideo.net.sources import Source, prepared
from nemovideo.net.turns import Taken
from nemovideo.wire.requests import identify
from nemovideo.workflows.budget import Budget
from nemovideo.workflows.evidence import Look
from nemovideo.workflows.exporting import Export, ordered_timeline
from nemovideo.workflows.making import Making
from nemovideo.workflows.outcome import Outcome, failure_of
from nemovideo.workflows.toolbox import Toolbox
from nemovideo.workflows.video import Video
from nemovideo.workflows.watching import Watch, ambiguous

__all__ = ["Jobs"]

_AT_ONCE: Final = 4


@attrs.frozen
class Jobs:
    """`nemo.jobs`: the ledger of this account.

    A message costs credits, and a job outlives the program that started it. So each step is
    written down before it is done: what a crash, a cancelling or a time limit leaves behind is
    found here, and gone on with.
    """

    _tools: Toolbox = attrs.field(repr=False)

    @property
    def durable(self) -> bool:
        """Whether the ledger outlives this process; a damaged or missing file is done without."""
        return self._tools.ledger.durable

    async def list(self, *, ended: bool = False) -> "Sequence[Job]":
        """Give the jobs that are open, the oldest first.

        Args:
            ended: Give those that have ended too, as far as they are remembered.

        Returns:
            The jobs of this account, those of other programs too that share the ledger.

        Example:
            ```python
            for job in await nemo.jobs.list():
                print(job.job_id, job.phase, job.path)
            ```
        """
        jobs = await self._tools.ledger.jobs(await self._tools.owner())
        return [job for job in jobs if ended or job.is_open]

    async def last_session(self) -> str | None:
        """Give the session that was worked in last, also by another program.

        Returns:
            Its id, None where there was none.

        Example:
            ```python
            session_id = await nemo.jobs.last_session()
            ```
        """
        return await self._tools.ledger.last_session(await self._tools.owner())

    async def forget(self, job_id: str) -> None:
        """Strike a job out; what it has begun at the service goes on there.

        Args:
            job_id: As `list` gives it; nothing happens where it is not known.

        Raises:
            InputError: It is no text.

        Example:
            ```python
            for job in await nemo.jobs.list():
                await nemo.jobs.forget(job.job_id)
            ```
        """
        _require_id(job_id)
        if job := await self._tools.ledger.find(await self._tools.owner(), job_id):
            await self._tools.ledger.forget(job)

    async def resolve(self, send_id: str, *, timeout: float | None = None) -> Reply | None:
        """Find out what became of a message whose answer was lost.

        Args:
            send_id: As `AmbiguousSendError` and `list` give it.
            timeout: Seconds in which a verdict must be found, by default
                `Timeouts.lost_answer`.

        Returns:
            The reply, rebuilt from what changed; None if the message did nothing, so that it may
            be sent again.

        Raises:
            InputError: No message of this id is open.
            AmbiguousSendError: Still nobody can tell. Of a message of your own that was sent 15
                minutes ago or earlier, and was looked at five times or followed by another,
                nobody ever will: it has ended then.
            SessionBusyError: Another process is at work in its session.
            RequestTimeoutError: The turn of its session did not come in time.
            APIError: The service refused; the subclass says why.
            TransportError: The network failed.

        Example:
            ```python
            from nemovideo import AmbiguousSendError

            try:
                reply = await project.ask("no music")
            except AmbiguousSendError as error:
                reply = await nemo.jobs.resolve(error.send_id)
            ```
        """
        _require_id(send_id)
        now = asyncio.get_running_loop().time
        job, began = await self._sending(send_id), now()
        async with contextlib.AsyncExitStack() as stack:
            async with within(timeout, "The wait for the session"):
                await stack.enter_async_context(self._tools.sender.turn(job.session_id or ""))
            job = await self._sending(send_id)
            left = None if timeout is None else max(0.0, began + timeout - now())
            watch = await _watched(self._tools, job, left)
        if watch.verdict == "not_landed":
            return None
        if watch.verdict != "landed" or watch.state is None:
            raise ambiguous(job, is_closed=watch.is_closed)
        before = Look.kept(job.before or {})
        changes = before.changes_until(watch.state.draft)
        return Reply(changes=changes, recovered=True, cost=watch.cost)

    async def recover(
        self,
        folder: str | os.PathLike[str] | None = None,
        *,
        session: Session | str | None = None,
        budget: float | None = None,
        on_progress: OnProgress | None = None,
        timeout: float | None = None,
    ) -> "Sequence[Outcome]":
        """Go on with everything that is open and that nobody is at work on.

        A job of which nothing was sent is carried out, and may cost credits. What became of a
        message that was being sent is found out: if it was carried out the job goes on, and it is
        never sent again. Renders are waited for and fetched, and what is there of a file is not
        fetched twice.

        Args:
            folder: Where the videos go; by default where each was to go, and the current folder
                for a render that was ordered without a path. A file that is there already, or
                that is newer than the job, is never replaced: the video gets a name of its own.
            session: A session or its id, to go on with its jobs alone.
            budget: Credits that may be spent in all, as for `make_videos`; the budget that a job
                began with is not kept. What would go beyond waits for a later recovery. By
                default as many as there are.
            on_progress: Gets `Progress`, whose `job` is the path of the file.
            timeout: Seconds for everything; what is not done by then stays in the ledger.

        Returns:
            How each ended, the oldest first. What somebody is at work on is left out, and so is
                a message of `nemo.chat`, of which too little is kept.

        Raises:
            ConfigurationError: There is no such folder.
            InputError: The budget is below 0, or no int or float.
            RequestTimeoutError: It took longer than `timeout`.

        Example:
            ```python
            for outcome in await nemo.jobs.recover():
                print(outcome.status, outcome.video or outcome.error)
            ```
        """
        place = None if folder is None else Path(folder)
        if place is not None and not place.is_dir():
            raise ConfigurationError(f"There is no folder {place}.", hint="Make it first.")
        jobs = [job for job in await self.list() if job.kind != "message" or job.before]
        if session is not None:
            jobs = [job for job in jobs if job.session_id == identify(session)]
        room, chains = asyncio.Semaphore(_AT_ONCE), _by_session(jobs)
        purse = Budget(self._tools, budget)
        async with (
            Reporter(on_progress) as reporter,
            within(timeout, "The recovery"),
            asyncio.TaskGroup() as group,
        ):
            work = Recovery(self._tools, place, reporter.report, purse)
            tasks = [group.create_task(work.chain(chain, room)) for chain in chains]
        found = [outcome for task in tasks for outcome in task.result()]
        places = {job.job_id: place for place, job in enumerate(jobs)}
        return sorted(found, key=lambda outcome: places[outcome.job_id])

    async def _sending(self, send_id: str) -> Job:
        job = await self._tools.ledger.find(await self._tools.owner(), send_id)
        if job is None or not job.is_open or job.phase != "sending":
            raise InputError(f"No message {send_id!r} is open.", hint="See nemo.jobs.list().")
        return job


@attrs.define
class Recovery:
    """Goes on with jobs whose process is no more.

    Attributes:
        folder: Where the videos go, None for where each was to go.
        report: Gets the progress.
        budget: What may still refuse a message.
    """

    _tools: Toolbox
    folder: Path | None
    report: Callable[[Progress], None]
    budget: Budget
    _names: set[Path] = attrs.field(factory=set, init=False)

    async def chain(self, jobs: Sequence[Job], room: asyncio.Semaphore) -> list[Outcome]:
        """Go on with the jobs of one session, in their order."""
        outcomes: list[Outcome] = []
        for job in jobs:
            async with room:
                outcomes += await self._one(job)
        return outcomes

    async def _one(self, listed: Job) -> list[Outcome]:
        """Take a job over, unless somebody is at work on it or has ended it meanwhile."""
        if listed.phase == "sending" and self._tools.sender.is_at_work(listed.session_id or ""):
            return []
        try:
            with self._tools.turns.alone(listed.job_id):
                job = await self._tools.ledger.find(listed.owner, listed.job_id)
                if job is None or not job.is_open:
                    return []
                self._tools.sender.tidy(job.session_id or "")
                return [await self._outcome(job)]
        except (Taken, SessionBusyError):
            return []

    async def _outcome(self, job: Job) -> Outcome:
        order = job.wish or VideoJob((), job.job_id, job.path or "")
        making = Making(self._tools, order, self.report, self.budget.gate)
        video, failure = None, None
        try:
            if job.phase == "sending":
                making.cost, making.recovered = await self._landed(job), True
                job = attrs.evolve(job, phase="answered")
            if job.kind != "message":
                video = await self._video(job, making)
        except SessionBusyError:
            raise
        except Exception as error:  # noqa: BLE001  # one failure never stops the rest
            failure = failure_of(error)
        known = await self._tools.ledger.find(job.owner, job.job_id) or job
        return Outcome(
            job.wish,
            video,
            failure,
            job.job_id,
            known.phase,
            is_open=known.is_open,
            cost=making.cost,
        )

    async def _landed(self, job: Job) -> float | None:
        """Find out what became of a message, and what it cost; it is never sent again."""
        async with self._tools.sender.turn(job.session_id or ""):
            watch = await _watched(self._tools, job)
        match watch.verdict:
            case "landed":
                return watch.cost
            case "not_landed":
                raise _interrupted(job)
        raise ambiguous(job, is_closed=watch.is_closed)

    async def _video(self, job: Job, making: Making) -> Video:
        target, order = self._target(job), making.order
        check_target(target)
        job = attrs.evolve(job, path=str(target))
        making.report = partial(self._report, str(target))
        if job.kind == "render":
            return await self._exported(job, making.report)
        if job.phase != "planned":
            return await making.carry_out(job)
        if not order.photos and order.session is None:
            await self._tools.ledger.end(job, "not started")
            raise _lost_photos(job)
        if _anew(job).session_id is None:  # no session for a message that will be refused
            await self.budget.check()
        async with prepared(order.photos) as sources:
            return await making.carry_out(_anew(job), await self._missing(job, sources))

    async def _exported(self, job: Job, report: Callable[[Progress], None]) -> Video:
        session = Session(job.session_id or "")
        draft = ordered_timeline(job) or Draft()
        return await Export(self._tools, job, session, draft, report).run()

    async def _missing(self, job: Job, sources: Sequence[Source]) -> Sequence[Source]:
        """What a session that was there before has not been sent yet."""
        if _anew(job).session_id is None:
            return sources
        state = await self._tools.state.latest(job.session_id or "")
        infos = [info for info in state.video_infos if isinstance(info, dict)]
        there = {(info.get("filename"), info.get("hash")) for info in infos}
        return [source for source in sources if not await _is_among(there, source)]

    def _target(self, job: Job) -> Path:
        wanted = Path(job.path or f"{job.render_id or job.job_id}.mp4")
        target = (self.folder / wanted.name if self.folder else wanted).absolute()
        if target in self._names or self._is_somebody_elses(target, job):
            target = target.with_stem(f"{target.stem}-{job.job_id[-6:]}")
        self._names.add(target)
        return target

    def _is_somebody_elses(self, target: Path, job: Job) -> bool:
        """Tell whether a file is there that this job was not to replace."""
        try:
            is_newer = self.folder is not None or target.stat().st_mtime > job.changed
            return is_newer and target.is_file()
        except OSError:  # there is none, or it cannot be written either, which is told then
            return False

    def _report(self, name: str, progress: Progress) -> None:
        self.report(attrs.evolve(progress, job=name))


async def _watched(tools: Toolbox, job: Job, timeout: float | None = None) -> Watch:
    limit = tools.timeouts.lost_answer
    watch = Watch(tools, job, limit if timeout is None else min(limit, timeout))
    await watch.finish()
    return watch


async def _is_among(there: set[tuple[Any, Any]], source: Source) -> bool:
    """Tell whether a session has a file: by its name and, where the service tells it, its hash."""
    if (source.name, None) in there:
        return True
    return (source.name, (await asyncio.to_thread(sha256, source.open)).hex()) in there


def _require_id(given: object) -> None:
    if not isinstance(given, str):
        raise InputError(f"An id is text, no {type(given).__name__}.", hint="Give its job_id.")


def _by_session(jobs: Sequence[Job]) -> list[list[Job]]:
    chains: dict[str, list[Job]] = {}
    for job in jobs:
        chains.setdefault(job.session_id or job.job_id, []).append(job)
    return list(chains.values())


def _anew(job: Job) -> Job:
    """Begin in a new session, where the job had one of its own: nothing was paid for in it."""
    is_own = job.wish is None or job.wish.session is None
    return attrs.evolve(job, session_id=None) if is_own else job


def _interrupted(job: Job) -> StreamInterruptedError:
    return StreamInterruptedError(
        f"The program ended while it sent a message in session {job.session_id}. It did nothing: "
        "the timeline and the credits are as they were before.",
        delivered="no",
        hint="You may send it again.",
    )


def _lost_photos(job: Job) -> ConfigurationError:
    return ConfigurationError(
        f"The photos of job {job.job_id} were only in memory; nothing was sent.",
        hint="Give them again.",
    )
