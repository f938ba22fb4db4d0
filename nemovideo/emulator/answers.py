"""What the emulator says over HTTP: the success envelope, and a refusal for each code.

The HTTP status that goes with a business code is not known (contract section 2);
the pairs chosen here are one of the possible worlds.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web
from attrs import frozen

__all__ = [
    "ACCEPTED",
    "NO_SESSION",
    "OUT_OF_CREDITS",
    "TOKEN_INVALID",
    "TOO_LARGE",
    "UNSUPPORTED",
    "Refusal",
    "bad_request",
    "body_invalid",
    "broken_down",
    "closing_down",
    "export_blocked",
    "no_session",
    "no_session_adk",
    "not_found",
    "out_of_credits",
    "rate_limited",
    "success",
    "token_invalid",
    "too_large",
    "unsupported",
]

TOKEN_INVALID: Final = 1001
NO_SESSION: Final = 1002
OUT_OF_CREDITS: Final = 2001
UNSUPPORTED: Final = 4001
TOO_LARGE: Final = 4002
ACCEPTED: Final = "mp4 mov avi webm mkv, jpg png gif webp, mp3 wav m4a aac"


@frozen
class Refusal(Exception):  # noqa: N818 - a refusal is an answer of the service, not a mistake in it
    """An answer that ends the request without doing anything.

    Args:
        status: HTTP status.
        body: JSON body as it goes out.
        headers: extra headers, such as `Retry-After`.
    """

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = {}

    def response(self) -> web.Response:
        """Return the response that tells the client."""
        return web.json_response(self.body, status=self.status, headers=self.headers)


def success(data: Mapping[str, Any]) -> web.Response:
    """Wrap `data` into the envelope `{"code": 0, "data": ..}`."""
    return web.json_response({"code": 0, "message": "success", "data": data})


def _business(status: int, code: int, message: str, **headers: str) -> Refusal:
    renamed = {name.replace("_", "-"): value for name, value in headers.items()}
    return Refusal(status, {"code": code, "message": message}, renamed)


def token_invalid() -> Refusal:
    """Refuse a token that is missing, unknown or expired (1001)."""
    return _business(401, TOKEN_INVALID, "Token is invalid or expired")


def no_session() -> Refusal:
    """Refuse a session that this account does not have (1002)."""
    return _business(404, NO_SESSION, "Session not found")


def no_session_adk() -> Refusal:
    """Refuse an unknown session the way the agent's own server does."""
    return Refusal(404, {"detail": "Session not found"})


def out_of_credits(needed: int, available: int) -> Refusal:
    """Refuse an edit that costs more than the account has (2001)."""
    return _business(
        402,
        OUT_OF_CREDITS,
        f"Insufficient credits: this takes {needed}, the account has {available}",
    )


def unsupported(name: str, why: str) -> Refusal:
    """Refuse a file that is not what its name says, or of a kind not accepted (4001)."""
    return _business(415, UNSUPPORTED, f"Unsupported file {name!r}: {why}. Accepted: {ACCEPTED}")


def too_large(name: str, limit: int) -> Refusal:
    """Refuse a file above the limit, given in bytes (4002)."""
    return _business(413, TOO_LARGE, f"File {name!r} is larger than {limit // 2**20} MB")


def bad_request(message: str) -> Refusal:
    """Refuse a request that makes no sense (400)."""
    return _business(400, 400, message)


def export_blocked(message: str) -> Refusal:
    """Refuse an export for want of attribution (402)."""
    return _business(402, 402, message)


def not_found(message: str) -> Refusal:
    """Refuse a thing that is not there (404)."""
    return _business(404, 404, message)


def broken_down() -> Refusal:
    """Admit a mistake of the emulator itself (500)."""
    return _business(500, 500, "Internal server error")


def rate_limited(message: str, retry_after: float) -> Refusal:
    """Refuse for now; the client may come back after `retry_after` seconds (429)."""
    return _business(429, 429, message, Retry_After=str(math.ceil(retry_after)))


def closing_down() -> Refusal:
    """Refuse because the end has begun (503)."""
    return _business(503, 503, "The service is shutting down")


def body_invalid(*location: str | int, kind: str = "missing", message: str = "") -> Refusal:
    """Refuse a body in the validation form of the agent's server (422).

    Args:
        location: path to the field, without the leading `body`.
        kind: the validator's name of the mistake.
        message: what is wrong, in words; empty means that the field is missing.
    """
    error = {"type": kind, "loc": ["body", *location], "msg": message or "Field required"}
    return Refusal(422, {"detail": [error]})
