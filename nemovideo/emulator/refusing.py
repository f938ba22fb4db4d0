"""Answers that a fault puts in place of the service's own: the shapes of contract section 2."""

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final

from nemovideo.emulator.answers import NO_SESSION, TOKEN_INVALID, TOO_LARGE, UNSUPPORTED
from nemovideo.emulator.mishaps import OtherAnswer

__all__ = ["proxy_page", "rate_limited", "refusal"]

_JSON: Final = "application/json; charset=utf-8"
_HTML: Final = "text/html; charset=utf-8"
_TEXT: Final = "text/plain; charset=utf-8"
_STATUSES: Final[Mapping[int, int]] = {
    TOKEN_INVALID: 401,
    NO_SESSION: 404,
    UNSUPPORTED: 415,
    TOO_LARGE: 413,
}
_PAGE: Final = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


def refusal(code: int, status: int | None, shape: str, message: str) -> OtherAnswer:
    """Return a refusal; without a `status`, with the one that is usual for its shape."""
    kind, body = _shaped(code, shape, message)
    chosen = _usual(code, shape) if status is None else status
    headers = _headers(kind) if body else {"X-Request-Id": _request_id()}
    return OtherAnswer(
        carried_out=False, status=chosen, body=body, headers=headers, disowns=code == TOKEN_INVALID
    )


def rate_limited(retry_after: float | datetime | None) -> OtherAnswer:
    """Return the service's own 429."""
    body = _json({"code": 429, "message": "Too many requests"})
    headers = _headers(_JSON)
    if retry_after is not None:
        headers["Retry-After"] = _moment(retry_after)
    return OtherAnswer(carried_out=False, status=429, body=body, headers=headers)


def proxy_page(*, carried_out: bool) -> OtherAnswer:
    """Return the 502 of a proxy that got no answer from the service behind it."""
    page = _PAGE.format("502 Bad Gateway").encode()
    headers = {"Content-Type": _HTML}
    return OtherAnswer(carried_out=carried_out, status=502, body=page, headers=headers)


def _shaped(code: int, shape: str, message: str) -> tuple[str, bytes]:
    envelope = _json({"code": code, "message": message})
    item = {"type": "value_error", "loc": ["body"], "msg": message}
    return {
        "code": (_JSON, envelope),
        "success": (_JSON, _json({"success": False, "error": message, "code": code})),
        "detail": (_JSON, _json({"detail": message})),
        "detail_list": (_JSON, _json({"detail": [item]})),
        "text": (_TEXT, message.encode()),
        "html": (_HTML, _PAGE.format(message).encode()),
        "empty": ("", b""),
        "cut": (_JSON, envelope[: len(envelope) // 2]),
    }[shape]


def _usual(code: int, shape: str) -> int:
    if shape in {"code", "success", "cut"}:
        return 200
    if shape == "detail_list":
        return 422
    return _STATUSES.get(code, code if 400 <= code <= 599 else 400)


def _headers(kind: str) -> dict[str, str]:
    return {"Content-Type": kind, "X-Request-Id": _request_id()}


def _request_id() -> str:
    return f"req_{secrets.token_hex(8)}"


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def _moment(retry_after: float | datetime) -> str:
    if isinstance(retry_after, datetime):
        return format_datetime(retry_after.astimezone(UTC), usegmt=True)
    return str(int(retry_after) if retry_after == int(retry_after) else retry_after)
