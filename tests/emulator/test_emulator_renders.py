"""Renders: the client's id, true progress, results on the second port."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from nemovideo.emulator import Emulator
from nemovideo.emulator.accounts import Account
from nemovideo.emulator.render import RenderError
from nemovideo.emulator.rendering import Order, RenderJob, RenderQueue
from tests.emulator.conftest import SKILL, Caller

SUBMIT = "/api/render/proxy/lambda"


async def made(caller: Caller, wish: str = "make a 1 second video without music") -> dict[str, Any]:
    """Return a submit body for a short video."""
    sid = await caller.project()
    await caller.say(sid, wish)
    draft = (await caller.state(sid))["draft"]
    return {
        "id": "render_1",
        "sessionId": sid,
        "draft": draft,
        "output": {"format": "mp4", "quality": "low"},
    }


async def ended(caller: Caller, render_id: str = "render_1") -> dict[str, Any]:
    """Look until the render has ended."""
    for _ in range(400):
        _, answer = await caller.get(f"{SUBMIT}/{render_id}")
        if answer["status"] in {"completed", "failed"}:
            return dict(answer)
        await asyncio.sleep(0.05)
    raise AssertionError(answer)


async def test_a_render_becomes_a_video_on_both_ports(caller: Caller, emulator: Emulator) -> None:
    """Pending, then completed with an address, a length and a size that are true."""
    body = await made(caller)
    status, first = await caller.post(SUBMIT, json=body)
    assert (status, first) == (200, {"taskId": "render_1", "status": "pending", "progress": 0})
    answer = await ended(caller)
    assert answer["progress"] == 100
    assert answer["output"]["duration"] == pytest.approx(1.0, abs=0.05)
    assert answer["output"]["url"].startswith(emulator.media_url)
    async with caller.http.get(answer["output"]["url"]) as video:
        content = await video.read()
    assert len(content) == answer["output"]["size"]
    assert content[4:8] == b"ftyp"
    assert (await caller.get("/api/render/proxy/render_1/download"))[1] == content
    again = await caller.post(SUBMIT, json=body)
    assert again == (200, answer)
    assert emulator.bill.renders == 1
    assert emulator.leaked_tokens == []


async def test_an_export_wants_attribution(caller: Caller, emulator: Emulator) -> None:
    """Each X-Skill header that is missing blocks the export."""
    body = await made(caller)
    for missing in SKILL:
        headers = {name: value for name, value in SKILL.items() if name != missing}
        url = caller.url + SUBMIT
        async with caller.http.post(url, json=body, headers=headers | caller.headers) as answer:
            assert answer.status == 402
            assert missing in (await answer.json())["message"]
    assert emulator.bill.renders == 0


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"draft": {}}, 400, 400),
        ({"draft": {"t": []}}, 400, 400),
        ({"draft": {"t": [{"tt": 0, "sg": []}]}}, 400, 400),
        ({"draft": {"t": "odd"}}, 400, 400),
        ({"draft": []}, 422, None),
        ({"id": 7}, 422, None),
        ({"sessionId": "1"}, 404, 1002),
        ({"output": {"format": "gif"}}, 400, 400),
        ({"output": {"quality": []}}, 400, 400),
        ({"output": "mp4"}, 422, None),
    ],
)
async def test_bad_orders_are_refused(
    caller: Caller, emulator: Emulator, changes: dict[str, Any], status: int, code: int | None
) -> None:
    """An order that cannot be made is refused at once."""
    found, answer = await caller.post(SUBMIT, json=await made(caller) | changes)
    assert (found, answer.get("code")) == (status, code)
    assert emulator.bill.renders == 0


async def test_unknown_renders_are_404(
    caller: Caller, emulator: Emulator, http: aiohttp.ClientSession
) -> None:
    """An id nobody submitted is not there, nor is another account's."""
    body = await made(caller)
    await caller.post(SUBMIT, json=body)
    other = Caller(http, emulator.url)
    await other.sign_in()
    for method, path in [
        ("GET", f"{SUBMIT}/render_1"),
        ("POST", f"{SUBMIT}/render_1/cancel"),
        ("GET", "/api/render/proxy/render_1/download"),
    ]:
        status, answer = await other.call(method, path)
        assert (status, answer["code"]) == (404, 404)
    taken = body | {"sessionId": await other.session()}
    assert (await other.post(SUBMIT, json=taken))[0] == 400


async def test_a_render_can_be_cancelled(caller: Caller) -> None:
    """Cancelling stops the work; the job has failed and keeps no video."""
    body = await made(caller, "make a 60 second video")
    await caller.post(SUBMIT, json=body)
    await caller.post(SUBMIT, json=body | {"id": "render_2"})
    await asyncio.sleep(0.3)
    for render_id in ("render_2", "render_1"):
        status, answer = await caller.post(f"{SUBMIT}/{render_id}/cancel")
        assert (status, answer["status"], answer["error"]) == (200, "failed", "Cancelled")
    assert (await caller.get("/api/render/proxy/render_1/download"))[0] == 404


async def test_a_source_that_is_gone_fails_the_render_alone(caller: Caller) -> None:
    """The job says what is wrong, and the next one is made."""
    body = await made(caller)
    broken = dict(body, id="broken/../x")
    broken["draft"] = {**body["draft"], "t": [dict(body["draft"]["t"][0])]}
    first = body["draft"]["t"][0]["sg"][0]
    gone = {**first, "m": {**first["m"], "source": "http://127.0.0.1:1/media/gone/cat.jpg"}}
    broken["draft"]["t"][0]["sg"] = [gone]
    await caller.post(SUBMIT, json=broken)
    answer = await ended(caller, "broken%2F..%2Fx")
    assert answer["status"] == "failed"
    assert answer["error"]
    await caller.post(SUBMIT, json=body)
    assert (await ended(caller))["status"] == "completed"


async def test_a_missing_extra_is_named(
    caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the renderer's packages are not installed, the failure says what brings them."""
    (tmp_path / "av.py").write_text("raise ModuleNotFoundError('No module named av')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    await caller.post(SUBMIT, json=await made(caller))

    assert "pip install 'nemovideo[emulator]'" in (await ended(caller))["error"]


async def test_closing_cancels_renders(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    """An emulator that closes leaves no half-made video behind."""
    async with Emulator(folder=tmp_path, render_scale=1 / 12) as emulator:
        caller = Caller(http, emulator.url)
        await caller.sign_in()
        await caller.post(SUBMIT, json=await made(caller, "make a 60 second video"))
        await asyncio.sleep(0.3)
    assert list((tmp_path / "renders").iterdir()) == []


async def test_renders_are_made_one_at_a_time_and_progress_is_true(tmp_path: Path) -> None:
    """The second waits while the first tells how far it is; progress never goes back."""
    go_on = asyncio.Event()

    async def render(_order: Order, _target: Path, on_progress: Any) -> Any:
        on_progress(0.5)
        on_progress(0.25)
        await go_on.wait()
        raise RenderError("no such luck")

    renders = RenderQueue(tmp_path, render)
    owner = Account("anon_1", "t", 100, 0.0)
    first, second = RenderJob("a", owner), RenderJob("b", owner)
    for job in (first, second):
        renders.submit(job, Order({}, {}, "low"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (first.status, first.progress) == ("processing", 0.5)
    assert second.status == "pending"
    go_on.set()
    await asyncio.sleep(0.01)
    assert (first.status, first.error) == ("failed", "no such luck")
    await renders.cancel(first)
    assert first.error == "no such luck"
    await renders.aclose()


async def test_what_no_font_can_draw_is_told_in_the_log(
    caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    """The film is made without it, the answer has no new field, and one record names it."""
    body = await made(caller)
    title = {"tt": 7, "sg": [{"d": 900, "m": {"text": "Hello \U0010fffd"}}]}
    body["draft"] = {**body["draft"], "t": [*body["draft"]["t"], title]}

    await caller.post(SUBMIT, json=body)
    answer = await ended(caller)

    assert set(answer) == {"taskId", "status", "progress", "output"}
    (record,) = [entry for entry in caplog.records if "font" in entry.getMessage()]
    assert (record.name, record.levelname) == ("nemovideo.emulator", "WARNING")
    assert "render_1" in record.getMessage()
    assert "\U0010fffd" in record.getMessage()


async def test_a_renderer_that_breaks_down_ends_the_job(tmp_path: Path) -> None:
    """A mistake in the renderer is a failed job, not one that never ends."""

    async def render(*_: object) -> Any:
        raise ZeroDivisionError

    renders = RenderQueue(tmp_path, render)
    job = RenderJob("a", Account("anon_1", "t", 100, 0.0))
    renders.submit(job, Order({}, {}, "low"))
    assert job.task is not None
    with pytest.raises(ZeroDivisionError):
        await job.task
    assert (job.status, job.error) == ("failed", "The renderer broke down")


async def test_a_render_can_be_cancelled_before_it_begins(tmp_path: Path) -> None:
    """Not even the first step is taken."""

    async def render(*_: object) -> Any:
        raise AssertionError

    renders = RenderQueue(tmp_path, render)
    job = RenderJob("a", Account("anon_1", "t", 100, 0.0))
    renders.submit(job, Order({}, {}, "low"))
    await renders.cancel(job)
    assert (job.status, job.error) == ("failed", "Cancelled")
