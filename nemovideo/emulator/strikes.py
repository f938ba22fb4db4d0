"""Where the faults strike: around a request, before its answer, and in the body of an answer."""

import asyncio
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final, TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler
from attrs import define, field

from nemovideo.emulator.accounts import bearer
from nemovideo.emulator.answers import closing_down
from nemovideo.emulator.docket import Docket, Fault
from nemovideo.emulator.mishaps import (
    Delay,
    Drop,
    InBody,
    Mishap,
    OtherAnswer,
    Slow,
    Verdict,
)
from nemovideo.emulator.world import WORLD

__all__ = ["STRIKE", "Dropped", "Overruled", "Pace", "Strike", "answering", "hang_up", "struck"]

_Kind = TypeVar("_Kind", bound=Mishap)

_PIECE: Final = 64 * 1024
_PIECES_PER_SECOND: Final = 20
# Closing a socket that must not linger resets the connection instead of ending it in order.
_NO_LINGER: Final = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class Overruled(Exception):  # noqa: N818 - it carries an answer; nothing is wrong in the emulator
    """The answer that is on its way gives way to another."""

    def __init__(self, response: web.Response) -> None:
        super().__init__(response.status)
        self.response = response


class Dropped(Overruled):
    """Not even another answer comes: the connection is gone."""


@define(eq=False)
class Pace:
    """How fast one body travels.

    Args:
        bytes_per_second: at most.
        pause: waits for so many seconds.
    """

    bytes_per_second: float
    pause: Callable[[float], Awaitable[None]]
    _free_at: float = field(default=0.0, init=False)

    @property
    def piece(self) -> int:
        """A good number of bytes to move at once."""
        return max(1, min(_PIECE, int(self.bytes_per_second / _PIECES_PER_SECOND)))

    async def spend(self, size: int) -> None:
        """Wait until `size` more bytes may have travelled; idle time is not saved up."""
        now = asyncio.get_running_loop().time()
        self._free_at = max(now, self._free_at) + size / self.bytes_per_second
        await self.pause(self._free_at - now)

    async def write(self, response: web.StreamResponse, body: bytes) -> None:
        """Send a part of a body."""
        for start in range(0, len(body), self.piece):
            piece = body[start : start + self.piece]
            await self.spend(len(piece))
            await response.write(piece)


@define(eq=False)
class Strike:
    """What a request met on its arrival.

    Args:
        docket: where it was ordered.
        fault: what decides what becomes of its answer; held for this request. `None` lets it be.
        delay: seconds that the answer is held back.
        pace: how fast bodies travel; `None` sets no limit.
    """

    docket: Docket
    fault: Fault | None
    delay: float
    pace: Pace | None
    _settled: bool = field(default=False, init=False)

    @property
    def verdict(self) -> Verdict | None:
        """What comes in place of the answer."""
        mishap = self.fault.mishap if self.fault else None
        return mishap if isinstance(mishap, Verdict) else None

    def in_body(self, *kinds: type[_Kind]) -> _Kind | None:
        """Return what strikes in the body of the answer that begins now, and count it."""
        mishap = self.fault.mishap if self.fault else None
        if not isinstance(mishap, kinds):
            return None
        self.settle(met=True)
        return mishap

    def settle(self, *, met: bool) -> None:
        """Count the fault, or give it back for the next request; the first call decides."""
        if self.fault is not None and not self._settled:
            self._settled = True
            self.docket.settle(self.fault, met=met)


STRIKE: Final = web.RequestKey("STRIKE", Strike)


@web.middleware
async def struck(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let the faults that are meant for a request happen to it."""
    if request.app[WORLD].closing.is_set():
        return closing_down().response()
    strike = request[STRIKE] = _met(request)
    try:
        response = await _carried_out(request, handler)
    except Overruled as overruled:
        response = overruled.response
    finally:
        strike.settle(met=False)
    return await _paced(request, response)


async def answering(request: web.Request) -> None:
    """Strike where an answer is about to begin.

    Whoever prepares a response by himself calls this first.

    Raises:
        Overruled: the answer is not to be sent.
    """
    strike = request[STRIKE]
    if strike.delay:
        await request.app[WORLD].pause(strike.delay)
    match strike.verdict:
        case Drop():
            _reset(request)
            raise Dropped(web.Response())
        case OtherAnswer(status=status, body=body, headers=headers, disowns=disowns):
            if disowns:
                request.app[WORLD].accounts.disown(bearer(request.headers.get("Authorization", "")))
            raise Overruled(web.Response(status=status, body=body, headers=headers))


def hang_up(request: web.Request) -> None:
    """End the connection inside the body of an answer; what was written before arrives.

    Raises:
        ConnectionResetError: always; nothing more can be sent.
    """
    if request.transport is not None:
        request.transport.close()
    raise ConnectionResetError("Cut by order")


def _met(request: web.Request) -> Strike:
    world, method, path = request.app[WORLD], request.method, request.path
    fault = world.docket.hold(method, path, Verdict, InBody)
    delay = world.docket.meet(method, path, Delay)
    slow = world.docket.meet(method, path, Slow)
    strike = Strike(
        world.docket,
        fault,
        delay.seconds if delay else 0.0,
        Pace(slow.bytes_per_second, world.pause) if slow else None,
    )
    if strike.verdict is not None:
        strike.settle(met=True)
    return strike


async def _carried_out(request: web.Request, handler: Handler) -> web.StreamResponse:
    verdict = request[STRIKE].verdict
    if verdict is not None and not verdict.carried_out:
        await answering(request)
    response = await handler(request)
    if not response.prepared:
        await answering(request)
    return response


def _reset(request: web.Request) -> None:
    if request.transport is None:
        return
    connection = request.transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    request.transport.abort()


async def _paced(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    pace, body = request[STRIKE].pace, getattr(response, "body", None)
    if pace is None or response.prepared or not isinstance(body, bytes) or not body:
        return response
    if request.method == "HEAD":
        return response
    slowly = web.StreamResponse(status=response.status, headers=response.headers)
    slowly.content_length = len(body)
    try:
        await slowly.prepare(request)
        await pace.write(slowly, body)
    except ConnectionError:  # the client has left: nobody reads the rest
        return web.Response(status=HTTPStatus.BAD_REQUEST)
    return slowly
