"""A message whose answer is lost: it is never sent again, and what it did is found out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import attrs
import pytest

from nemovideo import (
    AgentError,
    AmbiguousSendError,
    ConfigurationError,
    ConnectionLostError,
    InputError,
    NemoVideo,
    Project,
    RequestStarted,
    RequestTimeoutError,
    SessionBusyError,
    StillWorking,
    StreamInterruptedError,
    StreamTimeoutError,
    TimelineChanged,
    Timeouts,
)
from nemovideo.emulator import Emulator

QUICK = Timeouts(
    stream_silence=0.5, lost_verdict=0.3, lost_answer=1.0, render_first_look=0.1, rate_limit=0.05
)


@attrs.define
class Sent:
    """The messages that left, and what is to happen when the next one does."""

    count: int = 0
    then: Callable[[], object] = int


@pytest.fixture
def sent() -> Sent:
    """What left so far."""
    return Sent()


@pytest.fixture
async def nemo(emulator: Emulator, sent: Sent) -> AsyncIterator[NemoVideo]:
    """A client with plenty of credits that soon has its verdicts."""

    def note(request: RequestStarted) -> None:
        if request.url.endswith("/run_sse"):
            sent.count += 1
            sent.then()

    token = emulator.register(1000)
    async with NemoVideo(
        base_url=emulator.url, token=token, timeouts=QUICK, on_request=note
    ) as client:
        yield client


@pytest.fixture
async def project(nemo: NemoVideo, photos: list[Path], sent: Sent) -> Project:
    """A session with a slideshow."""
    project = await nemo.projects.create()
    await project.add(*photos[:2])
    await project.ask("a 4-second slideshow with music")
    sent.count = 0
    return project


@pytest.mark.parametrize("after", [0, 1, 3])
async def test_a_cut_answer_is_rebuilt_from_what_changed(
    project: Project, emulator: Emulator, sent: Sent, after: int
) -> None:
    """Cut anywhere: the edit is told in words, with the text so far."""
    emulator.faults.cut_stream(after)

    reply = await project.ask("no music")

    assert reply.recovered
    assert reply.summary == 'Removed the music "Warm Lo-fi".'
    assert sent.count == 1
    assert emulator.bill.runs == 2


async def test_an_answer_that_never_began_is_rebuilt_too(
    project: Project, emulator: Emulator, sent: Sent
) -> None:
    """The connection broke before any byte of the answer."""
    emulator.faults.drop_after_request("/run_sse")

    reply = await project.ask("no music")

    assert (reply.recovered, reply.text, len(reply.changes)) == (True, "", 1)
    assert (sent.count, emulator.bill.runs) == (1, 2)


async def test_a_message_that_did_nothing_may_be_sent_again(
    project: Project, nemo: NemoVideo, emulator: Emulator, sent: Sent
) -> None:
    """Five quiet looks are a proof; it is the caller who sends again, never the library."""
    emulator.faults.drop_before_request("/run_sse")

    with pytest.raises(ConnectionLostError, match="You may send it again") as caught:
        await project.ask("no music")

    assert caught.value.delivered == "no"
    assert (sent.count, emulator.bill.runs) == (1, 1)
    assert await nemo.jobs.list() == []
    assert (await project.ask("no music")).changes


async def test_a_cancelled_run_that_did_nothing_is_told(
    nemo: NemoVideo, emulator: Emulator, photos: list[Path]
) -> None:
    """A service that ends a run with its connection: nothing changed, nothing was charged."""
    project = await nemo.projects.create()
    await project.add(photos[0])
    emulator.faults.client_gone("cancel")
    emulator.faults.cut_stream(0)

    with pytest.raises(StreamInterruptedError) as caught:
        await project.ask("a 4-second slideshow")

    assert caught.value.delivered == "no"
    assert (emulator.bill.runs, emulator.bill.credits) == (1, 0)


async def all_of(project: Project, text: str, seen: list[StillWorking]) -> None:
    """Follow an answer, and note what is said while nothing comes."""
    async with project.stream(text) as events:
        async for event in events:
            seen += [event] if isinstance(event, StillWorking) else []


async def left_open(project: Project, emulator: Emulator, sent: Sent) -> str:
    """Ask for no music, lose the answer and the sight of the session; give the send id."""
    blind = []

    def go_blind() -> None:
        blind.append(emulator.faults.refuse(403, "GET /api/state", status=403, times=None))

    sent.then = go_blind
    with pytest.raises(AmbiguousSendError, match="nobody can tell") as caught:
        await project.ask("no music")
    blind[0].clear()
    return caught.value.send_id


async def test_what_nobody_could_tell_is_told_later(
    project: Project, nemo: NemoVideo, emulator: Emulator, sent: Sent
) -> None:
    """The id of the error gives the reply, once the session can be seen again."""
    emulator.faults.drop_after_request("/run_sse")
    send_id = await left_open(project, emulator, sent)
    assert [job.job_id for job in await nemo.jobs.list()] == [send_id]

    reply = await nemo.jobs.resolve(send_id)

    assert reply
    assert reply.recovered
    assert reply.summary == 'Removed the music "Warm Lo-fi".'
    assert await nemo.jobs.list() == []
    assert sent.count == 1


async def test_that_it_did_nothing_is_told_later_too(
    project: Project, nemo: NemoVideo, emulator: Emulator, sent: Sent
) -> None:
    """Then there is no reply, and the message may be sent again."""
    emulator.faults.drop_before_request("/run_sse")
    send_id = await left_open(project, emulator, sent)

    assert await nemo.jobs.resolve(send_id) is None
    with pytest.raises(InputError, match="No message"):
        await nemo.jobs.resolve(send_id)


async def test_credits_that_cannot_be_read_prove_nothing(
    project: Project, nemo: NemoVideo, emulator: Emulator
) -> None:
    """Without that witness a message that changed nothing may still have run."""
    emulator.faults.refuse(403, "GET /api/credits", status=403, times=None)
    emulator.faults.drop_before_request("/run_sse")

    with pytest.raises(AmbiguousSendError) as caught:
        await project.ask("no music")

    with pytest.raises(AmbiguousSendError):
        await nemo.jobs.resolve(caught.value.send_id)


async def test_reserved_credits_are_waited_for(
    nemo: NemoVideo, emulator: Emulator, photos: list[Path]
) -> None:
    """While the account has credits frozen there is no verdict, though nothing has changed."""
    project = await nemo.projects.create()
    await project.add(photos[0])
    emulator.faults.drop_after_request("/run_sse")
    account = emulator._running().accounts.of(f"Bearer {nemo._transport.settings.token}")
    account.frozen = 10
    began, seen = asyncio.get_running_loop().time(), list[StillWorking]()

    with pytest.raises(AmbiguousSendError):
        await all_of(project, "fold me a paper crane", seen)

    assert len(seen) > 5
    assert asyncio.get_running_loop().time() - began > QUICK.lost_answer


async def test_ones_own_time_limit_is_kept(
    project: Project, nemo: NemoVideo, emulator: Emulator
) -> None:
    """No watching beyond it; the message stays in the ledger under its id."""
    emulator.faults.heartbeats_only(every=0.05)

    with pytest.raises(StreamTimeoutError, match=r"nemo\.jobs\.resolve") as caught:
        await project.ask("no music", timeout=0.3)

    (job,) = await nemo.jobs.list()
    assert (job.kind, job.phase) == ("message", "sending")
    assert job.job_id in str(caught.value)
    assert await nemo.jobs.resolve(job.job_id)


async def test_a_cancelled_ask_stays_in_the_ledger(
    project: Project, nemo: NemoVideo, emulator: Emulator
) -> None:
    """Nothing is lost by cancelling: what became of the message can be asked for."""
    emulator.faults.heartbeats_only(every=0.05)
    asking = asyncio.create_task(project.ask("no music"))
    await asyncio.sleep(0.2)

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    (job,) = await nemo.jobs.list()
    reply = await nemo.jobs.resolve(job.job_id)
    assert reply
    assert reply.changes


async def test_a_bare_message_raises(project: Project, nemo: NemoVideo, emulator: Emulator) -> None:
    """The resource watches nothing; only a hash of the words is kept."""
    emulator.faults.cut_stream(1)

    with pytest.raises(StreamInterruptedError):
        await nemo.chat.send(project.session, "no music")

    (job,) = await nemo.jobs.list()
    assert (job.kind, job.phase, job.wish, job.before) == ("message", "sending", None, None)
    assert len(job.digest) == 64
    with pytest.raises(AmbiguousSendError, match="without a look at the session before"):
        await nemo.jobs.resolve(job.job_id)
    await nemo.jobs.forget(job.job_id)
    assert await nemo.jobs.list() == []


async def test_messages_of_one_session_wait_for_each_other(
    project: Project, nemo: NemoVideo, emulator: Emulator
) -> None:
    """Bare or of a project, under whichever object: one at a time, in order."""
    again = nemo.projects.get(project.session.session_id)

    replies = await asyncio.gather(
        project.ask("no music"),
        again.ask("add a title 'Hi'"),
        nemo.chat.send(project.session, "make it 6 seconds"),
    )

    assert [len(reply.changes) for reply in replies[:2]] == [1, 1]
    assert emulator.bill.runs == 4
    timeline = await project.timeline()
    assert timeline
    assert timeline.length_ms == 6000


async def test_nothing_is_sent_behind_an_open_question(
    project: Project, nemo: NemoVideo, emulator: Emulator, sent: Sent
) -> None:
    """What became of the first message is found out before a second goes to its session."""
    emulator.faults.drop_after_request("/run_sse")
    send_id = await left_open(project, emulator, sent)

    with pytest.raises(SessionBusyError, match=send_id):
        await project.ask("add a title 'Hi'")

    assert sent.count == 1
    await nemo.jobs.resolve(send_id)
    assert (await project.ask("add a title 'Hi'")).changes


async def test_what_a_later_message_did_proves_nothing(
    project: Project, nemo: NemoVideo, emulator: Emulator, sent: Sent
) -> None:
    """A change of the session counts only where nobody else may have made it."""
    emulator.faults.drop_before_request("/run_sse")
    send_id = await left_open(project, emulator, sent)
    await nemo.chat.send(project.session, "make it 6 seconds")

    with pytest.raises(AmbiguousSendError):
        await nemo.jobs.resolve(send_id)


async def test_a_cancelled_read_is_taken_up_again(project: Project, emulator: Emulator) -> None:
    """A wait for one event can have a limit of its own; nothing of the answer is lost."""
    async with project.stream("no music") as events:
        emulator.faults.delay_answer(0.3, "GET /api/state")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(events.finish(), 0.2)
        reply = await events.finish()

    assert reply.text
    assert reply.changes


async def test_a_failed_answer_stays_failed(project: Project, emulator: Emulator) -> None:
    """Whoever asks again is told again, not given half an answer."""
    emulator.faults.fail_run()

    async with project.stream("no music") as events:
        for _ in range(2):
            with pytest.raises(AgentError, match="overloaded"):
                await events.finish()


async def test_an_answer_that_was_left_says_so(project: Project, nemo: NemoVideo) -> None:
    """And names what tells of its message."""
    async with project.stream("no music") as events:
        await anext(events)

    (job,) = await nemo.jobs.list()
    with pytest.raises(ConfigurationError, match=job.job_id):
        await events.finish()


async def test_waiting_for_a_turn_counts(project: Project, nemo: NemoVideo, sent: Sent) -> None:
    """A time limit that ends before the turn comes sends nothing."""
    async with nemo.chat.stream(project.session, "no music") as events:
        for ask in (project.ask, partial(nemo.chat.send, project.session)):
            with pytest.raises(RequestTimeoutError) as caught:
                await asyncio.create_task(ask("add a title 'Hi'", timeout=0.05))
            assert caught.value.delivered == "no"
        await events.finish()

    assert sent.count == 1


async def test_another_client_at_work_is_told(
    emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """On one ledger, the second gets a clear error as long as the first works."""
    token, books = emulator.register(), tmp_path / "jobs.sqlite3"
    ours = NemoVideo(base_url=emulator.url, token=token, ledger=books)
    theirs = NemoVideo(base_url=emulator.url, token=token, ledger=books)
    async with ours, theirs:
        project = await ours.projects.create()
        await project.add(photos[0])
        async with project.stream("a 4-second slideshow") as events:
            with pytest.raises(SessionBusyError, match="nothing was sent") as caught:
                await theirs.projects.get(project.session).ask("no music")
            await events.finish()
        await theirs.projects.get(project.session).ask("no music")

    assert caught.value.session_id == project.session.session_id
    assert emulator.bill.runs == 2


async def test_a_stream_tells_each_step_of_the_timeline(project: Project) -> None:
    """One message with two edits: two steps, in words, and both in the reply."""
    steps: list[str] = []

    async with project.stream("no music, and add a title 'Hi'") as events:
        async for event in events:
            if isinstance(event, TimelineChanged):
                steps += map(str, event.changes)

    assert sorted(steps) == ['Added the title "Hi" (0-3 s).', 'Removed the music "Warm Lo-fi".']
    assert sorted(map(str, events.reply.changes)) == sorted(steps)
    assert not events.reply.recovered
