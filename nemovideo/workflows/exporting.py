"""A timeline becomes a file on this disk, under an id that is written down before it is ordered."""

import logging
from collections.abc import Callable
from pathlib import Path

import attrs

from nemovideo.draft import Draft
from nemovideo.errors import (
    APIError,
    ConfigurationError,
    NemoVideoError,
    RenderFailedError,
    TransportError,
)
from nemovideo.jobs import Job
from nemovideo.models import Progress, Render, Session
from nemovideo.net.ledger import new_id
from nemovideo.net.sending import is_lost
from nemovideo.workflows.toolbox import Toolbox
from nemovideo.workflows.video import Video

__all__ = ["Export", "ordered_timeline"]

_log = logging.getLogger("nemovideo")


def ordered_timeline(job: Job) -> Draft | None:
    """Give the timeline that was ordered; the session may have changed since."""
    ordered = (job.before or {}).get("draft")
    return None if ordered is None else Draft.from_wire(ordered)


@attrs.define
class Export:
    """The render of one job, from its order to its file.

    An order whose answer is lost is asked for under its id. One that the service proves not to
    know is sent again under the same id, so that it cannot become two. One that failed is
    ordered anew once.
    """

    _tools: Toolbox
    _job: Job
    _session: Session
    _draft: Draft
    _report: Callable[[Progress], None]

    async def run(self) -> Video:
        """Order what is not ordered yet, wait, and fetch."""
        render = await self._rendered()
        target = Path(self._job.path or "")
        await self._tools.renders.download(render, target, on_progress=self._report)
        await self._tools.ledger.end(attrs.evolve(self._job, phase="fetched"))
        length = self._draft.length_ms / 1000
        duration = length if render.duration is None else render.duration
        return Video(target, duration, self._draft, self._session, render)

    async def _rendered(self) -> Render:
        """Wait for the render, ordered by an earlier process or now; one that failed, twice."""
        try:
            if self._job.phase == "submitted" and self._job.render_id:
                return await self._wait(self._job.render_id)
            return await self._wait(await self._order(_gone(self._job)))
        except RenderFailedError as failure:
            _log.info("%s Ordering it anew.", failure.message)
            return await self._last(failure)

    async def _last(self, failure: RenderFailedError) -> Render:
        """Order a failed render once more; another failure ends the job."""
        try:
            return await self._wait(await self._order(failure))
        except RenderFailedError as error:
            error.session_id = self._session.session_id
            error.hint = f"The timeline is safe: nemo.projects.get({error.session_id!r}).export(..)"
            await self._tools.ledger.end(self._job, type(error).__name__)
            raise

    async def _order(self, otherwise: NemoVideoError) -> Render:
        """Order under a new id, unless the job was ended meanwhile."""
        self._job = attrs.evolve(
            self._job,
            phase="submitted",
            render_id=new_id("render"),
            before={"draft": self._draft.to_wire()},
        )
        if not await self._tools.ledger.save(self._job):
            raise otherwise
        self._report(Progress("render", 0, 100, "percent", str(self._draft)))
        try:
            return await self._submit()
        except (APIError, TransportError) as error:
            if not is_lost(error):
                await self._refused(error)
                raise
            return Render(self._job.render_id or "")

    async def _refused(self, error: NemoVideoError) -> None:
        """Nothing was ordered; a video that is paid for can be ordered again later."""
        if self._job.kind == "video":
            await self._tools.ledger.save(attrs.evolve(self._job, phase="answered"))
        else:
            await self._tools.ledger.end(self._job, type(error).__name__)

    async def _submit(self) -> Render:
        return await self._tools.renders.submit(
            self._session,
            self._draft,
            output=self._job.output,
            render_id=self._job.render_id,
        )

    async def _wait(self, render: Render | str) -> Render:
        return await self._tools.renders.wait(
            render, on_progress=self._report, on_lost=self._submit
        )


def _gone(job: Job) -> ConfigurationError:
    return ConfigurationError(
        f"Job {job.job_id} was cancelled or forgotten; nothing was ordered.",
        hint="Export the session again.",
    )
