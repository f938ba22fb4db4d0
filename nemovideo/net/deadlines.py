"""Time limits: one that the caller set, and one that moves on while things go well."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from types import TracebackType

import attrs

from nemovideo.errors import RequestTimeoutError

__all__ = ["Watchdog", "within"]


@contextlib.asynccontextmanager
async def within(seconds: float | None, what: str) -> AsyncIterator[None]:
    """Limit a block to so many seconds; None sets no limit.

    Raises:
        RequestTimeoutError: The time is over.
    """
    try:
        async with asyncio.timeout(seconds) as clock:
            yield
    except TimeoutError as error:
        if not clock.expired():
            raise
        raise RequestTimeoutError(f"{what} took longer than {seconds:g} s.") from error


@attrs.define(eq=False)
class Watchdog:
    """Ends waits that last beyond a moment which keeps moving on.

    It is entered anew for each wait, of one task at a time, and raises `TimeoutError` out of the
    one that is too long. All waits share one timer: setting one for each, as `asyncio.timeout`
    does, costs more than most waits of a stream.
    """

    _due: Callable[[], float]
    _loop: asyncio.AbstractEventLoop = attrs.field(factory=asyncio.get_running_loop, init=False)
    _timer: asyncio.TimerHandle | None = attrs.field(default=None, init=False)
    _task: asyncio.Task[object] | None = attrs.field(default=None, init=False)
    _cancelling: int = attrs.field(default=0, init=False)
    _struck: bool = attrs.field(default=False, init=False)

    def __enter__(self) -> None:
        self._task = asyncio.current_task()
        if self._timer is None:
            self._timer = self._loop.call_at(self._due(), self._look)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        task, self._task = self._task, None
        if not self._struck or task is None:
            return
        self._struck = False
        if task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def close(self) -> None:
        """Let go of the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        """Strike, or look again when the moment as it is now has come."""
        self._timer = None
        if self._task is None:
            return
        if (due := self._due()) > self._loop.time():
            self._timer = self._loop.call_at(due, self._look)
        else:
            self._cancelling = self._task.cancelling()
            self._struck = self._task.cancel()
