"""A refusal of the service becomes the one exception that it means (contract section 2)."""

import re
from collections.abc import Mapping
from typing import Any, Final

import attrs

from nemovideo.errors import (
    APIError,
    AuthenticationError,
    Delivered,
    ExportBlockedError,
    FileTooLargeError,
    InsufficientCreditsError,
    MissingClientIdError,
    RateLimitError,
    RenderNotFoundError,
    ServerError,
    SessionNotFoundError,
    UnsupportedFileError,
)
from nemovideo.wire.requests import Request

__all__ = [
    "BUSINESS_CODES",
    "READ_THE_STATE",
    "SUPPORTED_FORMATS",
    "TOKEN_PREFIX",
    "Account",
    "Refusal",
    "error_for",
    "without_tokens",
    "words_of",
]

_VIDEO: Final = ("mp4", "mov", "avi", "webm", "mkv")
_IMAGE: Final = ("jpg", "jpeg", "png", "gif", "webp")
_AUDIO: Final = ("mp3", "wav", "m4a", "aac")
SUPPORTED_FORMATS: Final = (*_VIDEO, *_IMAGE, *_AUDIO)
"""The endings that the service accepts (contract section 3)."""

_CLASSES: Final[Mapping[int, type[APIError]]] = {
    1001: AuthenticationError,
    1002: SessionNotFoundError,
    2001: InsufficientCreditsError,
    4001: UnsupportedFileError,
    4002: FileTooLargeError,
    402: ExportBlockedError,
    429: RateLimitError,
}
BUSINESS_CODES: Final = frozenset(_CLASSES)
"""The codes that mean the same wherever they stand (contract section 2)."""
_BY_STATUS: Final[Mapping[int, type[APIError]]] = {
    401: AuthenticationError,
    402: ExportBlockedError,
    413: FileTooLargeError,
    415: UnsupportedFileError,
    429: RateLimitError,
}
_SAID: Final[Mapping[type[APIError], str]] = {
    AuthenticationError: "The token is invalid or expired.",
    SessionNotFoundError: "The service knows no such session for this account.",
    InsufficientCreditsError: "The account is out of credits.",
    UnsupportedFileError: "The service does not accept this file.",
    FileTooLargeError: "The file is too large for the service.",
    MissingClientIdError: "The request carried no client id.",
    ExportBlockedError: "The service blocks this export.",
    RateLimitError: "Too many requests.",
    RenderNotFoundError: "The service knows no such render for this account.",
    ServerError: "The service failed.",
}
_HINTS: Final[Mapping[type[APIError], str]] = {
    SessionNotFoundError: "Start a new session; its timeline will be empty.",
    UnsupportedFileError: f"Send one of {', '.join(SUPPORTED_FORMATS)}.",
    FileTooLargeError: "Compress or trim it; the stated limit is 200 MB.",
    MissingClientIdError: "Set NEMO_CLIENT_ID to a UUID, or leave it out to have one made.",
    ExportBlockedError: "Register or upgrade your plan to unlock export.",
    RateLimitError: "Wait a little and try again.",
    RenderNotFoundError: "It may belong to another account.",
    ServerError: "Try again later.",
    APIError: "Repeating it as it is will not help.",
}
_AT_HOME: Final = "Give the address of the API itself, by base_url or NEMO_API_URL."
READ_THE_STATE: Final = (
    "Read the state of the session to see what was done before you send it again."
)
"""What to do when a message may have run."""
_COSTS: Final[Mapping[Delivered, str]] = {
    "no": "Nothing was charged.",
    "maybe": "It may have run and been charged.",
    "yes": "It had begun and may have been charged.",
}
TOKEN_PREFIX: Final = "nmv_usr_"  # noqa: S105  # how they begin is no secret
"""How tokens begin, as far as is known (contract section 1)."""
_TOKEN: Final = re.compile(rf"{TOKEN_PREFIX}[!-~]+")
"""A service may echo what it refused."""
_REFUSED_BEFORE_ANYTHING: Final = frozenset({1001, 1002, 2001, 4001, 4002, 429, 422, 400, 402})


@attrs.frozen
class Account:
    """What an error message needs to know of the account.

    Attributes:
        anonymous: Whether the token is a free one.
        user_id: `anon_..`, where it is known.
        web_url: Where people register.
    """

    anonymous: bool
    user_id: str | None
    web_url: str


@attrs.frozen
class Refusal:
    """What an answer said against a request.

    Attributes:
        status: The HTTP status.
        code: The business code, None where the answer had none.
        words: What the service said, possibly nothing.
        is_own: Whether the answer is the service's own JSON: a proxy's page proves nothing.
        retry_after: Seconds to wait, as the service asked.
        request_id: The service's id of the request.
        begun: Whether the work had begun: the refusal came inside a stream, after events.
    """

    status: int
    code: int | None = None
    words: str = ""
    is_own: bool = True
    retry_after: float | None = None
    request_id: str | None = None
    begun: bool = False


def error_for(request: Request, refusal: Refusal, account: Account) -> APIError:
    """Build the exception: the code decides first, then the status by route."""
    kind = _class_for(request, refusal)
    delivered = _delivered(refusal)
    error = kind(
        _message(kind, request, refusal, delivered),
        code=refusal.code,
        status=refusal.status,
        delivered=delivered,
        retryable=kind is RateLimitError or _is_passing(refusal),
        retry_after=refusal.retry_after,
        hint=_AT_HOME if _is_redirect(refusal) else _HINTS.get(kind, ""),
        method=request.method,
        path=request.path,
        request_id=refusal.request_id,
    )
    _complete(error, account)
    return error


def _class_for(request: Request, refusal: Refusal) -> type[APIError]:
    if kind := _CLASSES.get(refusal.code or 0):
        return kind
    match refusal.code or refusal.status:
        case 404:
            return request.missing
        case 400:
            return request.malformed
    if kind := _BY_STATUS.get(refusal.status):
        return kind
    return APIError if refusal.is_own and refusal.status < 500 else ServerError


def _is_passing(refusal: Refusal) -> bool:
    """Whether the trouble may be over soon; a code says that it is not, whatever the status."""
    code = refusal.code or 0
    decided = code if code in BUSINESS_CODES or 400 <= code < 600 else refusal.status
    return decided in {408, 429} or 500 <= decided < 600


def _is_redirect(refusal: Refusal) -> bool:
    return refusal.code is None and 300 <= refusal.status < 400


def _delivered(refusal: Refusal) -> Delivered:
    if refusal.begun:
        return "yes"
    decided = refusal.code or refusal.status
    refused = decided in _REFUSED_BEFORE_ANYTHING or decided in {401, 403, 404, 413, 415}
    return "no" if refusal.is_own and refused else "maybe"


def _message(kind: type[APIError], request: Request, refusal: Refusal, delivered: Delivered) -> str:
    said = _SAID.get(kind, f"The service refused {request.method} {request.path}.")
    if _is_redirect(refusal):
        said = "The service redirects to another address, which is not followed."
    if refusal.words and refusal.words.rstrip(".").lower() not in said.lower():
        said += f" It says: {without_tokens(refusal.words[:300]).rstrip('.')}."
    if not refusal.is_own:
        said += f" (HTTP {refusal.status}, not in the service's own words.)"
    if request.paid:
        said += f" {_COSTS[delivered]}"
    return said


def _complete(error: APIError, account: Account) -> None:
    """Fill in what only some classes carry."""
    match error:
        case InsufficientCreditsError() if account.anonymous:
            bind = f"?bind={account.user_id}" if account.user_id else ""
            error.registration_url = f"{account.web_url}/register{bind}"
            error.hint = f"Register at {error.registration_url} to go on."
        case InsufficientCreditsError():
            error.hint = "Top up the credits in your account."
        case AuthenticationError():
            error.hint = (
                "Run it again to get a new free token."
                if account.anonymous
                else "Check NEMO_TOKEN, or the token that you gave."
            )
        case UnsupportedFileError():
            error.supported = SUPPORTED_FORMATS


def without_tokens(words: str) -> str:
    """Hide the tokens in what a service says."""
    return _TOKEN.sub(f"{TOKEN_PREFIX}..", words)


def words_of(detail: Any) -> str:
    """Turn what stands behind `detail`, `error` or `message` into words."""
    match detail:
        case str():
            return detail
        case {"message": str(text)} | {"msg": str(text)}:
            return text
        case list():
            return "; ".join(
                filter(None, (words_of(item) for item in detail if not isinstance(item, list)))
            )
    return ""
