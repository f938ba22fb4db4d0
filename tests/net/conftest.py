"""Small real servers, and the floor 2 of a client towards them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import aiohttp
import pytest
from aiohttp import web

from nemovideo.net.credentials import Credentials
from nemovideo.net.door import Door
from nemovideo.net.sending import Sender
from nemovideo.net.stores import MemoryTokenStore, TokenStore
from nemovideo.net.transport import Transport
from nemovideo.net.turns import Turns
from nemovideo.resources.chat import Chat
from nemovideo.retries import RetryPolicy
from nemovideo.settings import Settings, Timeouts

TOKEN = "nmv_usr_user"
QUICK = Timeouts(
    connect=2,
    request=2,
    transfer=2,
    stream_silence=2,
    stream_progress=2,
    stream_total=3,
    still_working=2,
    render=3,
    render_first_look=0.01,
    render_near_end=0.01,
)

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve: TypeAlias = Callable[[Handler], Awaitable[str]]
RawHandler: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
RawServe: TypeAlias = Callable[[RawHandler], Awaitable[str]]
MakeTransport: TypeAlias = Callable[..., Transport]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a server with one handler for everything and give its origin."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(handler: Handler) -> str:
            async def handled(request: web.Request) -> web.StreamResponse:
                return await handler(request)

            app = web.Application(client_max_size=64 * 1024**2)
            app.router.add_route("*", "/{tail:.*}", handled)
            runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            return f"http://127.0.0.1:{runner.addresses[0][1]}"

        yield start


@pytest.fixture
async def serve_raw() -> AsyncIterator[RawServe]:
    """Start a server that gets the bare connection and give its origin."""
    servers: list[asyncio.Server] = []

    async def start(handler: RawHandler) -> str:
        async def handled(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await handler(reader, writer)
            finally:
                writer.close()

        server = await asyncio.start_server(handled, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    yield start
    for server in servers:
        server.close()


@pytest.fixture
async def closed_port() -> str:
    """An origin where nobody listens."""
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return f"http://127.0.0.1:{port}"


def chat_over(transport: Transport) -> Chat:
    """The chat of a client."""
    return Chat(Sender(transport, Turns(None)))


@pytest.fixture
def waits() -> list[float]:
    """The waits that the repeats asked for; nobody slept them."""
    return []


@pytest.fixture
async def transport_to(waits: list[float]) -> AsyncIterator[MakeTransport]:
    """Make the floor 2 of a client; closed after the test."""
    made: list[Transport] = []

    async def noted(seconds: float) -> None:
        waits.append(seconds)

    def make(
        origin: str,
        *,
        token: str | None = TOKEN,
        store: TokenStore | None = None,
        timeouts: Timeouts = QUICK,
        retry: RetryPolicy | None = None,
        http: aiohttp.ClientSession | None = None,
    ) -> Transport:
        settings = Settings.resolve({}, base_url=origin, token=token)
        door = Door(timeouts, http)
        retry = retry or RetryPolicy(jitter=0)
        store = store or MemoryTokenStore()
        credentials = Credentials(settings, timeouts, store, door, retry, noted)
        made.append(Transport(settings, timeouts, credentials, door, retry, noted))
        return made[-1]

    yield make
    for transport in made:
        await transport.aclose()
