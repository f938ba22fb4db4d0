"""The SQLite file behind the ledger: made, opened, told from others, tidied, examined."""

import contextlib
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

__all__ = ["at_leisure", "examined", "identity", "opened"]

_VERSION: Final = 3
_JOBS: Final = """
CREATE TABLE IF NOT EXISTS jobs (
    job_id TEXT PRIMARY KEY, owner TEXT NOT NULL, kind TEXT NOT NULL, phase TEXT NOT NULL,
    session_id TEXT, render_id TEXT, path TEXT, output TEXT NOT NULL,
    began REAL NOT NULL, changed REAL NOT NULL,
    ended TEXT NOT NULL, digest TEXT NOT NULL, wish TEXT, before TEXT, answered REAL
) WITHOUT ROWID
"""
_OPEN_JOBS: Final = "CREATE INDEX IF NOT EXISTS open_jobs ON jobs (owner, ended)"
_PROJECTS: Final = """
CREATE TABLE IF NOT EXISTS projects (
    owner TEXT NOT NULL, name TEXT NOT NULL, session_id TEXT NOT NULL, language TEXT,
    PRIMARY KEY (owner, name)
) WITHOUT ROWID
"""
_BUSY_SECONDS: Final = 30.0
_log = logging.getLogger("nemovideo")


def identity(path: Path | None) -> tuple[int, int] | None:
    """Tell a file from another of the same name; None where there is none."""
    if path is None:
        return None
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def opened(path: Path | None) -> tuple["sqlite3.Connection", tuple[int, int] | None]:
    """Open the file of a ledger, made where it is missing, or one in memory.

    Returns:
        The connection, and the `identity` of its file.

    Raises:
        sqlite3.Error: It is damaged, locked for too long, or of a newer version.
        OSError: It cannot be made.
    """
    import sqlite3

    if path is not None:
        _make(path)
    known = identity(path)  # of before: one that is replaced from here on is noticed
    connection = sqlite3.connect(
        path or ":memory:",
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection, known


def examined(path: Path) -> tuple[int, int]:
    """Read the whole file of a ledger, and leave no trace.

    Returns:
        Its version, 0 where nothing was ever written into it, and how many jobs in it are open.

    Raises:
        sqlite3.NotSupportedError: A newer version wrote it.
        sqlite3.Error: It is damaged, or locked for too long.
    """
    import sqlite3

    # A connection that may only read would leave the files behind that SQLite puts beside it.
    address = f"{path.absolute().as_uri()}?mode=rw"
    with contextlib.closing(sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS)) as known:
        version = _known_version(known)
        (fault,) = known.execute("PRAGMA quick_check(1)").fetchone()
        if fault != "ok":
            raise sqlite3.DatabaseError(" ".join(fault.split()))
        if not version:
            return 0, 0
        (jobs,) = known.execute("SELECT count(*) FROM jobs WHERE ended = ''").fetchone()
        return version, jobs


def _make(path: Path) -> None:
    """Make the file where it is missing; those that SQLite puts beside it take its mode."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _prepare(connection: "sqlite3.Connection") -> None:
    version = _known_version(connection)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA secure_delete = ON")
    if version < _VERSION:
        _bring_up(connection)


def _bring_up(connection: "sqlite3.Connection") -> None:
    """Make what is missing, all or nothing; another process may have been first."""
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        for words in (_JOBS, _OPEN_JOBS, _PROJECTS):
            connection.execute(words)
        columns = {name for _, name, *_ in connection.execute("PRAGMA table_info(jobs)")}
        if "answered" not in columns:  # before version 3
            connection.execute("ALTER TABLE jobs ADD COLUMN answered REAL")
        connection.execute(f"PRAGMA user_version = {_VERSION}")


def _known_version(connection: "sqlite3.Connection") -> int:
    import sqlite3

    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise sqlite3.NotSupportedError(f"a newer nemovideo wrote it, version {version}")
    return version


def at_leisure(connection: "sqlite3.Connection", words: str) -> bool:
    """Do what can wait for another time: it holds nobody up, and its failure is none.

    Returns:
        Whether it was done.
    """
    import sqlite3

    try:
        connection.execute("PRAGMA busy_timeout = 0")
        found = connection.execute(words).fetchone()
    except sqlite3.Error as error:
        _log.debug("The ledger could not be tidied: %s", error)
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000:.0f}")
    is_busy = found is not None and found[0]
    return not is_busy
