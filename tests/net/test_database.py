"""The file of a ledger, as somebody finds it who only looks."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest

from nemovideo.jobs import Job
from nemovideo.net.database import examined, opened
from nemovideo.net.ledger import Ledger, new_id

VERSION_2 = """
CREATE TABLE jobs (
    job_id TEXT PRIMARY KEY, owner TEXT NOT NULL, kind TEXT NOT NULL, phase TEXT NOT NULL,
    session_id TEXT, render_id TEXT, path TEXT, output TEXT NOT NULL,
    began REAL NOT NULL, changed REAL NOT NULL,
    ended TEXT NOT NULL, digest TEXT NOT NULL, wish TEXT, before TEXT
) WITHOUT ROWID;
CREATE TABLE projects (
    owner TEXT NOT NULL, name TEXT NOT NULL, session_id TEXT NOT NULL, language TEXT,
    PRIMARY KEY (owner, name)
) WITHOUT ROWID;
INSERT INTO jobs VALUES
    ('a', 'me', 'message', 'sending', '1', NULL, NULL, '{}', 1, 1, '', 'x', NULL, NULL);
PRAGMA user_version = 2;
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger is; its name is no plain address."""
    return tmp_path / "one 100% #1?" / "jobs.sqlite3"


async def filled(path: Path, jobs: int) -> None:
    """Write down some jobs that are open, and one that is done."""
    ledger = Ledger(path)
    for _ in range(jobs):
        await ledger.begin(Job(new_id("job"), "render", owner="me"))
    await ledger.end(await ledger.begin(Job(new_id("job"), "render", owner="me")))
    await ledger.aclose()


async def test_a_ledger_tells_its_version_and_what_is_open(path: Path) -> None:
    """Nothing is left beside it."""
    await filled(path, 3)
    before = path.read_bytes(), sorted(path.parent.iterdir())

    version, jobs = examined(path)

    assert jobs == 3
    assert version >= 1
    assert (path.read_bytes(), sorted(path.parent.iterdir())) == before


async def test_a_ledger_in_use_can_be_examined(path: Path) -> None:
    """Whoever writes is not in the way."""
    await filled(path, 1)
    other, _ = opened(path)
    other.execute("BEGIN IMMEDIATE")

    _, jobs = examined(path)

    other.close()
    assert jobs == 1


def test_a_file_that_nobody_wrote_into_has_no_version(path: Path) -> None:
    """It stays empty."""
    path.parent.mkdir()
    path.touch()

    assert examined(path) == (0, 0)
    assert path.read_bytes() == b""


def test_a_missing_file_is_not_made(path: Path) -> None:
    """It is an error of SQLite."""
    path.parent.mkdir()

    with pytest.raises(sqlite3.OperationalError):
        examined(path)

    assert not path.exists()


async def test_damage_is_found_wherever_it_is(path: Path) -> None:
    """The head alone would still open, and to count what is open not all of it is read."""
    await filled(path, 100)
    content, page = path.read_bytes(), 4096
    pages = len(content) // page

    for place in range(1, pages):
        path.write_bytes(content[: place * page] + bytes(page) + content[(place + 1) * page :])
        with pytest.raises(sqlite3.DatabaseError):
            examined(path)

    assert pages > 3


async def test_a_file_of_the_second_version_is_taken_over(path: Path) -> None:
    """What is in it goes on, also where two processes open it at once."""
    path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(path)) as old:
        old.executescript(VERSION_2)
    ledgers = [Ledger(path) for _ in range(8)]

    found = await asyncio.gather(*(ledger.find("me", "a") for ledger in ledgers))
    assert found[0]
    await ledgers[0].answered(found[0])
    (job,) = await ledgers[1].jobs("me")

    assert (job.phase, job.ended) == ("answered", "done")
    assert all(ledger.durable for ledger in ledgers)
    for ledger in ledgers:
        await ledger.aclose()
    assert examined(path)[0] > 2


async def test_a_newer_file_is_told(path: Path) -> None:
    """What is in it is not for us to read."""
    await filled(path, 1)
    other, _ = opened(path)
    other.execute("PRAGMA user_version = 99")
    other.close()

    with pytest.raises(sqlite3.NotSupportedError, match="version 99"):
        examined(path)
