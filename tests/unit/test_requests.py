from collections.abc import Callable
from typing import Any

import pytest

from nemovideo.errors import (
    APIError,
    InputError,
    MissingClientIdError,
    RenderNotFoundError,
    SessionNotFoundError,
)
from nemovideo.models import Output, Render, Session
from nemovideo.wire import requests
from nemovideo.wire.requests import Request

SID = "1234567890123456789"
SESSION = Session(SID, "task-1")
DRAFT = {"t": [{"tt": 0, "sg": [{"d": 1}]}], "z": 1.0}


@pytest.mark.parametrize(
    ("built", "expected"),
    [
        (
            requests.anonymous_token("c1d2"),
            Request(
                "POST",
                "/api/auth/anonymous-token",
                None,
                {"X-Client-Id": "c1d2"},
                malformed=MissingClientIdError,
            ),
        ),
        (
            requests.claim_token(SESSION),
            Request(
                "POST",
                "/api/auth/claim-token",
                {"task_id": "task-1", "session_id": SID},
                missing=SessionNotFoundError,
            ),
        ),
        (
            requests.create_session("project", "zh-CN"),
            Request(
                "POST",
                "/api/tasks/me/with-session/nemo_agent",
                {"task_name": "project", "language": "zh-CN"},
            ),
        ),
        (
            requests.upload_files(SESSION),
            Request(
                "POST",
                f"/api/upload-video/nemo_agent/me/{SID}",
                missing=SessionNotFoundError,
            ),
        ),
        (
            requests.upload_urls(SID, ("https://a/b.jpg",)),
            Request(
                "POST",
                f"/api/upload-video/nemo_agent/me/{SID}",
                {"urls": ["https://a/b.jpg"], "source_type": "url"},
                missing=SessionNotFoundError,
            ),
        ),
        (
            requests.balance(),
            Request("GET", "/api/credits/balance/simple", repeats="reads"),
        ),
        (
            requests.latest_state(SESSION),
            Request(
                "GET",
                f"/api/state/nemo_agent/me/{SID}/latest",
                repeats="reads",
                missing=SessionNotFoundError,
            ),
        ),
        (
            requests.message(SID, "add 音乐"),
            Request(
                "POST",
                "/run_sse",
                {
                    "app_name": "nemo_agent",
                    "user_id": "me",
                    "session_id": SID,
                    "new_message": {"role": "user", "parts": [{"text": "add 音乐"}]},
                },
                {"Accept": "text/event-stream"},
                paid=True,
                missing=SessionNotFoundError,
            ),
        ),
        (
            requests.submit_render("render_1", SESSION, DRAFT, Output()),
            Request(
                "POST",
                "/api/render/proxy/lambda",
                {
                    "id": "render_1",
                    "sessionId": SID,
                    "draft": DRAFT,
                    "output": {"format": "mp4", "quality": "high"},
                },
                missing=SessionNotFoundError,
            ),
        ),
        (
            requests.get_render(Render("render_1")),
            Request(
                "GET",
                "/api/render/proxy/lambda/render_1",
                repeats="reads",
                missing=RenderNotFoundError,
            ),
        ),
        (
            requests.cancel_render("render_1"),
            Request(
                "POST", "/api/render/proxy/lambda/render_1/cancel", missing=RenderNotFoundError
            ),
        ),
    ],
    ids=[
        "anonymous token",
        "claim token",
        "create session",
        "upload files",
        "upload urls",
        "balance",
        "state",
        "message",
        "submit render",
        "get render",
        "cancel render",
    ],
)
def test_a_request_is_what_the_contract_says(built: Request, expected: Request) -> None:
    """Method, path, body, headers and meanings of each route of contract section 3."""
    assert built == expected


def test_the_draft_is_sent_as_it_is() -> None:
    """No copy and no change on the way to the render."""
    assert requests.submit_render("r", SID, DRAFT, Output()).json["draft"] is DRAFT


def test_the_output_can_be_chosen() -> None:
    """Format and quality are the caller's."""
    built = requests.submit_render("r", SID, {}, Output("mov", "low"))

    assert built.json["output"] == {"format": "mov", "quality": "low"}


@pytest.mark.parametrize(
    "path",
    [
        requests.latest_state("a/../b?c#d").path,
        requests.get_render("a/../b?c#d").path,
        requests.upload_files("a/../b?c#d").path,
        requests.cancel_render("a/../b?c#d").path,
        requests.download_path("a/../b?c#d"),
    ],
)
def test_an_id_cannot_leave_its_place_in_the_path(path: str) -> None:
    """Slashes, question marks and hashes of an id are quoted."""
    assert "a%2F..%2Fb%3Fc%23d" in path


def test_the_fallback_download_has_its_own_path() -> None:
    """The way through the API, when the file's address cannot be fetched."""
    assert requests.download_path(Render("r1")) == "/api/render/proxy/r1/download"


def test_a_bare_400_means_nothing_special_elsewhere() -> None:
    """`MissingClientIdError` belongs to one route."""
    assert requests.balance().malformed is APIError


@pytest.mark.parametrize("subject", [SESSION, SID])
def test_an_id_stands_for_its_session(subject: Session | str) -> None:
    """Both are taken everywhere."""
    assert requests.identify(subject) == SID


TAKING_AN_ID: dict[str, Callable[[Any], object]] = {
    "claim token": lambda known: requests.claim_token(Session(known, "task-1")),
    "upload": requests.upload_files,
    "urls": lambda known: requests.upload_urls(known, ["https://a/b.jpg"]),
    "state": requests.latest_state,
    "message": lambda known: requests.message(known, "hi"),
    "message to a session": lambda known: requests.message(Session(known), "hi"),
    "session of a render": lambda known: requests.submit_render("r", known, DRAFT, Output()),
    "render": lambda known: requests.submit_render(known, SID, DRAFT, Output()),
    "look": requests.get_render,
    "look at a render": lambda known: requests.get_render(Render(known)),
    "cancel": requests.cancel_render,
    "download": requests.download_path,
}


@pytest.mark.parametrize("identifier", ["", " ", ".", "..", None, 1234567890123456789], ids=repr)
@pytest.mark.parametrize("build", TAKING_AN_ID.values(), ids=TAKING_AN_ID.keys())
def test_what_is_no_id_is_refused(build: Callable[[Any], object], identifier: Any) -> None:
    """One of dots would become another route; an int is not what the service gave."""
    with pytest.raises(InputError, match="is no id"):
        build(identifier)
