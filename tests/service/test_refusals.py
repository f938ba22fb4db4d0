"""The error table of the contract: every row, in every shape, on every call, from the emulator."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

from nemovideo import (
    APIError,
    AuthenticationError,
    Draft,
    ExportBlockedError,
    FileTooLargeError,
    InsufficientCreditsError,
    MissingClientIdError,
    NemoVideo,
    RateLimitError,
    RenderNotFoundError,
    RetryPolicy,
    ServerError,
    Session,
    SessionNotFoundError,
    UnsupportedFileError,
)
from nemovideo.emulator import Emulator

Invoke: TypeAlias = Callable[[NemoVideo], Awaitable[Any]]

SESSION: Final = Session("1234567890123456789", task_id="task_1")
PHOTO: Final = Path(__file__).parents[2] / "examples" / "photos" / "cat.jpg"
DRAFT: Final = Draft.from_wire({"d": 1000, "t": [{"tt": 0, "sg": [{"d": 1000}]}]})

CALLS: Final[dict[str, tuple[str, Invoke]]] = {
    "claim link": ("POST /api/auth/claim-token", lambda nemo: nemo.auth.claim_link(SESSION)),
    "session": ("POST /api/tasks/me/with-session", lambda nemo: nemo.sessions.create()),
    "upload": ("POST /api/upload-video", lambda nemo: nemo.uploads.files(SESSION, PHOTO)),
    "upload urls": (
        "POST /api/upload-video",
        lambda nemo: nemo.uploads.urls(SESSION, "http://127.0.0.1:9/a.jpg"),
    ),
    "chat": ("POST /run_sse", lambda nemo: nemo.chat.send(SESSION, "add music")),
    "state": ("GET /api/state", lambda nemo: nemo.state.latest(SESSION)),
    "credits": ("GET /api/credits", lambda nemo: nemo.credits.balance()),
    "submit": ("POST /api/render/proxy/lambda", lambda nemo: nemo.renders.submit(SESSION, DRAFT)),
    "look": ("GET /api/render/proxy/lambda/", lambda nemo: nemo.renders.get("render_1")),
    "cancel": ("POST /api/render/proxy/lambda/*/cancel", lambda nemo: nemo.renders.cancel("r_1")),
    "token": ("POST /api/auth/anonymous-token", lambda nemo: nemo.auth.anonymous_token()),
}
MISSING: Final = {
    **dict.fromkeys(
        ("claim link", "upload", "upload urls", "chat", "state", "submit"), SessionNotFoundError
    ),
    "look": RenderNotFoundError,
    "cancel": RenderNotFoundError,
}
BY_CODE: Final[dict[int, type[APIError]]] = {
    1001: AuthenticationError,
    1002: SessionNotFoundError,
    2001: InsufficientCreditsError,
    4001: UnsupportedFileError,
    4002: FileTooLargeError,
    402: ExportBlockedError,
    429: RateLimitError,
    7777: APIError,
}
BY_STATUS: Final[dict[int, type[APIError]]] = {
    401: AuthenticationError,
    402: ExportBlockedError,
    403: APIError,
    413: FileTooLargeError,
    415: UnsupportedFileError,
    422: APIError,
    429: RateLimitError,
    500: ServerError,
    502: ServerError,
    503: ServerError,
}
PASSING: Final = frozenset({429, 500, 502, 503})

every_call = pytest.mark.parametrize("name", CALLS)


@pytest.fixture
async def account(emulator: Emulator) -> str:
    """A token that is never replaced."""
    return emulator.register()


def meaning(name: str, decided: int, table: dict[int, type[APIError]]) -> type[APIError]:
    """The class of a code or a status, by route where the table says so."""
    if decided == 404:
        return MISSING.get(name, APIError)
    if decided == 400:
        return MissingClientIdError if name == "token" else APIError
    return table[decided]


@pytest.fixture
async def nemo(name: str, emulator: Emulator, account: str) -> AsyncIterator[NemoVideo]:
    """A client that repeats nothing; without a token where a token is asked for."""
    token = None if name == "token" else account
    once = RetryPolicy(attempts=1)
    async with NemoVideo(base_url=emulator.url, token=token, retry=once) as client:
        yield client


async def refused(
    name: str, nemo: NemoVideo, service: Emulator, token: str, **fault: Any
) -> APIError:
    """The error of a call that is refused; exactly one request was made for it."""
    path, invoke = CALLS[name]
    ordered = service.faults.refuse(path=path, times=None, **fault)
    with pytest.raises(APIError) as caught:
        await invoke(nemo)
    ordered.clear()
    assert ordered.hits == 1
    assert token not in f"{caught.value!r} {caught.value}"
    return caught.value


@every_call
@pytest.mark.parametrize(
    ("shape", "status"),
    [("code", 200), ("code", 400), ("code", 404), ("code", 500), ("success", 200)],
)
async def test_a_code_means_its_error_whatever_the_status(
    name: str, shape: str, status: int, nemo: NemoVideo, emulator: Emulator, account: str
) -> None:
    """Judge by code first (contract section 2)."""
    for code in [*BY_CODE, 400, 404]:
        error = await refused(name, nemo, emulator, account, code=code, status=status, shape=shape)

        expected = ServerError if (code, status) == (7777, 500) else meaning(name, code, BY_CODE)
        assert type(error) is expected, code
        assert (error.code, error.status) == (code, status)
        assert error.delivered == ("maybe" if code == 7777 else "no"), code
        assert error.request_id
        assert error.hint
        may_pass = (code == 429 and name != "token") or (code, status) == (7777, 500)
        assert error.retryable == (may_pass and (name, error.delivered) != ("chat", "maybe")), code


@every_call
@pytest.mark.parametrize("shape", ["detail", "detail_list"])
async def test_a_status_in_the_services_own_words_means_its_error(
    name: str, shape: str, nemo: NemoVideo, emulator: Emulator, account: str
) -> None:
    """Where there is no code, the status and the route decide; what it says is told."""
    for status in [*BY_STATUS, 400, 404]:
        error = await refused(
            name,
            nemo,
            emulator,
            account,
            code=status,
            status=status,
            shape=shape,
            message="so it says",
        )

        assert type(error) is meaning(name, status, BY_STATUS), status
        assert (error.code, error.status) == (None, status)
        assert error.delivered == ("maybe" if status >= 500 else "no"), status
        may_pass = status in PASSING and (name, status) != ("token", 429)
        assert error.retryable == (may_pass and (name, error.delivered) != ("chat", "maybe")), (
            status
        )
        assert "so it says" in str(error)


@every_call
@pytest.mark.parametrize("shape", ["text", "html", "empty", "cut"])
async def test_a_status_in_nobodys_words_proves_nothing(
    name: str, shape: str, nemo: NemoVideo, emulator: Emulator, account: str
) -> None:
    """A proxy may have answered: the class is that of the status, and it may have run."""
    for status in [*BY_STATUS, 400, 404]:
        error = await refused(
            name, nemo, emulator, account, code=status, status=status, shape=shape
        )

        expected = meaning(name, status, BY_STATUS)
        is_own = shape == "text" and status == 403
        is_known = is_own or status in {400, 404} or expected is not APIError
        assert type(error) is (expected if is_known else ServerError), status
        assert error.delivered == ("no" if is_own else "maybe"), status
        assert "<" not in str(error)


@every_call
@pytest.mark.parametrize("shape", ["html", "empty", "cut", "text"])
async def test_a_200_that_nobody_can_read_is_an_error(
    name: str, shape: str, nemo: NemoVideo, emulator: Emulator, account: str
) -> None:
    """Never a bare JSON error, and never a success; only a stream may be empty."""
    if (name, shape) == ("chat", "empty"):
        return
    error = await refused(name, nemo, emulator, account, code=7777, status=200, shape=shape)

    assert type(error) is ServerError
    assert error.delivered == "maybe"


@every_call
async def test_a_200_that_only_gives_a_reason_is_an_error(
    name: str, nemo: NemoVideo, emulator: Emulator, account: str
) -> None:
    """`{"detail": ..}` under a status that says that all is well."""
    error = await refused(
        name, nemo, emulator, account, code=7777, status=200, shape="detail", message="so it says"
    )

    assert error.status == 200
    assert "so it says" in str(error)
