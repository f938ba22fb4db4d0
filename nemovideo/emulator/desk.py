"""The plain JSON routes: tokens, sessions, credits and state."""

from typing import Any
from uuid import UUID

from aiohttp import web

from nemovideo.emulator.accounts import WEEK
from nemovideo.emulator.answers import bad_request, no_session, success
from nemovideo.emulator.bodies import clean, json_object, member
from nemovideo.emulator.gate import TOKEN_PATH
from nemovideo.emulator.sessions import Session
from nemovideo.emulator.world import ACCOUNT, WORLD

__all__ = ["routes"]

routes = web.RouteTableDef()


@routes.post(TOKEN_PATH)
async def anonymous_token(request: web.Request) -> web.Response:
    """Give a free account to a client id."""
    client_id = request.headers.get("X-Client-Id", "")
    if not _is_uuid(client_id):
        raise bad_request("X-Client-Id header is required and must be a UUID")
    world = request.app[WORLD]
    account = world.accounts.anonymous(client_id.lower(), request.remote or "")
    world.changed()
    return success(
        {
            "token": account.token,
            "user_id": account.user_id,
            "expires_at": account.expires,
            "credits": account.total,
        }
    )


@routes.post("/api/auth/claim-token")
async def claim_token(request: web.Request) -> web.Response:
    """Give a link's token for a session; it is no key to the API."""
    body = await json_object(request)
    session_id, task_id = member(body, "session_id", str), member(body, "task_id", str)
    session = request.app[WORLD].session(request[ACCOUNT], session_id)
    if session.task_id != task_id:
        raise no_session()
    return success({"claim_token": session.claim, "expires_in": int(WEEK)})


@routes.post("/api/tasks/me/with-session/nemo_agent")
async def create_session(request: web.Request) -> web.Response:
    """Open a session."""
    body = {"task_name": "project", "language": "en"} | await json_object(request)
    name, language = member(body, "task_name", str), member(body, "language", str)
    world, account = request.app[WORLD], request[ACCOUNT]
    session = world.sessions.create(account, clean(name), clean(language))
    world.changed()
    return success(
        {"task_id": session.task_id, "session_id": session.id, "user_id": account.user_id}
    )


@routes.get("/api/credits/balance/simple")
async def balance(request: web.Request) -> web.Response:
    """Tell the account's credits."""
    account = request[ACCOUNT]
    return success(
        {"available": account.available, "frozen": account.frozen, "total": account.total}
    )


@routes.get("/api/state/nemo_agent/me/{session_id}/latest")
async def latest_state(request: web.Request) -> web.Response:
    """Tell all that a session holds."""
    session = request.app[WORLD].adk_session(request[ACCOUNT], request.match_info["session_id"])
    return success(
        {
            "session_id": session.id,
            "task_id": session.task_id,
            "task_name": session.name,
            "user_id": session.owner.user_id,
            "state": _state(session),
        }
    )


def _state(session: Session) -> dict[str, Any]:
    infos = [upload.answer() for upload in session.uploads]
    state: dict[str, Any] = {"video_infos": infos, "generated_media": []}
    if session.draft is None:
        return state
    canvas = {key: session.draft["m"][key] for key in ("width", "height", "fps")}
    return state | {"draft": session.draft, "canvas_config": canvas}


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
