"""A batch that shares sessions, and one that must not spend more than it may."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from nemovideo import (
    AmbiguousSendError,
    APIError,
    BudgetError,
    NemoVideo,
    Outcome,
    RequestStarted,
    RequestTimeoutError,
    SessionBusyError,
    Timeouts,
    VideoJob,
)
from nemovideo.emulator import Emulator

SHORT = "a 1-second slideshow with music"
QUICK = Timeouts(
    stream_silence=0.5,
    render_first_look=0.1,
    render_near_end=0.05,
    lost_verdict=0.3,
    lost_answer=1.0,
)


@pytest.fixture
def messages() -> list[str]:
    """The messages that left."""
    return []


@pytest.fixture
async def nemo(emulator: Emulator, messages: list[str]) -> AsyncIterator[NemoVideo]:
    """A client with plenty of credits."""

    def note(request: RequestStarted) -> None:
        messages.extend([request.url] if request.url.endswith("/run_sse") else [])

    async with NemoVideo(
        base_url=emulator.url, token=emulator.register(1000), timeouts=QUICK, on_request=note
    ) as client:
        yield client


@pytest.fixture
def job(photos: list[Path], tmp_path: Path) -> Callable[..., VideoJob]:
    """Make a job by the name of its file."""

    def make(
        name: str, prompt: str = SHORT, session: str | None = None, *, bare: bool = False
    ) -> VideoJob:
        return VideoJob(() if bare else photos[0], prompt, tmp_path / f"{name}.mp4", session)

    return make


async def ended(
    nemo: NemoVideo,
    jobs: list[VideoJob],
    *,
    limit: int = 4,
    budget: float | None = None,
    timeout: float | None = None,
) -> list[Outcome]:
    """All outcomes, as they came."""
    async with nemo.make_videos(jobs, limit=limit, budget=budget, timeout=timeout) as outcomes:
        return [outcome async for outcome in outcomes]


def named(outcomes: list[Outcome]) -> dict[str, Outcome]:
    """Find them by the name of their file."""
    return {Path(one.job.path).stem: one for one in outcomes if one.job}


async def test_wishes_of_one_name_share_one_new_session(
    nemo: NemoVideo, emulator: Emulator, job: Callable[..., VideoJob]
) -> None:
    """One after the other, each with its own render; the first edit is paid once."""
    outcomes = await ended(
        nemo,
        [
            job("first", session="holiday"),
            job("alone"),
            job("quiet", "no music", "holiday", bare=True),
            job("titled", "add a title 'Hi'", "holiday", bare=True),
        ],
    )

    assert {one.status for one in outcomes} == {"done"}
    shared = [one for one in outcomes if one.job and one.job.session]
    assert [Path(one.job.path).stem for one in shared if one.job] == ["first", "quiet", "titled"]
    videos = [one.video for one in shared if one.video]
    assert len({video.session.session_id for video in videos}) == 1
    assert len({video.render.render_id for video in videos}) == 3
    assert [len(video.timeline.tracks) for video in videos] == [2, 1, 2]
    assert (emulator.bill.runs, emulator.bill.renders, emulator.bill.credits) == (4, 4, 100)


async def test_two_names_are_two_sessions(nemo: NemoVideo, job: Callable[..., VideoJob]) -> None:
    """And they are made at once."""
    outcomes = await ended(nemo, [job("a", session="one"), job("b", session="two")])

    assert len({one.video.session.session_id for one in outcomes if one.video}) == 2


async def test_a_session_that_exists_is_gone_on_with(
    nemo: NemoVideo, emulator: Emulator, photos: list[Path], job: Callable[..., VideoJob]
) -> None:
    """Its id of 19 digits names it; what is in it need not be sent again."""
    project = await nemo.projects.create()
    await project.add(*photos[:2])
    await project.ask(SHORT)
    session_id = project.session.session_id

    (outcome,) = await ended(nemo, [job("v", "no music", session_id, bare=True)])

    assert outcome.video
    assert outcome.video.session.session_id == session_id
    assert len(outcome.video.timeline.tracks) == 1
    assert (emulator.bill.runs, emulator.bill.renders) == (2, 1)


async def test_a_session_that_is_not_known_is_told(
    nemo: NemoVideo, emulator: Emulator, job: Callable[..., VideoJob]
) -> None:
    """No new one is made in the place of an id; the other job is made."""
    outcomes = named(await ended(nemo, [job("lost", session="1" * 19), job("good")]))

    assert outcomes["lost"].status == "not_started"
    assert isinstance(outcomes["lost"].error, APIError)
    assert outcomes["good"].status == "done"
    assert emulator.bill.runs == 1


async def test_a_wish_that_fails_lets_the_next_of_its_session_go_on(
    nemo: NemoVideo, emulator: Emulator, job: Callable[..., VideoJob]
) -> None:
    """Its failure is known, so that nothing of it can still be running."""
    emulator.faults.fail_run()

    first, second = await ended(
        nemo, [job("a", session="holiday"), job("b", "no music", "holiday", bare=True)]
    )

    assert (first.status, second.status) == ("failed", "done")
    assert emulator.bill.runs == 2


async def test_a_message_that_nobody_can_tell_of_blocks_its_session_alone(
    nemo: NemoVideo, emulator: Emulator, messages: list[str], job: Callable[..., VideoJob]
) -> None:
    """The later wishes of the session are not sent; other sessions are not concerned."""
    emulator.faults.drop_before_request("POST /run_sse")
    emulator.faults.refuse(403, "GET /api/credits", status=403, times=None)

    outcomes = named(
        await ended(
            nemo,
            [
                job("open", session="holiday"),
                job("second", "no music", "holiday", bare=True),
                job("third", "add a title 'Hi'", "holiday", bare=True),
                job("other", session="work"),
                job("later", "no music", "work", bare=True),
                job("alone"),
            ],
            limit=1,
        )
    )

    assert {name: one.status for name, one in outcomes.items()} == {
        "open": "ambiguous",
        "second": "not_started",
        "third": "not_started",
        "other": "done",
        "later": "done",
        "alone": "done",
    }
    assert isinstance(outcomes["open"].error, AmbiguousSendError)
    for name in ("second", "third"):
        assert isinstance(outcomes[name].error, SessionBusyError)
        assert "nothing was sent" in str(outcomes[name].error)
    assert (len(messages), emulator.bill.runs) == (4, 3)
    assert [one.job_id for one in await nemo.jobs.list()] == [outcomes["open"].job_id]


async def test_a_message_that_may_still_run_after_the_time_limit_blocks_its_session_too(
    nemo: NemoVideo, emulator: Emulator, messages: list[str], job: Callable[..., VideoJob]
) -> None:
    """Nobody knows what became of it: the next wish must not be sent after it."""
    emulator.faults.heartbeats_only(every=0.05)

    first, second = await ended(
        nemo,
        [job("a", session="holiday"), job("b", "no music", "holiday", bare=True)],
        timeout=2,
    )

    assert (first.status, first.phase) == ("failed", "sending")
    assert isinstance(first.error, RequestTimeoutError)
    assert (second.status, type(second.error)) == ("not_started", SessionBusyError)
    assert len(messages) == 1
    (later,) = await nemo.jobs.recover()
    assert later.status == "done"
    assert (emulator.bill.runs, emulator.bill.renders) == (1, 1)


async def test_a_budget_is_checked_before_each_message(
    nemo: NemoVideo, emulator: Emulator, messages: list[str], job: Callable[..., VideoJob]
) -> None:
    """Ten would cost 500: four are sent, the others say what they know and were not started."""
    outcomes = await ended(nemo, [job(str(n)) for n in range(10)], limit=4, budget=200)

    assert Counter(one.status for one in outcomes) == {"done": 4, "not_started": 6}
    refused = [one.error for one in outcomes if one.error]
    assert {type(error) for error in refused} == {BudgetError}
    assert {(e.budget, e.spent) for e in refused if isinstance(e, BudgetError)} == {(200, 200)}
    assert (len(messages), emulator.bill.runs, emulator.bill.credits) == (4, 4, 200)
    assert await nemo.jobs.list() == []


async def test_what_running_work_has_reserved_counts(
    nemo: NemoVideo, emulator: Emulator, messages: list[str], job: Callable[..., VideoJob]
) -> None:
    """The price of a run that has just begun is not charged yet: three find no room."""
    outcomes = await ended(nemo, [job(str(n)) for n in range(5)], limit=5, budget=100)

    assert Counter(one.status for one in outcomes) == {"done": 2, "not_started": 3}
    assert (len(messages), emulator.bill.credits) == (2, 100)


async def test_what_was_spent_before_does_not_count(
    nemo: NemoVideo, emulator: Emulator, job: Callable[..., VideoJob]
) -> None:
    """A budget is of its batch; a sum between two prices is no room for another edit."""
    await ended(nemo, [job("a"), job("b")])

    outcomes = await ended(nemo, [job("c"), job("d")], budget=99)

    assert Counter(one.status for one in outcomes) == {"done": 1, "not_started": 1}
    assert emulator.bill.credits == 150


async def test_a_follow_up_needs_no_room_in_the_budget(
    nemo: NemoVideo, emulator: Emulator, job: Callable[..., VideoJob]
) -> None:
    """The first edit of the session has been paid."""
    jobs = [job("a", session="holiday"), job("b", "no music", "holiday", bare=True)]

    outcomes = await ended(nemo, jobs, budget=50)

    assert [one.status for one in outcomes] == ["done", "done"]
    assert emulator.bill.credits == 50


async def test_a_budget_that_cannot_be_checked_lets_nothing_through(
    nemo: NemoVideo, emulator: Emulator, messages: list[str], job: Callable[..., VideoJob]
) -> None:
    """Who set one wants it kept."""
    emulator.faults.refuse(403, "GET /api/credits", status=403, times=None)

    (outcome,) = await ended(nemo, [job("a")], budget=1000)

    assert (outcome.status, messages) == ("not_started", [])


async def test_another_client_at_work_in_a_session_is_told(
    emulator: Emulator, photos: list[Path], tmp_path: Path, job: Callable[..., VideoJob]
) -> None:
    """The job on its session was not started, and nothing was sent."""
    token, books = emulator.register(), tmp_path / "books" / "jobs.sqlite3"
    ours = NemoVideo(base_url=emulator.url, token=token, ledger=books, timeouts=QUICK)
    theirs = NemoVideo(base_url=emulator.url, token=token, ledger=books, timeouts=QUICK)
    async with ours, theirs, asyncio.timeout(20):
        project = await ours.projects.create()
        await project.add(photos[0])
        async with project.stream(SHORT) as events:
            (outcome,) = await ended(
                theirs, [job("v", "no music", project.session.session_id, bare=True)]
            )
            await events.finish()

    assert (outcome.status, type(outcome.error)) == ("not_started", SessionBusyError)
    assert emulator.bill.runs == 1


async def test_what_waits_behind_an_open_question_is_not_lost(
    nemo: NemoVideo, emulator: Emulator, job: Callable[..., VideoJob], messages: list[str]
) -> None:
    """A recovery that cannot tell of a message leaves the next wish of its session planned."""
    project = await nemo.projects.create()
    emulator.faults.drop_before_request("/run_sse")
    blind = emulator.faults.refuse(403, "GET /api/credits", status=403, times=None)
    with pytest.raises(AmbiguousSendError):
        await project.ask("hello")
    slow = emulator.faults.delay_answer(20, "POST /api/upload-video", times=None)
    async with nemo.make_videos([job("v", session=project.session.session_id)]):
        while not slow.hits:  # noqa: ASYNC110  # the service tells nobody
            await asyncio.sleep(0.01)
    slow.clear()

    first = await nemo.jobs.recover()

    assert [one.status for one in first] == ["ambiguous"]
    assert [one.phase for one in await nemo.jobs.list()] == ["sending", "planned"]
    blind.clear()
    (question, waiting) = await nemo.jobs.list()
    await nemo.jobs.forget(question.job_id)
    (outcome,) = await nemo.jobs.recover()
    assert (outcome.job_id, outcome.status) == (waiting.job_id, "done")
    assert (len(messages), emulator.bill.runs) == (2, 1)
