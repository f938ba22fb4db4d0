"""A running emulator, and the plainest client that can talk to it: raw aiohttp."""

import io
import json
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from attrs import define, field
from PIL import Image

from nemovideo.emulator import Emulator, intake
from nemovideo.emulator.sessions import Upload

SKILL = {
    "X-Skill-Source": "image-to-video-local",
    "X-Skill-Version": "1.0.0",
    "X-Skill-Platform": "unknown",
}


def jpeg(shade: int = 90, size: tuple[int, int] = (64, 48)) -> bytes:
    """Return a small photo."""
    stream = io.BytesIO()
    Image.new("RGB", size, (shade, 120, 160)).save(stream, "JPEG")
    return stream.getvalue()


@define
class Caller:
    """One account's side of the wire."""

    http: aiohttp.ClientSession
    url: str
    headers: dict[str, str] = field(factory=dict)

    async def call(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """Send a request with the attribution headers; return status and body, JSON parsed."""
        headers = SKILL | self.headers | options.pop("headers", {})
        async with self.http.request(method, self.url + path, headers=headers, **options) as answer:
            raw = await answer.read()
            return answer.status, json.loads(raw) if raw[:1] in {b"{", b"["} else raw

    async def get(self, path: str, **options: Any) -> tuple[int, Any]:
        """Send a GET."""
        return await self.call("GET", path, **options)

    async def post(self, path: str, **options: Any) -> tuple[int, Any]:
        """Send a POST."""
        return await self.call("POST", path, **options)

    async def sign_in(self) -> dict[str, Any]:
        """Get an anonymous token and use it from now on."""
        client = {"X-Client-Id": str(uuid.uuid4())}
        _, answer = await self.post("/api/auth/anonymous-token", headers=client)
        self.headers["Authorization"] = f"Bearer {answer['data']['token']}"
        return dict(answer["data"])

    async def session(self) -> str:
        """Open a session and return its id."""
        body = {"task_name": "project", "language": "en"}
        _, answer = await self.post("/api/tasks/me/with-session/nemo_agent", json=body)
        return str(answer["data"]["session_id"])

    async def upload(self, sid: str, *files: tuple[str, bytes]) -> tuple[int, Any]:
        """Send files in one multipart request."""
        form = aiohttp.FormData(quote_fields=False)
        for name, content in files:
            form.add_field("files", content, filename=name, content_type="image/jpeg")
        return await self.post(f"/api/upload-video/nemo_agent/me/{sid}", data=form)

    async def say(self, sid: str, text: str) -> tuple[int, list[dict[str, Any]]]:
        """Send a chat message and return its events."""
        status, raw = await self.post("/run_sse", json=message(sid, text))
        return status, events(raw) if isinstance(raw, bytes) else [raw]

    async def state(self, sid: str) -> dict[str, Any]:
        """Return what the session holds."""
        _, answer = await self.get(f"/api/state/nemo_agent/me/{sid}/latest")
        return dict(answer["data"]["state"])

    async def balance(self) -> dict[str, int]:
        """Return the credits."""
        _, answer = await self.get("/api/credits/balance/simple")
        return dict(answer["data"])

    async def project(self, photos: int = 2) -> str:
        """Open a session with photos in it."""
        sid = await self.session()
        names = [(f"p{number}.jpg", jpeg(40 * number)) for number in range(1, photos + 1)]
        assert (await self.upload(sid, *names))[0] == 200
        return sid


def message(sid: str, text: str) -> dict[str, Any]:
    """Return the body of a chat message."""
    return {
        "app_name": "nemo_agent",
        "user_id": "me",
        "session_id": sid,
        "new_message": {"role": "user", "parts": [{"text": text}]},
    }


def events(raw: bytes) -> list[dict[str, Any]]:
    """Return the events of a whole body, heartbeats left out."""
    frames = raw.decode().split("\n\n")
    assert frames.pop() == ""
    data = [frame.removeprefix("data: ") for frame in frames if frame.startswith("data: ")]
    return [json.loads(one) for one in data]


def spoken(stream: list[dict[str, Any]]) -> str:
    """Return what the finals of a stream say."""
    finals = [event for event in stream if not event.get("partial")]
    return " ".join(
        part["text"] for event in finals for part in event["content"]["parts"] if "text" in part
    )


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(render_scale=1 / 12, silent=0.0) as running:
        yield running


@pytest.fixture
async def caller(emulator: Emulator, http: aiohttp.ClientSession) -> Caller:
    someone = Caller(http, emulator.url)
    await someone.sign_in()
    return someone


@pytest.fixture
def slow_judgement(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that gives an upload its name takes its time once it has."""
    judged = intake._judged

    def slowly(upload: Upload) -> Upload:
        named = judged(upload)
        time.sleep(0.2)
        return named

    monkeypatch.setattr(intake, "_judged", slowly)
