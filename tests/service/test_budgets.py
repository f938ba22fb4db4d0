"""What a call may spend: what was let through counts until the credits tell what it cost."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from nemovideo import (
    AgentError,
    AmbiguousSendError,
    BudgetError,
    NemoVideo,
    Outcome,
    Project,
    RequestStarted,
    StreamTimeoutError,
    VideoJob,
)
from nemovideo.emulator import Emulator
from nemovideo.emulator.accounts import Account
from nemovideo.workflows.budget import Budget
from nemovideo.workflows.evidence import Look
from nemovideo.workflows.watching import look_at
from tests.service.conftest import QUICK

SHORT = "a 1-second slideshow with music"


@pytest.fixture
def sent() -> list[str]:
    """What left, by its address."""
    return []


@pytest.fixture
async def nemo(emulator: Emulator, sent: list[str]) -> AsyncIterator[NemoVideo]:
    """A client with plenty of credits."""

    def note(request: RequestStarted) -> None:
        sent.append(request.url)

    token = emulator.register(1000)
    async with NemoVideo(
        base_url=emulator.url, token=token, timeouts=QUICK, on_request=note
    ) as client:
        yield client


@pytest.fixture
def account(nemo: NemoVideo, emulator: Emulator) -> Account:
    """The account as the service has it."""
    return emulator._running().accounts.of(f"Bearer {nemo._transport.settings.token}")


@pytest.fixture
async def look(nemo: NemoVideo) -> Callable[[], "asyncio.Future[Look]"]:
    """Look at a session in which nothing was edited, and at the credits."""
    session = await nemo.sessions.create()

    async def seen() -> Look:
        return (await look_at(nemo._tools, session.session_id))[1]

    return lambda: asyncio.ensure_future(seen())


@pytest.fixture
def jobs(photos: list[Path], tmp_path: Path) -> list[VideoJob]:
    """Five videos, each with a session of its own."""
    return [VideoJob(photos[0], SHORT, tmp_path / f"{number}.mp4") for number in range(5)]


async def ended(
    nemo: NemoVideo, jobs: list[VideoJob], *, limit: int, budget: float
) -> list[Outcome]:
    """All outcomes of a batch."""
    async with nemo.make_videos(jobs, limit=limit, budget=budget) as outcomes:
        return [outcome async for outcome in outcomes]


@contextlib.contextmanager
def charged_at_the_end(account: Account, price: int) -> Iterator[None]:
    """Charge a run when it is done, and reserve nothing before."""
    yield
    account.total -= price


async def test_a_service_that_reserves_nothing_cannot_be_overrun(
    nemo: NemoVideo, emulator: Emulator, jobs: list[VideoJob], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of five at once two have room, although no credit shows what the first will cost."""
    monkeypatch.setattr(Account, "reserved", charged_at_the_end)

    outcomes = await ended(nemo, jobs, limit=5, budget=100)

    assert Counter(one.status for one in outcomes) == {"done": 2, "not_started": 3}
    assert {type(one.error) for one in outcomes if one.error} == {BudgetError}
    assert (emulator.bill.runs, emulator.bill.credits) == (2, 100)


async def test_a_run_that_failed_leaves_its_room_to_others(
    nemo: NemoVideo, emulator: Emulator, jobs: list[VideoJob]
) -> None:
    """It cost nothing, so two more fit into a budget for two."""
    emulator.faults.fail_run()

    outcomes = await ended(nemo, jobs[:3], limit=1, budget=100)

    assert Counter(one.status for one in outcomes) == {"done": 2, "failed": 1}
    assert emulator.bill.credits == 100


async def test_reserved_credits_that_come_back_are_not_spent(
    nemo: NemoVideo, account: Account, look: Callable[[], "asyncio.Future[Look]"]
) -> None:
    """Work elsewhere that reserves and gives back, again and again, eats no budget."""
    budget = Budget(nemo._tools, 80)

    for reserved in (0, 30, 0, 30, 0, 30):
        account.frozen = reserved
        async with budget.gate(await look()):
            pass

    account.frozen = 31
    with pytest.raises(BudgetError) as caught:
        await budget.check()
    assert caught.value.spent == 31


async def test_what_was_let_through_counts_until_it_has_ended(
    nemo: NemoVideo, look: Callable[[], "asyncio.Future[Look]"]
) -> None:
    """Then the credits alone tell what it cost: nothing, this time."""
    budget = Budget(nemo._tools, 50)

    async with budget.gate(await look()):
        with pytest.raises(BudgetError) as caught:
            async with budget.gate(await look()):
                pytest.fail("it was let through")

    assert caught.value.spent == 50
    async with budget.gate(await look()):
        pass


async def test_a_look_that_was_overtaken_gives_no_room_back(
    nemo: NemoVideo, look: Callable[[], "asyncio.Future[Look]"]
) -> None:
    """It began before the message ended, so what that cost may not be in it."""
    budget = Budget(nemo._tools, 50)
    async with budget.gate(await look()):
        early = await look()

    with pytest.raises(BudgetError):
        async with budget.gate(early):
            pytest.fail("it was let through")


@pytest.mark.parametrize(
    ("error", "is_over"),
    [
        pytest.param(AgentError("no"), True, id="the agent failed"),
        pytest.param(AmbiguousSendError("perhaps"), False, id="nobody can tell"),
        pytest.param(StreamTimeoutError("slow", delivered="maybe"), False, id="left alone"),
        pytest.param(asyncio.CancelledError(), False, id="cancelled"),
    ],
)
async def test_what_may_still_run_keeps_its_room(
    nemo: NemoVideo,
    look: Callable[[], "asyncio.Future[Look]"],
    error: BaseException,
    is_over: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    """Once no message of the call is under way, the credits alone tell: nothing was spent."""
    budget = Budget(nemo._tools, 50)
    with pytest.raises(type(error)):
        async with budget.gate(await look()):
            raise error

    with contextlib.nullcontext() if is_over else pytest.raises(BudgetError):
        async with budget.gate(await look()):
            pass


async def test_what_ran_and_failed_counts_as_long_as_another_is_under_way(
    nemo: NemoVideo, look: Callable[[], "asyncio.Future[Look]"]
) -> None:
    """The agent may be charged for what it did before, and no credit shows it yet."""
    budget = Budget(nemo._tools, 100)

    async with budget.gate(await look()):
        with pytest.raises(AgentError):
            async with budget.gate(await look()):
                raise AgentError("no")
        with pytest.raises(BudgetError) as caught:
            async with budget.gate(await look()):
                pytest.fail("it was let through")

    assert caught.value.spent == 100


async def test_the_budget_of_a_message_asks_for_nothing_more(
    nemo: NemoVideo, photos: list[Path], sent: list[str]
) -> None:
    """The credits were read with the look before it."""
    project: Project = await nemo.projects.create()
    await project.add(photos[0])
    sent.clear()

    await project.ask(SHORT, budget=50)

    assert Counter(url.rsplit("/", 1)[-1] for url in sent) == {
        "latest": 2,
        "simple": 2,
        "run_sse": 1,
    }


async def test_without_a_budget_all_is_let_through(nemo: NemoVideo, sent: list[str]) -> None:
    """Credits that could not be read are not asked for again."""
    budget = Budget(nemo._tools, None)
    sent.clear()

    await budget.check()
    async with budget.gate(Look("unread")):
        pass

    assert sent == []


async def test_a_budget_is_told_in_figures(nemo: NemoVideo, account: Account) -> None:
    """Nobody reads 2e+06 as two million."""
    account.total = 5_000_000
    budget = Budget(nemo._tools, 1_500_000.5)
    await budget.check()
    account.total -= 2_000_000

    with pytest.raises(BudgetError, match=r"^2,000,000 of 1,500,000\.5 credits are spent"):
        await budget.check()
