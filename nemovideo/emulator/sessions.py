"""The sessions: one conversation each, with its uploads, its timeline and its turn to speak."""

import asyncio
import random
import secrets
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from nemovideo.emulator.accounts import Account

__all__ = ["Session", "Sessions", "Upload"]


@frozen
class Upload:
    """A file that a session was given.

    Args:
        id: the path segment under which the media port serves it.
        name: the client's file name, without any folder.
        kind: `image`, `video` or `audio`.
        url: where the media port serves it.
        path: where it lies.
        digest: SHA-256 in hex.
        width: pixels, as shown (EXIF orientation applied).
        height: pixels, as shown.
        duration: seconds.
        fps: frames per second.
    """

    id: str
    name: str
    kind: str
    url: str
    path: Path
    digest: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    fps: float | None = None

    def answer(self) -> dict[str, Any]:
        """Return the element of `files` that tells a client about this upload."""
        facts = {
            "filename": self.name,
            "file_type": self.kind,
            "cdn_url": self.url,
            "duration": self.duration,
            "width": self.width,
            "height": self.height,
            "fps": self.fps,
            "hash": self.digest,
        }
        return {key: value for key, value in facts.items() if value is not None}


@define(eq=False)
class Session:
    """One conversation with the agent.

    Args:
        id: a string of 19 digits.
        task_id: the task that the session belongs to.
        name: the project's name.
        language: the language tag sent at creation.
        owner: the account that may use it.
        silence: what is owed of silence, 0..1; seeded at first.
        uploads: its files, in upload order.
        placed: addresses of the files that have had their place.
        paid: whether its first edit has been charged.
        draft: the timeline; `None` before the first edit.
    """

    id: str
    task_id: str
    name: str
    language: str
    owner: Account = field(repr=False)
    silence: float = field(repr=False)
    uploads: list[Upload] = field(factory=list, init=False)
    placed: frozenset[str] = field(default=frozenset(), init=False)
    paid: bool = field(default=False, init=False)
    draft: dict[str, Any] | None = field(default=None, init=False, repr=False)
    turn: asyncio.Lock = field(factory=asyncio.Lock, init=False, repr=False)
    claim: str = field(factory=lambda: f"clm_{secrets.token_hex(16)}", init=False, repr=False)

    def falls_silent(self, share: float) -> bool:
        """Tell whether this edit ends without a word: exactly `share` of them do, evenly spread."""
        owed = self.silence + share
        self.silence = owed % 1
        return owed >= 1


@define(eq=False)
class Sessions:
    """All sessions of one emulator, by id.

    Args:
        seed: makes it repeatable which edits are silent, by the order of the sessions.
    """

    seed: int
    _by_id: dict[str, Session] = field(factory=dict, init=False, repr=False)

    def create(self, owner: Account, name: str, language: str) -> Session:
        """Open a session for `owner`."""
        session = Session(
            id=str(10**18 + secrets.randbelow(9 * 10**18)),
            task_id=f"task_{secrets.token_hex(8)}",
            name=name,
            language=language,
            owner=owner,
            silence=random.Random(f"{self.seed}/{len(self._by_id)}").random(),  # noqa: S311 - no secret
        )
        self._by_id[session.id] = session
        return session

    def find(self, session_id: str, owner: Account) -> Session | None:
        """Return the session if `owner` has it; another account's is as good as none."""
        session = self._by_id.get(session_id)
        return session if session is not None and session.owner is owner else None
