"""What is measured, and how it is shown: CPU of this process, its memory, and their table."""

import gc
import inspect
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

__all__ = ["MB", "Peak", "Row", "Work", "best_cpu", "resident_bytes", "show"]

MB = 1024 * 1024

Work: TypeAlias = Callable[[], Awaitable[object] | object]
"""What is measured: done when it returns, or when what it returns has been awaited."""


class Row(NamedTuple):
    """One line of the table.

    Attributes:
        what: What was measured.
        ours: Our figure.
        base: What it is compared with; None for a goal that is an amount.
        goal: The most that the ratio, or the amount, should be; None for a figure without one.
        unit: What the amounts are in.
        peers: The amounts of the others.
    """

    what: str
    ours: float
    base: float | None = None
    goal: float | None = None
    unit: str = "ms"
    peers: Mapping[str, float] = {}


async def best_cpu(works: Mapping[str, Work], *, rounds: int) -> dict[str, float]:
    """The least CPU time of this process for each work, in ms; rounds go in turn."""
    spent: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            gc.collect()
            began = time.process_time()
            outcome = work()
            if inspect.isawaitable(outcome):
                await outcome
            spent[name].append(time.process_time() - began)
    return {name: min(times) * 1000 for name, times in spent.items()}


def resident_bytes() -> int:
    """The memory that this process has now; Linux tells."""
    return _status("VmRSS")


class Peak:
    """How far memory rises above what it is when this is made."""

    def __init__(self) -> None:
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        self._idle = resident_bytes()

    def above_idle(self) -> float:
        """The highest so far above the beginning, in MB."""
        return (_status("VmHWM") - self._idle) / MB


def _status(key: str) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name == key:
            return int(value.split()[0]) * 1024
    raise LookupError(key)


def show(title: str, rows: Iterable[Row]) -> None:
    """Print the table."""
    print(title)
    print(f"  {'':42}{'ours':>10}{'base':>10}{'ratio':>7}{'goal':>7}")
    for row in rows:
        ratio = row.ours / row.base if row.base else None
        figure = row.ours if ratio is None else ratio
        verdict = "" if row.goal is None else ("reached" if figure <= row.goal else "MISSED")
        line = f"  {row.what:42}{row.ours:10.2f}"
        line += f"{'-' if row.base is None else f'{row.base:.2f}':>10}"
        line += f"{'-' if ratio is None else f'{ratio:.2f}':>7}"
        line += f"{'-' if row.goal is None else f'{row.goal:.2f}':>7} {row.unit:4}{verdict}"
        print(line.rstrip())
        if row.peers:
            shown = (f"{name} {_against(value, row)}" for name, value in row.peers.items())
            print(f"      peers: {', '.join(shown)}")
    sys.stdout.flush()


def _against(value: float, row: Row) -> str:
    return f"{value / row.base:.2f}x" if row.base else f"{value:.1f} {row.unit}"
