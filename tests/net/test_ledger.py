"""The ledger: on disk, shared, private, and never in the way."""

import asyncio
import json
import logging
import os
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import attrs
import pytest

from nemovideo.jobs import Job, VideoJob
from nemovideo.models import Output
from nemovideo.net.ledger import Ledger, new_id

WISH = VideoJob(("/p/a.jpg",), "a secret wish", "/p/a.mp4", output=Output(quality="low"))
BEFORE = {"digest": "d", "available": 50, "frozen": 0, "draft": {"d": 2**64, "t": []}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger is; its folder does not exist yet."""
    return tmp_path / "state" / "jobs.sqlite3"


def video(**facts: Any) -> Job:
    """A planned job of one account."""
    return attrs.evolve(
        Job(new_id("job"), "video", path="/p/a.mp4", wish=WISH, output=WISH.output, owner="me"),
        **facts,
    )


async def test_a_job_is_read_back_as_it_was_written(path: Path) -> None:
    """Every field survives the file and another process's eyes."""
    ours, theirs = Ledger(path), Ledger(path)
    job = await ours.begin(
        video(session_id="7412345678901234567", render_id="r", digest="x", before=BEFORE)
    )

    assert await theirs.find("me", job.job_id) == job
    await ours.aclose()
    await theirs.aclose()


async def test_a_path_need_not_be_text(path: Path) -> None:
    """Names of files are bytes on some systems."""
    ledger = Ledger(path)
    job = await ledger.begin(video(path=os.fsdecode(b"/p/\xff.mp4")))

    assert await ledger.find("me", job.job_id) == job
    await ledger.aclose()


async def test_only_its_owner_can_read_the_file(path: Path) -> None:
    """Folder, file and what SQLite keeps beside it."""
    ledger = Ledger(path)
    await ledger.begin(video())

    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert len(list(path.parent.iterdir())) > 1
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    await ledger.aclose()


async def test_the_right_to_send_is_given_once(path: Path) -> None:
    """Of twenty who ask at the same time, one gets it."""
    ledgers = [Ledger(path) for _ in range(20)]
    job = await ledgers[0].begin(video())

    granted = await asyncio.gather(
        *(ledger.claim(attrs.evolve(job, phase="sending")) for ledger in ledgers)
    )

    assert granted.count(True) == 1
    for ledger in ledgers:
        await ledger.aclose()


@pytest.mark.parametrize("phase", ["sending", "answered", "submitted", "fetched"])
async def test_no_right_to_send_behind_the_plan(path: Path, phase: str) -> None:
    """What may have been sent is never sent again."""
    ledger = Ledger(path)
    job = await ledger.begin(video(phase=phase))

    assert not await ledger.claim(attrs.evolve(job, phase="sending"))
    await ledger.aclose()


async def test_what_has_ended_stays_so(path: Path) -> None:
    """Whoever still holds an older copy cannot open it again, nor send."""
    ledger = Ledger(path)
    job = await ledger.begin(video())
    await ledger.end(job, "cancelled")

    assert not await ledger.save(attrs.evolve(job, phase="submitted"))
    assert not await ledger.claim(attrs.evolve(job, phase="sending"))
    kept = await ledger.find("me", job.job_id)
    assert kept
    assert (kept.phase, kept.ended, kept.is_open) == ("planned", "cancelled", False)
    await ledger.aclose()


async def test_a_prompt_is_gone_with_its_job(path: Path) -> None:
    """Neither the row nor the file holds it any more."""
    ledger = Ledger(path)
    job = await ledger.begin(video(before=BEFORE))
    assert "a secret wish" in (await ledger.jobs("me"))[0].wish.prompt  # type: ignore[union-attr]  # it is there

    await ledger.end(attrs.evolve(job, phase="fetched"))
    await ledger.aclose()

    content = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert job.job_id.encode() in content
    assert b"secret" not in content


async def test_a_render_that_is_over_ends_its_job(path: Path) -> None:
    """Under whichever job it was ordered, of this account alone."""
    ledger = Ledger(path)
    ours = await ledger.begin(video(phase="submitted", render_id="r"))
    theirs = await ledger.begin(video(phase="submitted", render_id="r", owner="they"))

    await ledger.end_render("me", "r", "done")

    assert [job.is_open for job in await ledger.jobs("me")] == [False]
    assert await ledger.jobs("they") == [theirs]
    assert (await ledger.jobs("me"))[0].job_id == ours.job_id
    await ledger.aclose()


async def test_accounts_do_not_see_each_other(path: Path) -> None:
    """A job of another account is none."""
    ledger = Ledger(path)
    job = await ledger.begin(video(owner="they"))

    assert await ledger.jobs("me") == []
    assert await ledger.find("me", job.job_id) is None
    assert await ledger.last_session("me") is None
    await ledger.aclose()


async def test_the_last_session_is_the_one_that_was_worked_in(path: Path) -> None:
    """By the time of the last phase, ended or not."""
    ledger = Ledger(path)
    first = await ledger.begin(video(session_id="1"))
    await ledger.begin(video(session_id="2"))
    await ledger.begin(video())
    await ledger.end(first)

    assert await ledger.last_session("me") == "1"
    await ledger.aclose()


async def test_other_messages_of_the_account_are_known(path: Path) -> None:
    """Those that are open, or were under way since; not those before, nor of others."""
    ledger = Ledger(path)
    early = await ledger.begin(video(kind="message", phase="sending", digest="x"))
    await ledger.answered(early)
    job = await ledger.begin(video(kind="message", phase="sending", digest="x"))
    await ledger.begin(video(kind="message", phase="sending", digest="x", owner="they"))
    await ledger.begin(video(digest=""))
    assert await ledger.is_alone(job)

    other = await ledger.begin(video(kind="message", phase="sending", digest="x"))
    assert not await ledger.is_alone(job)
    await ledger.answered(other)
    assert not await ledger.is_alone(job)
    await ledger.aclose()


async def test_other_messages_are_known_from_an_earlier_moment_on(path: Path) -> None:
    """One that ended before this one was sent counts for whoever asks from before its end on."""
    ledger, began = Ledger(path), time.time()
    other = await ledger.begin(video(kind="message", phase="sending", digest="x"))
    await ledger.answered(other)
    looked = time.time()
    job = await ledger.begin(video(kind="message", phase="sending", digest="x"))

    assert await ledger.is_alone(job)
    assert await ledger.is_alone(job, looked)
    assert not await ledger.is_alone(job, began)
    await ledger.aclose()


async def test_what_comes_after_a_message_makes_it_no_rival(path: Path) -> None:
    """It was answered before this one was sent; that its video is finished since says nothing."""
    ledger = Ledger(path)
    other = await ledger.begin(video(session_id="1", digest="x"))
    other = attrs.evolve(other, phase="sending")
    assert await ledger.claim(other)
    await ledger.answered(other)
    job = await ledger.begin(
        video(kind="message", phase="sending", session_id="1", digest="x", wish=None)
    )

    await ledger.save(attrs.evolve(other, phase="submitted", render_id="r"))
    await ledger.end(attrs.evolve(other, phase="fetched", render_id="r"))

    assert await ledger.is_alone(job)
    assert not await ledger.is_followed(job)
    await ledger.aclose()


async def test_a_message_that_was_refused_and_sent_again_is_a_rival(path: Path) -> None:
    """Its first ending is not its last."""
    ledger = Ledger(path)
    other = await ledger.begin(video(session_id="1", digest="x"))
    assert await ledger.claim(attrs.evolve(other, phase="sending"))
    assert await ledger.save(attrs.evolve(other, phase="planned"))
    job = await ledger.begin(
        video(kind="message", phase="sending", session_id="1", digest="x", wish=None)
    )
    assert await ledger.is_alone(job)

    assert await ledger.claim(attrs.evolve(other, phase="sending"))

    assert not await ledger.is_alone(job)
    assert await ledger.is_followed(job)
    await ledger.aclose()


async def test_an_old_doubt_says_nothing_of_today(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that was left open is no rival after its longest time; no clock strikes it out."""
    now = time.time()
    ledger = Ledger(path)
    for age in (8 * 24 * 3600, 1000, 800):
        monkeypatch.setattr(time, "time", lambda age=age: now - age)
        left = await ledger.begin(video(kind="message", phase="sending", digest="x"))
    monkeypatch.setattr(time, "time", lambda: now)
    job = await ledger.begin(video(kind="message", phase="sending", digest="x"))

    assert not await ledger.is_alone(job)
    await ledger.forget(left)
    assert await ledger.is_alone(job)
    await ledger.aclose()
    assert len(await ledger.jobs("me")) == 3
    await ledger.aclose()


async def test_a_doubt_that_has_ended_stays_where_it_was_in_time(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have spent beside what was sent soon after it, and followed nothing by its end."""
    now = time.time()
    ledger = Ledger(path)
    monkeypatch.setattr(time, "time", lambda: now - 1200)
    doubt = await ledger.begin(
        video(kind="message", phase="sending", session_id="1", digest="x", before={"draft": {}})
    )
    monkeypatch.setattr(time, "time", lambda: now - 1000)
    beside = await ledger.begin(video(kind="message", phase="sending", session_id="1", digest="x"))
    monkeypatch.setattr(time, "time", lambda: now)

    await ledger.close(doubt)
    later = await ledger.begin(video(kind="message", phase="sending", session_id="1", digest="x"))
    await ledger.forget(later)

    [kept] = [job for job in await ledger.jobs("me") if job.job_id == doubt.job_id]
    assert (kept.ended, kept.is_open, kept.before) == ("unclear", False, None)
    assert not await ledger.is_alone(beside)
    assert not await ledger.is_followed(beside)
    await ledger.end(beside)
    await ledger.aclose()


async def test_a_forgotten_job_is_gone(path: Path) -> None:
    """Its phases can no longer be written, which its owner notices."""
    ledger = Ledger(path)
    job = await ledger.begin(video())
    await ledger.forget(job)

    assert not await ledger.save(attrs.evolve(job, phase="submitted"))
    assert await ledger.jobs("me") == []
    await ledger.aclose()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"no database at all, but a text of some length" * 30, id="text"),
        pytest.param(b"SQLite format 3\0" + bytes(range(256)) * 20, id="torn"),
    ],
)
async def test_a_damaged_file_is_done_without(
    path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """One record in the log, and everything goes on in memory."""
    path.parent.mkdir()
    path.write_bytes(content)
    ledger = Ledger(path)
    before = ledger.durable

    with caplog.at_level(logging.WARNING, "nemovideo"):
        job = await ledger.begin(video())
        assert await ledger.claim(attrs.evolve(job, phase="sending"))
        await ledger.jobs("me")

    assert (before, ledger.durable) == (True, False)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "going on in memory" in caplog.text
    assert path.read_bytes() == content
    await ledger.aclose()


async def test_a_newer_file_is_left_alone(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A version that nobody here knows is not written to."""
    path.parent.mkdir()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    ledger = Ledger(path)

    await ledger.begin(video())

    assert not ledger.durable
    assert "a newer nemovideo wrote it" in caplog.text
    await ledger.aclose()


async def test_a_folder_that_cannot_be_is_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A ledger that cannot be made costs a record, not the work."""
    (tmp_path / "file").write_text("")
    ledger = Ledger(tmp_path / "file" / "jobs.sqlite3")

    job = await ledger.begin(video())

    assert await ledger.find("me", job.job_id) == job
    assert len(caplog.records) == 1
    await ledger.aclose()


async def test_what_was_begun_goes_along_into_memory(path: Path) -> None:
    """A disk that fails in the middle takes no job of ours away."""
    ledger = Ledger(path)
    job = await ledger.begin(video(phase="sending"))
    breaker = sqlite3.connect(path)
    breaker.execute("DROP TABLE jobs")
    breaker.close()

    assert await ledger.save(attrs.evolve(job, phase="answered"))

    assert not ledger.durable
    assert [kept.phase for kept in await ledger.jobs("me")] == ["answered"]
    await ledger.aclose()


async def test_memory_keeps_the_last_thousand(tmp_path: Path) -> None:
    """What has ended is forgotten in time; what is open never."""
    ledger = Ledger(None)
    await ledger.begin(video())
    for _ in range(1600):
        await ledger.end(await ledger.begin(video()))

    kept = await ledger.jobs("me")
    assert len(kept) < 1600
    assert kept[0].is_open
    assert list(tmp_path.iterdir()) == []
    await ledger.aclose()


def test_ids_sort_by_their_time() -> None:
    """And none comes twice, however fast they are made."""
    ids = [new_id("job") for _ in range(2000)]

    assert len(set(ids)) == len(ids)
    assert [one[:16] for one in ids] == sorted(one[:16] for one in ids)


FORKED = """
import asyncio, os, sys
from pathlib import Path
from typing import Any
from nemovideo.jobs import Job
from nemovideo.net.ledger import Ledger

ledger = Ledger(Path(sys.argv[1]))

def note(name):
    asyncio.run(ledger.begin(Job(name, "video", owner="me")))

note("1")
if os.fork() == 0:
    note("2")
    asyncio.run(ledger.aclose())
    sys.exit()
os.wait()
note("3")
print([job.job_id for job in asyncio.run(ledger.jobs("me"))])
asyncio.run(ledger.aclose())
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_fork_opens_the_file_anew(path: Path) -> None:
    """Parent and child each write, and neither closes what is the other's."""
    words = [sys.executable, "-W", "error", "-c", FORKED, str(path)]

    shown = subprocess.run(words, capture_output=True, text=True, check=True, timeout=30)

    assert shown.stdout.strip() == "['1', '2', '3']"
    assert shown.stderr == ""


async def test_no_token_is_ever_in_the_file(path: Path) -> None:
    """The columns have no room for one."""
    ledger = Ledger(path)
    await ledger.begin(video())
    await ledger.aclose()

    reader = sqlite3.connect(path)
    columns = [row[1] for row in reader.execute("PRAGMA table_info(jobs)")]
    reader.close()
    assert "token" not in json.dumps(columns)
