"""An emulator that works in another thread than the one that asks."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from nemovideo.emulator import Emulator, runs
from nemovideo.emulator.threads import in_thread
from tests.emulator.conftest import SKILL, Caller, message

FIRST = "turn these photos into a 6-second slideshow"


@pytest.fixture
def elsewhere() -> Iterator[Emulator]:
    """An emulator on the loop of another thread."""
    with in_thread(Emulator(silent=0.0)) as emulator:
        yield emulator


async def test_an_emulator_in_a_thread_serves_while_the_block_runs(
    http: aiohttp.ClientSession,
) -> None:
    """It answers inside of the block; behind it neither the port nor the thread is there."""
    threads = threading.enumerate()
    with in_thread(Emulator(credits=7)) as emulator:
        url, caller = emulator.url, Caller(http, emulator.url)
        await caller.sign_in()
        assert (await caller.balance())["available"] == 7

    assert threading.enumerate() == threads
    with pytest.raises(aiohttp.ClientConnectionError):
        await http.get(url)


def test_what_keeps_an_emulator_from_starting_is_told(tmp_path: Path) -> None:
    """The error of `start` comes out of entering, and no thread is left behind."""
    threads = threading.enumerate()
    taken = Emulator(folder=tmp_path)
    with in_thread(Emulator(folder=tmp_path)):
        inside = threading.enumerate()
        with pytest.raises(RuntimeError, match="another"), in_thread(taken):
            pass
        assert threading.enumerate() == inside
    assert threading.enumerate() == threads


def test_an_error_in_the_block_ends_the_emulator() -> None:
    """A test that fails leaves no service behind."""
    with pytest.raises(ZeroDivisionError), in_thread(Emulator()) as emulator:
        raise ZeroDivisionError
    with pytest.raises(RuntimeError, match="not running"):
        _ = emulator.url


async def test_another_loop_waits_until_nothing_is_under_way(
    elsewhere: Emulator, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`settled` waits for a run that belongs to the emulator's own loop."""
    monkeypatch.setattr(runs, "_BEAT_SECONDS", 0.05)
    caller = Caller(http, elsewhere.url)
    await caller.sign_in()
    sid, headers = await caller.project(), SKILL | caller.headers
    elsewhere.faults.drop_after_request("POST /run_sse")
    with pytest.raises(aiohttp.ClientConnectionError):
        await http.post(f"{caller.url}/run_sse", json=message(sid, FIRST), headers=headers)

    await elsewhere.settled()

    assert (elsewhere.bill.runs, elsewhere.bill.credits) == (1, 50)


def test_a_thread_without_a_loop_waits_as_well(elsewhere: Emulator) -> None:
    """A sync test runs `settled` on a loop of the moment."""
    asyncio.run(elsewhere.settled())


async def test_another_loop_ends_the_service(
    elsewhere: Emulator, http: aiohttp.ClientSession
) -> None:
    """A test of what happens when the service goes away; the thread then ends as usual."""
    url = elsewhere.url

    await elsewhere.aclose()

    with pytest.raises(aiohttp.ClientConnectionError):
        await http.get(url)


async def test_another_thread_opens_accounts(
    elsewhere: Emulator, http: aiohttp.ClientSession
) -> None:
    """A token that was given out in one thread lets in, in another, with its credits."""
    tokens = [elsewhere.register(credits=number) for number in range(3)]

    balances = []
    for token in tokens:
        caller = Caller(http, elsewhere.url, {"Authorization": f"Bearer {token}"})
        balances.append((await caller.balance())["available"])

    assert balances == [0, 1, 2]
