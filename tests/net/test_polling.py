import asyncio
import math
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.errors import (
    APIError,
    ConnectError,
    ConnectionLostError,
    RateLimitError,
    RenderFailedError,
    RenderTimeoutError,
    ServerError,
)
from nemovideo.models import Render
from nemovideo.net.polling import Poller, next_look
from nemovideo.settings import Timeouts
from tests.net.conftest import QUICK

ORDERED = Render("r")
RUNNING = Render("r", "processing", 50)
DONE = Render("r", "completed", 100, "u")
UNKNOWN = st.none() | st.floats(100, math.inf, exclude_min=True)


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
    *seen: Render | Exception, timeout: float | None = None
) -> tuple[Render, list[Render]]:
    """The finished render, and all that were reported on the way."""
    reported: list[Render] = []
    found = await Poller(QUICK).until_finished(
        looks(*seen), ORDERED, timeout=timeout, on_render=reported.append
    )
    return found, reported


async def moments(
    length: float,
    progress: Callable[[float], float | None] = lambda _: None,
    *,
    poller: Poller | None = None,
    is_new: bool = True,
) -> list[float]:
    """When a render of this length is looked at, in virtual time."""
    now = asyncio.get_running_loop().time
    begun, found = now(), []

    async def look() -> Render:
        found.append(now() - begun)
        if found[-1] >= length:
            return DONE
        return Render("r", "processing", progress(found[-1]))

    await (poller or Poller(Timeouts())).until_finished(
        look, ORDERED, is_new=is_new, on_render=lambda _: None
    )
    return found


@pytest.mark.parametrize(
    ("elapsed", "progress", "gap"),
    [
        (1.5, None, 3.27),
        (15, None, 3.0),
        (60, None, 2.1),
        (70, None, 2.0),
        (400, None, 18.0),
        (30, 0, 2.7),
        (30, 50, 15),
        (30, 80, 3.75),
        (10, 10, 5),
        (30, 90, 2.0),
        (30, 100, 2.0),
        (400, 99.9, 18.0),
        (30, 150, 2.7),
        (30, -5, 2.7),
    ],
)
def test_the_next_look_is_at_half_of_what_remains(
    elapsed: float, progress: float | None, gap: float
) -> None:
    """As far as progress tells; else the gaps are nearly equal."""
    assert next_look(elapsed, progress, 2.0) == pytest.approx(gap)


def test_progress_counts_from_where_it_was_first_seen() -> None:
    """Ten of the last twenty percents in 10 s leave 10 s."""
    assert next_look(10, 90, 2.0, counted_from=80) == pytest.approx(5)


@pytest.mark.parametrize(
    ("elapsed", "progress", "gap"),
    [(5, None, 25), (29, None, 2.72), (40, None, 2.5), (20, 50, 10)],
    ids=["early", "nearly", "past", "progress"],
)
def test_without_progress_nobody_looks_before_it_makes_sense(
    elapsed: float, progress: float | None, gap: float
) -> None:
    """Progress knows better."""
    assert next_look(elapsed, progress, 2.0, not_before=30) == pytest.approx(gap)


@given(
    st.floats(0, 900),
    st.none() | st.floats(allow_nan=False),
    st.floats(0.01, 5),
    st.floats(0, 100),
    st.floats(0, 900),
)
def test_every_gap_stays_in_its_bounds(
    elapsed: float, progress: float | None, near_end: float, seen: float, not_before: float
) -> None:
    """Whatever a service says of its progress."""
    gap = next_look(elapsed, progress, near_end, counted_from=seen, not_before=not_before)

    assert near_end <= gap <= max(1.65 * near_end, elapsed / 2, not_before - elapsed)


@given(st.floats(0, 900), UNKNOWN, st.floats(0.01, 5), st.floats(0.1, 10))
def test_gaps_scale_with_the_shortest(
    elapsed: float, progress: float | None, near_end: float, scale: float
) -> None:
    """No second is absolute, so that tests can shrink them all."""
    whole = next_look(elapsed, progress, near_end)

    scaled = next_look(elapsed * scale, progress, near_end * scale)

    assert scaled == pytest.approx(whole * scale)


@given(st.floats(1, 900), st.floats(1, 99), st.floats(1, 99), st.floats(0.01, 5))
def test_more_progress_means_an_earlier_look(
    elapsed: float, one: float, other: float, near_end: float
) -> None:
    """At the same time."""
    less, more = sorted([one, other])

    assert next_look(elapsed, more, near_end) <= next_look(elapsed, less, near_end)


async def test_a_render_is_looked_at_until_its_file_is_there() -> None:
    """`completed` without an address is not finished yet."""
    found, reported = await until(RUNNING, Render("r", "completed", 100), DONE)

    assert found is DONE
    assert reported == [RUNNING, Render("r", "completed", 100), DONE]


async def test_a_finished_render_is_not_looked_at() -> None:
    """There is nothing to wait for."""
    found = await Poller(QUICK).until_finished(looks(APIError()), DONE, on_render=lambda _: None)

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


@pytest.mark.parametrize(
    ("reason", "message"),
    [("boom.", "failed: boom."), (None, "gives no reason")],
    ids=["reason", "no reason"],
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
            await Poller(QUICK).until_finished(
                look, ORDERED, timeout=0.05, on_render=lambda _: None
            )


@pytest.mark.looptime
async def test_a_new_render_is_left_alone_for_a_moment() -> None:
    """Then for as long as no render is finished that takes half a minute."""
    found = await moments(40)

    assert found[0] == pytest.approx(1.5)
    assert 13 <= found[1] <= 13.5
    assert all(2.0 <= later - sooner <= 3.5 for sooner, later in pairwise(found[1:]))


@pytest.mark.looptime
async def test_no_two_waits_keep_step() -> None:
    """Clients that began together come apart."""
    one, other = await moments(40), await moments(40)

    assert not {*one[1:]} & {*other[1:]}


@pytest.mark.looptime
async def test_a_render_that_nobody_knows_is_looked_at_at_once() -> None:
    """It may be finished already, and what is learned from it would be wrong."""
    poller = Poller(Timeouts())

    found = await moments(5, poller=poller, is_new=False)

    assert found[:2] == [0, pytest.approx(3.5, abs=0.3)]
    assert (await moments(40, poller=poller))[1] >= 13


@pytest.mark.looptime
async def test_how_fast_a_render_goes_that_nobody_knows_shows_from_its_first_look_on() -> None:
    """What it did before that took nobody knows how long."""
    found = await moments(60, lambda passed: 80 + passed // 3, is_new=False)

    assert found[-1] < 64
    assert len(found) < 16


@pytest.mark.looptime
async def test_what_renders_took_before_tells_when_to_look() -> None:
    """A little before the shortest would have been finished."""
    poller = Poller(Timeouts())
    poller._lengths.extend(range(50, 70, 2))

    found = await moments(60, poller=poller)

    assert 42 <= found[1] <= 43


@pytest.mark.looptime
async def test_one_quick_render_is_experience_enough_to_look_earlier() -> None:
    """One slow render is not enough to look later."""
    quick, slow = Poller(Timeouts()), Poller(Timeouts())
    await moments(4, lambda _: 10, poller=quick)
    await moments(80, poller=slow)

    assert (await moments(30, poller=quick))[1] < 7
    assert (await moments(30, poller=slow))[1] < 14


@pytest.mark.looptime
@pytest.mark.parametrize(
    "progress",
    [
        lambda _: 0,
        lambda _: 99,
        lambda _: 100,
        lambda _: 1e9,
        lambda passed: min(75, passed // 15 * 25),
        lambda passed: 1 if passed < 50 else 95,
    ],
    ids=["zero", "stuck", "hundred", "beyond", "quarters", "jumps"],
)
async def test_progress_that_tells_nothing_costs_little(
    progress: Callable[[float], float],
) -> None:
    """A render of a minute is found in time, with few looks."""
    found = await moments(60, progress)

    assert found[-1] < 66
    assert len(found) <= 26


@pytest.mark.looptime
@pytest.mark.parametrize(
    "trouble",
    [None, ConnectionLostError(), RateLimitError(retryable=True)],
    ids=["none", "cut", "429"],
)
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
        await Poller(Timeouts()).until_finished(look, ORDERED, on_render=lambda _: None)

    assert 895 < loop.time() - begun < 901
    assert 895 < looked[-1] < 900
    assert len(looked) < 95


async def test_what_cannot_pass_ends_the_wait() -> None:
    """A certificate that is not valid will not be valid in ten minutes."""
    with pytest.raises(ConnectError):
        await until(ConnectError(retryable=False))


@pytest.mark.looptime
async def test_in_virtual_time_a_render_at_its_beginning_is_not_overslept() -> None:
    """A service that tells progress, and tells none yet, may be done in a few seconds."""
    loop = asyncio.get_running_loop()
    begun, found = loop.time(), list[float]()

    async def look() -> Render:
        found.append(loop.time() - begun)
        return DONE if found[-1] > 4 else Render("r", "processing", 0)

    await Poller(Timeouts()).until_finished(look, ORDERED, on_render=lambda _: None)

    assert found[-1] < 8
