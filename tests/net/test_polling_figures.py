"""How late the end of a render is noticed, and how many looks that takes, in virtual time."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import partial
from statistics import mean
from typing import TypeAlias

import attrs
import pytest

from nemovideo.models import Render
from nemovideo.net.polling import Poller
from nemovideo.settings import Timeouts

pytestmark = [pytest.mark.slow, pytest.mark.looptime(noop_cycles=5)]

Progress: TypeAlias = Callable[[float], float | None]


def silent(_: float) -> None:
    """A service that says nothing of its progress."""


def told(done: float) -> float:
    """Nearly linear, in whole percents; never 100 before the end."""
    return min(99, max(0, round(100 * done + random.gauss(0, 2))))


@attrs.define
class Watched:
    """A render of known length, and what a wait for it came to."""

    length: float
    progress: Progress
    looks: int = 0
    lateness: float = 0.0

    async def wait(self, poller: Poller) -> None:
        """Wait for it; each look takes a tenth of a second or so."""
        now = asyncio.get_running_loop().time
        begun = now()

        async def look() -> Render:
            self.looks += 1
            await asyncio.sleep(random.uniform(0.02, 0.08))
            elapsed = now() - begun
            await asyncio.sleep(random.uniform(0.02, 0.08))
            if elapsed >= self.length:
                return Render("r", "completed", 100, "u")
            return Render("r", "processing", self.progress(elapsed / self.length))

        await poller.until_finished(look, Render("r"), on_render=lambda _: None)
        self.lateness = now() - begun - self.length


async def fresh() -> Poller:
    """A poller without any experience."""
    return Poller(Timeouts())


def uniform(low: float, high: float, number: int) -> list[float]:
    """Lengths that fill the range evenly, in random order, so that few of them are enough."""
    step = (high - low) / number
    lengths = [low + (place + random.random()) * step for place in range(number)]
    random.shuffle(lengths)
    return lengths


async def experienced(low: float, high: float) -> Poller:
    """A poller that has seen 20 such renders."""
    poller = Poller(Timeouts())
    await at_once(poller, low, high, silent, number=20)
    return poller


async def at_once(
    poller: Poller, low: float, high: float, progress: Progress, *, number: int
) -> list[Watched]:
    """So many renders with one poller, all ordered at the same moment."""
    renders = [Watched(length, progress) for length in uniform(low, high, number)]
    await asyncio.gather(*(render.wait(poller) for render in renders))
    return renders


async def one_by_one(
    low: float, high: float, progress: Progress, make: Callable[[], Awaitable[Poller]], each: int
) -> list[Watched]:
    """200 renders one after the other; a poller serves so many of them."""
    renders = [Watched(length, progress) for length in uniform(low, high, 200)]
    for place, render in enumerate(renders):
        if place % each == 0:
            poller = await make()
        await render.wait(poller)
    return renders


def means(renders: list[Watched]) -> tuple[float, float]:
    """Mean lateness and mean number of looks."""
    return mean(r.lateness for r in renders), mean(r.looks for r in renders)


CASES = pytest.mark.parametrize(
    ("progress", "has_history", "low", "most_looks"),
    [
        (told, False, 10, 12),
        (told, False, 30, 12),
        (silent, False, 10, 16),
        (silent, False, 30, 20),  # without any sign, looking for short ones has its price
        (silent, True, 10, 16),
        (silent, True, 30, 16),
    ],
    ids=[
        "progress, 10 to 90 s",
        "progress, 30 to 90 s",
        "no sign, 10 to 90 s",
        "no sign, 30 to 90 s",
        "history, 10 to 90 s",
        "history, 30 to 90 s",
    ],
)


@CASES
async def test_one_render_is_noticed_soon_and_with_few_looks(
    progress: Progress, *, has_history: bool, low: float, most_looks: float
) -> None:
    """Its length is between `low` and 90 s, and the poller does not know it."""
    random.seed(1)
    make = partial(experienced, low, 90) if has_history else fresh

    each = 10 if has_history else 1
    lateness, looks = means(await one_by_one(low, 90, progress, make, each))

    assert 0 < lateness <= 1.5
    assert looks <= most_looks


@CASES
async def test_of_a_hundred_renders_at_once_each_is_noticed_as_soon(
    progress: Progress, *, has_history: bool, low: float, most_looks: float
) -> None:
    """Three times a hundred, since chance makes a tenth of a second either way."""
    random.seed(1)
    make = partial(experienced, low, 90) if has_history else fresh

    renders = [
        render
        for _ in range(3)
        for render in await at_once(await make(), low, 90, progress, number=100)
    ]

    lateness, looks = means(renders)
    assert 0 < lateness <= 1.5
    assert looks <= most_looks
