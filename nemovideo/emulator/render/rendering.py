"""Renders a draft to an MP4: plans it, spreads the work over processes, joins what they made."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from nemovideo.emulator.render.crew import Worker, crew
from nemovideo.emulator.render.outcome import Rendered, RenderError
from nemovideo.emulator.render.storyboard import Storyboard, storyboard
from nemovideo.emulator.render.workload import Workload

__all__ = ["render"]

_MOST_WORKERS = 4
_PIXELS_PER_WORKER = 50_000_000
"""Less work than this is done sooner than another interpreter has started."""


async def render(
    draft: Mapping[str, Any],
    sources: Mapping[str, Path],
    target: Path,
    *,
    scale: float = 1.0,
    quality: str = "high",
    on_progress: Callable[[float], None] | None = None,
) -> Rendered:
    """Renders a draft to an MP4 file: H.264 and AAC, ready to be streamed.

    The file appears under its name only when it is complete. If the awaiting task is
    cancelled, the worker processes are killed and nothing is left behind.

    Args:
        draft: A draft in the emulator's dialect.
        sources: The local file of every `source` in the draft.
        target: Where the film goes; its folder must exist.
        scale: Multiplies the canvas, for quick previews; sizes stay even.
        quality: `low`, `medium` or `high`.
        on_progress: Called with the share of frames encoded, from 0 to 1.

    Raises:
        RenderError: There is nothing to render, a source cannot be read, or a worker died.
    """
    board = storyboard(draft, scale)
    job = {
        "draft": draft,
        "scale": scale,
        "quality": quality,
        "sources": _located(board, sources),
        "threads": max(1, _cores() // _crew_size(board)),
    }
    with _folder_beside(target) as folder:
        production = _Production(board, folder, on_progress or (lambda _: None))
        async with crew(_crew_size(board), job) as workers:
            film = await production.film(workers)
        return _published(film, target, board, tuple(production.notes))


@attrs.define
class _Production:
    """The work on one film: what is encoded so far, and what there is to say about it."""

    board: Storyboard
    folder: Path
    on_progress: Callable[[float], None]
    encoded: int = 0
    notes: dict[str, None] = attrs.field(factory=dict)

    async def film(self, workers: list[Worker]) -> Path:
        """Has the frames and the sound made at the same time, then joined."""
        work = Workload(self.board.frames, len(workers))
        try:
            async with asyncio.TaskGroup() as tasks:
                made = [tasks.create_task(self._stretches(worker, work)) for worker in workers]
        except ExceptionGroup as group:
            raise group.exceptions[0] from None
        stretches = sorted(stretch for task in made for stretch in task.result())
        film = self.folder / "film.mp4"
        files = [str(self._stretch_file(start)) for start in stretches]
        order = {"do": "join", "films": files, "sound": str(self._sound_file), "file": str(film)}
        await workers[0].order(order, self._heard)
        self.on_progress(1.0)
        return film

    async def _stretches(self, worker: Worker, work: Workload) -> list[int]:
        """Keeps a worker busy; returns where the stretches begin that it has made."""
        if worker.number == 0:
            await worker.order({"do": "sound", "file": str(self._sound_file)}, self._heard)
        made = []
        while frames := work.take(worker.number):
            file = str(self._stretch_file(frames.start))
            order = {"do": "film", "frames": [frames.start, frames.stop], "file": file}
            await worker.order(order, self._heard)
            made.append(frames.start)
        return made

    def _heard(self, report: dict[str, Any]) -> None:
        if "note" in report:
            self.notes[report["note"]] = None
        if "encoded" in report:
            self.encoded += report["encoded"]
            self.on_progress(0.99 * self.encoded / self.board.frames)

    def _stretch_file(self, start: int) -> Path:
        return self.folder / f"{start}.nut"

    @property
    def _sound_file(self) -> Path:
        return self.folder / "sound.mp4"


def _located(board: Storyboard, sources: Mapping[str, Path]) -> dict[str, str]:
    """The files that the film needs, as absolute paths."""
    for source, name in board.sources.items():
        if source not in sources:
            raise RenderError(f"{name} was never uploaded: there is no file for it")
    return {source: str(sources[source].absolute()) for source in board.sources}


def _cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _crew_size(board: Storyboard) -> int:
    wanted = board.width * board.height * board.frames // _PIXELS_PER_WORKER + 1
    return min(wanted, _cores(), _MOST_WORKERS)


@contextlib.contextmanager
def _folder_beside(target: Path) -> Iterator[Path]:
    """A temporary folder on the target's own disk, so that the film can be moved in one step."""
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.absolute().parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _published(film: Path, target: Path, board: Storyboard, notes: tuple[str, ...]) -> Rendered:
    film.replace(target)
    return Rendered(
        path=target,
        duration=board.duration,
        size=target.stat().st_size,
        notes=notes,
    )
