"""The whole way from a token to an upload, in an emulator of its own that leaves nothing."""

import struct
import uuid
import zlib
from collections.abc import Iterator
from typing import Final

from nemovideo.cli.doctor.check import Check, Report
from nemovideo.cli.doctor.contract import compared
from nemovideo.cli.doctor.service import Service
from nemovideo.net.sources import prepared
from nemovideo.net.stores import MemoryTokenStore
from nemovideo.settings import Settings
from nemovideo.wire import replies, requests, shapes

__all__ = ["picture", "rehearse"]

_SIDE: Final = 16


async def rehearse(report: Report) -> None:
    """Get a free account, begin a session, upload a picture, and read the state again."""
    from nemovideo.emulator import Emulator

    async with Emulator() as emulator:
        settings = Settings.resolve({}, base_url=emulator.url)
        async with Service.opened(settings, MemoryTokenStore()) as stranger:
            request = requests.anonymous_token(str(uuid.uuid4()))
            data = await stranger.data(request, authorized=False)
        report.add(compared("free account", shapes.differences(data, shapes.TOKEN)))
        known = settings.with_token(replies.anonymous_token(data).token)
        report.hide(known.token)
        async with Service.opened(known, MemoryTokenStore()) as service:
            await _walk(report, service)
    report.add(Check("scopes", "ok", "reading, writing and uploading work with the emulator"))


async def _walk(report: Report, service: Service) -> None:
    data = await service.data(requests.create_session("project", "en"))
    report.add(compared("new session", shapes.differences(data, shapes.SESSION)))
    session = replies.session(data)
    async with prepared([picture()]) as sources:
        data = await service.data(requests.upload_files(session), sources=sources)
    report.add(compared("upload", shapes.differences(data, shapes.UPLOAD)))
    data = await service.data(requests.latest_state(session))
    report.add(compared("state after it", shapes.differences(data, shapes.STATE)))


def picture() -> bytes:
    """Make a small grey PNG (RFC 2083), without a library for pictures."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunks())


def _chunks() -> Iterator[bytes]:
    rows = (b"\0" + b"\x80" * _SIDE) * _SIDE
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 0, 0, 0, 0)
    for kind, content in ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
        checksum = zlib.crc32(kind + content)
        yield struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
