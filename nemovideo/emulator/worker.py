"""A render worker: takes orders on stdin, one JSON object a line, and reports on stdout.

The first line is the job. The worker ends when its orders do, or when nobody listens to its
reports any more.
"""

import contextlib
import json
import signal
import sys
import traceback
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from nemovideo.emulator.render.outcome import RenderError

if TYPE_CHECKING:
    from nemovideo.emulator.render.workshop import Workshop

__all__ = ["main"]


def main() -> None:
    """Does what is ordered until there are no more orders."""
    # Ctrl-C reaches the whole process group; what becomes of a worker is the renderer's say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lines = iter(sys.stdin.buffer.readline, b"")
    job = next(lines, b"")
    with contextlib.suppress(BrokenPipeError):
        for order in lines:
            for report in _reports(job, json.loads(order)):
                sys.stdout.buffer.write(json.dumps(report).encode() + b"\n")
                sys.stdout.buffer.flush()


def _reports(job: bytes, order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What happens to an order, to its end: every failure becomes a report."""
    try:
        yield from _workshop(job).work(order)
        yield {"done": True}
    except RenderError as error:
        yield {"error": str(error)}
    except ModuleNotFoundError as error:
        yield {"error": f"{error}: rendering needs `pip install 'nemovideo[emulator]'`"}
    except Exception as error:  # noqa: BLE001 - it is reported, with its traceback
        yield {"error": f"the renderer failed: {error!r}", "trace": traceback.format_exc()}


@cache
def _workshop(job: bytes) -> "Workshop":
    from nemovideo.emulator.render.workshop import Workshop

    return Workshop(json.loads(job))


if __name__ == "__main__":
    main()
