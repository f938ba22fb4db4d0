"""A Discord bot that makes videos: `DISCORD_TOKEN=... python discord_bot.py [FOLDER]`.

People write to it, or mention it in a channel, with photos and what should become of them; "export"
brings the MP4, "!new" begins anew. FOLDER (`videos`) keeps what a restart needs, and each video
until its channel has it.
"""

import asyncio
import functools
import os
import sys
import time
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path

import discord

from nemovideo import FileTokenStore, NemoVideo
from nemovideo.assistant import Assistant, Connecting, Exporting, Updates, VideoReady, Working

EDIT_SECONDS = 2.5  # Discord allows about five messages and edits in five seconds, for all


class Chat:
    """One channel: its conversation, and a folder for what it is owed."""

    def __init__(self, bot: discord.Client, nemo: NemoVideo, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.channel = folder, bot.get_partial_messageable(int(folder.name))
        self.conversation = Assistant(nemo, folder=folder).conversation(f"discord:{folder.name}")
        self.note = folder / "unanswered"  # it outlives this program
        self.turn, self.waiting = asyncio.Lock(), 0
        self.progress: discord.Message | None = None
        self.next_edit = 0.0

    async def hear(self, text: str, files: list[discord.Attachment]) -> None:
        """Answer a message, after those that came before it."""
        self.note.touch()
        self.waiting += 1
        async with self.turn:
            self.waiting -= 1
            if text == "!new":
                await self.conversation.forget()
                text = ""
            await self.show(self.conversation.handle(text, files))
            if not self.waiting:
                self.note.unlink(missing_ok=True)

    async def go_on(self) -> None:
        """See to what was left by a crash or a lost connection; nothing is paid for twice."""
        async with self.turn:
            owed = self.note.exists() and not self.waiting
            for video in self.folder.glob("*.mp4"):
                await self.deliver(video)
            await self.show(self.conversation.resume())
            if owed:
                await self.say("I was away. This is where we are:")
                await self.show(self.conversation.handle("status"))
            if not self.waiting:
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
            with suppress(discord.NotFound):  # somebody deleted it
                await (self.progress.edit(content=words) if passing else self.progress.delete())
        if not (passing and self.progress):
            sent = await self.channel.send(words[:2000])
            self.progress = sent if passing else None

    async def deliver(self, video: Path) -> None:
        """Send a video, and let go of it when the channel has it."""
        try:
            await self.channel.send(file=discord.File(video))
        except discord.HTTPException as error:
            if error.status != 413:
                raise
            size = video.stat().st_size // 1_000_000
            await self.say(f"It has {size} MB, and Discord takes 10, or more on a boosted server.")
        video.unlink()


class VideoBot(discord.Client):
    """Hears whoever writes to it or mentions it."""

    def __init__(self, nemo: NemoVideo, folder: Path) -> None:
        super().__init__(
            intents=discord.Intents.default(), allowed_mentions=discord.AllowedMentions.none()
        )
        self.nemo, self.folder = nemo, folder
        self.chat = functools.cache(lambda number: Chat(self, nemo, folder / str(number)))

    async def on_ready(self) -> None:
        """Go on with what is open, each time that there is a connection again."""
        begun = {one.name.split(":")[1] for one in await Assistant(self.nemo).unfinished()}
        begun |= {note.parent.name for note in self.folder.glob("*/unanswered")}
        await asyncio.gather(*(self.chat(int(number)).go_on() for number in begun))

    on_resumed = on_ready

    async def on_message(self, message: discord.Message) -> None:
        """Answer people; in a channel of many, those who mention this bot."""
        user = self.user
        if message.author.bot or user is None:
            return
        if message.guild is None or user in message.mentions:
            text = message.content.replace(user.mention, "").strip()
            await self.chat(message.channel.id).hear(text, message.attachments)


async def main() -> None:
    """Serve every channel until Ctrl-C."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "videos")
    async with (
        NemoVideo(token_store=FileTokenStore(folder), ledger=folder / "jobs.sqlite3") as nemo,
        VideoBot(nemo, folder) as bot,
    ):
        try:
            await bot.start(os.environ["DISCORD_TOKEN"])
        finally:
            for other in (others := asyncio.all_tasks() - {asyncio.current_task()}):
                other.cancel()
            await asyncio.gather(*others, return_exceptions=True)


discord.utils.setup_logging()
with suppress(KeyboardInterrupt):
    asyncio.run(main())
