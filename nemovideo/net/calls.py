"""One HTTP request, ready to go, and what it means when the network fails it."""

import os
import ssl
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self, TypeAlias
from urllib.parse import urlsplit

import aiohttp
import attrs

from nemovideo.errors import (
    ConnectError,
    ConnectionLostError,
    ConnectTimeoutError,
    Delivered,
    MediaError,
    RequestTimeoutError,
    TransportError,
)
from nemovideo.net.bodies import FilesBody, JSONBody

__all__ = ["Body", "Call", "Failing"]

Body: TypeAlias = JSONBody | FilesBody

_OFFLINE: Final = (
    "Check the network; to work without the service, use nemovideo.emulator (or --emulator)."
)
_AGAIN: Final = "Try again."
_LOOK_FIRST: Final = "Look at the service whether it was, before you send it again."


@attrs.frozen
class Call:
    """One HTTP request, ready to go.

    Attributes:
        method: `GET` or `POST`.
        url: The whole address.
        headers: All headers, secrets included.
        body: The body, None for none.
    """

    method: str
    url: str
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: Body | None = attrs.field(default=None, repr=False)

    @property
    def origin(self) -> str:
        """Scheme, host and port, without a password."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    @property
    def path(self) -> str:
        """The path without the origin and without the query, which may hold secrets."""
        return urlsplit(self.url).path

    @property
    def has_begun(self) -> bool:
        """Whether writing its body has begun."""
        return self.body is not None and self.body.begun

    @property
    def delivered(self) -> Delivered:
        """What is known once the call has failed on a connection that stood."""
        return "maybe" if self.body is None or self.has_begun else "no"


@attrs.define
class Failing:
    """Turns the exceptions of aiohttp and asyncio into ours, with the evidence of delivery.

    It is entered around an attempt that returns from inside; behind the block stands
    `raise failing.meaning`. Raised there, no error carries along what aiohttp's hold: the
    headers with the token, or a proxy's password.
    """

    _call: Call
    meaning: Exception = attrs.field(factory=TransportError, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, aiohttp.ClientError | OSError | ValueError):
            return False
        self.meaning = _meaning(self._call, error)
        if self.meaning is not error:
            self.meaning.__cause__ = _harmless(error)
        return True


def _harmless(error: BaseException) -> BaseException | None:
    """The part of a cause that holds no secret."""
    match error:
        case MediaError() | aiohttp.ClientResponseError():
            return None
        case aiohttp.ClientConnectorError():
            return error.os_error
    return error


def _meaning(call: Call, error: BaseException) -> Exception:
    for found in (error, error.__cause__):
        if isinstance(found, MediaError):
            return found
    match error:
        case TimeoutError() if not isinstance(error, aiohttp.ConnectionTimeoutError):
            return _told(RequestTimeoutError, "gave no answer in time", call)
        case aiohttp.ClientResponseError() if not isinstance(error, aiohttp.ClientHttpProxyError):
            said = f"gave an answer that is no HTTP ({_brief(error)})"
            return _told(ConnectionLostError, said, call)
    what = _unreached(error)
    if what is None or call.has_begun:
        return _told(ConnectionLostError, "broke the connection", call)
    kind = ConnectTimeoutError if isinstance(error, TimeoutError) else ConnectError
    lasting = (aiohttp.ClientConnectorCertificateError, aiohttp.ClientHttpProxyError, ValueError)
    return _told(kind, what, call, passing=not isinstance(error, lasting))


def _unreached(error: BaseException) -> str | None:
    """Why no connection came to stand; None where one did."""
    match error:
        case aiohttp.ConnectionTimeoutError():
            return "cannot be reached in time"
        case aiohttp.ClientConnectorCertificateError():
            return "cannot be trusted: its certificate is not valid"
        case aiohttp.ClientProxyConnectionError():
            return f"cannot be reached through the proxy ({_reason(error.os_error)})"
        case aiohttp.ClientConnectorError():
            return f"cannot be reached ({_reason(error.os_error)})"
        case aiohttp.ClientHttpProxyError():
            return f"cannot be reached: the proxy answers {error.status}"
    return "is no address that can be reached" if isinstance(error, ValueError) else None


def _brief(error: aiohttp.ClientResponseError) -> str:
    """The first line: the others show raw bytes."""
    return next(iter(error.message.splitlines()), "").rstrip(":")


def _reason(error: OSError) -> str:
    """Say it as the system does; asyncio puts addresses in its place, name look-ups have none."""
    if isinstance(error, ssl.SSLError):
        return "no TLS that can be understood"  # its numbers are no errno
    if error.errno and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or type(error).__name__


def _told(
    kind: type[TransportError], what: str, call: Call, *, passing: bool = True
) -> TransportError:
    is_read, unreached = call.method == "GET", issubclass(kind, ConnectError)
    delivered: Delivered = "no" if unreached else call.delivered
    cost = "Nothing was sent." if delivered == "no" else "It may have been carried out."
    return kind(
        f"{call.origin} {what}. {'' if is_read else cost}".rstrip(),
        delivered=delivered,
        retryable=passing,
        hint=_OFFLINE if unreached else _AGAIN if is_read else _LOOK_FIRST,
        method=call.method,
        path=call.path,
    )
