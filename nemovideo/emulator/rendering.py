"""The renders: jobs by the client's id, made one after the other, each with its true progress."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from attrs import define, field, frozen

from nemovideo.emulator.accounts import Account

__all__ = [
    "Order",
    "RenderFailedError",
    "RenderJob",
    "RenderQueue",
    "RenderResult",
    "Renderer",
    "failing",
    "renderer",
]

_STEPS_TO_FAILURE: Final = (0.1, 0.25, 0.4)
_STEP_SECONDS: Final = 0.1
_MISSING: Final = "Rendering needs PyAV, OpenCV and Pillow: pip install 'nemovideo[emulator]'"


class RenderResult(Protocol):
    """What a renderer hands back."""

    @property
    def path(self) -> Path:
        """The finished MP4."""
        ...

    @property
    def duration(self) -> float:
        """Its length in seconds."""
        ...

    @property
    def size(self) -> int:
        """Its length in bytes."""
        ...


class RenderFailedError(Exception):
    """A render that cannot be made; the text goes to the client."""


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


Renderer = Callable[[Order, Path, Callable[[float], None]], Awaitable[RenderResult]]


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
    """

    id: str
    owner: Account = field(repr=False)
    key: str = field(factory=lambda: secrets.token_hex(12), init=False)
    status: str = field(default="pending", init=False)
    progress: float = field(default=0.0, init=False)
    error: str = field(default="", init=False)
    result: RenderResult | None = field(default=None, init=False)
    created_at: float = field(factory=time.time, init=False, repr=False)
    completed_at: float | None = field(default=None, init=False, repr=False)
    task: asyncio.Task[None] | None = field(default=None, init=False, repr=False)

    def advance(self, progress: float) -> None:
        """Note how much is done; it never goes back."""
        self.progress = max(self.progress, min(progress, 1.0))

    def fail(self, error: str) -> None:
        """End without a result."""
        self.status, self.error = "failed", error

    def finish(self, result: RenderResult) -> None:
        """End with a result."""
        self.status, self.progress, self.result = "completed", 1.0, result
        self.completed_at = time.time()


@define(eq=False)
class RenderQueue:
    """All renders of one emulator.

    One is made at a time: a render keeps every core busy by itself.

    Args:
        folder: where results lie.
        render: makes one video.
    """

    folder: Path
    render: Renderer = field(repr=False)
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

    async def cancel(self, job: RenderJob) -> None:
        """Stop a job, its workers included; one that has ended stays as it is."""
        if job.task is None or job.task.done():
            return
        job.task.cancel()
        await asyncio.wait([job.task])
        if job.task.cancelled():
            job.fail("Cancelled")

    async def aclose(self) -> None:
        """Cancel all jobs and wait until their workers are gone."""
        await asyncio.gather(*(self.cancel(job) for job in self._jobs.values()))

    async def _make(self, job: RenderJob, order: Order, render: Renderer) -> None:
        try:
            async with self._stove:
                job.status = "processing"
                target = self.folder / f"{job.key}.mp4"
                job.finish(await render(order, target, job.advance))
        except RenderFailedError as error:
            job.fail(str(error))
        except Exception:
            job.fail("The renderer broke down")
            raise


def failing(error: str) -> Renderer:
    """Return a renderer that gets some way and then fails with `error`."""

    async def render(
        _order: Order, _target: Path, on_progress: Callable[[float], None]
    ) -> RenderResult:
        for progress in _STEPS_TO_FAILURE:
            on_progress(progress)
            await asyncio.sleep(_STEP_SECONDS)
        raise RenderFailedError(error)

    return render


def renderer(scale: float) -> Renderer:
    """Return the real renderer; it is imported with the first render."""

    async def render(
        order: Order, target: Path, on_progress: Callable[[float], None]
    ) -> RenderResult:
        try:
            from nemovideo.emulator.render import RenderError, render
        except ImportError as error:
            raise RenderFailedError(_MISSING) from error
        try:
            return await render(
                order.draft,
                order.sources,
                target,
                scale=scale,
                quality=order.quality,
                on_progress=on_progress,
            )
        except RenderError as error:
            raise RenderFailedError(str(error)) from error

    return render
