"""Many videos at once: outcomes as they finish, one failure never stops the rest."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

import attrs
import av
import pytest

from nemovideo import (
    AgentError,
    ConfigurationError,
    InputError,
    InsufficientCreditsError,
    MediaError,
    NemoVideo,
    NemoVideoError,
    Outcome,
    Outcomes,
    Progress,
    RenderFailedError,
    RequestStarted,
    RequestTimeoutError,
    Timeouts,
    VideoJob,
)
from nemovideo.emulator import Emulator

SHORT = "a 1-second slideshow with music"
QUICK = Timeouts(render_first_look=0.1, render_near_end=0.05, lost_verdict=0.3, lost_answer=2)
SESSION = "/api/tasks"


@attrs.define
class Sent:
    """What left, by the last part that tells the routes apart."""

    paths: list[str] = attrs.field(factory=list)

    def __call__(self, request: RequestStarted) -> None:
        """Take note of a request."""
        self.paths.append(request.url)

    def count(self, part: str) -> int:
        """How many requests had this in their address."""
        return sum(part in path for path in self.paths)


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
async def nemo(emulator: Emulator, sent: Sent) -> AsyncIterator[NemoVideo]:
    """A client with plenty of credits."""
    token = emulator.register(1000)
    async with NemoVideo(
        base_url=emulator.url, token=token, timeouts=QUICK, on_request=sent
    ) as client:
        yield client


@pytest.fixture
def job(photos: list[Path], tmp_path: Path) -> Callable[..., VideoJob]:
    """Make a job by the name of its file."""

    def make(name: str, prompt: str = SHORT, photo: Path = photos[0]) -> VideoJob:
        return VideoJob([photo], prompt, tmp_path / f"{name}.mp4")

    return make


async def all_of(outcomes: Outcomes) -> dict[str, Outcome]:
    """Each outcome by the name of its file."""
    return {Path(one.job.path).stem: one async for one in outcomes if one.job}


async def ended(nemo: NemoVideo, jobs: Iterable[VideoJob], limit: int = 4) -> dict[str, Outcome]:
    """Each outcome of a whole batch."""
    async with nemo.make_videos(jobs, limit=limit) as outcomes:
        return await all_of(outcomes)


def whole(path: Path) -> bool:
    """Tell whether a file is a video of a second with picture and sound."""
    with av.open(str(path)) as container:
        names = {stream.codec_context.name for stream in container.streams}
        return names == {"h264", "aac"} and sum(1 for _ in container.decode(video=0)) == 30


async def test_each_job_becomes_its_own_video(
    nemo: NemoVideo, emulator: Emulator, job: Callable[..., VideoJob]
) -> None:
    """One message and one render each, in a session of its own, and the files are whole."""
    jobs = [job(name) for name in "abc"]

    outcomes = await ended(nemo, jobs)

    assert {one.status for one in outcomes.values()} == {"done"}
    assert [outcomes[name].job for name in "abc"] == jobs
    for one in outcomes.values():
        assert one.video
        assert one.job
        assert one.video.path == Path(one.job.path)
        assert whole(one.video.path)
        assert (one.phase, one.error) == ("fetched", None)
    assert len({one.video.session for one in outcomes.values() if one.video}) == 3
    assert (emulator.bill.runs, emulator.bill.renders, emulator.bill.credits) == (3, 3, 150)
    assert await nemo.jobs.list() == []


async def test_outcomes_come_as_they_finish(
    nemo: NemoVideo, emulator: Emulator, sent: Sent, job: Callable[..., VideoJob]
) -> None:
    """Two are given while the third is still held up at its beginning."""
    emulator.faults.delay_answer(60, f"POST {SESSION}")

    async with nemo.make_videos([job(name) for name in "abc"]) as outcomes:
        first, second = await anext(outcomes), await anext(outcomes)

    assert (first.status, second.status) == ("done", "done")
    assert (sent.count(SESSION), sent.count("/run_sse")) == (3, 2)
    (held,) = await nemo.jobs.list()
    assert held.job_id not in {first.job_id, second.job_id}


async def test_no_more_than_the_limit_are_under_way(
    nemo: NemoVideo, emulator: Emulator, sent: Sent, job: Callable[..., VideoJob]
) -> None:
    """All sessions are held open: the next begins only when one has ended."""
    held = emulator.faults.delay_answer(30, f"POST {SESSION}", times=None)

    async with nemo.make_videos([job(str(n)) for n in range(7)], limit=3):
        await asyncio.sleep(0.5)
        assert sent.count(SESSION) == 3
        held.clear()

    most = 0
    sent.paths.clear()
    async with nemo.make_videos([job(str(n)) for n in range(7)], limit=3) as outcomes:
        async for outcome in outcomes:
            assert outcome.status == "done"
            most = max(most, sent.count(SESSION) - outcomes._finished)
    assert most <= 3
    assert sent.count(SESSION) == 7


async def test_a_limit_of_one_makes_one_after_the_other(
    nemo: NemoVideo, sent: Sent, job: Callable[..., VideoJob]
) -> None:
    """In the order in which they were given."""
    async with nemo.make_videos([job(name) for name in "abc"], limit=1) as outcomes:
        order = [Path(one.job.path).stem async for one in outcomes if one.job]

    assert order == ["a", "b", "c"]
    steps = [path for path in sent.paths if SESSION in path or "/run_sse" in path]
    assert [SESSION in path for path in steps] == [True, False] * 3


async def test_one_failure_never_stops_the_rest(
    nemo: NemoVideo, emulator: Emulator, job: Callable[..., VideoJob], tmp_path: Path
) -> None:
    """A broken photo, a missing one, an agent that understands nothing: the others are made."""
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"just words")
    jobs = [
        job("broken", photo=broken),
        job("missing", photo=tmp_path / "missing.jpg"),
        job("crane", "fold me a paper crane"),
        job("good"),
        job("fine"),
    ]

    outcomes = await ended(nemo, jobs, limit=2)

    assert {name: (one.status, type(one.error)) for name, one in outcomes.items()} == {
        "broken": ("not_started", MediaError),
        "missing": ("not_started", MediaError),
        "crane": ("failed", AgentError),
        "good": ("done", type(None)),
        "fine": ("done", type(None)),
    }
    assert "paper crane" in str(outcomes["crane"].error)
    assert (emulator.bill.runs, emulator.bill.renders) == (3, 2)
    assert await nemo.jobs.list() == []
    assert {path.name for path in tmp_path.iterdir()} == {"broken.jpg", "good.mp4", "fine.mp4"}


async def test_a_render_that_fails_twice_stops_nobody(
    nemo: NemoVideo, emulator: Emulator, job: Callable[..., VideoJob]
) -> None:
    """Its error says how to render the paid edit later; the next one is made."""
    emulator.faults.fail_render(times=2)

    outcomes = await ended(nemo, [job("bad"), job("good")], limit=1)

    assert (outcomes["bad"].status, outcomes["bad"].phase) == ("failed", "submitted")
    assert isinstance(outcomes["bad"].error, RenderFailedError)
    assert outcomes["good"].status == "done"
    assert (emulator.bill.runs, emulator.bill.renders) == (2, 3)
    assert "nemo.projects.get(" in str(outcomes["bad"].error)
    assert await nemo.jobs.list() == []


async def test_an_account_without_credits_refuses_each_by_itself(
    emulator: Emulator, job: Callable[..., VideoJob]
) -> None:
    """Two can be paid: the other two were not started, and nothing is left of them."""
    token = emulator.register(100)
    async with NemoVideo(base_url=emulator.url, token=token, timeouts=QUICK) as nemo:
        outcomes = await ended(nemo, [job(name) for name in "abcd"])

        errors = Counter(type(one.error) for one in outcomes.values() if one.error)
        assert errors == {InsufficientCreditsError: 2}
        assert Counter(one.status for one in outcomes.values()) == {"done": 2, "not_started": 2}
        assert await nemo.jobs.list() == []
    assert emulator.bill.credits == 100


async def test_a_service_that_cannot_be_reached_is_told_by_each(
    job: Callable[..., VideoJob],
) -> None:
    """No exception leaves the iteration."""
    async with NemoVideo(base_url="http://127.0.0.1:9") as nemo:
        outcomes = await ended(nemo, [job("a"), job("b")])

    assert [one.status for one in outcomes.values()] == ["not_started"] * 2
    assert all(isinstance(one.error, NemoVideoError) for one in outcomes.values())


@pytest.mark.usefixtures("rendered_anew")
async def test_progress_is_told_for_the_whole_and_for_each(
    nemo: NemoVideo, job: Callable[..., VideoJob]
) -> None:
    """The whole counts up to its total, each goes through its stages under its path."""
    seen: list[Progress] = []
    jobs = [job("a"), job("b")]

    async with nemo.make_videos(jobs, on_progress=seen.append) as outcomes:
        await all_of(outcomes)

    whole_of_it = [one for one in seen if one.stage == "videos"]
    assert whole_of_it[0] == Progress("videos", 0, 2, "videos")
    assert whole_of_it[-1] == Progress("videos", 2, 2, "videos")
    assert [one.done for one in whole_of_it] == sorted(one.done for one in whole_of_it)
    assert {one.job for one in seen} == {"", *(one.path for one in jobs)}
    for one in jobs:
        stages = dict.fromkeys(shown.stage for shown in seen if shown.job == one.path)
        assert set(stages) == {
            *("connect", "session", "upload", "agent", "state", "render", "download"),
        }
        last = [shown for shown in seen if (shown.job, shown.stage) == (one.path, "download")][-1]
        assert last.done == last.total == Path(one.path).stat().st_size


async def test_a_time_limit_is_for_each_video(
    nemo: NemoVideo, emulator: Emulator, job: Callable[..., VideoJob]
) -> None:
    """The one that is held up ends by it, and can be gone on with; the others are made."""
    emulator.faults.delay_answer(30, "POST /api/render")

    async with nemo.make_videos([job(n) for n in "abc"], limit=1, timeout=5) as outcomes:
        found = await all_of(outcomes)

    assert [found[name].status for name in "abc"] == ["failed", "done", "done"]
    assert isinstance(found["a"].error, RequestTimeoutError)
    (left,) = await nemo.jobs.recover()
    assert (left.job_id, left.status) == (found["a"].job_id, "done")
    assert (emulator.bill.runs, emulator.bill.renders) == (3, 3)


async def test_no_job_gives_no_outcome(nemo: NemoVideo, sent: Sent) -> None:
    """Nothing is asked of the service either."""
    assert await ended(nemo, []) == {}
    assert sent.paths == []


async def left_by(way: str, nemo: NemoVideo, jobs: list[VideoJob], sent: Sent) -> None:
    """Leave the block while work is under way."""

    async def work() -> None:
        async with nemo.make_videos(jobs, limit=2) as outcomes:
            while sent.count("/api/render") < 2:  # noqa: ASYNC110  # the hook tells nobody
                await asyncio.sleep(0.02)
            if way == "exception":
                raise KeyError(way)
            if way == "cancel":
                await anext(outcomes)

    task = asyncio.create_task(work())
    if way == "cancel":
        while sent.count("/api/render") < 2:  # noqa: ASYNC110  # likewise
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.05)
        task.cancel()
    expected = {"break": None, "exception": KeyError, "cancel": asyncio.CancelledError}[way]
    (failure,) = await asyncio.gather(task, return_exceptions=True)
    assert type(failure) is (expected or type(None))


@pytest.mark.parametrize("way", ["break", "exception", "cancel"])
async def test_who_leaves_early_loses_nothing(
    nemo: NemoVideo,
    emulator: Emulator,
    sent: Sent,
    job: Callable[..., VideoJob],
    tmp_path: Path,
    way: str,
) -> None:
    """What was begun stays in the ledger and is gone on with; no task is left, nothing is sent."""
    held = emulator.faults.delay_answer(30, "POST /api/render", times=None)
    before = {task for task in asyncio.all_tasks() if "batch" in repr(task.get_coro())}

    await left_by(way, nemo, [job(name) for name in "abcde"], sent)

    left = [task for task in asyncio.all_tasks() if "workflows" in repr(task.get_stack())]
    assert (before, left) == (set(), [])
    assert [(one.kind, one.phase) for one in await nemo.jobs.list()] == [("video", "submitted")] * 2
    assert sent.count("/run_sse") == 2
    assert list(tmp_path.iterdir()) == []
    held.clear()

    outcomes = await nemo.jobs.recover()

    assert [one.status for one in outcomes] == ["done", "done"]
    assert {path.name for path in tmp_path.iterdir()} == {"a.mp4", "b.mp4"}
    assert (emulator.bill.runs, emulator.bill.renders) == (2, 2)


async def test_after_the_block_there_are_no_more_outcomes(
    nemo: NemoVideo, emulator: Emulator, job: Callable[..., VideoJob]
) -> None:
    """What had finished is still given; then the iteration ends, and does not wait for ever."""
    emulator.faults.delay_answer(30, "POST /api/render", times=None)

    async with nemo.make_videos([job("a"), job("crane", "fold me a paper crane")]) as outcomes:
        while not outcomes._done.qsize():  # noqa: ASYNC110  # nobody is told before the iterator
            await asyncio.sleep(0.02)

    async with asyncio.timeout(2):
        assert list(await all_of(outcomes)) == ["crane"]


@pytest.mark.parametrize(
    ("names", "limit", "error", "expected"),
    [
        pytest.param(["a.mp4", "b.mp4", "a.mp4"], 4, InputError, "the same file", id="twice"),
        pytest.param(["a.mp4", "./a.mp4"], 4, InputError, "the same file", id="in other words"),
        pytest.param(["a.mp4", "no/../a.mp4"], 4, InputError, "the same file", id="by a detour"),
        pytest.param(["a.mp4", "gone/b.mp4"], 4, ConfigurationError, "no folder", id="no folder"),
        pytest.param(["a.mp4"], 0, InputError, "A limit of 0", id="no limit"),
    ],
)
async def test_what_is_wrong_is_found_before_anything_is_sent(
    nemo: NemoVideo,
    sent: Sent,
    photos: list[Path],
    tmp_path: Path,
    names: list[str],
    limit: int,
    error: type[NemoVideoError],
    expected: str,
) -> None:
    """The block is not even entered."""
    (tmp_path / "no").mkdir()
    jobs = [VideoJob(photos[0], SHORT, f"{tmp_path}/{name}") for name in names]

    with pytest.raises(error, match=expected):
        async with nemo.make_videos(jobs, limit=limit):
            pytest.fail("it was entered")

    assert sent.paths == []


async def test_a_job_needs_photos_or_a_session(nemo: NemoVideo, tmp_path: Path) -> None:
    """Without either there is nothing to make a video of."""
    with pytest.raises(InputError, match="has no photo"):
        await ended(nemo, [VideoJob((), SHORT, tmp_path / "a.mp4")])
