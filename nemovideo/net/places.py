"""Where a client keeps what must outlive it, unless it is told otherwise."""

import os
import sys
from pathlib import Path
from typing import Final

from nemovideo.net.stores import FileTokenStore, MemoryTokenStore, TokenStore
from nemovideo.settings import Settings

__all__ = ["LEDGER", "usual_ledger", "usual_store"]

LEDGER: Final = "jobs.sqlite3"
"""The name of a ledger's file."""


def usual_ledger(settings: Settings) -> Path | None:
    """Keep nothing under HOME for a service on this machine, nor where nobody has a HOME."""
    if settings.is_loopback:
        return None
    try:
        return _state_folder() / LEDGER
    except RuntimeError:
        return None


def usual_store(settings: Settings) -> TokenStore:
    """Keep nothing under HOME for a service on this machine, nor where nobody has a HOME."""
    if settings.is_loopback:
        return MemoryTokenStore()
    try:
        return FileTokenStore()
    except RuntimeError:
        return MemoryTokenStore()


def _state_folder() -> Path:
    """Where programs of this user keep what they need to go on with."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "nemovideo"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/nemovideo"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "nemovideo"
