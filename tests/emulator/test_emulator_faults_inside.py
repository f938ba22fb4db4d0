"""Faults inside a body, in a run, in a render, and what becomes of work that nobody waits for."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from nemovideo.emulator import Emulator, runs
from nemovideo.emulator.adk import frame
from tests.emulator.conftest import SKILL, Caller, events, jpeg, message, spoken

FIRST = "turn these photos into a 6-second slideshow with music and a title 'Small Wonders'"
BALANCE = "/api/credits/balance/simple"
SUBMIT = "/api/render/proxy/lambda"


def now() -> float:
    """Return the loop's clock."""
    return asyncio.get_running_loop().time()


async def settled(holds: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(3):
        while not holds():  # noqa: ASYNC110 - the emulator tells nobody
            await asyncio.sleep(0.01)


async def idle(caller: Caller) -> None:
    """Wait until no run holds credits any more, whether it was paid or not."""
    async with asyncio.timeout(3):
        while (await caller.balance())["frozen"]:  # noqa: ASYNC110 - the emulator tells nobody
            await asyncio.sleep(0.01)


async def asked(caller: Caller, sid: str, text: str) -> aiohttp.ClientResponse:
    """Send a message and return the answer with its body unread."""
    headers = SKILL | caller.headers
    return await caller.http.post(f"{caller.url}/run_sse", json=message(sid, text), headers=headers)


async def heard(answer: aiohttp.ClientResponse) -> tuple[bytes, bool]:
    """Return what came of a body, and whether it came to a clean end."""
    raw = b""
    try:
        async with asyncio.timeout(3):
            async for piece in answer.content.iter_any():
                raw += piece
    except aiohttp.ClientPayloadError:
        return raw, False
    finally:
        answer.close()
    return raw, True


@pytest.mark.parametrize("after", [0, 1, 3])
async def test_a_stream_is_cut_inside_a_frame(
    caller: Caller, emulator: Emulator, after: int
) -> None:
    """So many whole frames come, some bytes of the next, and no end; the run goes on."""
    sid = await caller.project()
    fault = emulator.faults.cut_stream(after)
    raw, clean = await heard(await asked(caller, sid, FIRST))
    frames = raw.split(b"\n\n")
    assert (len(frames), clean) == (after + 1, False)
    assert frames[-1].startswith(b"data: {")
    assert not frames[-1].endswith(b"}")
    await settled(lambda: emulator.bill.credits == 50)
    assert (fault.hits, (await caller.state(sid))["draft"]["d"]) == (1, 6000)
    assert (await heard(await asked(caller, sid, "no music")))[1]


async def test_a_short_stream_is_cut_at_its_end(caller: Caller, emulator: Emulator) -> None:
    """With fewer frames than were to come first, all come, and the end does not."""
    sid = await caller.project()
    emulator.faults.cut_stream(1000)
    raw, clean = await heard(await asked(caller, sid, FIRST))
    assert not clean
    assert "Small Wonders" in json.dumps(events(raw))
    assert emulator.bill.credits == 50


async def test_a_refused_message_does_not_use_up_a_cut(caller: Caller, emulator: Emulator) -> None:
    """A fault inside the stream waits for a stream."""
    fault = emulator.faults.cut_stream()
    assert (await caller.say("1", "hello"))[0] == 404
    assert fault.hits == 0


async def test_frames_come_twice(caller: Caller, emulator: Emulator) -> None:
    """Each frame is followed by itself, byte for byte; the run happens once."""
    sid = await caller.project()
    emulator.faults.duplicate_frames()
    raw, clean = await heard(await asked(caller, sid, FIRST))
    frames = raw.split(b"\n\n")[:-1]
    assert clean
    assert frames[::2] == frames[1::2]
    assert len(set(frames)) == len(frames) / 2 > 5
    assert (emulator.bill.runs, emulator.bill.credits) == (1, 50)
    raw, _ = await heard(await asked(caller, sid, "no music"))
    assert len(set(raw.split(b"\n\n"))) == len(raw.split(b"\n\n"))


async def test_nothing_but_heartbeats(caller: Caller, emulator: Emulator) -> None:
    """All four forms in turn and no event, though the run is done long since."""
    sid = await caller.project()
    emulator.faults.heartbeats_only(every=0.03)
    answer, raw = await asked(caller, sid, FIRST), b""
    while raw.count(b"\n\n") < 8:
        raw += await answer.content.readany()
    answer.close()
    beats = raw.split(b"\n\n")[:8]
    assert beats[:4] == beats[4:]
    assert beats[0].startswith(b"event: heartbeat\n")
    assert beats[1:4] == [b'data: {"type":"heartbeat"}', b"data:", b": heartbeat"]
    await settled(lambda: emulator.bill.credits == 50)
    assert "draft" in await caller.state(sid)


async def test_heartbeats_end_with_the_emulator(http: aiohttp.ClientSession) -> None:
    """A stream of heartbeats does not hold up the close, which cuts it."""
    async with Emulator() as emulator:
        caller = Caller(http, emulator.url)
        await caller.sign_in()
        sid = await caller.session()
        emulator.faults.heartbeats_only(every=60)
        answer = await asked(caller, sid, "hello")
        begun = now()
    assert now() - begun < 0.5
    assert await heard(answer) == (b"", False)


@pytest.mark.parametrize("form", ["error", "unescaped", "system", "flat"])
async def test_a_run_fails_in_its_stream(caller: Caller, emulator: Emulator, form: Any) -> None:
    """After some events comes the failure, and a clean end; the tool's work stays, unpaid."""
    sid = await caller.project()
    fault = emulator.faults.fail_run("Out of luck", form=form)
    raw, clean = await heard(await asked(caller, sid, FIRST))
    *before, last = raw.split(b"\n\n")[:-1]
    assert clean
    assert sum(b'"functionResponse"' in frame for frame in before) == 1
    assert b"Out of luck" in last
    data = last.removeprefix(b"data: ")
    match form:
        case "error":
            told = json.loads(data)
            assert (told["error"], bool(told["error_details"])) == ("Out of luck", True)
        case "unescaped":
            assert b"\n" in data
            with pytest.raises(ValueError, match="delimiter"):
                json.loads(data)
        case "system":
            told = json.loads(data)
            assert told["author"] == "system"
            assert told["content"]["parts"] == [{"text": "Error: Out of luck"}]
        case _:
            assert json.loads(data) == {"type": "error", "content": "Out of luck"}
    assert "draft" in await caller.state(sid)
    assert await caller.balance() == {"available": 100, "frozen": 0, "total": 100}
    assert (fault.hits, emulator.bill.runs, emulator.bill.credits) == (1, 1, 0)


async def test_a_run_without_tools_fails_after_its_words(
    caller: Caller, emulator: Emulator
) -> None:
    """What was said is said; the next run is a good one, and does not place the photos again."""
    sid = await caller.project()
    emulator.faults.fail_run(times=2)
    _, stream = await caller.say(sid, "frobnicate the gizmo")
    assert "frobnicate" in spoken(stream[:-1])
    assert stream[-1]["error"]
    await caller.say(sid, FIRST)
    await caller.say(sid, "add the photos")
    assert len((await caller.state(sid))["draft"]["t"][0]["sg"]) == 2


async def order(caller: Caller) -> dict[str, Any]:
    """Return the body that orders a render of one second."""
    sid = await caller.project()
    await caller.say(sid, "make a 1 second video without music")
    return {"id": "render_1", "sessionId": sid, "draft": (await caller.state(sid))["draft"]}


async def ended(caller: Caller, render_id: str = "render_1") -> dict[str, Any]:
    """Look until a render has ended, whatever the shape of the answers."""
    for _ in range(200):
        _, answer = await caller.get(f"{SUBMIT}/{render_id}")
        job = dict(answer.get("data", answer))
        if job["status"] in {"completed", "failed"}:
            return job
        await asyncio.sleep(0.03)
    raise AssertionError(answer)


async def test_a_render_fails_on_its_way(caller: Caller, emulator: Emulator) -> None:
    """Accepted, some progress, then failed with the text; the next one is made."""
    body = await order(caller)
    fault = emulator.faults.fail_render("no more film")
    assert (await caller.post(SUBMIT, json=body | {"draft": {}}))[0] == 400
    assert fault.hits == 0
    _, answer = await caller.post(SUBMIT, json=body)
    assert (answer["status"], fault.hits, emulator.bill.renders) == ("pending", 1, 1)
    await asyncio.sleep(0.15)
    _, answer = await caller.get(f"{SUBMIT}/render_1")
    assert answer["status"] == "processing"
    assert 0 < answer["progress"] < 100
    failed = await ended(caller)
    assert (failed["status"], failed["error"]) == ("failed", "no more film")
    await caller.post(SUBMIT, json=body | {"id": "render_2"})
    assert (await ended(caller, "render_2"))["status"] == "completed"


async def test_a_render_is_lost(caller: Caller, emulator: Emulator) -> None:
    """The order is accepted, its id unknown and not on the bill; it can be given again."""
    body = await order(caller)
    emulator.faults.lose_render()
    status, answer = await caller.post(SUBMIT, json=body)
    assert (status, answer["status"]) == (200, "pending")
    assert (await caller.get(f"{SUBMIT}/render_1"))[0] == 404
    assert emulator.bill.renders == 0
    await caller.post(SUBMIT, json=body)
    assert (await ended(caller))["status"] == "completed"
    assert emulator.bill.renders == 1


async def test_renders_are_told_of_in_three_shapes(caller: Caller, emulator: Emulator) -> None:
    """B has an envelope and names of its own, mixed has A's names in it, the last order counts."""
    body = await order(caller)
    shape_b = emulator.faults.answer_shape("B")
    _, answer = await caller.post(SUBMIT, json=body)
    names = {"id", "status", "progress", "outputUrl", "createdAt", "completedAt"}
    assert (answer["success"], answer["data"].keys()) == (True, names)
    assert (answer["data"]["status"], answer["data"]["completedAt"]) == ("pending", None)
    done = await ended(caller)
    assert (done["progress"], done["outputUrl"].startswith(emulator.media_url)) == (100, True)
    assert done["createdAt"] < done["completedAt"]
    mixed = emulator.faults.answer_shape("mixed")
    assert (await ended(caller))["output"]["url"] == done["outputUrl"]
    assert mixed.hits == 1
    mixed.clear()
    emulator.faults.fail_render("no more film")
    await caller.post(SUBMIT, json=body | {"id": "render_2"})
    failed = await ended(caller, "render_2")
    assert (failed["status"], failed["error"]) == ("failed", "no more film")
    shape_b.clear()
    assert (await caller.get(f"{SUBMIT}/render_1"))[1]["taskId"] == "render_1"


async def uploaded(caller: Caller, content: bytes) -> str:
    """Upload a file and return its address."""
    _, answer = await caller.upload(await caller.session(), ("a.jpg", content))
    return str(answer["data"]["files"][0]["cdn_url"])


async def test_answers_and_streams_travel_slowly(caller: Caller, emulator: Emulator) -> None:
    """A body takes its length over the speed, and nothing is lost on the way."""
    sid = await caller.project()
    status, whole = await caller.get(BALANCE)
    fault = emulator.faults.slow(len(json.dumps(whole)) / 0.15, "GET /api/credits")
    begun = now()
    assert await caller.get(BALANCE) == (status, whole)
    assert 0.14 < now() - begun < 1
    assert fault.hits == 1
    emulator.faults.slow(40_000, "/run_sse")
    begun = now()
    raw, clean = await heard(await asked(caller, sid, FIRST))
    assert (clean, bool(spoken(events(raw)))) == (True, True)
    assert len(raw) / 40_000 * 0.99 < now() - begun < len(raw) / 40_000 + 1


async def test_files_travel_slowly_and_in_ranges(caller: Caller, emulator: Emulator) -> None:
    """The second port is slowed as well; a range is that range, with the same marks as at speed."""
    content = jpeg(size=(300, 200))
    url = await uploaded(caller, content)
    async with caller.http.get(url, headers={"Range": "bytes=10-"}) as fast:
        marks = {name: fast.headers[name] for name in ("ETag", "Last-Modified", "Content-Range")}
    emulator.faults.slow(len(content) / 0.1, "GET /media/")
    begun = now()
    async with caller.http.get(url) as slow:
        assert (slow.status, await slow.read()) == (200, content)
        assert (slow.content_type, slow.content_length) == ("image/jpeg", len(content))
    assert now() - begun > 0.09
    async with caller.http.get(url, headers={"Range": "bytes=10-"}) as part:
        assert (part.status, await part.read()) == (206, content[10:])
        assert {name: part.headers[name] for name in marks} == marks
    async with caller.http.get(url, headers={"Range": "bytes=-5"}) as part:
        assert await part.read() == content[-5:]
    async with caller.http.get(url, headers={"Range": f"bytes={len(content)}-"}) as beyond:
        assert beyond.status == 416
        assert beyond.headers["Content-Range"] == f"bytes */{len(content)}"
    async with caller.http.head(url) as head:
        assert (head.status, head.content_length) == (200, len(content))


async def test_uploads_are_read_slowly(caller: Caller, emulator: Emulator) -> None:
    """The answer to an upload comes when its bytes have been let in."""
    sid, content = await caller.session(), jpeg(size=(300, 200))
    emulator.faults.slow(len(content) / 0.3, "POST /api/upload-video", times=1)
    begun = now()
    status, _ = await caller.upload(sid, ("a.jpg", content))
    assert (status, now() - begun > 0.29) == (200, True)
    begun = now()
    assert (await caller.upload(sid, ("b.jpg", content)))[0] == 200
    assert now() - begun < 0.29


async def test_a_file_is_cut(caller: Caller, emulator: Emulator) -> None:
    """Exactly so many bytes come; the rest can be asked for; a short file is cut in its middle."""
    content = jpeg(size=(300, 200))
    url = await uploaded(caller, content)
    fault = emulator.faults.cut_download(100)
    assert await heard(await caller.http.get(url)) == (content[:100], False)
    assert fault.hits == 1
    assert await heard(await caller.http.get(url)) == (content, True)
    emulator.faults.cut_download(50)
    part = await caller.http.get(url, headers={"Range": "bytes=100-"})
    assert (part.status, await heard(part)) == (206, (content[100:150], False))
    emulator.faults.cut_download()
    assert await heard(await caller.http.get(url)) == (content[: len(content) // 2], False)


async def test_a_large_file_is_cut_to_the_byte(caller: Caller, emulator: Emulator) -> None:
    """What was sent before the cut arrives, however much it is and however late it is read."""
    url = await uploaded(caller, jpeg())
    assert emulator._world is not None
    (upload,) = emulator._world.media.values()
    upload.path.write_bytes(bytes(20_000_000))
    emulator.faults.cut_download(19_000_001)
    answer = await caller.http.get(url)
    await asyncio.sleep(0.1)
    raw, clean = await heard(answer)
    assert (len(raw), clean) == (19_000_001, False)


async def test_both_ports_cut_a_render_and_other_answers_are_left_alone(
    caller: Caller, emulator: Emulator
) -> None:
    """The fault waits for a file, and the API's own download is one."""
    await caller.post(SUBMIT, json=await order(caller))
    output = (await ended(caller))["output"]
    fault = emulator.faults.cut_download(99, times=2)
    await caller.balance()
    await caller.get(f"{SUBMIT}/render_1")
    assert fault.hits == 0
    fallback = f"{caller.url}/api/render/proxy/render_1/download"
    for url in (output["url"], fallback):
        raw, clean = await heard(await caller.http.get(url, headers=SKILL | caller.headers))
        assert (len(raw), clean) == (99, False)
    status, video = await caller.get("/api/render/proxy/render_1/download")
    assert (status, len(video)) == (200, output["size"])


async def test_the_second_port_meets_faults_of_requests(caller: Caller, emulator: Emulator) -> None:
    """A file can be refused, answered by a proxy, dropped and be late, like any answer."""
    url = await uploaded(caller, jpeg())
    emulator.faults.refuse(403, "GET /media/", shape="text")
    emulator.faults.html_502("/media", carried_out=True)
    emulator.faults.drop_after_request("/media")
    emulator.faults.delay_answer(0.05, "/media", times=None)
    begun = now()
    statuses = [(await caller.http.get(url)).status for _ in range(2)]
    with pytest.raises(aiohttp.ClientOSError):
        await caller.http.post(url)
    assert (statuses, now() - begun > 0.14) == ([403, 502], True)
    assert (await caller.http.get(url)).status == 200


def dawdle_from_the_first_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run be quick up to its first tool's call, and take its time then."""

    def framed(event: dict[str, Any]) -> bytes:
        if "functionCall" in event["content"]["parts"][0]:
            monkeypatch.setattr(runs, "_BEAT_SECONDS", 0.2)
            monkeypatch.setattr(runs, "frame", frame)
        return frame(event)

    monkeypatch.setattr(runs, "frame", framed)


@pytest.mark.parametrize("mode", [None, "finish", "cancel"])
async def test_a_run_whose_client_leaves(
    caller: Caller,
    emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    mode: Any,
) -> None:
    """It goes on, unless it is ordered to end: then at once, unpaid, with what it had written."""
    sid = await caller.project()
    gone = emulator.faults.client_gone(mode) if mode else None
    dawdle_from_the_first_tool(monkeypatch)
    answer, raw = await asked(caller, sid, FIRST), b""
    while b"functionCall" not in raw:
        raw += await answer.content.readany()
    assert (await caller.balance())["frozen"] == 50
    answer.close()
    if gone:
        await settled(lambda: gone.hits == 1)
    else:
        await asyncio.sleep(0.1)
    frozen = (await caller.balance())["frozen"]
    monkeypatch.setattr(runs, "_BEAT_SECONDS", 0.0)
    await idle(caller)
    total = (await caller.balance())["total"]
    tracks = [track["tt"] for track in (await caller.state(sid))["draft"]["t"]]
    cancelled = mode == "cancel"
    assert (frozen, total) == ((0, 100) if cancelled else (50, 50))
    assert (7 in tracks) is not cancelled
    assert emulator.bill.runs == 1
    assert gone is None or gone.hits == 1
    assert caplog.records == []
    assert (await caller.say(sid, "no music"))[0] == 200


@pytest.mark.parametrize("mode", ["finish", "cancel"])
async def test_a_client_that_leaves_before_its_turn(
    caller: Caller, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, mode: Any
) -> None:
    """A message that waits for another run is as good as any: it runs later, or never."""
    monkeypatch.setattr(runs, "_BEAT_SECONDS", 0.01)
    sid = await caller.project()
    gone = emulator.faults.client_gone(mode)
    first = await asked(caller, sid, FIRST)
    second = asyncio.create_task(asked(caller, sid, "remove the title"))
    await asyncio.sleep(0.05)
    second.cancel()
    await asyncio.wait([second])
    await settled(lambda: gone.hits == 1)
    assert emulator.bill.runs == 1
    monkeypatch.setattr(runs, "_BEAT_SECONDS", 0.0)
    assert (await heard(first))[1]
    await caller.say(sid, "no music")  # whatever waited before it has had its turn
    tracks = [track["tt"] for track in (await caller.state(sid))["draft"]["t"]]
    assert (emulator.bill.runs, 7 in tracks) == ((2, True) if mode == "cancel" else (3, False))


@pytest.mark.parametrize(
    "lose",
    [
        lambda faults: faults.drop_after_request("/run_sse"),
        lambda faults: faults.cut_stream(0),
    ],
    ids=["dropped", "cut"],
)
async def test_a_connection_that_broke_counts_as_left(
    caller: Caller,
    emulator: Emulator,
    caplog: pytest.LogCaptureFixture,
    lose: Callable[[Any], object],
) -> None:
    """The service cannot tell who ended it: ordered to cancel, it does."""
    sid = await caller.project()
    gone = emulator.faults.client_gone("cancel")
    lose(emulator.faults)
    with contextlib.suppress(aiohttp.ClientError):
        await heard(await asked(caller, sid, FIRST))
    await settled(lambda: gone.hits == 1)
    await idle(caller)
    assert (gone.hits, emulator.bill.runs, emulator.bill.credits) == (1, 1, 0)
    assert (await caller.balance())["available"] == 100
    assert caplog.records == []


async def test_a_client_that_stays_to_the_end_has_not_left(
    caller: Caller, emulator: Emulator
) -> None:
    """A stream read to its end, and a message refused, are nobody's leaving."""
    sid = await caller.project()
    gone = emulator.faults.client_gone("cancel")
    await caller.say(sid, FIRST)
    assert (await caller.say(sid, "make it vertical"))[0] == 402
    await caller.http.close()
    await asyncio.sleep(0.05)
    assert (gone.hits, emulator.bill.credits) == (0, 50)


async def half(content: bytes, go_on: asyncio.Event) -> AsyncIterator[bytes]:
    """Send a file's bytes and then no end of the request."""
    yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
    yield content
    await go_on.wait()


@pytest.mark.parametrize("speed", [None, 20_000])
async def test_an_upload_whose_client_leaves_leaves_nothing(
    tmp_path: Path,
    http: aiohttp.ClientSession,
    caplog: pytest.LogCaptureFixture,
    speed: int | None,
) -> None:
    """Neither a file nor an entry stays, whether it was being read or held back."""
    async with Emulator(folder=tmp_path) as emulator:
        caller = Caller(http, emulator.url)
        await caller.sign_in()
        sid = await caller.session()
        if speed:
            emulator.faults.slow(speed)
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        path = f"/api/upload-video/nemo_agent/me/{sid}"
        sending = asyncio.create_task(
            caller.post(path, data=half(bytes(200_000), asyncio.Event()), headers=kind)
        )
        await settled(lambda: any((tmp_path / "uploads").iterdir()))
        sending.cancel()
        await asyncio.wait([sending])
        await settled(lambda: not any((tmp_path / "uploads").iterdir()))
        emulator.faults.clear()
        assert (await caller.state(sid))["video_infos"] == []
    assert caplog.records == []


@pytest.mark.usefixtures("slow_judgement")
async def test_an_upload_whose_client_leaves_while_it_is_judged_leaves_nothing(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    """A file that a thread is just giving its name goes as well."""
    async with Emulator(folder=tmp_path) as emulator:
        caller = Caller(http, emulator.url)
        await caller.sign_in()
        sid = await caller.session()
        sending = asyncio.create_task(caller.upload(sid, ("a.jpg", jpeg())))
        await settled(lambda: any((tmp_path / "uploads").glob("*.jpg")))
        sending.cancel()
        await asyncio.sleep(0.3)
        assert (await caller.state(sid))["video_infos"] == []
        assert list((tmp_path / "uploads").iterdir()) == []


async def test_a_render_is_cancelled_though_the_client_left(
    caller: Caller, emulator: Emulator
) -> None:
    """Leaving in the middle of the cancel does not leave the job in the air."""

    async def stubborn(*_: object) -> Any:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.2)

    assert emulator._world is not None
    emulator._world.renders.render = stubborn
    await caller.post(SUBMIT, json=await order(caller))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(caller.post(f"{SUBMIT}/render_1/cancel"), 0.1)
    await asyncio.sleep(0.2)
    assert (await ended(caller))["error"] == "Cancelled"
