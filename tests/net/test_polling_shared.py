import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import attrs
import pytest

from nemovideo.errors import APIError, RateLimitError, RenderTimeoutError, ServerError
from nemovideo.models import Render
from nemovideo.net.polling import Poller
from nemovideo.settings import Timeouts
from tests.net.conftest import QUICK

pytestmark = pytest.mark.looptime

ORDERED = Render("r")
RUNNING = Render("r", "processing", 50)
DONE = Render("r", "completed", 100, "u")


@attrs.define
class Counter:
    """A look that takes a second, and how many of them were under way at once."""

    until: float
    under_way: int = 0
    most: int = 0
    begun: list[float] = attrs.field(factory=list)

    async def look(self) -> Render:
        """Look at a render that is finished at `until`."""
        now = asyncio.get_running_loop().time
        self.begun.append(now())
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await asyncio.sleep(1)
        finally:
            self.under_way -= 1
        return DONE if now() >= self.until else RUNNING


def wait(
    poller: Poller, look: Callable[[], Awaitable[Render]], timeout: float | None = None
) -> Awaitable[Render]:
    """Wait for one render."""
    return poller.until_finished(look, ORDERED, timeout=timeout, on_render=lambda _: None)


async def refused(poller: Poller, error: APIError, within: float = 1.6) -> None:
    """Let one look of the poller be refused; its wait is over then."""
    once = iter([error])

    async def look() -> Render:
        for failure in once:
            raise failure
        return DONE

    with contextlib.suppress(RenderTimeoutError):
        await wait(poller, look, timeout=within)


async def test_eight_looks_are_under_way_at_most() -> None:
    """However many renders are waited for."""
    counter, poller = Counter(20), Poller(Timeouts())

    found = await asyncio.gather(*(wait(poller, counter.look) for _ in range(40)))

    assert found == [DONE] * 40
    assert counter.most == 8


async def test_two_waits_for_one_render_both_end() -> None:
    """They look on their own."""
    counter, poller = Counter(20), Poller(Timeouts())

    assert await asyncio.gather(*(wait(poller, counter.look) for _ in range(2))) == [DONE] * 2


@pytest.mark.parametrize(
    ("error", "held"),
    [
        (RateLimitError(retryable=True, retry_after=20), 20),
        (ServerError(status=503, retryable=True, retry_after=20), 20),
        (RateLimitError(retryable=True, retry_after=3600), 60),
        (RateLimitError(retryable=True), 0),
        (ServerError(status=502, retryable=True, retry_after=20), 0),
    ],
    ids=["429", "503", "at most a minute", "429 without a time", "502"],
)
async def test_when_the_service_asks_one_wait_to_pause_all_of_them_do(
    error: APIError, held: float
) -> None:
    """Each look of another wait comes after the pause."""
    now = asyncio.get_running_loop().time
    poller, counter = Poller(Timeouts()), Counter(0)
    await refused(poller, error)
    refused_at = now() - 0.1

    await wait(poller, counter.look)

    assert counter.begun[0] - refused_at == pytest.approx(max(held, 1.6), abs=0.5)


async def test_a_pause_can_become_longer_while_it_lasts() -> None:
    """A look that was under way already brings the news."""
    now = asyncio.get_running_loop().time
    begun = now()
    poller, counter = Poller(Timeouts()), Counter(0)

    def after(seconds: float, asked: float) -> Callable[[], Awaitable[Render]]:
        async def look() -> Render:
            if now() - begun > 10:
                return DONE
            await asyncio.sleep(seconds)
            raise RateLimitError(retryable=True, retry_after=asked)

        return look

    async def late() -> Render:
        await asyncio.sleep(1)
        return await wait(poller, counter.look)

    await asyncio.gather(wait(poller, after(0, 10)), wait(poller, after(5, 20)), late())

    assert counter.begun[0] - begun == pytest.approx(26.5)


async def test_a_pause_cannot_pass_the_limit_of_a_wait() -> None:
    """The limit is for everything."""
    now = asyncio.get_running_loop().time
    poller = Poller(Timeouts())
    await refused(poller, RateLimitError(retryable=True, retry_after=60))
    begun = now()

    with pytest.raises(RenderTimeoutError):
        await wait(poller, Counter(0).look, timeout=10)

    assert now() - begun == pytest.approx(10)


@pytest.mark.parametrize("moment", [0.5, 1.5, 2.0, 2.5, 3.0, 10.0, 14.0, 30.0])
async def test_a_wait_that_is_cancelled_leaves_nothing_behind(moment: float) -> None:
    """Whether it sleeps, looks, pauses or stands in line: no task, and all eight slots free."""
    poller, counter = Poller(Timeouts()), Counter(1000)
    waits = [asyncio.ensure_future(wait(poller, counter.look)) for _ in range(20)]
    await asyncio.sleep(moment)

    for task in waits:
        task.cancel()
    await asyncio.wait(waits)

    assert all(task.cancelled() for task in waits)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    fresh = Counter(0)
    await asyncio.gather(*(wait(poller, fresh.look) for _ in range(8)))
    assert fresh.most == 8


async def test_a_wait_that_is_cancelled_in_a_pause_leaves_nothing_behind() -> None:
    """Its slot is free for the next one."""
    poller = Poller(Timeouts())
    await refused(poller, RateLimitError(retryable=True, retry_after=60))
    waits = [asyncio.ensure_future(wait(poller, Counter(0).look)) for _ in range(20)]
    await asyncio.sleep(20)

    for task in waits:
        task.cancel()
    await asyncio.wait(waits)

    fresh = Counter(0)
    await asyncio.gather(*(wait(poller, fresh.look) for _ in range(8)))
    assert fresh.most == 8


async def test_one_wait_that_fails_does_not_disturb_the_others() -> None:
    """The slot of a failed look is free again."""
    poller, counter = Poller(Timeouts()), Counter(20)

    async def broken() -> Render:
        raise APIError(status=400)

    found = await asyncio.gather(
        *(wait(poller, broken) for _ in range(20)),
        *(wait(poller, counter.look) for _ in range(8)),
        return_exceptions=True,
    )

    assert found[20:] == [DONE] * 8
    assert all(isinstance(failure, APIError) for failure in found[:20])


def test_a_later_loop_finds_free_slots_and_no_old_pause() -> None:
    """Waits in line and pauses belong to the loop that they were in; what was learned stays."""
    poller = Poller(QUICK)

    async def found_once() -> Render:
        await asyncio.sleep(0.01)
        return DONE

    async def crowd() -> list[Render]:
        async with asyncio.timeout(5):
            found = await asyncio.gather(*(wait(poller, found_once) for _ in range(24)))
        await refused(poller, RateLimitError(retryable=True, retry_after=60), within=0.2)
        return found

    assert asyncio.run(crowd()) == [DONE] * 24
    assert asyncio.run(crowd()) == [DONE] * 24
