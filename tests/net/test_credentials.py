import asyncio
import logging
from pathlib import Path

import pytest
from aiohttp import web

from nemovideo.errors import AuthenticationError, RateLimitError, ServerError, TransportError
from nemovideo.models import AnonymousToken
from nemovideo.net.stores import FileTokenStore, MemoryTokenStore
from nemovideo.wire import requests
from tests.net.conftest import MakeTransport, Serve


class Service:
    """Gives out tokens and takes those that it still knows."""

    def __init__(self) -> None:
        self.asked: list[str | None] = []
        self.seen: list[str | None] = []
        self.valid = {"user"}
        self.pause = 0.02
        self.refusals: list[str | None] = []

    async def answer(self, request: web.Request) -> web.Response:
        """Give a token, or a balance to whoever has one."""
        if request.path == "/api/auth/anonymous-token":
            return await self._issue(request)
        self.seen.append(request.headers.get("Authorization"))
        if str(self.seen[-1]).removeprefix("Bearer ") not in self.valid:
            return web.json_response({"code": 1001, "message": "expired"}, status=401)
        return web.json_response({"code": 0, "data": {"available": 1}})

    async def _issue(self, request: web.Request) -> web.Response:
        assert "Authorization" not in request.headers
        assert request.headers["X-Skill-Source"]
        self.asked.append(request.headers.get("X-Client-Id"))
        await asyncio.sleep(self.pause)
        if self.refusals:
            asked = self.refusals.pop(0)
            headers = {"Retry-After": asked} if asked else {}
            return web.json_response({"code": 429}, status=429, headers=headers)
        token = f"free-{len(self.asked)}"
        self.valid.add(token)
        data = {"token": token, "user_id": "anon_1", "credits": 100}
        return web.json_response({"code": 0, "data": data})


@pytest.fixture
def service() -> Service:
    """A service of its own for each test."""
    return Service()


async def test_many_first_calls_ask_for_one_token(
    service: Service, serve: Serve, transport_to: MakeTransport
) -> None:
    """All of them wait for the same request."""
    transport = transport_to(await serve(service.answer), token=None)

    await asyncio.gather(*(transport.call(requests.balance()) for _ in range(20)))

    assert len(service.asked) == 1
    assert set(service.seen) == {"Bearer free-1"}


async def test_the_first_caller_may_leave(
    service: Service, serve: Serve, transport_to: MakeTransport
) -> None:
    """Cancelling it does not take the token from the others."""
    transport = transport_to(await serve(service.answer), token=None)
    first = asyncio.create_task(transport.call(requests.balance()))
    await asyncio.sleep(0.005)
    others = [asyncio.create_task(transport.call(requests.balance())) for _ in range(3)]
    await asyncio.sleep(0.005)

    first.cancel()
    answers = await asyncio.gather(*others)

    assert len(answers) == 3
    assert len(service.asked) == 1


async def test_one_renewal_serves_all_that_were_refused(
    service: Service, serve: Serve, transport_to: MakeTransport
) -> None:
    """An expired token is replaced once, with the same client id, and the calls go through."""
    transport = transport_to(await serve(service.answer), token=None)
    await transport.call(requests.balance())
    service.valid.clear()

    await asyncio.gather(*(transport.call(requests.balance()) for _ in range(10)))

    assert len(service.asked) == 2
    assert len(set(service.asked)) == 1


async def test_a_token_refused_twice_is_told(
    service: Service, serve: Serve, transport_to: MakeTransport
) -> None:
    """One renewal for a call, not one after another."""
    service.valid = set()
    service._issue = _useless(service)  # type: ignore[method-assign]
    transport = transport_to(await serve(service.answer), token=None)

    with pytest.raises(AuthenticationError):
        await transport.call(requests.balance())

    assert len(service.asked) == 2


def _useless(service: Service):  # type: ignore[no-untyped-def]  # noqa: ANN202
    async def issue(_: web.Request) -> web.Response:
        service.asked.append("")
        return web.json_response({"code": 0, "data": {"token": f"bad-{len(service.asked)}"}})

    return issue


async def test_the_token_of_the_user_is_never_replaced(
    service: Service, serve: Serve, transport_to: MakeTransport
) -> None:
    """A rejected one is told."""
    service.valid.clear()
    transport = transport_to(await serve(service.answer), token="user")

    with pytest.raises(AuthenticationError, match="NEMO_TOKEN"):
        await transport.call(requests.balance())

    assert (service.asked, service.seen) == ([], ["Bearer user"])


async def test_a_kept_token_is_used(
    service: Service, serve: Serve, transport_to: MakeTransport
) -> None:
    """The next run asks for nothing."""
    store = MemoryTokenStore()
    origin = await serve(service.answer)
    await store.save(origin, AnonymousToken("user"))

    await transport_to(origin, token=None, store=store).call(requests.balance())

    assert service.asked == []


async def test_a_token_that_another_process_renewed_is_taken(
    service: Service, serve: Serve, transport_to: MakeTransport
) -> None:
    """Under the lock the store is read again before anything is asked for."""
    store = MemoryTokenStore()
    origin = await serve(service.answer)
    await store.save(origin, AnonymousToken("old"))
    service.valid = {"old", "new"}
    transport = transport_to(origin, token=None, store=store)
    await transport.call(requests.balance())
    service.valid = {"new"}
    await store.save(origin, AnonymousToken("new"))

    await transport.call(requests.balance())

    assert service.asked == []


@pytest.mark.parametrize(
    ("asked", "waited"),
    [(None, [30.0]), ("5", [5.0]), ("604800", [])],
    ids=["nothing said", "soon", "in a week"],
)
async def test_a_token_that_is_refused_is_told_after_one_wait(
    asked: str | None,
    waited: list[float],
    service: Service,
    serve: Serve,
    transport_to: MakeTransport,
    waits: list[float],
) -> None:
    """The way out is named; where the service says that waiting is in vain, nobody waits."""
    service.refusals = [asked] * 3
    transport = transport_to(await serve(service.answer), token=None)

    with pytest.raises(RateLimitError) as caught:
        await transport.call(requests.balance())

    assert "7 days" in str(caught.value)
    assert "NEMO_TOKEN" in str(caught.value)
    assert (len(service.asked), waits) == (1 + len(waited), waited)


async def test_a_token_may_be_given_after_one_wait(
    service: Service,
    serve: Serve,
    transport_to: MakeTransport,
    waits: list[float],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A limit that others met passes, with a record of it; the client id stays the same."""
    caplog.set_level(logging.INFO, "nemovideo")
    service.refusals = ["2"]
    transport = transport_to(await serve(service.answer), token=None)

    await transport.call(requests.balance())

    assert waits == [2.0]
    assert len(service.asked) == 2
    assert len(set(service.asked)) == 1
    [told] = [vars(record) for record in caplog.records if "again in" in record.message]
    assert (told["nemo_error"], told["nemo_pause"]) == ("RateLimitError", 2.0)


@pytest.mark.parametrize("repeats", ["reads", "undelivered"])
async def test_a_request_without_a_token_never_left(
    repeats: str, serve: Serve, transport_to: MakeTransport
) -> None:
    """What happened to the token's own request says nothing of it."""

    async def handler(request: web.Request) -> web.Response:
        assert request.path == "/api/auth/anonymous-token"
        return web.Response(status=502, text="<html>", content_type="text/html")

    transport = transport_to(await serve(handler), token=None)
    request = requests.balance() if repeats == "reads" else requests.create_session("p", "en")

    with pytest.raises(ServerError) as caught:
        await transport.call(request)

    assert caught.value.delivered == "no"


async def test_a_prefix_of_the_api_changes_nothing(
    serve: Serve, transport_to: MakeTransport
) -> None:
    """Reads are repeated and lost messages are doubtful also where the API is no root."""
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        assert request.transport
        request.transport.abort()
        return web.Response()

    transport = transport_to(f"{await serve(handler)}/v1")
    with pytest.raises(TransportError):
        await transport.call(requests.balance())
    assert len(asked) >= 4
    with pytest.raises(TransportError) as caught:
        await transport.call(requests.create_session("p", "en"))

    assert caught.value.delivered == "maybe"


async def test_a_lost_token_answer_is_not_asked_for_again(
    service: Service, serve: Serve, transport_to: MakeTransport
) -> None:
    """The token may have been given: a second one would only meet the rate limit."""

    async def handler(request: web.Request) -> web.Response:
        await service.answer(request)
        assert request.transport
        request.transport.abort()
        return web.Response()

    transport = transport_to(await serve(handler), token=None)

    with pytest.raises(Exception, match="connection"):
        await transport.call(requests.balance())

    assert len(service.asked) == 1


async def test_a_store_that_cannot_be_written_costs_a_log_record(
    service: Service,
    serve: Serve,
    transport_to: MakeTransport,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The work goes on without it."""
    (tmp_path / "file").touch()
    store = FileTokenStore(tmp_path / "file" / "kept")
    transport = transport_to(await serve(service.answer), token=None, store=store)

    data = await transport.call(requests.balance())

    assert data == {"available": 1}
    assert any(record.levelno == logging.WARNING for record in caplog.records)


@pytest.mark.parametrize("at_once", [False, True], ids=["in turn", "at once"])
async def test_another_skill_is_the_same_account_where_nothing_can_be_kept(
    service: Service,
    serve: Serve,
    transport_to: MakeTransport,
    tmp_path: Path,
    *,
    at_once: bool,
) -> None:
    """In a container whose HOME cannot be written, both ask once, under one client id."""
    (tmp_path / "file").touch()
    store = FileTokenStore(tmp_path / "file" / "kept")
    first = transport_to(await serve(service.answer), token=None, store=store)
    second = first.for_skill(first.settings.with_skill("bot", {}))

    calls = [transport.call(requests.balance()) for transport in (first, second)]
    if at_once:
        await asyncio.gather(*calls)
    else:
        for call in calls:
            await call

    assert len(service.asked) == 1
    assert set(service.seen) == {"Bearer free-1"}
    assert await first.credentials.owner() == await second.credentials.owner()


async def test_the_fall_back_is_logged_once(
    service: Service, serve: Serve, transport_to: MakeTransport, caplog: pytest.LogCaptureFixture
) -> None:
    """The user learns that no token was given, and no log holds one."""
    caplog.set_level(logging.DEBUG, "nemovideo")
    transport = transport_to(await serve(service.answer), token=None)

    await transport.call(requests.balance())
    await transport.call(requests.balance())

    assert caplog.text.count("anonymous account") == 1
    assert "free-1" not in caplog.text


async def test_the_floor_shows_no_token(
    service: Service, serve: Serve, transport_to: MakeTransport
) -> None:
    """Neither the user's nor an anonymous one is in any `repr`."""
    origin = await serve(service.answer)
    for token in ("user", None):
        transport = transport_to(origin, token=token)
        await transport.call(requests.balance())

        assert "free-" not in repr(transport)
        assert "'user'" not in repr(transport)


async def test_closing_ends_a_request_that_nobody_waits_for(
    service: Service, serve: Serve, transport_to: MakeTransport
) -> None:
    """No task is left behind."""
    service.pause = 5
    transport = transport_to(await serve(service.answer), token=None)
    call = asyncio.create_task(transport.call(requests.balance()))
    await asyncio.sleep(0.02)
    call.cancel()

    await transport.aclose()

    assert len(asyncio.all_tasks() - {asyncio.current_task()}) <= 2  # of the server
