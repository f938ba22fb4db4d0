"""A host of files, and what the tests of downloads share."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

from aiohttp import web

from nemovideo.net.downloads import download
from nemovideo.net.transport import Transport

__all__ = ["LARGE", "SMALL", "Files", "at", "box", "fetch"]


def box(kind: bytes, content: bytes = b"") -> bytes:
    """A box of an MP4."""
    return (8 + len(content)).to_bytes(4, "big") + kind + content


SMALL = box(b"ftyp", b"isom") + box(b"moov", b"m" * 30) + box(b"mdat", b"d" * 200_000)
LARGE = box(b"ftyp", b"isom") + box(b"moov", b"m" * 30) + box(b"mdat", bytes(5 * 1024**2))


def ignored(_: int, __: int | None) -> None:
    """Take no notice of progress."""


async def fetch(
    transport: Transport,
    addresses: Callable[[], AsyncGenerator[str, None]],
    path: Path,
    on_bytes: Callable[[int, int | None], None] = ignored,
) -> Path:
    """Download the file of one and the same render."""
    return await download(transport, addresses, path, name="r", on_bytes=on_bytes)


def at(*addresses: str) -> Callable[[], AsyncGenerator[str, None]]:
    """These addresses, best first."""

    async def give() -> AsyncGenerator[str, None]:
        for address in addresses:
            yield address

    return give


class Files:
    """A host of files that understands ranges, and cuts the first answers."""

    def __init__(self, content: bytes = SMALL, *, cuts: int = 0, ranges: bool = True) -> None:
        self.content = content
        self.cuts = cuts
        self.ranges = ranges
        self.asked: list[tuple[str, str | None, str | None]] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Give the file, or what is wanted of it."""
        ranged = request.headers.get("Range")
        self.asked.append((request.path, ranged, request.headers.get("Authorization")))
        match request.path:
            case "/gone":
                return web.Response(status=403)
            case "/page":
                return web.Response(text="<html>not here</html>", content_type="text/html")
        start = (
            int(ranged.removeprefix("bytes=").removesuffix("-")) if ranged and self.ranges else 0
        )
        content = self.content[start:]
        answer = web.StreamResponse(status=206 if start else 200)
        answer.content_length = len(content)
        await answer.prepare(request)
        if self.cuts:
            self.cuts -= 1
            await answer.write(content[: len(content) // 2])
            await asyncio.sleep(0.05)
            assert request.transport
            request.transport.abort()
        else:
            await answer.write(content)
        return answer
