"""A second service for the tests: canned answers, written without a line of the package.

Client and emulator come from the same hands and could agree on a mistake; this server cannot.
"""

import functools
import hashlib
import io
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final, Literal, Self

import av
import numpy as np
from aiohttp import BodyPartReader, web
from attrs import define, field, frozen

Shape = Literal["A", "B", "bare"]

TOKEN: Final = "nmv_usr_canned"
SESSION_ID: Final = "7412345678901234567"  # no float holds it
DRAFT: Final = (  # keys that nobody knows, in no order, and numbers that are easily spelled anew
    '{"zz":{"b":null,"a":[true,{}]},"d":4000.0,"t":[{"sg":[{"seed":18446744073709551617,"d":2000,'
    '"m":{"name":"城市 — \u2028night","gain":-0.0,"pan":0.30000000000000004}},{"d":2000.0}],'
    '"tt":0,"aa":"kept"},{"tt":42,"sg":[]}],"m":{"width":1920,"title":"","eps":1e-07,"far":1e+22}}'
)
SPOKEN: Final = ("I put your photos in order.", "Done: 4 seconds, no music.")

_CANNED: Final[dict[str, dict[str, Any]]] = {
    "POST /api/auth/anonymous-token": {
        "token": TOKEN,
        "user_id": "anon_1",
        "expires_at": "2199-01-01T00:00:00Z",
        "credits": 100,
    },
    "POST /api/auth/claim-token": {"claim_token": "clm_1", "expires_in": 604800},
    "POST /api/tasks/me/with-session/nemo_agent": {"task_id": "task-1", "session_id": SESSION_ID},
    "GET /api/credits/balance/simple": {"available": 50, "frozen": 25, "total": 75},
    f"GET /api/state/nemo_agent/me/{SESSION_ID}/latest": {"state": {"draft": "<draft>"}},
}


@frozen
class Part:
    """One part of a multipart body."""

    name: str | None
    filename: str | None
    content_type: str | None
    size: int
    sha256: str


@frozen
class Recorded:
    """One request as it came; header names in one spelling, a repeated header joined by commas."""

    port: Literal["api", "media"]
    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""
    parts: tuple[Part, ...] = ()


@define
class IndependentServer:
    """The contract's routes on one port of loopback, finished videos on another.

    `shape` chooses the envelope: `A` is `{"code", "data"}` with bare renders, `B` is
    `{"success", "data"}` with `outputUrl`, `bare` has none and mixes the two shapes of renders.
    `looks` are the states of a render from the order on.
    """

    shape: Shape = "A"
    looks: tuple[str, ...] = ("pending", "processing", "completed")
    recorded: list[Recorded] = field(factory=list, init=False)
    api_url: str = field(default="", init=False)
    media_url: str = field(default="", init=False)
    _runners: list[web.ServerRunner] = field(factory=list, init=False)
    _looks_left: list[str] = field(factory=list, init=False)

    async def __aenter__(self) -> Self:
        self.api_url = await self._serve(self._api)
        self.media_url = await self._serve(self._media)
        return self

    async def __aexit__(self, *_: object) -> None:
        for runner in self._runners:
            await runner.cleanup()

    async def _serve(
        self, handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
    ) -> str:
        runner = web.ServerRunner(web.Server(handler, access_log=None), shutdown_timeout=1)
        self._runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def _media(self, request: web.BaseRequest) -> web.StreamResponse:
        self.recorded.append(await _received("media", request))
        return web.Response(body=clip(), content_type="video/mp4")

    async def _api(self, request: web.BaseRequest) -> web.StreamResponse:
        self.recorded.append(seen := await _received("api", request))
        if data := _CANNED.get(f"{request.method} {request.path}"):
            return self._wrapped(data)
        if request.path == "/run_sse":
            return await _stream(request)
        if request.path == f"/api/upload-video/nemo_agent/me/{SESSION_ID}":
            names = [part.filename for part in seen.parts] or json.loads(seen.body)["urls"]
            return self._wrapped({"files": [{"filename": name} for name in names]})
        if request.path.startswith("/api/render/proxy/lambda"):
            return self._render(request.path, seen.body)
        return _json({"detail": "Not Found"}, status=404)

    def _wrapped(self, data: dict[str, Any]) -> web.Response:
        match self.shape:
            case "A":
                return _json({"code": 0, "message": "ok", "data": data})
            case "B":
                return _json({"success": True, "data": data})
        return _json(data)

    def _render(self, path: str, body: bytes) -> web.Response:
        looks = self._looks_left
        if body or not looks:
            looks[:] = self.looks
        name = json.loads(body)["id"] if body else path.split("/")[5]
        status = "failed" if path.endswith("/cancel") else looks[0]
        del looks[: len(looks) > 1]  # the last one stays
        facts = {"status": status, "progress": {"processing": 40, "completed": 100}.get(status, 0)}
        done = status == "completed"
        url = f"{self.media_url}/results/clip.mp4?expires=1&sig=a%2Fb%3D" if done else None
        match self.shape:
            case "A":
                output = {"output": {"url": url, "duration": 4.0, "size": len(clip())}}
                return _json({"taskId": name, **facts} | (output if done else {}))
            case "B":
                return _json({"success": True, "data": {"id": name, **facts, "outputUrl": url}})
            case "bare" if done:
                return _json({"taskId": name, **facts, "outputUrl": url, "output": {}})
        return _json({"success": True, "data": {"taskId": name, **facts, "output": None}})


async def _received(port: Literal["api", "media"], request: web.BaseRequest) -> Recorded:
    headers = {name.title(): ", ".join(request.headers.getall(name)) for name in request.headers}
    start = (port, request.method, request.raw_path, headers)
    if not request.content_type.startswith("multipart/"):
        return Recorded(*start, body=await request.read())
    parts = []
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        content = bytes(await part.read())
        kind, checksum = part.headers.get("Content-Type"), hashlib.sha256(content).hexdigest()
        parts.append(Part(part.name, part.filename, kind, len(content), checksum))
    return Recorded(*start, parts=tuple(parts))


async def _stream(request: web.BaseRequest) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await answer.prepare(request)
    for event in _agent_events():
        await answer.write(f"data: {_text(event)}\n\n".encode())
        await answer.write(b"event: heartbeat\ndata:\n\n")
    return answer


def _agent_events() -> Iterator[dict[str, Any]]:
    """One run as ADK sends it: text, a tool and its result, text again."""
    yield _event("model", {"text": SPOKEN[0][:9]}, partial=True)
    yield _event("model", {"text": SPOKEN[0][9:]}, partial=True)
    yield _event("model", {"text": SPOKEN[0]})
    call = {"id": "call-1", "name": "edit_timeline"}
    yield _event("model", {"functionCall": {**call, "args": {"seconds": 4}}})
    change = {"stateDelta": {"draft": "<draft>"}, "artifactDelta": {}}
    yield _event("user", {"functionResponse": {**call, "response": {"ok": True}}}, actions=change)
    yield _event("model", {"text": SPOKEN[1]}, partial=True)
    yield _event("model", {"text": SPOKEN[1]})


def _event(role: str, part: dict[str, Any], **more: Any) -> dict[str, Any]:
    frame = {"content": {"parts": [part], "role": role}, "author": "nemo_agent", "id": "same"}
    return {**frame, "invocationId": "e-1", "actions": {}, "timestamp": 1.5, **more}


def _text(document: Any) -> str:
    """Give compact JSON, with the draft in its own spelling."""
    compact = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return compact.replace('"<draft>"', DRAFT)


def _json(document: Any, status: int = 200) -> web.Response:
    return web.Response(text=_text(document), status=status, content_type="application/json")


@functools.cache
def clip() -> bytes:
    """Make a real MP4 of four seconds, once."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for shade in range(0, 200, 10):
            picture = np.full((36, 64, 3), shade, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        container.mux(stream.encode())
    return file.getvalue()
