"""The command that serves: `emulator`."""

import contextlib
import errno
import os
import signal
from collections.abc import Iterator
from typing import Annotated

from cyclopts import Parameter

from nemovideo.cli.telling import say
from nemovideo.errors import ConfigurationError

__all__ = ["kill_signs", "serve"]


async def serve(
    *, port: int = 8848, forget: Annotated[bool, Parameter(negative="", show_default=False)] = False
) -> None:
    """Run the whole service on this machine until Ctrl-C; the first line is its address.

    Args:
        port: Where to listen on 127.0.0.1; 0 takes a free one.
        forget: Instead, forget what --emulator keeps between two calls.
    """
    from nemovideo.cli import offline
    from nemovideo.emulator import Emulator

    if forget:
        say("Forgotten." if await offline.forget() else "There is nothing to forget.")
        return
    service = Emulator(port=port, credits=offline.CREDITS)
    try:
        await service.start()
    except (OSError, OverflowError) as error:
        raise ConfigurationError(_unusable(port, error), hint="Try --port 0.") from error
    try:
        say(service.url)
        say(f"Point programs at it with NEMO_API_URL={service.url}")
        await _until_stopped()
    finally:
        await service.aclose()


def _unusable(port: int, error: Exception) -> str:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return f"Port {port} is taken."
    reason = os.strerror(number) if number else "there is no such port"
    return f"Port {port} cannot be used ({reason})."


async def _until_stopped() -> None:
    """Wait for Ctrl-C or, where there are such things, a polite kill or a terminal's end."""
    import asyncio

    stopped = asyncio.Event()
    with contextlib.suppress(NotImplementedError):  # Windows: KeyboardInterrupt does it
        for sign in (signal.SIGINT, *kill_signs()):
            asyncio.get_running_loop().add_signal_handler(sign, stopped.set)
    await stopped.wait()


def kill_signs() -> Iterator[signal.Signals]:
    """Give what kills politely: SIGTERM and, where there is one, the end of the terminal."""
    yield signal.SIGTERM
    hang_up = getattr(signal, "SIGHUP", None)
    if hang_up is not None and signal.getsignal(hang_up) is not signal.SIG_IGN:  # not under nohup
        yield hang_up
