import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.errors import (
    APIError,
    ConnectError,
    ConnectionLostError,
    RateLimitError,
    RenderFailedError,
    RenderNotFoundError,
    RenderTimeoutError,
    ServerError,
)
from nemovideo.models import Render
from nemovideo.net.polling import next_look, until_finished
from nemovideo.settings import Timeouts
from tests.net.conftest import QUICK

ORDERED = Render("r")
RUNNING = Render("r", "processing", 50)
DONE = Render("r", "completed", 100, "u")


def looks(*seen: Render | Exception) -> Callable[[], Awaitable[Render]]:
    """What the looks find, the last of it for ever."""
    left = [*seen]

    async def look() -> Render:
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, Exception):
            raise found
        return found

    return look


async def until(
    *seen: Render | Exception, timeout: float | None = None, timeouts: Timeouts = QUICK
) -> tuple[Render, list[Render]]:
    """The finished render, and all that were reported on the way."""
    reported: list[Render] = []
    found = await until_finished(
        looks(*seen), ORDERED, timeouts, timeout=timeout, on_render=reported.append
    )
    return found, reported


@pytest.mark.parametrize(
    ("elapsed", "progress", "gap"),
    [
        (1.5, None, 2.0),
        (10, None, 5),
        (30, None, 15),
        (59, None, 2.95),
        (200, None, 10),
        (10, 0, 5),
        (30, 50, 15),
        (10, 10, 5),
        (30, 90, 2.0),
        (30, 100, 2.0),
        (400, 99.9, 20),
        (30, 150, 15),
        (30, -5, 15),
    ],
)
def test_the_next_look_is_at_half_of_what_remains(
    elapsed: float, progress: float | None, gap: float
) -> None:
    """Never sooner than near the end, never more than half of what has passed."""
    assert next_look(elapsed, progress, 2.0) == pytest.approx(gap)


@given(st.floats(0, 900), st.none() | st.floats(allow_nan=False), st.floats(0.01, 5))
def test_every_gap_stays_in_its_bounds(
    elapsed: float, progress: float | None, near_end: float
) -> None:
    """Whatever a service says of its progress."""
    assert near_end <= next_look(elapsed, progress, near_end) <= max(near_end, elapsed)


async def test_a_render_is_looked_at_until_its_file_is_there() -> None:
    """`completed` without an address is not finished yet."""
    found, reported = await until(RUNNING, Render("r", "completed", 100), DONE)

    assert found is DONE
    assert reported == [RUNNING, Render("r", "completed", 100), DONE]


async def test_a_finished_render_is_not_looked_at() -> None:
    """There is nothing to wait for."""
    found = await until_finished(looks(APIError()), DONE, QUICK, on_render=lambda _: None)

    assert found is DONE


@pytest.mark.parametrize(
    "trouble",
    [
        ConnectionLostError(),
        ServerError(retryable=True),
        RateLimitError(retryable=True),
    ],
    ids=["cut", "5xx", "429"],
)
async def test_trouble_on_the_way_means_ask_again(trouble: Exception) -> None:
    """With the same id."""
    found, _ = await until(trouble, trouble, DONE)

    assert found is DONE


async def test_an_unknown_render_is_told() -> None:
    """It does not come back by asking."""
    with pytest.raises(RenderNotFoundError):
        await until(RenderNotFoundError())


@pytest.mark.parametrize(
    ("reason", "message"), [("boom.", "failed: boom."), (None, "gives no reason")]
)
async def test_a_failed_render_is_told(reason: str | None, message: str) -> None:
    """In the service's words, with its id."""
    with pytest.raises(RenderFailedError, match=message) as caught:
        await until(Render("r", "failed", error=reason))

    assert caught.value.render_id == "r"


async def test_a_render_that_takes_too_long_is_left_running() -> None:
    """The error carries the id to ask for later."""
    with pytest.raises(RenderTimeoutError, match="goes on") as caught:
        await until(RUNNING, timeout=0.05)

    assert caught.value.render_id == "r"
    assert isinstance(caught.value, TimeoutError)


async def test_a_look_that_hangs_cannot_pass_the_limit() -> None:
    """The limit is for everything."""

    async def look() -> Render:
        await asyncio.sleep(5)
        return RUNNING

    async with asyncio.timeout(1):
        with pytest.raises(RenderTimeoutError):
            await until_finished(look, ORDERED, QUICK, timeout=0.05, on_render=lambda _: None)


@pytest.mark.looptime
async def test_in_virtual_time_a_long_render_takes_no_time() -> None:
    """The waits go by the clock of the loop, so that tests can turn it."""
    loop = asyncio.get_running_loop()
    begun, found = loop.time(), []

    async def look() -> Render:
        found.append(loop.time() - begun)
        return DONE if found[-1] > 60 or len(found) > 200 else RUNNING

    await until_finished(look, ORDERED, Timeouts(), on_render=lambda _: None)

    assert len(found) <= 16
    assert 60 < found[-1] < 120


@pytest.mark.looptime
@pytest.mark.parametrize("trouble", [None, ConnectionLostError(), RateLimitError(retryable=True)])
async def test_in_virtual_time_a_render_is_given_a_quarter_of_an_hour(
    trouble: Exception | None,
) -> None:
    """Trouble all the time costs no more looks than a render that never ends."""
    loop = asyncio.get_running_loop()
    begun, looked = loop.time(), []

    async def look() -> Render:
        looked.append(loop.time() - begun)
        if trouble:
            raise trouble
        return RUNNING

    with pytest.raises(RenderTimeoutError, match="900 s"):
        await until_finished(look, ORDERED, Timeouts(), on_render=lambda _: None)

    assert 895 < loop.time() - begun < 901
    assert 895 < looked[-1] < 900
    assert len(looked) < 80


async def test_what_cannot_pass_ends_the_wait() -> None:
    """A certificate that is not valid will not be valid in ten minutes."""
    with pytest.raises(ConnectError):
        await until(ConnectError(retryable=False))
