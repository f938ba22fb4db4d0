import asyncio
import logging

import pytest
from aiohttp import web

from nemovideo.errors import ConfigurationError, ConnectError
from nemovideo.models import RequestEnded, RequestStarted
from nemovideo.net.bodies import JSONBody
from nemovideo.net.calls import Call
from nemovideo.net.door import Door
from nemovideo.net.hooks import Hooks
from tests.net.conftest import QUICK, Serve

HEADERS = {
    "Authorization": "Bearer nmv_usr_secret",
    "X-Client-Id": "secret",
    "X-Skill-Source": "holiday-bot",
}


async def fine(_: web.Request) -> web.Response:
    return web.json_response({"ok": True}, headers={"X-Request-Id": "r-1"})


async def sent(origin: str, hooks: Hooks) -> None:
    """One request through a door with these hooks."""
    door = Door(QUICK, hooks=hooks)
    try:
        call = Call("POST", f"{origin}/run_sse?signature=secret", HEADERS, JSONBody("secret"))
        await door.send(call, answer_within=1)
    finally:
        await door.aclose()


async def test_hooks_hear_of_a_request_and_its_answer(serve: Serve) -> None:
    """Both get the same request, so that a span can be ended where it was begun."""
    told: list[RequestStarted | RequestEnded] = []
    origin = await serve(fine)

    await sent(origin, Hooks(told.append, told.append))

    started, ended = told
    assert isinstance(started, RequestStarted)
    assert isinstance(ended, RequestEnded)
    assert (started.method, started.url) == ("POST", f"{origin}/run_sse")
    assert started.headers["X-Skill-Source"] == "holiday-bot"
    assert ended.request is started
    assert (ended.status, ended.request_id, ended.error) == (200, "r-1", None)
    assert 0 < ended.seconds < 1


async def test_hooks_hear_of_a_failure(closed_port: str) -> None:
    """By the name of its exception."""
    told: list[RequestEnded] = []

    with pytest.raises(ConnectError):
        await sent(closed_port, Hooks(on_response=told.append))

    assert [(ended.status, ended.error) for ended in told] == [(None, "ConnectError")]


async def test_hooks_hear_of_a_cancelled_request(serve: Serve) -> None:
    """Every start has its end."""
    told: list[RequestStarted | RequestEnded] = []

    async def slow(_: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await sent(await serve(slow), Hooks(told.append, told.append))

    assert isinstance(told[-1], RequestEnded)
    assert told[-1].error == "CancelledError"


async def test_an_answer_that_breaks_off_has_one_end(serve: Serve) -> None:
    """The head was there; what follows is told by the call itself."""
    told: list[RequestEnded] = []

    async def cut(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "100"})
        await answer.prepare(request)
        assert request.transport
        request.transport.abort()
        return answer

    with pytest.raises(Exception, match="broke"):
        await sent(await serve(cut), Hooks(on_response=told.append))

    assert [ended.status for ended in told] == [200]


async def test_nothing_that_hooks_or_logs_get_is_secret(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither headers, nor the query, nor the body."""
    caplog.set_level(logging.DEBUG, "nemovideo")
    told: list[object] = []

    def note(seen: RequestStarted | RequestEnded) -> None:
        told.append(seen)
        told.append(dict(seen.headers if isinstance(seen, RequestStarted) else {}))

    await sent(await serve(fine), Hooks(note, note))

    shown = repr(told) + "".join(repr(record.__dict__) for record in caplog.records)
    assert "holiday-bot" in shown
    assert "secret" not in shown


async def test_a_request_leaves_a_record(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    """With fields of its own for programs that read logs."""
    caplog.set_level(logging.DEBUG, "nemovideo")
    origin = await serve(fine)

    await sent(origin, Hooks())

    fields = vars(caplog.records[0])
    assert fields["nemo_url"] == f"{origin}/run_sse"
    assert (fields["nemo_method"], fields["nemo_status"]) == ("POST", 200)
    assert fields["nemo_request_id"] == "r-1"


async def test_a_hook_that_fails_costs_nothing(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged once."""

    def broken(_: object) -> None:
        raise LookupError("mine")

    hooks = Hooks(broken, broken)
    origin = await serve(fine)

    await sent(origin, hooks)
    await sent(origin, hooks)

    assert [record.message for record in caplog.records] == ["A hook failed; the request goes on"]


def test_an_async_hook_is_refused() -> None:
    """Nobody would await it."""

    async def late(_: object) -> None: ...

    with pytest.raises(ConfigurationError, match="on_request"):
        Hooks(on_request=late)
