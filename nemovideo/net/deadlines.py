"""Time limits: of a caller, of one wait, and one that moves on while things go well."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import partial
from types import TracebackType
from typing import Final, Self

import attrs

from nemovideo.errors import Delivered, RequestTimeoutError

__all__ = ["Limit", "Watchdog", "deadline", "left", "within"]

_GRACE: Final = 0.05
_LOOK_THERE: Final = (
    "What was begun may go on at the service: look there, or at nemo.jobs, before you do it again."
)


def deadline(timeout: float | None) -> float | None:
    """Give the moment when so many seconds are over, by the clock of the loop; None for none."""
    return None if timeout is None else asyncio.get_running_loop().time() + timeout


def left(until: float | None) -> float | None:
    """Give the seconds until a deadline, 0 behind it; None where there is none."""
    return None if until is None else max(0.0, until - asyncio.get_running_loop().time())


@contextlib.asynccontextmanager
async def within(
    seconds: float | None,
    what: str,
    *,
    until: float | None = None,
    delivered: Delivered = "maybe",
) -> AsyncIterator[None]:
    """Limit a block to so many seconds; None sets no limit.

    Args:
        seconds: How many.
        what: The subject of the error's sentence.
        until: When they are over, where they began before this block.
        delivered: What is known of the work when the time is over.

    Raises:
        RequestTimeoutError: The time is over.
    """
    try:
        async with asyncio.timeout_at(deadline(seconds) if until is None else until) as clock:
            yield
    except TimeoutError as error:
        if not clock.expired():
            raise
        raise RequestTimeoutError(
            f"{what} took longer than {seconds:g} s.",
            delivered=delivered,
            hint="" if delivered == "no" else _LOOK_THERE,
        ) from error


@attrs.define(eq=False)
class Limit:
    """Ends a wait that lasts longer than so many seconds, with `TimeoutError`.

    `asyncio.timeout` does the same at three times the cost, which is a tenth of a whole call.

    Attributes:
        seconds: From entering it; None sets no limit, and then only `strike` ends the wait.
        running: Where it is found while it runs, so that others can strike.
    """

    seconds: float | None
    running: "set[Limit]" = attrs.field(factory=set)
    _task: asyncio.Task[object] | None = attrs.field(default=None, init=False)
    _timer: asyncio.TimerHandle | None = attrs.field(default=None, init=False)
    _cancelling: int = attrs.field(default=0, init=False)
    _struck: bool = attrs.field(default=False, init=False)

    def __enter__(self) -> Self:
        self._task = task = asyncio.current_task()
        self._cancelling = task.cancelling() if task else 0
        self.running.add(self)
        self._arm()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        task, self._task = self._task, None
        self.running.discard(self)
        self._disarm()
        if not self._struck or task is None:
            return
        self._struck = False
        if task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def restart(self, seconds: float) -> None:
        """Begin anew with another limit."""
        self._disarm()
        self.seconds = seconds
        self._arm()

    def strike(self) -> None:
        """End the wait now, if there is one."""
        if self._task is not None and not self._struck:
            self._struck = self._task.cancel()

    def _arm(self) -> None:
        if self.seconds is not None:
            self._timer = asyncio.get_running_loop().call_later(self.seconds, self.strike)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


@attrs.define(eq=False)
class Watchdog(Limit):
    """Ends waits that last beyond a moment which keeps moving on.

    It is entered anew for each wait, of one task at a time. All waits share one timer: setting
    one for each costs more than most waits of a stream.
    """

    _due: Callable[[], float] = attrs.field(kw_only=True)
    seconds: float | None = attrs.field(default=None, init=False)
    running: set[Limit] = attrs.field(factory=set, init=False)

    def close(self) -> None:
        """Let go of the timer."""
        super()._disarm()

    def _arm(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_at(self._due(), self._look)

    def _disarm(self) -> None:
        """Leave the timer to the next wait."""

    def _look(self, *, was_late: bool = False) -> None:
        """Strike, or look again when the moment as it is now has come.

        Who comes late was held up with the whole loop, and what came meanwhile was not heard yet.
        """
        self._timer = None
        if self._task is None:
            return
        loop = asyncio.get_running_loop()
        due, now = self._due(), loop.time()
        if due > now:
            self._timer = loop.call_at(due, self._look)
        elif now > due + _GRACE and not was_late:
            self._timer = loop.call_later(_GRACE, partial(self._look, was_late=True))
        else:
            self.strike()
