"""The second port: uploads and results, served to anyone who knows the address.

It asks for no token, as a CDN does not, and notes each one that is sent to it.
"""

from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from nemovideo.emulator.files import served
from nemovideo.emulator.world import WORLD

__all__ = ["leaks", "masked", "routes"]

routes = web.RouteTableDef()

_SHOWN: Final = 12


@web.middleware
async def leaks(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Note an Authorization header, which has no business here."""
    authorization = request.headers.get("Authorization")
    if authorization:
        request.app[WORLD].leaked_tokens.append(masked(authorization))
    return await handler(request)


def masked(authorization: str) -> str:
    """Return enough of a token to recognise it, and too little to use it."""
    token = authorization.rpartition(" ")[2]
    return f"{token[:_SHOWN]}…" if len(token) > 2 * _SHOWN else "…"


@routes.get("/media/{key}/{name}")
async def uploaded(request: web.Request) -> web.StreamResponse:
    """Serve an upload; found by its key, so that no name can lead elsewhere."""
    upload = request.app[WORLD].media.get(request.match_info["key"])
    if upload is None:
        raise web.HTTPNotFound
    return await served(request, upload.path)


@routes.get("/renders/{key}.mp4")
async def rendered(request: web.Request) -> web.StreamResponse:
    """Serve a finished render."""
    job = request.app[WORLD].renders.by_key(request.match_info["key"])
    if job is None or job.result is None:
        raise web.HTTPNotFound
    return await served(request, job.result.path)
