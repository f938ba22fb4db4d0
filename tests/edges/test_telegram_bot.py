"""The Telegram bot as a process, between a fake Bot API and the emulator.

It starts slowly, so most tests share one, each with a person of its own.
"""

import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import attrs
import pytest

from nemovideo.emulator import Emulator
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
from tests.edges.fake_telegram import TOKEN, FakeTelegram

pytestmark = pytest.mark.slow

PEOPLE = itertools.count(101)
SENDING, ASKING, CONNECTING, RENDERING, TOO_LARGE = 11, 12, 13, 14, 15
"""The chats of the bot that is killed, by what it was at for them."""


@attrs.frozen
class Stage:
    """What is around a bot."""

    folder: Path
    telegram: FakeTelegram
    service: Emulator

    def bot(self) -> AbstractContextManager[BotProcess]:
        """Start the bot, anew if need be."""
        environment = {
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_URL": self.telegram.url,
            "NEMO_API_URL": self.service.url,
        }
        return running(self.folder, environment, EXAMPLES / "telegram_bot.py")

    def words(self, chat: int) -> str:
        """All that stays of what a chat was told."""
        return "\n".join(self.telegram.shown(chat))

    def videos(self, chat: int) -> list[bytes]:
        """The videos that a chat was sent."""
        return [call.content for call in self.telegram.sent(chat, "sendVideo")]


@contextmanager
def stage_in(folder: Path) -> Iterator[Stage]:
    """Set a stage up, and clear it away."""
    emulator = Emulator(credits=1000, render_scale=1 / 12, silent=0)
    with serving(FakeTelegram()) as telegram, serving(emulator) as service:
        yield Stage(folder, telegram, service)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_in(tmp_path_factory.mktemp("bot")) as stage:
        yield stage


@pytest.fixture(scope="module")
def bot(stage: Stage) -> Iterator[BotProcess]:
    with stage.bot() as process:
        yield process


@pytest.fixture
def person() -> int:
    """Somebody who has not spoken to the bot yet."""
    return next(PEOPLE)


@pytest.fixture(scope="module")
def restarted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, BotProcess]]:
    """A bot that follows one that was killed while it was at work for everybody."""
    with stage_in(tmp_path_factory.mktemp("killed")) as stage:
        kill_at_work(stage)
        with stage.bot() as bot:
            until(bot, lambda: not list(stage.folder.rglob("unanswered")))
            yield stage, bot


def kill_at_work(stage: Stage) -> None:
    """Kill a bot that renders for one person, sends another one the video, and so on."""
    telegram, service = stage.telegram, stage.service
    too_large = stage.folder / "videos" / str(TOO_LARGE)
    too_large.mkdir(parents=True)
    with (too_large / "video.mp4").open("wb") as file:
        file.truncate(51_000_000)
    (too_large / "unanswered").touch()
    with stage.bot() as bot:
        telegram.held.add("sendVideo")
        telegram.show(SENDING, PHOTOS[0], caption="make a 2-second video and send it to me")
        until(bot, lambda: stage.videos(SENDING))
        asking = service.faults.delay_answer(300, "POST /run_sse")
        telegram.show(ASKING, PHOTOS[1], caption="a 2-second video")
        until(bot, lambda: asking.hits)
        connecting = service.faults.delay_answer(300, "POST /api/tasks/")
        telegram.show(CONNECTING, PHOTOS[2], caption="a 2-second video")
        until(bot, lambda: connecting.hits)
        telegram.show(RENDERING, PHOTOS[3], caption="make a 4-second video and send it to me")
        until(bot, lambda: service.bill.renders == 2)
        bot.kill()
    assert not stage.videos(RENDERING)
    telegram.held.clear()


def test_an_album_becomes_a_video(stage: Stage, bot: BotProcess, person: int) -> None:
    """Who sends three photos and says what they should become gets an MP4 for "export"."""
    runs, files = stage.service.bill.runs, len(stage.service._running().media)
    stage.telegram.say(person, "/start")
    until(bot, lambda: "Send me photos" in stage.words(person))
    stage.telegram.show(person, *PHOTOS[:3], caption="a 3-second slideshow with music")
    until(bot, lambda: "Timeline (2 tracks)" in stage.words(person))
    stage.telegram.say(person, "export")
    until(bot, lambda: stage.videos(person))

    (video,) = stage.videos(person)
    assert seconds_of(video) == pytest.approx(3, abs=0.3)
    assert "I am laying out your 3 photos." in stage.words(person)
    assert "Your video is ready (3 s)" in stage.words(person)
    assert stage.service.bill.runs == runs + 1
    assert len(stage.service._running().media) == files + 3
    until(bot, lambda: not list(stage.folder.rglob("*.mp4")))  # now that the chat has it


def test_a_wish_right_behind_a_file_waits_for_it(
    stage: Stage, bot: BotProcess, person: int
) -> None:
    """Messages of one chat are answered in their order, however long a file takes."""
    stage.telegram.file_seconds = 2
    stage.telegram.hand(person, PHOTOS[0])
    stage.telegram.say(person, "a 2-second video, no music")
    until(bot, lambda: "Timeline (1 track)" in stage.words(person))
    stage.telegram.file_seconds = 0

    told = stage.words(person)
    assert told.index("Received") < told.index("laying out your photo")


def test_progress_is_one_message_that_is_not_edited_too_often(
    stage: Stage, bot: BotProcess, person: int
) -> None:
    """A long render is told of every three seconds, and in the end only its result stays."""
    stage.telegram.show(person, PHOTOS[0], caption="make a 2-minute video and send it to me")
    until(bot, lambda: stage.videos(person))

    told = [
        call
        for call in stage.telegram.calls
        if call.chat == person and call.text.startswith(("Rendering the video", "Fetching"))
    ]
    gaps = [after.at - before.at for before, after in itertools.pairwise(told)]
    assert len(gaps) >= 2
    assert min(gaps) >= 2.9
    assert len({call.message for call in told}) == 1
    assert not {call.text for call in told} & {*stage.telegram.shown(person)}
    assert "Your video is ready (120 s)" in stage.words(person)


def test_a_slow_job_holds_nobody_else_up(stage: Stage, bot: BotProcess, person: int) -> None:
    """While one person waits for the agent, another gets a whole video."""
    other = next(PEOPLE)
    waiting = stage.service.faults.delay_answer(8, "POST /run_sse")
    stage.telegram.show(person, PHOTOS[0], caption="a 2-second video")
    until(bot, lambda: waiting.hits)
    stage.telegram.show(other, PHOTOS[1], caption="make a 2-second video and send it to me")
    until(bot, lambda: stage.videos(other))

    assert "Timeline" not in stage.words(person)
    until(bot, lambda: "Timeline" in stage.words(person))


def test_a_file_that_telegram_does_not_give_out_is_told(
    stage: Stage, bot: BotProcess, person: int, tmp_path: Path
) -> None:
    """A bot cannot have files of more than 20 MB, and says so."""
    large = tmp_path / "large.jpg"
    with large.open("wb") as file:
        file.truncate(21_000_000)
    stage.telegram.hand(person, large, caption="a 2-second video")

    until(bot, lambda: "Telegram gives me 20 MB a file" in stage.words(person))


def test_a_rate_limit_loses_no_words(stage: Stage, bot: BotProcess, person: int) -> None:
    """What Telegram does not take now is sent when it does."""
    stage.telegram.limited["sendMessage"] = 1
    stage.telegram.say(person, "credits")
    until(bot, lambda: "credits left" in stage.words(person))

    refused, again, *_ = stage.telegram.sent(person)
    assert (refused.status, again.status) == (429, 200)
    assert again.text == refused.text
    assert again.at - refused.at >= 1


def test_new_begins_anew(stage: Stage, bot: BotProcess, person: int) -> None:
    """After /new the person is greeted, and there is no timeline any more."""
    stage.telegram.show(person, PHOTOS[0], caption="a 2-second video")
    until(bot, lambda: "Timeline" in stage.words(person))
    stage.telegram.say(person, "/new")
    until(bot, lambda: "Send me photos" in stage.words(person))
    stage.telegram.say(person, "status")

    until(bot, lambda: "There is no video yet" in stage.words(person))


def test_ctrl_c_ends_it_while_it_is_at_work(stage: Stage, bot: BotProcess, person: int) -> None:
    """The last test of the shared bot: it ends at once, troubles nobody, and knows what it owes."""
    waiting = stage.service.faults.delay_answer(300, "POST /run_sse")
    stage.telegram.show(person, PHOTOS[0], caption="a 2-second video")
    until(bot, lambda: waiting.hits)
    told = stage.words(person)

    assert bot.interrupt() == 0
    assert stage.words(person) == told
    assert (stage.folder / "videos" / str(person) / "unanswered").exists()
    assert_has_no_complaints(bot)


def test_a_message_that_comes_while_it_catches_up_is_answered(tmp_path: Path) -> None:
    """Who writes while the bot still sends what it owed is answered, and on its books till then."""
    with stage_in(tmp_path) as stage:
        chat = stage.folder / "videos" / "11"
        chat.mkdir(parents=True)
        (chat / "video.mp4").write_bytes(b"a video")
        (note := chat / "unanswered").touch()
        heard = note.stat().st_mtime_ns
        stage.telegram.held.add("sendVideo")
        asked = stage.service.faults.delay_answer(1, "GET /api/credits")
        with stage.bot() as bot:
            until(bot, lambda: stage.videos(11))
            stage.telegram.say(11, "credits")
            until(bot, lambda: note.stat().st_mtime_ns > heard)
            stage.telegram.held.clear()
            until(bot, lambda: asked.hits)

            assert "I was restarted" in stage.words(11)
            assert note.exists()
            until(bot, lambda: "credits left" in stage.words(11))
            until(bot, lambda: not note.exists())
            assert bot.interrupt() == 0
            assert_has_no_complaints(bot)


def test_a_killed_bot_goes_on_with_a_render(restarted: tuple[Stage, BotProcess]) -> None:
    """A video that was being rendered comes to its own chat."""
    stage, _ = restarted

    (video,) = stage.videos(RENDERING)
    assert seconds_of(video) == pytest.approx(4, abs=0.3)
    assert "Your video is ready (4 s)" in stage.words(RENDERING)


def test_a_video_on_its_way_to_the_chat_is_sent_again(restarted: tuple[Stage, BotProcess]) -> None:
    """A bot that was killed while it sent a video still has it, and sends it once more."""
    stage, _ = restarted

    first, again = stage.videos(SENDING)
    assert first == again
    assert seconds_of(again) == pytest.approx(2, abs=0.3)


def test_a_wish_that_the_agent_had_is_not_sent_again(restarted: tuple[Stage, BotProcess]) -> None:
    """Whoever waited for the agent is told what it has made meanwhile."""
    stage, _ = restarted

    assert "I was restarted" in stage.words(ASKING)
    assert "Timeline" in stage.words(ASKING)


def test_a_message_that_a_crash_swallowed_is_owned_up_to(
    restarted: tuple[Stage, BotProcess],
) -> None:
    """Telegram gives each message out once: whoever waits in vain is told how things are."""
    stage, _ = restarted

    assert "I was restarted" in stage.words(CONNECTING)
    assert "There is no video yet" in stage.words(CONNECTING)


def test_a_video_that_telegram_does_not_take_is_told(restarted: tuple[Stage, BotProcess]) -> None:
    """A bot cannot send more than 50 MB, and says so instead of trying."""
    stage, _ = restarted

    assert "It has 51 MB; I can send 50." in stage.words(TOO_LARGE)
    assert not stage.videos(TOO_LARGE)


def test_a_restart_costs_nothing(restarted: tuple[Stage, BotProcess]) -> None:
    """Of all that was under way, nothing is paid twice and nothing is left."""
    stage, bot = restarted

    assert (stage.service.bill.runs, stage.service.bill.renders) == (3, 2)
    assert not list(stage.folder.rglob("*.mp4"))
    assert bot.interrupt() == 0
    assert_has_no_complaints(bot)
