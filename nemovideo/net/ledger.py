"""What was begun and is not finished, written down before it is done: nothing is orphaned."""

import asyncio
import functools
import json
import logging
import operator
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from nemovideo.models import Job, Output, VideoJob

if TYPE_CHECKING:
    import sqlite3

__all__ = ["Ledger", "new_id"]

_Result = TypeVar("_Result")

_VERSION: Final = 1
_SCHEMA: Final = f"""
CREATE TABLE IF NOT EXISTS jobs (
    job_id TEXT PRIMARY KEY, owner TEXT NOT NULL, kind TEXT NOT NULL, phase TEXT NOT NULL,
    session_id TEXT, render_id TEXT, path TEXT, output TEXT NOT NULL,
    began REAL NOT NULL, changed REAL NOT NULL,
    ended TEXT NOT NULL, digest TEXT NOT NULL, wish TEXT, before TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS open_jobs ON jobs (owner, ended);
PRAGMA user_version = {_VERSION};
"""
_COLUMNS: Final = tuple(field.name for field in attrs.fields(Job))
_values_of: Final = operator.attrgetter(*_COLUMNS)
_JSON: Final = frozenset({"wish", "before", "output"})
_INSERT: Final = (
    f"INSERT OR REPLACE INTO jobs ({', '.join(_COLUMNS)}) "  # noqa: S608  # our own names
    f"VALUES ({', '.join(f':{name}' for name in _COLUMNS)})"
)
_UPDATE: Final = (
    f"UPDATE jobs SET {', '.join(f'{name} = :{name}' for name in _COLUMNS)} "  # noqa: S608  # too
    "WHERE job_id = :job_id AND ended = ''"
)
_CLAIM: Final = f"{_UPDATE} AND phase = 'planned'"
_SELECT: Final = f"SELECT {', '.join(_COLUMNS)} FROM jobs"  # noqa: S608  # likewise
# A run lasts 15 minutes at the most (contract section 3): whatever began earlier has ended.
_RIVALS: Final = """
WHERE owner = ? AND job_id != ? AND digest != '' AND phase != 'planned' AND (
    phase = 'sending' AND ended = ''
    AND changed >= (SELECT changed FROM jobs WHERE job_id = ?) - 900
    OR changed >= (SELECT changed FROM jobs WHERE job_id = ?)
) LIMIT 1
"""
_FORGET_OLD: Final = """
DELETE FROM jobs WHERE ended != '' AND job_id NOT IN
    (SELECT job_id FROM jobs WHERE ended != '' ORDER BY job_id DESC LIMIT 1000)
OR kind = 'message' AND changed < unixepoch() - 604800
"""
_BUSY_SECONDS: Final = 30.0
_TIDY_EVERY: Final = 512
_INHERITED: Final[list["sqlite3.Connection"]] = []
"""Connections that came through a fork: not ours to use, nor to close."""
_log = logging.getLogger("nemovideo")


def new_id(kind: str) -> str:
    """Make an id that is unique, and sorted by the time of its making."""
    return f"{kind}_{time.time_ns() // 1_000_000:012x}{secrets.token_hex(6)}"


@attrs.define(eq=False)
class Ledger:
    """The jobs of all accounts, in an SQLite file that processes share.

    A file that is damaged, of a newer version or not to be written costs one log record, and is
    done without: what this process began is then kept in memory. No token is ever in it; an
    account is known by a digest.

    Attributes:
        path: The file, None for memory alone.
    """

    path: Path | None
    _connection: "sqlite3.Connection | None" = attrs.field(default=None, init=False, repr=False)
    _pid: int = attrs.field(factory=os.getpid, init=False, repr=False)
    _turn: threading.Lock = attrs.field(factory=threading.Lock, init=False, repr=False)
    _ours: dict[str, Job] = attrs.field(factory=dict, init=False, repr=False)
    _begun: int = attrs.field(default=0, init=False, repr=False)

    @property
    def durable(self) -> bool:
        """Whether what is written outlives this process."""
        return self.path is not None

    async def begin(self, job: Job) -> Job:
        """Write down a new job, as of now."""
        now = time.time()
        job = attrs.evolve(job, began=now, changed=now)
        self._ours[job.job_id] = job
        await self._run(lambda known: known.execute(_INSERT, _row(job)))
        return job

    async def save(self, job: Job) -> bool:
        """Write down how far a job is; False where it has been ended or forgotten meanwhile."""
        return await self._update(_UPDATE, job)

    async def claim(self, job: Job) -> bool:
        """Take the right to send the message of a planned job: only one ever gets it."""
        return await self._update(_CLAIM, job)

    async def answered(self, job: Job) -> None:
        """Write down that a message was carried out; of a job that is no more, that is the end."""
        if job.kind == "message":
            await self._end(job, phase="answered", ended="done")
        else:
            await self.save(attrs.evolve(job, phase="answered"))

    async def end(self, job: Job, how: str = "done") -> None:
        """Write down that nothing is left to do; what was private is erased."""
        await self._end(job, ended=how)

    async def end_render(self, owner: str, render_id: str, how: str) -> None:
        """Write down that a render is over, in whichever jobs it was ordered for."""
        ours = [job for job in self._ours.values() if job.render_id == render_id]
        for job in ours:
            del self._ours[job.job_id]
        words = (
            "UPDATE jobs SET ended = ?, phase = ?, changed = ?, wish = NULL, before = NULL"
            " WHERE owner = ? AND render_id = ? AND ended = ''"
        )
        phase = "fetched" if how == "done" else "submitted"
        values = (how, phase, time.time(), owner, render_id)
        await self._run(lambda known: known.execute(words, values))

    async def forget(self, job: Job) -> None:
        """Strike a job out."""
        self._ours.pop(job.job_id, None)
        words = "DELETE FROM jobs WHERE job_id = ?"
        await self._run(lambda known: known.execute(words, (job.job_id,)))

    async def find(self, owner: str, job_id: str) -> Job | None:
        """Give a job of an account by its id."""
        found = await self._select("WHERE owner = ? AND job_id = ?", owner, job_id)
        return found[0] if found else None

    async def jobs(self, owner: str) -> list[Job]:
        """Give the jobs of an account, the oldest first."""
        return await self._select("WHERE owner = ? ORDER BY job_id", owner)

    async def last_session(self, owner: str) -> str | None:
        """Give the session of an account that was worked in last."""
        found = await self._select(
            "WHERE owner = ? AND session_id IS NOT NULL ORDER BY changed DESC LIMIT 1", owner
        )
        return found[0].session_id if found else None

    async def is_alone(self, job: Job) -> bool:
        """Tell whether no other message of the account was under way since this job's was."""
        return not await self._select(_RIVALS, job.owner, *[job.job_id] * 3)

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        with self._turn:
            connection, self._connection = self._connection, None
            if connection is not None and self._pid == os.getpid():
                connection.close()

    async def _end(self, job: Job, **facts: str) -> None:
        await self._update(_UPDATE, job, wish=None, before=None, **facts)
        self._ours.pop(job.job_id, None)

    async def _update(self, words: str, job: Job, **facts: str | None) -> bool:
        row = {**_row(job), "changed": time.time(), **facts}
        done = await self._run(lambda known: known.execute(words, row).rowcount)
        if job.job_id in self._ours:
            self._ours[job.job_id] = job
        return bool(done)

    async def _select(self, condition: str, *values: object) -> list[Job]:
        words = f"{_SELECT} {condition}"
        rows = await self._run(lambda known: known.execute(words, values).fetchall())
        return [_job(row) for row in rows]

    async def _run(self, work: Callable[["sqlite3.Connection"], _Result]) -> _Result:
        """Use the file in a thread; memory needs none."""
        if self.path is None and self._connection is not None:
            return self._with_connection(work)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, self._with_connection, work)

    def _with_connection(self, work: Callable[["sqlite3.Connection"], _Result]) -> _Result:
        import sqlite3

        with self._turn:
            try:
                result = work(self._opened())
            except (sqlite3.Error, OSError) as error:
                if self.path is None:
                    raise
                self._go_on_in_memory(error)
                result = work(self._opened())
            self._tidy()
            return result

    def _opened(self) -> "sqlite3.Connection":
        if self._connection is not None and self._pid != os.getpid():
            _INHERITED.append(self._connection)
            self._connection = None
        if self._connection is None:
            self._connection, self._pid = _open(self.path), os.getpid()
        return self._connection

    def _go_on_in_memory(self, error: Exception) -> None:
        _log.warning("The ledger %s cannot be used (%s); going on in memory.", self.path, error)
        if self._connection is not None:
            self._connection.close()
        self.path, self._connection = None, None
        self._opened().executemany(_INSERT, map(_row, self._ours.values()))

    def _tidy(self) -> None:
        self._begun += 1
        if self._begun % _TIDY_EVERY == 0:
            self._opened().execute(_FORGET_OLD)


def _open(path: Path | None) -> "sqlite3.Connection":
    import sqlite3

    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite's own files follow it
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
    return connection


def _prepare(connection: "sqlite3.Connection") -> None:
    import sqlite3

    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise sqlite3.NotSupportedError(f"a newer nemovideo wrote it, version {version}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.executescript(_SCHEMA)
    connection.execute(_FORGET_OLD)


def _row(job: Job) -> Mapping[str, Any]:
    row = dict(zip(_COLUMNS, _values_of(job), strict=True))
    if job.wish is not None:
        row["wish"] = json.dumps(job.wish.to_json())
    if job.before is not None:
        row["before"] = json.dumps(job.before)
    row["output"] = _packed(job.output)
    return row


@functools.lru_cache(64)
def _packed(output: Output) -> str:
    return json.dumps(attrs.asdict(output))


def _job(row: tuple[Any, ...]) -> Job:
    facts = dict(zip(_COLUMNS, row, strict=True))
    facts |= {name: json.loads(facts[name]) for name in _JSON if facts[name] is not None}
    facts["output"] = Output(**facts["output"])
    if facts["wish"] is not None:
        facts["wish"] = VideoJob.from_json(facts["wish"])
    return Job(**facts)
