"""Where the client id and the anonymous token are kept between two runs."""

import asyncio
import contextlib
import datetime as dt
import functools
import json
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from nemovideo.models import AnonymousToken
from nemovideo.net.files import write_private
from nemovideo.net.locks import locked
from nemovideo.wire.values import moment_of

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = ["BackedStore", "FileTokenStore", "MemoryTokenStore", "TokenStore", "backed"]

_log = logging.getLogger("nemovideo")


class TokenStore(Protocol):
    """What keeps the client id and the anonymous tokens.

    A process that forgets them meets the rate limit for the rest of the week (contract section 3).
    An `OSError` means that a store cannot do it: it costs a log record, and the client goes on
    with what it has in memory. Any other error reaches whoever made the call.
    """

    async def client_id(self) -> str:
        """Give the client id, always the same.

        Raises:
            OSError: None can be kept.
        """

    async def load(self, origin: str) -> AnonymousToken | None:
        """Give the token that this origin issued, None where there is none or it has expired.

        Args:
            origin: Scheme, host and port of the service, such as `https://example.com`.

        Raises:
            OSError: What is kept cannot be read.
        """

    async def save(self, origin: str, token: AnonymousToken) -> None:
        """Keep the token that this origin issued.

        Args:
            origin: As for `load`.
            token: The token with what came with it; it replaces the one that was kept.

        Raises:
            OSError: It cannot be kept.
        """

    def lock(self) -> AbstractAsyncContextManager[None]:
        """Hold off everybody else who would ask for a token at the same time.

        Returns:
            What is entered with `async with`.

        Raises:
            OSError: Nobody can be held off; raised here or on entering.
        """


@attrs.define
class MemoryTokenStore:
    """Keeps tokens as long as the object lives.

    Example:
        ```python
        from nemovideo import MemoryTokenStore, NemoVideo

        nemo = NemoVideo(token_store=MemoryTokenStore())
        ```
    """

    _client_id: str = attrs.field(factory=lambda: str(uuid.uuid4()), repr=False)
    _tokens: dict[str, AnonymousToken] = attrs.field(factory=dict, init=False, repr=False)
    _turn: "tuple[asyncio.AbstractEventLoop, asyncio.Lock] | None" = attrs.field(
        default=None, init=False, repr=False
    )

    async def client_id(self) -> str:
        """Give the client id, made with the store."""
        return self._client_id

    async def load(self, origin: str) -> AnonymousToken | None:
        """Give the token that this origin issued, None where there is none or it has expired.

        Args:
            origin: Scheme, host and port of the service.
        """
        return _unless_expired(self._tokens.get(origin))

    async def save(self, origin: str, token: AnonymousToken) -> None:
        """Keep the token that this origin issued; arguments are those of `TokenStore.save`."""
        self._tokens[origin] = token

    @contextlib.asynccontextmanager
    async def lock(self) -> AsyncIterator[None]:
        """Hold off the other tasks of this event loop."""
        loop = asyncio.get_running_loop()
        if self._turn is None or self._turn[0] is not loop:
            self._turn = (loop, asyncio.Lock())  # one of a loop that is over cannot be waited for
        async with self._turn[1]:
            yield


@attrs.define
class BackedStore:
    """A store in whose place memory does what it cannot do.

    All clients of one account share it, so that they stay one account.
    """

    _store: TokenStore
    _memory: MemoryTokenStore = attrs.field(factory=MemoryTokenStore, init=False)
    _passing: set[str] = attrs.field(factory=set, init=False)
    _is_nameless: bool = attrs.field(default=False, init=False)

    async def client_id(self) -> str:
        """Give the client id, always the same: the kept one, or one that ends with us."""
        if not self._is_nameless:
            try:
                return await self._store.client_id()
            except OSError as error:
                _log.warning("The client id cannot be kept (%s); it ends with us.", error)
                self._is_nameless = True
        return await self._memory.client_id()

    async def load(self, origin: str) -> AnonymousToken | None:
        """Give the token that this origin issued; what could not be kept is the newest."""
        if origin in self._passing:
            return await self._memory.load(origin)
        try:
            return await self._store.load(origin)
        except OSError as error:
            _log.warning("The kept token cannot be read (%s); going on without.", error)
            return None

    async def save(self, origin: str, token: AnonymousToken) -> None:
        """Keep a token; arguments are those of `TokenStore.save`."""
        try:
            await self._store.save(origin, token)
        except OSError as error:
            _log.warning("The anonymous token cannot be kept (%s); it ends with us.", error)
            await self._memory.save(origin, token)
            self._passing.add(origin)
        else:
            self._passing.discard(origin)

    @contextlib.asynccontextmanager
    async def lock(self) -> AsyncIterator[None]:
        """Hold off all others; where that cannot be, those of this process."""
        async with contextlib.AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(self._store.lock())
            except OSError as error:
                _log.warning("The token store cannot be locked (%s); going on without.", error)
                await stack.enter_async_context(self._memory.lock())
            yield


def backed(store: TokenStore) -> BackedStore:
    """Back a store, unless it is backed already."""
    return store if isinstance(store, BackedStore) else BackedStore(store)


@attrs.frozen
class FileTokenStore:
    """Keeps tokens in a folder that all processes of a user share.

    `client_id` holds the UUID and nothing else: other tools of the service share that file.
    `tokens.json` can be read by its owner only, is replaced as a whole, and holds one token for
    each origin. Expired tokens are dropped when the next one is kept.

    Attributes:
        folder: The folder, by default `~/.config/nemovideo`.

    Example:
        ```python
        from pathlib import Path

        from nemovideo import FileTokenStore, NemoVideo

        nemo = NemoVideo(token_store=FileTokenStore(Path("bot-data")))
        ```
    """

    folder: Path = attrs.field(factory=lambda: Path.home() / ".config" / "nemovideo")

    async def client_id(self) -> str:
        """Give the client id, made at the first call in this folder.

        Raises:
            OSError: The folder cannot be written.
        """
        if known := await asyncio.to_thread(self._read_client_id):
            return known
        async with locked(self.folder / ".client_id.lock"):
            return await asyncio.to_thread(self._make_client_id)

    async def load(self, origin: str) -> AnonymousToken | None:
        """Give the token that this origin issued, None where there is none or it has expired.

        Args:
            origin: Scheme, host and port of the service.
        """
        tokens = await asyncio.to_thread(self._read)
        return tokens.get(origin)

    async def save(self, origin: str, token: AnonymousToken) -> None:
        """Keep the token that this origin issued; arguments are those of `TokenStore.save`.

        Raises:
            OSError: The folder cannot be written.
        """
        await asyncio.to_thread(self._write, origin, token)

    def lock(self) -> AbstractAsyncContextManager[None]:
        """Hold off the other processes of this user.

        Entering raises `OSError` where the folder cannot be written, or its disk knows no locks.
        """
        return locked(self.folder / ".tokens.lock")

    def _read_client_id(self) -> str | None:
        with contextlib.suppress(OSError, ValueError):
            return str(uuid.UUID((self.folder / "client_id").read_text("utf-8").strip()))
        return None

    def _make_client_id(self) -> str:
        if known := self._read_client_id():
            return known
        made = str(uuid.uuid4())
        write_private(self.folder / "client_id", made)
        return made

    def _read(self) -> dict[str, AnonymousToken]:
        """Read the entries that can be read; a damaged one costs no other."""
        try:
            kept = json.loads((self.folder / "tokens.json").read_text("utf-8"))
            tokens = {origin: _token(item) for origin, item in kept.items()}
        except (OSError, ValueError, AttributeError, RecursionError):
            return {}  # missing or damaged: one more anonymous token is all that it costs
        return {origin: token for origin, token in tokens.items() if token}

    def _write(self, origin: str, token: AnonymousToken) -> None:
        tokens = self._read() | {origin: token}
        content = json.dumps(_converter().unstructure(tokens), indent=1)
        write_private(self.folder / "tokens.json", content)


def _moment(value: Any, _: Any) -> dt.datetime:
    if (moment := moment_of(value)) is None:
        raise TypeError(value)
    return moment


def _text(value: Any, _: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


@functools.cache
def _converter() -> "Converter":
    from cattrs import Converter

    converter = Converter(detailed_validation=False)
    converter.register_structure_hook(dt.datetime, _moment)
    converter.register_structure_hook(str, _text)
    converter.register_unstructure_hook(dt.datetime, dt.datetime.isoformat)
    return converter


def _token(item: Any) -> AnonymousToken | None:
    try:
        return _unless_expired(_converter().structure(item, AnonymousToken))
    except (ValueError, AttributeError, KeyError, TypeError):
        return None


def _unless_expired(token: AnonymousToken | None) -> AnonymousToken | None:
    if token is None or (token.expires_at and token.expires_at <= dt.datetime.now(dt.UTC)):
        return None
    return token
