"""The command that finds out what is wrong: `doctor`."""

import contextlib
import logging
from collections.abc import Iterator

from nemovideo.cli.opening import ENDING
from nemovideo.cli.options import AsJson, Offline
from nemovideo.cli.telling import say_json

__all__ = ["doctor"]


async def doctor(*, emulator: Offline = False, json_output: AsJson = False) -> int:
    """Find out what is wrong on this machine or at the service, and what to do about it.

    Args:
        emulator: Look at what is offline instead, and go all the way from a token to an upload.
        json_output: Print one JSON object.
    """
    from nemovideo.cli.doctor.check import Report
    from nemovideo.cli.doctor.examination import examine
    from nemovideo.cli.doctor.lines import show

    ENDING.get().offline = emulator
    report = Report(_nobody if json_output else show)
    with _unlogged():
        await examine(report, emulator=emulator)
    if json_output:
        say_json(report.facts())
    return report.exit_code


def _nobody(_: object) -> None:
    """Tell all at once at the end."""


@contextlib.contextmanager
def _unlogged() -> Iterator[None]:
    """Keep what the library would log off the screen: it is in the report."""
    log, nowhere = logging.getLogger("nemovideo"), logging.NullHandler()
    log.addHandler(nowhere)
    try:
        yield
    finally:
        log.removeHandler(nowhere)
