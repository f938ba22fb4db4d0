"""A finished file comes to this disk: whole, under its name, or not at all."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import IO, Final, TypeAlias
from urllib.parse import urljoin

from nemovideo.errors import DownloadError, TransportError
from nemovideo.net.door import OpenAnswer
from nemovideo.net.files import check_target, is_whole_mp4, part_of
from nemovideo.net.transport import Transport

__all__ = ["download"]

_PIECE: Final = 1024 * 1024
_ATTEMPTS: Final = 4
_REDIRECTS: Final = 5


OnBytes: TypeAlias = Callable[[int, int | None], None]


async def download(
    transport: Transport,
    addresses: Callable[[], AsyncIterator[str]],
    path: Path,
    *,
    on_bytes: OnBytes,
) -> Path:
    """Fetch an MP4 to `<name>.part` and rename it once it is whole.

    A transfer that breaks off goes on where it stopped.

    Args:
        transport: The way to the network.
        addresses: The addresses to try, best first.
        path: The final name; an existing file is replaced only on success.
        on_bytes: Gets the bytes so far and in all, if that is known.

    Raises:
        ConfigurationError: The target cannot be written.
        DownloadError: No address gave the whole file.
    """
    check_target(path)
    part = part_of(path)
    trouble: Exception | None = None
    async for address in addresses():
        try:
            await _whole(transport, address, part, on_bytes)
        except (TransportError, DownloadError) as error:
            trouble = error
        except OSError as error:
            raise DownloadError(f"{path} cannot be written: {error.strerror}.") from error
        else:
            await asyncio.to_thread(os.replace, part, path)
            return path
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)
    raise DownloadError(
        f"The video could not be fetched: {_reason(trouble)}.",
        hint="The render itself is safe: download it again.",
    ) from trouble


async def _whole(transport: Transport, address: str, part: Path, on_bytes: OnBytes) -> None:
    for attempt in range(_ATTEMPTS):
        try:
            await _piece(transport, address, part, on_bytes)
            break
        except TransportError:
            if attempt + 1 == _ATTEMPTS:
                raise
            await asyncio.sleep(0.5 * 2**attempt)
    if not await asyncio.to_thread(is_whole_mp4, part):
        raise DownloadError("the file is no whole MP4")


async def _piece(transport: Transport, address: str, part: Path, on_bytes: OnBytes) -> None:
    """Fetch what is missing of the part."""
    have = await asyncio.to_thread(_size, part)
    for _ in range(_REDIRECTS):
        async with transport.fetch(address, start=have) as answer:
            if location := _redirect(answer):
                address = urljoin(_absolute(transport, address), location)
                continue
            if answer.status not in {200, 206}:
                raise DownloadError(f"the address answers {answer.status}")
            await _write(answer, part, have if answer.status == 206 else 0, on_bytes)
            return
    raise DownloadError("too many redirects")


def _absolute(transport: Transport, address: str) -> str:
    return transport.settings.base_url + address if address.startswith("/") else address


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _redirect(answer: OpenAnswer) -> str | None:
    return answer.headers.get("Location") if answer.status in {301, 302, 303, 307, 308} else None


async def _write(answer: OpenAnswer, part: Path, have: int, on_bytes: OnBytes) -> None:
    """Write in a thread, a megabyte at a time."""
    total = None if answer.length is None else have + answer.length
    file = await asyncio.to_thread(part.open, "ab" if have else "wb")
    try:
        held: list[bytes] = []
        while piece := await answer.read():
            held.append(piece)
            if sum(map(len, held)) >= _PIECE:
                have = await _flush(file, held, have)
                on_bytes(have, total)
        on_bytes(await _flush(file, held, have), total)
    finally:
        file.close()


async def _flush(file: IO[bytes], held: list[bytes], have: int) -> int:
    content = b"".join(held)
    held.clear()
    await asyncio.to_thread(file.write, content)
    return have + len(content)


def _reason(trouble: Exception | None) -> str:
    return str(trouble).rstrip(".") if trouble else "the service gives no address"
