"""The renders: jobs by the client's id, made one after the other, each with its true progress."""

import asyncio
import importlib.util
import logging
import secrets
import shutil
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import define, field, frozen

from nemovideo.emulator.accounts import Account
from nemovideo.emulator.records import RenderRow, VideoRow
from nemovideo.emulator.render import Rendered, RenderError
from nemovideo.emulator.render import render as made_film

__all__ = [
    "Order",
    "RenderJob",
    "RenderQueue",
    "Renderer",
    "can_render",
    "failing",
    "renderer",
]

_LOG: Final = logging.getLogger("nemovideo.emulator")

_STEPS_TO_FAILURE: Final = (0.1, 0.25, 0.4)
_STEP_SECONDS: Final = 0.1
_STOPPED: Final = "The emulator was stopped before this render was finished"
_GONE: Final = "The emulator's folder no longer holds the video of this render"
_NEEDED: Final = ("av", "cv2", "numpy", "PIL")


@frozen
class Order:
    """What a client asked to have rendered.

    Args:
        draft: the timeline, as it came.
        sources: the address of each upload, and where it lies.
        quality: `low`, `medium` or `high`.
    """

    draft: Mapping[str, Any] = field(repr=False)
    sources: Mapping[str, Path] = field(repr=False)
    quality: str


Renderer = Callable[[Order, Path, Callable[[float], None]], Awaitable[Rendered]]


@define(eq=False)
class RenderJob:
    """One render.

    Args:
        id: chosen by the client.
        owner: the account that may see it.
        key: the name under which the media port serves the result.
        status: `pending`, `processing`, `completed` or `failed`.
        progress: 0..1.
        error: why it failed.
        created_at: seconds since the epoch.
        completed_at: seconds since the epoch; `None` while there is no video.
        result: the video, once there is one.
    """

    id: str
    owner: Account = field(repr=False)
    key: str = field(factory=lambda: secrets.token_hex(12), kw_only=True)
    status: str = field(default="pending", kw_only=True)
    progress: float = field(default=0.0, kw_only=True)
    error: str = field(default="", kw_only=True)
    created_at: float = field(factory=time.time, kw_only=True, repr=False)
    completed_at: float | None = field(default=None, kw_only=True, repr=False)
    result: Rendered | None = field(default=None, init=False)
    task: asyncio.Task[None] | None = field(default=None, init=False, repr=False)

    def advance(self, progress: float) -> None:
        """Note how much is done; it never goes back."""
        self.progress = max(self.progress, min(progress, 1.0))

    def fail(self, error: str) -> None:
        """End without a result."""
        self.status, self.error = "failed", error

    def finish(self, result: Rendered) -> None:
        """End with a result."""
        self.status, self.progress, self.result = "completed", 1.0, result
        self.completed_at = time.time()

    def kept(self) -> RenderRow:
        """Return what is kept of it."""
        done = self.result
        return RenderRow(
            id=self.id,
            owner=self.owner.user_id,
            key=self.key,
            status=self.status,
            progress=self.progress,
            error=self.error,
            created_at=self.created_at,
            completed_at=self.completed_at,
            video=None if done is None else VideoRow(duration=done.duration, size=done.size),
        )


@define(eq=False)
class RenderQueue:
    """All renders of one emulator.

    One is made at a time: a render keeps every core busy by itself.

    Args:
        folder: where results lie.
        render: makes one video.
        changed: told when a job has come or ended.
    """

    folder: Path
    render: Renderer = field(repr=False)
    changed: Callable[[], None] = field(default=lambda: None, repr=False)
    _jobs: dict[str, RenderJob] = field(factory=dict, init=False, repr=False)
    _stove: asyncio.Lock = field(factory=asyncio.Lock, init=False, repr=False)

    def by_id(self, render_id: str) -> RenderJob | None:
        """Return the job with the client's id."""
        return self._jobs.get(render_id)

    def by_key(self, key: str) -> RenderJob | None:
        """Return the job whose result the media port serves under `key`."""
        return next((job for job in self._jobs.values() if job.key == key), None)

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """What makes the jobs, or has made them."""
        return [job.task for job in self._jobs.values() if job.task is not None]

    def submit(self, job: RenderJob, order: Order, render: Renderer | None = None) -> None:
        """Put a job at the end of the queue; `render` makes it in place of the queue's own."""
        self._jobs[job.id] = job
        job.task = asyncio.create_task(self._make(job, order, render or self.render))
        job.task.add_done_callback(lambda _: self.changed())
        self.changed()

    async def cancel(self, job: RenderJob, reason: str = "Cancelled") -> None:
        """Stop a job, its workers included; one that has ended stays as it is."""
        if job.task is None or job.task.done():
            return
        job.task.cancel()
        await asyncio.wait([job.task])
        if job.task.cancelled():
            job.fail(reason)
            self.changed()

    async def aclose(self) -> None:
        """Cancel all jobs and wait until their workers are gone."""
        await asyncio.gather(*(self.cancel(job, _STOPPED) for job in self._jobs.values()))

    def kept(self) -> list[RenderRow]:
        """Return what is kept of the jobs."""
        return [job.kept() for job in self._jobs.values()]

    def restore(self, rows: Iterable[RenderRow], owners: Mapping[str, Account]) -> None:
        """Take in the jobs of an earlier run; those that it did not finish have failed."""
        for row in rows:
            self._jobs[row["id"]] = self._restored(row, owners[row["owner"]])

    def _restored(self, row: RenderRow, owner: Account) -> RenderJob:
        facts: dict[str, Any] = {**row, "owner": owner}
        video: VideoRow | None = facts.pop("video")
        job, path = RenderJob(**facts), self._target(row["key"])
        if video is not None and path.is_file():
            job.result = Rendered(path, video["duration"], video["size"])
        elif video is not None:
            job.fail(_GONE)
        elif job.status != "failed":
            job.fail(_STOPPED)
            self._clear(job)
        return job

    def _clear(self, job: RenderJob) -> None:
        for left in self.folder.glob(f"*{job.key}.mp4*"):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)

    def _target(self, key: str) -> Path:
        return self.folder / f"{key}.mp4"

    async def _make(self, job: RenderJob, order: Order, render: Renderer) -> None:
        try:
            async with self._stove:
                job.status = "processing"
                job.finish(await render(order, self._target(job.key), job.advance))
            _tell(job)
        except RenderError as error:
            job.fail(str(error))
        except Exception:
            job.fail("The renderer broke down")
            raise


def _tell(job: RenderJob) -> None:
    """Log what a video does not show as asked: the contract has no field for it."""
    for note in job.result.notes if job.result else ():
        _LOG.warning("Render %r is not all that was asked for: %s", job.id, note)


def failing(error: str) -> Renderer:
    """Return a renderer that gets some way and then fails with `error`."""

    async def fail(_: Order, __: Path, on_progress: Callable[[float], None]) -> Rendered:
        for progress in _STEPS_TO_FAILURE:
            on_progress(progress)
            await asyncio.sleep(_STEP_SECONDS)
        raise RenderError(error)

    return fail


def can_render() -> bool:
    """Tell whether what the renderer needs is installed; none of it is loaded."""
    return all(importlib.util.find_spec(name) for name in _NEEDED)


def renderer(scale: float) -> Renderer:
    """Return the real renderer, of films that are `scale` times as large as their drafts say."""

    async def made(order: Order, target: Path, on_progress: Callable[[float], None]) -> Rendered:
        return await made_film(
            order.draft,
            order.sources,
            target,
            scale=scale,
            quality=order.quality,
            on_progress=on_progress,
        )

    return made
