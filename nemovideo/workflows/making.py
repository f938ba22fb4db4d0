"""Photos and a sentence in, a finished MP4 out: the whole way, from whatever phase it is in."""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import attrs

from nemovideo.draft import Draft
from nemovideo.errors import AgentError, NemoVideoError
from nemovideo.jobs import Job, VideoJob
from nemovideo.models import Output, Progress, Session
from nemovideo.net.deadlines import within
from nemovideo.net.files import absolute, check_target
from nemovideo.net.ledger import new_id
from nemovideo.net.progress import OnProgress, Reporter
from nemovideo.net.sources import Media, Source, prepared, require_media
from nemovideo.workflows.budget import Budget
from nemovideo.workflows.conversing import Gate, conversing, taken_up
from nemovideo.workflows.exporting import Export, ordered_timeline
from nemovideo.workflows.speaking import told
from nemovideo.workflows.toolbox import Toolbox
from nemovideo.workflows.video import Video

__all__ = ["Making", "make_video"]


async def make_video(
    tools: Toolbox,
    photos: Media | Iterable[Media],
    prompt: str,
    path: str | os.PathLike[str],
    *,
    language: str | None = None,
    output: Output | None = None,
    budget: float | None = None,
    on_progress: OnProgress | None = None,
    timeout: float | None = None,
) -> Video:
    """Connect, start a session, upload, ask, render and download.

    Everything that can be wrong on this side is found before the service is asked for anything,
    and a budget without room for a first edit before anything is uploaded.
    Arguments and errors are those of `NemoVideo.make_video`.
    """
    given = require_media(photos)
    order = VideoJob(_on_disk(given), prompt, path, None, language, output or Output())
    check_target(Path(path), given)
    purse = Budget(tools, budget)
    async with (
        Reporter(on_progress) as reporter,
        within(timeout, "The video"),
        prepared(given) as sources,
    ):
        await purse.check()
        return await Making(tools, order, reporter.report, purse.gate).begin(sources)


def _on_disk(media: Sequence[Media | Source]) -> tuple[str | os.PathLike[str], ...]:
    """Give the paths, or none where a photo is only in memory and cannot be found again."""
    paths = tuple(one for one in media if isinstance(one, str | os.PathLike))
    return paths if len(paths) == len(media) else ()


def _anywhere(order: VideoJob) -> VideoJob:
    photos = [absolute(Path(photo)) for photo in order.photos]
    return attrs.evolve(order, photos=photos, path=absolute(Path(order.path)))


@attrs.define
class Making:
    """One video on its way; each step is written down before it is done.

    Attributes:
        order: What was ordered.
        report: Gets the progress.
        gate: What may still refuse the message.
        cost: What the message cost, None where that is not known.
        recovered: Whether the answer to it was cut.
        session: Where it is made, None before that is known.
        job_id: What the ledger calls it, empty before it is begun.
    """

    _tools: Toolbox
    order: VideoJob
    report: Callable[[Progress], None]
    gate: Gate
    cost: float | None = attrs.field(default=None, init=False)
    recovered: bool = attrs.field(default=False, init=False)
    session: Session | None = attrs.field(default=None, init=False)
    job_id: str = attrs.field(default="", init=False)
    _timeline: Draft | None = attrs.field(default=None, init=False)
    _said: str = attrs.field(default="", init=False)

    async def begin(self, sources: Sequence[Source], session_id: str | None = None) -> Video:
        """Write the order down, and carry it out.

        Where nothing was sent the job ends: whoever ordered it is told, and may order it again.
        """
        order = _anywhere(self.order)
        job = Job(
            new_id("job"),
            "video",
            session_id=session_id,
            path=order.path,
            wish=order,
            output=order.output,
            owner=await self._tools.owner(),
        )
        self.job_id = job.job_id
        with self._tools.turns.alone(job.job_id):
            job = await self._tools.ledger.begin(job)
            try:
                video = await self.carry_out(job, sources)
                return attrs.evolve(video, path=Path(self.order.path))
            except NemoVideoError as error:
                await self._end(job, error, only_planned=True)
                raise

    async def carry_out(self, job: Job, sources: Sequence[Source] = ()) -> Video:
        """Go on from the phase that a job is in; the caller holds its turn.

        An order of which nothing came ends the job; after all else it can be gone on with.
        """
        try:
            if job.phase == "planned":
                job = await self._upload(job, sources)
                job = await self._ask(job)
            return await self._export(job)
        except AgentError as error:
            await self._end(job, error)
            raise

    async def _end(self, job: Job, error: NemoVideoError, *, only_planned: bool = False) -> None:
        known = await self._tools.ledger.find(job.owner, job.job_id)
        if known and (known.phase == "planned" or not only_planned):
            await self._tools.ledger.end(known, type(error).__name__)

    async def _upload(self, job: Job, sources: Sequence[Source]) -> Job:
        if job.session_id is None:
            self.report(Progress("connect"))
            self.session = await self._tools.sessions.create(language=self.order.language)
            job = attrs.evolve(job, session_id=self.session.session_id)
            if not await self._tools.ledger.plan(job):
                raise taken_up(job)
        session = self._known_session(job)
        self.report(Progress("session", text=session.session_id))
        if sources:
            await self._tools.uploads.files(session, sources, on_progress=self.report)
        return job

    def _known_session(self, job: Job) -> Session:
        self.session = self.session or Session(job.session_id or "")
        return self.session

    async def _ask(self, job: Job) -> Job:
        self.report(Progress("agent"))
        async with conversing(
            self._tools, job.session_id or "", self.order.prompt, job=job, gate=self.gate
        ) as events:
            reply = await told(events, self.report)
            self._said, self.cost, self.recovered = reply.text, reply.cost, reply.recovered
            self._timeline = events.timeline
            return attrs.evolve(events.job, phase="answered")

    async def _export(self, job: Job) -> Video:
        session = self._known_session(job)
        draft = ordered_timeline(job) if job.phase == "submitted" else None
        if draft is None:
            self.report(Progress("state"))
            draft = self._timeline or (await self._tools.state.latest(session)).draft
            draft = self._require(draft)
        video = await Export(self._tools, job, session, draft, self.report).run()
        return attrs.evolve(video, cost=self.cost, text=self._said, recovered=self.recovered)

    def _require(self, draft: Draft | None) -> Draft:
        """Tell the agent's own words where it made nothing that can be rendered."""
        if draft is not None and draft.is_exportable:
            return draft
        said = self._said.strip() or "it said nothing"
        raise AgentError(
            f"The agent made no video: {said}",
            text=self._said,
            hint="Say it in other words, or name duration, music and transitions.",
        )
