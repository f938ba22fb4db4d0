import hashlib
import json
import re
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from attrs import frozen

from nemovideo import NemoVideo, Session, Skill, Timeouts, Video
from tests.independent_server import (
    DRAFT,
    SESSION_ID,
    SPOKEN,
    TOKEN,
    IndependentServer,
    Part,
    Recorded,
    clip,
)

EXAMPLES = Path(__file__).parents[2] / "examples" / "photos"
RENDER_ID = re.compile(r"render_[0-9A-Za-z_-]{8,}")
QUICK = Timeouts(request=5, render=5, render_first_look=0.01, render_near_end=0.01)
SKILL = Skill("image-to-video-local", "1.4.2", "clawhub")
WISH = "turn my photos into a short video — “Été”, 城市"

ATTRIBUTION = {
    "X-Skill-Source": "image-to-video-local",
    "X-Skill-Version": "1.4.2",
    "X-Skill-Platform": "clawhub",
}
ANY_ANSWER = {"Accept": "*/*", "Accept-Encoding": "gzip"}
A_STREAM = {"Accept": "text/event-stream", "Accept-Encoding": "gzip"}
JSON = {"Content-Type": "application/json"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=..."}


@frozen
class Sent:
    """A request without what differs from run to run."""

    port: str
    method: str
    path: str
    headers: dict[str, str]
    json: Any = None
    parts: tuple[Part, ...] = ()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    for name in ("CONFIG", "STATE", "DATA", "CACHE"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    for name in ("NEMO_TOKEN", "NEMO_API_URL", "NEMO_WEB_URL", "NEMO_CLIENT_ID", "SKILL_SOURCE"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(params=["A", "B", "bare"], ids="shape-{}".format)
async def server(request: pytest.FixtureRequest) -> AsyncIterator[IndependentServer]:
    async with IndependentServer(request.param) as running:
        yield running


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """A photo with a plain name, and one whose name needs UTF-8."""
    named = tmp_path / "été 东京.jpg"
    named.write_bytes((EXAMPLES / "rocket.jpg").read_bytes())
    return [EXAMPLES / "cat.jpg", named]


def client(server: IndependentServer, token: str | None = None) -> NemoVideo:
    return NemoVideo(base_url=server.api_url, token=token, skill=SKILL, timeouts=QUICK)


async def make_video(
    server: IndependentServer, photos: list[Path], token: str | None = None
) -> Video:
    async with client(server, token) as nemo:
        return await nemo.make_video(photos, WISH, photos[1].with_name("out.mp4"))


def sent(server: IndependentServer) -> list[Sent]:
    """What was recorded, with everything that differs from run to run checked and taken out."""
    everything = "".join(f"{seen.path} {seen.body.decode()}" for seen in server.recorded)
    assert len(set(RENDER_ID.findall(everything))) <= 1
    return [settled(server, seen) for seen in server.recorded]


def settled(server: IndependentServer, seen: Recorded) -> Sent:
    headers = dict(seen.headers)
    address = server.api_url if seen.port == "api" else server.media_url
    assert headers.pop("Host") == urlsplit(address).netloc
    assert headers.pop("User-Agent")
    if "Content-Length" in headers:
        length = int(headers.pop("Content-Length"))
        assert length == len(seen.body) or (
            seen.parts and length > sum(part.size for part in seen.parts)
        )
    if "gzip" in headers["Accept-Encoding"].split(", "):
        headers["Accept-Encoding"] = "gzip"
    if "Content-Type" in headers:
        headers["Content-Type"] = re.sub("boundary=.+", "boundary=...", headers["Content-Type"])
    if "X-Client-Id" in headers:
        headers["X-Client-Id"] = f"UUID {uuid.UUID(headers['X-Client-Id']).version}"
    body = json.loads(RENDER_ID.sub("render_1", seen.body.decode())) if seen.body else None
    path = RENDER_ID.sub("render_1", seen.path)
    return Sent(seen.port, seen.method, path, headers, body, seen.parts)


def part(name: str, photo: Path) -> Part:
    content = photo.read_bytes()
    checksum = hashlib.sha256(content).hexdigest()
    return Part("files", name, "image/jpeg", len(content), checksum)


def account_request() -> Sent:
    return Sent(
        "api",
        "POST",
        "/api/auth/anonymous-token",
        {**ATTRIBUTION, **ANY_ANSWER, "X-Client-Id": "UUID 4"},
    )


def video_requests(token: str, photos: list[Path]) -> list[Sent]:
    known = {**ATTRIBUTION, "Authorization": f"Bearer {token}"}
    state = Sent(
        "api",
        "GET",
        "/api/state/nemo_agent/me/7412345678901234567/latest",
        {**known, **ANY_ANSWER},
    )
    credits_left = Sent("api", "GET", "/api/credits/balance/simple", {**known, **ANY_ANSWER})
    look = Sent("api", "GET", "/api/render/proxy/lambda/render_1", {**known, **ANY_ANSWER})
    return [
        Sent(
            "api",
            "POST",
            "/api/tasks/me/with-session/nemo_agent",
            {**known, **ANY_ANSWER, **JSON},
            {"task_name": "project", "language": "en"},
        ),
        Sent(
            "api",
            "POST",
            "/api/upload-video/nemo_agent/me/7412345678901234567",
            {**known, **ANY_ANSWER, **MULTIPART},
            parts=(part("cat.jpg", photos[0]), part("été 东京.jpg", photos[1])),
        ),
        state,
        credits_left,
        Sent(
            "api",
            "POST",
            "/run_sse",
            {**known, **A_STREAM, **JSON},
            {
                "app_name": "nemo_agent",
                "user_id": "me",
                "session_id": "7412345678901234567",
                "new_message": {
                    "role": "user",
                    "parts": [{"text": "turn my photos into a short video — “Été”, 城市"}],
                },
            },
        ),
        state,
        credits_left,
        Sent(
            "api",
            "POST",
            "/api/render/proxy/lambda",
            {**known, **ANY_ANSWER, **JSON},
            {
                "id": "render_1",
                "sessionId": "7412345678901234567",
                "draft": json.loads(DRAFT),
                "output": {"format": "mp4", "quality": "high"},
            },
        ),
        look,
        look,
        Sent(
            "media",
            "GET",
            "/results/clip.mp4?expires=1&sig=a%2Fb%3D",
            {"Accept": "*/*", "Accept-Encoding": "identity"},
        ),
    ]


async def test_make_video_sends_these_requests_and_no_others(
    server: IndependentServer, photos: list[Path]
) -> None:
    """The whole way, field by field and header by header, in every shape of the answers."""
    await make_video(server, photos)

    assert sent(server) == [account_request(), *video_requests(TOKEN, photos)]


async def test_a_token_of_ones_own_needs_no_anonymous_account(
    server: IndependentServer, photos: list[Path]
) -> None:
    """The same requests go out under the token that the user gave, without asking for another."""
    await make_video(server, photos, token="nmv_usr_mine")

    assert sent(server) == video_requests("nmv_usr_mine", photos)


async def test_the_draft_goes_back_byte_for_byte(
    server: IndependentServer, photos: list[Path]
) -> None:
    """Unknown keys, their order and the spelling of numbers survive the way to the render."""
    await make_video(server, photos)

    (order,) = [seen for seen in server.recorded if seen.path == "/api/render/proxy/lambda"]
    assert f'"draft":{DRAFT},'.encode() in order.body


async def test_the_host_of_the_video_learns_nothing_of_the_account(
    server: IndependentServer, photos: list[Path]
) -> None:
    """The download carries neither token nor attribution nor any id to the other host."""
    await make_video(server, photos, token="nmv_usr_mine")

    (download,) = [seen for seen in server.recorded if seen.port == "media"]
    assert not [name for name in download.headers if name.startswith(("X-", "Auth", "Cookie"))]
    assert "nmv_usr" not in repr(download)


async def test_what_comes_back_is_the_file_and_the_timeline(
    server: IndependentServer, photos: list[Path]
) -> None:
    """The video is the file of the other port, as long as the answers say."""
    video = await make_video(server, photos)

    assert video.path.read_bytes() == clip()
    assert video.duration == 4.0
    assert json.dumps(video.timeline.to_wire()) == json.dumps(json.loads(DRAFT))


async def test_a_session_id_stays_a_string(server: IndependentServer, photos: list[Path]) -> None:
    """Nineteen digits pass through the client as text, in the value and in every body."""
    video = await make_video(server, photos)

    assert video.session.session_id == "7412345678901234567"
    bodies = [seen.body for seen in server.recorded if b"741234567890" in seen.body]
    assert len(bodies) == 2
    assert all(b':"7412345678901234567"' in body for body in bodies)


async def test_nothing_is_kept_under_home_for_a_service_on_loopback(
    server: IndependentServer, photos: list[Path], home: Path
) -> None:
    """Account and client id of a service on this machine end with the client."""
    await make_video(server, photos)

    assert not list(home.rglob("*"))


async def test_each_text_of_the_stream_counts_once(server: IndependentServer) -> None:
    """Partials, finals, a call, its result and the new timeline become one reply."""
    async with client(server) as nemo:
        reply = await nemo.chat.send(SESSION_ID, WISH)

    assert reply.text == "\n\n".join(SPOKEN)
    assert [call.args for call in reply.tool_calls] == [{"seconds": 4}]
    assert [result.response for result in reply.tool_results] == [{"ok": True}]
    assert reply.state_delta["draft"]["t"][0]["aa"] == "kept"


async def test_addresses_of_files_are_sent_as_json(server: IndependentServer) -> None:
    """`uploads.urls` names its source type beside the addresses."""
    async with client(server, "nmv_usr_mine") as nemo:
        taken = await nemo.uploads.urls(SESSION_ID, "https://example.com/a b.jpg?c=1")

    known = {**ATTRIBUTION, "Authorization": "Bearer nmv_usr_mine"}
    body = {"urls": ["https://example.com/a b.jpg?c=1"], "source_type": "url"}
    path = "/api/upload-video/nemo_agent/me/7412345678901234567"
    assert sent(server) == [Sent("api", "POST", path, {**known, **ANY_ANSWER, **JSON}, body)]
    assert [file.filename for file in taken] == body["urls"]


async def test_a_claim_link_names_task_and_session(server: IndependentServer) -> None:
    """`auth.claim_link` asks for a claim token and puts that one, not the API's, in the link."""
    async with client(server, "nmv_usr_mine") as nemo:
        link = await nemo.auth.claim_link(Session(SESSION_ID, "task-1"))

    known = {**ATTRIBUTION, "Authorization": "Bearer nmv_usr_mine"}
    body = {"task_id": "task-1", "session_id": "7412345678901234567"}
    path = "/api/auth/claim-token"
    assert sent(server) == [Sent("api", "POST", path, {**known, **ANY_ANSWER, **JSON}, body)]
    assert link.url == "https://nemovideo.com/workspace/claim?ct=clm_1"


async def test_a_render_is_cancelled_without_a_body(server: IndependentServer) -> None:
    """`renders.cancel` is a bare POST on the id."""
    async with client(server, "nmv_usr_mine") as nemo:
        render = await nemo.renders.cancel("render_of_mine")

    known = {**ATTRIBUTION, "Authorization": "Bearer nmv_usr_mine"}
    path = "/api/render/proxy/lambda/render_of_mine/cancel"
    assert sent(server) == [Sent("api", "POST", path, {**known, **ANY_ANSWER})]
    assert (render.render_id, render.status) == ("render_of_mine", "failed")


async def test_the_balance_is_a_plain_read(server: IndependentServer) -> None:
    """`credits.balance` sends no body."""
    async with client(server, "nmv_usr_mine") as nemo:
        balance = await nemo.credits.balance()

    known = {**ATTRIBUTION, "Authorization": "Bearer nmv_usr_mine"}
    path = "/api/credits/balance/simple"
    assert sent(server) == [Sent("api", "GET", path, {**known, **ANY_ANSWER})]
    assert (balance.available, balance.frozen, balance.total) == (50, 25, 75)


async def test_a_client_of_no_skill_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a skill the package is the source, and `SKILL_SOURCE` the platform."""
    monkeypatch.setenv("SKILL_SOURCE", "cursor")
    async with IndependentServer() as server, NemoVideo(base_url=server.api_url) as nemo:
        await nemo.credits.balance()

    for request in sent(server):
        assert request.headers["X-Skill-Source"] == "nemovideo-python"
        assert re.fullmatch(r"\d+\.\d+\.\d+", request.headers["X-Skill-Version"])
        assert request.headers["X-Skill-Platform"] == "cursor"


async def test_the_environment_can_dictate_the_client_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """`NEMO_CLIENT_ID` goes out as it is, on the one request that carries a client id."""
    monkeypatch.setenv("NEMO_CLIENT_ID", "6f1f4d0c-8a53-4b7e-9a2f-2f8f0f6f3a11")
    async with IndependentServer() as server:
        monkeypatch.setenv("NEMO_API_URL", server.api_url)
        async with NemoVideo() as nemo:
            await nemo.credits.balance()

    carried = [seen.headers.get("X-Client-Id") for seen in server.recorded]
    assert carried == ["6f1f4d0c-8a53-4b7e-9a2f-2f8f0f6f3a11", None]
