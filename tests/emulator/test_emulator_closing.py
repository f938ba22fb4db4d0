"""The emulator's end: what is cut, what is refused, and that nothing outlives it."""

import asyncio
import gc
import json
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from nemovideo.emulator import Emulator, intake, runs
from nemovideo.emulator.world import World
from tests.emulator.conftest import SKILL, Caller, jpeg, message

FIRST = "turn these photos into a 6-second slideshow with music and a title 'Small Wonders'"
SUBMIT = "/api/render/proxy/lambda"
DRAFT = {"d": 200, "m": {}, "t": [{"tt": 0, "sg": [{"d": 200, "m": {}}]}]}


def world_of(emulator: Emulator) -> World:
    """Return what is behind the ports, which `aclose` takes away."""
    assert emulator._world is not None
    return emulator._world


def alive(world: World) -> int:
    """Count what is still under way."""
    return sum(not task.done() for task in (*world._tasks, *world.renders.tasks))


async def forever(*_: object) -> Any:
    """Make a video that is never finished."""
    await asyncio.sleep(60)


async def test_a_stream_is_cut_when_the_emulator_closes(
    http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clean end would mean that the run finished."""
    monkeypatch.setattr(runs, "_BEAT_SECONDS", 0.05)
    async with Emulator(silent=0.0) as emulator:
        caller = Caller(http, emulator.url)
        await caller.sign_in()
        sid, headers = await caller.project(), SKILL | caller.headers
        answer = await http.post(f"{caller.url}/run_sse", json=message(sid, FIRST), headers=headers)
        await answer.content.readany()
    with pytest.raises(aiohttp.ClientPayloadError):
        await answer.read()
    assert emulator.bill.credits == 0


async def test_a_run_that_waits_for_its_turn_is_cut_as_well(
    http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its message gets no answer at all, and the close does not wait for it."""
    monkeypatch.setattr(runs, "_BEAT_SECONDS", 0.05)
    async with Emulator(silent=0.0) as emulator:
        caller = Caller(http, emulator.url)
        await caller.sign_in()
        sid = await caller.project()
        saying = [asyncio.create_task(caller.say(sid, FIRST)) for _ in range(2)]
        await asyncio.sleep(0.1)
        begun = time.monotonic()
    assert time.monotonic() - begun < 0.5
    ends = await asyncio.gather(*saying, return_exceptions=True)
    assert all(isinstance(end, aiohttp.ClientError) for end in ends)


async def test_what_comes_during_the_close_is_refused(http: aiohttp.ClientSession) -> None:
    """A connection that is open already is told 503, and neither port takes new ones."""
    async with Emulator() as emulator:
        caller, world = Caller(http, emulator.url), world_of(emulator)
        await caller.sign_in()
        sid = await caller.session()
        world.closing.set()
        asked = {"id": "render_1", "sessionId": sid, "draft": DRAFT}
        for status, answer in (
            await caller.post("/run_sse", json=message(sid, "hello")),
            await caller.post(SUBMIT, json=asked),
            await caller.get("/api/credits/balance/simple"),
        ):
            assert (status, answer["code"]) == (503, 503)
        async with http.get(f"{emulator.media_url}/media/a/b") as nothing:
            assert nothing.status == 503
        assert (alive(world), emulator.bill.runs, emulator.bill.renders) == (0, 0, 0)


async def test_a_body_that_ends_during_the_close_starts_nothing(
    http: aiohttp.ClientSession,
) -> None:
    """A request that was let in before the end began does not begin its work after it."""
    async with Emulator() as emulator:
        caller, world = Caller(http, emulator.url), world_of(emulator)
        await caller.sign_in()
        sid, go_on = await caller.session(), asyncio.Event()

        async def late(body: dict[str, Any]) -> Any:
            raw = json.dumps(body).encode()
            yield raw[:9]
            await go_on.wait()
            yield raw[9:]

        bodies = {
            "/run_sse": message(sid, "hello"),
            SUBMIT: {"id": "render_1", "sessionId": sid, "draft": DRAFT},
        }
        asking = [
            asyncio.create_task(caller.post(path, data=late(body))) for path, body in bodies.items()
        ]
        await asyncio.sleep(0.05)
        world.closing.set()
        go_on.set()
        answers = await asyncio.gather(*asking)
        assert [(status, said["code"]) for status, said in answers] == [(503, 503)] * 2
        assert alive(world) == 0


async def test_nothing_outlives_the_close_under_fire(http: aiohttp.ClientSession) -> None:
    """However many requests land meanwhile, no run and no render is left afterwards."""
    emulator = await Emulator(credits=10**6).start()
    caller, world = Caller(http, emulator.url), world_of(emulator)
    world.renders.render = forever
    await caller.sign_in()
    sids, number = [await caller.session() for _ in range(4)], iter(range(10**6))

    async def fire(sid: str) -> None:
        while True:
            try:
                render = {"id": f"render_{next(number)}", "sessionId": sid, "draft": DRAFT}
                await caller.post(SUBMIT, json=render)
                await caller.say(sid, "hello")
            except (aiohttp.ClientError, AssertionError):
                return

    firing = [asyncio.create_task(fire(sid)) for sid in sids * 3]
    await asyncio.sleep(0.1)
    await emulator.aclose()
    assert alive(world) == 0
    assert {job.status for job in world.renders._jobs.values()} == {"failed"}
    await asyncio.gather(*firing)


async def test_an_upload_that_is_cut_off_leaves_no_open_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that is just opening the file does not lose it."""
    opened = Path.open

    def slowly(self: Path, *args: Any, **options: Any) -> Any:
        time.sleep(0.05)
        return opened(self, *args, **options)

    async def chunks() -> Any:
        yield b"\xff\xd8\xff"

    async with Emulator(folder=tmp_path) as emulator:
        monkeypatch.setattr(Path, "open", slowly)
        taking = asyncio.create_task(intake.take_in(world_of(emulator), "a.jpg", chunks()))
        await asyncio.sleep(0.02)
        taking.cancel()
        await asyncio.wait([taking])
        await asyncio.sleep(0.1)
        monkeypatch.undo()
        gc.collect()  # a lost file is a ResourceWarning, and a warning is an error here
        assert taking.cancelled()
        assert list((tmp_path / "uploads").iterdir()) == []


@pytest.mark.usefixtures("slow_judgement")
async def test_an_upload_that_is_being_judged_leaves_nothing_at_the_close(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    """The thread that gives the file its name is waited for, and what it named goes."""
    async with Emulator(folder=tmp_path) as emulator:
        caller = Caller(http, emulator.url)
        await caller.sign_in()
        sid = await caller.session()
        sending = asyncio.create_task(caller.upload(sid, ("a.jpg", jpeg())))
        async with asyncio.timeout(3):
            while not any((tmp_path / "uploads").glob("*.jpg")):  # noqa: ASYNC110 - a thread's work
                await asyncio.sleep(0.01)
    await asyncio.wait([sending])
    assert isinstance(sending.exception(), aiohttp.ClientError)
    await asyncio.sleep(0.25)
    assert list((tmp_path / "uploads").iterdir()) == []


async def test_settled_waits_for_runs_and_renders(
    caller: Caller, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After it the bill says what a broken connection left behind."""
    monkeypatch.setattr(runs, "_BEAT_SECONDS", 0.01)
    sid = await caller.project()
    emulator.faults.cut_stream(1)
    with pytest.raises(aiohttp.ClientPayloadError):
        await caller.say(sid, FIRST)
    assert emulator.bill.credits == 0
    await emulator.settled()
    assert emulator.bill.credits == 50
    emulator.faults.fail_render()
    await caller.post(SUBMIT, json={"id": "render_1", "sessionId": sid, "draft": DRAFT})
    await emulator.settled()
    assert (await caller.get(f"{SUBMIT}/render_1"))[1]["status"] == "failed"
    await emulator.settled()


async def test_settled_is_for_a_running_emulator() -> None:
    """Before the start and after the close there is nothing to wait for."""
    with pytest.raises(RuntimeError, match="not running"):
        await Emulator().settled()
