"""What is kept on disk: that it can be written and read, and by nobody else."""

import os
import shlex
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from nemovideo.cli.doctor.check import Check
from nemovideo.cli.opening import ENDING, Ending
from nemovideo.net.places import LEDGER

__all__ = ["examined_folder", "ledger", "nowhere"]

_LOST: Final = "a free account would be lost, and what is begun could not be gone on with"
_KEPT: Final = ("client_id", "tokens.json", f"{LEDGER}*")
_MOVE_AWAY: Final = "Move the file away; what is open in it is lost, the next command makes another"


def nowhere() -> Check:
    """Warn where nothing can be kept at all."""
    found = "nothing is kept: there is no home folder"
    return Check("storage", "warning", found, f"Let HOME name one; without it {_LOST}.")


def examined_folder(folder: Path) -> Check:
    """Judge a folder, made or not, and the files in it."""
    if not os.path.lexists(folder):
        return _unmade(folder)
    if not folder.is_dir():
        return _unusable(f"{folder} is no folder", "Move it away")
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        return _unusable(f"{folder} cannot be written: {error.strerror}", "Make it writable")
    if strange := [file for file in _files(folder) if not os.access(file, os.R_OK | os.W_OK)]:
        found = f"{_listed(strange)} cannot be read and written"
        return _unusable(found, f"Make it yours: {_chmod(600, *strange)}")
    if open_to_others := [*_open_to_others(folder)]:
        private = [_chmod(700 if one.is_dir() else 600, one) for one in open_to_others]
        found = f"{_listed(open_to_others)} can be read by others"
        return Check("storage", "warning", found, f"Keep them out: {'; '.join(private)}")
    return Check("storage", "ok", f"{folder}, for you alone")


def ledger(path: Path | None) -> Check:
    """Judge the file of the ledger."""
    from nemovideo.net.database import examined

    if path is None:
        found = "in memory only: what is begun ends with its command"
        return Check("ledger", "warning", found, "Let HOME name a folder.")
    if not path.exists():
        return Check("ledger", "ok", f"{path}, not made yet")
    try:
        version, jobs = examined(path)
    except sqlite3.NotSupportedError as error:
        update = "Update: pip install -U nemovideo. Until then jobs are kept in memory only."
        return Check("ledger", "failure", f"{path}: {error}", update)
    except sqlite3.Error as error:
        return Check("ledger", "failure", f"{path} cannot be used: {error}", f"{_MOVE_AWAY}.")
    if not version:
        return Check("ledger", "ok", f"{path}, empty")
    known = f"{path}, version {version}, open jobs: {jobs}"
    offline = " --emulator" if ENDING.get(Ending()).offline else ""
    return Check("ledger", "ok", known, f"See nemovideo jobs{offline}." if jobs else "")


def _unmade(folder: Path) -> Check:
    """Judge whether a folder could be made: whoever is above it decides."""
    above = next(one for one in folder.parents if os.path.lexists(one))
    if not above.is_dir():
        return _unusable(f"{folder} cannot be made: {above} is no folder", "Move it away")
    if not os.access(above, os.W_OK | os.X_OK):
        found = f"{folder} cannot be made: {above} cannot be written"
        return _unusable(found, "Make it writable, or make the folder yourself")
    return Check("storage", "ok", f"{folder}, not made yet")


def _unusable(found: str, remedy: str) -> Check:
    return Check("storage", "failure", found, f"{remedy}. As it is {_LOST}.")


def _files(folder: Path) -> Iterator[Path]:
    """Give the files that are ours; other tools keep theirs beside them."""
    for pattern in _KEPT:
        yield from (path for path in folder.glob(pattern) if path.is_file())


def _open_to_others(folder: Path) -> Iterator[Path]:
    """Windows has no such bits; there a home folder is private as a whole."""
    if sys.platform != "win32":
        yield from (path for path in (folder, *_files(folder)) if path.stat().st_mode & 0o077)


def _listed(paths: list[Path]) -> str:
    return " and ".join(map(str, paths))


def _chmod(mode: int, *paths: Path) -> str:
    return f"chmod {mode} {shlex.join(map(str, paths))}"
