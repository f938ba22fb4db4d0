"""One chat: what comes of a message, in which order, and what is never lost."""

import asyncio
import contextlib
import gc
import logging
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import attrs
import pytest

from nemovideo import (
    AmbiguousSendError,
    BudgetError,
    InputError,
    NemoVideo,
    NemoVideoError,
    SessionNotFoundError,
    Skill,
    VideoJob,
)
from nemovideo.assistant import (
    Asked,
    Assistant,
    BalanceShown,
    Changed,
    Connecting,
    Conversation,
    Exporting,
    Problem,
    Ready,
    Said,
    TimelineShown,
    Update,
    VideoReady,
    Working,
)
from nemovideo.assistant.telling import telling
from nemovideo.emulator import Emulator
from tests.assistant.conftest import QUICK, said

MESSAGE = "POST /run_sse"


async def resumed(conversation: Conversation) -> list[Update]:
    """Go on with what was left, and give every update but the progress of an export."""
    async with conversation.resume() as updates:
        return [update async for update in updates if not isinstance(update, Exporting)]


def kinds(updates: list[Update]) -> list[type[Update]]:
    """The classes of some updates."""
    return [type(update) for update in updates]


async def test_the_first_contact_connects_and_greets(assistant: Assistant) -> None:
    """Nothing else happens, and the greeting is the skill's own."""
    connecting, ready = await said(assistant.conversation("chat:1"))

    assert isinstance(connecting, Connecting)
    assert isinstance(ready, Ready)
    assert assistant.skill.greeting in ready.words
    assert assistant.skill.wish in ready.words
    assert len(ready.session.session_id) == 19


async def test_files_and_a_wish_become_a_timeline(
    assistant: Assistant, photos: list[Path], emulator: Emulator
) -> None:
    """Both come in one message: the files are sent first, and used."""
    updates = await said(assistant.conversation("a"), "a 4-second slideshow", *photos[:2])

    assert kinds(updates) == [Connecting, Ready, Said, Said, Changed]
    changed = updates[-1]
    assert isinstance(changed, Changed)
    assert changed.timeline.length_ms == 4000
    assert not changed.silent
    assert changed.words == changed.timeline.summary()
    assert emulator.bill.runs == 1


async def test_files_alone_are_asked_about(assistant: Assistant, photos: list[Path]) -> None:
    """What the video should be is asked, with the skill's own wish as an example."""
    *_, asked = await said(assistant.conversation("a"), "", *photos)

    assert isinstance(asked, Asked)
    assert [file.filename for file in asked.files] == [photo.name for photo in photos]
    assert "“cat.jpg”, “coffee.jpg”, “galaxies.jpg” and 2 more" in asked.words
    assert asked.suggestion == assistant.skill.wish


async def test_a_wish_that_ends_with_an_action_is_followed_by_it(
    assistant: Assistant, photos: list[Path], videos: Path, emulator: Emulator
) -> None:
    """The agent hears of the wish alone, and the file is there at the end."""
    text = "a 4-second slideshow, no music, then send me the mp4"
    updates = await said(assistant.conversation("a"), text, *photos[:2])

    assert kinds(updates) == [Connecting, Ready, Said, Said, Changed, VideoReady]
    assert not any("understand" in update.words for update in updates)
    ready = updates[-1]
    assert isinstance(ready, VideoReady)
    assert ready.video.path.parent == videos
    assert b"moov" in ready.video.path.read_bytes()
    assert emulator.bill.renders == 1


async def test_the_agents_talk_of_a_screen_becomes_advice(
    assistant: Assistant, photos: list[Path]
) -> None:
    """Nobody is told to click; what to say instead is said."""
    updates = await said(assistant.conversation("a"), "a 4-second slideshow", *photos[:2])

    told = [update for update in updates if isinstance(update, Said)]
    assert told[-1].actions == ("export",)
    assert "click" not in told[-1].words.lower()
    assert told[-1].words.endswith("Say “export” and you get the MP4.")
    assert told[-1].text in told[-1].words


async def test_what_both_speak_of_is_done(assistant: Assistant, photos: list[Path]) -> None:
    """The agent says to click Export; the person had asked how to download: it is exported."""
    text = "a 4-second slideshow I can share"
    updates = await said(assistant.conversation("a"), text, *photos[:2])

    assert isinstance(updates[-1], VideoReady)
    assert not any("Say “export”" in update.words for update in updates)


async def test_a_silent_edit_is_told(photos: list[Path], tmp_path: Path) -> None:
    """The agent says nothing, and the person learns what was done, in their language."""
    async with (
        Emulator(render_scale=1 / 16, silent=1) as emulator,
        NemoVideo(base_url=emulator.url) as nemo,
    ):
        conversation = Assistant(nemo, folder=tmp_path).conversation("a")
        await said(conversation, "a 4-second slideshow", *photos[:2])
        [english] = await said(conversation, "no music")
        [chinese] = await said(conversation, "加上标题“夏天”")

    assert isinstance(english, Changed)
    assert english.silent
    assert english.words == 'Done. Removed the music "Warm Lo-fi".'
    assert chinese.words == "完成。添加了标题“夏天”（0-3秒）。"


async def test_credits_and_timeline_come_with_their_data(
    assistant: Assistant, photos: list[Path]
) -> None:
    """Words for people, values for programs; both actions of one message."""
    conversation = assistant.conversation("a")
    await said(conversation, "a 4-second slideshow", *photos[:2])
    balance, timeline = await said(conversation, "how many credits are left? and show the tracks")

    assert isinstance(balance, BalanceShown)
    assert balance.balance.available == 50
    assert isinstance(timeline, TimelineShown)
    assert timeline.timeline is not None
    assert timeline.words == timeline.timeline.summary()


async def test_the_progress_of_an_export_comes_often_and_ends(
    assistant: Assistant, photos: list[Path]
) -> None:
    """Percents that grow, for a message that is edited."""
    conversation = assistant.conversation("a")
    await said(conversation, "a 4-second slideshow", *photos[:2])
    seen: list[Update] = []
    await said(conversation, "export", on_update=seen.append)

    progress = [update for update in seen if isinstance(update, Exporting)]
    assert progress[0].percent is None
    assert progress[-1].percent == 100
    assert progress[-1].words == "Fetching the video: 100 %"


async def test_a_second_export_of_the_same_is_a_file_of_its_own(
    assistant: Assistant, photos: list[Path]
) -> None:
    """No video is written over."""
    conversation = assistant.conversation("a")
    await said(conversation, "a 4-second slideshow, then export", *photos[:2])
    [again] = await said(conversation, "export")

    assert isinstance(again, VideoReady)
    assert again.video.path.name.endswith("-2.mp4")


async def test_messages_of_one_chat_wait_for_each_other(
    assistant: Assistant, photos: list[Path], emulator: Emulator
) -> None:
    """An album comes as many messages at once: one session, every photo, then the wish."""
    conversation = assistant.conversation("a")
    await asyncio.gather(*(said(conversation, "", photo) for photo in photos[:3]))
    updates = await said(conversation, "a 6-second slideshow")

    changed = updates[-1]
    assert isinstance(changed, Changed)
    assert len(changed.timeline.tracks[0].segments) == 3
    assert emulator.bill.runs == 1


async def test_many_chats_at_once_never_mix(photos: list[Path], tmp_path: Path) -> None:
    """Each has a session of its own, and none waits for another."""
    async with (
        Emulator(render_scale=1 / 16, silent=0, credits=300) as emulator,
        NemoVideo(base_url=emulator.url, timeouts=QUICK) as nemo,
    ):
        assistant = Assistant(nemo, folder=tmp_path)
        chats = [assistant.conversation(f"chat:{place}") for place in range(6)]
        told = await asyncio.gather(
            *(
                said(chat, f"a {place + 3}-second slideshow", photos[place % 5])
                for place, chat in enumerate(chats)
            )
        )

    changes = [update for updates in told for update in updates if isinstance(update, Changed)]
    assert [changed.timeline.length_ms // 1000 for changed in changes] == [3, 4, 5, 6, 7, 8]
    assert (emulator.bill.runs, emulator.bill.credits) == (6, 300)


def test_a_conversation_is_the_same_as_long_as_somebody_holds_it(assistant: Assistant) -> None:
    """By its name; one that nobody holds costs nothing."""
    first = assistant.conversation("a")
    assert assistant.conversation("a") is first
    assert assistant.conversation("b") is not first
    assert assistant.conversation("") is not assistant.conversation("")

    number = id(first)
    del first
    gc.collect()
    kept = [one for one in gc.get_objects() if id(one) == number and hasattr(one, "handle")]
    assert kept == []


async def test_a_chat_goes_on_in_a_later_process(
    assistant: Assistant, emulator: Emulator, photos: list[Path], tmp_path: Path, nemo: NemoVideo
) -> None:
    """Its session and its language are in the ledger, by its name."""
    await said(assistant.conversation("chat:7"), "做一个4秒的幻灯片", *photos[:2])
    store = nemo._transport.credentials._store

    async with NemoVideo(
        base_url=emulator.url,
        timeouts=QUICK,
        token_store=store,
        ledger=tmp_path / "jobs.sqlite3",
    ) as later:
        [shown] = await said(Assistant(later).conversation("chat:7"), "status")
        [nobody, *_] = await said(Assistant(later).conversation("chat:8"), "status")

    assert isinstance(shown, TimelineShown)
    assert shown.words.startswith("时间线（2条轨道）")
    assert isinstance(nobody, Connecting)


async def test_a_forgotten_chat_begins_anew(assistant: Assistant, photos: list[Path]) -> None:
    """The next message connects, in another session."""
    conversation = assistant.conversation("a")
    await said(conversation, "a 4-second slideshow", *photos[:2])
    await conversation.forget()
    updates = await said(conversation, "status")

    assert kinds(updates) == [Connecting, Ready, TimelineShown]
    assert "no video yet" in updates[-1].words


async def test_the_own_conversation_is_kept_by_no_name(
    assistant: Assistant, nemo: NemoVideo, photos: list[Path]
) -> None:
    """`assistant.handle` goes on with itself, and a later program begins anew."""
    await said(assistant, "a 4-second slideshow", *photos[:2])
    [shown] = await said(assistant, "status")

    assert isinstance(shown, TimelineShown)
    assert not await nemo.projects.kept()


async def test_leaving_early_loses_nothing(
    assistant: Assistant, photos: list[Path], emulator: Emulator
) -> None:
    """The answer is left, and the next message first finds out what became of it."""
    conversation = assistant.conversation("a")
    async with conversation.handle("a 4-second slideshow", photos[:2]) as updates:
        async for update in updates:
            if isinstance(update, Said):
                break
    await emulator.settled()
    updates_after = await said(conversation, "no music")

    changed = updates_after[-1]
    assert isinstance(changed, Changed)
    assert len(changed.timeline.tracks) == 1
    assert emulator.bill.runs == 2


async def test_an_export_that_was_left_is_fetched_and_not_ordered_again(
    assistant: Assistant, photos: list[Path], emulator: Emulator
) -> None:
    """One render for one timeline, also after the wait for it was cancelled."""
    conversation = assistant.conversation("a")
    await said(conversation, "a 4-second slideshow", *photos[:2])
    async with conversation.handle("export") as updates:
        async for update in updates:
            if isinstance(update, Exporting) and update.percent:
                break
    [ready] = await said(conversation, "export")

    assert isinstance(ready, VideoReady)
    assert emulator.bill.renders == 1


async def test_what_is_open_is_found_and_gone_on_with(
    assistant: Assistant, photos: list[Path], emulator: Emulator, nemo: NemoVideo, videos: Path
) -> None:
    """After a restart the chats with open work are listed, and their videos fetched."""
    conversation = assistant.conversation("chat:1")
    await said(assistant.conversation("chat:2"), "status")
    await said(conversation, "a 4-second slideshow", *photos[:2])
    async with conversation.handle("export") as updates:
        async for update in updates:
            if isinstance(update, Exporting) and update.percent:
                break

    later = Assistant(nemo, folder=videos)
    [found] = await later.unfinished()
    async with found.resume() as resumed:
        told = [update async for update in resumed]

    assert found.name == "chat:1"
    assert isinstance(told[-1], VideoReady)
    assert emulator.bill.renders == 1
    assert await later.unfinished() == []
    async with found.resume() as resumed:
        assert [update async for update in resumed] == []


async def test_an_edit_that_was_left_is_told_later(
    assistant: Assistant, photos: list[Path], emulator: Emulator
) -> None:
    """Nobody read the answer; what it changed is told by `resume`, in words."""
    conversation = assistant.conversation("a")
    await said(conversation, "a 4-second slideshow", *photos[:2])
    async with conversation.handle("no music") as updates:
        await anext(updates)
    await emulator.settled()
    [changed] = await resumed(conversation)

    assert isinstance(changed, Changed)
    assert changed.words == 'Done. Removed the music "Warm Lo-fi".'
    assert changed.silent
    assert emulator.bill.runs == 2


async def test_an_export_waits_for_an_edit_that_is_at_work(
    assistant: Assistant, photos: list[Path]
) -> None:
    """Whoever leaves the answer and asks for the video gets the edited one."""
    conversation = assistant.conversation("a")
    await said(conversation, "a 4-second slideshow", *photos[:2])
    async with conversation.handle("no music and 3 seconds") as updates:
        await anext(updates)
    told = await said(conversation, "export")

    ready = told[-1]
    assert isinstance(ready, VideoReady)
    assert len(ready.video.timeline.tracks) == 1
    assert ready.video.timeline.length_ms == 3000


async def left_in_doubt(conversation: Conversation, emulator: Emulator) -> None:
    """Say something of which nobody can tell what became: no credits, no answer, no change."""
    blind = emulator.faults.refuse(403, "GET /api/credits", status=403, times=None)
    emulator.faults.drop_before_request(MESSAGE)
    [problem] = await said(conversation, "no music")
    blind.clear()
    assert isinstance(problem, Problem)
    assert isinstance(problem.error, AmbiguousSendError)


def let_pass(ledger: Path, seconds: float) -> None:
    """Make everything in a ledger as old as if that much time had passed."""
    with contextlib.closing(sqlite3.connect(ledger)) as known, known:
        times = ", ".join(f"{name} = {name} - :s" for name in ("began", "changed", "answered"))
        taken = "json_set(before, '$.taken', json_extract(before, '$.taken') - :s)"
        known.execute(f"UPDATE jobs SET {times}, before = {taken}", {"s": seconds})


async def test_a_doubt_of_long_ago_holds_up_no_export(
    assistant: Assistant, photos: list[Path], emulator: Emulator, tmp_path: Path
) -> None:
    """While the lost message may be at work nothing is exported; a quarter hour later it is."""
    conversation = assistant.conversation("a")
    await said(conversation, "a 4-second slideshow", *photos[:2])
    await left_in_doubt(conversation, emulator)
    [held] = await said(conversation, "export")
    let_pass(tmp_path / "jobs.sqlite3", 1_000)
    over, *_, changed = await said(conversation, "make it 3 seconds")
    [ready] = await said(conversation, "export")

    assert isinstance(over, Asked)
    assert "nobody can tell any more" in over.words
    assert isinstance(held, Problem)
    assert isinstance(held.error, AmbiguousSendError)
    assert isinstance(changed, Changed)
    assert isinstance(ready, VideoReady)
    assert ready.video.timeline.length_ms == 3000
    assert await assistant.unfinished() == []


async def test_an_old_edit_that_landed_is_told_when_the_session_can_be_read_again(
    assistant: Assistant, photos: list[Path], emulator: Emulator, tmp_path: Path
) -> None:
    """One look that is refused proves nothing, however old the message is."""
    conversation = assistant.conversation("a")
    await said(conversation, "a 4-second slideshow", *photos[:2])
    async with conversation.handle("no music") as updates:
        await anext(updates)
    await emulator.settled()
    let_pass(tmp_path / "jobs.sqlite3", 1_000)
    emulator.faults.refuse(403, "GET /api/state", status=403)
    [problem] = await resumed(conversation)
    [changed] = await resumed(conversation)

    assert isinstance(problem, Problem)
    assert isinstance(problem.error, AmbiguousSendError)
    assert isinstance(changed, Changed)
    assert changed.words == 'Done. Removed the music "Warm Lo-fi".'
    assert await assistant.unfinished() == []


async def test_a_doubt_that_is_over_is_told_once(
    assistant: Assistant, photos: list[Path], emulator: Emulator, tmp_path: Path
) -> None:
    """The person is told to look at the timeline, and that is the end of it."""
    conversation = assistant.conversation("a")
    await said(conversation, "a 4-second slideshow", *photos[:2])
    await left_in_doubt(conversation, emulator)
    let_pass(tmp_path / "jobs.sqlite3", 1_000)
    told = await said(conversation, "status")

    assert kinds(told) == [Asked, TimelineShown]
    assert "“status”" in told[0].words
    assert await resumed(conversation) == []


async def test_a_doubt_stays_where_the_credits_could_not_be_read(
    assistant: Assistant, photos: list[Path], emulator: Emulator, tmp_path: Path
) -> None:
    """Five blind looks end nothing: with the credits in sight it is known what became of it."""
    conversation = assistant.conversation("a")
    await said(conversation, "a 4-second slideshow", *photos[:2])
    await left_in_doubt(conversation, emulator)
    let_pass(tmp_path / "jobs.sqlite3", 1_000)
    with contextlib.closing(sqlite3.connect(tmp_path / "jobs.sqlite3")) as known, known:
        seen = "json_set(before, '$.available', 50, '$.frozen', 0)"
        known.execute(f"UPDATE jobs SET before = {seen} WHERE before IS NOT NULL")
    blind = emulator.faults.refuse(403, "GET /api/credits", status=403, times=None)
    [problem] = await resumed(conversation)
    blind.clear()
    [lost] = await resumed(conversation)

    assert isinstance(problem, Problem)
    assert isinstance(problem.error, AmbiguousSendError)
    assert isinstance(lost, Asked)
    assert "nothing was charged" in lost.words


async def test_a_doubt_keeps_no_video_back(
    assistant: Assistant, photos: list[Path], emulator: Emulator
) -> None:
    """What was ordered is fetched and told first; that nobody can tell of a message comes last."""
    conversation = assistant.conversation("a")
    await said(conversation, "a 4-second slideshow", *photos[:2])
    async with conversation.handle("export") as updates:
        async for update in updates:
            if isinstance(update, Exporting) and update.percent:
                break
    await left_in_doubt(conversation, emulator)
    ready, problem = await resumed(conversation)

    assert isinstance(ready, VideoReady)
    assert isinstance(problem, Problem)
    assert isinstance(problem.error, AmbiguousSendError)


async def test_an_earlier_export_is_shown_beside_the_new_one(
    nemo: NemoVideo, photos: list[Path], tmp_path: Path, emulator: Emulator
) -> None:
    """Each video that was paid for is told; one whose folder is gone comes into the new one."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    conversation = Assistant(nemo, folder=first).conversation("a")
    await said(conversation, "a 4-second slideshow", *photos[:2])
    async with conversation.handle("export") as updates:
        async for update in updates:
            if isinstance(update, Exporting) and update.percent:
                break
    await said(conversation, "no music")
    shutil.rmtree(first)

    told = await said(Assistant(nemo, folder=second).conversation("a"), "export")

    videos = [update.video for update in told if isinstance(update, VideoReady)]
    assert [len(video.timeline.tracks) for video in videos] == [2, 1]
    assert {video.path.parent for video in videos} == {second}
    assert emulator.bill.renders == 2


async def test_commands_of_chat_platforms_greet(assistant: Assistant, emulator: Emulator) -> None:
    """`/start` is no wish, and a photo without a caption has no text at all."""
    _, ready = await said(assistant.conversation("a"), "/start")
    async with assistant.conversation("b").handle(None) as updates:
        told = [update async for update in updates]

    assert assistant.skill.greeting in ready.words
    assert kinds(told) == [Connecting, Ready]
    assert emulator.bill.runs == 0


async def test_the_clients_language_is_the_assistants(emulator: Emulator) -> None:
    """A program that says it once need not say it again; and a name of a chat is one line."""
    async with NemoVideo(base_url=emulator.url, language="zh-CN") as nemo:
        [connecting, _] = await said(Assistant(nemo))
        with pytest.raises(InputError):
            Assistant(nemo).conversation("a\nb")

    assert connecting.words == "正在连接……"


async def test_a_lost_message_that_did_nothing_may_be_said_again(
    assistant: Assistant, photos: list[Path], emulator: Emulator
) -> None:
    """The words say that it did nothing, and the next one goes through."""
    conversation = assistant.conversation("a")
    await said(conversation, "a 4-second slideshow", *photos[:2])
    emulator.faults.drop_before_request(MESSAGE)
    [problem] = await said(conversation, "no music")
    changed = (await said(conversation, "no music"))[-1]

    assert isinstance(problem, Problem)
    assert "was not carried out" in problem.words
    assert isinstance(changed, Changed)
    assert emulator.bill.runs == 2


async def test_an_answer_that_is_cut_is_looked_after(
    assistant: Assistant, photos: list[Path], emulator: Emulator
) -> None:
    """The edit is told from what changed; half a sentence is not shown."""
    conversation = assistant.conversation("a")
    await said(conversation, "a 4-second slideshow", *photos[:2])
    emulator.faults.cut_stream(after=2)
    updates = await said(conversation, "no music")

    assert isinstance(updates[-1], Changed)
    assert all(update.words.endswith(".") for update in updates)


async def test_a_session_that_is_gone_is_told_once(
    assistant: Assistant, photos: list[Path], emulator: Emulator
) -> None:
    """After a change of account the next message connects anew by itself."""
    conversation = assistant.conversation("a")
    await said(conversation, "a 4-second slideshow", *photos[:2])
    emulator.faults.expire_token(keep_sessions=False)
    [problem] = await said(conversation, "no music")
    updates = await said(conversation, "a 4-second slideshow", photos[0])

    assert isinstance(problem, Problem)
    assert isinstance(problem.error, SessionNotFoundError)
    assert kinds(updates)[:2] == [Connecting, Ready]
    assert isinstance(updates[-1], Changed)


async def test_the_week_is_told_where_no_free_account_is_left(photos: list[Path]) -> None:
    """The 7-day rule, in days and without a developer's word."""
    async with (
        Emulator(ip_limit=0) as emulator,
        NemoVideo(base_url=emulator.url, timeouts=QUICK) as nemo,
    ):
        updates = await said(Assistant(nemo).conversation("a"), "a video", photos[0])

    assert isinstance(updates[0], Connecting)
    assert isinstance(updates[1], Problem)
    assert updates[1].words == (
        "A free account is given once in 7 days, and this one's is used up. "
        "Come back in 7 days, or register for an account of your own."
    )


async def test_a_registered_account_tops_up(photos: list[Path]) -> None:
    """There is no registration link for somebody who is registered."""
    async with Emulator() as emulator:
        token = emulator.register(credits=0)
        async with NemoVideo(base_url=emulator.url, token=token) as nemo:
            updates = await said(Assistant(nemo), "a 4-second video", photos[0])

    problem = updates[-1]
    assert isinstance(problem, Problem)
    assert problem.link is None
    assert "Top up credits in your account" in problem.words


async def test_the_headers_are_the_skills(emulator: Emulator) -> None:
    """Requests name the assistant's skill, also where the client has another."""
    seen: list[dict[str, str]] = []
    skill = Skill("holiday-bot", "2.1", "clawhub")
    async with NemoVideo(
        base_url=emulator.url, on_request=lambda started: seen.append(dict(started.headers))
    ) as nemo:
        assistant = Assistant(nemo, skill=skill)
        await said(assistant)
        await said(assistant, "credits")
        assert nemo.skill.name == "nemovideo-python"

    sources = {headers.get("X-Skill-Source") for headers in seen}
    assert sources == {"holiday-bot"}
    assert {headers["X-Skill-Version"] for headers in seen} == {"2.1"}


async def test_the_clients_own_skill_is_the_default(emulator: Emulator) -> None:
    """Whoever names it once need not name it again."""
    skill = Skill.builtin("free-photo-to-video-ai")
    async with NemoVideo(base_url=emulator.url, skill=skill) as nemo:
        assert Assistant(nemo).skill == skill
    async with NemoVideo(base_url=emulator.url, skill="image-to-video-maker-ai") as nemo:
        assert Assistant(nemo).skill.greeting == Skill.builtin("image-to-video-maker-ai").greeting
    async with NemoVideo(base_url=emulator.url) as nemo:
        [_, ready] = await said(Assistant(nemo))
        assert ready.words.startswith("Ready.\nSend me photos")


@pytest.mark.looptime
async def test_every_two_minutes_it_says_that_it_works() -> None:
    """While nothing else comes; what comes starts the two minutes anew."""

    async def work(tell: Callable[[Update], None]) -> None:
        await asyncio.sleep(250)
        tell(Said("half", "half"))
        await asyncio.sleep(130)

    async with telling(work, 120, lambda elapsed: Working(f"{elapsed:.0f}", elapsed)) as updates:
        told = [update.words async for update in updates]

    assert told == ["120", "240", "half", "370"]


async def test_working_is_told_while_the_agent_works(
    emulator: Emulator, photos: list[Path]
) -> None:
    """Heartbeats prove no progress: the beat goes on through them."""
    timeouts = attrs.evolve(QUICK, still_working=0.2)
    async with NemoVideo(base_url=emulator.url, timeouts=timeouts) as nemo:
        emulator.faults.delay_answer(0.7, MESSAGE)
        updates = await said(Assistant(nemo), "a 4-second video", photos[0])

    beats = [update for update in updates if isinstance(update, Working)]
    assert 2 <= len(beats) <= 6
    assert beats[0].words == "Still working .. (0 min)"
    assert isinstance(updates[-1], Changed)


async def test_an_error_that_is_not_ours_is_the_callers(assistant: Assistant) -> None:
    """A bug is no problem of the person: it is raised where the updates are read."""

    async def photo() -> AsyncIterator[bytes]:
        yield b"\xff\xd8\xff"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await said(assistant, "a video", photo())


async def test_what_comes_after_the_block_is_the_end(
    assistant: Assistant, photos: list[Path]
) -> None:
    """Whoever leaves early gets what was there already, and then no more."""
    async with assistant.handle("a video", photos[:1]) as updates:
        assert isinstance(await anext(updates), Connecting)

    assert len([update async for update in updates]) < 5


async def test_no_secret_and_no_developers_word_is_told(
    assistant: Assistant, photos: list[Path], emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever goes wrong, the words hold no token, no JSON, no path and no class name."""
    caplog.set_level(logging.DEBUG)
    faults = emulator.faults
    conversation = assistant.conversation("a")
    updates = await said(conversation, "a 4-second slideshow", *photos[:2])
    for code in (1002, 2001, 4001, 429, 500):
        faults.refuse(code, MESSAGE, times=3)
        updates += await said(conversation, "no music")
        faults.clear()
    faults.fail_run('{"error": "nmv_usr_secret"}')
    updates += await said(conversation, "no music")

    words = "\n".join(update.words for update in updates)
    assert words.count("\n") > 8
    for secret in ("nmv_usr", "{", "}", "Error", "/run_sse", "Traceback", "nemo.", "code", "None"):
        assert secret not in words


async def test_a_problem_holds_the_error_for_programs(
    assistant: Assistant, photos: list[Path]
) -> None:
    """Bots can act on its class, and on its link."""
    await said(assistant, "a 4-second slideshow", *photos[:2])
    *_, problem = await said(assistant, "make it 9:16")

    assert isinstance(problem, Problem)
    assert isinstance(problem.error, NemoVideoError)
    assert problem.link is not None
    assert problem.link.startswith("https://nemovideo.com/register?bind=anon_")
    assert problem.link in problem.words


async def test_a_budget_is_for_each_message(
    nemo: NemoVideo, photos: list[Path], videos: Path, emulator: Emulator
) -> None:
    """What would cost more is not sent, and the person is told; what follows an edit is free."""
    poor = Assistant(nemo, folder=videos, budget=49).conversation("a")
    rich = Assistant(nemo, folder=videos, budget=50).conversation("b")
    refused = (await said(poor, "a 4-second slideshow", *photos[:2]))[-1]
    made = (await said(rich, "a 4-second slideshow", *photos[:2]))[-1]
    edited = (await said(rich, "no music"))[-1]

    assert isinstance(refused, Problem)
    assert refused.words == "That would cost more than is allowed here; nothing was sent."
    assert isinstance(made, Changed)
    assert isinstance(edited, Changed)
    assert (emulator.bill.runs, emulator.bill.credits) == (2, 50)


async def test_a_budget_is_for_what_an_earlier_program_has_planned_too(
    nemo: NemoVideo, photos: list[Path], videos: Path, emulator: Emulator
) -> None:
    """A video of the chat that waits for its message costs no more than a message may."""
    _, ready, _ = await said(Assistant(nemo, folder=videos).conversation("a"), "", photos[0])
    assert isinstance(ready, Ready)
    order = VideoJob((), "a 2-second video", videos / "v.mp4", session=ready.session.session_id)
    held = emulator.faults.delay_answer(5, "GET /api/state")
    async with nemo.make_videos([order], timeout=0.5) as outcomes:
        [left] = [outcome async for outcome in outcomes]
    held.clear()

    [problem] = await resumed(Assistant(nemo, folder=videos, budget=0).conversation("a"))

    assert isinstance(problem, Problem)
    assert isinstance(problem.error, BudgetError)
    assert (left.phase, emulator.bill.runs) == ("planned", 0)


def test_a_budget_below_nothing_is_none(nemo: NemoVideo) -> None:
    """It is told when the assistant is made, and not to people."""
    with pytest.raises(InputError, match="budget"):
        Assistant(nemo, budget=-1)


async def test_a_folder_that_is_gone_is_a_problem_and_no_crash(
    assistant: Assistant, photos: list[Path], videos: Path, emulator: Emulator
) -> None:
    """Nothing is rendered for a file that cannot be written."""
    await said(assistant, "a 4-second slideshow", *photos[:2])
    shutil.rmtree(videos)
    [problem] = await said(assistant, "export")

    assert isinstance(problem, Problem)
    assert "not set up well" in problem.words
    assert emulator.bill.renders == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", Skill.names())
async def test_each_skill_makes_a_video_of_real_photos(
    name: str, photos: list[Path], tmp_path: Path
) -> None:
    """From `Skill.builtin` to the file: the quick workflow with the skill's own wish."""
    skill = Skill.builtin(name)
    async with (
        Emulator(render_scale=1 / 8) as emulator,
        NemoVideo(base_url=emulator.url, timeouts=QUICK, skill=skill) as nemo,
    ):
        assistant = Assistant(nemo, folder=tmp_path)
        updates = await said(assistant, f"{skill.wish}, then send me the video", *photos)
        assert emulator.unattributed == []

    ready = updates[-1]
    assert isinstance(ready, VideoReady)
    assert b"moov" in ready.video.path.read_bytes()
    assert len(ready.video.timeline.tracks) >= 1
