"""The web app as a process, asked as a browser would, with the emulator behind it."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import attrs
import pytest
from aiohttp.abc import AbstractCookieJar

from nemovideo.emulator import Emulator
from tests.edges.bot_process import (
    EXAMPLES,
    PHOTOS,
    BotProcess,
    address_of,
    assert_has_no_complaints,
    running,
    seconds_of,
    until,
)
from tests.edges.conftest import serving

pytestmark = pytest.mark.slow


@attrs.frozen
class Stage:
    """What is around the app."""

    folder: Path
    service: Emulator

    def app(self) -> AbstractContextManager[BotProcess]:
        """Start the app, anew if need be."""
        environment = {"PORT": "0", "NEMO_API_URL": self.service.url}
        return running(self.folder, environment, EXAMPLES / "web_app.py")


@attrs.frozen
class Browser:
    """One browser: its cookies, and the app that it looks at."""

    app: BotProcess
    http: aiohttp.ClientSession

    async def send(self, text: str, photos: Sequence[Path] = (), name: str = "photo.jpg") -> int:
        """Send a message as the page does, and give the status of the answer."""
        form = aiohttp.FormData({"text": text})
        for photo in photos:
            form.add_field("files", photo.read_bytes(), filename=name)
        async with self.http.post(f"{address_of(self.app)}/messages", data=form) as answer:
            return answer.status

    async def lines(self, last: str, *, after: int = 0) -> list[dict[str, Any]]:
        """Read events until one has these words."""
        told: list[dict[str, Any]] = []
        async with asyncio.timeout(60):
            async for event, data in self._events(after):
                if event != "progress":
                    told.append(data)
                    if last in data["words"]:
                        break
        return told

    async def progress(self) -> AsyncIterator[str]:
        """Read of the events what passes."""
        async for event, data in self._events(0):
            if event == "progress":
                yield data

    async def video(self, name: str) -> tuple[int, bytes]:
        """Fetch a video."""
        async with self.http.get(f"{address_of(self.app)}/videos/{name}") as answer:
            return answer.status, await answer.read()

    async def _events(self, after: int) -> AsyncIterator[tuple[str, Any]]:
        headers = {"Last-Event-ID": str(after)} if after else {}
        event = ""
        async with self.http.get(f"{address_of(self.app)}/events", headers=headers) as answer:
            assert answer.content_type == "text/event-stream"
            async for line in answer.content:
                name, _, value = line.decode().strip().partition(": ")
                if name == "event":
                    event = value
                if name == "data":
                    yield event, json.loads(value)
                if not name:
                    event = ""


@asynccontextmanager
async def browser(app: BotProcess, jar: AbstractCookieJar | None = None) -> AsyncIterator[Browser]:
    """Open the page in a browser, with the cookies of an earlier one or none."""
    jar = jar or aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        async with http.get(address_of(app)) as page:
            assert "<title>Photos in, a video out</title>" in await page.text()
        yield Browser(app, http)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with serving(Emulator(credits=1000, render_scale=1 / 12, silent=0)) as service:
        yield Stage(tmp_path_factory.mktemp("app"), service)


@pytest.fixture(scope="module")
def app(stage: Stage) -> Iterator[BotProcess]:
    with stage.app() as process:
        yield process


async def test_photos_become_a_video_that_the_browser_gets(stage: Stage, app: BotProcess) -> None:
    """Words come as they are said, and the video can be fetched whole or in parts."""
    runs = stage.service.bill.runs
    async with browser(app) as anna:
        assert await anna.send("make a 3-second video and send it to me", PHOTOS[:2]) == 202
        lines = await anna.lines("Your video is ready (3 s)")
        status, content = await anna.video(lines[-1]["video"])
        part = {"Range": "bytes=4-7"}
        address = f"{address_of(app)}/videos/{lines[-1]['video']}"
        async with anna.http.get(address, headers=part) as answer:
            assert (answer.status, await answer.read()) == (206, b"ftyp")

    assert lines[0] == {
        "by": "person",
        "words": "make a 3-second video and send it to me\n(files: 2)",
        "video": "",
    }
    assert any("Timeline (2 tracks)" in line["words"] for line in lines[1:-1])
    assert [line["video"] for line in lines[:-1]] == [""] * (len(lines) - 1)
    assert status == 200
    assert seconds_of(content) == pytest.approx(3, abs=0.3)
    assert stage.service.bill.runs == runs + 1


async def test_progress_passes_at_most_twice_a_second(app: BotProcess) -> None:
    """However often the service tells how far it is, a page gets the latest now and then."""
    loop, seen = asyncio.get_running_loop(), list[tuple[float, str]]()
    async with browser(app) as anna:
        await anna.send("make a 60-second video and send it to me", PHOTOS[:1])
        async with asyncio.timeout(60):
            async for words in anna.progress():
                seen.append((loop.time(), words))
                if not words and len(seen) > 2:
                    break

    times = [time for time, _ in seen]
    assert min(after - before for before, after in itertools.pairwise(times)) >= 0.4
    assert any(words.startswith("Rendering the video") for _, words in seen)


async def test_a_reload_tells_everything_again_and_a_reconnect_the_rest(app: BotProcess) -> None:
    """`Last-Event-ID` is what a page has seen; without it, it has seen nothing."""
    async with browser(app) as anna:
        await anna.send("credits")
        await anna.send("status")
        everything = await anna.lines("There is no video yet")
        rest = await anna.lines("There is no video yet", after=2)

    async with browser(app, anna.http.cookie_jar) as reloaded:
        again = await reloaded.lines("There is no video yet")

    assert again == everything
    assert rest == everything[2:]


async def test_a_stranger_sees_nothing(app: BotProcess) -> None:
    """What one browser made is served to no other, and to none without a cookie."""
    async with browser(app) as anna, browser(app) as boris:
        await anna.send("make a 2-second video and send it to me", PHOTOS[:1])
        name = (await anna.lines("Your video is ready"))[-1]["video"]
        await boris.send("status")
        lines = await boris.lines("There is no video yet")
        stolen, _ = await boris.video(name)
        invented, _ = await boris.video("jobs.sqlite3")
        boris.http.cookie_jar.clear()
        nobodys, _ = await boris.video(name)

    assert not any(line["video"] for line in lines)
    assert (stolen, invented, nobodys) == (404, 404, 422)


async def test_a_file_name_is_only_a_name(stage: Stage, app: BotProcess) -> None:
    """What a browser calls its file names nothing on the server."""
    async with browser(app) as anna:
        await anna.send("a 2-second video", PHOTOS[:1], name="../../../stolen.jpg")
        await anna.lines("Timeline")

    assert not list(stage.folder.parent.rglob("*stolen*"))
    assert not list(stage.folder.rglob("*.jpg"))


async def test_a_slow_job_holds_nobody_else_up(stage: Stage, app: BotProcess) -> None:
    """While one person waits for the agent, another gets a whole video."""
    async with browser(app) as anna, browser(app) as boris:
        waiting = stage.service.faults.delay_answer(300, "POST /run_sse")
        await anna.send("a 2-second video", PHOTOS[:1])
        until(app, lambda: waiting.hits)
        await boris.send("make a 2-second video and send it to me", PHOTOS[1:2])
        assert (await boris.lines("Your video is ready"))[-1]["video"]
        waiting.clear()


async def test_a_message_is_owed_an_answer_until_it_has_one(stage: Stage, app: BotProcess) -> None:
    """The answer to one message does not make the app forget that it owes the next one."""
    others = {*stage.folder.rglob("unanswered")}
    asked = stage.service.faults.delay_answer(1, "GET /api/credits")
    async with browser(app) as anna:
        await anna.send("status")
        await anna.send("credits")
        await anna.lines("There is no video yet")
        until(app, lambda: asked.hits)
        owed = {*stage.folder.rglob("unanswered")} - others
        await anna.lines("credits left")

    assert owed
    until(app, lambda: not {*stage.folder.rglob("unanswered")} - others)


async def test_more_than_the_app_holds_is_refused(app: BotProcess) -> None:
    """A message of more than 100 MB is refused before it is read."""
    async with browser(app) as anna:
        address = f"{address_of(app)}/messages"
        too_long = {"Content-Length": "100000001"}
        async with anna.http.post(address, data=b"", headers=too_long) as answer:
            assert answer.status == 413


async def test_ctrl_c_ends_it_while_pages_are_open(app: BotProcess) -> None:
    """The last test of the shared app: open pages and running work do not hold it up."""
    async with browser(app) as anna:
        await anna.send("status")
        async with anna.http.get(f"{address_of(app)}/events") as open_page:
            await open_page.content.readline()
            assert await asyncio.to_thread(app.interrupt) == 0

    assert_has_no_complaints(app)


async def test_a_killed_app_goes_on(stage: Stage, tmp_path: Path) -> None:
    """After a restart a page that connects again has its video, which is paid once."""
    stage = attrs.evolve(stage, folder=tmp_path)
    runs, renders = stage.service.bill.runs, stage.service.bill.renders
    with stage.app() as app:
        async with browser(app) as anna:
            await anna.send("make a 4-second video and send it to me", PHOTOS[:2])
            until(app, lambda: stage.service.bill.renders == renders + 1)
            seen = await anna.lines("Timeline")
        app.kill()

    with stage.app() as app:
        async with browser(app, anna.http.cookie_jar) as again:
            lines = await again.lines("This is where we are", after=len(seen))
            _, content = await again.video(lines[0]["video"])
        assert app.interrupt() == 0

    assert "Your video is ready (4 s)" in lines[0]["words"]
    assert seconds_of(content) == pytest.approx(4, abs=0.3)
    assert (stage.service.bill.runs, stage.service.bill.renders) == (runs + 1, renders + 1)
    assert_has_no_complaints(app)
