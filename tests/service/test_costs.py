"""What a message costs: refused before it is sent where it is too much, told after it was."""

import asyncio
import contextlib
import math
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import attrs
import pytest

from nemovideo import (
    AmbiguousSendError,
    APIError,
    BudgetError,
    InputError,
    NemoVideo,
    Progress,
    Project,
    RenderFailedError,
    RequestStarted,
    RequestTimeoutError,
    RetryPolicy,
    Timeouts,
    VideoJob,
)
from nemovideo.emulator import Emulator
from nemovideo.emulator.accounts import Account
from nemovideo.workflows.conversing import conversing
from nemovideo.workflows.evidence import Look

SHORT = "a 1-second slideshow with music"
QUICK = Timeouts(
    stream_silence=0.5,
    render_first_look=0.1,
    render_near_end=0.05,
    cost=0.2,
    lost_verdict=0.3,
    lost_answer=2.0,
)
AT_ONCE = RetryPolicy(wait_initial=0, jitter=0)
MESSAGE, UPLOAD, CREDITS = "POST /run_sse", "POST /api/upload-video", "GET /api/credits"


@attrs.define
class Sent:
    """What left, and what is to happen when something does."""

    requests: list[str] = attrs.field(factory=list)
    then: dict[str, Callable[[], object]] = attrs.field(factory=dict)

    def __call__(self, request: RequestStarted) -> None:
        """Take note of a request."""
        words = f"{request.method} {urlsplit(request.url).path}"
        self.requests.append(words)
        for part, act in self.then.items():
            if words.startswith(part):
                act()

    def count(self, part: str) -> int:
        """How many requests began like this."""
        return sum(words.startswith(part) for words in self.requests)


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
async def nemo(emulator: Emulator, sent: Sent) -> AsyncIterator[NemoVideo]:
    """A client with plenty of credits."""
    token = emulator.register(1000)
    async with NemoVideo(
        base_url=emulator.url, token=token, timeouts=QUICK, retry=AT_ONCE, on_request=sent
    ) as client:
        yield client


@pytest.fixture
def account(nemo: NemoVideo, emulator: Emulator) -> Account:
    """The account as the service has it."""
    return emulator._running().accounts.of(f"Bearer {nemo._transport.settings.token}")


@pytest.fixture
async def project(nemo: NemoVideo, photos: list[Path], sent: Sent) -> Project:
    """A session with a photo, and nothing made of it."""
    project = await nemo.projects.create()
    await project.add(photos[0])
    sent.requests.clear()
    return project


async def test_each_reply_says_what_it_cost(project: Project, emulator: Emulator) -> None:
    """The first edit is paid, a later one is not, and another aspect ratio is more."""
    wishes = [SHORT, "no music", "make it vertical"]

    costs = [(await project.ask(wish)).cost for wish in wishes]

    assert costs == [50, 0, 100]
    assert emulator.bill.credits == 150


async def test_a_followed_answer_says_it_in_the_end(project: Project) -> None:
    """As long as it comes nobody knows."""
    async with project.stream(SHORT) as events:
        await anext(events)
        early = events.reply.cost
        reply = await events.finish()

    assert (early, reply.cost) == (None, 50)


async def test_a_video_costs_what_its_message_does(
    nemo: NemoVideo, photos: list[Path], tmp_path: Path
) -> None:
    """A render is free; what another one of the session cost is in no export."""
    video = await nemo.make_video(photos[0], SHORT, tmp_path / "v1.mp4")

    again = await nemo.projects.get(video.session).export(tmp_path / "v2.mp4")

    assert (video.cost, again.cost) == (50, None)


async def test_the_cost_is_one_more_look_at_the_credits(project: Project, sent: Sent) -> None:
    """The session and the credits once before a message and once after it, and nothing else."""
    await project.ask(SHORT)

    session = f"GET /api/state/nemo_agent/me/{project.session.session_id}/latest"
    looks = sorted([session, "GET /api/credits/balance/simple"])
    assert sorted(sent.requests[:2]) == sorted(sent.requests[3:]) == looks
    assert sent.requests[2] == MESSAGE


async def test_credits_that_cannot_be_read_cost_nothing_else(
    project: Project, emulator: Emulator, sent: Sent
) -> None:
    """Before or after the message: its reply is whole without them."""
    sent.then[MESSAGE] = lambda: emulator.faults.refuse(403, CREDITS, status=403, times=None)

    replies = [await project.ask(wish) for wish in (SHORT, "no music")]

    assert [reply.cost for reply in replies] == [None, None]
    assert all(reply.text and reply.changes and not reply.recovered for reply in replies)


async def test_slow_credits_hold_nothing_up(
    project: Project, emulator: Emulator, sent: Sent
) -> None:
    """A reply that is there is given soon, without its cost."""
    sent.then[MESSAGE] = lambda: emulator.faults.delay_answer(30, CREDITS)

    async with asyncio.timeout(5):
        reply = await project.ask(SHORT)

    assert (reply.cost, len(reply.changes)) == (None, 2)


async def test_a_session_that_cannot_be_read_after_a_message_tells_no_cost(
    project: Project, emulator: Emulator, sent: Sent
) -> None:
    """The timeline is the stream's then, as before."""
    sent.then[MESSAGE] = lambda: emulator.faults.refuse(403, "GET /api/state", status=403)

    reply = await project.ask(SHORT)

    assert (reply.cost, len(reply.changes)) == (None, 2)


def spoil_timeline(project: Project, emulator: Emulator, sent: Sent) -> None:
    """From the next message on, let the state have a timeline as no timeline is."""
    token = project._tools.sender._transport.settings.token
    world = emulator._running()
    session = world.sessions.find(project.session.session_id, world.accounts.of(f"Bearer {token}"))
    assert session
    odd = {"d": "long", "t": [], "m": {"width": 1920, "height": 1080, "fps": 30}}

    def spoil() -> None:
        session.draft = odd

    sent.then[MESSAGE] = lambda: sent.then.update({"GET /api/state": spoil})


async def test_an_odd_timeline_after_a_message_costs_no_reply(
    project: Project, emulator: Emulator, sent: Sent
) -> None:
    """It is paid: what the agent said and changed is given, as far as the stream told it."""
    spoil_timeline(project, emulator, sent)

    reply = await project.ask(SHORT)

    assert reply.text
    assert (reply.cost, len(reply.changes)) == (None, 2)


async def test_an_odd_timeline_tells_nothing_of_a_lost_message(
    project: Project, nemo: NemoVideo, emulator: Emulator, sent: Sent
) -> None:
    """Nobody can tell what became of it, now and later; it stays in the ledger."""
    spoil_timeline(project, emulator, sent)
    emulator.faults.cut_stream(0)

    with pytest.raises(AmbiguousSendError) as caught:
        await project.ask("hello")

    with pytest.raises(AmbiguousSendError):
        await nemo.jobs.resolve(caught.value.send_id)
    assert [job.job_id for job in await nemo.jobs.list()] == [caught.value.send_id]


@pytest.mark.parametrize("path", ["GET /api/state", CREDITS])
async def test_the_look_after_a_message_keeps_to_its_time_limit(
    project: Project, emulator: Emulator, sent: Sent, path: str
) -> None:
    """The seconds of a call are all that it takes; what is known by then is given."""
    await project.ask(SHORT)
    sent.then[MESSAGE] = lambda: emulator.faults.delay_answer(30, path)
    patient = attrs.evolve(project._tools, timeouts=attrs.evolve(QUICK, cost=10.0))
    project = Project(project.session, patient)

    async with asyncio.timeout(4):
        reply = await project.ask("no music", timeout=2)

    assert (reply.cost, reply.summary) == (None, 'Removed the music "Warm Lo-fi".')


async def test_beside_another_message_credits_cannot_tell(
    nemo: NemoVideo, project: Project
) -> None:
    """Neither knows which of the two was paid; the next one, alone, does."""
    other = await nemo.projects.create()

    async with project.stream(SHORT) as events:
        theirs = await other.ask("hello")
        ours = await events.finish()

    assert (ours.cost, theirs.cost) == (None, None)
    assert (await project.ask("make it vertical")).cost == 100


async def test_a_video_that_is_finished_meanwhile_is_no_other_message(
    nemo: NemoVideo, emulator: Emulator, project: Project, photos: list[Path], tmp_path: Path
) -> None:
    """Its message was answered before; its render and its file cost nothing."""
    emulator.faults.delay_answer(1, "GET /renders/")
    answered = asyncio.Event()

    def notice(progress: Progress) -> None:
        if progress.stage == "render":
            answered.set()

    making = asyncio.create_task(
        nemo.make_video(photos[0], SHORT, tmp_path / "v.mp4", on_progress=notice)
    )
    await answered.wait()
    async with project.stream(SHORT) as events:
        await making
        reply = await events.finish()

    assert reply.cost == 50


async def test_what_ran_between_the_look_and_the_message_counts_too(
    nemo: NemoVideo, project: Project, photos: list[Path]
) -> None:
    """A message that waits while another one is paid must not tell the price of both."""
    other = await nemo.projects.create()
    await other.add(photos[1])

    @contextlib.asynccontextmanager
    async def gate(_: Look) -> AsyncIterator[None]:
        await asyncio.create_task(other.ask(SHORT))
        yield

    session_id = project.session.session_id
    async with conversing(project._tools, session_id, SHORT, gate=gate) as events:
        reply = await events.finish()

    assert reply.changes
    assert reply.cost is None


async def test_reserved_credits_are_no_price_yet(project: Project, account: Account) -> None:
    """Somebody's work goes on, elsewhere or in another program."""
    account.frozen = 10

    assert (await project.ask(SHORT)).cost is None


async def test_credits_that_came_meanwhile_tell_nothing(
    project: Project, account: Account, sent: Sent
) -> None:
    """After a top-up nobody knows what went."""

    def top_up() -> None:
        account.total += 500

    sent.then[MESSAGE] = top_up

    assert (await project.ask(SHORT)).cost is None


async def test_a_message_of_the_resource_tells_none(nemo: NemoVideo, project: Project) -> None:
    """`nemo.chat` looks at nothing beside the stream."""
    assert (await nemo.chat.send(project.session, SHORT)).cost is None


async def test_a_reply_that_was_rebuilt_says_it_too(project: Project, emulator: Emulator) -> None:
    """What is seen of a lost message shows what it cost."""
    emulator.faults.cut_stream(1)

    reply = await project.ask(SHORT)

    assert (reply.recovered, reply.cost) == (True, 50)


async def test_a_message_that_is_resolved_later_says_it_too(
    project: Project, nemo: NemoVideo, emulator: Emulator, sent: Sent
) -> None:
    """The look before is in the ledger, with its credits."""
    emulator.faults.drop_after_request("/run_sse")
    blind = []
    sent.then[MESSAGE] = lambda: blind.append(
        emulator.faults.refuse(403, "GET /api/state", status=403, times=None)
    )
    with pytest.raises(AmbiguousSendError) as caught:
        await project.ask(SHORT)
    blind[0].clear()

    reply = await nemo.jobs.resolve(caught.value.send_id)

    assert reply
    assert reply.cost == 50


async def test_what_is_recovered_says_it_where_it_is_known(
    project: Project, nemo: NemoVideo, emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """A message by itself and a video: each was alone."""
    emulator.faults.heartbeats_only(every=0.05)
    with pytest.raises(TimeoutError):
        await project.ask(SHORT, timeout=0.3)
    messages = await nemo.jobs.recover()
    emulator.faults.heartbeats_only(every=0.05)
    with pytest.raises(RequestTimeoutError):
        await nemo.make_video(photos[0], SHORT, tmp_path / "v.mp4", timeout=1.5)

    videos = await nemo.jobs.recover()

    assert [(one.status, one.cost) for one in (*messages, *videos)] == [("done", 50)] * 2
    assert videos[0].video
    assert (videos[0].video.cost, videos[0].video.recovered) == (50, True)


async def test_a_render_that_is_recovered_knows_of_no_message(
    nemo: NemoVideo, emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """Its edit was paid before; what it cost was not kept."""
    held = emulator.faults.delay_answer(30, "POST /api/render")
    with pytest.raises(RequestTimeoutError):
        await nemo.make_video(photos[0], SHORT, tmp_path / "v.mp4", timeout=3)
    held.clear()

    (outcome,) = await nemo.jobs.recover()

    assert outcome.video
    assert (outcome.status, outcome.cost, outcome.video.cost) == ("done", None, None)


async def test_outcomes_say_it_also_where_there_is_no_video(
    nemo: NemoVideo, emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """What was paid is paid, whatever the render does; what never was sent cost nothing known."""
    emulator.faults.fail_render(times=2)
    jobs = [
        VideoJob(photos[0], SHORT, tmp_path / "bad.mp4"),
        VideoJob(photos[0], SHORT, tmp_path / "good.mp4"),
        VideoJob(tmp_path / "none.jpg", SHORT, tmp_path / "none.mp4"),
    ]

    async with nemo.make_videos(jobs, limit=1) as outcomes:
        bad, good, none = [outcome async for outcome in outcomes]

    assert (type(bad.error), good.status) == (RenderFailedError, "done")
    assert [one.cost for one in (bad, good, none)] == [50, 50, None]
    assert good.video
    assert good.video.cost == 50


async def test_a_video_beyond_its_budget_sends_nothing_at_all(
    nemo: NemoVideo, emulator: Emulator, sent: Sent, photos: list[Path], tmp_path: Path
) -> None:
    """No session, no upload, no message, no job and no file: only the credits are read."""
    with pytest.raises(BudgetError, match="nothing was sent") as caught:
        await nemo.make_video(photos[0], SHORT, tmp_path / "v.mp4", budget=49)

    assert (caught.value.budget, caught.value.spent) == (49, 0)
    assert sent.requests == ["GET /api/credits/balance/simple"]
    assert (emulator.bill.runs, await nemo.jobs.list(ended=True)) == (0, [])
    assert list(tmp_path.iterdir()) == []


async def test_a_video_within_its_budget_is_made(
    nemo: NemoVideo, photos: list[Path], tmp_path: Path
) -> None:
    """Exactly what a first edit costs is enough."""
    video = await nemo.make_video(photos[0], SHORT, tmp_path / "v.mp4", budget=50)

    assert (video.cost, video.path.stat().st_size > 0) == (50, True)


async def test_what_is_spent_while_photos_go_up_counts(
    nemo: NemoVideo,
    emulator: Emulator,
    account: Account,
    sent: Sent,
    photos: list[Path],
    tmp_path: Path,
) -> None:
    """The budget is looked at again just before the message; the order is not left behind."""

    def spend() -> None:
        account.total -= 20

    sent.then[UPLOAD] = spend

    with pytest.raises(BudgetError) as caught:
        await nemo.make_video(photos[0], SHORT, tmp_path / "v.mp4", budget=60)

    assert (caught.value.spent, emulator.bill.runs, sent.count(MESSAGE)) == (20, 0, 0)
    assert await nemo.jobs.list() == []


async def refused_ask(project: Project, budget: float) -> None:
    """Ask, and wait."""
    await project.ask(SHORT, budget=budget)


async def refused_stream(project: Project, budget: float) -> None:
    """Ask, and follow."""
    async with project.stream(SHORT, budget=budget):
        pytest.fail("it was entered")


ASK = [pytest.param(refused_ask, id="ask"), pytest.param(refused_stream, id="stream")]


@pytest.mark.parametrize("ask", ASK)
async def test_a_message_beyond_its_budget_is_not_sent(
    project: Project,
    nemo: NemoVideo,
    sent: Sent,
    ask: Callable[[Project, float], Awaitable[None]],
) -> None:
    """It leaves nothing in the ledger, and the next one may go."""
    with pytest.raises(BudgetError, match="nothing was sent"):
        await ask(project, 49)

    assert (sent.count(MESSAGE), await nemo.jobs.list(ended=True)) == (0, [])
    assert (await project.ask(SHORT, budget=50)).cost == 50


async def test_the_price_of_a_follow_up_is_not_known(project: Project) -> None:
    """It is believed to cost nothing: a new aspect ratio goes through any budget."""
    await project.ask(SHORT)

    reply = await project.ask("make it vertical", budget=0)

    assert reply.cost == 100


async def first_failure(nemo: NemoVideo, job: VideoJob, budget: float) -> None:
    """Make a video in a batch, and raise what it failed with."""
    async with nemo.make_videos([job], budget=budget) as outcomes:
        async for outcome in outcomes:
            assert outcome.error
            raise outcome.error


WAYS: dict[str, Callable[[NemoVideo, Project, VideoJob], Awaitable[object]]] = {
    "ask": lambda _, project, __: refused_ask(project, 1000),
    "stream": lambda _, project, __: refused_stream(project, 1000),
    "make_video": lambda nemo, _, job: nemo.make_video(job.photos, SHORT, job.path, budget=1000),
    "make_videos": lambda nemo, _, job: first_failure(nemo, job, 1000),
}


@pytest.mark.parametrize("shape", ["code", "html"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_a_budget_that_cannot_be_checked_sends_nothing(
    project: Project,
    nemo: NemoVideo,
    emulator: Emulator,
    sent: Sent,
    photos: list[Path],
    tmp_path: Path,
    way: Callable[[NemoVideo, Project, VideoJob], Awaitable[object]],
    shape: Literal["code", "html"],
) -> None:
    """Who set one wants it kept, and may do all of it again, whatever became of the look."""
    status = 403 if shape == "code" else 502
    emulator.faults.refuse(status, CREDITS, status=status, shape=shape, times=None)

    with pytest.raises(APIError) as caught:
        await way(nemo, project, VideoJob(photos[0], SHORT, tmp_path / "v.mp4"))

    assert (caught.value.delivered, sent.count(MESSAGE)) == ("no", 0)
    assert str(caught.value).count("Nothing was sent.") == 1


@pytest.mark.parametrize("timeout", [0.4, 0])
async def test_a_look_that_is_too_slow_names_the_time_that_was_given(
    project: Project, emulator: Emulator, sent: Sent, timeout: float
) -> None:
    """Not what was left of it, and says that nothing was sent."""
    emulator.faults.delay_answer(30, "GET /api/state")

    with pytest.raises(RequestTimeoutError, match=rf"longer than {timeout:g} s\. ") as caught:
        await project.ask(SHORT, timeout=timeout)

    assert (caught.value.delivered, sent.count(MESSAGE)) == ("no", 0)
    assert str(caught.value).endswith(" s. Nothing was sent.")


@pytest.mark.parametrize("budget", [-1, math.nan, "60", Decimal(60)], ids=repr)
async def test_a_budget_that_is_none_is_found_before_anything_is_sent(
    nemo: NemoVideo,
    project: Project,
    sent: Sent,
    photos: list[Path],
    tmp_path: Path,
    budget: Any,
) -> None:
    """Nothing is asked of the service, and it is told as it was written."""
    job = VideoJob(photos[0], SHORT, tmp_path / "v.mp4")

    for ask in (refused_ask, refused_stream):
        with pytest.raises(InputError, match=rf"^A budget of {re.escape(repr(budget))} is none"):
            await ask(project, budget)
    with pytest.raises(InputError, match="budget"):
        await nemo.make_video(job.photos, SHORT, job.path, budget=budget)
    with pytest.raises(InputError, match="budget"):
        async with nemo.make_videos([job], budget=budget):
            pytest.fail("it was entered")

    assert sent.requests == []
