"""What is written: results to standard output, remarks to standard error, both harmless."""

import contextlib
import errno
import json
import os
import sys
from typing import Any, TextIO

import attrs

from nemovideo.figures import in_figures

__all__ = ["Transcript", "harmless", "remark", "remark_cost", "say", "say_json"]


def say(line: str) -> None:
    """Write a line of the result."""
    _write(sys.stdout, f"{harmless(line)}\n")


def say_json(value: Any) -> None:
    """Write the result for programs: one object on one line."""
    _write(sys.stdout, f"{json.dumps(value, ensure_ascii=False)}\n")


def remark(line: str) -> None:
    """Write what goes beside the result."""
    _write(sys.stderr, f"{harmless(line)}\n")


def remark_cost(cost: float | None) -> None:
    """Write what something cost, where that is known."""
    if cost is not None:
        remark(f"{in_figures(cost)} {'credit' if cost == 1 else 'credits'}")


def harmless(text: str) -> str:
    """Leave out what a terminal would obey: much of the text comes from a service."""
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t")


@attrs.define
class Transcript:
    """What somebody says, piece by piece, in blocks that each end with their line."""

    _is_open: bool = attrs.field(default=False, init=False)

    def add(self, piece: str) -> None:
        """Write a piece at once."""
        if piece := harmless(piece):
            _write(sys.stdout, piece)
            self._is_open = not piece.endswith("\n")

    def end_block(self) -> None:
        """End the line that is begun, if one is."""
        if self._is_open:
            _write(sys.stdout, "\n")
        self._is_open = False


def _write(stream: TextIO, text: str) -> None:
    """Write now; where nobody reads any more, the work goes on without words."""
    try:
        stream.write(_within(stream.encoding or "utf-8", text))
        stream.flush()
    except OSError as error:
        if error.errno not in {errno.EPIPE, errno.EIO}:  # EIO: the terminal was closed
            raise
        nowhere = os.open(os.devnull, os.O_WRONLY)
        with contextlib.closing(os.fdopen(nowhere, "wb")):
            os.dup2(nowhere, stream.fileno())


def _within(encoding: str, text: str) -> str:
    """Spell out what the terminal has no letters for, such as bytes of a name that are no text."""
    return text.encode(encoding, "backslashreplace").decode(encoding)
