"""Reading what clients send: JSON bodies and their fields, checked, never trusted."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from aiohttp import web

from nemovideo.emulator.answers import body_invalid

__all__ = ["JSON_LIMIT", "clean", "json_object", "member"]

JSON_LIMIT = 16 * 2**20

_T = TypeVar("_T")
_NAMES: Mapping[type, str] = {str: "string", dict: "dict", list: "list"}


async def json_object(request: web.Request) -> dict[str, Any]:
    """Return the body as a JSON object, or refuse with 422.

    A body above `JSON_LIMIT` bytes is refused by the framework with 413.
    """
    raw = await request.read()
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise body_invalid(0, kind="json_invalid", message="JSON decode error") from None
    if not isinstance(body, dict):
        raise body_invalid(kind="dict_type", message="Input should be a valid dictionary")
    return body


def member(body: Mapping[str, Any], name: str, kind: type[_T], *above: str) -> _T:
    """Return a field that must be there and be of `kind`, or refuse with 422.

    Args:
        body: the object that has the field.
        name: the field.
        kind: `str`, `dict` or `list`.
        above: the names that lead to `body`, for the refusal.
    """
    if name not in body:
        raise body_invalid(*above, name)
    value = body[name]
    if not isinstance(value, kind):
        wanted = _NAMES[kind]
        message = f"Input should be a valid {wanted}"
        raise body_invalid(*above, name, kind=f"{wanted}_type", message=message)
    return value


def clean(text: str) -> str:
    """Return `text` without lone surrogates, which JSON can carry and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")
