"""Who we are to the service: the token, kept, renewed once for all, and named in no log."""

import asyncio
import datetime as dt
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping

import attrs

from nemovideo.errors import AuthenticationError, ConfigurationError, RateLimitError
from nemovideo.models import AnonymousToken
from nemovideo.net.calls import Call
from nemovideo.net.door import Door
from nemovideo.net.hooks import tell_repeat
from nemovideo.net.stores import BackedStore, backed
from nemovideo.retries import RetryPolicy
from nemovideo.settings import Settings, Timeouts
from nemovideo.wire import replies, requests
from nemovideo.wire.refusals import Account

__all__ = ["Credentials"]

_log = logging.getLogger("nemovideo")


@attrs.define(eq=False)
class Credentials:
    """The token of one account on one origin.

    A token that the user gave is never replaced. Without one, an anonymous account is asked for
    at first use and kept in the store; when the service no longer takes its token, one renewal
    with the same client id serves all calls that failed together.
    """

    _settings: Settings
    _timeouts: Timeouts
    _store: BackedStore = attrs.field(converter=backed)
    _door: Door
    _retry: RetryPolicy
    _sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _anonymous: AnonymousToken | None = attrs.field(default=None, init=False, repr=False)
    _asking: asyncio.Task[AnonymousToken] | None = attrs.field(default=None, init=False, repr=False)
    _headers: tuple[str, Mapping[str, str]] = attrs.field(default=("", {}), init=False, repr=False)
    _identity: tuple[str, str] = attrs.field(default=("", ""), init=False, repr=False)
    _refused: str = attrs.field(default="", init=False, repr=False)
    _owner: str = attrs.field(default="", init=False, repr=False)
    _told: bool = attrs.field(default=False, init=False)

    @property
    def account(self) -> Account:
        """What error messages need to know."""
        user_id = self._anonymous.user_id if self._anonymous else None
        return Account(self._settings.token is None, user_id, self._settings.web_url)

    @property
    def identity(self) -> str:
        """Which account this is, without its token; empty as long as there is none.

        It stays as it is while the token does, even if the account's id is learned later: who
        compares two of them asks whether the account has changed.
        """
        anonymous = self._anonymous
        token = self._settings.token or (anonymous.token if anonymous else "")
        if token and token != self._identity[0]:
            digest = hashlib.sha256(token.encode()).hexdigest()[:16]
            user_id = anonymous.user_id if anonymous and not self._settings.token else None
            self._identity = (token, user_id or digest)
        return self._identity[1]

    @property
    def attribution(self) -> Mapping[str, str]:
        """The headers that every request to the API carries."""
        return self._settings.skill.headers()

    async def owner(self) -> str:
        """Name the account in the ledger: by its origin and a digest, never by its token."""
        if not self._owner:
            secret = self._settings.token or await self._client_id()
            digest = hashlib.sha256(secret.encode()).hexdigest()[:16]
            self._owner = f"{self._settings.origin} {digest}"
        return self._owner

    async def headers(self) -> Mapping[str, str]:
        """Give attribution and authorization, built once for each token."""
        token = await self._token()
        if self._headers[0] != token:
            self._headers = (token, {**self.attribution, "Authorization": f"Bearer {token}"})
        return self._headers[1]

    def refuse(self, headers: Mapping[str, str]) -> bool:
        """Take note that the service refused a token with 1001.

        Args:
            headers: The headers that were refused; others may have a new token already.

        Returns:
            Whether new headers can be had: never in place of a token that the user gave.
        """
        if self._settings.token is not None:
            return False
        if headers.get("Authorization") == self._headers[1].get("Authorization"):
            self._refused, self._anonymous = self._headers[0], None
        return True

    async def anonymous_token(self) -> AnonymousToken:
        """Give the anonymous account, asked for at first use."""
        return self._anonymous or await self._ask_once()

    def remember(self, user_id: str | None) -> None:
        """Keep the account's id where only another answer told it."""
        if self._anonymous and user_id and user_id.startswith("anon_"):
            self._anonymous = attrs.evolve(self._anonymous, user_id=user_id)

    async def aclose(self) -> None:
        """End a renewal that nobody waits for any more."""
        if self._asking:
            self._asking.cancel()
            await asyncio.wait([self._asking])

    async def _token(self) -> str:
        self._say_remarks()
        if self._settings.token is not None:
            return self._settings.token
        self._door.enter()
        anonymous = self._anonymous or await self._ask_once()
        return anonymous.token

    async def _ask_once(self) -> AnonymousToken:
        """Share one request among all who wait; the first one's cancellation does not end it."""
        asking = self._asking
        if asking is None or asking.get_loop() is not asyncio.get_running_loop():
            asking = self._asking = asyncio.create_task(self._ask())
            asking.add_done_callback(self._asked)
        await asyncio.wait([asking])
        if asking.cancelled():
            raise ConfigurationError("This client was closed.", hint="Make a new NemoVideo.")
        return asking.result()

    def _asked(self, task: asyncio.Task[AnonymousToken]) -> None:
        self._asking = None
        if not task.cancelled() and task.exception() is None:
            self._anonymous = task.result()

    async def _ask(self) -> AnonymousToken:
        async with self._store.lock():
            kept = await self._store.load(self._settings.origin)
            if kept and kept.token != self._refused:
                return kept
            made = await self._request_patiently(await self._client_id())
            await self._store.save(self._settings.origin, made)
            return made

    async def _client_id(self) -> str:
        return self._settings.client_id or await self._store.client_id()

    async def _request_patiently(self, client_id: str) -> AnonymousToken:
        """Wait out one rate limit, unless the service itself says that waiting is in vain."""
        try:
            return await self._request(client_id)
        except RateLimitError as error:
            asked = self._timeouts.rate_limit if error.retry_after is None else error.retry_after
            if asked > self._retry.retry_after_max or self._retry.attempts == 1:
                raise
            pause = self._retry.wait(1, asked)
            tell_repeat(error, pause)
            await self._sleep(pause)
            return await self._request(client_id)

    async def _request(self, client_id: str) -> AnonymousToken:
        request = requests.anonymous_token(client_id)
        call = Call(
            request.method,
            self._settings.base_url + request.path,
            {**self.attribution, **request.headers},
        )
        answer = await self._door.send(call, answer_within=self._timeouts.request)
        try:
            data = replies.unwrap(request, answer, self.account, dt.datetime.now(dt.UTC))
        except RateLimitError as error:
            error.retryable = False  # whoever comes again soon is refused again
            error.hint = (
                "The service gives one free token in 7 days to a client id, and about ten to a "
                "network. Set NEMO_TOKEN to the token of an account, or keep the old one's store."
            )
            raise
        except AuthenticationError as error:
            error.hint = "The service gives out no free tokens now; set NEMO_TOKEN."
            raise
        return replies.anonymous_token(data)

    def _say_remarks(self) -> None:
        """Log once how the settings came about."""
        if self._told:
            return
        self._told = True
        for remark in self._settings.remarks:
            _log.warning(remark)
        if self._settings.token is None:
            _log.info("No token was given: an anonymous account is used.")
