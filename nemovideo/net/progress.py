"""Progress that reaches the caller without ever slowing or breaking the work."""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self, TypeAlias

import attrs

from nemovideo.models import Progress

__all__ = ["OnProgress", "Reporter"]

OnProgress: TypeAlias = Callable[[Progress], Awaitable[Any] | Any]
"""What callers pass as `on_progress`; sync or async."""

_PAUSE = 0.1
_LAST_WORD = 1.0
_log = logging.getLogger("nemovideo")


@attrs.define(eq=False)
class Reporter:
    """Hands progress to a callback: one call at a time, at most ten a second, the latest wins.

    Of each stage of a job at least the last report arrives, unless the callback is too slow for
    it. What the callback raises is logged once and never costs the job. To be entered with
    `async with`; leaving hands over what is left, for a second at most.
    """

    _callback: OnProgress | None
    _waiting: dict[tuple[str, str], Progress] = attrs.field(factory=dict, init=False)
    _news: asyncio.Event = attrs.field(factory=asyncio.Event, init=False)
    _task: asyncio.Task[None] | None = attrs.field(default=None, init=False)
    _telling: bool = attrs.field(default=False, init=False)
    _ending: bool = attrs.field(default=False, init=False)
    _complained: bool = attrs.field(default=False, init=False)

    async def __aenter__(self) -> Self:
        if self._callback is not None and self._above is None:
            self._task = asyncio.create_task(self._run(self._callback))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._task is None:
            return
        self._ending = True
        unheard = self._waiting or self._telling
        try:
            if unheard and not isinstance(error, asyncio.CancelledError):
                self._news.set()
                await asyncio.wait([self._task], timeout=_LAST_WORD)
        finally:
            self._task.cancel()
        await asyncio.wait([self._task], timeout=_PAUSE)

    def report(self, progress: Progress) -> None:
        """Take a report; returns at once."""
        if self._above is not None:
            self._above.report(progress)
        elif self._callback is not None:
            self._waiting[progress.job, progress.stage] = progress
            self._news.set()

    @property
    def _above(self) -> "Reporter | None":
        """The reporter of the work that this is a part of; it paces the calls already."""
        owner = getattr(self._callback, "__self__", None)
        return owner if isinstance(owner, Reporter) else None

    async def _run(self, callback: OnProgress) -> None:
        while self._waiting or not self._ending:
            await self._news.wait()
            while self._waiting:
                oldest = next(iter(self._waiting))
                await self._tell(callback, self._waiting.pop(oldest))
                if self._waiting or not self._ending:
                    await asyncio.sleep(_PAUSE)
            if not self._ending:
                self._news.clear()

    async def _tell(self, callback: OnProgress, progress: Progress) -> None:
        """Call back; a progress bar that breaks must not cost a paid job."""
        self._telling = True
        try:
            answer = callback(progress)
            if inspect.isawaitable(answer):
                await answer
        except (Exception, asyncio.CancelledError) as error:
            task = asyncio.current_task()
            if isinstance(error, asyncio.CancelledError) and task and task.cancelling():
                raise
            if not self._complained:
                _log.exception("on_progress failed; the work goes on")
            self._complained = True
        finally:
            self._telling = False
