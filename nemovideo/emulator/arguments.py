"""What arguments must be: each mistake is a `ValueError` that names the argument."""

import math
from datetime import datetime
from typing import Any, Final

from nemovideo.emulator.bodies import clean

__all__ = [
    "above_zero",
    "at_least",
    "code",
    "one_of",
    "retry_after",
    "share",
    "status",
    "text",
    "whole",
]

_BODILESS: Final = frozenset({204, 304})


def at_least(least: float, value: Any, name: str) -> float:
    """Return a number that is not below `least`."""
    number = _number(value, name)
    if not (least <= number < math.inf):
        raise ValueError(f"{name} must be at least {least}, not {value}")
    return number


def above_zero(value: Any, name: str) -> float:
    """Return a number above 0."""
    number = _number(value, name)
    if not (0 < number < math.inf):
        raise ValueError(f"{name} must be above 0, not {value}")
    return number


def share(value: Any, name: str) -> float:
    """Return a number from 0 to 1."""
    number = _number(value, name)
    if not (0 <= number <= 1):
        raise ValueError(f"{name} must be from 0 to 1, not {value}")
    return number


def whole(least: int, value: Any, name: str) -> int:
    """Return a whole number that is not below `least`."""
    number = _whole(value, name)
    if number < least:
        raise ValueError(f"{name} must be at least {least}, not {value}")
    return number


def code(value: Any) -> int:
    """Return a business code that refuses."""
    number = _whole(value, "code")
    if number == 0:
        raise ValueError("code 0 means success: a refusal needs another")
    return number


def status(value: Any) -> int:
    """Return an HTTP status that ends a request and leaves room for a body."""
    number = _whole(value, "status")
    if not 200 <= number <= 599:
        raise ValueError(f"status must be 200 to 599, not {number}")
    if number in _BODILESS:
        raise ValueError(f"status must be one that has a body, not {number}")
    return number


def retry_after(value: Any) -> float | datetime | None:
    """Return what may become a `Retry-After` header."""
    if value is None or isinstance(value, datetime):
        return value
    if not _is_number(value):
        raise ValueError(f"retry_after must be seconds, a datetime or None, not {value!r}")
    return at_least(0, value, "retry_after")


def text(value: Any, name: str) -> str:
    """Return a text; what UTF-8 has no bytes for becomes a question mark."""
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a text, not {value!r}")  # noqa: TRY004 - all are ValueError
    return clean(value)


def one_of(value: Any, known: tuple[str, ...], name: str) -> str:
    """Return one of the words that are known."""
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{name} {value!r} is not known: choose one of {', '.join(known)}")
    return value


def _number(value: Any, name: str) -> float:
    if not _is_number(value):
        raise ValueError(f"{name} must be a number, not {value!r}")
    return value  # type: ignore[no-any-return]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(  # noqa: TRY004 - all are ValueError
            f"{name} must be a whole number, not {value!r}"
        )
    return value
