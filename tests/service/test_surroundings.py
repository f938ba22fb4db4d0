"""Surroundings that make other clients send twice, or tell secrets: one message, no secret."""

import logging
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from nemovideo import (
    APIError,
    NemoVideo,
    NemoVideoError,
    RequestEnded,
    RequestStarted,
    TransportError,
)
from nemovideo.emulator import Emulator

SECRETS = ("nmv_usr_given", "netrc-secret", "proxy-secret")


class Trap:
    """A service that answers messages in one way, and notes everything that reaches it."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.seen: list[str] = []
        self.tokens: set[str] = set()

    async def answer(self, request: web.Request) -> web.Response:
        """Take note and answer."""
        self.seen.append(f"{request.method} {request.path}")
        self.tokens.add(request.headers.get("Authorization", ""))
        await request.read()
        if self.status == 0:
            assert request.transport
            request.transport.abort()
        return web.Response(status=self.status or 200, headers={"Location": "/elsewhere"})


@pytest.fixture
def hostile(home: Path, monkeypatch: pytest.MonkeyPatch, closed_proxy: str) -> None:
    """A netrc entry for every host, and a proxy that is not there."""
    netrc = home / ".netrc"
    netrc.write_text("default login me password netrc-secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, closed_proxy)


@pytest.fixture
def closed_proxy(unused_tcp_port: int) -> str:
    """A proxy with a password, where nobody listens."""
    return f"http://me:proxy-secret@127.0.0.1:{unused_tcp_port}"


async def persistent(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """A middleware that sends everything three times."""
    for _ in range(2):
        await send(request)
    return await send(request)


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("status", [307, 308, 302, 303, 401, 500, 503, 0])
async def test_a_message_leaves_once_and_tells_no_secret(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the answer, a lent session that repeats, a netrc and a proxy."""
    caplog.set_level(logging.DEBUG)
    trap = Trap(status)
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", trap.answer)
    told: list[object] = []

    def note(seen: RequestStarted | RequestEnded) -> None:
        told.append(seen)
        told.append(dict(seen.headers) if isinstance(seen, RequestStarted) else None)

    async with (
        TestServer(app) as server,
        aiohttp.ClientSession(
            middlewares=(persistent,), trust_env=True, raise_for_status=True
        ) as lent,
        NemoVideo(
            base_url=str(server.make_url("")),
            token="nmv_usr_given",
            http=lent,
            on_request=note,
            on_response=note,
        ) as nemo,
    ):
        with pytest.raises(NemoVideoError) as caught:
            await nemo.chat.send("1", "add music")

    assert trap.seen == ["POST /run_sse"]
    assert trap.tokens == {"Bearer nmv_usr_given"}
    assert isinstance(caught.value, APIError | TransportError)
    assert caught.value.delivered == "maybe"
    if isinstance(caught.value, APIError):
        assert caught.value.status == status
        assert ("redirects" in str(caught.value)) == (300 <= status < 400)
    error: BaseException | None = caught.value
    shown = [repr(told), caplog.text, repr(nemo)]
    while error is not None:
        shown.append(f"{error!r} {error} {vars(error)}")
        error = error.__cause__ or error.__context__
    assert not [secret for secret in SECRETS if secret in " ".join(shown)]


@pytest.mark.usefixtures("hostile")
async def test_a_video_is_paid_once_on_a_session_that_repeats(
    emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """The whole way on a lent session whose middleware sends everything three times."""
    async with (
        aiohttp.ClientSession(middlewares=(persistent,), trust_env=True) as lent,
        NemoVideo(base_url=emulator.url, http=lent) as nemo,
    ):
        await nemo.make_video(photos[:2], "a 4-second slideshow", tmp_path / "v.mp4")

    assert (emulator.bill.runs, emulator.bill.renders, emulator.bill.credits) == (1, 1, 50)
    assert emulator.leaked_tokens == []
    assert emulator.unattributed == []
