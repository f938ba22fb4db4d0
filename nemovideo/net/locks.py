"""Locked files: who is alone among all processes, told by the operating system."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, Final

__all__ = ["is_still", "locked", "try_lock"]

_LOOK_AGAIN: Final = 0.02
_PATIENCE: Final = 300.0  # seconds after which the owner of a lock counts as stuck

if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    # The same for all, whatever the mode they opened it in; and far behind the owner's id and
    # what is read ahead of it, since nobody else can read what is locked here.
    _LOCKED_BYTE: Final = 2**30

    def try_lock(file: IO[bytes]) -> bool:
        """Lock an open file, unless somebody has it; the kernel frees it when we die."""
        file.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def try_lock(file: IO[bytes]) -> bool:
        """Lock an open file, unless somebody has it; the kernel frees it when we die."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextlib.asynccontextmanager
async def locked(path: Path) -> AsyncIterator[None]:
    """Hold a lock among processes; the kernel frees it when its owner dies.

    Args:
        path: The lock's file, made where it is missing.

    Raises:
        OSError: The file cannot be made, or its disk knows no locks.
        TimeoutError: Somebody else holds it for too long; an `OSError` too.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("ab") as file:
        async with asyncio.timeout(_PATIENCE):
            while not try_lock(file):  # noqa: ASYNC110  # another process frees it without a word
                await asyncio.sleep(_LOOK_AGAIN)
        yield


def is_still(path: Path, file: IO[bytes]) -> bool:
    """Tell whether an open file still is the one under its name: its owner may have removed it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
