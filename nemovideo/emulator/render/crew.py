"""Runs render workers: processes that take orders on stdin and report on stdout, line by line."""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import attrs

from nemovideo.emulator.render.outcome import RenderError

__all__ = ["Worker", "crew"]

_LONGEST_LINE = 1 << 20

_Stream = TypeVar("_Stream", asyncio.StreamReader, asyncio.StreamWriter)


@attrs.frozen
class Worker:
    """One process; it does one order at a time."""

    number: int
    process: Process

    async def order(
        self, order: Mapping[str, Any], heard: Callable[[dict[str, Any]], None]
    ) -> None:
        """Gives an order and waits until it is done.

        Args:
            order: What to do, as the worker knows it.
            heard: Called with everything that the worker reports on the way.

        Raises:
            RenderError: The worker cannot do it, or has died.
        """
        self.tell(order)
        while True:
            report = await self._report()
            if report.get("done"):
                return
            if "error" in report:
                failure = RenderError(report["error"])
                failure.add_note(report.get("trace", ""))
                raise failure
            heard(report)

    def tell(self, message: Mapping[str, Any]) -> None:
        """Writes a line to the worker; a broken pipe is noticed when its report is read."""
        with contextlib.suppress(ConnectionError):
            _pipe(self.process.stdin).write(json.dumps(message, default=dict).encode() + b"\n")

    def dismiss(self) -> None:
        """Tells the worker that there are no more orders."""
        _pipe(self.process.stdin).close()

    async def _report(self) -> dict[str, Any]:
        line = await _pipe(self.process.stdout).readline()
        if not line.endswith(b"\n"):
            code = await self.process.wait()
            raise RenderError(f"a render worker ended before its work was done (exit code {code})")
        report: dict[str, Any] = json.loads(line)
        return report


@contextlib.asynccontextmanager
async def crew(size: int, job: Mapping[str, Any]) -> AsyncIterator[list[Worker]]:
    """Starts workers that know their job; none of them outlives the block.

    After a block that ends well they are let go and waited for, otherwise killed.
    """
    workers: list[Worker] = []
    try:
        for number in range(size):
            workers.append(Worker(number, await _start()))
            workers[-1].tell(job)
        yield workers
        for worker in workers:
            worker.dismiss()
        await asyncio.gather(*(worker.process.wait() for worker in workers))
    finally:
        await _bury([worker.process for worker in workers])


async def _start() -> Process:
    # -P: a file in the user's folder must not stand in for a module of the same name.
    command = (sys.executable, "-P", "-m", "nemovideo.emulator.worker")
    return await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=_LONGEST_LINE, env=_environment()
    )


def _environment() -> dict[str, str]:
    """This process's environment, with the package found wherever it was imported from."""
    known = [str(Path(__file__).resolve().parents[3]), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, known))}


async def _bury(processes: list[Process]) -> None:
    """Kills what still lives, and reads every pipe to its end, so that nothing stays open."""
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    ends = asyncio.gather(*(process.communicate() for process in processes))
    try:
        await asyncio.shield(ends)
    finally:
        await ends  # cancelled once more, it still waits: a killed process ends soon


def _pipe(stream: _Stream | None) -> _Stream:
    if stream is None:
        raise RenderError("a render worker was started without its pipes")
    return stream
