"""Taking files in: streamed to disk, judged by their bytes, measured, entered into the world."""

import asyncio
import hashlib
import secrets
import unicodedata
from collections.abc import AsyncIterable, Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Final, ParamSpec, TypeVar

from attrs import evolve

from nemovideo.emulator.answers import too_large, unsupported
from nemovideo.emulator.formats import SNIFF_BYTES, Format, sniff
from nemovideo.emulator.measuring import UnreadableError, measure
from nemovideo.emulator.sessions import Upload
from nemovideo.emulator.world import World

__all__ = ["UPLOAD_LIMIT", "plain_name", "take_in"]

UPLOAD_LIMIT: Final = 200 * 2**20
_NAME_LENGTH = 120
_SUFFIX_LENGTH = 10

_P = ParamSpec("_P")
_T = TypeVar("_T")


async def take_in(world: World, name: str, chunks: AsyncIterable[bytes]) -> Upload:
    """Store one file, or refuse it with 4001 or 4002 and leave nothing behind.

    The file is not yet served: a request with one bad file keeps none of them.
    """
    key, shown = secrets.token_hex(8), plain_name(name)
    upload = Upload(key, shown, "", world.media_url, world.folder / "uploads" / key, "")
    try:
        upload = await _written(upload, chunks)
        return await _in_thread(_judged, upload)
    except BaseException:
        _forget(upload.path)
        raise


def plain_name(name: str) -> str:
    """Return the last part of a client's file name: no folders, no control characters."""
    last = PurePosixPath(name.replace("\\", "/")).name
    shown = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    stem, _, suffix = shown.strip(" .").rpartition(".")
    return (
        f"{stem[:_NAME_LENGTH]}.{suffix[:_SUFFIX_LENGTH]}"
        if stem
        else suffix[:_NAME_LENGTH] or "file"
    )


async def _written(upload: Upload, chunks: AsyncIterable[bytes]) -> Upload:
    digest, size = hashlib.sha256(), 0
    await _in_thread(upload.path.touch)
    async for chunk in chunks:
        size += len(chunk)
        if size > UPLOAD_LIMIT:
            raise too_large(upload.name, UPLOAD_LIMIT)
        await _in_thread(_append, upload.path, chunk)
        digest.update(chunk)
    return evolve(upload, digest=digest.hexdigest())


async def _in_thread(work: Callable[_P, _T], *args: _P.args, **options: _P.kwargs) -> _T:
    """Do `work` in a thread; who is cancelled meanwhile still waits until it is done."""
    task = asyncio.ensure_future(asyncio.to_thread(work, *args, **options))
    try:
        return await asyncio.shield(task)
    finally:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([task])


def _append(path: Path, chunk: bytes) -> None:
    with path.open("ab") as file:
        file.write(chunk)


def _forget(path: Path) -> None:
    for one in path.parent.glob(f"{path.name}*"):  # with the suffix that it was given, or without
        one.unlink(missing_ok=True)


def _judged(upload: Upload) -> Upload:
    with upload.path.open("rb") as file:
        found = _format(upload.name, file.read(SNIFF_BYTES))
    try:
        seen = measure(upload.path, found.kind)
    except UnreadableError as error:
        raise unsupported(upload.name, str(error)) from error
    path = upload.path.rename(upload.path.with_suffix(found.suffix))
    return evolve(
        upload,
        kind=seen.kind,
        path=path,
        width=seen.width,
        height=seen.height,
        duration=seen.duration,
        fps=seen.fps,
    )


def _format(name: str, head: bytes) -> Format:
    if not head:
        raise unsupported(name, "the file is empty")
    found = sniff(head)
    if found is None:
        raise unsupported(name, "its content is none of the accepted formats")
    return found
