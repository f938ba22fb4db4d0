"""Whatever goes wrong on the way, a message is run once at most, and a render is made once."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import attrs
import av
import pytest

from nemovideo import (
    AmbiguousSendError,
    APIError,
    Job,
    NemoVideo,
    NemoVideoError,
    RenderFailedError,
    RequestStarted,
    RetryPolicy,
    ServerError,
    SessionNotFoundError,
    StreamError,
    Timeouts,
    TransportError,
    VideoJob,
)
from nemovideo.emulator import Emulator

PROMPT: Final = "a 1-second slideshow with music"
HASTY: Final = Timeouts(
    request=10,
    stream_silence=0.3,
    stream_progress=0.3,
    render=20,
    render_first_look=0.05,
    render_near_end=0.02,
    render_missing=0.1,
    rate_limit=0.05,
    lost_verdict=0.2,
    lost_answer=8,
)
BEYOND: Final = 0.6
"""Seconds that are more than `stream_silence`."""
MESSAGE: Final = "POST /run_sse"
ORDER: Final = "POST /api/render/proxy/lambda"

Way: TypeAlias = Callable[[NemoVideo, Path, Path], Awaitable[Path]]


@attrs.frozen
class Trouble:
    """What goes wrong, and what must have been done in the end.

    Attributes:
        name: As the test is called.
        begin: Orders it.
        runs: Messages that were carried out.
        renders: Renders that were made.
        messages: Messages that left the client, those that the service refused included.
        orders: Orders of a render that left the client.
        error: What is raised; None where there is a video all the same.
        breaks: Whether the connection of the message breaks, so that its run may be ended.
    """

    name: str
    begin: Callable[[Emulator], object]
    runs: int = 1
    renders: int = 1
    messages: int = 1
    orders: int = 1
    error: type[NemoVideoError] | None = None
    breaks: bool = False

    def __str__(self) -> str:
        return self.name


def cut(after: int) -> Trouble:
    """Cut the stream after so many frames."""
    return Trouble(f"stream cut after {after}", lambda e: e.faults.cut_stream(after), breaks=True)


TROUBLES: Final = [
    Trouble(
        "message dropped before",
        lambda e: e.faults.drop_before_request(MESSAGE),
        runs=0,
        renders=0,
        orders=0,
        error=TransportError,
    ),
    Trouble("message dropped after", lambda e: e.faults.drop_after_request(MESSAGE), breaks=True),
    *map(cut, (0, 4, 10_000)),
    Trouble("frames doubled", lambda e: e.faults.duplicate_frames()),
    Trouble("answer too late", lambda e: e.faults.delay_answer(BEYOND, MESSAGE), breaks=True),
    Trouble(
        "page of a proxy before",
        lambda e: e.faults.html_502(MESSAGE),
        runs=0,
        renders=0,
        orders=0,
        error=ServerError,
    ),
    Trouble("page of a proxy after", lambda e: e.faults.html_502(MESSAGE, carried_out=True)),
    Trouble("heartbeats only", lambda e: e.faults.heartbeats_only(every=0.05), breaks=True),
    Trouble("rate limit", lambda e: e.faults.rate_limit(0.05, MESSAGE), messages=2),
    Trouble("render lost", lambda e: e.faults.lose_render(), orders=2),
    Trouble("render failed", lambda e: e.faults.fail_render(), renders=2, orders=2),
    Trouble(
        "render failed twice",
        lambda e: e.faults.fail_render(times=2),
        renders=2,
        orders=2,
        error=RenderFailedError,
    ),
    Trouble("order dropped before", lambda e: e.faults.drop_before_request(ORDER), orders=2),
    Trouble("order dropped after", lambda e: e.faults.drop_after_request(ORDER)),
    Trouble("order to a proxy before", lambda e: e.faults.html_502(ORDER), orders=2),
    Trouble("order to a proxy after", lambda e: e.faults.html_502(ORDER, carried_out=True)),
    Trouble("order limited", lambda e: e.faults.rate_limit(0.05, ORDER), orders=2),
    Trouble("download cut", lambda e: e.faults.cut_download(after=5000, times=2)),
]


async def made(nemo: NemoVideo, photo: Path, target: Path) -> Path:
    """Make a video in one call."""
    return (await nemo.make_video(photo, PROMPT, target)).path


async def asked(nemo: NemoVideo, photo: Path, target: Path) -> Path:
    """Make it step by step."""
    project = await nemo.projects.create()
    await project.add(photo)
    await project.ask(PROMPT)
    return (await project.export(target)).path


async def batched(nemo: NemoVideo, photo: Path, target: Path) -> Path:
    """Make it as a batch of one."""
    async with nemo.make_videos([VideoJob([photo], PROMPT, target)]) as outcomes:
        (outcome,) = [outcome async for outcome in outcomes]
    if outcome.error is not None:
        raise outcome.error
    assert outcome.video is not None
    return outcome.video.path


WAYS: Final[Mapping[str, Way]] = {"video": made, "project": asked, "batch": batched}


@attrs.define
class Trial:
    """One way to a video, with a service of its own, and what came of it.

    Attributes:
        emulator: The service.
        folder: Where the video goes.
        just_before: What happens just before a request leaves for the first time.
        requests: What has left.
        error: What was raised; None where the file is there.
        jobs: What is still open in the end.
    """

    emulator: Emulator
    folder: Path
    just_before: dict[str, Callable[[], object]] = attrs.field(factory=dict)
    requests: list[str] = attrs.field(factory=list)
    error: NemoVideoError | None = None
    jobs: Sequence[Job] = ()

    @property
    def done(self) -> tuple[int, int]:
        """Messages that were carried out, and renders that were made."""
        return self.emulator.bill.runs, self.emulator.bill.renders

    @property
    def sent(self) -> tuple[int, int]:
        """Messages and orders of a render that have left."""
        return self.requests.count(MESSAGE), self.requests.count(ORDER)

    def heard(self, request: RequestStarted) -> None:
        """Take note of a request."""
        shown = f"{request.method} {urlsplit(request.url).path}"
        self.requests.append(shown)
        if act := self.just_before.pop(shown, None):
            act()

    async def go(self, way: Way, photo: Path) -> None:
        """Go the way, and wait until nothing is under way at the service."""
        retry = RetryPolicy(wait_initial=0.02, jitter=0)
        url, target = self.emulator.url, self.folder / "out.mp4"
        async with NemoVideo(
            base_url=url, timeouts=HASTY, retry=retry, on_request=self.heard
        ) as nemo:
            try:
                assert await way(nemo, photo, target) == target
            except NemoVideoError as error:
                self.error = error
            self.jobs = await nemo.jobs.list()
        await self.emulator.settled()
        left = [path.name for path in self.folder.iterdir()]
        assert left == ([] if self.error else ["out.mp4"])
        if self.error is None:
            assert_is_whole(target)


def assert_is_whole(path: Path) -> None:
    """Decode a whole file."""
    with av.open(str(path)) as container:
        assert {stream.codec_context.name for stream in container.streams} == {"h264", "aac"}
        assert container.duration is not None
        assert container.duration / 1e6 > 0.9
        assert sum(1 for _ in container.decode(video=0)) > 20


async def all_ways(
    photo: Path, folder: Path, begin: Callable[[Trial], object]
) -> Mapping[str, Trial]:
    """Go all ways at once, each with the same trouble at a service of its own."""
    async with contextlib.AsyncExitStack() as stack:
        trials = {}
        for name in WAYS:
            (folder / name).mkdir()
            service = await stack.enter_async_context(Emulator(render_scale=1 / 16, silent=0))
            trials[name] = Trial(service, folder / name)
            begin(trials[name])
        await asyncio.gather(*(trials[name].go(way, photo) for name, way in WAYS.items()))
    return trials


def is_fitting(error: NemoVideoError | None) -> bool:
    """Tell whether the error of a lost message says that it did nothing."""
    match error:
        case StreamError() | APIError() | TransportError():
            return error.delivered == "no"
    return False


@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
async def test_what_was_paid_for_is_paid_once(
    photos: list[Path], tmp_path: Path, trouble: Trouble
) -> None:
    """Where the work goes on without us, one message and one render make the video."""
    trials = await all_ways(photos[0], tmp_path, lambda trial: trouble.begin(trial.emulator))

    for way, trial in trials.items():
        assert trial.done == (trouble.runs, trouble.renders), way
        assert trial.emulator.bill.credits == 50 * trouble.runs, way
        assert trial.sent == (trouble.messages, trouble.orders), way
        if trouble.error is None:
            assert trial.error is None, way
        else:
            assert isinstance(trial.error, trouble.error), way
            assert trouble.runs == 1 or is_fitting(trial.error), way


@pytest.mark.parametrize("trouble", [one for one in TROUBLES if one.breaks], ids=str)
async def test_a_run_that_ends_with_its_connection_is_not_run_again(
    photos: list[Path], tmp_path: Path, trouble: Trouble
) -> None:
    """Where the work ends with the connection, what it has made is fetched, or nothing was done."""

    def begin(trial: Trial) -> None:
        trial.emulator.faults.client_gone("cancel")
        trouble.begin(trial.emulator)

    trials = await all_ways(photos[0], tmp_path, begin)

    for way, trial in trials.items():
        assert trial.emulator.bill.runs <= 1, way
        assert trial.sent[0] == 1, way
        if trial.error is None:
            assert trial.done == (1, 1), way
        else:
            assert is_fitting(trial.error), way
            assert (trial.emulator.bill.renders, trial.emulator.bill.credits) == (0, 0), way


@pytest.mark.parametrize("moment", [MESSAGE, ORDER], ids=["message", "order"])
async def test_a_token_that_expires_on_the_way_costs_nothing(
    photos: list[Path], tmp_path: Path, moment: str
) -> None:
    """The refusal proves that nothing ran: with a new token the request is made once more."""

    def begin(trial: Trial) -> None:
        trial.just_before[moment] = trial.emulator.faults.expire_token

    trials = await all_ways(photos[0], tmp_path, begin)

    for way, trial in trials.items():
        assert trial.error is None, way
        assert trial.done == (1, 1), way
        assert trial.emulator.bill.credits == 50, way
        assert trial.sent == ((2, 1) if moment == MESSAGE else (1, 2)), way


async def test_a_token_that_loses_its_session_sends_nothing_more(
    photos: list[Path], tmp_path: Path
) -> None:
    """A new account that does not see the session is refused, and told so."""

    def begin(trial: Trial) -> None:
        faults = trial.emulator.faults
        trial.just_before[MESSAGE] = partial(faults.expire_token, keep_sessions=False)

    trials = await all_ways(photos[0], tmp_path, begin)

    for way, trial in trials.items():
        assert isinstance(trial.error, SessionNotFoundError), way
        assert is_fitting(trial.error), way
        assert trial.done == (0, 0), way
        assert trial.sent == (2, 0), way


@pytest.mark.parametrize("drop", ["drop_before_request", "drop_after_request"])
async def test_where_nobody_can_tell_it_says_so(
    photos: list[Path], tmp_path: Path, drop: str
) -> None:
    """Without credits to look at, nothing that can be seen proves that nothing was done."""

    def begin(trial: Trial) -> None:
        trial.emulator.faults.client_gone("cancel")
        trial.emulator.faults.refuse(400, "GET /api/credits", times=None)
        getattr(trial.emulator.faults, drop)(MESSAGE)

    trials = await all_ways(photos[0], tmp_path, begin)

    for way, trial in trials.items():
        assert isinstance(trial.error, AmbiguousSendError), way
        assert trial.sent == (1, 0), way
        assert trial.emulator.bill.runs <= 1, way
        open_jobs = [(job.job_id, job.phase) for job in trial.jobs]
        assert open_jobs == [(trial.error.send_id, "sending")], way
