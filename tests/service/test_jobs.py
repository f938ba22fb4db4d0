"""What was begun and not finished is found in the ledger, and gone on with."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from pathlib import Path

import attrs
import av
import pytest

from nemovideo import (
    BudgetError,
    ConfigurationError,
    InputError,
    MediaError,
    NemoVideo,
    NemoVideoError,
    OnProgress,
    Outcome,
    Progress,
    RenderFailedError,
    RequestTimeoutError,
    Timeouts,
    Video,
)
from nemovideo.emulator import Emulator

SHORT = "a 2-second slideshow"
QUICK = Timeouts(
    render_first_look=0.1,
    render_near_end=0.05,
    render_missing=0.1,
    lost_verdict=0.3,
    lost_answer=2.0,
)


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """Where the ledger is."""
    return tmp_path / "books" / "jobs.sqlite3"


@pytest.fixture
async def again(emulator: Emulator, books: Path) -> AsyncIterator[Callable[[], NemoVideo]]:
    """Make clients of one account on one ledger, as programs would that run one by one."""
    token, made = emulator.register(1000), list[NemoVideo]()

    def client() -> NemoVideo:
        made.append(NemoVideo(base_url=emulator.url, token=token, ledger=books, timeouts=QUICK))
        return made[-1]

    yield client
    for one in made:
        await one.aclose()


async def cancelled_at(
    stage: str, making: Callable[[OnProgress], Coroutine[None, None, Video]]
) -> None:
    """Begin a video, and cancel it when it has come to a stage."""
    reached = asyncio.Event()

    def notice(progress: Progress) -> None:
        if progress.stage == stage:
            reached.set()

    task = asyncio.create_task(making(notice))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def planned(
    emulator: Emulator, making: Callable[[OnProgress], Coroutine[None, None, Video]]
) -> None:
    """Begin a video, and cancel it before its message was sent."""
    held = emulator.faults.delay_answer(5, "POST /api/tasks")
    await cancelled_at("connect", making)
    held.clear()


def whole(path: Path) -> bool:
    """Tell whether a file is a video with picture and sound."""
    with av.open(str(path)) as container:
        return {stream.type for stream in container.streams} == {"video", "audio"}


@pytest.mark.parametrize("stage", ["session", "upload", "agent", "render", "download"])
async def test_a_cancelled_video_is_gone_on_with(
    again: Callable[[], NemoVideo],
    emulator: Emulator,
    photos: list[Path],
    tmp_path: Path,
    stage: str,
) -> None:
    """Wherever it was cancelled: one message, one render, and the file where it was to go."""
    nemo, target = again(), tmp_path / "out.mp4"
    if stage == "download":
        emulator.faults.slow(200_000, "GET /renders")
    else:
        emulator.faults.delay_answer(20, "POST /api/render")
    await cancelled_at(
        stage,
        lambda notice: nemo.make_video(photos[:2], SHORT, target, on_progress=notice),
    )
    emulator.faults.clear()
    (job,) = await nemo.jobs.list()
    assert job.wish
    assert job.wish.prompt == SHORT

    (outcome,) = await again().jobs.recover()

    assert outcome.status == "done"
    assert outcome.video
    assert outcome.video.path == target
    assert whole(target)
    assert (emulator.bill.runs, emulator.bill.renders) == (1, 1)
    assert await nemo.jobs.list() == []
    assert await again().jobs.recover() == []


async def test_a_time_limit_loses_nothing(
    again: Callable[[], NemoVideo], emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """The error says where to look; the work is gone on with."""
    emulator.faults.delay_answer(5, "POST /api/render")

    with pytest.raises(RequestTimeoutError, match=r"nemo\.jobs"):
        await again().make_video(photos[0], SHORT, tmp_path / "out.mp4", timeout=1)

    (outcome,) = await again().jobs.recover()
    assert outcome.status == "done"
    assert (emulator.bill.runs, emulator.bill.renders) == (1, 1)


async def test_photos_from_memory_cannot_be_found_again(
    again: Callable[[], NemoVideo], emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """Nothing was sent, and the outcome says so once."""
    nemo = again()
    await planned(
        emulator,
        lambda notice: nemo.make_video(
            photos[0].read_bytes(), SHORT, tmp_path / "out.mp4", on_progress=notice
        ),
    )

    (outcome,) = await again().jobs.recover()

    assert outcome.status == "not_started"
    assert isinstance(outcome.error, ConfigurationError)
    assert outcome.job
    assert outcome.job.prompt == SHORT
    assert emulator.bill.runs == 0
    assert await again().jobs.recover() == []


async def test_videos_go_to_another_folder_under_names_of_their_own(
    again: Callable[[], NemoVideo], emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """Two that were to have the same name do not replace each other."""
    nemo, folder = again(), tmp_path / "videos"

    def make_in(place: Path, notice: OnProgress) -> Coroutine[None, None, Video]:
        return nemo.make_video(photos[0], SHORT, place / "v.mp4", on_progress=notice)

    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        await planned(
            emulator,
            partial(make_in, tmp_path / name),
        )
    with pytest.raises(ConfigurationError, match="There is no folder"):
        await nemo.jobs.recover(folder)
    folder.mkdir()

    outcomes = await again().jobs.recover(folder)

    assert [outcome.status for outcome in outcomes] == ["done", "done"]
    assert len({path for path in folder.iterdir() if whole(path)}) == 2
    assert not list((tmp_path / "a").iterdir())


async def test_a_photo_that_is_gone_costs_nothing(
    again: Callable[[], NemoVideo], emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """The job waits until it is there again."""
    nemo, photo = again(), tmp_path / "photo.jpg"
    photo.write_bytes(photos[0].read_bytes())
    await planned(
        emulator,
        lambda notice: nemo.make_video(photo, SHORT, tmp_path / "out.mp4", on_progress=notice),
    )
    away = photo.rename(tmp_path / "away.jpg")

    (outcome,) = await again().jobs.recover()
    assert (outcome.status, type(outcome.error)) == ("waiting", MediaError)
    assert emulator.bill.runs == 0

    away.rename(photo)
    assert [outcome.status for outcome in await again().jobs.recover()] == ["done"]


async def test_a_live_job_is_left_alone(
    again: Callable[[], NemoVideo], emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """Neither its own client nor another one takes it over."""
    nemo, found = again(), list[Outcome]()

    async def interfere(progress: Progress) -> None:
        if progress.stage in {"upload", "agent", "render"}:
            found.extend(await nemo.jobs.recover())
            found.extend(await again().jobs.recover())

    await nemo.make_video(photos[:2], SHORT, tmp_path / "out.mp4", on_progress=interfere)

    assert found == []
    assert (emulator.bill.runs, emulator.bill.renders) == (1, 1)


async def test_a_render_of_ones_own_is_fetched(
    again: Callable[[], NemoVideo], emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """What `renders.submit` ordered is in the ledger until its file was fetched."""
    nemo = again()
    project = await nemo.projects.create()
    await project.add(photos[0])
    await project.ask(SHORT)
    draft = await project.timeline()
    assert draft
    first = await nemo.renders.submit(project.session, draft)
    second = await nemo.renders.submit(project.session, draft)
    await nemo.renders.wait(first)
    await nemo.renders.download(first, tmp_path / "mine.mp4")
    assert [job.render_id for job in await nemo.jobs.list()] == [second.render_id]

    (outcome,) = await again().jobs.recover(tmp_path)

    assert outcome.video
    assert outcome.video.path == tmp_path / f"{second.render_id}.mp4"
    assert outcome.video.timeline == draft
    assert emulator.bill.renders == 2


async def test_a_cancelled_render_is_not_ordered_again(
    again: Callable[[], NemoVideo], emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """`renders.cancel` really ends it, also for the export that waits for it."""
    nemo = again()
    project = await nemo.projects.create()
    await project.add(photos[0])
    await project.ask("a 20-second slideshow")
    exporting = asyncio.create_task(project.export(tmp_path / "out.mp4"))
    while not emulator.bill.renders:  # noqa: ASYNC110  # the service tells nobody
        await asyncio.sleep(0.02)
    (job,) = await nemo.jobs.list()

    assert job.render_id
    await nemo.renders.cancel(job.render_id)

    with pytest.raises(RenderFailedError, match="Cancelled"):
        await exporting
    assert emulator.bill.renders == 1
    assert await nemo.jobs.list() == []


async def test_a_render_that_fails_twice_is_told(
    again: Callable[[], NemoVideo], emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """It gets one new id, not one at each recovery; the error says how to render it later."""
    emulator.faults.fail_render(times=2)

    with pytest.raises(RenderFailedError, match=r"nemo\.projects\.get"):
        await again().make_video(photos[0], SHORT, tmp_path / "out.mp4")

    assert (emulator.bill.runs, emulator.bill.renders) == (1, 2)
    assert await again().jobs.recover() == []


async def test_what_was_ordered_is_recovered_not_what_came_after(
    again: Callable[[], NemoVideo], emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """The timeline of the order counts, whatever the session became; a newer file is kept."""
    nemo, target = again(), tmp_path / "out.mp4"
    emulator.faults.delay_answer(20, "POST /api/render")
    await cancelled_at(
        "render",
        lambda notice: nemo.make_video(photos[0], SHORT, target, on_progress=notice),
    )
    emulator.faults.clear()
    session_id = await nemo.jobs.last_session()
    assert session_id
    await nemo.projects.get(session_id).ask("make it 4 seconds")
    target.write_bytes(b"newer")

    (outcome,) = await again().jobs.recover()

    assert outcome.video
    assert (outcome.video.duration, outcome.video.timeline.length_ms) == (2.0, 2000)
    assert outcome.video.path.parent == tmp_path
    assert whole(outcome.video.path)
    assert target.read_bytes() == b"newer"


async def test_two_recoveries_into_one_folder_replace_nothing(
    again: Callable[[], NemoVideo], emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """A name that is taken is left alone, also by what an earlier recovery made."""
    folder = tmp_path / "videos"
    folder.mkdir()
    for _ in range(2):
        nemo = again()
        await planned(
            emulator,
            lambda notice, nemo=nemo: nemo.make_video(  # type: ignore[misc]  # bound at once
                photos[0], SHORT, tmp_path / "v.mp4", on_progress=notice
            ),
        )
        await again().jobs.recover(folder)

    assert len({path for path in folder.iterdir() if whole(path)}) == 2


async def test_a_refused_video_is_no_open_job(
    emulator: Emulator, books: Path, photos: list[Path], tmp_path: Path
) -> None:
    """Nothing was sent and the caller was told: nothing is left to go on with."""
    token = emulator.register(10)
    async with NemoVideo(base_url=emulator.url, token=token, ledger=books) as nemo:
        with pytest.raises(Exception, match="out of credits"):
            await nemo.make_video(photos[0], SHORT, tmp_path / "out.mp4")

        assert await nemo.jobs.list() == []
        (job,) = await nemo.jobs.list(ended=True)
        assert (job.phase, job.ended, job.wish) == ("planned", "InsufficientCreditsError", None)


async def test_the_last_session_is_remembered(
    again: Callable[[], NemoVideo], photos: list[Path], tmp_path: Path
) -> None:
    """Also when its work has ended."""
    video = await again().make_video(photos[0], SHORT, tmp_path / "out.mp4")

    assert await again().jobs.last_session() == video.session.session_id


async def test_one_odd_job_stops_no_other(
    again: Callable[[], NemoVideo], emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """A name that no file can have is its own failure, and it stays open for another folder."""
    nemo, target = again(), tmp_path / "out.mp4"
    held = emulator.faults.delay_answer(20, "POST /api/render")
    await cancelled_at(
        "render", lambda notice: nemo.make_video(photos[0], SHORT, target, on_progress=notice)
    )
    held.clear()
    (job,) = await nemo.jobs.list()
    odd = attrs.evolve(job, job_id="job_0", session_id="1", render_id="r")
    name = str(tmp_path / f"{'x' * 300}.mp4")
    await nemo._transport.ledger.begin(attrs.evolve(odd, path=name))

    first, second = sorted(await again().jobs.recover(), key=lambda outcome: outcome.job_id)

    assert (first.status, type(first.error), first.is_open) == ("failed", ConfigurationError, True)
    assert (second.status, whole(target)) == ("done", True)


async def test_what_nobody_foresaw_stops_no_other(
    again: Callable[[], NemoVideo],
    emulator: Emulator,
    photos: list[Path],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is the outcome of its job, with its cause, and in the log."""
    nemo, target = again(), tmp_path / "out.mp4"
    held = emulator.faults.delay_answer(20, "POST /api/render")
    await cancelled_at(
        "render", lambda notice: nemo.make_video(photos[0], SHORT, target, on_progress=notice)
    )
    held.clear()
    (job,) = await nemo.jobs.list()
    odd = attrs.evolve(job, job_id="job_0", session_id="1", phase="sending", before={})
    await nemo._transport.ledger.begin(odd)

    first, second = sorted(await again().jobs.recover(), key=lambda outcome: outcome.job_id)

    assert (type(first.error), first.status) == (NemoVideoError, "failed")
    assert first.error
    assert isinstance(first.error.__cause__, TypeError)
    assert "failed unexpectedly" in caplog.text
    assert (second.status, whole(target)) == ("done", True)


async def test_a_planned_job_that_pays_and_has_no_video_says_what_it_cost(
    again: Callable[[], NemoVideo], emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """The message is sent by the recovery, and its render fails twice."""
    nemo = again()
    await planned(
        emulator,
        lambda notice: nemo.make_video(photos[0], SHORT, tmp_path / "v.mp4", on_progress=notice),
    )
    emulator.faults.fail_render(times=2)

    (outcome,) = await again().jobs.recover()

    assert (type(outcome.error), outcome.cost) == (RenderFailedError, 50)


async def test_a_recovery_keeps_to_its_budget(
    again: Callable[[], NemoVideo], emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """Of two that wait, one has room; the other waits for a later recovery."""
    nemo = again()
    for name in ("a", "b"):
        await planned(
            emulator,
            lambda notice, name=name: nemo.make_video(  # type: ignore[misc]  # bound at once
                photos[0], SHORT, tmp_path / f"{name}.mp4", on_progress=notice
            ),
        )
    with pytest.raises(InputError, match="budget"):
        await again().jobs.recover(budget=-1)

    outcomes = await again().jobs.recover(budget=99)

    assert sorted(outcome.status for outcome in outcomes) == ["done", "waiting"]
    (refused,) = (outcome.error for outcome in outcomes if outcome.error)
    assert (type(refused), emulator.bill.credits) == (BudgetError, 50)
    sessions = len(emulator._running().sessions.kept())
    (waiting,) = await again().jobs.recover(budget=0)
    assert (waiting.status, len(emulator._running().sessions.kept())) == ("waiting", sessions)
    assert [outcome.status for outcome in await again().jobs.recover()] == ["done"]


async def test_a_forgotten_job_is_not_gone_on_with(
    again: Callable[[], NemoVideo], emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """Forgetting takes it out of the ledger; an unknown id is none, and a job is no id."""
    nemo = again()
    await planned(
        emulator,
        lambda notice: nemo.make_video(photos[0], SHORT, tmp_path / "out.mp4", on_progress=notice),
    )
    (job,) = await nemo.jobs.list()

    await nemo.jobs.forget(job.job_id)
    await nemo.jobs.forget("job_that_never_was")
    with pytest.raises(InputError, match="job_id"):
        await nemo.jobs.forget(job)  # type: ignore[arg-type]  # an easy mistake

    assert await again().jobs.recover() == []
    assert emulator.bill.runs == 0


async def test_accounts_have_ledgers_of_their_own(
    again: Callable[[], NemoVideo], emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """Another account on the same file sees and resolves nothing."""
    nemo = again()
    await nemo.make_video(photos[0], SHORT, tmp_path / "out.mp4")
    theirs = nemo.with_token(emulator.register())

    assert await theirs.jobs.list(ended=True) == []
    assert await theirs.jobs.last_session() is None
    (job,) = await nemo.jobs.list(ended=True)
    with pytest.raises(InputError):
        await theirs.jobs.resolve(job.job_id)


async def test_a_service_on_this_machine_keeps_nothing_under_home(
    emulator: Emulator, photos: list[Path], home: Path, tmp_path: Path
) -> None:
    """By default the ledger is memory there, and says so; a path makes it durable."""
    async with NemoVideo(base_url=emulator.url, timeouts=QUICK) as nemo:
        await nemo.make_video(photos[0], SHORT, tmp_path / "out.mp4")
        assert not nemo.jobs.durable
        assert len(await nemo.jobs.list(ended=True)) == 1
    async with NemoVideo(base_url=emulator.url, ledger=tmp_path / "x") as nemo:
        assert nemo.jobs.durable

    assert list(home.iterdir()) == []


def test_the_ledger_has_its_usual_place(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the user's state folder, unless None or another place is given."""
    elsewhere = NemoVideo(base_url="https://api.test")._transport.ledger
    assert elsewhere.path == home / ".local" / "state" / "nemovideo" / "jobs.sqlite3"
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    elsewhere = NemoVideo(base_url="https://api.test")._transport.ledger
    assert elsewhere.path == Path("/state/nemovideo/jobs.sqlite3")
    assert NemoVideo(base_url="https://api.test", ledger=None)._transport.ledger.path is None
