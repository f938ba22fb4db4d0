"""A Telegram bot that makes videos: `TELEGRAM_TOKEN=... python telegram_bot.py [FOLDER]`.

People send photos or albums and say what to make of them; "export" brings the MP4, /new begins
anew. FOLDER (`videos`) keeps what a restart needs. TELEGRAM_API_URL is a server of your own.
"""

import asyncio
import functools
import logging
import os
import sys
import time
from contextlib import AbstractAsyncContextManager, suppress
from itertools import takewhile
from pathlib import Path
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError, TelegramRetryAfter
from aiogram.types import FSInputFile, Message

from nemovideo import FileTokenStore, NemoVideo
from nemovideo.assistant import Assistant, Connecting, Exporting, Updates, VideoReady, Working

API_URL = os.environ.get("TELEGRAM_API_URL", "https://api.telegram.org")
LARGEST_IN, LARGEST_OUT = 20, 50  # MB: Telegram gives a bot no larger file, and takes none
EDIT_SECONDS = 3.0  # it allows about 20 messages and edits a minute in one chat


class Chat:
    """One chat: its conversation, and a folder for what it is owed."""

    def __init__(self, bot: Bot, nemo: NemoVideo, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.bot, self.folder, self.number = bot, folder, int(folder.name)
        self.conversation = Assistant(nemo, folder=folder).conversation(f"telegram:{self.number}")
        self.note = folder / "unanswered"  # it outlives this program
        self.inbox, self.turn, self.next_edit = list[Message](), asyncio.Lock(), 0.0
        self.progress: Message | None = None

    async def hear(self, message: Message) -> None:
        """Answer a message, after those that came before it."""
        self.note.touch()
        self.inbox.append(message)
        async with self.turn:
            if not message.text:
                await asyncio.sleep(1)  # the photos of an album are messages of their own
            messages = [*takewhile(lambda one: not one.text, self.inbox)] or self.inbox[:1]
            del self.inbox[: len(messages)]
            if messages:
                await self.answer(messages)
            if not self.inbox:
                self.note.unlink(missing_ok=True)

    async def answer(self, messages: list[Message]) -> None:
        """Do what some messages ask for that belong together."""
        text = " ".join(m.text or m.caption or "" for m in messages).strip().removeprefix("/start")
        media = [m.photo[-1] if m.photo else m.document or m.video or m.audio for m in messages]
        if text.startswith("/new"):
            await self.conversation.forget()
            text = ""
        try:
            files = [await self.bot.download(file) for file in media if file]
        except TelegramBadRequest:
            await self.say(f"Telegram gives me {LARGEST_IN} MB a file, and one of these has more.")
        else:
            await self.show(self.conversation.handle(text, [file for file in files if file]))

    async def go_on(self) -> None:
        """See to what an earlier run has left; nothing is paid for twice."""
        async with self.turn:
            for video in self.folder.glob("*.mp4"):
                await self.deliver(video)
            await self.show(self.conversation.resume())
            if self.note.exists():
                await self.say("I was restarted. This is where we are:")
                await self.show(self.conversation.handle("status"))
            if not self.inbox:
                self.note.unlink(missing_ok=True)

    async def show(self, work: AbstractAsyncContextManager[Updates]) -> None:
        """Show how something goes, and send the video when it is there."""
        async with work as updates:
            async for update in updates:
                passing = isinstance(update, Connecting | Working | Exporting)
                await self.say(update.words, passing=passing)
                if isinstance(update, VideoReady):
                    await self.deliver(update.video.path)

    async def say(self, words: str, *, passing: bool = False) -> None:
        """Say something; what passes is one message, edited now and then until more is said."""
        if passing and time.monotonic() < self.next_edit:
            return
        self.next_edit = time.monotonic() + EDIT_SECONDS
        if self.progress:
            with suppress(TelegramBadRequest):  # the same words again, or somebody deleted it
                await (self.progress.edit_text(words) if passing else self.progress.delete())
        if not (passing and self.progress):
            sent = await self.bot.send_message(self.number, words[:4096])
            self.progress = sent if passing else None

    async def deliver(self, video: Path) -> None:
        """Send a video, and let go of it when the chat has it."""
        if (size := video.stat().st_size // 1_000_000) < LARGEST_OUT:
            await self.bot.send_video(self.number, FSInputFile(video), request_timeout=600)
        else:
            await self.say(f"It has {size} MB; I can send {LARGEST_OUT}. Ask for a shorter one.")
        video.unlink()


async def patiently(make_request: Any, bot: Bot, method: Any) -> Any:
    """Wait until Telegram can be reached, and takes more."""
    while True:
        try:
            return await make_request(bot, method)
        except (TelegramNetworkError, TelegramRetryAfter) as error:
            await asyncio.sleep(getattr(error, "retry_after", 3))


async def main() -> None:
    """Serve every chat until Ctrl-C."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "videos")
    session = AiohttpSession(api=TelegramAPIServer.from_base(API_URL))
    session.middleware(patiently)
    dispatcher, tasks = Dispatcher(), set[asyncio.Task[None]]()
    async with (
        NemoVideo(token_store=FileTokenStore(folder), ledger=folder / "jobs.sqlite3") as nemo,
        Bot(os.environ["TELEGRAM_TOKEN"], session=session) as bot,
    ):
        chat = functools.cache(lambda number: Chat(bot, nemo, folder / str(number)))

        @dispatcher.message()
        async def hear(message: Message) -> None:
            await chat(message.chat.id).hear(message)

        begun = {one.name.split(":")[1] for one in await Assistant(nemo).unfinished()}
        for number in begun | {note.parent.name for note in folder.glob("*/unanswered")}:
            tasks.add(task := asyncio.create_task(chat(int(number)).go_on()))
            task.add_done_callback(tasks.discard)
        await dispatcher.start_polling(bot, close_bot_session=False)
        for other in (others := asyncio.all_tasks() - {asyncio.current_task()}):
            other.cancel()
        await asyncio.gather(*others, return_exceptions=True)


logging.basicConfig(level=logging.INFO)
asyncio.run(main())
