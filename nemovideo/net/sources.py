"""What callers give as a photo becomes something that can be sent, in constant memory."""

import asyncio
import contextlib
import io
import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol, TypeAlias

import attrs

from nemovideo.errors import InputError, MediaError

__all__ = ["Media", "Readable", "Source", "as_list", "sniff", "to_sources"]

Media: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO
"""A file's path, its bytes, or an open binary file."""


class Readable(Protocol):
    """What a source opens: read piece by piece, then closed."""

    def read(self, size: int = -1, /) -> bytes:
        """Give up to `size` bytes, nothing at the end."""

    def close(self) -> None:
        """Let go of it."""


_HEAD_BYTES: Final = 64
_LARGE: Final = 200 * 1024 * 1024


@attrs.frozen
class Source:
    """One file to send.

    Attributes:
        name: The file name that the service sees.
        content_type: By magic bytes.
        size: Length in bytes.
        open: Gives the content from its beginning; called once for each attempt.
    """

    name: str
    content_type: str
    size: int
    open: Callable[[], Readable] = attrs.field(repr=False)

    @property
    def is_large(self) -> bool:
        """Whether it is above the 200 MB that the service states as its limit."""
        return self.size > _LARGE


def as_list(media: Media | Iterable[Media | Source]) -> list[Media | Source]:
    """Give a list also for a lone path, bytes or file.

    Raises:
        InputError: The list is empty.
    """
    given: Any = media
    items = [given] if _is_media(given) else list(given) if isinstance(given, Iterable) else [given]
    if not items:
        raise InputError("No photo was given.", hint="Give at least one.")
    return items


async def to_sources(media: Iterable[Media | Source]) -> list[Source]:
    """Look at every file and make it ready to send; HEIC becomes JPEG.

    What was looked at before is taken as it is.

    Raises:
        MediaError: A file is missing, empty, unreadable or of a type that the service refuses.
    """
    return [
        await asyncio.to_thread(_to_source, item, position)
        for position, item in enumerate(media, 1)
    ]


def sniff(head: bytes) -> tuple[str, str] | None:
    """Tell type and usual ending from the first bytes; None for what the service does not take.

    Args:
        head: At least the first 16 bytes.
    """
    match head[:4], head[4:8], head[8:12]:
        case b"RIFF", _, kind if kind in _RIFF:
            return _RIFF[kind]
        case _, b"ftyp", brand:
            return _ISO.get(brand, ("video/mp4", "mp4"))
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)


_RIFF: Final = {
    b"WEBP": ("image/webp", "webp"),
    b"WAVE": ("audio/wav", "wav"),
    b"AVI ": ("video/x-msvideo", "avi"),
}
_HEIC: Final = ("image/heic", "heic")
_ISO: Final[Mapping[bytes, tuple[str, str] | None]] = {
    **dict.fromkeys((b"avif", b"avis")),
    b"qt  ": ("video/quicktime", "mov"),
    b"M4A ": ("audio/mp4", "m4a"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"), _HEIC),
}
_MAGIC: Final = (
    (b"\xff\xd8\xff", ("image/jpeg", "jpg")),
    (b"\x89PNG\r\n\x1a\n", ("image/png", "png")),
    (b"GIF8", ("image/gif", "gif")),
    (b"\x1a\x45\xdf\xa3", ("video/webm", "webm")),
    (b"ID3", ("audio/mpeg", "mp3")),
    (b"\xff\xf1", ("audio/aac", "aac")),
    (b"\xff\xf9", ("audio/aac", "aac")),
    (b"\xff\xfb", ("audio/mpeg", "mp3")),
    (b"\xff\xf3", ("audio/mpeg", "mp3")),
    (b"\xff\xf2", ("audio/mpeg", "mp3")),
)


def _to_source(media: Media | Source, position: int) -> Source:
    if isinstance(media, Source):
        return media
    if isinstance(media, bytes | bytearray | memoryview):
        content = bytes(media)
        return _checked(f"file-{position}", len(content), lambda: io.BytesIO(content))
    if isinstance(media, str | os.PathLike):
        return _from_path(Path(media))
    if not _is_media(media):
        kind = type(media).__name__
        raise InputError(f"{kind} is no photo.", hint="Give paths, bytes or open binary files.")
    return _from_file(media, position)


def _is_media(value: Any) -> bool:
    known = isinstance(value, str | bytes | bytearray | memoryview | os.PathLike)
    return known or hasattr(value, "read")


def _from_path(path: Path) -> Source:
    try:
        size = path.stat().st_size
        return _checked(path.name, size, lambda: path.open("rb"), shown=str(path))
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


def _from_file(file: BinaryIO, position: int) -> Source:
    """Read an open file from where it stands; it stays open, and each attempt begins there."""
    given = getattr(file, "name", None)
    name = Path(given).name if isinstance(given, str) else f"file-{position}"
    try:
        if not file.seekable():
            content = file.read()
            return _checked(name, len(content), lambda: io.BytesIO(content))
        start = file.tell()
        try:
            size = file.seek(0, io.SEEK_END) - start
            return _checked(name, size, partial(_borrowed, file, start))
        finally:
            file.seek(start)
    except MediaError:
        raise
    except (OSError, ValueError, TypeError, AttributeError) as error:
        hint = "Give a file that is open, and opened with mode 'rb'."
        raise MediaError(f"{name} cannot be read: {error}.", name=name, hint=hint) from error


def _borrowed(file: BinaryIO, start: int) -> Readable:
    file.seek(start)
    return _Borrowed(file)


@attrs.frozen
class _Borrowed:
    """A caller's file that is read but not closed."""

    file: BinaryIO

    def read(self, size: int = -1, /) -> bytes:
        return self.file.read(size)

    def close(self) -> None:
        """Leave closing to the caller."""


def _checked(
    name: str, size: int, opened: Callable[[], Readable], *, shown: str | None = None
) -> Source:
    shown = shown or name
    if size == 0:
        raise MediaError(f"{shown} is empty.", name=shown, hint="Export or copy it again.")
    with contextlib.closing(opened()) as file:
        head = file.read(_HEAD_BYTES)
    kind = sniff(bytes(head))
    if kind is None:
        raise MediaError(
            f"{shown} is no photo, video or sound that the service knows.",
            name=shown,
            hint="Send JPEG, PNG, WebP or GIF, a video (mp4, mov, webm, mkv, avi) or sound.",
        )
    if kind == _HEIC:
        return _from_heic(name, shown, opened)
    content_type, ending = kind
    return Source(name if Path(name).suffix else f"{name}.{ending}", content_type, size, opened)


def _from_heic(name: str, shown: str, opened: Callable[[], Readable]) -> Source:
    """Convert to JPEG: the service recommends HEIC and refuses it (contract section 3)."""
    try:
        import pi_heif
    except ImportError as error:
        raise MediaError(
            f"{shown} is HEIC, which the service does not take.",
            name=shown,
            hint="Install nemovideo[heic] to have it converted, or send JPEG.",
        ) from error
    jpeg = io.BytesIO()
    with contextlib.closing(opened()) as file:
        try:
            photo = pi_heif.open_heif(file.read()).to_pillow()
        except (OSError, ValueError, RuntimeError) as error:
            raise MediaError(f"{shown} is a broken HEIC photo.", name=shown) from error
    profile = photo.info.get("icc_profile")
    photo.convert("RGB").save(jpeg, "JPEG", quality=92, icc_profile=profile)
    content = jpeg.getvalue()
    return Source(f"{Path(name).stem}.jpg", "image/jpeg", len(content), lambda: io.BytesIO(content))
