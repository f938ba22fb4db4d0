"""The ledger when its file fails, is locked, damaged in part, or taken away."""

import asyncio
import contextlib
import logging
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attrs
import pytest

from nemovideo.errors import ConfigurationError
from nemovideo.jobs import Job, VideoJob
from nemovideo.net import database
from nemovideo.net import ledger as module
from nemovideo.net.ledger import Ledger, new_id

WISH = VideoJob(("/p/a.jpg",), "a secret wish", "/p/a.mp4")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger is."""
    return tmp_path / "state" / "jobs.sqlite3"


def video(**facts: Any) -> Job:
    """A planned job of one account."""
    return attrs.evolve(Job(new_id("job"), "video", wish=WISH, owner="me"), **facts)


def sending(job: Job) -> Job:
    """The same job as whoever claims it writes it down."""
    return attrs.evolve(job, phase="sending")


def spoil(path: Path, words: str) -> None:
    """Change the file behind the ledger's back."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(words)


@contextlib.contextmanager
def busy(path: Path) -> Iterator[None]:
    """Let somebody else write, and not come to an end."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def beside(path: Path) -> bytes:
    """All that SQLite keeps of the ledger."""
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


@pytest.mark.parametrize("known_before", [True, False], ids=["before", "at the claim"])
async def test_a_plan_on_the_disk_is_not_carried_out_from_memory(
    path: Path, caplog: pytest.LogCaptureFixture, *, known_before: bool
) -> None:
    """The file still says that nothing was sent: a later process would send it once more."""
    ledger = Ledger(path)
    job = await ledger.begin(video())
    spoil(path, "DROP TABLE jobs")
    if known_before:
        await ledger.jobs("me")

    with pytest.raises(ConfigurationError, match=r"cannot be written any more; nothing was sent"):
        await ledger.claim(sending(job))

    assert not ledger.durable
    assert [kept.phase for kept in await ledger.jobs("me")] == ["planned"]
    assert len(caplog.records) == 1
    await ledger.aclose()


async def test_a_plan_of_another_process_is_not_carried_out_from_memory(path: Path) -> None:
    """Neither is what somebody else wrote into the file that failed."""
    theirs, ours = Ledger(path), Ledger(path)
    job = await theirs.begin(video())
    await ours.jobs("me")
    spoil(path, "DROP TABLE jobs")

    with pytest.raises(ConfigurationError, match="cannot be written any more"):
        await ours.claim(sending(job))

    await theirs.aclose()
    await ours.aclose()


async def test_a_plan_that_is_in_memory_alone_is_carried_out(path: Path) -> None:
    """Nobody else can know of a job that was begun after the file had failed."""
    ledger = Ledger(path)
    await ledger.begin(video())
    spoil(path, "DROP TABLE jobs")
    job = await ledger.begin(video())

    assert await ledger.claim(sending(job))
    assert not await ledger.claim(sending(await ledger.begin(video(phase="sending"))))
    await ledger.aclose()


async def test_a_claim_that_nobody_waited_for_is_remembered(path: Path) -> None:
    """A file that has to be made anew must not say again that nothing was sent."""
    threads = ThreadPoolExecutor(1)
    asyncio.get_running_loop().set_default_executor(threads)
    ledger = Ledger(path)
    job = await ledger.begin(video())
    with ledger._turn:
        claim = asyncio.create_task(ledger.claim(sending(job)))
        await asyncio.sleep(0)
        while threads._work_queue.qsize():  # noqa: ASYNC110  # until it is under way
            await asyncio.sleep(0.01)
        claim.cancel()
    await asyncio.wait([claim])
    path.unlink()

    assert not await ledger.claim(sending(job))
    await ledger.aclose()


async def test_a_wrong_argument_is_no_damage(path: Path) -> None:
    """Its caller hears of it, and the file stays in use."""
    ledger = Ledger(path)

    with pytest.raises((sqlite3.ProgrammingError, sqlite3.InterfaceError)):
        await ledger.find("me", object())  # type: ignore[arg-type]  # the mistake

    assert ledger.durable
    await ledger.aclose()


FORKED = """
import asyncio, os, signal, sys, threading
from pathlib import Path
from nemovideo.net.ledger import Ledger

ledger, inside, go_on = Ledger(Path(sys.argv[1])), threading.Event(), threading.Event()
asyncio.run(ledger.jobs("me"))

def slow(known):
    inside.set()
    go_on.wait()

thread = threading.Thread(target=ledger._with_connection, args=(slow,))
thread.start()
inside.wait()
if os.fork() == 0:
    signal.alarm(10)
    asyncio.run(ledger.jobs("me"))
    os._exit(0)
status = os.wait()[1]
go_on.set()
thread.join()
asyncio.run(ledger.aclose())
print(status)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_fork_does_not_wait_for_a_thread_that_it_left_behind(path: Path) -> None:
    """The child has no such thread, and a lock of its own."""
    words = [sys.executable, "-c", FORKED, str(path)]

    shown = subprocess.run(words, capture_output=True, text=True, check=True, timeout=30)

    assert shown.stdout.strip() == "0"


async def test_tidying_is_left_for_later_when_somebody_writes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read neither fails nor waits for it, and the ledger stays on the disk."""
    monkeypatch.setattr(module, "_TIDY_EVERY", 1)
    ledger = Ledger(path)
    await ledger.jobs("me")

    with busy(path):
        begun = time.monotonic()
        assert await ledger.jobs("me") == []
        assert time.monotonic() - begun < 2

    assert ledger.durable
    await ledger.aclose()


async def test_a_busy_file_can_be_opened_and_read(path: Path) -> None:
    """Opening what is there already writes nothing that has to be waited for."""
    first, second = Ledger(path), Ledger(path)
    job = await first.begin(video())

    with busy(path):
        begun = time.monotonic()
        assert await second.jobs("me") == [job]
        assert time.monotonic() - begun < 2

    await first.aclose()
    await second.aclose()


async def test_closing_waits_for_a_busy_file_without_holding_up_the_loop(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other tasks go on meanwhile."""
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0.5)
    ledger, turns = Ledger(path), 0
    await ledger.jobs("me")

    with busy(path):
        writing = asyncio.create_task(ledger.begin(video()))
        await asyncio.sleep(0.05)
        closing = asyncio.create_task(ledger.aclose())
        while not closing.done():
            await asyncio.sleep(0.01)
            turns += 1
        await writing

    assert turns > 10


async def test_what_is_used_after_closing_is_closed_again(path: Path) -> None:
    """Each use opens the file, works and leaves nothing open."""
    ledger = Ledger(path)
    job = await ledger.begin(video())
    await ledger.aclose()

    assert await ledger.claim(sending(job))

    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert [kept.phase for kept in await ledger.jobs("me")] == ["sending"]
    await ledger.aclose()


@pytest.mark.parametrize("what", ["jobs", "never used", "memory"])
async def test_closing_twice_is_fine(path: Path, what: str) -> None:
    """As for all that can be closed."""
    ledger = Ledger(None if what == "memory" else path)
    if what != "never used":
        await ledger.jobs("me")

    await ledger.aclose()
    await ledger.aclose()

    assert await ledger.jobs("me") == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("output", "{"),
        ("output", '{"format": "mp4", "fps": 30}'),
        ("output", "[]"),
        ("wish", '"x'),
        ("wish", "{}"),
        ("wish", "[1]"),
        ("before", "{"),
        ("before", "7"),
    ],
)
async def test_a_row_that_cannot_be_read_costs_no_other(
    path: Path, caplog: pytest.LogCaptureFixture, column: str, value: str
) -> None:
    """It is passed over, with one record in the log, and left as it is."""
    ledger = Ledger(path)
    bad, good = await ledger.begin(video()), await ledger.begin(video())
    spoil(path, f"UPDATE jobs SET {column} = '{value}' WHERE job_id = '{bad.job_id}'")

    with caplog.at_level(logging.WARNING, "nemovideo"):
        assert await ledger.jobs("me") == [good]
        assert await ledger.find("me", bad.job_id) is None
        assert await ledger.jobs("me") == [good]

    assert [bad.job_id in record.getMessage() for record in caplog.records] == [True]
    assert ledger.durable
    await ledger.aclose()


async def test_a_message_that_cannot_be_read_is_still_a_rival(path: Path) -> None:
    """Its row is there, so it may have been carried out."""
    ledger = Ledger(path)
    other = await ledger.begin(
        video(kind="message", phase="sending", digest="x", session_id="1", wish=None)
    )
    job = await ledger.begin(video(kind="message", phase="sending", digest="x", session_id="2"))
    spoil(path, f"UPDATE jobs SET output = '' WHERE job_id = '{other.job_id}'")

    assert not await ledger.is_alone(job)
    await ledger.aclose()


def removed(path: Path) -> None:
    """Take the file away, with all that belongs to it."""
    for file in path.parent.iterdir():
        file.unlink()


def replaced(path: Path) -> None:
    """Put another ledger in its place."""
    removed(path)
    other = Ledger(path)
    asyncio.run(other.begin(Job("other", "message", owner="me")))
    asyncio.run(other.aclose())


@pytest.mark.parametrize(("change", "more"), [(removed, []), (replaced, ["other"])])
async def test_a_file_that_was_taken_away_is_made_anew(
    path: Path, change: Callable[[Path], None], more: list[str]
) -> None:
    """What is open here is in the new one, for whoever comes later."""
    ledger = Ledger(path)
    await ledger.end(await ledger.begin(video()))
    job = await ledger.begin(video())
    await asyncio.to_thread(change, path)

    assert await ledger.claim(sending(job))
    later = Ledger(path)
    assert [kept.job_id for kept in await later.jobs("me")] == [job.job_id, *more]
    assert not await later.claim(sending(job))

    assert ledger.durable
    await ledger.aclose()
    await later.aclose()


@pytest.mark.parametrize("way", ["ended", "rendered", "forgotten"])
async def test_a_prompt_is_gone_at_once(path: Path, way: str) -> None:
    """No file beside the ledger holds it, although the ledger is open."""
    ledger = Ledger(path)
    job = await ledger.begin(video(render_id="r"))
    assert b"secret" in beside(path)

    if way == "ended":
        await ledger.end(job)
    elif way == "rendered":
        await ledger.end_render("me", "r", "done")
    else:
        await ledger.forget(job)

    assert b"secret" not in beside(path)
    await ledger.aclose()


async def test_a_prompt_that_somebody_still_reads_is_gone_later(path: Path) -> None:
    """The next use of the ledger erases what could not be erased in time."""
    ledger = Ledger(path)
    job = await ledger.begin(video())
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM jobs").fetchall()
        await ledger.end(job)
        assert b"secret" in beside(path)

    await ledger.jobs("me")

    assert b"secret" not in beside(path)
    await ledger.aclose()
