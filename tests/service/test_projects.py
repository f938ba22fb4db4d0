"""A project step by step, against the emulator."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from nemovideo import ConfigurationError, NemoVideo, Progress, TimelineChanged
from nemovideo.emulator import Emulator


@contextlib.asynccontextmanager
async def answering(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> AsyncIterator[NemoVideo]:
    """A client of a service whose agent answers so, and which knows nothing else of a session."""

    async def nothing(_: web.Request) -> web.Response:
        return web.json_response({"code": 0, "data": {"state": {}}})

    app = web.Application()
    app.router.add_post("/run_sse", answer)
    app.router.add_get("/{tail:.*}", nothing)
    async with (
        TestServer(app) as server,
        NemoVideo(base_url=str(server.make_url("")), token="t") as nemo,
    ):
        yield nemo


async def test_a_project_is_edited_and_exported_twice(
    nemo: NemoVideo, emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """A follow-up changes the timeline that is there; only the first edit is charged."""
    project = await nemo.projects.create()
    await project.add(*photos[:2])
    await project.ask("a 4-second slideshow with music")
    first = await project.export(tmp_path / "v1.mp4")
    await project.ask("no music")
    second = await project.export(tmp_path / "v2.mp4")

    assert len(first.timeline.tracks) == 2
    assert len(second.timeline.tracks) == 1
    assert (emulator.bill.runs, emulator.bill.renders, emulator.bill.credits) == (2, 2, 50)


async def test_asks_of_one_project_wait_for_each_other() -> None:
    """The second message leaves when the first one's answer has ended, not before."""
    seen: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        seen.append(body["new_message"]["parts"][0]["text"])
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        await asyncio.sleep(0.1)
        seen.append("end")
        return stream

    async with answering(answer) as nemo:
        project = nemo.projects.get("1234567890123456789")
        again = nemo.projects.get("1234567890123456789")
        await asyncio.gather(project.ask("first"), again.ask("second"))

    assert seen == ["first", "end", "second", "end"]


async def test_a_project_goes_on_by_its_session_id(nemo: NemoVideo, photos: list[Path]) -> None:
    """The id is all that is needed to come back."""
    project = await nemo.projects.create()
    await project.add(photos[0])
    await project.ask("a 4-second slideshow")

    again = nemo.projects.get(project.session.session_id)

    assert await again.timeline() == await project.timeline()


async def test_an_empty_project_cannot_be_exported(
    nemo: NemoVideo, emulator: Emulator, tmp_path: Path
) -> None:
    """Without an edit there is nothing to export, and no render is ordered."""
    project = await nemo.projects.create()

    with pytest.raises(ConfigurationError, match="nothing to export"):
        await project.export(tmp_path / "out.mp4")

    assert emulator.bill.renders == 0


async def test_asking_shows_what_the_agent_says(nemo: NemoVideo, photos: list[Path]) -> None:
    """Progress of an ask carries the agent's words."""
    project = await nemo.projects.create()
    await project.add(photos[0])
    seen: list[Progress] = []

    reply = await project.ask("a 4-second slideshow", on_progress=seen.append)

    assert {progress.stage for progress in seen} == {"agent"}
    assert reply.text.endswith(seen[-1].text)


async def test_progress_shows_one_sentence_at_a_time() -> None:
    """A tool's name, a sentence and the one after it are never glued together."""
    said: list[str] = []
    shown = asyncio.Event()
    frames = [
        {"content": {"parts": [{"functionCall": {"name": "add_music", "args": {}}}]}},
        {"content": {"parts": [{"text": "First."}]}},
        {"content": {"parts": [{"text": "Sec"}]}, "partial": True},
        {"content": {"parts": [{"text": "ond."}]}, "partial": True},
    ]

    async def answer(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        for frame in frames:
            shown.clear()
            await stream.write(b"data: " + json.dumps(frame).encode() + b"\n\n")
            await shown.wait()
        return stream

    def show(told: Progress) -> None:
        if told.text:
            said.append(told.text)
            shown.set()

    async with answering(answer) as nemo:
        await nemo.projects.get("1").ask("go", on_progress=show)

    assert said == ["add music ..", "First.", "Sec", "Second."]


async def test_both_stages_of_a_generation_are_told_as_they_come(recordings: Path) -> None:
    """The raw clip first, then what the service adds by itself."""
    stages: list[TimelineChanged] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        frames = (recordings / "generation_in_two_stages.sse").read_bytes()
        for frame in frames.split(b"\n\n"):
            await stream.write(frame + b"\n\n")
        return stream

    async with (
        answering(answer) as nemo,
        nemo.projects.get("1").stream("a beach at dusk") as events,
    ):
        stages += [event async for event in events if isinstance(event, TimelineChanged)]

    assert [len(stage.draft.tracks) for stage in stages] == [0, 2]
    assert 'Added the music "Lo-fi" (0-10 s).' in map(str, stages[1].changes)
    assert events.timeline == stages[1].draft
