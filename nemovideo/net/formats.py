"""What a file is, told by its first bytes and never by its name."""

from collections.abc import Mapping
from typing import Final

__all__ = ["HEAD_BYTES", "HEIC", "sniff"]

HEAD_BYTES: Final = 64
"""How many bytes to look at."""

HEIC: Final = ("image/heic", "heic")
"""What `sniff` says of photos that the service recommends and refuses."""


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
        case _, b"wide" | b"mdat" | b"moov", _:  # QuickTime is older than `ftyp`
            return _ISO[b"qt  "]
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)


_RIFF: Final = {
    b"WEBP": ("image/webp", "webp"),
    b"WAVE": ("audio/wav", "wav"),
    b"AVI ": ("video/x-msvideo", "avi"),
}
_ISO: Final[Mapping[bytes, tuple[str, str] | None]] = {
    **dict.fromkeys((b"avif", b"avis")),
    b"qt  ": ("video/quicktime", "mov"),
    b"M4A ": ("audio/mp4", "m4a"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"), HEIC),
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
    (b"\xff\xfa", ("audio/mpeg", "mp3")),
    (b"\xff\xf3", ("audio/mpeg", "mp3")),
    (b"\xff\xf2", ("audio/mpeg", "mp3")),
)
