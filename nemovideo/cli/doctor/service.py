"""The service, asked once: no repeats, no new token, and the answer as it came."""

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, Self

import attrs

from nemovideo.net.bodies import FilesBody, JSONBody
from nemovideo.net.calls import Body, Call
from nemovideo.net.credentials import Credentials
from nemovideo.net.door import Door
from nemovideo.net.sources import Source
from nemovideo.net.stores import TokenStore
from nemovideo.retries import RetryPolicy
from nemovideo.settings import Settings, Timeouts
from nemovideo.wire import replies
from nemovideo.wire.replies import Answer
from nemovideo.wire.requests import FILES_FIELD, Request

__all__ = ["PATIENCE", "Service"]

PATIENCE: Final = 8.0
"""Seconds for each answer."""

_TIMEOUTS: Final = Timeouts(connect=PATIENCE, request=PATIENCE, transfer=PATIENCE)


@attrs.frozen
class Service:
    """One account at one address.

    Attributes:
        settings: The address and the token.
        credentials: Who we are.
        door: The way there.
    """

    settings: Settings
    credentials: Credentials
    door: Door

    @classmethod
    @asynccontextmanager
    async def opened(cls, settings: Settings, store: TokenStore) -> AsyncIterator[Self]:
        """Give a service, and close what was opened; nothing is sent before it is asked."""
        door = Door(_TIMEOUTS)
        credentials = Credentials(settings, _TIMEOUTS, store, door, RetryPolicy(attempts=1))
        try:
            yield cls(settings, credentials, door)
        finally:
            await credentials.aclose()
            await door.aclose()

    async def ask(
        self, request: Request, *, authorized: bool = True, sources: Sequence[Source] = ()
    ) -> Answer:
        """Make a request once.

        Args:
            request: What to ask.
            authorized: Whether the token goes along; where there is none yet, one is asked for.
            sources: Files to send as the body.

        Raises:
            APIError: No token is given out.
            TransportError: The network failed.
        """
        known = self.credentials
        headers = await known.headers() if authorized else known.attribution
        url, body = self.settings.base_url + request.path, _body(request, sources)
        call = Call(request.method, url, {**headers, **request.headers}, body)
        return await self.door.send(call, answer_within=PATIENCE)

    def read(self, request: Request, answer: Answer) -> dict[str, Any]:
        """Take the data of an answer out of its envelope.

        Raises:
            APIError: The service refused; the subclass says why.
        """
        return replies.unwrap(request, answer, self.credentials.account, dt.datetime.now(dt.UTC))

    async def data(
        self, request: Request, *, authorized: bool = True, sources: Sequence[Source] = ()
    ) -> dict[str, Any]:
        """Make a request once, and give the data of its answer.

        Raises:
            APIError: The service refused; the subclass says why.
            TransportError: The network failed.
        """
        answer = await self.ask(request, authorized=authorized, sources=sources)
        return self.read(request, answer)


def _body(request: Request, sources: Sequence[Source]) -> Body | None:
    if sources:
        return FilesBody(FILES_FIELD, sources, stall=PATIENCE, on_sent=lambda _: None)
    return None if request.json is None else JSONBody(request.json)
