"""Answers of the service become values; unknown fields are left alone, missing ones are None."""

import datetime as dt
import email.utils
import json
import math
from collections.abc import Mapping
from typing import Any, TypeVar

import attrs

from nemovideo.draft import Draft
from nemovideo.errors import ServerError
from nemovideo.models import (
    AnonymousToken,
    Balance,
    Render,
    RenderStatus,
    Session,
    SessionState,
    UploadedFile,
)
from nemovideo.wire.refusals import BUSINESS_CODES, Account, Refusal, error_for, words_of
from nemovideo.wire.requests import Request
from nemovideo.wire.values import moment_of, number_of, object_of

__all__ = [
    "Answer",
    "anonymous_token",
    "balance",
    "claim_token",
    "refusal_in_stream",
    "render",
    "seconds_to_wait",
    "session",
    "session_state",
    "unwrap",
    "uploaded_files",
]

_Kind = TypeVar("_Kind")
_STATUSES: Mapping[str, RenderStatus] = {
    "pending": "pending",
    "queued": "pending",
    "completed": "completed",
    "failed": "failed",
}
_ENVELOPE = frozenset({"code", "success", "message", "data"})
_REASONS = frozenset({"detail", "error"})
_ADDRESSES = ("outputUrl", "output_url", "url")


@attrs.frozen
class Answer:
    """A whole HTTP answer.

    Attributes:
        status: The HTTP status.
        headers: The headers, to be asked for without regard to case.
        body: The body, decompressed.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = attrs.field(repr=False)


def unwrap(request: Request, answer: Answer, account: Account, now: dt.datetime) -> dict[str, Any]:
    """Take the data out of whichever of the three envelopes it came in (contract section 2).

    Fields beside `data` are kept, those inside win.

    Raises:
        APIError: The subclass that the refusal means.
    """
    document = _document(answer)
    if document is None:
        raise error_for(request, _unreadable(answer, now), account)
    if refusal := _refusal(answer, document, now):
        raise error_for(request, refusal, account)
    data = document.get("data")
    beside = {key: value for key, value in document.items() if key not in _ENVELOPE}
    return {**beside, **data} if isinstance(data, dict) else beside


def refusal_in_stream(document: Mapping[str, Any], *, begun: bool) -> Refusal | None:
    """Find what a document inside an event stream says against the message, None where nothing.

    An error without a code of the service is the agent's failure, not a refusal.

    Args:
        document: JSON that is no event of an agent.
        begun: Whether other events came before it.
    """
    code = _code(document.get("code"))
    denied = document.get("success") is False
    failed = document.get("type") == "error" or bool(document.get("error"))
    if code in BUSINESS_CODES or denied or (not failed and (code or document.get("detail"))):
        return Refusal(200, code or None, _said(document), begun=begun)
    return None


def seconds_to_wait(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    """Read `Retry-After`: seconds or a date (RFC 9110, section 10.2.3); None where it is absent."""
    value = headers.get("Retry-After", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        seconds = _seconds_until(value, now)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def anonymous_token(data: Mapping[str, Any]) -> AnonymousToken:
    """Read a free account."""
    return AnonymousToken(
        token=_required(data, "token"),
        user_id=_get(data, str, "user_id"),
        expires_at=moment_of(data.get("expires_at")),
        credits=_get(data, int, "credits"),
    )


def claim_token(data: Mapping[str, Any]) -> tuple[str, int | None]:
    """Read the token of a browser link and its seconds."""
    return _required(data, "claim_token"), _get(data, int, "expires_in")


def session(data: Mapping[str, Any]) -> Session:
    """Read a new session; some servers give the id as a number."""
    identifier = data.get("session_id")
    known = {**data, "session_id": str(identifier)} if isinstance(identifier, int) else data
    return Session(
        session_id=_required(known, "session_id"),
        task_id=_get(data, str, "task_id"),
        user_id=_get(data, str, "user_id"),
    )


def uploaded_files(data: Mapping[str, Any]) -> list[UploadedFile]:
    """Read what the service took."""
    files = _get(data, list, "files") or ()
    return [_uploaded(item) for item in files if isinstance(item, dict)]


def balance(data: Mapping[str, Any]) -> Balance:
    """Read the credits; the total is the sum where it is missing.

    Raises:
        ServerError: It does not say what is available: that is not known to be nothing.
    """
    if (available := number_of(data.get("available"))) is None:
        raise _lacking("available")
    frozen, total = number_of(data.get("frozen")) or 0, number_of(data.get("total"))
    return Balance(available, frozen, available + frozen if total is None else total)


def session_state(data: Mapping[str, Any]) -> SessionState:
    """Read a session's state.

    Raises:
        ServerError: There is none: a session that was never edited has an empty one.
        DraftError: The timeline has a shape that no timeline has.
    """
    state = data.get("state", "")
    if state is not None and not isinstance(state, dict):
        raise _lacking("state")
    state = state or {}
    draft = state.get("draft")
    return SessionState(
        draft=Draft.from_wire(draft) if draft else None,
        video_infos=tuple(_get(state, list, "video_infos") or ()),
        generated_media=tuple(_get(state, list, "generated_media") or ()),
        canvas_config=_get(state, dict, "canvas_config"),
        raw=state,
    )


def render(data: Mapping[str, Any], render_id: str) -> Render:
    """Read a render in both shapes and their mixtures; unknown words mean that it goes on."""
    output = object_of(data.get("output"))
    status = str(data.get("status", "pending")).lower()
    addresses = (_get(output, str, "url"), *(_get(data, str, name) for name in _ADDRESSES))
    return Render(
        render_id=render_id,
        status=_STATUSES.get(status, "processing"),
        progress=number_of(data.get("progress")),
        url=next(filter(None, addresses), None),
        duration=number_of(output.get("duration")) or number_of(data.get("duration")),
        size=_get(output, int, "size") or _get(data, int, "size"),
        error=words_of(data.get("error")) or None,
    )


def _seconds_until(date: str, now: dt.datetime) -> float:
    try:
        return (email.utils.parsedate_to_datetime(date) - now).total_seconds()
    except (TypeError, ValueError):
        return math.nan


def _document(answer: Answer) -> dict[str, Any] | None:
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _refusal(answer: Answer, document: Mapping[str, Any], now: dt.datetime) -> Refusal | None:
    code = _code(document.get("code"))
    refused = document.get("success") is False and "status" not in object_of(document.get("data"))
    only_reasons = any(map(document.get, _REASONS)) and not document.keys() - _REASONS
    if not (code or refused or only_reasons or answer.status >= 400):
        return None
    words = _said(document)
    return attrs.evolve(_unreadable(answer, now), code=code or None, words=words, is_own=True)


def _said(document: Mapping[str, Any]) -> str:
    said = (words_of(document.get(key)) for key in ("message", "error", "detail"))
    return next(filter(None, said), "")


def _unreadable(answer: Answer, now: dt.datetime) -> Refusal:
    """A refusal in nobody's words: HTML of a proxy, plain text, an empty or cut body."""
    plain = answer.headers.get("Content-Type", "").startswith("text/plain")
    return Refusal(
        status=answer.status,
        words=answer.body[:200].decode("utf-8", "replace").strip() if plain else "",
        is_own=plain and answer.status == 403,
        retry_after=seconds_to_wait(answer.headers, now),
        request_id=answer.headers.get("X-Request-Id"),
    )


def _code(value: Any) -> int:
    try:
        return 0 if isinstance(value, bool) else int(value)
    except (TypeError, ValueError, OverflowError):
        return 0


def _uploaded(item: Mapping[str, Any]) -> UploadedFile:
    return UploadedFile(
        filename=_get(item, str, "filename") or "",
        file_type=_get(item, str, "file_type") or "",
        cdn_url=_get(item, str, "cdn_url"),
        duration=number_of(item.get("duration")),
        width=_get(item, int, "width"),
        height=_get(item, int, "height"),
        fps=number_of(item.get("fps")),
        hash=_get(item, str, "hash"),
    )


def _required(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise _lacking(name)
    return value


def _lacking(name: str) -> ServerError:
    return ServerError(
        f"The service's answer lacks {name}.", hint="A newer nemovideo may understand it."
    )


def _get(data: Mapping[str, Any], kind: type[_Kind], name: str) -> _Kind | None:
    value = data.get(name)
    return value if isinstance(value, kind) else None
