"""How much work a call is, told so that no other program disturbs it."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

__all__ = ["seconds", "steps"]


def steps(call: Callable[[], object]) -> int:
    """How many calls and lines of our own a call takes: a clock that is the same every time."""
    count = 0

    def trace(_frame: FrameType, _event: str, _value: object) -> Any:
        nonlocal count
        count += 1
        return trace

    with _traced(trace):
        call()
    return count


def seconds(call: Callable[[], object]) -> float:
    """How long a call takes this processor, which a measurement of coverage does not slow down."""
    with _traced(None):
        start = time.process_time()
        call()
        return time.process_time() - start


@contextlib.contextmanager
def _traced(trace: Any) -> Iterator[None]:
    known = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(known)
