"""The one door to the network: a single attempt, told truly."""

import asyncio
import functools
import os
import urllib.request
import weakref
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import attrs
from yarl import URL

from nemovideo.errors import (
    ConfigurationError,
    ConnectionLostError,
    ServerError,
)
from nemovideo.net.bodies import FilesBody
from nemovideo.net.calls import Call, Failing
from nemovideo.net.deadlines import Limit
from nemovideo.net.hooks import Hooks
from nemovideo.settings import Timeouts, is_loopback
from nemovideo.wire.replies import Answer

__all__ = ["ANSWER_LIMIT", "Door", "OpenAnswer"]

ANSWER_LIMIT: Final = 64 * 1024 * 1024
"""The most bytes that a JSON answer may have."""
_FILE_BUFFER: Final = 512 * 1024


@attrs.frozen
class OpenAnswer:
    """An answer whose body is still to come; whoever has it closes it."""

    call: Call
    _response: aiohttp.ClientResponse

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._response.status

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, to be asked for without regard to case."""
        return self._response.headers

    @property
    def content_type(self) -> str:
        """The media type without its parameters, empty where none is given."""
        return self._response.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def length(self) -> int | None:
        """How many bytes the body says to have."""
        return self._response.content_length

    async def read(self) -> bytes:
        """Give the next bytes of the body as they come, nothing at its end.

        Cancelling it loses nothing: the next call goes on where it was.

        Raises:
            TransportError: The body broke off.
        """
        try:
            return await self._response.content.readany()
        except (aiohttp.ClientError, OSError):
            # aiohttp tells of a cut before it hands out what came before the cut.
            if left := self._response.content._read_nowait(-1):  # noqa: SLF001  # no other way
                return left
            with Failing(self.call) as failing:
                raise
        raise failing.meaning

    async def whole(self, *, within: float) -> Answer:
        """Read all that is left.

        Raises:
            TransportError: The body broke off, or took longer than `within` seconds.
            ServerError: It is larger than `ANSWER_LIMIT`.
        """
        with Failing(self.call) as failing:
            async with asyncio.timeout(within):
                return Answer(self.status, self.headers, await _read(self._response))
        raise failing.meaning

    def close(self) -> None:
        """Close the connection at once, unless the body has been read to its end."""
        self._response.close()


@attrs.frozen
class _Bound:
    """What belongs to one event loop in one process."""

    loop: asyncio.AbstractEventLoop
    pid: int
    session: aiohttp.ClientSession
    reading: weakref.WeakSet[aiohttp.ClientResponse] = attrs.field(factory=weakref.WeakSet)
    limits: set[Limit] = attrs.field(factory=set)

    @property
    def is_elsewhere(self) -> bool:
        """Whether it lives on another loop of this process."""
        here = self.loop is asyncio.get_running_loop()
        return self.pid == os.getpid() and not here and not self.loop.is_closed()

    async def aclose(self) -> None:
        """End all waits and close what is ours.

        Aiohttp lets whoever reads wait for ever when its connector closes.
        """
        for response in self.reading:
            response.close()
        for limit in self.limits:
            limit.strike()
        await self.session.close()

    def abandon(self) -> None:
        """Let go of a session whose loop is gone: it can only be dropped, not closed.

        One that came through a fork is kept untouched: its sockets are still the parent's, and
        even garbage collection would close them.
        """
        if self.pid != os.getpid():
            _INHERITED.append(self)
            return
        connector, is_ours = self.session.connector, self.session.connector_owner
        self.session.detach()
        if is_ours and connector is not None:
            connector._close()  # noqa: SLF001  # `close()` waits in a loop that is gone


_INHERITED: Final[list[_Bound]] = []


def _elsewhere() -> ConfigurationError:
    message = "This client is in use on another event loop."
    return ConfigurationError(message, hint="Make one NemoVideo for each loop.")


@attrs.define(eq=False)
class Door:
    """Makes single requests on one shared aiohttp session, made at first use.

    Nothing repeats a request behind our back: no redirects, no middleware of a lent session, no
    total time of its own. Of a lent session only the connections, the proxy and the tracing are
    used. `trust_env` reads proxies from the environment once; `.netrc` is never read, and
    loopback never goes through a proxy.
    """

    _timeouts: Timeouts
    _lent: aiohttp.ClientSession | None = None
    _trust_env: bool = True
    _hooks: Hooks = attrs.field(factory=Hooks, repr=False)
    _bound: _Bound | None = attrs.field(default=None, init=False)
    _proxies: Mapping[str, str] = attrs.field(factory=dict, init=False, repr=False)
    _closed: bool = attrs.field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        if self._lent is not None and not isinstance(self._lent, aiohttp.ClientSession):
            raise ConfigurationError(
                f"http= is {type(self._lent).__name__}.", hint="Lend an aiohttp.ClientSession."
            )
        if self._trust_env:
            self._proxies = urllib.request.getproxies()

    async def send(self, call: Call, *, answer_within: float) -> Answer:
        """Make one call and read its whole answer.

        Args:
            call: The request.
            answer_within: Seconds for everything; for uploads, which take as long as they take,
                seconds from their last byte to the answer.

        Raises:
            TransportError: The subclass that says what is known.
            ServerError: The answer is larger than `ANSWER_LIMIT`.
        """
        uploading = isinstance(call.body, FilesBody)
        pause = answer_within if uploading else None
        with self._hooks.watching(call) as ended:
            with Failing(call) as failing:
                await _settled(call)
                bound = self._here()
                with Limit(None if uploading else answer_within, bound.limits) as limit:
                    async with self._request(bound, call, pause) as response:
                        ended(response.status, response.headers)
                        if uploading:
                            limit.restart(answer_within)
                        return Answer(response.status, response.headers, await _read(response))
            raise self._closed_meanwhile(call) or failing.meaning

    async def open(self, call: Call, *, head_within: float, pause: float | None) -> OpenAnswer:
        """Make one call and leave the body of its answer to the caller, who closes it.

        Args:
            call: The request.
            head_within: Seconds until the answer must have begun.
            pause: Seconds without a byte after which the rest counts as lost; None where the
                caller watches that.

        Raises:
            TransportError: No answer began; the subclass says what is known.
        """
        with self._hooks.watching(call) as ended:
            with Failing(call) as failing:
                await _settled(call)
                bound = self._here()
                with Limit(head_within, bound.limits):
                    response = await self._request(bound, call, pause)
                ended(response.status, response.headers)
                bound.reading.add(response)
                return OpenAnswer(call, response)
            raise self._closed_meanwhile(call) or failing.meaning

    def enter(self) -> None:
        """Make sure that this client can be used here and now.

        Raises:
            ConfigurationError: It is closed, or in use on another loop that is alive.
        """
        self._here()

    def proxy_for(self, url: str) -> str | None:
        """Give the proxy through which an address is reached, password and all; None for none.

        Raises:
            ConfigurationError: The environment names one that cannot be used.
        """
        if not self._proxies:
            return None
        parts = urlsplit(url)
        host = parts.hostname or ""
        if is_loopback(host) or urllib.request.proxy_bypass(host):
            return None
        proxy = self._proxies.get(parts.scheme) or self._proxies.get("all")
        if proxy is None:
            return None
        scheme = proxy.partition("://")[0] if "://" in proxy else ""
        if scheme not in {"", "http", "https"}:
            raise ConfigurationError(
                f"The environment names a {scheme} proxy, which cannot be used.",
                hint="Use an http proxy, or lend a session (http=) whose connector knows it.",
            )
        return proxy if scheme else f"http://{proxy}"

    async def aclose(self) -> None:
        """Close the session if it is ours; twice is fine, and afterwards nothing can be sent.

        Raises:
            ConfigurationError: It is in use on another loop that is alive.
        """
        bound = self._bound
        if bound and bound.is_elsewhere:
            raise _elsewhere()
        self._closed, self._bound = True, None
        if bound and (bound.loop.is_closed() or bound.pid != os.getpid()):
            bound.abandon()
        elif bound:
            await bound.aclose()

    def _closed_meanwhile(self, call: Call) -> ConnectionLostError | None:
        if not self._closed:
            return None
        return ConnectionLostError(
            "The client was closed while it waited for an answer.",
            delivered=call.delivered,
            hint="Close it when nothing waits any more.",
            method=call.method,
            path=call.path,
        )

    def _request(
        self, bound: _Bound, call: Call, pause: float | None
    ) -> aiohttp.client._RequestContextManager:
        return bound.session.request(
            call.method,
            _exactly(call.url),
            headers=call.headers,
            data=call.body,
            skip_auto_headers=("Content-Type",) if call.body is None else (),
            proxy=self.proxy_for(call.url),
            allow_redirects=False,
            raise_for_status=False,
            middlewares=(),
            timeout=_client_timeout(self._timeouts.connect, pause),
            read_bufsize=_FILE_BUFFER if pause else None,
        )

    def _here(self) -> _Bound:
        """Give what belongs to this loop in this process, made at first use."""
        if self._closed:
            raise ConfigurationError("This client is closed.", hint="Make a new NemoVideo.")
        self._check_lent()
        loop, bound = asyncio.get_running_loop(), self._bound
        if bound and bound.pid == os.getpid():
            if bound.loop is loop:
                return bound
            if bound.is_elsewhere:
                raise _elsewhere()
        if bound:
            bound.abandon()
        session = _over(self._lent) if self._lent else _make_session()
        self._bound = _Bound(loop, os.getpid(), session)
        return self._bound

    def _check_lent(self) -> None:
        lent = self._lent
        if lent is None:
            return
        if lent.closed:
            raise ConfigurationError(
                "The session that was lent is closed.", hint="Lend an open one."
            )
        if lent._loop is not asyncio.get_running_loop():  # noqa: SLF001  # no public name
            raise ConfigurationError(
                "The session that was lent belongs to another event loop.",
                hint="Make it in the loop where it is used.",
            )


@functools.lru_cache(16)
def _client_timeout(connect: float, pause: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, sock_connect=connect, sock_read=pause)


def _exactly(url: str) -> URL:
    """Keep an address as it came: requoting breaks signatures in its query."""
    return URL(url, encoded=url.isascii() and " " not in url)


def _make_session() -> aiohttp.ClientSession:
    """No cookies, no limit on streams, and pooled connections dropped before the server does."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=4),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    )


def _over(lent: aiohttp.ClientSession) -> aiohttp.ClientSession:
    """Use the connections, the proxy and the tracing of a lent session, and nothing else of it.

    Its default headers, cookies and logins belong to other services, and its `trust_env` looks
    into `.netrc`.
    """
    return aiohttp.ClientSession(
        connector=lent.connector,
        connector_owner=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        trace_configs=lent.trace_configs,
        proxy=lent._default_proxy,  # noqa: SLF001  # it has no public name
        proxy_auth=lent._default_proxy_auth,  # noqa: SLF001  # likewise
    )


async def _settled(call: Call) -> None:
    """Let the loop notice pooled connections that died, before a request is lost on one.

    It finds their end in the first round, behind us, and acts on it before the second. What
    only reads can be repeated and need not wait.
    """
    if call.method != "GET":
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    length, is_packed = response.content_length, "Content-Encoding" in response.headers
    if length is not None and length <= ANSWER_LIMIT and not is_packed:
        return await response.read()
    pieces, size = [], 0
    async for piece in response.content.iter_any():
        pieces.append(piece)
        size += len(piece)
        if size > ANSWER_LIMIT:
            raise ServerError(
                f"The answer is larger than {ANSWER_LIMIT // 1024**2} MiB.",
                status=response.status,
                hint="Check that the address is the API's own.",
            )
    return b"".join(pieces)
