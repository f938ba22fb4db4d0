"""Progress on the screen: bars on a terminal, plain lines elsewhere, nothing for programs."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Column

from nemovideo.cli.telling import harmless
from nemovideo.models import Progress

__all__ = ["Show", "showing"]

_TITLES = {
    "connect": "Connecting",
    "session": "Starting a session",
    "upload": "Uploading",
    "agent": "Editing",
    "state": "Reading the timeline",
    "render": "Rendering",
    "download": "Downloading",
}
_LINE_EVERY = 25.0


Show: TypeAlias = Callable[[Progress], None]
"""What takes progress reports."""


@contextlib.contextmanager
def showing(console: Console, *, quiet: bool = False) -> Iterator[Show]:
    """Give what shows progress, fit for where the output goes.

    Args:
        console: Where to write.
        quiet: Show nothing.
    """
    if quiet:
        yield lambda _: None
    elif console.is_terminal:
        with _bars(console) as bars:
            yield _Bars(bars)
    else:
        yield _Lines(console)


def _bars(console: Console) -> Bars:
    """The words take what room is left, and no more."""
    fixed, rest = Column(no_wrap=True), Column(no_wrap=True, overflow="ellipsis", ratio=1)
    return Bars(
        TextColumn("{task.description:<21}", table_column=fixed),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[amount]:>16}", table_column=fixed),
        TimeElapsedColumn(table_column=fixed),
        TextColumn("{task.fields[words]}", style="dim", table_column=rest, markup=False),
        console=console,
        expand=True,
    )


class _Bars:
    """One bar for each stage of each job."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[tuple[str, str], TaskID] = {}

    def __call__(self, progress: Progress) -> None:
        key = (progress.job, progress.stage)
        if key not in self._tasks:
            self._complete(progress.job)
            title = _TITLES.get(progress.stage, progress.stage)
            self._tasks[key] = self._bars.add_task(title, total=None, amount="", words="")
        self._bars.update(
            self._tasks[key],
            total=progress.total,
            completed=progress.done,
            amount=_amount(progress),
            words=progress.text if progress.stage == "agent" else _name(progress),
        )

    def _complete(self, job: str) -> None:
        for (owner, _), task in self._tasks.items():
            if owner == job:
                self._bars.update(task, total=1, completed=1)
                self._bars.stop_task(task)


class _Lines:
    """A line for each stage of each job, and for each quarter of a stage that is counted."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: dict[str, tuple[str, int]] = {}

    def __call__(self, progress: Progress) -> None:
        step = (progress.stage, int(_percent(progress) // _LINE_EVERY))
        if self._last.get(progress.job) == step:
            return
        self._last[progress.job] = step
        title = _TITLES.get(progress.stage, progress.stage)
        job = f"{_name(progress)}: " if progress.job else ""
        line = harmless(f"{job}{title} {_amount(progress)}".rstrip())
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)


def _name(progress: Progress) -> str:
    return Path(progress.job).name


def _percent(progress: Progress) -> float:
    return 100 * progress.done / progress.total if progress.total else 0.0


def _amount(progress: Progress) -> str:
    match progress.unit:
        case "percent":
            return f"{progress.done:.0f} %"
        case "bytes":
            return _bytes(progress.done, progress.total)
    return ""


def _bytes(done: float, total: float | None) -> str:
    scale, unit = (1e6, "MB") if (total or done) >= 1e6 else (1e3, "kB")
    whole = "" if total is None else f" of {total / scale:.1f}"
    return f"{done / scale:.1f}{whole} {unit}"
