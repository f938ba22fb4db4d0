"""What callers give as a photo becomes something that can be sent, in constant memory."""

import asyncio
import contextlib
import inspect
import io
import os
import tempfile
import threading
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol, TypeAlias

import attrs

from nemovideo.errors import InputError, MediaError
from nemovideo.net.formats import HEAD_BYTES, HEIC, sniff
from nemovideo.net.pictures import Picture, encoded, jpeg_of_heic

__all__ = [
    "AsyncReadable",
    "Media",
    "Readable",
    "Source",
    "Stamp",
    "media_list",
    "prepared",
    "require_media",
    "stamp_of",
]


class AsyncReadable(Protocol):
    """An async file, or what a chat platform attaches to a message: it is read by waiting."""

    async def read(self) -> bytes:
        """Give all of it; where it takes a size, it is asked for pieces."""


Media: TypeAlias = (
    str
    | os.PathLike[str]
    | bytes
    | bytearray
    | memoryview
    | BinaryIO
    | AsyncIterable[bytes]
    | AsyncReadable
    | Picture
)
"""A path, bytes, an open binary file, an async file or iterator of bytes, or a PIL image."""

Stamp: TypeAlias = tuple[Path, int, int, int, int]
"""A file on disk as it was: path, size, inode, and the times of both kinds of change in ns."""


class Readable(Protocol):
    """What a source opens: read piece by piece, then closed."""

    def read(self, size: int = -1, /) -> bytes:
        """Give up to `size` bytes, nothing at the end."""

    def close(self) -> None:
        """Let go of it."""


_PIECE: Final = 1024 * 1024
_LARGE: Final = 200 * 1024 * 1024


@attrs.frozen
class Source:
    """One file to send, of which everything is known.

    What callers give becomes one. Who has files that are neither on this disk nor in memory, such
    as those of an archive, can make it; nothing of it is looked at or copied.

    Attributes:
        name: The file name that the service sees.
        content_type: By magic bytes.
        size: Length in bytes.
        open: Gives the content from its beginning; called once for each attempt.
        stamp: The file on disk that it was made of.

    Example:
        ```python
        from zipfile import ZipFile

        from nemovideo.net.sources import Source

        with ZipFile("trip.zip", "w") as archive:
            archive.write("beach.jpg")

        with ZipFile("trip.zip") as archive:
            size = archive.getinfo("beach.jpg").file_size
            source = Source("beach.jpg", "image/jpeg", size, lambda: archive.open("beach.jpg"))
            taken = await nemo.uploads.files(session, [source, "market.jpg"])
        ```
    """

    name: str
    content_type: str
    size: int
    open: Callable[[], Readable] = attrs.field(repr=False)
    stamp: Stamp | None = attrs.field(default=None, repr=False)

    @property
    def is_large(self) -> bool:
        """Whether it is above the 200 MB that the service states as its limit."""
        return self.size > _LARGE


def require_media(media: Media | Iterable[Media | Source]) -> list[Media | Source]:
    """Give a list also for a lone photo.

    Raises:
        InputError: The list is empty.
    """
    if not (items := media_list(media)):
        raise InputError("No photo was given.", hint="Give at least one.")
    return items


def media_list(media: Media | Source | Iterable[Media | Source]) -> list[Media | Source]:
    """Give a list also for a lone photo; it may be empty."""
    given: Any = media
    is_many = isinstance(given, Iterable) and not _is_media(given)
    return list(given) if is_many else [given]


@contextlib.asynccontextmanager
async def prepared(media: Iterable[Media | Source]) -> AsyncIterator[list[Source]]:
    """Look at every file and make it ready to send; leaving lets go of what had to be copied.

    HEIC becomes JPEG, a PIL image is encoded, and what can be read only once is copied to a
    temporary file, so that it can be sent again after a refusal. What was looked at before is
    taken as it is.

    Raises:
        InputError: Something is no photo at all.
        MediaError: A file is missing, empty, unreadable or of a type that the service refuses.
    """
    with contextlib.ExitStack() as copies:
        yield [await _to_source(item, position, copies) for position, item in enumerate(media, 1)]


def stamp_of(path: Path) -> Stamp:
    """Tell how a file on disk stands now.

    Raises:
        OSError: It cannot be looked at.
    """
    seen = path.stat()
    return path.absolute(), seen.st_size, seen.st_ino, seen.st_mtime_ns, seen.st_ctime_ns


async def _to_source(media: Media | Source, position: int, copies: contextlib.ExitStack) -> Source:
    given: Any = media
    name = f"file-{position}"
    if isinstance(given, Source):
        return given
    if isinstance(given, str) and not given.strip():
        raise InputError("A photo's path is empty.", hint="Give the path of a file.")
    if isinstance(given, str | os.PathLike):
        return await asyncio.to_thread(_from_path, Path(given))
    if isinstance(given, bytes | bytearray | memoryview):
        content = bytes(given)
        return await asyncio.to_thread(_checked, name, len(content), partial(io.BytesIO, content))
    if _is_picture(given):
        return await asyncio.to_thread(_from_picture, given, name)
    if _is_flow(given):
        return await _from_flow(_flowing(given), _name_of(given, name), copies)
    if hasattr(given, "read"):
        return await _from_file(given, _name_of(given, name), copies)
    kind = type(given).__name__
    raise InputError(
        f"{kind} is no photo.",
        hint="Give paths, bytes, open binary files, async iterators of bytes or PIL images.",
    )


def _is_media(value: Any) -> bool:
    known = isinstance(value, str | bytes | bytearray | memoryview | os.PathLike)
    return known or hasattr(value, "read") or _is_flow(value) or _is_picture(value)


def _is_picture(value: Any) -> bool:
    return hasattr(value, "convert") and hasattr(value, "getexif")


def _is_flow(value: Any) -> bool:
    """Whether bytes come from it only by waiting: an async iterator or an async file."""
    return hasattr(value, "__aiter__") or inspect.iscoroutinefunction(getattr(value, "read", None))


async def _flowing(flow: Any) -> AsyncGenerator[Any, None]:
    """Read by size where that can be: many an async file iterates over lines."""
    if not inspect.iscoroutinefunction(getattr(flow, "read", None)):
        async with contextlib.AsyncExitStack() as stack:
            if hasattr(flow, "aclose"):
                stack.push_async_callback(flow.aclose)
            async for piece in flow:
                yield piece
    elif _takes_size(flow.read):
        while piece := await flow.read(_PIECE):
            yield piece
    else:
        yield await flow.read()


def _takes_size(read: Callable[..., Any]) -> bool:
    """Whether it can be asked for a part; the attachments of chat platforms give all at once."""
    kinds = {parameter.kind for parameter in inspect.signature(read).parameters.values()}
    return bool(kinds - {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD})


async def _reading(file: BinaryIO) -> AsyncGenerator[Any, None]:
    while piece := await asyncio.to_thread(file.read, _PIECE):
        yield piece


def _from_path(path: Path) -> Source:
    try:
        stamp = stamp_of(path)
        source = _checked(path.name, stamp[1], lambda: path.open("rb"), shown=str(path))
    except MediaError:
        raise
    except FileNotFoundError as error:
        message = f"There is no file {path}."
        raise MediaError(message, name=str(path), hint="Check the path.") from error
    except IsADirectoryError as error:
        raise MediaError(f"{path} is a folder, not a file.", name=str(path)) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MediaError(f"{path} cannot be read: {reason}.", name=str(path)) from error
    return attrs.evolve(source, stamp=stamp)


def _from_picture(picture: Picture, name: str) -> Source:
    shown = _name_of(picture, name)
    content, ending = encoded(picture, shown)
    return _checked(f"{Path(shown).stem}.{ending}", len(content), partial(io.BytesIO, content))


async def _from_file(file: BinaryIO, name: str, copies: contextlib.ExitStack) -> Source:
    """Read an open file from where it stands; it stays open, and each attempt begins there."""
    try:
        if not file.seekable():
            return await _from_flow(_reading(file), name, copies)
        copies.callback(_put_back, file, file.tell())
        return await asyncio.to_thread(_from_start, file, name)
    except InputError:
        raise
    except (OSError, ValueError, TypeError, AttributeError) as error:
        hint = "Give a file that is open, and opened with mode 'rb'."
        raise MediaError(f"{name} cannot be read: {error}.", name=name, hint=hint) from error


def _put_back(file: BinaryIO, position: int) -> None:
    """Leave a file as it was given, so that its owner can send it again."""
    with contextlib.suppress(ValueError, OSError):  # closed meanwhile
        file.seek(position)


def _from_start(file: BinaryIO, name: str) -> Source:
    start = file.tell()
    try:
        size = file.seek(0, io.SEEK_END) - start
        return _checked(name, size, partial(_borrowed, file, start, threading.Lock()))
    finally:
        file.seek(start)


async def _from_flow(
    pieces: AsyncGenerator[Any, None], name: str, copies: contextlib.ExitStack
) -> Source:
    """Copy what can be read only once; small files stay in memory, others go to the disk."""
    copy = copies.enter_context(tempfile.SpooledTemporaryFile(max_size=_PIECE))  # noqa: SIM115  # closed by it
    held, size = bytearray(), 0
    async with contextlib.aclosing(pieces):
        async for piece in pieces:
            if not isinstance(piece, bytes | bytearray | memoryview):
                kind = type(piece).__name__
                raise InputError(f"{name} gives {kind}.", hint="An iterator must give bytes.")
            held += piece
            if len(held) >= _PIECE:
                size += await asyncio.to_thread(copy.write, held)
                held = bytearray()
    size += await asyncio.to_thread(copy.write, held)
    return await asyncio.to_thread(
        _checked, name, size, partial(_borrowed, copy, 0, threading.Lock())
    )


def _name_of(media: Any, name: str) -> str:
    """The name that an object knows of itself; an open descriptor has a number.

    Beside a `filename` the `name` is that of a form's field.
    """
    known = (getattr(media, told_by, None) for told_by in ("filename", "name"))
    names = (Path(told).name for told in known if isinstance(told, str))
    return next(filter(None, names), name)


def _borrowed(file: Any, start: int, turn: threading.Lock) -> Readable:
    return _Borrowed(file, turn, start)


@attrs.define(eq=False)
class _Borrowed:
    """A file that is read but not closed: it is the caller's, or needed for the next attempt.

    Each reader keeps its own place: a thread may still read for an attempt that was given up.
    """

    _file: BinaryIO
    _turn: threading.Lock
    _place: int

    def read(self, size: int = -1, /) -> bytes:
        with self._turn:
            self._file.seek(self._place)
            piece = self._file.read(size)
            self._place += len(piece)
            return piece

    def close(self) -> None:
        """Leave closing to its owner."""


def _checked(
    name: str, size: int, opened: Callable[[], Readable], *, shown: str | None = None
) -> Source:
    shown = shown or name
    if size == 0:
        raise MediaError(f"{shown} is empty.", name=shown, hint="Export or copy it again.")
    with contextlib.closing(opened()) as file:
        head = file.read(HEAD_BYTES)
    kind = sniff(bytes(head))
    if kind is None:
        raise MediaError(
            f"{shown} is no photo, video or sound that the service knows.",
            name=shown,
            hint="Send JPEG, PNG, WebP or GIF, a video (mp4, mov, webm, mkv, avi) or sound.",
        )
    if kind == HEIC:
        return _from_heic(name, shown, opened)
    content_type, ending = kind
    return Source(name if Path(name).suffix else f"{name}.{ending}", content_type, size, opened)


def _from_heic(name: str, shown: str, opened: Callable[[], Readable]) -> Source:
    with contextlib.closing(opened()) as file:
        content = jpeg_of_heic(file.read(), shown)
    opened = partial(io.BytesIO, content)
    return Source(f"{Path(name).stem}.jpg", "image/jpeg", len(content), opened)
