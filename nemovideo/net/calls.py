"""One HTTP request, ready to go, and what it means when the network fails it."""

import os
import ssl
from collections.abc import Mapping
from types import TracebackType
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import aiohttp
import attrs

from nemovideo.errors import (
    ConnectError,
    ConnectionLostError,
    Delivered,
    MediaError,
    RequestTimeoutError,
    TransportError,
)
from nemovideo.net.bodies import FilesBody, JSONBody

__all__ = ["Body", "Call", "translated"]

Body: TypeAlias = JSONBody | FilesBody

_OFFLINE: Final = (
    "Check the network; to work without the service, use nemovideo.emulator (or --emulator)."
)


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
    def path(self) -> str:
        """The path without the origin and without the query, which may hold secrets."""
        return urlsplit(self.url).path

    @property
    def delivered(self) -> Delivered:
        """What is known once the call has failed on a connection that stood."""
        return "no" if self.body is not None and not self.body.begun else "maybe"


@attrs.define
class translated:  # noqa: N801  # read as a verb: `with translated(call):`
    """Turn the exceptions of aiohttp and asyncio into ours, with the evidence of delivery."""

    _call: Call

    def __enter__(self) -> None:
        """Nothing has failed yet."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not isinstance(error, aiohttp.ClientError | OSError | ValueError):
            return
        meaning = _meaning(self._call, error)
        if isinstance(error, aiohttp.ClientResponseError) or isinstance(meaning, MediaError):
            raise meaning from None  # the one holds the headers, and the token; the other says it
        raise meaning from error


def _meaning(call: Call, error: BaseException) -> Exception:
    for found in (error, error.__cause__):
        if isinstance(found, MediaError):
            return found
    kind: type[TransportError] = ConnectError
    passing = True
    match error:
        case aiohttp.ConnectionTimeoutError():
            what = "cannot be reached in time"
        case TimeoutError():
            kind, what = RequestTimeoutError, "gave no answer in time"
        case aiohttp.ClientConnectorCertificateError():
            what, passing = "cannot be trusted: its certificate is not valid", False
        case aiohttp.ClientConnectorError():
            what = f"cannot be reached ({_reason(error.os_error)})"
        case ValueError():
            what, passing = "is no address that can be reached", False
        case aiohttp.ClientResponseError():
            kind, what = ConnectionLostError, f"gave an answer that is no HTTP ({error.message})"
        case _:
            kind, what = ConnectionLostError, "broke the connection"
    return _told(kind, what, call, passing=passing)


def _reason(error: OSError) -> str:
    """Say it as the system does; asyncio puts addresses in its place, name look-ups have none."""
    if isinstance(error, ssl.SSLError):
        return "no TLS that can be understood"  # its numbers are no errno
    if error.errno and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or type(error).__name__


def _told(kind: type[TransportError], what: str, call: Call, *, passing: bool) -> TransportError:
    parts = urlsplit(call.url)
    delivered: Delivered = "no" if kind is ConnectError else call.delivered
    cost = "Nothing was sent." if delivered == "no" else "It may have been carried out."
    return kind(
        f"{parts.scheme}://{parts.netloc} {what}. {cost if call.method != 'GET' else ''}".rstrip(),
        delivered=delivered,
        retryable=passing,
        hint=_OFFLINE if kind is ConnectError else "",
        method=call.method,
        path=call.path,
    )
