"""The Discord bot as a process, between a fake Discord and the emulator."""

import itertools
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import attrs
import pytest

from nemovideo.emulator import Emulator
from tests.edges import fake_discord
from tests.edges.bot_process import (
    EXAMPLES,
    PHOTOS,
    BotProcess,
    assert_has_no_complaints,
    running,
    seconds_of,
    until,
)
from tests.edges.conftest import serving
from tests.edges.fake_discord import LOUNGE, TOKEN, FakeDiscord

pytestmark = pytest.mark.slow

CHANNELS = itertools.count(100)
SENDING, ASKING, CONNECTING, RENDERING, TOO_LARGE = 11, 12, 13, 14, 15
"""The channels of the bot that is killed, by what it was at for them."""


@attrs.frozen
class Stage:
    """What is around a bot."""

    folder: Path
    discord: FakeDiscord
    service: Emulator

    def bot(self) -> AbstractContextManager[BotProcess]:
        """Start the bot, anew if need be."""
        environment = {"DISCORD_TOKEN": TOKEN, "NEMO_API_URL": self.service.url}
        script = (fake_discord.__file__, self.discord.url, EXAMPLES / "discord_bot.py")
        return running(self.folder, environment, *script)

    def words(self, channel: int) -> str:
        """All that stays of what a channel was told."""
        return "\n".join(self.discord.shown(channel))

    def videos(self, channel: int) -> list[bytes]:
        """The videos that a channel was sent."""
        return [call.content for call in self.discord.sent(channel) if call.content]


@contextmanager
def stage_in(folder: Path) -> Iterator[Stage]:
    """Set a stage up, and clear it away."""
    emulator = Emulator(credits=1000, render_scale=1 / 12, silent=0)
    with serving(FakeDiscord()) as discord, serving(emulator) as service:
        yield Stage(folder, discord, service)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_in(tmp_path_factory.mktemp("bot")) as stage:
        yield stage


@pytest.fixture(scope="module")
def bot(stage: Stage) -> Iterator[BotProcess]:
    with stage.bot() as process:
        until(process, lambda: stage.discord.connections)
        yield process


@pytest.fixture
def channel() -> int:
    """A direct channel to somebody who has not spoken to the bot yet."""
    return next(CHANNELS)


@pytest.fixture(scope="module")
def restarted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, BotProcess]]:
    """A bot that follows one that was killed while it was at work for everybody."""
    with stage_in(tmp_path_factory.mktemp("killed")) as stage:
        kill_at_work(stage)
        with stage.bot() as bot:
            until(bot, lambda: not list(stage.folder.rglob("unanswered")))
            yield stage, bot


def kill_at_work(stage: Stage) -> None:
    """Kill a bot that renders for one channel, sends another one the video, and so on."""
    discord, service = stage.discord, stage.service
    with stage.bot() as bot:
        until(bot, lambda: discord.connections)
        discord.holds_files = True
        discord.write(SENDING, "make a 2-second video and send it to me", PHOTOS[:1])
        until(bot, lambda: stage.videos(SENDING))
        asking = service.faults.delay_answer(300, "POST /run_sse")
        discord.write(ASKING, "a 2-second video", PHOTOS[1:2])
        until(bot, lambda: asking.hits)
        connecting = service.faults.delay_answer(300, "POST /api/tasks/")
        discord.write(CONNECTING, "a 2-second video", PHOTOS[2:3])
        until(bot, lambda: connecting.hits)
        discord.write(RENDERING, "make a 4-second video and send it to me", PHOTOS[3:4])
        until(bot, lambda: service.bill.renders == 2)
        bot.kill()
    assert not stage.videos(RENDERING)
    discord.holds_files = False
    too_large = stage.folder / "videos" / str(TOO_LARGE)
    too_large.mkdir(parents=True)
    with (too_large / "video.mp4").open("wb") as file:
        file.truncate(11_000_000)
    (too_large / "unanswered").touch()


def test_photos_become_a_video(stage: Stage, bot: BotProcess, channel: int) -> None:
    """Who sends photos and says what they should become gets an MP4 for "export"."""
    runs, files = stage.service.bill.runs, len(stage.service._running().media)
    stage.discord.write(channel, "a 3-second slideshow with music", PHOTOS[:3])
    until(bot, lambda: "Timeline (2 tracks)" in stage.words(channel))
    stage.discord.write(channel, "export")
    until(bot, lambda: stage.videos(channel))

    (video,) = stage.videos(channel)
    assert seconds_of(video) == pytest.approx(3, abs=0.3)
    assert "Your video is ready (3 s)" in stage.words(channel)
    assert "Rendering" not in stage.words(channel)  # progress goes when there is more to say
    assert stage.service.bill.runs == runs + 1
    assert len(stage.service._running().media) == files + 3
    until(bot, lambda: not list(stage.folder.rglob("*.mp4")))  # now that the channel has it


def test_in_a_channel_of_many_it_answers_who_mentions_it(stage: Stage, bot: BotProcess) -> None:
    """What people say to each other is none of its business."""
    stage.discord.write(LOUNGE, "credits")
    stage.discord.write(LOUNGE, "<@42> status", mention=True)
    until(bot, lambda: "There is no video yet" in stage.words(LOUNGE))

    assert "credits left" not in stage.words(LOUNGE)


def test_a_slow_job_holds_nobody_else_up(stage: Stage, bot: BotProcess, channel: int) -> None:
    """While one person waits for the agent, another gets a whole video."""
    other = next(CHANNELS)
    waiting = stage.service.faults.delay_answer(8, "POST /run_sse")
    stage.discord.write(channel, "a 2-second video", PHOTOS[:1])
    until(bot, lambda: waiting.hits)
    stage.discord.write(other, "make a 2-second video and send it to me", PHOTOS[1:2])
    until(bot, lambda: stage.videos(other))

    assert "Timeline" not in stage.words(channel)
    until(bot, lambda: "Timeline" in stage.words(channel))


def test_a_lost_connection_disturbs_no_work(stage: Stage, bot: BotProcess, channel: int) -> None:
    """Discord's gateway is left and found again now and then; whoever waits, waits on."""
    connections = stage.discord.connections
    waiting = stage.service.faults.delay_answer(3, "POST /run_sse")
    stage.discord.write(channel, "a 2-second video", PHOTOS[:1])
    until(bot, lambda: waiting.hits)
    stage.discord.cut()
    until(bot, lambda: stage.discord.connections > connections)
    until(bot, lambda: "Timeline" in stage.words(channel))

    assert "I was away" not in stage.words(channel)


def test_a_video_that_could_not_be_sent_comes_with_the_next_connection(
    stage: Stage, bot: BotProcess, channel: int
) -> None:
    """What a channel is owed is kept, and tried again."""
    time.sleep(3)  # until it is ready: then too it looks after what is owed
    stage.discord.refuses_files = True
    stage.discord.write(channel, "make a 2-second video and send it to me", PHOTOS[:1])
    until(bot, lambda: stage.videos(channel))
    stage.discord.refuses_files = False
    stage.discord.cut()
    until(bot, lambda: len(stage.videos(channel)) == 2)

    assert [call.status for call in stage.discord.sent(channel) if call.content] == [403, 200]


def test_a_message_that_comes_while_it_catches_up_is_answered(
    stage: Stage, bot: BotProcess, channel: int
) -> None:
    """Who writes while the bot still sends what it owed is answered, and on its books till then."""
    note = stage.folder / "videos" / str(channel) / "unanswered"
    stage.discord.refuses_files = True
    stage.discord.write(channel, "make a 2-second video and send it to me", PHOTOS[:1])
    until(bot, lambda: stage.videos(channel))
    stage.discord.refuses_files, stage.discord.holds_files = False, True
    stage.discord.cut()
    until(bot, lambda: len(stage.videos(channel)) == 2)
    heard = note.stat().st_mtime_ns
    asked = stage.service.faults.delay_answer(1, "GET /api/credits")
    stage.discord.write(channel, "credits")
    until(bot, lambda: note.stat().st_mtime_ns > heard)
    stage.discord.holds_files = False
    until(bot, lambda: asked.hits)

    assert "I was away" in stage.words(channel)
    assert note.exists()
    until(bot, lambda: "credits left" in stage.words(channel))
    until(bot, lambda: not note.exists())
    assert "FileNotFoundError" not in bot.said


def test_new_begins_anew(stage: Stage, bot: BotProcess, channel: int) -> None:
    """After "!new" the person is greeted, and there is no timeline any more."""
    stage.discord.write(channel, "a 2-second video", PHOTOS[:1])
    until(bot, lambda: "Timeline" in stage.words(channel))
    stage.discord.write(channel, "!new")
    until(bot, lambda: "Send me photos" in stage.words(channel))
    stage.discord.write(channel, "status")

    until(bot, lambda: "There is no video yet" in stage.words(channel))


def test_ctrl_c_ends_it_while_it_is_at_work(stage: Stage, bot: BotProcess, channel: int) -> None:
    """The last test of the shared bot: it ends at once and in order."""
    waiting = stage.service.faults.delay_answer(300, "POST /run_sse")
    stage.discord.write(channel, "a 2-second video", PHOTOS[:1])
    until(bot, lambda: waiting.hits)

    assert bot.interrupt() == 0
    assert "Unclosed" not in bot.said
    assert "never" not in bot.said


def test_a_killed_bot_goes_on_with_a_render(restarted: tuple[Stage, BotProcess]) -> None:
    """A video that was being rendered comes to its own channel."""
    stage, _ = restarted

    (video,) = stage.videos(RENDERING)
    assert seconds_of(video) == pytest.approx(4, abs=0.3)
    assert "Your video is ready (4 s)" in stage.words(RENDERING)


def test_a_video_on_its_way_to_the_channel_is_sent_again(
    restarted: tuple[Stage, BotProcess],
) -> None:
    """A bot that was killed while it sent a video still has it, and sends it once more."""
    stage, _ = restarted

    first, again = stage.videos(SENDING)
    assert first == again
    assert seconds_of(again) == pytest.approx(2, abs=0.3)


def test_a_wish_that_the_agent_had_is_not_sent_again(restarted: tuple[Stage, BotProcess]) -> None:
    """Whoever waited for the agent is told what it has made meanwhile."""
    stage, _ = restarted

    assert "I was away" in stage.words(ASKING)
    assert "Timeline" in stage.words(ASKING)


def test_a_message_that_a_crash_swallowed_is_owned_up_to(
    restarted: tuple[Stage, BotProcess],
) -> None:
    """Discord gives each message out once: whoever waits in vain is told how things are."""
    stage, _ = restarted

    assert "I was away" in stage.words(CONNECTING)
    assert "There is no video yet" in stage.words(CONNECTING)


def test_a_video_that_discord_does_not_take_is_told(restarted: tuple[Stage, BotProcess]) -> None:
    """Where a video is refused for its size, the person is told so."""
    stage, _ = restarted

    assert "It has 11 MB, and Discord takes 10" in stage.words(TOO_LARGE)


def test_a_restart_costs_nothing(restarted: tuple[Stage, BotProcess]) -> None:
    """Of all that was under way, nothing is paid twice and nothing is left."""
    stage, bot = restarted

    assert (stage.service.bill.runs, stage.service.bill.renders) == (3, 2)
    assert not list(stage.folder.rglob("*.mp4"))
    assert bot.interrupt() == 0
    assert_has_no_complaints(bot)
