"""What was begun and is not finished, written down before it is done: nothing is orphaned."""

import asyncio
import logging
import os
import secrets
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from nemovideo.errors import ConfigurationError
from nemovideo.jobs import Job
from nemovideo.net.database import at_leisure, identity, opened
from nemovideo.net.rows import COLUMNS, job_of, row_of

if TYPE_CHECKING:
    import sqlite3

__all__ = ["LONGEST_RUN", "Ledger", "new_id"]

_Result = TypeVar("_Result")

_INSERT: Final = (
    f"INSERT OR REPLACE INTO jobs ({', '.join(COLUMNS)}) "  # noqa: S608  # our own names
    f"VALUES ({', '.join(f':{name}' for name in COLUMNS)})"
)
LONGEST_RUN: Final = 900.0
"""Seconds of the longest run (contract section 3): whatever began earlier has ended."""
_UNCLEAR: Final = "unclear"
# When a message was answered is known here alone: a job goes on to change after it.
_ANSWERED: Final = """
answered = CASE WHEN :phase = 'planned' THEN NULL
    WHEN phase = 'sending' AND (:phase != 'sending' OR :ended != '') THEN :changed
    ELSE answered END
"""
_UPDATE: Final = (
    f"UPDATE jobs SET {', '.join(f'{name} = :{name}' for name in COLUMNS)}, "  # noqa: S608  # too
    f"{_ANSWERED} WHERE job_id = :job_id AND ended = ''"
)
_CLAIM: Final = f"{_UPDATE} AND phase = 'planned'"
_SELECT: Final = f"SELECT {', '.join(COLUMNS)} FROM jobs"  # noqa: S608  # likewise
_OTHERS: Final = "owner = :owner AND job_id != :job_id AND digest != '' AND phase != 'planned'"
_SENT: Final = "(SELECT changed FROM jobs WHERE job_id = :job_id)"
_RIVALS: Final = f"""
WHERE {_OTHERS} AND (
    phase = 'sending' AND ended IN ('', '{_UNCLEAR}')
        AND changed >= COALESCE(:since, {_SENT}) - :longest_run
    OR COALESCE(answered, changed) >= COALESCE(:since, {_SENT})
) LIMIT 1
"""
_FOLLOWERS: Final = f"""
WHERE {_OTHERS} AND session_id = :session_id AND COALESCE(answered, changed) >= {_SENT} LIMIT 1
"""
_DOUBTS: Final = """
WHERE owner = ? AND session_id = ? AND phase = 'sending' AND ended = '' AND before IS NOT NULL
    AND changed >= ? LIMIT 1
"""
_LAST_SESSION: Final = """
SELECT session_id FROM jobs WHERE owner = ? AND session_id IS NOT NULL
ORDER BY changed DESC LIMIT 1
"""
_FORGET_OLD: Final = """
DELETE FROM jobs WHERE ended != '' AND job_id NOT IN
    (SELECT job_id FROM jobs WHERE ended != '' ORDER BY job_id DESC LIMIT 1000)
"""
# Nobody may find the prompt of a job that is over, in no file: SQLite keeps it in its log too.
_ERASE: Final = "PRAGMA wal_checkpoint(TRUNCATE)"
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
    done without: what this process began is then kept in memory. One that is taken away or
    replaced is made anew, with what is open here. No token is ever in it; an account is known by
    a digest.

    Attributes:
        path: The file, None for memory alone.
    """

    path: Path | None
    _connection: "sqlite3.Connection | None" = attrs.field(default=None, init=False, repr=False)
    _file: tuple[int, int] | None = attrs.field(default=None, init=False, repr=False)
    _lost: Path | None = attrs.field(default=None, init=False, repr=False)
    _turn: threading.Lock = attrs.field(factory=threading.Lock, init=False, repr=False)
    _ours: dict[str, Job] = attrs.field(factory=dict, init=False, repr=False)
    _unreadable: set[str] = attrs.field(factory=set, init=False, repr=False)
    _uses: int = attrs.field(default=0, init=False, repr=False)
    _is_soiled: bool = attrs.field(default=False, init=False, repr=False)
    _is_closed: bool = attrs.field(default=False, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        _all.add(self)

    @property
    def durable(self) -> bool:
        """Whether what is written outlives this process."""
        return self.path is not None

    async def begin(self, job: Job) -> Job:
        """Write down a new job, as of now."""
        now = time.time()
        job = attrs.evolve(job, began=now, changed=now)

        def work(known: "sqlite3.Connection") -> None:
            known.execute(_INSERT, row_of(job))
            self._ours[job.job_id] = job

        await self._run(work)
        return job

    async def save(self, job: Job) -> bool:
        """Write down how far a job is; False where it has been ended or forgotten meanwhile."""
        return await self._update(_UPDATE, job)

    async def plan(self, job: Job) -> bool:
        """Write down more of a job that is still planned; False where somebody is further."""
        return await self._update(_CLAIM, job, in_file=True)

    async def claim(self, job: Job) -> bool:
        """Take the right to send the message of a planned job: only one ever gets it.

        Raises:
            ConfigurationError: The job is in a file that failed, and would be planned there for
                ever: whoever reads it later would send once more.
        """
        return await self._update(_CLAIM, job, in_file=True)

    async def answered(self, job: Job) -> None:
        """Write down that a message was carried out; of a job that is no more, that is the end."""
        if job.kind == "message":
            await self._end(job, phase="answered", ended="done")
        else:
            await self.save(attrs.evolve(job, phase="answered"))

    async def end(self, job: Job, how: str = "done") -> None:
        """Write down that nothing is left to do; what was private is erased."""
        await self._end(job, ended=how)

    async def close(self, job: Job) -> None:
        """Write down that nobody will ever tell what became of a message.

        It keeps the time when it was sent, for it may have been under way beside others.
        """
        await self._end(job, ended=_UNCLEAR, changed=job.changed)

    async def end_render(self, owner: str, render_id: str, how: str) -> None:
        """Write down that a render is over, in whichever jobs it was ordered for."""
        words = (
            "UPDATE jobs SET ended = ?, phase = ?, changed = ?, wish = NULL, before = NULL"
            " WHERE owner = ? AND render_id = ? AND ended = ''"
        )
        phase = "fetched" if how == "done" else "submitted"
        values = (how, phase, time.time(), owner, render_id)

        def work(known: "sqlite3.Connection") -> None:
            self._is_soiled |= known.execute(words, values).rowcount > 0
            for job in [job for job in self._ours.values() if job.render_id == render_id]:
                del self._ours[job.job_id]

        await self._run(work)

    async def forget(self, job: Job) -> None:
        """Strike a job out."""
        words = "DELETE FROM jobs WHERE job_id = ?"

        def work(known: "sqlite3.Connection") -> None:
            self._is_soiled |= known.execute(words, (job.job_id,)).rowcount > 0
            self._ours.pop(job.job_id, None)

        await self._run(work)

    async def find(self, owner: str, job_id: str) -> Job | None:
        """Give a job of an account by its id."""
        found = await self._select("WHERE owner = ? AND job_id = ?", owner, job_id)
        return found[0] if found else None

    async def jobs(self, owner: str) -> list[Job]:
        """Give the jobs of an account, the oldest first."""
        return await self._select("WHERE owner = ? ORDER BY began, job_id", owner)

    async def last_session(self, owner: str) -> str | None:
        """Give the session of an account that was worked in last."""
        found = await self._rows(_LAST_SESSION, owner)
        return found[0][0] if found else None

    async def is_followed(self, job: Job) -> bool:
        """Tell whether another message went to the same session since this job's did."""
        facts = {"owner": job.owner, "job_id": job.job_id, "session_id": job.session_id}
        return bool(await self._rows(f"{_SELECT} {_FOLLOWERS}", **facts))

    async def doubt_in(self, owner: str, session_id: str) -> Job | None:
        """Give the message of a session of which nobody knows yet what became of it."""
        found = await self._select(_DOUBTS, owner, session_id, time.time() - LONGEST_RUN)
        return found[0] if found else None

    async def is_alone(self, job: Job, since: float | None = None) -> bool:
        """Tell whether no other message of the account was under way since this job's was.

        Args:
            job: The message, or what it belongs to.
            since: An earlier moment from which on none may have been, in seconds since the epoch.
        """
        facts = {"owner": job.owner, "job_id": job.job_id, "since": since}
        words = f"{_SELECT} {_RIVALS}"
        return not await self._rows(words, **facts, longest_run=LONGEST_RUN)

    async def keep_project(self, owner: str, name: str, session: str, language: str | None) -> None:
        """Write down under which name an account finds a session again."""
        words = "INSERT OR REPLACE INTO projects VALUES (?, ?, ?, ?)"
        await self._run(lambda known: known.execute(words, (owner, name, session, language)))

    async def forget_project(self, owner: str, name: str) -> None:
        """Strike a name out."""
        words = "DELETE FROM projects WHERE owner = ? AND name = ?"
        await self._run(lambda known: known.execute(words, (owner, name)))

    async def projects(self, owner: str) -> dict[str, tuple[str, str | None]]:
        """Give the names of an account, each with its session and its language."""
        words = "SELECT name, session_id, language FROM projects WHERE owner = ? ORDER BY name"
        rows = await self._rows(words, owner)
        return {name: (session, language) for name, session, language in rows}

    async def aclose(self) -> None:
        """Let go of the file; a later use opens it for itself alone, and closes it again."""
        self._is_closed = True
        if self._connection is not None or self._turn.locked():
            await asyncio.get_running_loop().run_in_executor(None, self._close)

    async def _end(self, job: Job, **facts: str | float) -> None:
        await self._update(_UPDATE, job, {"wish": None, "before": None, **facts})

    async def _update(
        self,
        words: str,
        job: Job,
        facts: Mapping[str, str | float | None] | None = None,
        *,
        in_file: bool = False,
    ) -> bool:
        """Write a row anew; `in_file` where the file that has the job must hear of it."""
        row = {**row_of(job), "changed": time.time(), **(facts or {})}

        def work(known: "sqlite3.Connection") -> bool:
            if in_file and self._lost and job.job_id not in self._ours:
                raise _unwritable(self._lost)
            is_done = known.execute(words, row).rowcount > 0
            self._note(job, row, is_open=is_done and not row["ended"])
            return is_done

        return await self._run(work)

    def _note(self, job: Job, row: Mapping[str, Any], *, is_open: bool) -> None:
        """Keep up with the file, in the same turn: a caller may not stay to hear of it."""
        if not is_open:
            self._ours.pop(job.job_id, None)
            self._is_soiled |= job.wish is not None or job.before is not None
        elif job.job_id in self._ours:
            self._ours[job.job_id] = attrs.evolve(job, changed=row["changed"])

    async def _select(self, condition: str, *values: object) -> list[Job]:
        rows = await self._rows(f"{_SELECT} {condition}", *values)
        return [job for job in map(self._read, rows) if job is not None]

    async def _rows(self, words: str, *values: object, **facts: object) -> list[tuple[Any, ...]]:
        return await self._run(lambda known: known.execute(words, facts or values).fetchall())

    def _read(self, row: tuple[Any, ...]) -> Job | None:
        """Pass over a row that cannot be read; it costs no other."""
        try:
            return job_of(row)
        except ValueError as error:
            if row[0] not in self._unreadable:
                _log.warning("Job %s in the ledger cannot be read (%s).", row[0], error)
            self._unreadable.add(row[0])
            return None

    async def _run(self, work: Callable[["sqlite3.Connection"], _Result]) -> _Result:
        """Use the file in a thread; memory needs none."""
        if self.path is None and self._connection is not None:
            return self._with_connection(work)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, self._with_connection, work)

    def _with_connection(self, work: Callable[["sqlite3.Connection"], _Result]) -> _Result:
        with self._turn:
            try:
                result = self._worked(work)
                self._tidy()
                return result
            finally:
                if self._is_closed:
                    self._let_go()

    def _worked(self, work: Callable[["sqlite3.Connection"], _Result]) -> _Result:
        import sqlite3

        try:
            return work(self._opened())
        except (sqlite3.ProgrammingError, sqlite3.InterfaceError):
            raise  # a caller's mistake, no damage
        except (sqlite3.Error, OSError) as error:
            if self.path is None:
                raise
            self._go_on_in_memory(error)
            return work(self._opened())

    def _opened(self) -> "sqlite3.Connection":
        if self._connection is not None and self._file != identity(self.path):
            self._let_go()
            self._connected().executemany(_INSERT, map(row_of, self._ours.values()))
        return self._connection or self._connected()

    def _connected(self) -> "sqlite3.Connection":
        self._connection, self._file = opened(self.path)
        return self._connection

    def _go_on_in_memory(self, error: Exception) -> None:
        _log.warning("The ledger %s cannot be used (%s); going on in memory.", self.path, error)
        self._let_go()
        self._lost, self.path = self.path, None
        self._connected().executemany(_INSERT, map(row_of, self._ours.values()))
        self._ours.clear()  # the right to send them stayed in the file

    def _tidy(self) -> None:
        connection = self._connection
        if connection is None:
            return
        if self._is_soiled:
            self._is_soiled = not at_leisure(connection, _ERASE)
        if self._uses % _TIDY_EVERY == 0:
            at_leisure(connection, _FORGET_OLD)
        self._uses += 1

    def _close(self) -> None:
        with self._turn:
            self._let_go()

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _leave_to_parent(self) -> None:
        """Begin anew in a child: the thread that has the lock may not have come along."""
        if self._connection is not None:
            _INHERITED.append(self._connection)
        self._connection, self._turn = None, threading.Lock()
        self._ours.clear()


_all: Final["weakref.WeakSet[Ledger]"] = weakref.WeakSet()


def _after_fork() -> None:
    for ledger in list(_all):
        ledger._leave_to_parent()  # noqa: SLF001  # our own


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _unwritable(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"The ledger {path} cannot be written any more; nothing was sent.",
        hint="Run it again, or let nemo.jobs.recover() go on when the file is well; not both.",
    )
