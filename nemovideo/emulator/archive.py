"""What is kept of a world between two runs: one file in its folder, held by one emulator."""

import asyncio
import contextlib
import json
import logging
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import IO, Any, Final, Self
from urllib.parse import urlsplit

from attrs import define, field

from nemovideo.emulator.records import VERSION, Kept, blank

__all__ = ["Archive"]

_LOG: Final = logging.getLogger("nemovideo.emulator")
_FILE: Final = "world.json"
_LOCK: Final = "world.lock"
_GATHERING_SECONDS: Final = 0.2

if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@define(eq=False)
class Archive:
    """A folder's memory.

    Args:
        path: the file.
        last: what it held when it was opened.
    """

    path: Path
    last: Kept = field(repr=False)
    _lock: IO[bytes] = field(repr=False)
    _loop: asyncio.AbstractEventLoop = field(
        factory=asyncio.get_running_loop, init=False, repr=False
    )
    _changed: asyncio.Event = field(factory=asyncio.Event, init=False, repr=False)
    _hurry: asyncio.Event = field(factory=asyncio.Event, init=False, repr=False)
    _clean: asyncio.Event = field(factory=asyncio.Event, init=False, repr=False)
    _closing: bool = field(default=False, init=False, repr=False)
    _writer: asyncio.Task[None] | None = field(default=None, init=False, repr=False)
    _failing: bool = field(default=False, init=False, repr=False)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Hold a folder, and read what it remembers.

        A file that cannot be understood is set aside under another name, with a log record.

        Raises:
            RuntimeError: another emulator holds the folder.
            OSError: it cannot be read or locked.
        """
        with contextlib.ExitStack() as unless_opened:
            lock = unless_opened.enter_context((folder / _LOCK).open("ab"))
            if not _try_lock(lock):
                raise RuntimeError(
                    f"Another emulator works in {folder}: close it, or take another folder"
                )
            archive = cls(folder / _FILE, _read(folder / _FILE), lock)
            unless_opened.pop_all()
            return archive

    def keep(self, snapshot: Callable[[], Kept]) -> None:
        """Write what `snapshot` returns, now and soon after each `note`, until the close."""
        self._mark()
        self._writer = asyncio.create_task(self._write_on(snapshot))
        self._writer.add_done_callback(lambda _: self._lock.close())

    def note(self) -> None:
        """Let a change be written soon; any thread may say so."""
        self._loop.call_soon_threadsafe(self._mark)

    async def written(self) -> None:
        """Wait until all that was noted so far is in the file, as far as that can be written."""
        if self._writer is None or self._writer.done():
            return
        await asyncio.sleep(0)  # a note comes by way of the loop
        while not self._clean.is_set():
            self._hurry.set()
            await self._clean.wait()

    async def aclose(self) -> None:
        """Write the end, and let the folder go."""
        self._closing = True
        self._hurry.set()
        self._mark()
        if self._writer is None:
            self._lock.close()
        else:
            await asyncio.shield(self._writer)

    def _mark(self) -> None:
        self._changed.set()
        self._clean.clear()

    async def _write_on(self, snapshot: Callable[[], Kept]) -> None:
        while self._changed.is_set() or not self._closing:
            await self._changed.wait()
            await self._gather()
            self._changed.clear()
            await self._write(snapshot())
            if not self._changed.is_set():
                self._clean.set()

    async def _gather(self) -> None:
        """Let further changes come along, unless somebody waits for this one."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), _GATHERING_SECONDS)
        if not self._closing:
            self._hurry.clear()

    async def _write(self, kept: Kept) -> None:
        try:
            await asyncio.to_thread(_replace, self.path, kept)
        except OSError as error:
            if not self._failing:
                _LOG.warning("The emulator's world cannot be kept in %s: %s", self.path, error)
            self._failing = True
        else:
            self._failing = False


def _read(path: Path) -> Kept:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return blank()
    try:
        return _understood(json.loads(content))
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it
        aside = path.with_name(f"{path.stem}-{secrets.token_hex(4)}.unread{path.suffix}")
        path.replace(aside)
        _LOG.warning(
            "The emulator begins anew: %s could not be read (%s) and is now %s", path, error, aside
        )
        return blank()


def _understood(found: Any) -> Kept:
    from cattrs import Converter

    version = found.get("version") if isinstance(found, dict) else None
    if version != VERSION:
        raise ValueError(f"its version is {version!r}, and {VERSION} is the one known here")
    converter = Converter(detailed_validation=False, forbid_extra_keys=True)
    kept = converter.structure(found, Kept)
    known = {row["user_id"] for row in kept["accounts"]}
    if not known.issuperset(row["owner"] for row in (*kept["sessions"], *kept["renders"])):
        raise ValueError("it names an owner that it does not hold")
    if not all(row["tokens"] for row in kept["accounts"]):
        raise ValueError("an account has no token")
    for url in (kept["url"], *kept["media_urls"]):
        _ = urlsplit(url).port  # a ValueError where it is none
    return kept


def _replace(path: Path, kept: Kept) -> None:
    """Write a file that only its owner can read: who is killed meanwhile leaves the old one."""
    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(_pieces(kept))
    draft.replace(path)


def _pieces(kept: Kept) -> Iterator[str]:
    """Yield the JSON row by row: while it encodes, no other thread can run."""
    for mark, (name, value) in zip(chain("{", repeat(",\n")), kept.items(), strict=False):
        yield f"{mark}{json.dumps(name)}: "
        yield from _rows(value) if isinstance(value, list) else [json.dumps(value)]
    yield "}\n"


def _rows(rows: list[Any]) -> Iterator[str]:
    for mark, row in zip(chain("[", repeat(",\n")), rows, strict=False):
        yield mark + json.dumps(row)
    yield "]" if rows else "[]"
