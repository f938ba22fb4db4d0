import asyncio
import contextlib
import gc
import socket
import ssl
import threading
import time
import traceback
import warnings
from collections.abc import AsyncIterator, Callable
from typing import TypeAlias

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from nemovideo.errors import (
    ConfigurationError,
    ConnectError,
    ConnectionLostError,
    ConnectTimeoutError,
    RequestTimeoutError,
    ServerError,
    TransportError,
)
from nemovideo.net import door as door_module
from nemovideo.net.bodies import JSONBody
from nemovideo.net.calls import Call, Failing
from nemovideo.net.door import Door
from tests.net.conftest import QUICK, RawServe, Serve

SECRET = "nmv_usr_secret"


MakeDoor: TypeAlias = Callable[..., Door]


def make_door(**more: object) -> Door:
    """A door with small waits."""
    return Door(QUICK, **more)  # type: ignore[arg-type]


@pytest.fixture
async def door_to() -> AsyncIterator[MakeDoor]:
    """Make doors that are closed after the test."""
    async with contextlib.AsyncExitStack() as stack:

        def make(**more: object) -> Door:
            made = make_door(**more)
            stack.push_async_callback(made.aclose)
            return made

        yield make


@pytest.fixture
async def door(door_to: MakeDoor) -> Door:
    """A door for any address on loopback."""
    return door_to()


def post(origin: str, path: str = "/run_sse?key=1") -> Call:
    """A POST with a body."""
    return Call("POST", f"{origin}{path}", {"Authorization": SECRET}, JSONBody({"a": 1}))


async def fine(_: web.Request) -> web.Response:
    return web.json_response({"ok": True})


async def test_nobody_there_is_a_connect_error(door: Door, closed_port: str) -> None:
    """Nothing was sent, and the emulator is named as the way to work offline."""
    with pytest.raises(ConnectError) as caught:
        await door.send(post(closed_port), answer_within=1)

    error = caught.value
    assert (error.delivered, error.method, error.path) == ("no", "POST", "/run_sse")
    assert "emulator" in error.hint
    assert "refused" in error.message.lower()


async def test_no_such_host_is_a_connect_error(door: Door) -> None:
    """A name that does not resolve."""
    with pytest.raises(ConnectError) as caught:
        await door.send(post("http://no-such-host.invalid"), answer_within=5)

    assert caught.value.delivered == "no"


async def test_a_connection_that_takes_too_long_is_a_time_limit_too(door: Door) -> None:
    """Nothing was sent, and `except TimeoutError` catches it as every other limit of time."""
    with contextlib.ExitStack() as stack:
        busy = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):  # nobody takes them: the queue is full, and the next one waits
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(busy.getsockname())

        with pytest.raises(ConnectTimeoutError) as caught:
            await door.send(post(f"http://127.0.0.1:{busy.getsockname()[1]}"), answer_within=5)

    assert isinstance(caught.value, TimeoutError)
    assert caught.value.delivered == "no"
    assert "in time" in caught.value.message
    assert "emulator" in caught.value.hint


async def test_no_tls_there_is_a_connect_error(door: Door, serve: Serve) -> None:
    """An https address of a plain http server says so, and not "Operation not permitted"."""
    origin = await serve(fine)

    with pytest.raises(ConnectError) as caught:
        await door.send(post(origin.replace("http:", "https:")), answer_within=2)

    assert caught.value.delivered == "no"
    assert "not permitted" not in caught.value.message


def test_a_certificate_that_is_not_trusted_is_a_connect_error() -> None:
    """With the reason of the check; it will not be trusted a second later either."""
    key = aiohttp.client_reqrep.ConnectionKey("h", 1, True, True, None, None, None, None)
    problem = ssl.SSLCertVerificationError(1, "self-signed certificate")

    with Failing(post("https://h")) as failing:
        raise aiohttp.ClientConnectorCertificateError(key, problem)

    assert isinstance(failing.meaning, ConnectError)
    assert "certificate" in str(failing.meaning)
    assert not failing.meaning.retryable


async def test_a_connection_closed_after_the_body_is_doubtful(
    door: Door, serve_raw: RawServe
) -> None:
    """The server has read the request: it may have been carried out."""

    async def handler(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.readuntil(b'{"a":1}')

    with pytest.raises(ConnectionLostError) as caught:
        await door.send(post(await serve_raw(handler)), answer_within=1)

    assert caught.value.delivered == "maybe"


@pytest.mark.parametrize("path", ["/api/auth/anonymous-token", "/api/render/proxy/lambda/r/cancel"])
async def test_a_post_without_body_that_got_no_answer_is_doubtful_too(
    path: str, door: Door, serve_raw: RawServe
) -> None:
    """Its head is all of it: the service may have carried it out."""

    async def handler(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")

    with pytest.raises(ConnectionLostError) as caught:
        await door.send(Call("POST", await serve_raw(handler) + path, {}), answer_within=1)

    assert caught.value.delivered == "maybe"


async def test_an_answer_that_is_cut_is_lost(door: Door, serve_raw: RawServe) -> None:
    """Half an answer is none."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b'{"a":1}')
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        await writer.drain()

    with pytest.raises(ConnectionLostError) as caught:
        await door.send(post(await serve_raw(handler)), answer_within=1)

    assert caught.value.delivered == "maybe"


async def test_what_is_no_http_is_lost(door: Door, serve_raw: RawServe) -> None:
    """Another program on the port."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b'{"a":1}')
        writer.write(b"SSH-2.0-OpenSSH\r\n")
        await writer.drain()

    with pytest.raises(ConnectionLostError):
        await door.send(post(await serve_raw(handler)), answer_within=1)


async def test_a_slow_answer_is_a_timeout(door: Door, serve: Serve) -> None:
    """It is also the builtin `TimeoutError`."""

    async def handler(_: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    with pytest.raises(TimeoutError) as caught:
        await door.send(post(await serve(handler)), answer_within=0.1)

    assert isinstance(caught.value, RequestTimeoutError)
    assert caught.value.delivered == "maybe"


async def test_a_redirect_is_not_followed(door: Door, serve: Serve) -> None:
    """A 307 would repeat a paid POST."""
    seen = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request.path)
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    answer = await door.send(post(await serve(handler)), answer_within=1)

    assert (answer.status, seen) == (307, ["/run_sse"])


async def test_an_answer_over_the_limit_is_refused(
    door: Door, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No answer can fill the memory."""
    monkeypatch.setattr(door_module, "ANSWER_LIMIT", 1000)

    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=b"x" * 1001)

    with pytest.raises(ServerError, match="larger"):
        await door.send(post(await serve(handler)), answer_within=1)


async def test_a_compressed_answer_is_unpacked(door: Door, serve: Serve) -> None:
    """The body is what the service meant."""

    async def handler(_: web.Request) -> web.Response:
        answer = web.Response(body=b"x" * 5000)
        answer.enable_compression()
        return answer

    assert (await door.send(post(await serve(handler)), answer_within=1)).body == b"x" * 5000


async def test_a_closed_door_sends_nothing(door: Door) -> None:
    """Closing twice is fine."""
    await door.aclose()
    await door.aclose()

    with pytest.raises(ConfigurationError, match="closed"):
        await door.send(post("http://127.0.0.1:1"), answer_within=1)


async def test_nothing_is_opened_before_the_first_call(door: Door) -> None:
    """A door that was never used has nothing to close."""
    assert door._bound is None


async def test_a_second_live_loop_is_refused(door: Door, serve: Serve) -> None:
    """One client serves one loop."""
    call = post(await serve(fine))
    await door.send(call, answer_within=1)
    failures: list[BaseException] = []

    def elsewhere() -> None:
        try:
            asyncio.run(door.send(call, answer_within=1))
        except ConfigurationError as error:
            failures.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    await asyncio.to_thread(thread.join)

    assert "loop" in str(failures[0])


def test_the_session_of_a_dead_loop_is_made_anew() -> None:
    """Two `asyncio.run` with one client work, and leave no warning behind."""
    door = make_door()

    async def visit() -> int:
        runner = web.ServerRunner(web.Server(fine))  # type: ignore[arg-type]
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        call = post(f"http://127.0.0.1:{runner.addresses[0][1]}")
        answer = await door.send(call, answer_within=2)
        await runner.cleanup()
        return answer.status

    async def visit_and_close() -> int:
        try:
            return await visit()
        finally:
            await door.aclose()

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        statuses = [asyncio.run(visit()), asyncio.run(visit_and_close())]
        gc.collect()

    assert statuses == [200, 200]
    assert [str(warning.message) for warning in warned] == []


async def test_a_lent_session_is_used_and_left_open(serve: Serve, door_to: MakeDoor) -> None:
    """Its connections and its tracing are; it belongs to the caller."""
    traced: list[str] = []
    config = aiohttp.TraceConfig()

    async def note(_: object, __: object, end: aiohttp.TraceRequestEndParams) -> None:
        traced.append(end.method)

    config.on_request_end.append(note)
    async with aiohttp.ClientSession(trace_configs=[config]) as session:
        door = door_to(lent=session)
        origin = await serve(fine)
        await door.send(post(origin), answer_within=1)
        await door.aclose()

        assert traced == ["POST"]
        assert session.connector is not None
        assert session.connector._conns
        assert not session.closed


async def test_what_a_lent_session_says_elsewhere_is_not_said_here(
    serve: Serve, door_to: MakeDoor
) -> None:
    """Its headers, cookies and logins are for other services."""
    seen: list[dict[str, str]] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(dict(request.headers))
        return web.Response()

    origin = await serve(handler)
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(
        headers={"Authorization": "Basic theirs", "X-Key": "theirs"}, cookie_jar=jar
    ) as session:
        jar.update_cookies({"login": "theirs"}, URL(origin))
        await door_to(lent=session).send(Call("GET", f"{origin}/v.mp4", {}), answer_within=1)

    assert "theirs" not in str(seen)


async def test_the_proxy_of_a_lent_session_is_used(serve: Serve, door_to: MakeDoor) -> None:
    """Whoever lends it knows the way out."""

    async def proxy(_: web.Request) -> web.Response:
        return web.Response(text="proxied")

    async with aiohttp.ClientSession(proxy=await serve(proxy)) as session:
        door = door_to(lent=session)
        answer = await door.send(post("http://api.example.com"), answer_within=1)

    assert answer.body == b"proxied"


async def test_a_lent_session_that_was_closed_is_told(door_to: MakeDoor) -> None:
    """With an error of ours."""
    session = aiohttp.ClientSession()
    await session.close()

    with pytest.raises((ConfigurationError, TransportError)):
        await door_to(lent=session).send(post("http://127.0.0.1:1"), answer_within=1)


async def test_a_lent_session_repeats_nothing(serve: Serve, door_to: MakeDoor) -> None:
    """Its middleware, its `raise_for_status` and its redirects do not apply."""
    posts = []

    async def handler(request: web.Request) -> web.Response:
        posts.append(request.path)
        return web.Response(status=503)

    async def twice(
        request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        await send(request)
        return await send(request)

    async with aiohttp.ClientSession(raise_for_status=True, middlewares=(twice,)) as session:
        door = door_to(lent=session)
        answer = await door.send(post(await serve(handler)), answer_within=1)

    assert (answer.status, len(posts)) == (503, 1)


async def test_a_proxy_of_the_environment_is_used(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, door_to: MakeDoor
) -> None:
    """`trust_env` is on by default."""
    seen = []

    async def proxy(request: web.Request) -> web.Response:
        seen.append(request.raw_path)
        return web.Response(text="proxied")

    monkeypatch.setenv("HTTP_PROXY", await serve(proxy))
    door = door_to()

    answer = await door.send(post("http://api.example.com", "/x"), answer_within=1)

    assert answer.body == b"proxied"
    assert seen == ["http://api.example.com/x"]


async def test_loopback_never_goes_through_a_proxy(
    serve: Serve, closed_port: str, monkeypatch: pytest.MonkeyPatch, door_to: MakeDoor
) -> None:
    """Neither the API there nor a file there."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, closed_port)
    door = door_to()

    answer = await door.send(post(await serve(fine)), answer_within=1)

    assert answer.status == 200


@pytest.mark.parametrize("switch", ["trust_env", "NO_PROXY"])
async def test_a_proxy_can_be_switched_off(
    switch: str, closed_port: str, monkeypatch: pytest.MonkeyPatch, door_to: MakeDoor
) -> None:
    """By argument or by `NO_PROXY`."""
    monkeypatch.setenv("HTTP_PROXY", closed_port)
    if switch == "NO_PROXY":
        monkeypatch.setenv("NO_PROXY", "api.invalid")
    door = door_to(trust_env=switch == "NO_PROXY")

    with pytest.raises(ConnectError) as caught:
        await door.send(post("http://api.invalid"), answer_within=5)

    assert "refused" not in caught.value.message.lower()


async def test_a_proxy_that_cannot_be_used_is_told(
    monkeypatch: pytest.MonkeyPatch, door_to: MakeDoor
) -> None:
    """A SOCKS proxy is no proxy that aiohttp knows."""
    monkeypatch.setenv("ALL_PROXY", "socks5://user:secret@127.0.0.1:1")
    door = door_to()

    with pytest.raises(ConfigurationError, match="socks5 proxy"):
        await door.send(post("http://api.example.com"), answer_within=1)


async def test_leaving_an_open_answer_closes_its_connection(door: Door, serve: Serve) -> None:
    """The server notices at once that nobody listens."""
    gone = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        try:
            await asyncio.sleep(10)
        finally:
            gone.set()
        return answer

    answer = await door.open(post(await serve(handler)), head_within=5, pause=5)
    assert answer.status == 200
    answer.close()

    async with asyncio.timeout(1):
        await gone.wait()


def test_no_call_shows_its_secrets() -> None:
    """Headers and bodies are not in a `repr`."""
    shown = repr(post("http://h")) + repr(make_door())

    assert SECRET not in shown


def test_no_error_shows_the_query() -> None:
    """The path of an error ends before the question mark."""
    assert post("http://h").path == "/run_sse"


async def test_an_answer_that_is_no_http_shows_no_token(door: Door, serve_raw: RawServe) -> None:
    """Neither the error nor what it was caused by holds the request's headers."""

    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"hello, I am no web server\r\n\r\n")
        await writer.drain()

    with pytest.raises(ConnectionLostError) as caught:
        await door.send(post(await serve_raw(babble)), answer_within=2)

    told = "".join(traceback.format_exception(caught.value))
    assert SECRET not in f"{told} {caught.value.__cause__!r}"


def answers_once(listener: socket.socket, answered: list[bytes]) -> None:
    """Answer one request on each connection, promise to keep it, and close it at once."""
    listener.settimeout(2)
    with contextlib.suppress(TimeoutError):
        while len(answered) < 2:
            connection, _ = listener.accept()
            with connection:
                answered.append(connection.recv(65536))
                head = b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}"
                connection.sendall(head)


async def test_a_connection_that_died_in_the_pool_is_noticed(door: Door) -> None:
    """Also where the loop had no time to look: a message must not be lost on it."""
    answered: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=answers_once, args=(listener, answered))
        server.start()
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        await door.send(post(origin), answer_within=1)
        time.sleep(0.05)  # noqa: ASYNC251  # a busy program: the end has come, and is not seen

        answer = await door.open(post(origin), head_within=1, pause=1)
        assert (await answer.whole(within=1)).body == b"{}"
        server.join()

    assert len(answered) == 2


def chain(error: BaseException | None) -> list[BaseException]:
    """An error and all that it was caused by or came up beside."""
    found: list[BaseException] = []
    while error is not None:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


async def test_no_cause_of_an_error_holds_the_token(door: Door, serve_raw: RawServe) -> None:
    """Not even where nobody prints it: a program that reports errors pickles the whole chain."""

    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n")
        await writer.drain()

    origin = await serve_raw(babble)
    with pytest.raises(ConnectionLostError) as caught:
        await door.send(post(origin), answer_within=1)

    shown = "".join(f"{error!r} {vars(error)}" for error in chain(caught.value))
    assert SECRET not in shown
    assert "\n" not in caught.value.message


async def test_a_proxy_that_refuses_is_told_without_its_password(
    serve_raw: RawServe, monkeypatch: pytest.MonkeyPatch, door_to: MakeDoor
) -> None:
    """Nothing reached the service; it will not be better in a second."""

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    address = (await serve_raw(proxy)).replace("http://", "http://me:PASSWORD@")
    monkeypatch.setenv("HTTPS_PROXY", address)

    with pytest.raises(ConnectError, match="proxy answers 407") as caught:
        await door_to().send(post("https://api.example.com"), answer_within=1)

    assert (caught.value.delivered, caught.value.retryable) == ("no", False)
    assert "PASSWORD" not in "".join(f"{e!r} {e} {vars(e)}" for e in chain(caught.value))


async def test_a_tracing_that_fails_proves_nothing(serve: Serve, door_to: MakeDoor) -> None:
    """The body was written: whoever believed `no` would buy twice."""
    config = aiohttp.TraceConfig()

    async def broken(*_: object) -> None:
        raise ValueError("mine")

    config.on_request_end.append(broken)
    async with aiohttp.ClientSession(trace_configs=[config]) as session:
        with pytest.raises(ConnectionLostError) as caught:
            await door_to(lent=session).send(post(await serve(fine)), answer_within=1)

    assert caught.value.delivered == "maybe"


@pytest.mark.parametrize("reading", ["head", "body", "stream"])
@pytest.mark.parametrize("lends", ["own", "lent"])
async def test_closing_wakes_whoever_waits(
    reading: str, lends: str, serve: Serve, door_to: MakeDoor
) -> None:
    """At once, and not when some time limit is over."""
    begun = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "100"})
        if reading != "head":
            await answer.prepare(request)
        begun.set()
        await asyncio.sleep(30)
        return answer

    async with aiohttp.ClientSession() as session:
        door = door_to(lent=session if lends == "lent" else None)
        origin = await serve(handler)

        async def wait() -> None:
            if reading == "stream":
                await (await door.open(post(origin), head_within=20, pause=None)).read()
            else:
                await door.send(post(origin), answer_within=20)

        task = asyncio.create_task(wait())
        await begun.wait()
        await asyncio.sleep(0.05)
        await door.aclose()
        async with asyncio.timeout(2):
            with pytest.raises(TransportError):
                await task


async def test_what_is_no_session_cannot_be_lent() -> None:
    """Wrappers that only look like one are told at once."""
    with pytest.raises(ConfigurationError, match="ClientSession"):
        make_door(lent=object())


def test_a_session_of_another_loop_cannot_be_lent() -> None:
    """Its connections would wait in a loop that does not run."""

    async def made() -> aiohttp.ClientSession:
        return aiohttp.ClientSession()

    async def used(session: aiohttp.ClientSession) -> None:
        with pytest.raises(ConfigurationError, match="loop"):
            await make_door(lent=session).send(post("http://127.0.0.1:9"), answer_within=1)

    first = asyncio.new_event_loop()
    session = first.run_until_complete(made())
    asyncio.run(used(session))
    first.run_until_complete(session.close())
    first.close()
