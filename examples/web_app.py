"""A web page that makes videos: `python web_app.py [FOLDER]`, then open what it prints.

`web_page.html` lies beside it, FOLDER (`videos`) keeps what a restart needs, PORT is 8000.
"""

import asyncio
import functools
import hashlib
import json
import os
import secrets
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import Cookie, Depends, FastAPI, Form, Header, HTTPException, Request, UploadFile
from fastapi.responses import FileResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from nemovideo import FileTokenStore, NemoVideo
from nemovideo.assistant import Assistant, Connecting, Exporting, Updates, VideoReady, Working

FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else "videos")
tasks = set[asyncio.Task[None]]()


class Talk:
    """What one browser and the assistant say to each other; it outlives page and server."""

    def __init__(self, nemo: NemoVideo, folder: Path) -> None:
        self.conversation = Assistant(nemo, folder=folder).conversation(f"web:{folder.name}")
        self.folder, self.note, self.book = folder, folder / "unanswered", folder / "talk.jsonl"
        known = self.book.read_text("utf-8") if self.book.exists() else ""
        self.lines = [json.loads(line) for line in known.splitlines()]
        self.progress, self.heard, self.owed = "", 0, self.note.exists()

    def enter(self, by: str, words: str, video: str = "") -> None:
        """Write down what is shown again after a reload."""
        self.folder.mkdir(exist_ok=True)
        self.lines.append({"by": by, "words": words, "video": video})
        with self.book.open("a", encoding="utf-8") as book:
            book.write(json.dumps(self.lines[-1]) + "\n")
        self.progress = ""

    async def hear(self, text: str, files: list[bytes]) -> None:
        """Do what a message asks for; messages of one conversation wait for each other."""
        self.enter("person", (text + f"\n(files: {len(files)})" * bool(files)).strip())
        self.note.touch()
        number = self.heard = self.heard + 1
        await self.show(self.conversation.handle(text, files))
        if number == self.heard:
            self.note.unlink(missing_ok=True)

    async def go_on(self) -> None:
        """See to what an earlier run has left; nothing is paid for twice."""
        known = {line["video"] for line in self.lines}
        for name in {video.name for video in self.folder.glob("*.mp4")} - known:
            self.enter("nemo", "Your video is ready.", name)
        await self.show(self.conversation.resume())
        if self.owed:
            self.enter("nemo", "I was restarted. This is where we are:")
            await self.show(self.conversation.handle("status"))
        if not self.heard:
            self.note.unlink(missing_ok=True)

    async def show(self, work: AbstractAsyncContextManager[Updates]) -> None:
        """Take down how something goes."""
        async with work as updates:
            async for update in updates:
                if isinstance(update, Connecting | Working | Exporting):
                    self.progress = update.words
                else:
                    video = update.video.path.name if isinstance(update, VideoReady) else ""
                    self.enter("nemo", update.words, video)


def start(work: Coroutine[Any, Any, None]) -> None:
    """Have something done whether or not a page is open."""
    tasks.add(task := asyncio.create_task(work))
    task.add_done_callback(tasks.discard)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Go on with what was left, serve, and let go."""
    kept = FileTokenStore(FOLDER)
    async with NemoVideo(token_store=kept, ledger=FOLDER / "jobs.sqlite3") as nemo:
        app.state.talk = functools.cache(lambda name: Talk(nemo, FOLDER / name))
        begun = {one.name.split(":")[1] for one in await Assistant(nemo).unfinished()}
        for name in begun | {note.parent.name for note in FOLDER.glob("*/unanswered")}:
            start(app.state.talk(name).go_on())
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def own(request: Request, secret: Annotated[str, Cookie(min_length=40)]) -> Any:
    """Find the conversation of a browser: only its cookie opens it."""
    return request.app.state.talk(hashlib.sha256(secret.encode()).hexdigest())


Own = Annotated[Talk, Depends(own)]
Seen = Annotated[int, Header(alias="last-event-id", ge=0)]
Text = Annotated[str, Form()]
app = FastAPI(lifespan=lifespan, max_body_size=100_000_000)  # fastapi>=0.165; files wait in memory
server = uvicorn.Server(uvicorn.Config(app, port=int(os.environ.get("PORT", "8000"))))


@app.get("/")
async def page(request: Request, secret: Annotated[str, Cookie()] = "") -> FileResponse:
    """Give the page, and to a new browser its secret."""
    answer = FileResponse(Path(__file__).with_name("web_page.html"))
    secret, secure = secret or secrets.token_urlsafe(32), request.url.scheme == "https"
    answer.set_cookie("secret", secret, max_age=2**25, httponly=True, secure=secure)
    return answer


@app.get("/events", response_class=EventSourceResponse)
async def events(talk: Own, seen: Seen = 0) -> AsyncIterator[ServerSentEvent]:
    """Tell what is new since the last event that a page has seen."""
    shown = ""
    while not server.should_exit:
        while seen < len(talk.lines):
            yield ServerSentEvent(data=talk.lines[seen], id=str(seen := seen + 1))
        if shown != talk.progress:
            yield ServerSentEvent(data=(shown := talk.progress), event="progress")
        await asyncio.sleep(0.5)  # of progress, the latest is enough


@app.post("/messages", status_code=202)
async def receive(talk: Own, text: Text = "", files: tuple[UploadFile, ...] = ()) -> None:
    """Take a message; its answer comes as events."""
    start(talk.hear(text, [await file.read() for file in files]))


@app.get("/videos/{name}")
async def video(talk: Own, name: str) -> FileResponse:
    """Give a video of this conversation, and of no other."""
    if name not in {line["video"] for line in talk.lines}:
        raise HTTPException(404, "There is no such video.")
    return FileResponse(talk.folder / name, media_type="video/mp4")


with suppress(KeyboardInterrupt):
    server.run()
