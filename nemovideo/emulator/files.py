"""Files as answers, whole or in ranges, and what faults do to them on their way."""

import asyncio
import mimetypes
import os
from http import HTTPStatus
from pathlib import Path
from typing import Final

from aiohttp import web

from nemovideo.emulator.mishaps import CutDownload
from nemovideo.emulator.strikes import STRIKE, answering, hang_up

__all__ = ["served"]

_PIECE: Final = 64 * 1024


async def served(request: web.Request, path: Path) -> web.StreamResponse:
    """Answer with a file, whole or in the range that was asked for."""
    strike = request[STRIKE]
    if strike.verdict is not None or request.method != "GET":
        return web.FileResponse(path)
    try:
        found = await asyncio.to_thread(path.stat)
    except FileNotFoundError:
        raise web.HTTPNotFound from None
    cut = strike.in_body(CutDownload)
    if cut is None and strike.pace is None:
        return web.FileResponse(path)
    part = _part(request, found.st_size)
    if not part:
        headers = {"Content-Range": f"bytes */{found.st_size}"}
        return web.Response(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    response = _head(request, path, found, part)
    await answering(request)
    await response.prepare(request)
    await _send(request, response, path, part if cut is None else _shortened(part, cut.after))
    if cut is not None:
        hang_up(request)
    return response


def _part(request: web.Request, size: int) -> range:
    try:
        return range(*request.http_range.indices(size))
    except ValueError:
        return range(0)


def _shortened(part: range, after: int) -> range:
    return part[: after if after < len(part) else len(part) // 2]


def _head(
    request: web.Request, path: Path, found: os.stat_result, part: range
) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Accept-Ranges": "bytes"})
    response.content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    response.content_length = len(part)
    response.etag = f"{found.st_mtime_ns:x}-{found.st_size:x}"
    response.last_modified = found.st_mtime
    if "Range" in request.headers:
        response.set_status(HTTPStatus.PARTIAL_CONTENT)
        response.headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{found.st_size}"
    return response


async def _send(
    request: web.Request, response: web.StreamResponse, path: Path, part: range
) -> None:
    pace = request[STRIKE].pace
    for start in part[::_PIECE]:
        piece = await asyncio.to_thread(_read, path, start, min(_PIECE, part.stop - start))
        if pace is None:
            await response.write(piece)
        else:
            await pace.write(response, piece)


def _read(path: Path, start: int, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(size)
