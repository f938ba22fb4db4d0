"""What is kept for work on this machine: the emulator's world, its account and the ledger."""

import asyncio
import contextlib
import errno
import getpass
import os
import stat
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from nemovideo.cli.telling import remark
from nemovideo.errors import ConfigurationError
from nemovideo.net.files import write_private
from nemovideo.net.locks import is_still, try_lock
from nemovideo.net.places import LEDGER
from nemovideo.net.stores import FileTokenStore

if TYPE_CHECKING:
    from nemovideo.emulator import Emulator

__all__ = [
    "CREDITS",
    "forget",
    "is_kept",
    "kept_emulator",
    "kept_folder",
    "kept_in",
    "known_url",
    "place",
    "require_renderer",
]

CREDITS: Final = 1000
"""What an account begins with: as at the service, it never becomes more."""

_BEGIN_ANEW: Final = "nemovideo emulator --forget"
_LOOK_AGAIN: Final = 0.1
_PATIENCE: Final = 2.0


def place() -> Path:
    """Give the folder in which all is kept, made or not.

    Raises:
        ConfigurationError: There is no room for temporary files.
    """
    try:
        return Path(tempfile.gettempdir()) / f"nemovideo-{_user()}"
    except OSError as error:
        raise ConfigurationError(
            "There is no temporary folder.", hint="Let TMPDIR name one."
        ) from error


def kept_folder() -> Path:
    """Give the folder, made where it is missing; nobody else can look into it.

    Raises:
        ConfigurationError: It cannot be made, or what is there belongs to somebody else.
    """
    folder = place()
    try:
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
    except OSError as error:
        raise ConfigurationError(
            f"{folder} cannot be made ({error.strerror}).", hint="Let TMPDIR name another folder."
        ) from error
    _require_ours(folder)
    return folder


def is_kept(folder: Path) -> bool:
    """Tell whether anything is kept.

    Raises:
        ConfigurationError: What is there belongs to somebody else.
    """
    if is_there := os.path.lexists(folder):
        _require_ours(folder)
    return is_there


def kept_in(folder: Path) -> dict[str, Any]:
    """Give the account and the ledger of a folder, as arguments of a client."""
    return {"token_store": FileTokenStore(folder), "ledger": folder / LEDGER}


@contextlib.asynccontextmanager
async def kept_emulator(folder: Path) -> AsyncIterator[str]:
    """Run the emulator that remembers; give its address, which stays the same.

    Raises:
        ConfigurationError: It cannot render, or its port is taken.
    """
    require_renderer()
    async with _alone(folder):
        known = _known_port(folder)
        emulator = await _started(folder, known)
        try:
            if not known:
                _note_port(folder, emulator.url.rpartition(":")[2])
            yield emulator.url
        finally:
            await emulator.aclose()


async def forget() -> bool:
    """Begin anew; False where there is nothing to forget.

    Raises:
        ConfigurationError: It cannot be removed, or what is there belongs to somebody else.
    """
    folder = place()
    if not is_kept(folder):
        return False
    async with _alone(folder):  # not under somebody who works with it
        if not is_kept(folder):
            return False
        _remove(folder)
    return True


def _remove(folder: Path) -> None:
    """Put it out of the way first: what is half removed is never worked with."""
    left = folder
    try:
        with tempfile.TemporaryDirectory(prefix=f"{folder.name}.", dir=folder.parent) as away:
            folder.rename(Path(away) / "forgotten")
            left = Path(away)
    except OSError as error:
        raise ConfigurationError(
            f"{left} cannot be removed: {error}.", hint=f"Remove the folder {left} by hand."
        ) from error


@contextlib.asynccontextmanager
async def _alone(folder: Path) -> AsyncIterator[None]:
    """Hold the folder, also while it is not there: the lock lies beside it."""
    lock, wait = folder.with_name(f"{folder.name}.lock"), _Wait()
    while True:
        with _opened(lock) as file:
            if try_lock(file) and is_still(lock, file):
                yield
                return
        await wait.a_moment()


def _opened(lock: Path) -> IO[bytes]:
    """Open a file of ours, made where it is missing; nothing that somebody points elsewhere."""
    try:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        file = os.fdopen(os.open(lock, flags, 0o600), "r+b", buffering=0)
    except OSError as error:
        raise ConfigurationError(
            f"{lock} cannot be opened ({error.strerror}).",
            hint="Remove it, or let TMPDIR name another place.",
        ) from error
    if not _is_ours(os.fstat(file.fileno()), stat.S_IFREG):
        file.close()
        raise ConfigurationError(
            f"{lock} is not a file that belongs to you alone.",
            hint="Remove it, or let TMPDIR name another place.",
        )
    return file


class _Wait:
    """A wait for another command, which is told of once it becomes long."""

    def __init__(self) -> None:
        self._began, self._is_told = time.monotonic(), False

    async def a_moment(self) -> None:
        if not self._is_told and time.monotonic() - self._began > _PATIENCE:
            remark("nemovideo: another command works with --emulator; waiting for its end")
            self._is_told = True
        await asyncio.sleep(_LOOK_AGAIN)


def _user() -> str:
    return getpass.getuser() if sys.platform == "win32" else str(os.getuid())


def _require_ours(folder: Path) -> None:
    """Anybody may make a folder of this name where temporary files are."""
    if not _is_ours(folder.lstat(), stat.S_IFDIR):
        raise ConfigurationError(
            f"{folder} is not a folder that belongs to you alone.",
            hint="Remove it, or let TMPDIR name another place.",
        )


def _is_ours(found: os.stat_result, kind: int) -> bool:
    if stat.S_IFMT(found.st_mode) != kind:
        return False
    return sys.platform == "win32" or (found.st_uid == os.getuid() and not found.st_mode & 0o077)


def known_url(folder: Path) -> str:
    """Give the address of the emulator that was there before; empty where there was none."""
    port = _known_port(folder)
    return f"http://127.0.0.1:{port}" if port else ""


def _known_port(folder: Path) -> int:
    """The account and the ledger are kept by address: elsewhere there would be another account."""
    try:
        return int((folder / "port").read_text("utf-8"))
    except (OSError, ValueError):
        return 0


def _note_port(folder: Path, port: str) -> None:
    try:
        write_private(folder / "port", port)
    except OSError as error:
        raise _unusable(folder, int(port), error) from error


async def _started(folder: Path, port: int) -> "Emulator":
    """Start the emulator once no other command works with it."""
    from nemovideo.emulator import Emulator

    wait = _Wait()
    while True:
        kept_folder()  # it may have been forgotten meanwhile
        try:
            return await Emulator(folder=folder / "world", credits=CREDITS, port=port).start()
        except RuntimeError:
            await wait.a_moment()
        except (OSError, OverflowError) as error:
            raise _unusable(folder, port, error) from error


def _unusable(folder: Path, port: int, error: Exception) -> ConfigurationError:
    if getattr(error, "errno", None) == errno.EADDRINUSE:
        return ConfigurationError(
            f"Port {port}, where the emulator of {folder} was, is taken by another program.",
            hint=f"End that, or begin anew: {_BEGIN_ANEW}.",
        )
    return ConfigurationError(
        f"The emulator cannot work in {folder}: {error}.", hint=f"Begin anew: {_BEGIN_ANEW}."
    )


def require_renderer() -> None:
    """Find out before the work begins whether it can be finished here.

    Raises:
        ConfigurationError: The extra for it is not installed.
    """
    from nemovideo.emulator.rendering import can_render

    if not can_render():
        raise ConfigurationError(
            "Rendering on this machine needs an extra.", hint="pip install 'nemovideo[local]'"
        )
