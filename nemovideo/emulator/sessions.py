"""The sessions: one conversation each, with its uploads, its timeline and its turn to speak."""

import asyncio
import random
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from attrs import define, field, frozen

from nemovideo.emulator.accounts import Account
from nemovideo.emulator.records import SessionRow, UploadRow

__all__ = ["Session", "Sessions", "Upload"]


@frozen
class Upload:
    """A file that a session was given.

    Args:
        id: the path segment under which the media port serves it.
        name: the client's file name, without any folder.
        kind: `image`, `video` or `audio`.
        origin: the media port that serves it.
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
    origin: str
    path: Path
    digest: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    fps: float | None = None

    @property
    def url(self) -> str:
        """Where the media port serves it."""
        return self.at(self.origin)

    def at(self, origin: str) -> str:
        """Return the address that it has, or had, on a media port."""
        return f"{origin}/media/{self.id}/{quote(self.name)}"

    def kept(self) -> UploadRow:
        """Return what is kept of it."""
        return UploadRow(
            id=self.id,
            name=self.name,
            kind=self.kind,
            file=self.path.name,
            digest=self.digest,
            width=self.width,
            height=self.height,
            duration=self.duration,
            fps=self.fps,
        )

    @classmethod
    def restored(cls, row: UploadRow, origin: str, folder: Path) -> Self:
        """Return the upload of which `row` was kept."""
        facts: dict[str, Any] = {**row}
        return cls(origin=origin, path=folder / facts.pop("file"), **facts)

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
        claim: its link's token.
    """

    id: str
    task_id: str
    name: str
    language: str
    owner: Account = field(repr=False)
    silence: float = field(repr=False)
    uploads: list[Upload] = field(factory=list)
    placed: frozenset[str] = frozenset()
    paid: bool = False
    draft: dict[str, Any] | None = field(default=None, repr=False)
    claim: str = field(factory=lambda: f"clm_{secrets.token_hex(16)}", repr=False)
    turn: asyncio.Lock = field(factory=asyncio.Lock, init=False, repr=False)

    def kept(self) -> SessionRow:
        """Return what is kept of it."""
        return SessionRow(
            id=self.id,
            task_id=self.task_id,
            name=self.name,
            language=self.language,
            owner=self.owner.user_id,
            silence=self.silence,
            uploads=[upload.kept() for upload in self.uploads],
            placed=[upload.id for upload in self.uploads if upload.url in self.placed],
            paid=self.paid,
            draft=self.draft,
            claim=self.claim,
        )

    @classmethod
    def restored(cls, row: SessionRow, owner: Account, origin: str, folder: Path) -> Self:
        """Return the session of which `row` was kept."""
        uploads = [Upload.restored(one, origin, folder) for one in row["uploads"]]
        placed = frozenset(upload.url for upload in uploads if upload.id in row["placed"])
        found: dict[str, Any] = {**row, "owner": owner, "uploads": uploads, "placed": placed}
        return cls(**found)

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

    def kept(self) -> list[SessionRow]:
        """Return what is kept of them, in their order."""
        return [session.kept() for session in self._by_id.values()]

    def restore(self, found: Iterable[Session]) -> None:
        """Take in sessions of an earlier run, in their order."""
        self._by_id |= {session.id: session for session in found}

    def find(self, session_id: str, owner: Account) -> Session | None:
        """Return the session if `owner` has it; another account's is as good as none."""
        session = self._by_id.get(session_id)
        return session if session is not None and session.owner is owner else None
