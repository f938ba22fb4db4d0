"""Whole conversations, word for word: what people read in them is held as pages beside this.

A page that is missing is written, and its test fails once: read it through, then keep it.
"""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from nemovideo import MemoryTokenStore, NemoVideo
from nemovideo.assistant import Assistant, Exporting, VideoReady
from nemovideo.emulator import Emulator
from tests.assistant.conftest import QUICK

pytestmark = pytest.mark.slow

PAGES = Path(__file__).parent / "conversations"
ORDER = "POST /api/render/proxy/lambda"
UPLOAD = "POST /api/upload-video"
MESSAGE = "POST /run_sse"

Words = dict[str, str]

ENGLISH: Words = {
    "make": "turn these into a 6-second slideshow with music",
    "edits": "no music|add calm music|put photo 2 first|use hard cuts|8 seconds",
    "title": "add the title “Download our app”",
    "trap": "add end credits",
    "fade": "fade through black",
    "both": "make it 7 seconds and send me the mp4",
    "shape": "make it 9:16",
    "status": "what's on the timeline?",
    "credits": "how many credits do I have left?",
    "export": "I'm done, give me the mp4",
    "upload": "I want to upload a photo",
    "lost": "remove the title",
    "cut": "add the title “Fin”",
}
CHINESE: Words = {
    "make": "把这些照片做成6秒的幻灯片，配上音乐",
    "edits": "去掉音乐|加上轻柔的音乐|把第二张照片放到第一位|用硬切|时长改成8秒",
    "title": "加上标题“立即下载”",
    "trap": "加上片尾字幕",
    "fade": "转场改成黑场过渡",
    "both": "时长改成7秒，然后把视频发给我",
    "shape": "改成9:16竖屏",
    "status": "看看现在的轨道",
    "credits": "还剩多少积分？",
    "export": "做好了，把视频发给我",
    "upload": "我想上传照片",
    "lost": "去掉标题",
    "cut": "加上标题“完”",
}


class Script:
    """Says one thing after the other, and keeps what is told as a page."""

    def __init__(self, emulator: Emulator, ledger: Path, folder: Path, skill: str) -> None:
        self.emulator, self.faults = emulator, emulator.faults
        self._ledger, self._folder, self._skill = ledger, folder, skill
        self._store = MemoryTokenStore()
        self.lines: list[str] = []
        self.turns = 0
        self.videos: list[Path] = []

    async def part(self, act: Callable[[Callable[..., Awaitable[None]]], Awaitable[None]]) -> None:
        """Run a process of its own: a new client and a new assistant, which know only the disk."""
        async with NemoVideo(
            base_url=self.emulator.url, timeouts=QUICK, ledger=self._ledger, token_store=self._store
        ) as nemo:
            assistant = Assistant(nemo, skill=self._skill, folder=self._folder)
            conversation = assistant.conversation("chat:1")

            async def say(
                text: str = "", *files: Path | bytes, doing: str = "", language: str | None = None
            ) -> None:
                self.turns += 1
                self.lines.append(f"\n>> {text or doing or '(nothing)'}")
                async with conversation.handle(text, files, language=language) as updates:
                    async for update in updates:
                        if not isinstance(update, Exporting):
                            self._keep(type(update).__name__, update.words)
                        if isinstance(update, VideoReady):
                            self.videos.append(update.video.path)

            await act(say)

    def _keep(self, kind: str, words: str) -> None:
        plain = re.sub(r"anon_\w+", "anon_..", words).replace("\n", "\n   ")
        self.lines.append(f"{kind}: {plain}")


async def talk(script: Script, words: Words, language: str | None, photos: list[Path]) -> None:
    """Go through everything that a person meets, the good and the bad."""
    faults = script.faults

    async def first(say: Callable[..., Awaitable[None]]) -> None:
        await say(language=language)
        for action in ("upload", "status", "export"):
            await say(words[action])
        await say("", b"no photo at all", doing="(a text file)")
        faults.refuse(4001, UPLOAD)
        await say("", photos[0], doing="(a file that is not supported)")
        faults.refuse(4002, UPLOAD)
        await say("", photos[0], doing="(a file that is too large)")
        await say("", *photos[:3], doing="(three photos)")
        await say(words["make"])
        for edit in words["edits"].split("|"):
            await say(edit)
        for wish in ("title", "trap"):
            await say(words[wish])
        for action in ("status", "credits", "both"):
            await say(words[action])

    async def second(say: Callable[..., Awaitable[None]]) -> None:
        await say(words["shape"])
        faults.rate_limit(0.1, MESSAGE)
        await say(words["fade"])
        faults.rate_limit(0.1, MESSAGE, times=2)
        await say(words["lost"])
        faults.cut_stream(after=2)
        await say(words["lost"])
        faults.drop_before_request(MESSAGE)
        await say(words["cut"])
        faults.fail_run()
        await say(words["cut"])

    async def third(say: Callable[..., Awaitable[None]]) -> None:
        await say(words["status"])
        faults.fail_render()
        await say(words["export"])
        await say(words["cut"])
        faults.fail_render(times=2)
        await say(words["export"])
        faults.refuse(402, ORDER)
        await say(words["export"])
        await say(words["export"])
        fault = faults.expire_token()
        await say(words["credits"])
        fault.clear()
        faults.html_502("GET /api/credits", times=9)
        await say(words["credits"])
        faults.clear()
        faults.expire_token(keep_sessions=False)
        await say(words["cut"])
        await say(words["make"], photos[1])

    await script.part(first)
    await script.part(second)
    await script.part(third)


@pytest.mark.parametrize(
    ("page", "words", "language"),
    [("english", ENGLISH, None), ("chinese", CHINESE, "zh-CN")],
    ids=["english", "chinese"],
)
async def test_a_conversation_reads_as_it_should(
    page: str, words: Words, language: str | None, photos: list[Path], tmp_path: Path, videos: Path
) -> None:
    """Connect, make, edit, export, and everything that can go wrong: every word is known."""
    async with Emulator(render_scale=1 / 16, silent=0.5, seed=3) as emulator:
        script = Script(emulator, tmp_path / "jobs.sqlite3", videos, "image-to-video-local")
        await talk(script, words, language, photos)

    text = "\n".join(script.lines).strip() + "\n"
    known = PAGES / f"{page}.txt"
    if not known.exists():
        known.write_text(text, "utf-8")
        pytest.fail(f"{known} was missing and is written now: read it through")
    assert text == known.read_text("utf-8")
    assert script.turns >= 25
    assert "nmv_usr" not in text
    for video in script.videos:
        assert b"moov" in video.read_bytes()
