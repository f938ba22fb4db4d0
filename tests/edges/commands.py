"""Commands as a shell would run them: in this process, or in one that can be signalled."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from nemovideo import cli

COMMAND: Final = [sys.executable, "-W", "error", "-m", "nemovideo"]


def typed(*words: object) -> list[str]:
    """What a shell would hand over."""
    return [str(word) for word in words]


def run(words: list[str]) -> int:
    """Run a command in a thread, where `asyncio.run` leaves the loops of pytest alone."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(cli.run, words).result()


@contextlib.contextmanager
def started(*words: object) -> Iterator[subprocess.Popen[str]]:
    """Run a command in a process of its own, which does not outlive the block."""
    pipe, buffered = subprocess.PIPE, {**os.environ, "PYTHONUNBUFFERED": ""}
    with subprocess.Popen(
        [*COMMAND, *typed(*words)], stdout=pipe, stderr=pipe, text=True, env=buffered
    ) as one:
        try:
            yield one
        finally:
            one.kill()


def read_until(process: subprocess.Popen[str], word: str) -> str:
    """Read remarks until one holds a word."""
    assert process.stderr
    seen = ""
    while word not in seen:
        line = process.stderr.readline()
        assert line, f"{word!r} never came: {seen}"
        seen += line
    return seen


def stopped(process: subprocess.Popen[str], sign: signal.Signals = signal.SIGINT) -> list[str]:
    """Stop a process; give the lines with which it ends, soon."""
    began = time.monotonic()
    process.send_signal(sign)
    _, rest = process.communicate(timeout=20)
    assert time.monotonic() - began < 3
    assert "Traceback" not in rest
    assert "Warning" not in rest
    return [line for line in rest.splitlines() if line.startswith("nemovideo: ")]
