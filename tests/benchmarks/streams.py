"""A thousand chat streams open at once in one client: memory of each, and CPU.

Ours is `chat.stream`, against raw aiohttp that does the same reads, cuts and json. Every stream
gets its first event at once and 20 more, one at a time, once all are open. Goals: 20 KB for each
stream, and 1.35 times the CPU. Each contender has a fresh process for each round; the others have
fewer streams, because theirs take long.
"""

import asyncio
import contextlib
import gc
import itertools
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple

import aiohttp
import orjson

from nemovideo import NemoVideo
from tests.benchmarks._figures import Row, resident_bytes, show
from tests.benchmarks._peers import installed, label, stainless
from tests.benchmarks._server import serving
from tests.benchmarks._sockets import many_sockets

STREAMS = 1000
PEER_STREAMS = 200
EVENTS = 21
ROUNDS = 3
TEXT = f"events={EVENTS} held"
BODY = {"session_id": "s", "new_message": {"role": "user", "parts": [{"text": TEXT}]}}

Read = Callable[[], AsyncIterator[object]]
"""Opens a stream and gives its events."""


class Spent(NamedTuple):
    """What one stream took, in KB and ms of CPU."""

    memory: float
    opening: float
    reading: float

    @property
    def whole(self) -> float:
        """Its CPU from the beginning to its end."""
        return self.opening + self.reading


@contextlib.asynccontextmanager
async def ours(address: str) -> AsyncIterator[Read]:
    """Typed events of ours."""
    sessions = itertools.count()  # messages to one session would wait for each other
    async with NemoVideo(base_url=address, token="t") as nemo:

        async def read() -> AsyncIterator[object]:
            async with nemo.chat.stream(str(next(sessions)), TEXT) as events:
                async for event in events:
                    yield event

        yield read


@contextlib.asynccontextmanager
async def bare(address: str) -> AsyncIterator[Read]:
    """Dictionaries with aiohttp."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def read() -> AsyncIterator[object]:
            rest = b""
            async with session.post(f"{address}/run_sse", json=BODY) as response:
                async for piece in response.content.iter_any():
                    *frames, rest = (rest + piece).split(b"\n\n")
                    for frame in frames:
                        yield orjson.loads(frame[6:])

        yield read


@contextlib.asynccontextmanager
async def with_httpx_sse(address: str) -> AsyncIterator[Read]:
    """Dictionaries with httpx-sse."""
    import httpx
    import httpx_sse

    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(limits=limits, timeout=100) as client:

        async def read() -> AsyncIterator[object]:
            url = f"{address}/run_sse"
            async with httpx_sse.aconnect_sse(client, "POST", url, json=BODY) as source:
                async for event in source.aiter_sse():
                    yield orjson.loads(event.data)

        yield read


@contextlib.asynccontextmanager
async def with_openai(address: str) -> AsyncIterator[Read]:
    """Dictionaries with openai."""
    import openai

    async with stainless(openai, address) as client:

        async def read() -> AsyncIterator[object]:
            kind: Any = openai.AsyncStream[object]
            options: Any = {"cast_to": object, "stream": True, "stream_cls": kind}
            async for event in await client.post("/run_sse", body=BODY, **options):
                yield event

        yield read


CONTENDERS: dict[str, Callable[[str], AbstractAsyncContextManager[Read]]] = {
    "ours": ours,
    "bare": bare,
    "openai": with_openai,
    "httpx_sse": with_httpx_sse,
}


class Crowd:
    """Streams that are all open at once."""

    def __init__(self, read: Read, count: int) -> None:
        self._opened = 0
        self._count = count
        self._all_open = asyncio.Event()
        self._tasks = [asyncio.create_task(self._follow(read)) for _ in range(count)]

    async def opened(self) -> None:
        """Wait until every stream has given its first event."""
        await self._all_open.wait()

    async def ended(self) -> None:
        """Wait for the end of all; each must have given all of its events."""
        assert {*await asyncio.gather(*self._tasks)} == {EVENTS}

    async def _follow(self, read: Read) -> int:
        given = 0
        async for _ in read():
            given += 1
            if given == 1:
                self._opened += 1
                if self._opened == self._count:
                    self._all_open.set()
        return given


async def alone(name: str, address: str, count: int) -> Spent:
    """One contender in a process of its own."""

    def release() -> None:
        urllib.request.urlopen(f"{address}/release").close()

    async with CONTENDERS[name](address) as read:
        warming = Crowd(read, 5)
        await warming.opened()
        await asyncio.to_thread(release)
        await warming.ended()
        gc.collect()
        idle, began = _resident(), time.process_time()
        crowd = Crowd(read, count)
        await crowd.opened()
        opened = time.process_time()
        gc.collect()
        each = (_resident() - idle) / count / 1024
        await asyncio.to_thread(release)
        going_on = time.process_time()
        await crowd.ended()
        ended = time.process_time()
    return Spent(each, (opened - began) * 1000 / count, (ended - going_on) * 1000 / count)


def _resident() -> int:
    return resident_bytes() if sys.platform == "linux" else 0


def best(name: str, address: str, count: int, rounds: int) -> Spent:
    """The least of each figure in several fresh processes."""
    command = [sys.executable, __file__, name, address, str(count)]
    taken = [
        json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for _ in range(rounds)
    ]
    return Spent(*map(min, zip(*taken, strict=True)))


def main() -> None:
    """Prints the table; with arguments, the figures of one contender."""
    many_sockets()
    if len(sys.argv) > 1:
        name, address, count = sys.argv[1:]
        print(json.dumps(asyncio.run(alone(name, address, int(count)))))
        return
    peers = installed("openai", "httpx_sse")
    with serving() as address:
        taken = [
            (best("ours", address, STREAMS, 1), best("bare", address, STREAMS, 1))
            for _ in range(ROUNDS)
        ]
        mine, base = (
            Spent(*map(min, zip(*column, strict=True))) for column in zip(*taken, strict=True)
        )
        others = {label(name): best(name, address, PEER_STREAMS, 1) for name in peers}
    if not mine.memory:
        print("  (memory is measured on Linux only)")
    rows = [
        Row(
            "memory of each stream, all included",
            mine.memory,
            goal=20,
            unit="KB",
            peers={name: spent.memory for name, spent in others.items()},
        ),
        Row(
            "CPU of each stream",
            mine.whole,
            base.whole,
            1.35,
            peers={name: spent.whole for name, spent in others.items()},
        ),
        Row("  of that, to its first event", mine.opening, base.opening),
        Row(f"  of that, the {EVENTS - 1} others and its end", mine.reading, base.reading),
    ]
    show(f"{STREAMS} streams at once ({PEER_STREAMS} of the peers)", rows)


if __name__ == "__main__":
    main()
