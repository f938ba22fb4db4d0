"""JSON calls over a real socket: one after the other, and 32 at once.

Ours is `credits.balance()`, against `session.get` of aiohttp and its `json()`. Goal: 1.4 times its
CPU. Beside it `state.latest()` with a timeline of 20 segments, which ours makes a typed `Draft`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import aiohttp

from nemovideo import NemoVideo
from tests.benchmarks._figures import Row, Work, best_cpu, show
from tests.benchmarks._peers import installed, label, stainless
from tests.benchmarks._server import serving

CALLS = 320
AT_ONCE = 32
ROUNDS = 7
BALANCE = "/api/credits/balance/simple"
STATE = "/api/state/nemo_agent/me/s/latest"

Call = Callable[[], Awaitable[Any]]


async def sequential(call: Call) -> None:
    """One after the other."""
    for _ in range(CALLS):
        await call()


async def concurrent(call: Call) -> None:
    """As many, 32 at a time."""

    async def some() -> None:
        for _ in range(CALLS // AT_ONCE):
            await call()

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))


def bare(session: aiohttp.ClientSession, url: str) -> Call:
    """A call as it is made with aiohttp alone."""

    async def call() -> Any:
        async with session.get(url) as response:
            return await response.json()

    return call


def with_httpx(client: Any, url: str) -> Call:
    """A call with httpx."""

    async def call() -> Any:
        return (await client.get(url)).json()

    return call


async def measured(address: str) -> list[Row]:
    """The lines of the table."""
    balance, state = f"{address}{BALANCE}", f"{address}{STATE}"
    headers = {"Authorization": "Bearer t"}
    peers = installed("httpx", "openai", "runwayml")
    async with (
        NemoVideo(base_url=address, token="t") as nemo,
        aiohttp.ClientSession(headers=headers) as session,
    ):
        calls: dict[str, Call] = {
            "bare": bare(session, balance),
            "ours": nemo.credits.balance,
        }
        if httpx := peers.get("httpx"):
            calls["httpx"] = with_httpx(httpx.AsyncClient(headers=headers), balance)
        for name in ("openai", "runwayml"):
            if name in peers:
                client = stainless(peers[name], address)
                calls[name] = partial(client.get, BALANCE, cast_to=object)
        works: dict[str, Work] = {}
        for name, call in calls.items():
            assert await call(), name
            works[f"{name} sequential"] = partial(sequential, call)
            works[f"{name} concurrent"] = partial(concurrent, call)
        works["bare state"] = lambda: sequential(bare(session, state))
        works["ours state"] = lambda: sequential(lambda: nemo.state.latest("s"))
        best = await best_cpu(works, rounds=ROUNDS)
    each = {name: spent * 1000 / CALLS for name, spent in best.items()}
    return [
        Row(
            what,
            each[f"ours {way}"],
            each[f"bare {way}"],
            goal,
            unit="us",
            peers={label(name): each[f"{name} {way}"] for name in peers if way != "state"},
        )
        for what, way, goal in (
            ("balance, one after the other", "sequential", 1.4),
            (f"balance, {AT_ONCE} at once", "concurrent", 1.4),
            ("state with its draft, typed by ours", "state", None),
        )
    ]


def main() -> None:
    """Prints the table."""
    with serving() as address:
        rows = asyncio.run(measured(address))
    show("a JSON call, client CPU", rows)


if __name__ == "__main__":
    main()
