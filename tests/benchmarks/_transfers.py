"""One big file, there or back, by each contender: CPU in turn, memory in a fresh process each."""

import asyncio
import contextlib
import inspect
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import TypeAlias

from tests.benchmarks._figures import MB, Peak, Row, Work, best_cpu, show
from tests.benchmarks._peers import installed, label
from tests.benchmarks._server import serving

__all__ = ["Contender", "Transfer", "compare"]

SIZES = (20 * MB, 200 * MB)
MEMORY_GOAL_MB = 10
SPREAD_GOAL_MB = 2
ROUNDS = 6
TRIES = 4

Transfer: TypeAlias = Callable[[int], Awaitable[object] | object]
"""Moves a file of so many bytes."""

Contender: TypeAlias = Callable[[str, Path], AbstractAsyncContextManager[Transfer]]
"""Gets the server's address and a folder, and keeps its client open for several transfers."""


def compare(what: str, contenders: Mapping[str, Contender], *, goal: float) -> None:
    """Run a script's contenders, of which `ours` is ours and `bare` the raw socket.

    Args:
        what: What is done with the file.
        contenders: By the name of their module; one that is not installed is left out.
        goal: The most that our CPU should be, times the raw socket's.
    """
    if len(sys.argv) > 1:
        name, address, place, size = sys.argv[1:]
        print(asyncio.run(_peak(contenders[name], address, Path(place), int(size))))
        return
    peers = installed(*(name for name in contenders if name not in {"ours", "bare"}))
    chosen = {name: contenders[name] for name in ("ours", "bare", *peers)}
    with serving() as address, tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        cpu = asyncio.run(_cpu(chosen, address, folder))
        moved = _moved(address)
        assert moved >= len(chosen) * ROUNDS * SIZES[-1], f"only {moved} bytes were moved"
        measure = partial(_peak_elsewhere, address=address, folder=folder)
        peaks: dict[str, list[float]] = {}
        if sys.platform == "linux":
            peaks = {name: [measure(name, size) for size in SIZES] for name in peers}
            peaks["ours"] = [max(measure("ours", size) for _ in range(TRIES)) for size in SIZES]
    others = {name: label(name) for name in peers}
    rows = [
        Row(
            f"{SIZES[-1] // MB} MB, CPU against a raw socket",
            cpu["ours"],
            cpu["bare"],
            goal,
            peers={shown: cpu[name] for name, shown in others.items()},
        )
    ]
    rows += [
        Row(
            f"{size // MB} MB, memory above idle",
            peaks["ours"][index],
            goal=MEMORY_GOAL_MB,
            unit="MB",
            peers={shown: peaks[name][index] for name, shown in others.items()},
        )
        for index, size in enumerate(SIZES)
        if peaks
    ]
    if peaks:
        spread = abs(peaks["ours"][1] - peaks["ours"][0])
        rows += [Row("memory, difference of the two", spread, goal=SPREAD_GOAL_MB, unit="MB")]
    else:
        print("  (memory is measured on Linux only)")
    show(f"{what}, client", rows)


async def _cpu(contenders: Mapping[str, Contender], address: str, folder: Path) -> dict[str, float]:
    async with contextlib.AsyncExitStack() as stack:
        works: dict[str, Work] = {}
        for name, contender in contenders.items():
            transfer = await stack.enter_async_context(contender(address, folder))
            works[name] = partial(transfer, SIZES[-1])
        return await best_cpu(works, rounds=ROUNDS)


def _peak_elsewhere(name: str, size: int, *, address: str, folder: Path) -> float:
    command = [sys.executable, sys.argv[0], name, address, str(folder), str(size)]
    before = _moved(address)
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert _moved(address) >= before + size, f"{name} did not move {size} bytes"
    return float(said)


def _moved(address: str) -> int:
    with urllib.request.urlopen(f"{address}/moved") as answer:
        return int(answer.read())


async def _peak(contender: Contender, address: str, folder: Path, size: int) -> float:
    async with contender(address, folder) as transfer:
        await _done(transfer(MB // 16))
        peak = Peak()
        await _done(transfer(size))
        return peak.above_idle()


async def _done(outcome: Awaitable[object] | object) -> None:
    if inspect.isawaitable(outcome):
        await outcome
