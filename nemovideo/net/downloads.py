"""A finished file comes to this disk: whole, under its name, or not at all."""

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, closing
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urljoin, urlsplit

import attrs

from nemovideo.errors import APIError, DownloadError, TransportError
from nemovideo.models import Render
from nemovideo.net.door import OpenAnswer
from nemovideo.net.files import check_target, is_whole_mp4, own_part
from nemovideo.net.transport import Transport
from nemovideo.wire.replies import seconds_to_wait

__all__ = ["download", "unless_troubled"]

_PIECE: Final = 2 * 1024 * 1024
_REDIRECTS: Final = 5


class _TransientError(DownloadError):
    """The address has trouble that may be over soon, perhaps after so many seconds."""

    retry_after: float | None = None


@attrs.define
class _Part:
    """What has come of a file, and of which version of it."""

    path: Path
    version: str = ""

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0


OnBytes: TypeAlias = Callable[[int, int | None], None]


async def download(
    transport: Transport,
    addresses: Callable[[], AsyncGenerator[str, None]],
    path: Path,
    *,
    name: str,
    on_bytes: OnBytes,
) -> Path:
    """Fetch an MP4 under a passing name beside its own, and rename it once it is whole.

    A transfer that breaks off goes on where it stopped, also one of a process that was killed.

    Args:
        transport: The way to the network.
        addresses: The addresses to try, best first.
        path: The final name; an existing file is replaced only on success.
        name: Tells the content from any other, such as the render's id.
        on_bytes: Gets the bytes so far and in all, if that is known.

    Raises:
        ConfigurationError: The target cannot be written.
        DownloadError: No address gave the whole file.
    """
    check_target(path)
    troubles: list[Exception] = []
    with own_part(path, name) as part:
        async with aclosing(addresses()) as known:
            async for address in known:
                try:
                    await _whole(transport, address, part, on_bytes)
                    _rename(part, path)
                except (TransportError, APIError, DownloadError) as error:
                    troubles.append(error)
                except OSError as error:
                    raise DownloadError(f"{path} cannot be written: {error.strerror}.") from error
                else:
                    return path
                finally:
                    part.unlink(missing_ok=True)
    reasons = "; ".join(dict.fromkeys(str(trouble).rstrip(".") for trouble in troubles))
    raise DownloadError(
        f"The video could not be fetched: {reasons or 'the service gives no address'}.",
        hint="The render itself is safe: download it again.",
    ) from next(iter(troubles), None)


async def _whole(transport: Transport, address: str, path: Path, on_bytes: OnBytes) -> None:
    """Fetch until all is there; an attempt that came further than all before does not count."""
    part = _Part(path)
    failures = longest = 0
    if part.size and await asyncio.to_thread(is_whole_mp4, path):
        return  # only the renaming was missing
    while True:
        try:
            await _piece(transport, address, part, on_bytes)
        except (TransportError, APIError, _TransientError) as error:
            if await asyncio.to_thread(is_whole_mp4, path):
                return  # only the end of the answer was missing, not of the file
            failures = 1 if part.size > longest else failures + 1
            longest = max(longest, part.size)
            if failures >= transport.retry.attempts or not _may_pass(error):
                raise
            await transport.pause(failures, error)
        else:
            break
    if not await asyncio.to_thread(is_whole_mp4, path):
        raise DownloadError("the file is no whole MP4")


async def _piece(transport: Transport, address: str, part: _Part, on_bytes: OnBytes) -> None:
    """Fetch what is missing of the part; redirects are followed by hand, to see where they lead."""
    authorized = address.startswith("/")
    whole = transport.settings.base_url + address if authorized else address
    for _ in range(_REDIRECTS):
        _require_address(whole)
        with closing(
            await transport.fetch(
                whole, start=part.size, unless_changed=part.version, authorized=authorized
            )
        ) as answer:
            if location := _redirect(answer):
                whole = _joined(whole, location)
                authorized = authorized and transport.settings.serves(whole)
                continue
            _judge(answer)
            start = _start_of(answer, part.size)
            part.version = _version(answer)
            await _write(answer, part.path, start, on_bytes)
            return
    raise DownloadError("too many redirects")


async def unless_troubled(looking: Awaitable[Render]) -> Render | None:
    """Give what was found, None where the trouble may pass: there is another way to the file."""
    try:
        return await looking
    except (TransportError, APIError) as error:
        if not error.retryable:
            raise
        return None


def _rename(part: Path, path: Path) -> None:
    part.replace(path.resolve())


def _judge(answer: OpenAnswer) -> None:
    status = answer.status
    if status in {408, 429} or status >= 500:
        error = _TransientError(f"the address answers {status}")
        error.retry_after = seconds_to_wait(answer.headers, dt.datetime.now(dt.UTC))
        raise error
    if status not in {200, 206}:
        raise DownloadError(f"the address answers {status}")


def _start_of(answer: OpenAnswer, wanted: int) -> int:
    """Where in the file the answer begins (RFC 9110, section 14.4)."""
    if answer.status != 206:
        return 0
    given = answer.headers.get("Content-Range", f"bytes {wanted}-")
    if not given.startswith(f"bytes {wanted}-"):
        raise DownloadError("the address answers with another part of the file")
    return wanted


def _may_pass(error: TransportError | APIError | _TransientError) -> bool:
    return isinstance(error, _TransientError) or error.retryable


def _require_address(address: str) -> None:
    """Refuse what is no address from which files can be fetched."""
    try:
        parts = urlsplit(address)
        is_good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        raise DownloadError("the service gave an address that is none")


def _joined(address: str, location: str) -> str:
    try:
        return urljoin(address, location)
    except ValueError:
        raise DownloadError("the address redirects to one that is none") from None


def _version(answer: OpenAnswer) -> str:
    """What tells this content from another under the same address (RFC 9110, section 13.1.5)."""
    tag = answer.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified", "")


def _redirect(answer: OpenAnswer) -> str | None:
    return answer.headers.get("Location") if answer.status in {301, 302, 303, 307, 308} else None


async def _write(answer: OpenAnswer, part: Path, have: int, on_bytes: OnBytes) -> None:
    """Write in a thread, 2 MiB at a time; what came before a cut is kept."""
    total = None if answer.length is None else have + answer.length
    with part.open("ab" if have else "wb") as file:
        held: list[bytes] = []
        size = 0
        try:
            while piece := await answer.read():
                held.append(piece)
                size += len(piece)
                if size >= _PIECE:
                    pieces, held = held, []
                    have, size = have + size, 0
                    await asyncio.to_thread(file.writelines, pieces)
                    on_bytes(have, total)
        finally:
            file.writelines(held)
            on_bytes(have + size, total)
