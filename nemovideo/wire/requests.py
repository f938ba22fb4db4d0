"""Every request of the contract as a value: what goes where, and what may be repeated."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal
from urllib.parse import quote

import attrs

from nemovideo.draft.parts import shown
from nemovideo.errors import (
    APIError,
    InputError,
    MissingClientIdError,
    RenderNotFoundError,
    SessionNotFoundError,
)
from nemovideo.models import Output, Render, Session

__all__ = [
    "FILES_FIELD",
    "MESSAGE_PATH",
    "TOKEN_PATH",
    "Request",
    "anonymous_token",
    "balance",
    "cancel_render",
    "claim_token",
    "create_session",
    "download_path",
    "get_render",
    "identify",
    "latest_state",
    "message",
    "submit_render",
    "upload_files",
    "upload_urls",
]

_AGENT: Final = "nemo_agent"
MESSAGE_PATH: Final = "/run_sse"
TOKEN_PATH: Final = "/api/auth/anonymous-token"  # noqa: S105  # a path
FILES_FIELD: Final = "files"


@attrs.frozen
class Request:
    """One request, without origin, token and attribution.

    Attributes:
        method: `GET` or `POST`.
        path: The path, quoted.
        json: The body, None for no body.
        headers: Headers of this route alone.
        repeats: `reads` may be repeated after any passing failure, `undelivered` only where
            the failure proves that nothing ran, at most once.
        paid: Whether it can cost credits; its errors say whether it did.
        missing: What a 404 without a business code means on this route.
        malformed: What a 400 without a business code means on this route.
    """

    method: str
    path: str
    json: Any = attrs.field(default=None, repr=False)
    headers: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    repeats: Literal["reads", "undelivered"] = "undelivered"
    paid: bool = False
    missing: type[APIError] = APIError
    malformed: type[APIError] = APIError


def anonymous_token(client_id: str) -> Request:
    """Ask for a free account; the only call without a token."""
    return Request(
        "POST",
        TOKEN_PATH,
        headers={"X-Client-Id": client_id},
        malformed=MissingClientIdError,
    )


def claim_token(session: Session) -> Request:
    """Ask for the token of a browser link."""
    body = {"task_id": session.task_id, "session_id": identify(session)}
    return Request("POST", "/api/auth/claim-token", body, missing=SessionNotFoundError)


def create_session(name: str, language: str) -> Request:
    """Start a session; `name` is the task's name, `language` a tag such as `en` or `zh-CN`."""
    body = {"task_name": name, "language": language}
    return Request("POST", f"/api/tasks/me/with-session/{_AGENT}", body)


def upload_files(session: Session | str) -> Request:
    """Send files; their multipart body is made by the net."""
    return Request("POST", _upload_path(session), missing=SessionNotFoundError)


def upload_urls(session: Session | str, urls: Sequence[str]) -> Request:
    """Have the service fetch files from the web."""
    body = {"urls": list(urls), "source_type": "url"}
    return Request("POST", _upload_path(session), body, missing=SessionNotFoundError)


def balance() -> Request:
    """Ask for the credits of the account."""
    return Request("GET", "/api/credits/balance/simple", repeats="reads")


def latest_state(session: Session | str) -> Request:
    """Read the state of a session, with its draft."""
    path = f"/api/state/{_AGENT}/me/{_segment(session)}/latest"
    return Request("GET", path, repeats="reads", missing=SessionNotFoundError)


def message(session: Session | str, text: str) -> Request:
    """Say something to the agent; the answer is a stream of server-sent events."""
    body = {
        "app_name": _AGENT,
        "user_id": "me",
        "session_id": identify(session),
        "new_message": {"role": "user", "parts": [{"text": text}]},
    }
    return Request(
        "POST",
        MESSAGE_PATH,
        body,
        headers={"Accept": "text/event-stream"},
        paid=True,
        missing=SessionNotFoundError,
    )


def submit_render(
    render_id: str, session: Session | str, draft: Mapping[str, Any], output: Output
) -> Request:
    """Order a render under an id that the caller chose."""
    body = {
        "id": identify(render_id),
        "sessionId": identify(session),
        "draft": draft,
        "output": {"format": output.format, "quality": output.quality},
    }
    return Request("POST", "/api/render/proxy/lambda", body, missing=SessionNotFoundError)


def get_render(render: Render | str) -> Request:
    """Ask how far a render is."""
    path = f"/api/render/proxy/lambda/{_segment(render)}"
    return Request("GET", path, repeats="reads", missing=RenderNotFoundError)


def cancel_render(render: Render | str) -> Request:
    """Take back a render that has not begun."""
    path = f"/api/render/proxy/lambda/{_segment(render)}/cancel"
    return Request("POST", path, missing=RenderNotFoundError)


def download_path(render: Render | str) -> str:
    """Give the path of the fallback download, which needs the token."""
    return f"/api/render/proxy/{_segment(render)}/download"


def identify(subject: Session | Render | str) -> str:
    """Give the id of a session or render; an id stands for itself.

    Raises:
        InputError: It is no text, or holds nothing; in a path, one of dots leads to another route.
    """
    identifier: Any = subject
    match subject:
        case Session():
            identifier = subject.session_id
        case Render():
            identifier = subject.render_id
    if not isinstance(identifier, str) or not identifier.strip(". "):
        raise InputError(f"{shown(identifier)} is no id.", hint="Give it as the service gave it.")
    return identifier


def _upload_path(session: Session | str) -> str:
    return f"/api/upload-video/{_AGENT}/me/{_segment(session)}"


def _segment(subject: Session | Render | str) -> str:
    return quote(identify(subject), safe="")
