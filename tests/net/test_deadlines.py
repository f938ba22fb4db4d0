import asyncio
import contextlib
import time

import pytest

from nemovideo.net.deadlines import Watchdog, deadline, left


def soon(seconds: float) -> Watchdog:
    """A watchdog whose moment comes after so long."""
    due = asyncio.get_running_loop().time() + seconds
    return Watchdog(due=lambda: due)


async def test_a_wait_that_is_too_long_ends() -> None:
    """As a time-out, and the task goes on as if nothing had been."""
    watchdog = soon(0.01)

    with pytest.raises(TimeoutError), watchdog:
        await asyncio.sleep(5)

    task = asyncio.current_task()
    assert task
    assert task.cancelling() == 0


async def test_a_moment_that_moves_on_strikes_nobody() -> None:
    """One timer looks again and again."""
    loop = asyncio.get_running_loop()
    watchdog = Watchdog(due=lambda: loop.time() + 0.02)

    for _ in range(5):
        with watchdog:
            await asyncio.sleep(0.015)
    watchdog.close()


@pytest.mark.looptime
async def test_what_is_left_until_a_deadline_shrinks_to_nothing() -> None:
    """And no further; where there is no deadline there is no end."""
    until = deadline(3)

    assert left(until) == 3
    await asyncio.sleep(2)
    assert left(until) == 1
    await asyncio.sleep(2)
    assert left(until) == 0
    assert left(deadline(None)) is None


@pytest.mark.looptime
async def test_a_cancellation_at_the_same_moment_is_kept() -> None:
    """Whoever cancels wins: the wait must not go on as if only its time had been over."""
    loop = asyncio.get_running_loop()
    due = loop.time() + 1
    went_on = False

    async def wait() -> None:
        nonlocal went_on
        with Watchdog(due=lambda: due):
            await asyncio.sleep(5)
        went_on = True

    task = asyncio.create_task(wait())
    loop.call_at(due, task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await task

    assert not went_on


@pytest.mark.looptime
@pytest.mark.parametrize("before", [-1e-5, 0.0, 1e-5])
async def test_a_time_limit_at_the_same_moment_is_kept(before: float) -> None:
    """The user's `asyncio.timeout` beside our own clock."""
    due = asyncio.get_running_loop().time() + 1
    struck: list[int] = []

    async def wait() -> None:
        async with asyncio.timeout_at(due - before):
            for _ in range(3):
                with contextlib.suppress(TimeoutError), Watchdog(due=lambda: due + len(struck)):
                    await asyncio.sleep(5)
                struck.append(1)

    with pytest.raises(TimeoutError):
        await wait()

    assert len(struck) <= 1


async def test_a_loop_that_was_held_up_is_given_a_moment() -> None:
    """What came while it could not listen counts."""
    watchdog = soon(0.05)
    ready = asyncio.get_running_loop().create_future()

    time.sleep(0.2)  # noqa: ASYNC251  # `input()` in a notebook, say
    asyncio.get_running_loop().call_later(0.01, ready.set_result, "heard")
    with watchdog:
        assert await ready == "heard"
    watchdog.close()
