"""Whose turn it is: one at a time, in order within the process, alone among processes."""

import asyncio
import contextlib
import hashlib
import logging
import os
import weakref
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Final

import attrs

from nemovideo.errors import ConfigurationError
from nemovideo.net.locks import is_still, try_lock

__all__ = ["Taken", "Turn", "Turns"]

_log = logging.getLogger("nemovideo")


class Taken(Exception):  # noqa: N818  # a state of things, which callers turn into their error
    """Somebody else has the turn.

    Attributes:
        owner: The process id, None where it is not known.
        is_own: Whether it is the very task that asks, which would wait for itself.
    """

    def __init__(self, owner: int | None = None, *, is_own: bool = False) -> None:
        super().__init__(owner)
        self.owner = owner
        self.is_own = is_own


@attrs.define(eq=False)
class _Queue:
    """Those of one loop who want the same thing."""

    loop: asyncio.AbstractEventLoop
    lock: asyncio.Lock = attrs.field(factory=asyncio.Lock)
    waiting: int = 0
    holder: asyncio.Task[object] | None = None


@attrs.define(eq=False)
class Turns:
    """Hands out turns by name.

    Ownership among processes is a lock of the operating system, which the kernel frees at
    death: no leases, no clocks.

    Attributes:
        folder: Where the locks are, None for this process alone.
    """

    folder: Path | None
    _queues: dict[str, _Queue] = attrs.field(factory=dict, init=False, repr=False)
    _taken: dict[str, "_FileLock | None"] = attrs.field(factory=dict, init=False, repr=False)
    _complained: bool = attrs.field(default=False, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        _all.add(self)

    def of(self, name: str) -> "Turn":
        """Give a turn that is waited for in this process, then held among processes."""
        return Turn(self, name)

    @contextlib.contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Hold a turn at once or not at all.

        Raises:
            Taken: Somebody has it.
        """
        self.take(name)
        try:
            yield
        finally:
            self.give_back(name)

    def is_taken(self, name: str) -> bool:
        """Tell whether somebody in this process has the turn, or waits for it."""
        return name in self._queues or name in self._taken

    def take(self, name: str) -> None:
        """Take a turn at once, to be given back.

        Raises:
            Taken: Somebody has it.
        """
        if name in self._taken:
            raise Taken(os.getpid())
        self._taken[name] = None if self.folder is None else self._locked(self.folder, name)

    def give_back(self, name: str) -> None:
        """Let the next have it."""
        if lock := self._taken.pop(name, None):
            lock.release()

    def queue(self, name: str) -> _Queue:
        """Give those who wait; what a closed loop left behind is made anew.

        Raises:
            ConfigurationError: They wait in another loop that is alive.
        """
        loop = asyncio.get_running_loop()
        known = self._queues.get(name)
        if known is not None and known.loop is not loop:
            if not known.loop.is_closed():
                message = "This client is in use on another event loop."
                raise ConfigurationError(message, hint="Make one NemoVideo for each loop.")
            self.give_back(name)
            known = None
        if known is None:
            known = self._queues[name] = _Queue(loop)
        return known

    def leave(self, name: str, queue: _Queue) -> None:
        """Wait no longer."""
        queue.waiting -= 1
        if not queue.waiting and self._queues.get(name) is queue:
            del self._queues[name]

    def leave_to_parent(self) -> None:
        """Own nothing in a child; a copy of a lock there would outlive the parent's death."""
        self._queues.clear()
        for name in list(self._taken):
            self.give_back(name)

    def _locked(self, folder: Path, name: str) -> "_FileLock | None":
        """Names come from a service and may be no file names."""
        digest = hashlib.sha256(name.encode()).hexdigest()[:32]
        try:
            return _FileLock.take(folder / f"{digest}.lock")
        except OSError as error:
            if not self._complained:
                _log.info("Sessions cannot be locked (%s); going on without.", error)
            self._complained = True
            return None


@attrs.define(eq=False)
class Turn:
    """One turn: entering waits for it, leaving gives it back. Light, for there may be thousands."""

    _turns: Turns
    _name: str
    _queue: _Queue | None = attrs.field(default=None, init=False)

    async def __aenter__(self) -> None:
        """Wait for the turn.

        Raises:
            Taken: Another process, or another client of this one, has it, or this very task.
            ConfigurationError: It is waited for in another loop that is alive.
        """
        queue, task = self._turns.queue(self._name), asyncio.current_task()
        if queue.holder is not None and queue.holder is task:
            raise Taken(os.getpid(), is_own=True)
        self._queue = queue
        queue.waiting += 1
        try:
            await queue.lock.acquire()
        except BaseException:
            self._turns.leave(self._name, queue)
            raise
        try:
            self._turns.take(self._name)
        except BaseException:
            self._free(queue)
            raise
        queue.holder = task

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._queue is not None:
            self._turns.give_back(self._name)
            self._free(self._queue)

    def _free(self, queue: _Queue) -> None:
        queue.holder = None
        queue.lock.release()
        self._turns.leave(self._name, queue)


@attrs.define(eq=False, weakref_slot=True)
class _FileLock:
    """A locked file, gone when nobody holds it."""

    path: Path
    file: IO[bytes]
    pid: int = attrs.field(factory=os.getpid)

    @classmethod
    def take(cls, path: Path) -> "_FileLock":
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        while True:
            with contextlib.ExitStack() as stack:
                file = stack.enter_context(path.open("a+b"))
                if not try_lock(file):
                    raise Taken(_owner(file))
                if is_still(path, file):
                    file.truncate(0)
                    file.write(str(os.getpid()).encode())
                    file.flush()
                    stack.pop_all()
                    _held.add(lock := cls(path, file))
                    return lock

    def release(self) -> None:
        if self.pid == os.getpid():
            with contextlib.suppress(OSError):  # elsewhere an open file cannot be removed
                self.path.unlink()
        self.file.close()


_all: Final["weakref.WeakSet[Turns]"] = weakref.WeakSet()
_held: Final["weakref.WeakSet[_FileLock]"] = weakref.WeakSet()


def _owner(file: IO[bytes]) -> int | None:
    with contextlib.suppress(OSError, ValueError):
        file.seek(0)
        return int(file.read(20))
    return None


def _let_go() -> None:
    """Leave the locks to the parent."""
    nowhere = os.open(os.devnull, os.O_RDONLY)
    for lock in _held:
        if not lock.file.closed:
            os.dup2(nowhere, lock.file.fileno(), inheritable=False)
    os.close(nowhere)
    for turns in list(_all):
        turns.leave_to_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
