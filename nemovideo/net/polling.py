"""When to look at renders: seldom enough for the service, soon enough for the user."""

import asyncio
import math
import random
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial

import attrs

from nemovideo.errors import (
    APIError,
    RateLimitError,
    RenderFailedError,
    RenderNotFoundError,
    RenderTimeoutError,
    TransportError,
)
from nemovideo.models import Render
from nemovideo.settings import Timeouts

__all__ = ["Poller", "next_look"]

_LOOKS_AT_ONCE = 8
_LONGEST_HOLD = 60.0
_EARLY = 6.5  # gaps, so 13 s by default: the contract knows of no render under 30 s
_WIDEST = 1.65
_JITTER = 0.2
_ENOUGH = 10  # below the shortest of ten, the next one is rarely found
_REMEMBERED = 50


def next_look(
    elapsed: float,
    progress: float | None,
    near_end: float,
    *,
    counted_from: float = 0.0,
    not_before: float = 0.0,
) -> float:
    """Give the seconds until the next look, before jitter.

    Where there is progress: half of the time that it lets expect, and at most half of what has
    passed, since progress may jump. Else the end may be at any time and the gaps are nearly
    equal, a little closer the longer it has taken, until it takes longer than renders do.

    Args:
        elapsed: Seconds since the render was ordered, or since it was first seen.
        progress: From 0 to 100 as the service says; None where it does not, or does not move.
        near_end: The shortest gap; in the long run it grows to a twentieth of the time elapsed.
        counted_from: The progress when `elapsed` was 0.
        not_before: Without progress, the time at which a look begins to make sense.
    """
    gained = 0.0 if progress is None else progress - counted_from
    if progress is None or gained <= 0 or progress > 100:
        gap = max(not_before - elapsed, _WIDEST * near_end - elapsed / 50)
    else:
        gap = min(elapsed * (100 - progress) / gained, elapsed) / 2
    return max(near_end, gap, elapsed / 20 - near_end)


@attrs.define(eq=False)
class _Line:
    """Where the looks of one event loop stand in line."""

    loop: asyncio.AbstractEventLoop
    slots: asyncio.Semaphore = attrs.field(factory=partial(asyncio.Semaphore, _LOOKS_AT_ONCE))
    free_at: float = -math.inf


@attrs.define(eq=False)
class Poller:
    """What all waits of one client share: slots, a pause that was asked for, experience.

    It has no task of its own: a wait that ends leaves nothing. In another event loop only its
    experience counts.
    """

    _timeouts: Timeouts
    _lengths: deque[float] = attrs.field(factory=lambda: deque(maxlen=_REMEMBERED), init=False)
    _line: _Line | None = attrs.field(default=None, init=False, repr=False)

    async def until_finished(
        self,
        look: Callable[[], Awaitable[Render]],
        render: Render,
        *,
        timeout: float | None = None,
        is_new: bool = True,
        on_render: Callable[[Render], None],
        account: Callable[[], str] = lambda: "",
        submit_again: Callable[[], Awaitable[Render]] | None = None,
    ) -> Render:
        """Look at a render until its file is there.

        While the network or the service has trouble, the same id is simply asked for again. The
        last look is just before the time is over. A render counts as lost only after two answers
        that know nothing of it, `Timeouts.render_missing` apart and for the same account: one
        alone may come from a server that has not heard of it yet.

        Args:
            look: Asks for the render.
            render: The render as it was submitted; a finished one is given back without a look.
            timeout: Seconds in all instead of `Timeouts.render`.
            is_new: Whether it was ordered just now. Else it is looked at at once, and nothing is
                learned from it.
            on_render: Gets each render that was seen.
            account: Tells who we are to the service now; empty where that is not known.
            submit_again: Orders a lost render again, under its id; awaited once at most.

        Returns:
            The finished render, with its `url`.

        Raises:
            RenderFailedError: The service gave up on it.
            RenderTimeoutError: It is not finished in time, and goes on at the service.
            RenderNotFoundError: It is lost, or the account has changed so that nobody can tell.
            APIError: The service refused otherwise.
            TransportError: The network failed in a way that does not pass.
        """
        limit = self._timeouts.render if timeout is None else timeout
        wait = _Wait(
            partial(self._look, look),
            render,
            self._timeouts,
            limit,
            is_new,
            on_render,
            account,
            submit_again,
            self._not_before,
        )
        try:
            async with asyncio.timeout(limit) as clock:
                found = await wait.run()
        except TimeoutError as error:
            if not clock.expired():
                raise
            raise wait.late() from error
        if wait.is_measured:
            self._lengths.append(wait.elapsed)
        return found

    def _not_before(self, progress: float | None) -> float:
        """Without experience, a guess; with little of it, what it can only make earlier.

        Nothing is guessed of a service that tells progress: what is at 0 will soon be further.
        """
        low = 0.85 * min(self._lengths, default=math.inf)
        is_known = len(self._lengths) >= _ENOUGH
        guess = _EARLY * self._timeouts.render_near_end if progress is None else 0.0
        return low if is_known else min(low, guess)

    def _here(self) -> _Line:
        loop = asyncio.get_running_loop()
        if self._line is None or self._line.loop is not loop:
            self._line = _Line(loop)
        return self._line

    async def _look(self, look: Callable[[], Awaitable[Render]]) -> Render:
        line = self._here()
        async with line.slots:
            await _hold(line)
            try:
                return await look()
            except APIError as error:
                _heed(line, error)
                raise


async def _hold(line: _Line) -> None:
    """Keep the slot meanwhile: nobody else could use it either."""
    held = -math.inf
    while held < line.free_at:  # another look may have moved it while we slept
        held = line.free_at
        await asyncio.sleep(max(0.0, held - line.loop.time()))


def _heed(line: _Line, error: APIError) -> None:
    """Let all waits pause when the service asks one of them to."""
    is_busy = isinstance(error, RateLimitError) or error.status in {429, 503}
    if is_busy and error.retryable and error.retry_after is not None:
        asked = min(error.retry_after, _LONGEST_HOLD)
        line.free_at = max(line.free_at, line.loop.time() + asked)


@attrs.define(eq=False)
class _Wait:
    """One wait for one render: what it has seen so far."""

    _look: Callable[[], Awaitable[Render]]
    render: Render
    _timeouts: Timeouts
    _limit: float
    _is_new: bool
    _on_render: Callable[[Render], None]
    _account: Callable[[], str]
    _submit_again: Callable[[], Awaitable[Render]] | None
    _not_before: Callable[[float | None], float]
    _now: Callable[[], float] = attrs.field(
        factory=lambda: asyncio.get_running_loop().time, init=False
    )
    _owner: str = attrs.field(init=False)
    _over_at: float = attrs.field(init=False)
    _began: float = attrs.field(init=False)
    _counted_from: float = attrs.field(init=False)
    _is_moving: bool = attrs.field(default=True, init=False)
    _is_unseen: bool = attrs.field(default=True, init=False)
    _is_last: bool = attrs.field(default=False, init=False)
    _missed_at: float | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._owner = self._account()
        self._began = self._now()
        self._over_at = self._began + self._limit
        self._counted_from = self.render.progress or 0.0

    @property
    def elapsed(self) -> float:
        """Seconds since the order, or since the wait began."""
        return self._now() - self._began

    @property
    def is_measured(self) -> bool:
        """Whether `elapsed` is the time from the order to the last look."""
        return self._is_new and not self._is_unseen

    def late(self) -> RenderTimeoutError:
        """Give the error of a wait whose time is over."""
        render_id = self.render.render_id
        news = "it goes on at the service"
        if self._missed_at is not None:
            news = "the service did not know of it when it was last asked"
        return RenderTimeoutError(
            f"The render was not finished in {self._limit:g} s; {news}.",
            render_id=render_id,
            hint=f"Ask for {render_id} again later; do not order it twice.",
        )

    async def run(self) -> Render:
        """Look until it is finished."""
        while not self.render.is_finished:
            if self.render.status == "failed":
                raise _failed(self.render)
            if self._is_last:
                raise self.late()
            await self._pause(self._gap())
            await self._ask()
        return self.render

    def _gap(self) -> float:
        if self._missed_at is not None:
            left = self._missed_at + self._timeouts.render_missing - self._now()
            return max(left * 1.01, self._timeouts.render_near_end)  # a clock may wake us early
        if self._is_unseen:
            return self._timeouts.render_first_look if self._is_new else 0.0
        gap = next_look(
            self.elapsed,
            self.render.progress if self._is_moving else None,
            self._timeouts.render_near_end,
            counted_from=self._counted_from,
            not_before=self._earliest,
        )
        spread = random.random()  # noqa: S311  # keeps clients apart, keeps no secret
        return gap + spread * _JITTER * self._timeouts.render_near_end

    @property
    def _earliest(self) -> float:
        progress = self.render.progress
        return self._not_before(progress) if self._is_new and not progress else 0.0

    async def _pause(self, gap: float) -> None:
        left = self._over_at - self._now()
        self._is_last = gap >= left
        before_end = min(self._timeouts.render_near_end / 2, left / 5)
        await asyncio.sleep(left - before_end if self._is_last else gap)

    async def _ask(self) -> None:
        try:
            seen = await self._look()
        except RenderNotFoundError as error:
            await self._miss(error)
        except (TransportError, APIError) as error:
            if not error.retryable:
                raise
            self._is_moving = self._is_unseen = False
        else:
            self._see(seen)

    def _see(self, seen: Render) -> None:
        if self._is_unseen and not self._is_new:
            self._counted_from = seen.progress or 0.0
        self._is_moving = (seen.progress or 0) > (self.render.progress or 0)
        self._is_unseen, self._missed_at, self.render = False, None, seen
        self._on_render(seen)

    async def _miss(self, error: RenderNotFoundError) -> None:
        """Judge an answer that knows nothing of the render."""
        who = self._account()
        if who != self._owner and self._owner:
            error.hint = _OTHER_ACCOUNT
            raise error
        if self._missed_at is None:
            self._missed_at, self._is_unseen = self._now(), False
        elif self._now() - self._missed_at >= self._timeouts.render_missing:
            if self._submit_again is None or self._is_last or who != self._owner:
                raise error
            await self._order(self._submit_again)

    async def _order(self, submit_again: Callable[[], Awaitable[Render]]) -> None:
        """Order a lost render again; when that answer is lost too, looking will tell."""
        self._submit_again = self._missed_at = None
        self.render = Render(self.render.render_id)
        try:
            seen = await submit_again()
        except (TransportError, APIError) as failure:
            if not failure.retryable or failure.delivered != "maybe":
                raise
        else:
            self._see(seen)
        self._began, self._counted_from = self._now(), self.render.progress or 0.0
        self._is_unseen = self._is_new = True


_OTHER_ACCOUNT = (
    "The account is not the one that ordered the render, so nobody can tell whether it is lost; "
    "order it again only if you can do without the first."
)


def _failed(render: Render) -> RenderFailedError:
    reason = render.error or "the service gives no reason"
    return RenderFailedError(
        f"The render failed: {reason.rstrip('.')}.",
        render_id=render.render_id,
        hint="The timeline is safe; order a new render.",
    )
