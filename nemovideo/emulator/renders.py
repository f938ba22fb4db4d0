"""The render routes: submit, look, cancel, and the download that needs no second host."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from nemovideo.emulator.answers import bad_request, export_blocked, not_found
from nemovideo.emulator.bodies import json_object, member
from nemovideo.emulator.files import served
from nemovideo.emulator.gate import ATTRIBUTION
from nemovideo.emulator.mishaps import AnswerShape, FailRender, LoseRender
from nemovideo.emulator.rendering import Order, RenderJob, failing
from nemovideo.emulator.world import ACCOUNT, WORLD, World

__all__ = ["bare_answer", "enveloped_answer", "has_content", "routes"]

routes = web.RouteTableDef()

_QUALITIES = frozenset({"low", "medium", "high"})


@routes.post("/api/render/proxy/lambda")
async def submit(request: web.Request) -> web.Response:
    """Accept a render under the client's id; a known id answers with the job it has."""
    _require_attribution(request)
    world, body = request.app[WORLD], await json_object(request)
    render_id, session_id = member(body, "id", str), member(body, "sessionId", str)
    session = world.session(request[ACCOUNT], session_id)
    job = world.renders.by_id(render_id)
    if job is None:
        order = Order(_draft(body), world.sources(session), _quality(body))
        job = RenderJob(render_id, session.owner)
        _accept(request, job, order)
    elif job.owner is not session.owner:
        raise bad_request("This render id is taken")
    return _answer(world, job)


@routes.get("/api/render/proxy/lambda/{render_id}")
async def look(request: web.Request) -> web.Response:
    """Tell how far a render is."""
    return _answer(request.app[WORLD], _job(request))


@routes.post("/api/render/proxy/lambda/{render_id}/cancel")
async def cancel(request: web.Request) -> web.Response:
    """Stop a render that is waiting or being made."""
    world, job = request.app[WORLD], _job(request)
    await world.see_through(world.renders.cancel(job))
    return _answer(world, job)


@routes.get("/api/render/proxy/{render_id}/download")
async def download(request: web.Request) -> web.StreamResponse:
    """Send the finished video through the API's own port."""
    job = _job(request)
    if job.result is None:
        raise not_found("This render has no video")
    return await served(request, job.result.path)


def bare_answer(job: RenderJob, media_url: str) -> dict[str, Any]:
    """Return the bare answer (shape A) that tells about a job."""
    percent = 100 if job.result else min(int(job.progress * 100), 99)
    answer = {"taskId": job.id, "status": job.status, "progress": percent}
    if job.error:
        return answer | {"error": job.error}
    if job.result is None:
        return answer
    url = f"{media_url}/renders/{job.key}.mp4"
    output = {"url": url, "duration": job.result.duration, "size": job.result.size}
    return answer | {"output": output}


def enveloped_answer(job: RenderJob, media_url: str) -> dict[str, Any]:
    """Return the answer in an envelope (shape B) that tells about a job."""
    bare = bare_answer(job, media_url)
    data = {
        "id": job.id,
        "status": job.status,
        "progress": bare["progress"],
        "outputUrl": bare["output"]["url"] if job.result else None,
        "createdAt": _moment(job.created_at),
        "completedAt": None if job.completed_at is None else _moment(job.completed_at),
    }
    return {"success": True, "data": data | ({"error": job.error} if job.error else {})}


def has_content(draft: dict[str, Any]) -> bool:
    """Tell whether a draft has a track with at least one segment."""
    tracks = draft.get("t")
    if not isinstance(tracks, list):
        return False
    return any(isinstance(track, dict) and track.get("sg") for track in tracks)


def _accept(request: web.Request, job: RenderJob, order: Order) -> None:
    world = request.app[WORLD]
    world.require_open()
    mishap = world.docket.meet(request.method, request.path, FailRender, LoseRender)
    if isinstance(mishap, LoseRender):
        return
    world.bill.renders += 1
    render = failing(mishap.error) if isinstance(mishap, FailRender) else None
    world.renders.submit(job, order, render)


def _answer(world: World, job: RenderJob) -> web.Response:
    order = world.docket.latest(AnswerShape)
    match order.shape if order else "A":
        case "B":
            return web.json_response(enveloped_answer(job, world.media_url))
        case "mixed":
            return web.json_response({"success": True, "data": bare_answer(job, world.media_url)})
    return web.json_response(bare_answer(job, world.media_url))


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _require_attribution(request: web.Request) -> None:
    missing = [name for name in ATTRIBUTION if not request.headers.get(name)]
    if missing:
        raise export_blocked(f"Export needs the headers {', '.join(missing)}")


def _job(request: web.Request) -> RenderJob:
    world: World = request.app[WORLD]
    job = world.renders.by_id(request.match_info["render_id"])
    if job is None or job.owner is not request[ACCOUNT]:
        raise not_found("Render not found")
    return job


def _draft(body: dict[str, Any]) -> dict[str, Any]:
    draft = member(body, "draft", dict)
    if not has_content(draft):
        raise bad_request("The draft has no track with segments: there is nothing to render")
    return draft


def _quality(body: dict[str, Any]) -> str:
    output = member({"output": {}} | body, "output", dict)
    kind, quality = output.get("format", "mp4"), output.get("quality", "high")
    if kind != "mp4":
        raise bad_request(f"Output format {kind!r} is not offered: use mp4")
    if not isinstance(quality, str) or quality not in _QUALITIES:
        raise bad_request(f"Output quality {quality!r} is not offered: use low, medium or high")
    return quality
