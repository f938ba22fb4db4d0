"""An example that runs until it is stopped: started as a user would, stopped in every way."""

import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import attrs
import av

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
PHOTOS: Final = sorted((EXAMPLES / "photos").glob("*.jpg"))
_FOREIGN: Final = ("NEMO_", "SKILL_", "XDG_", "TELEGRAM_", "DISCORD_", "HOST", "PORT")


@attrs.frozen
class BotProcess:
    """A running example.

    Attributes:
        folder: Where it runs; what it writes to stderr is in there.
    """

    folder: Path
    _process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it as the kernel or a power cut would."""
        self._process.kill()
        self._process.wait()

    def interrupt(self) -> int:
        """Press Ctrl-C and give the exit code."""
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(20)

    @property
    def said(self) -> str:
        """What it has written so far."""
        return (self.folder / "said.txt").read_text("utf-8")

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None


@contextlib.contextmanager
def running(
    folder: Path, environment: Mapping[str, str], *command: str | Path
) -> Iterator[BotProcess]:
    """Run Python in a folder; kill it in the end if that is still to do."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    home = {"HOME": str(folder), "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, *map(str, command)],
            cwd=folder,
            env=kept | home | dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    bot = BotProcess(folder, process)
    try:
        yield bot
    finally:
        if bot.is_running:
            bot.kill()


def until(bot: BotProcess, is_so: Callable[[], object], seconds: float = 90.0) -> None:
    """Wait until something is so, while the bot lives."""
    over = time.monotonic() + seconds
    while not is_so():
        assert bot.is_running, bot.said
        assert time.monotonic() < over, bot.said
        time.sleep(0.02)


def seconds_of(video: bytes) -> float:
    """Look into a video that must be whole, and give its duration."""
    assert b"moov" in video
    with av.open(io.BytesIO(video), "r") as opened:
        assert opened.streams.video[0].codec_context.name == "h264"
        return (opened.duration or 0) / av.time_base


def assert_has_no_complaints(bot: BotProcess) -> None:
    """Nothing failed, nothing was left open or forgotten."""
    for word in ("Traceback", "Unclosed", "never awaited", "never retrieved", "ERROR"):
        assert word not in bot.said, bot.said


def address_of(bot: BotProcess) -> str:
    """Where a web app listens, as it says itself."""
    pattern = re.compile(r"http://[\d.]+:\d+")
    until(bot, lambda: pattern.search(bot.said))
    return str(pattern.findall(bot.said)[0])
