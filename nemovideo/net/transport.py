"""Requests of the contract, carried out: token, envelope, and the repeats that are safe."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import attrs

from nemovideo.errors import (
    APIError,
    AuthenticationError,
    Delivered,
    NemoVideoError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
    TransportError,
)
from nemovideo.models import AnonymousToken
from nemovideo.net.bodies import FilesBody, JSONBody
from nemovideo.net.calls import Body, Call
from nemovideo.net.credentials import Credentials
from nemovideo.net.door import Door, OpenAnswer
from nemovideo.net.hooks import tell_repeat
from nemovideo.net.ledger import Ledger
from nemovideo.net.sources import Source
from nemovideo.net.stores import MemoryTokenStore
from nemovideo.retries import RetryPolicy
from nemovideo.settings import Settings, Timeouts
from nemovideo.wire import replies, requests
from nemovideo.wire.refusals import READ_THE_STATE, Refusal, error_for
from nemovideo.wire.requests import FILES_FIELD, TOKEN_PATH, Request

if TYPE_CHECKING:
    from tenacity import RetryCallState

__all__ = ["Transport"]

_Result = TypeVar("_Result")
_STREAMS = ("text/event-stream", "application/octet-stream", "")
"""What a stream calls itself, or fails to."""


@attrs.define(eq=False)
class Transport:
    """What all resources share: one account on one origin over one session."""

    settings: Settings
    timeouts: Timeouts
    credentials: Credentials
    _door: Door
    retry: RetryPolicy
    _sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ledger: Ledger = attrs.field(factory=partial(Ledger, None))
    _owns_door: bool = True

    def for_account(self, settings: Settings) -> "Transport":
        """Give a transport for the account of other settings, over the same connections."""
        credentials = Credentials(
            settings, self.timeouts, MemoryTokenStore(), self._door, self.retry, self._sleep
        )
        return attrs.evolve(self, settings=settings, credentials=credentials, owns_door=False)

    def for_skill(self, settings: Settings) -> "Transport":
        """Give a transport that names the skill of other settings, for the same account."""
        credentials = attrs.evolve(self.credentials, settings=settings)
        return attrs.evolve(self, settings=settings, credentials=credentials, owns_door=False)

    async def call(
        self,
        request: Request,
        *,
        sources: Sequence[Source] = (),
        on_sent: Callable[[int], None] | None = None,
    ) -> dict[str, Any]:
        """Make a request and give the data of its answer.

        Args:
            request: What to ask.
            sources: Files to send as the body; they are opened anew for each attempt.
            on_sent: Gets the bytes of all files sent so far.

        Raises:
            APIError: The service refused; the subclass says why.
            TransportError: The network failed.
        """

        async def attempt() -> dict[str, Any]:
            body = partial(self._body, request, sources, on_sent)
            return await self._with_token(request, body, partial(self._unwrapped, request))

        return await self._repeating(request, attempt)

    async def stream(self, request: Request, *, begin_within: float) -> OpenAnswer:
        """Make a request whose answer is a stream; whoever has it closes it.

        Silence inside the stream is for its reader to notice.

        Args:
            request: What to ask.
            begin_within: Seconds until the answer must have begun, repeats included.

        Raises:
            APIError: The service refused before the stream began.
            TransportError: The network failed before the stream began.
        """
        last: Call | APIError | TransportError | None = None

        async def opened(call: Call) -> OpenAnswer:
            nonlocal last
            last = call
            try:
                answer = await self._door.open(
                    call, head_within=self.timeouts.stream_silence, pause=None
                )
                return await _unless_refused(answer, self._refuse_no_stream(request, answer))
            except (APIError, TransportError) as error:
                last = error
                raise

        async def attempt() -> OpenAnswer:
            return await self._with_token(request, partial(JSONBody, request.json), opened)

        try:
            async with asyncio.timeout(begin_within) as clock:
                return await self._repeating(request, attempt)
        except TimeoutError as error:
            if not clock.expired():
                raise
            raise _late(request, begin_within, last.delivered if last else "no") from error

    async def fetch(
        self,
        address: str,
        *,
        start: int = 0,
        unless_changed: str = "",
        authorized: bool = False,
    ) -> OpenAnswer:
        """Get a file; whoever has the answer closes it.

        Attribution goes on whatever the API's origin serves (contract section 1).

        Args:
            address: The whole address.
            start: The first byte that is wanted.
            unless_changed: The version that the bytes before are of; another comes whole.
            authorized: Whether the token may go along; it never leaves the API's origin.

        Raises:
            APIError: The API refused to give its own file.
            TransportError: The network failed.
        """
        headers = {"Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
            if unless_changed:
                headers["If-Range"] = unless_changed
        is_ours = self.settings.serves(address)
        if authorized and is_ours:
            return await self._fetch_own(address, headers)
        if is_ours:
            headers.update(self.credentials.attribution)
        return await self._open_file(Call("GET", address, headers))

    def refused(self, request: Request, answer: OpenAnswer, refusal: Refusal) -> APIError:
        """Give the error of a refusal inside a stream; from there nothing repeats a message."""
        error = error_for(request, refusal, self.credentials.account)
        if isinstance(error, AuthenticationError):
            self.credentials.refuse(answer.call.headers)
        error.retryable = False
        return error

    async def anonymous_token(self) -> AnonymousToken:
        """Give the anonymous account, asked for at first use."""
        return await self._repeating(requests.anonymous_token(""), self.credentials.anonymous_token)

    async def pause(self, failures: int, last: NemoVideoError) -> None:
        """Wait after so many failures of a transfer, the last of which may say how long."""
        seconds = self.retry.wait(failures, getattr(last, "retry_after", None))
        tell_repeat(last, seconds)
        await self._sleep(seconds)

    async def aclose(self) -> None:
        """Close what is ours."""
        await self.credentials.aclose()
        if self._owns_door:
            await self._door.aclose()
            await self.ledger.aclose()

    async def _fetch_own(self, address: str, headers: Mapping[str, str]) -> OpenAnswer:
        """Get a file of the API with the token, renewed once where that can help."""
        request = Request("GET", urlsplit(address).path, headers=headers)

        async def opened(call: Call) -> OpenAnswer:
            answer = await self._open_file(attrs.evolve(call, url=address))
            return await _unless_refused(answer, self._refuse_no_file(request, answer))

        async def attempt() -> OpenAnswer:
            return await self._with_token(request, lambda: None, opened)

        return await self._repeating(request, attempt)

    async def _open_file(self, call: Call) -> OpenAnswer:
        limit = self.timeouts.transfer
        return await self._door.open(call, head_within=limit, pause=limit)

    def _body(
        self,
        request: Request,
        sources: Sequence[Source],
        on_sent: Callable[[int], None] | None,
    ) -> Body | None:
        if sources:
            stall = self.timeouts.transfer
            return FilesBody(FILES_FIELD, sources, stall=stall, on_sent=on_sent or (lambda _: None))
        return None if request.json is None else JSONBody(request.json)

    async def _with_token(
        self,
        request: Request,
        make_body: Callable[[], Body | None],
        carry_out: Callable[[Call], Awaitable[_Result]],
    ) -> _Result:
        """Carry a call out; after a 1001 it can be repeated where there is a new token.

        The refusal proves that nothing ran (contract section 2), so that this is safe.
        """
        headers = await self.credentials.headers()
        try:
            return await carry_out(self._ready(request, headers, make_body()))
        except AuthenticationError as error:
            error.retryable = error.delivered == "no" and self.credentials.refuse(headers)
            raise

    def _ready(self, request: Request, headers: Mapping[str, str], body: Body | None) -> Call:
        url = self.settings.base_url + request.path
        return Call(request.method, url, {**headers, **request.headers}, body)

    async def _unwrapped(self, request: Request, call: Call) -> dict[str, Any]:
        limit = (
            self.timeouts.transfer if isinstance(call.body, FilesBody) else self.timeouts.request
        )
        answer = await self._door.send(call, answer_within=limit)
        return self._read(request, answer)

    def _read(self, request: Request, answer: replies.Answer) -> dict[str, Any]:
        account = self.credentials.account
        return replies.unwrap(request, answer, account, dt.datetime.now(dt.UTC))

    async def _refuse_no_stream(self, request: Request, answer: OpenAnswer) -> None:
        """Raise what an answer that is no stream means, be its status 200 or not."""
        if answer.status == 200 and answer.content_type in _STREAMS:
            return
        self._read(request, await answer.whole(within=self.timeouts.request))
        raise APIError(
            "The service answered a message without a stream. It may have run and been charged.",
            status=answer.status,
            method=request.method,
            path=request.path,
        )

    async def _refuse_no_file(self, request: Request, answer: OpenAnswer) -> None:
        """Raise what JSON means that came in place of a file."""
        if answer.content_type != "application/json" or 300 <= answer.status < 400:
            return
        self._read(request, await answer.whole(within=self.timeouts.request))
        raise ServerError("The service answered without the file.", status=answer.status)

    async def _repeating(
        self, request: Request, attempt: Callable[[], Awaitable[_Result]]
    ) -> _Result:
        """Repeat as far as that is safe."""
        try:
            return await self._tried(request, attempt)
        except (APIError, TransportError) as error:
            if isinstance(error, AuthenticationError):
                error.retryable = False  # the one renewal has been tried
            if _is_about_token(request, error):
                error.delivered = "no"
            elif request.paid and error.delivered != "no":
                error.retryable, error.hint = False, READ_THE_STATE
            raise

    async def _tried(self, request: Request, attempt: Callable[[], Awaitable[_Result]]) -> _Result:
        """Make the first attempt bare; only its failure enters tenacity, and loads it."""
        try:
            return await attempt()
        except NemoVideoError as error:
            if not _may_repeat(request, error):
                raise
            failures = [error]
            attempts = self._attempts(request, error)

        async def replayed() -> _Result:
            if failures:
                raise failures.pop()
            return await attempt()

        import tenacity

        retrying = tenacity.AsyncRetrying(
            sleep=self._sleep,
            stop=tenacity.stop_after_attempt(attempts),
            wait=self._wait,
            retry=tenacity.retry_if_exception(_Once(partial(_may_repeat, request))),
            before_sleep=_tell,
            reraise=True,
        )
        return await retrying(replayed)

    def _attempts(self, request: Request, error: NemoVideoError) -> int:
        """All that the policy grants for reads, two for the rest; a new token is always tried."""
        granted = self.retry.attempts if request.repeats == "reads" else min(2, self.retry.attempts)
        return max(2, granted) if isinstance(error, AuthenticationError) else granted

    def _wait(self, state: "RetryCallState") -> float:
        """As long as the service asked for; else a fixed time for a rate limit, or a backoff."""
        failure = state.outcome.exception() if state.outcome else None
        if isinstance(failure, AuthenticationError):
            return 0.0
        asked = failure.retry_after if isinstance(failure, APIError) else None
        if asked is None and isinstance(failure, RateLimitError):
            asked = self.timeouts.rate_limit
        return self.retry.wait(state.attempt_number, asked)


async def _unless_refused(answer: OpenAnswer, judgement: Awaitable[None]) -> OpenAnswer:
    """Give an answer on, closed where it is judged to be a refusal."""
    try:
        await judgement
    except BaseException:
        answer.close()
        raise
    return answer


@attrs.define
class _Once:
    """A rule by which a new token and a rate limit are each tried once (contract section 2)."""

    _rule: Callable[[BaseException], bool]
    _seen: set[type[BaseException]] = attrs.field(factory=set, init=False)

    def __call__(self, error: BaseException) -> bool:
        again = type(error) in self._seen
        if isinstance(error, AuthenticationError | RateLimitError):
            self._seen.add(type(error))
        return not again and self._rule(error)


def _may_repeat(request: Request, error: BaseException) -> bool:
    """Reads after any passing failure; all else, and asking for a token, only if nothing ran."""
    match error:
        case TransportError() | APIError():
            is_passing = error.retryable
        case _:
            return False
    is_read = request.repeats == "reads" and not _is_about_token(request, error)
    return is_passing and (is_read or error.delivered == "no")


def _is_about_token(request: Request, error: APIError | TransportError) -> bool:
    """Whether the token that a request needs could not be had; the request itself never left."""
    return request.path != TOKEN_PATH and error.path.endswith(TOKEN_PATH)


def _late(request: Request, seconds: float, delivered: Delivered) -> RequestTimeoutError:
    ran = delivered != "no"
    cost = "It may have run and been charged." if ran else "Nothing was charged."
    return RequestTimeoutError(
        f"The answer did not begin within {seconds:g} s. {cost}",
        delivered=delivered,
        hint=READ_THE_STATE if ran else "",
        method=request.method,
        path=request.path,
    )


def _tell(state: "RetryCallState") -> None:
    failure = state.outcome.exception() if state.outcome else None
    if isinstance(failure, NemoVideoError) and state.next_action:
        tell_repeat(failure, state.next_action.sleep)
