import asyncio
import contextlib
import logging

import pytest

from nemovideo.models import Progress
from nemovideo.net.progress import Reporter


def upload(done: float) -> Progress:
    """A report of an upload."""
    return Progress("upload", done, 10, "bytes")


async def test_the_latest_report_wins() -> None:
    """A slow screen misses steps, never the last one."""
    seen: list[Progress] = []

    async with Reporter(seen.append) as reporter:
        for done in range(11):
            reporter.report(upload(done))

    assert seen == [upload(10)]


async def test_of_each_stage_the_last_report_arrives() -> None:
    """In the order of the stages."""
    seen: list[Progress] = []

    async with Reporter(seen.append) as reporter:
        for stage in ("upload", "agent", "render"):
            reporter.report(Progress(stage, 1))
            reporter.report(Progress(stage, 2))

    assert seen == [Progress(stage, 2) for stage in ("upload", "agent", "render")]


async def test_jobs_of_a_batch_do_not_replace_each_other() -> None:
    """The last report of each job arrives, also of the same stage."""
    seen: list[Progress] = []

    async with Reporter(seen.append) as reporter:
        for job in ("a", "b"):
            reporter.report(Progress("render", 1, job=job))
            reporter.report(Progress("render", 2, job=job))

    assert seen == [Progress("render", 2, job=job) for job in ("a", "b")]


async def test_at_most_ten_reports_come_in_a_second() -> None:
    """A screen is not flooded."""
    seen: list[Progress] = []

    async with Reporter(seen.append) as reporter:
        for done in range(40):
            reporter.report(upload(done))
            await asyncio.sleep(0.01)

    assert 2 <= len(seen) <= 7


async def test_a_callback_may_be_async() -> None:
    """It is awaited, one call at a time."""
    seen: list[str] = []

    async def show(progress: Progress) -> None:
        seen.append(f"begin {progress.stage}")
        await asyncio.sleep(0)
        seen.append(f"end {progress.stage}")

    async with Reporter(show) as reporter:
        reporter.report(Progress("upload"))
        reporter.report(Progress("agent"))

    assert seen == ["begin upload", "end upload", "begin agent", "end agent"]


async def test_a_last_report_that_is_being_shown_is_shown_to_its_end() -> None:
    """The end of the job does not break off what a callback has begun."""
    seen: list[Progress] = []

    async def show(progress: Progress) -> None:
        await asyncio.sleep(0.05)
        seen.append(progress)

    async with Reporter(show) as reporter:
        reporter.report(upload(10))
        await asyncio.sleep(0.01)

    assert seen == [upload(10)]


async def test_a_callback_that_raises_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """It never costs the job, and later reports still come."""
    seen: list[Progress] = []

    def show(progress: Progress) -> None:
        seen.append(progress)
        raise ZeroDivisionError

    async with Reporter(show) as reporter:
        reporter.report(upload(1))
        await asyncio.sleep(0.15)
        reporter.report(upload(2))

    assert seen == [upload(1), upload(2)]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_a_stuck_callback_cannot_hang_the_job() -> None:
    """Leaving takes a moment, not for ever."""

    async def show(_: Progress) -> None:
        await asyncio.Event().wait()

    async with asyncio.timeout(4), Reporter(show) as reporter:
        reporter.report(upload(1))
        await asyncio.sleep(0.01)
        reporter.report(upload(2))


async def test_a_callback_that_swallows_its_cancellation_cannot_hang_the_job() -> None:
    """Even one that goes on after it was told to stop."""
    reporters: list[Reporter] = []
    free = asyncio.Event()

    async def show(_: Progress) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await free.wait()

    async def job() -> None:
        async with Reporter(show) as reporter:
            reporters.append(reporter)
            reporter.report(upload(1))
            await asyncio.sleep(0.01)

    task = asyncio.create_task(job())
    done, _ = await asyncio.wait([task], timeout=2.5)
    task.cancel()
    await asyncio.wait([task])
    if inner := reporters[0]._task:
        inner.cancel()
        await asyncio.wait([inner])

    assert done


async def test_a_cancelled_job_says_nothing_more() -> None:
    """Cancelling is quick."""
    seen: list[Progress] = []

    async def job() -> None:
        async with Reporter(seen.append) as reporter:
            reporter.report(upload(1))
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await job()

    assert seen == []


async def test_a_job_that_fails_still_tells_its_last_report() -> None:
    """A screen shows how far it came."""
    seen: list[Progress] = []

    async def job() -> None:
        async with Reporter(seen.append) as reporter:
            reporter.report(upload(3))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await job()

    assert seen == [upload(3)]


async def test_without_a_callback_nothing_happens() -> None:
    """Reports are taken and forgotten."""
    async with Reporter(None) as reporter:
        reporter.report(upload(1))
