"""Request bodies that note whether writing has begun: the only evidence of delivery there is."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload

from nemovideo.errors import MediaError
from nemovideo.net.sources import Readable, Source

__all__ = ["FilesBody", "JSONBody"]

_PIECE: Final = 1024 * 1024


class JSONBody(Payload):
    """A JSON document."""

    def __init__(self, document: Any) -> None:
        content = _encoded(document)
        super().__init__(content, content_type="application/json")
        self._size = len(content)
        self.begun = False

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Send it; from here on the service may have it."""
        self.begun = True
        await writer.write(self._value)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Give the document as text."""
        return str(self._value, encoding, errors)


class FilesBody(Payload):
    """A `multipart/form-data` body (RFC 7578) of files, read while they are sent.

    One piece is read in a thread while the one before it is on its way, so that memory holds
    two pieces at most and neither the disk nor the network waits for the other.
    """

    def __init__(
        self,
        field: str,
        sources: Sequence[Source],
        *,
        stall: float,
        on_sent: Callable[[int], None],
    ) -> None:
        boundary = secrets.token_hex(16)
        super().__init__(None, content_type=f"multipart/form-data; boundary={boundary}")
        heads = [_part_head(boundary, field, source) for source in sources]
        self._parts = list(zip(heads, sources, strict=True))
        self._tail = f"--{boundary}--\r\n".encode()
        self._size = sum(len(head) + source.size + 2 for head, source in self._parts)
        self._size += len(self._tail)
        self._stall = stall
        self._on_sent = on_sent
        self.begun = False

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Send every file in its turn; from here on the service may have some of it."""
        self.begun = True
        sent = 0
        for head, source in self._parts:
            await writer.write(head)
            async with contextlib.aclosing(_pieces(source)) as pieces:
                async for piece in pieces:
                    async with asyncio.timeout(self._stall):
                        await writer.write(piece)
                        await writer.drain()
                    sent += len(piece)
                    self._on_sent(sent)
            await writer.write(b"\r\n")
        await writer.write(self._tail)

    def decode(self, encoding: str = "", errors: str = "") -> str:  # noqa: ARG002  # aiohttp's
        """Say what it is; the content is never held."""
        return f"<{len(self._parts)} files>"


def _encoded(document: Any) -> bytes:
    """Encode as UTF-8; halves of surrogate pairs, which UTF-8 cannot hold, go out escaped."""
    try:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(document, separators=(",", ":")).encode()


def _part_head(boundary: str, field: str, source: Source) -> bytes:
    """Name one file; RFC 7578 sends names as UTF-8, and HTML escapes quotes and line ends."""
    name = source.name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    return (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="{quote(field)}"; filename="{name}"\r\n'
        f"Content-Type: {source.content_type}\r\n\r\n"
    ).encode("utf-8", "replace")


async def _pieces(source: Source) -> AsyncGenerator[bytes, None]:
    """Read one piece ahead, exactly as many bytes as were promised.

    Raises:
        MediaError: The file is gone, cannot be read any more, or became shorter.
    """
    left = source.size
    try:
        file = source.open()
        reading = _read_ahead(file, left)
        try:
            while left:
                piece = await asyncio.shield(reading)
                if not piece:
                    raise MediaError(f"{source.name} became shorter while it was sent.")
                left -= len(piece)
                if left:
                    reading = _read_ahead(file, left)
                yield piece
        finally:
            reading.add_done_callback(partial(_close, file))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise MediaError(f"{source.name} cannot be read any more: {reason}.") from error


def _read_ahead(file: Readable, left: int) -> asyncio.Future[bytes]:
    loop = asyncio.get_running_loop()
    return loop.run_in_executor(None, file.read, min(_PIECE, left))


def _close(file: Readable, reading: asyncio.Future[bytes]) -> None:
    """Close a file once no thread reads it any more."""
    reading.exception()
    file.close()
