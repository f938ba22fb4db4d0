"""What is kept for work on this machine: the emulator's world, its account and the ledger."""

import asyncio
import contextlib
import errno
import getpass
import importlib.util
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nemovideo.cli.telling import remark
from nemovideo.errors import ConfigurationError
from nemovideo.net.files import write_private

if TYPE_CHECKING:
    from nemovideo.emulator import Emulator

__all__ = ["CREDITS", "forget", "kept_emulator", "kept_folder"]

CREDITS: Final = 1000
"""What an account begins with: as at the service, it never becomes more."""

_BEGIN_ANEW: Final = "nemovideo emulator --forget"
_LOOK_AGAIN: Final = 0.1
_PATIENCE: Final = 2.0


def kept_folder() -> Path:
    """Give the folder, made where it is missing; nobody else can look into it.

    Raises:
        ConfigurationError: It cannot be made, or what is there belongs to somebody else.
    """
    folder = _place()
    try:
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
    except OSError as error:
        raise ConfigurationError(
            f"{folder} cannot be made ({error.strerror}).", hint="Let TMPDIR name another folder."
        ) from error
    _require_ours(folder)
    return folder


@contextlib.asynccontextmanager
async def kept_emulator(folder: Path) -> AsyncIterator[str]:
    """Run the emulator that remembers; give its address, which stays the same.

    Raises:
        ConfigurationError: It cannot render, or its port is taken.
    """
    _require_renderer()
    known = _known_port(folder)
    emulator = await _started(folder, known)
    try:
        if not known:
            write_private(folder / "port", emulator.url.rpartition(":")[2])
        yield emulator.url
    finally:
        await emulator.aclose()


async def forget() -> bool:
    """Begin anew; False where there is nothing to forget."""
    folder = _place()
    if not _is_there(folder):
        return False
    await (await _started(folder, 0)).aclose()  # not under somebody who works with it
    shutil.rmtree(folder)
    return True


def _is_there(folder: Path) -> bool:
    if is_there := os.path.lexists(folder):
        _require_ours(folder)
    return is_there


def _place() -> Path:
    try:
        return Path(tempfile.gettempdir()) / f"nemovideo-{_user()}"
    except OSError as error:
        raise ConfigurationError(
            "There is no temporary folder.", hint="Let TMPDIR name one."
        ) from error


def _user() -> str:
    return getpass.getuser() if sys.platform == "win32" else str(os.getuid())


def _require_ours(folder: Path) -> None:
    """Anybody may make a folder of this name where temporary files are."""
    found = folder.lstat()
    is_ours = stat.S_ISDIR(found.st_mode)
    if sys.platform != "win32":
        is_ours = is_ours and found.st_uid == os.getuid() and not found.st_mode & 0o077
    if not is_ours:
        raise ConfigurationError(
            f"{folder} is not a folder that belongs to you alone.",
            hint="Remove it, or let TMPDIR name another place.",
        )


def _known_port(folder: Path) -> int:
    """The account and the ledger are kept by address: elsewhere there would be another account."""
    try:
        return int((folder / "port").read_text("utf-8"))
    except (OSError, ValueError):
        return 0


async def _started(folder: Path, port: int) -> "Emulator":
    """Start the emulator once no other command works with it."""
    from nemovideo.emulator import Emulator

    began, is_told = time.monotonic(), False
    while True:
        try:
            return await Emulator(folder=folder / "world", credits=CREDITS, port=port).start()
        except RuntimeError:
            if not is_told and time.monotonic() - began > _PATIENCE:
                remark("nemovideo: another command works with --emulator; waiting for its end")
                is_told = True
            await asyncio.sleep(_LOOK_AGAIN)
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


def _require_renderer() -> None:
    """Find out before the work begins whether it can be finished here."""
    if any(importlib.util.find_spec(name) is None for name in ("av", "cv2", "numpy", "PIL")):
        raise ConfigurationError(
            "Rendering on this machine needs an extra.", hint="pip install 'nemovideo[local]'"
        )
