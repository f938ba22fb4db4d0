"""The upload route: multipart files, or addresses to fetch from."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote, urlsplit

import aiohttp
from aiohttp import web

from nemovideo.emulator.answers import body_invalid, success, unsupported
from nemovideo.emulator.bodies import clean, json_object, member
from nemovideo.emulator.intake import take_in
from nemovideo.emulator.sessions import Session, Upload
from nemovideo.emulator.strikes import STRIKE, Pace
from nemovideo.emulator.world import ACCOUNT, WORLD, World

__all__ = ["routes"]

routes = web.RouteTableDef()

_PIECE = 256 * 1024
_LEAST_PIECE = 1024  # the reader wants more than the length of a boundary
_MANY = 100
_FETCH = aiohttp.ClientTimeout(total=60, sock_connect=10)


@routes.post("/api/upload-video/nemo_agent/me/{session_id}")
async def upload(request: web.Request) -> web.Response:
    """Take files into a session: all of them, or none, also of a client that leaves."""
    return await request.app[WORLD].see_through(_upload(request))


async def _upload(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    session = world.adk_session(request[ACCOUNT], request.match_info["session_id"])
    source = _fetched if request.content_type == "application/json" else _sent
    taken: list[Upload] = []
    try:
        await source(world, request, taken)
    except BaseException:
        for one in taken:
            one.path.unlink(missing_ok=True)
        raise
    return _entered(world, session, taken)


def _entered(world: World, session: Session, taken: list[Upload]) -> web.Response:
    if not taken:
        raise body_invalid("files")
    session.uploads.extend(taken)
    world.media.update({one.id: one for one in taken})
    world.changed()
    files = [one.answer() for one in taken]
    return success({"files": files, "session_state_applied": True})


async def _sent(world: World, request: web.Request, taken: list[Upload]) -> None:
    if request.content_type != "multipart/form-data":
        raise body_invalid("files")
    try:
        async for part in await request.multipart():
            if isinstance(part, aiohttp.BodyPartReader) and part.name == "files":
                name = clean(part.filename or "file")
                taken.append(await take_in(world, name, _pieces(part, request[STRIKE].pace)))
    except ValueError as error:
        raise body_invalid(kind="multipart_invalid", message="Malformed multipart body") from error


async def _pieces(part: aiohttp.BodyPartReader, pace: Pace | None) -> AsyncIterator[bytes]:
    size = _PIECE if pace is None else max(_LEAST_PIECE, pace.piece)
    while piece := await part.read_chunk(size):
        if pace is not None:
            await pace.spend(len(piece))
        yield piece


async def _fetched(world: World, request: web.Request, taken: list[Upload]) -> None:
    urls = member(await json_object(request), "urls", list)
    if not urls:
        raise body_invalid("urls", kind="too_short", message="At least one address")
    if len(urls) > _MANY:
        raise body_invalid("urls", kind="too_long", message=f"At most {_MANY} addresses")
    addresses = [_address(url, index) for index, url in enumerate(urls)]
    for address in addresses:
        await _fetch(world, address, taken)


def _address(url: Any, index: int) -> str:
    if isinstance(url, str) and url.startswith(("http://", "https://")):
        return clean(url)
    message = "Input should be an http or https address"
    raise body_invalid("urls", index, kind="url_scheme", message=message)


async def _fetch(world: World, url: str, taken: list[Upload]) -> None:
    name = unquote(urlsplit(url).path).rpartition("/")[2]
    try:
        async with world.http.get(url, timeout=_FETCH) as response:
            if response.status != 200:
                raise unsupported(name, f"its address answered {response.status}")
            taken.append(await take_in(world, name, response.content.iter_chunked(_PIECE)))
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise unsupported(name, "its address could not be fetched") from error
