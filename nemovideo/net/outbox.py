"""What each session has been sent, so that nothing is sent to it twice."""

import asyncio
import contextlib
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import attrs

from nemovideo.models import UploadedFile
from nemovideo.net.sources import Readable, Source, Stamp, stamp_of

__all__ = ["Outbox", "sha256"]

_PIECE: Final = 1024 * 1024
_SESSIONS: Final = 256


@attrs.define
class _Sent:
    """A file that a session has; its digest is made when a file of equal size comes."""

    size: int
    stamp: Stamp | None
    digest: bytes | None
    file: UploadedFile


@attrs.define(eq=False)
class Outbox:
    """Remembers the files of the last sessions, by path or by content."""

    _sessions: OrderedDict[str, list[_Sent]] = attrs.field(factory=OrderedDict, init=False)

    async def find(self, session_id: str, source: Source) -> UploadedFile | None:
        """Give what the service made of the same content before, None where it is new.

        Nothing is read unless a file of equal size was sent to this session.
        """
        rivals = [sent for sent in self._sessions.get(session_id, ()) if sent.size == source.size]
        for sent in rivals:
            if sent.stamp is not None and sent.stamp == source.stamp:
                return sent.file
        if not rivals:
            return None
        digest = await asyncio.to_thread(sha256, source.open)
        for sent in rivals:
            if digest == await _digest_of(sent):
                return sent.file
        return None

    async def note(self, session_id: str, source: Source, file: UploadedFile) -> None:
        """Remember a file that the service took.

        A file on disk is remembered by its path and hashed only if need be; other content may be
        gone by then, and is hashed now.
        """
        digest = None if source.stamp else await asyncio.to_thread(sha256, source.open)
        sent = self._sessions.setdefault(session_id, [])
        self._sessions.move_to_end(session_id)
        sent.append(_Sent(source.size, source.stamp, digest, file))
        if len(self._sessions) > _SESSIONS:
            self._sessions.popitem(last=False)


async def _digest_of(sent: _Sent) -> bytes | None:
    """Hash what was sent, if it still lies where it lay, unchanged."""
    if sent.digest is None and sent.stamp is not None:
        path = sent.stamp[0]
        with contextlib.suppress(OSError):
            if stamp_of(path) == sent.stamp:
                sent.digest = await asyncio.to_thread(sha256, lambda: path.open("rb"))
    return sent.digest


def sha256(opened: Callable[[], Readable]) -> bytes:
    """Hash what is opened, piece by piece."""
    digest = hashlib.sha256()
    with contextlib.closing(opened()) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.digest()
