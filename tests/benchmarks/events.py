"""Typed events of one long answer, end to end over a real socket.

Ours is `chat.stream`, read to its end, against a raw aiohttp read, `bytes.split` and the same json,
which gives dictionaries. Goal: 2.7 times its CPU, with orjson on both sides. Beside it the same
with each event in an HTTP chunk of its own, as ADK's server sends them, and with the json of the
standard library. The others' events are untyped too.
"""

import asyncio
import inspect
import json
from collections.abc import Callable
from functools import partial
from typing import Any
from unittest import mock

import aiohttp
import orjson

from nemovideo import NemoVideo
from nemovideo.wire import payloads
from tests.benchmarks._figures import Row, Work, best_cpu, show
from tests.benchmarks._peers import installed, label, stainless
from tests.benchmarks._server import serving

EVENTS = 9_900
ROUNDS = 7
BULK = f"events={EVENTS} bulk"
CHUNKS = f"events={EVENTS}"


def body(text: str) -> dict[str, Any]:
    """A message as the contract has it."""
    return {"session_id": "s", "new_message": {"role": "user", "parts": [{"text": text}]}}


async def ours(nemo: NemoVideo, text: str) -> int:
    """All events of an answer, typed."""
    count = 0
    async with nemo.chat.stream("s", text) as events:
        async for _ in events:
            count += 1
    return count


async def with_stdlib(nemo: NemoVideo, text: str) -> int:
    """The same without the `fast` extra."""
    with mock.patch.object(payloads, "_fast_loads", json.loads):
        return await ours(nemo, text)


async def bare(
    session: aiohttp.ClientSession, url: str, text: str, loads: Callable[[bytes], Any]
) -> int:
    """All events of an answer, as dictionaries."""
    rest, count = b"", 0
    async with session.post(url, json=body(text)) as response:
        async for piece in response.content.iter_any():
            *frames, rest = (rest + piece).split(b"\n\n")
            for frame in frames:
                loads(frame[6:])
                count += 1
    return count


async def with_httpx_sse(module: Any, client: Any, url: str, text: str) -> int:
    """All events with httpx-sse, and orjson."""
    count = 0
    async with module.aconnect_sse(client, "POST", url, json=body(text)) as source:
        async for event in source.aiter_sse():
            orjson.loads(event.data)
            count += 1
    return count


async def with_openai(module: Any, client: Any, text: str) -> int:
    """All events with openai, as dictionaries of its own json."""
    stream = await client.post(
        "/run_sse",
        body=body(text),
        cast_to=object,
        stream=True,
        stream_cls=module.AsyncStream[object],
    )
    return sum([1 async for _ in stream])


async def measured(address: str) -> list[Row]:
    """The lines of the table."""
    url = f"{address}/run_sse"
    peers = installed("httpx_sse", "openai", "httpx")
    async with NemoVideo(base_url=address, token="t") as nemo, aiohttp.ClientSession() as session:
        works: dict[str, Work] = {}
        for name, text in {"bulk": BULK, "chunks": CHUNKS}.items():
            works[f"bare {name}"] = partial(bare, session, url, text, orjson.loads)
            works[f"ours {name}"] = partial(ours, nemo, text)
        works["bare stdlib"] = lambda: bare(session, url, BULK, json.loads)
        works["ours stdlib"] = lambda: with_stdlib(nemo, BULK)
        if (sse := peers.get("httpx_sse")) and (httpx := peers.get("httpx")):
            client = httpx.AsyncClient()
            works["httpx_sse"] = lambda: with_httpx_sse(sse, client, url, BULK)
        if openai := peers.get("openai"):
            pointed = stainless(openai, address)
            works["openai"] = lambda: with_openai(openai, pointed, BULK)
        for name, work in works.items():
            outcome = work()
            assert inspect.isawaitable(outcome)
            assert await outcome == EVENTS, name
        best = await best_cpu(works, rounds=ROUNDS)
    others = {label(name): best[name] for name in peers if name in best}
    return [
        Row("orjson", best["ours bulk"], best["bare bulk"], 2.7, peers=others),
        Row("orjson, an HTTP chunk for each event", best["ours chunks"], best["bare chunks"]),
        Row("json of the standard library", best["ours stdlib"], best["bare stdlib"]),
    ]


def main() -> None:
    """Prints the table."""
    with serving() as address:
        rows = asyncio.run(measured(address))
    show(f"{EVENTS} events over a socket, typed (ours) or not, client CPU", rows)


if __name__ == "__main__":
    main()
