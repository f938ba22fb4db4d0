"""A run's frames on their way to the listener, and what faults do to them there."""

import itertools
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

from aiohttp import web
from attrs import define, field

from nemovideo.emulator.adk import HEARTBEATS
from nemovideo.emulator.mishaps import CutStream, Duplicate, HeartbeatsOnly
from nemovideo.emulator.strikes import STRIKE, Pace, answering, hang_up
from nemovideo.emulator.world import WORLD

__all__ = ["NextFrame", "tell"]

NextFrame = Callable[[], Awaitable[bytes | None]]
"""Gives the next frame of a stream, `None` at its end."""

_HEADERS: Final = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache",
}


async def tell(request: web.Request, next_frame: NextFrame) -> web.StreamResponse:
    """Send frames until there are no more, or until a fault has it otherwise."""
    await answering(request)
    mishap = request[STRIKE].in_body(CutStream, HeartbeatsOnly)
    cut = mishap.after if isinstance(mishap, CutStream) else None
    if isinstance(mishap, HeartbeatsOnly):
        next_frame = _Silence(request, mishap.every)
    docket = request.app[WORLD].docket
    twice = docket.meet(request.method, request.path, Duplicate) is not None
    response = web.StreamResponse(headers=_HEADERS)
    await response.prepare(request)
    line = _Line(request, response, cut)
    while (frame := await next_frame()) is not None:
        for _ in range(1 + twice):
            await line.send(frame)
    if cut is not None:
        hang_up(request)
    return response


@define(eq=False)
class _Line:
    """One stream's way to its listener.

    Args:
        request: the message.
        response: the stream.
        frames_left: how many whole frames go through; `None` sets no limit.
    """

    request: web.Request
    response: web.StreamResponse
    frames_left: int | None

    async def send(self, frame: bytes) -> None:
        if self.frames_left == 0:
            await self._write(frame[: len(frame) // 2])
            hang_up(self.request)
        await self._write(frame)
        if self.frames_left is not None:
            self.frames_left -= 1

    async def _write(self, data: bytes) -> None:
        pace: Pace | None = self.request[STRIKE].pace
        if pace is None:
            await self.response.write(data)
        else:
            await pace.write(self.response, data)


@define(eq=False)
class _Silence:
    """Frames that tell nothing: heartbeats in all forms in turn, while the world lives."""

    request: web.Request
    every: float
    _beats: Iterator[bytes] = field(factory=lambda: itertools.cycle(HEARTBEATS), init=False)

    async def __call__(self) -> bytes | None:
        world = self.request.app[WORLD]
        await world.pause(self.every)
        if world.closing.is_set():
            hang_up(self.request)
        return next(self._beats)
