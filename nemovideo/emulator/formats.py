"""What a file is, judged by its first bytes and never by its name."""

from attrs import frozen

__all__ = ["SNIFF_BYTES", "Format", "sniff"]

SNIFF_BYTES = 4096


@frozen
class Format:
    """A kind of file that the service accepts.

    Args:
        kind: `image`, `video` or `audio`.
        suffix: the customary ending, with its dot.
    """

    kind: str
    suffix: str


_STARTS: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", Format("image", ".jpg")),
    (b"\x89PNG\r\n\x1a\n", Format("image", ".png")),
    (b"GIF87a", Format("image", ".gif")),
    (b"GIF89a", Format("image", ".gif")),
    (b"ID3", Format("audio", ".mp3")),
    (b"\xff\xf1", Format("audio", ".aac")),
    (b"\xff\xf9", Format("audio", ".aac")),
    (b"\xff\xfb", Format("audio", ".mp3")),
    (b"\xff\xfa", Format("audio", ".mp3")),
    (b"\xff\xf3", Format("audio", ".mp3")),
    (b"\xff\xf2", Format("audio", ".mp3")),
)
_RIFF = {
    b"WEBP": Format("image", ".webp"),
    b"WAVE": Format("audio", ".wav"),
    b"AVI ": Format("video", ".avi"),
}
_STILL_BRANDS = (b"hei", b"hev", b"mif1", b"msf1", b"avif", b"avis")


def sniff(head: bytes) -> Format | None:
    """Return the format that the first bytes of a file show, or `None`.

    HEIC and AVIF are ISO files too, yet not on the accepted list: they are `None`.
    """
    for start, found in _STARTS:
        if head.startswith(start):
            return found
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return Format("video", ".webm" if b"webm" in head[:64] else ".mkv")
    return _iso(head[4:8], head[8:12])


def _iso(box: bytes, brand: bytes) -> Format | None:
    if box in {b"moov", b"mdat", b"wide"}:
        return Format("video", ".mov")
    if box != b"ftyp" or brand.startswith(_STILL_BRANDS):
        return None
    if brand in {b"M4A ", b"M4B "}:
        return Format("audio", ".m4a")
    return Format("video", ".mov" if brand == b"qt  " else ".mp4")
