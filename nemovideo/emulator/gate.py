"""The gate of the API's port: who comes in, and how a refusal leaves."""

from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from nemovideo.emulator.answers import Refusal
from nemovideo.emulator.world import ACCOUNT, WORLD

__all__ = ["ATTRIBUTION", "TOKEN_PATH", "credentials", "refusals", "remembered"]

ATTRIBUTION = ("X-Skill-Source", "X-Skill-Version", "X-Skill-Platform")
TOKEN_PATH = "/api/auth/anonymous-token"  # noqa: S105 - a path


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn refusals, and the framework's own, into JSON answers."""
    try:
        return await handler(request)
    except Refusal as refusal:
        return refusal.response()
    except web.HTTPException as error:
        detail = HTTPStatus(error.status).phrase
        return web.json_response({"detail": detail}, status=error.status)
    except ConnectionError:  # the client has left: nobody reads the answer
        return web.Response(status=HTTPStatus.BAD_REQUEST)


@web.middleware
async def remembered(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer only when what was done would be found again, also after a kill."""
    response = await handler(request)
    if request.method != "GET":
        await request.app[WORLD].written()
    return response


@web.middleware
async def credentials(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse strangers with 1001; note requests that lack an attribution header."""
    world = request.app[WORLD]
    if not all(request.headers.get(name) for name in ATTRIBUTION):
        world.unattributed.append(f"{request.method} {request.path}")
    if request.path != TOKEN_PATH:
        request[ACCOUNT] = world.accounts.of(request.headers.get("Authorization", ""))
    return await handler(request)
