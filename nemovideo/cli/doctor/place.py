"""Where the other commands work: at which address, with which account, and what they keep."""

import os
from pathlib import Path
from typing import Self

import attrs

from nemovideo.cli import offline
from nemovideo.net.places import usual_ledger, usual_store
from nemovideo.net.stores import FileTokenStore, TokenStore
from nemovideo.settings import Settings

__all__ = ["Place"]

_NOWHERE_YET = "http://127.0.0.1"


@attrs.frozen
class Place:
    """What other commands would work with; finding it makes nothing.

    Attributes:
        settings: The address and the token.
        store: Where a free account is kept.
        ledger: The file of the ledger, None where there is none.
        folder: The one folder in which all is kept for a service on this machine.
        offline: Whether that service is the emulator of the commands themselves.
    """

    settings: Settings
    store: TokenStore
    ledger: Path | None
    folder: Path | None = None
    offline: bool = False

    @classmethod
    def found(cls, *, emulator: bool) -> Self:
        """Find the place of commands with `--emulator` or without.

        Raises:
            ConfigurationError: A setting cannot work.
        """
        if emulator:
            folder = offline.place()
            address = offline.known_url(folder) or _NOWHERE_YET
            settings = Settings.resolve(os.environ, base_url=address)
            return cls._keeping(settings, folder, emulator=True)
        settings = Settings.resolve(os.environ)
        if settings.is_loopback:
            return cls._keeping(settings, offline.place(), emulator=False)
        return cls(settings, usual_store(settings), usual_ledger(settings))

    @classmethod
    def _keeping(cls, settings: Settings, folder: Path, *, emulator: bool) -> Self:
        kept = offline.kept_in(folder)
        return cls(settings, kept["token_store"], kept["ledger"], folder, emulator)

    @property
    def folders(self) -> list[Path]:
        """The folders in which the account and the ledger are kept."""
        if self.folder:
            return [self.folder]
        store = [self.store.folder] if isinstance(self.store, FileTokenStore) else []
        return [*store, *([self.ledger.parent] if self.ledger else [])]

    @property
    def has_world(self) -> bool:
        """Whether there is a service to ask: of the emulator only what earlier commands left."""
        return not self.offline or self.settings.base_url != _NOWHERE_YET

    @property
    def gives_tokens(self) -> bool:
        """Whether a free token may be asked for: elsewhere there is one in seven days."""
        return self.settings.is_loopback and self.has_world
