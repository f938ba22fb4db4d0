"""Updates on their way from the work to whoever shows them."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Self

import attrs

from nemovideo.assistant.updates import Exporting, Update, Working

__all__ = ["Updates", "telling"]


@attrs.define(eq=False, repr=False)
class Updates:
    """The updates of one message: an async iterator, to be read inside its `async with`.

    They come in their order. Of progress that nobody has read yet only the latest is kept, so
    that a slow reader is never behind.
    """

    _beat: float
    _still: Callable[[float], Working]
    _ready: deque[Update] = attrs.field(factory=deque, init=False)
    _news: asyncio.Event = attrs.field(factory=asyncio.Event, init=False)
    _task: "asyncio.Task[None] | None" = attrs.field(default=None, init=False)
    _timer: asyncio.TimerHandle | None = attrs.field(default=None, init=False)
    _began: float = attrs.field(default=0.0, init=False)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Update:
        while not self._ready:
            if self._task is None or self._task.done():
                if self._task is not None and not self._task.cancelled():
                    self._task.result()
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        return self._ready.popleft()

    def _tell(self, update: Update) -> None:
        """Take an update; returns at once."""
        if isinstance(update, Exporting) and self._ready and isinstance(self._ready[-1], Exporting):
            self._ready.pop()
        self._ready.append(update)
        self._news.set()
        self._wait_anew()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Start what the updates are about."""
        self._began = asyncio.get_running_loop().time()
        self._task = asyncio.create_task(work)
        self._task.add_done_callback(lambda _: self._news.set())
        self._wait_anew()

    async def aclose(self) -> None:
        """End the work where it has not ended; what it began is in the ledger."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            if not self._task.cancelled():
                self._task.exception()  # whoever reads on has been told, the others do not care

    def _wait_anew(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._beat, self._say_still)

    def _say_still(self) -> None:
        if self._task is not None and not self._task.done():
            elapsed = asyncio.get_running_loop().time() - self._began
            self._tell(self._still(elapsed))


@contextlib.asynccontextmanager
async def telling(
    work: Callable[[Callable[[Update], None]], Coroutine[Any, Any, None]],
    beat: float,
    still: Callable[[float], Working],
) -> AsyncIterator[Updates]:
    """Run some work while its updates are read; leaving the block ends it.

    Args:
        work: Gets what it tells its updates to.
        beat: Seconds without an update after which `still` makes one.
        still: Gets the seconds since the beginning.
    """
    updates = Updates(beat, still)
    updates._begin(work(updates._tell))  # noqa: SLF001  # our own
    try:
        yield updates
    finally:
        await updates.aclose()
