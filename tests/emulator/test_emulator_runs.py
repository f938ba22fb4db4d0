"""The event stream: its shape, its bill, and what happens when nobody listens."""

import asyncio
from typing import Any

import aiohttp
import pytest

from nemovideo.emulator import Emulator, runs
from tests.emulator.conftest import SKILL, Caller, events, jpeg, message, spoken

FIRST = "turn these photos into a 6-second slideshow with music and a title 'Small Wonders'"


async def test_a_run_speaks_as_the_agents_server_does(caller: Caller) -> None:
    """Every event has the server's keys; partials add up to the final that follows."""
    sid = await caller.project()
    _, stream = await caller.say(sid, FIRST)
    keys = {"content", "invocationId", "author", "actions", "id", "timestamp"}
    assert all(keys <= event.keys() for event in stream)
    assert {event["author"] for event in stream} == {"nemo_agent"}
    assert len({event["invocationId"] for event in stream}) == 1
    heard, groups = "", 0
    for event in stream:
        for part in event["content"]["parts"]:
            if event.get("partial"):
                heard += part["text"]
            elif "text" in part:
                assert part["text"] == heard
                heard, groups = "", groups + 1
    assert groups == 2
    assert sum(1 for event in stream if event.get("partial")) > 5


async def test_calls_are_answered_and_results_carry_the_draft(caller: Caller) -> None:
    """Each call has a response of role user under its id, with the whole draft as state."""
    sid = await caller.project()
    _, stream = await caller.say(sid, FIRST)
    calls, results = {}, {}
    for event in stream:
        part = event["content"]["parts"][0]
        if "functionCall" in part:
            calls[part["functionCall"]["id"]] = part["functionCall"]
            assert event["content"]["role"] == "model"
            assert event["actions"]["stateDelta"] == {}
        if "functionResponse" in part:
            results[part["functionResponse"]["id"]] = event
            assert event["content"]["role"] == "user"
            assert event["actions"]["stateDelta"]["draft"]["t"]
    assert calls.keys() == results.keys()
    assert [call["name"] for call in calls.values()] == [
        "create_timeline",
        "set_title",
    ]
    last = list(results.values())[-1]["actions"]["stateDelta"]["draft"]
    assert (await caller.state(sid))["draft"] == last


async def test_the_stream_is_compact_and_ends_without_a_mark(caller: Caller) -> None:
    """Headers say event stream; the body is compact JSON frames, and simply ends."""
    sid = await caller.project()
    text = "make a slideshow titled '奇迹\u2028二'"
    url, headers = f"{caller.url}/run_sse", SKILL | caller.headers
    async with caller.http.post(url, json=message(sid, text), headers=headers) as answer:
        assert answer.content_type == "text/event-stream"
        raw = await answer.read()
    assert raw.startswith(b'data: {"content":{"parts":[{"text":"')
    assert raw.endswith(b"}\n\n")
    assert "奇迹".encode() in raw
    assert b"[DONE]" not in raw


async def test_the_first_edit_costs_50_and_a_new_shape_is_out_of_reach(
    caller: Caller, emulator: Emulator
) -> None:
    """Credits: 50, then nothing, then 2001 before any event; the timeline stays."""
    sid = await caller.project()
    await caller.say(sid, FIRST)
    await caller.say(sid, "no music")
    assert await caller.balance() == {"available": 50, "frozen": 0, "total": 50}
    before = await caller.state(sid)
    status, (refusal,) = await caller.say(sid, "make it vertical")
    assert (status, refusal["code"]) == (402, 2001)
    assert await caller.state(sid) == before
    assert (emulator.bill.runs, emulator.bill.credits) == (2, 50)


async def test_a_new_shape_costs_100(caller: Caller, emulator: Emulator) -> None:
    """Who has the credits gets the new shape."""
    caller.headers["Authorization"] = f"Bearer {emulator.register(credits=150)}"
    sid = await caller.project()
    await caller.say(sid, FIRST)
    _, stream = await caller.say(sid, "make it 9:16")
    assert "9:16" in spoken(stream)
    assert (await caller.state(sid))["canvas_config"] == {"width": 1080, "height": 1920, "fps": 30}
    assert (emulator.bill.credits, (await caller.balance())["total"]) == (150, 0)


async def test_no_credits_no_first_edit(http: aiohttp.ClientSession) -> None:
    """An account without credits is refused, and nothing runs."""
    async with Emulator(credits=49) as emulator:
        caller = Caller(http, emulator.url)
        await caller.sign_in()
        status, (refusal,) = await caller.say(await caller.project(), FIRST)
        assert (status, refusal["code"]) == (402, 2001)
        assert emulator.bill.runs == 0


async def test_what_is_not_understood_runs_and_costs_nothing(
    caller: Caller, emulator: Emulator
) -> None:
    """A message without a wish is answered, changes nothing and is free."""
    sid = await caller.project()
    _, stream = await caller.say(sid, "frobnicate the gizmo")
    assert "frobnicate the gizmo" in spoken(stream)
    assert "draft" not in await caller.state(sid)
    assert (emulator.bill.runs, emulator.bill.credits) == (1, 0)


async def test_a_session_in_chinese_is_answered_so(caller: Caller) -> None:
    """There, kana in a message are a name; a others take them for Japanese."""
    body = {"task_name": "project", "language": "zh-CN"}
    _, answer = await caller.post("/api/tasks/me/with-session/nemo_agent", json=body)
    for sid, understood in ((answer["data"]["session_id"], True), (await caller.session(), False)):
        await caller.upload(sid, ("a.jpg", jpeg()))
        _, stream = await caller.say(sid, "做成一个5秒的视频，标题改成さくら")

        assert ("“さくら”" in spoken(stream)) is understood


async def test_credits_are_frozen_while_a_run_is_under_way(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Available falls at once, the total when the work is done."""
    monkeypatch.setattr(runs, "_BEAT_SECONDS", 0.2)
    sid = await caller.project()
    url, headers = f"{caller.url}/run_sse", SKILL | caller.headers
    async with caller.http.post(url, json=message(sid, FIRST), headers=headers) as answer:
        assert await caller.balance() == {"available": 50, "frozen": 50, "total": 100}
        monkeypatch.setattr(runs, "_BEAT_SECONDS", 0.0)
        await answer.read()
    assert await caller.balance() == {"available": 50, "frozen": 0, "total": 50}


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent that does not pause between its words: nobody looks while it works."""
    monkeypatch.setattr(runs, "_BEAT_SECONDS", 0.0)


async def silences(http: aiohttp.ClientSession, silent: float) -> list[bool]:
    """Return which of six follow-up edits came without a word."""
    async with Emulator(silent=silent, seed=3) as emulator:
        caller = Caller(http, emulator.url)
        await caller.sign_in()
        sid = await caller.project()
        assert spoken((await caller.say(sid, FIRST))[1])
        levels = [f"music at {percent}%" for percent in (10, 20, 30, 40, 50, 60)]
        streams = [(await caller.say(sid, level))[1] for level in levels]
    assert all(spoken(stream) or len(stream) == 2 for stream in streams)
    return [not spoken(stream) for stream in streams]


@pytest.mark.usefixtures("at_once")
async def test_a_share_of_follow_ups_is_silent(http: aiohttp.ClientSession) -> None:
    """Silent edits have a call and a result and no text; which ones is repeatable."""
    assert await silences(http, 0.0) == [False] * 6
    assert await silences(http, 1.0) == [True] * 6
    some = await silences(http, 1 / 3)
    assert sum(some) == 2
    assert await silences(http, 1 / 3) == some


@pytest.mark.usefixtures("at_once")
async def test_a_silent_agent_still_tells_what_it_did_not_do(http: aiohttp.ClientSession) -> None:
    """Silence is for edits that went well: a complaint is always heard."""
    async with Emulator(silent=1.0) as emulator:
        caller = Caller(http, emulator.url)
        await caller.sign_in()
        sid = await caller.project()
        await caller.say(sid, FIRST)
        _, stream = await caller.say(sid, "no music, and add a dragon")
        assert "dragon" in spoken(stream)
        _, stream = await caller.say(sid, "music at 20%, frobnicate")
        assert "frobnicate" in spoken(stream)


async def test_a_run_goes_on_when_the_client_leaves(
    caller: Caller, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever hangs up after the first bytes finds the edit in the state, and on the bill."""
    sid = await caller.project()
    url, headers = f"{caller.url}/run_sse", SKILL | caller.headers
    async with caller.http.post(url, json=message(sid, FIRST), headers=headers) as answer:
        await answer.content.readany()
    for _ in range(100):
        await asyncio.sleep(0.02)
        if emulator.bill.credits:
            break
    assert emulator.bill.credits == 50
    assert (await caller.state(sid))["draft"]["d"] == 6000
    assert caplog.records == []


async def test_runs_of_one_session_wait_for_each_other(caller: Caller) -> None:
    """Two messages at once are executed one after the other, each on the other's result."""
    sid = await caller.project()
    await caller.say(sid, FIRST)
    said = ("no music", "remove the title", "hard cuts")
    await asyncio.gather(*(caller.say(sid, text) for text in said))
    draft = (await caller.state(sid))["draft"]
    assert [track["tt"] for track in draft["t"]] == [0]
    assert draft["t"][0]["sg"][1]["m"]["transition"]["kind"] == "cut"


async def test_waiting_is_filled_with_heartbeats(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While nothing comes, heartbeats prove the connection."""
    monkeypatch.setattr(runs, "_HEARTBEAT_SECONDS", 0.005)
    monkeypatch.setattr(runs, "_BEAT_SECONDS", 0.02)
    sid = await caller.project()
    _, raw = await caller.post("/run_sse", json=message(sid, "no music"))
    assert b'event: heartbeat\ndata: {"type":"heartbeat"}\n\n' in raw
    frames = [frame for frame in raw.split(b"\n\n") if frame and not frame.startswith(b"event:")]
    assert events(b"\n\n".join(frames) + b"\n\n")


async def test_closing_ends_a_run(
    http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An emulator that closes does not wait for its agent."""
    monkeypatch.setattr(runs, "_BEAT_SECONDS", 30.0)
    async with Emulator() as emulator:
        caller = Caller(http, emulator.url)
        await caller.sign_in()
        sid = await caller.project()
        run = asyncio.create_task(caller.say(sid, FIRST))
        await asyncio.sleep(0.1)
    await asyncio.wait([run])
    assert emulator.bill.credits == 0


async def test_a_broken_agent_is_admitted(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in the emulator itself is a 500, or an error in the stream; never a success."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)
    sid = await caller.project()
    monkeypatch.setattr(runs, "_events", broken)
    _, stream = await caller.say(sid, FIRST)
    assert stream == [{"error": "The agent broke down"}]
    assert (await caller.balance())["total"] == 100
    monkeypatch.setattr(runs, "take_turn", broken)
    assert (await caller.say(sid, FIRST))[0] == 500


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"session_id": "1"}, 404),
        ({"session_id": 7}, 422),
        ({"app_name": "other"}, 404),
        ({"user_id": "you"}, 404),
        ({"new_message": None}, 422),
        ({"new_message": {}}, 422),
        ({"new_message": {"parts": []}}, 422),
        ({"new_message": {"parts": [{"inlineData": {}}]}}, 422),
        ({"new_message": {"parts": [{"text": "hello"}]}}, 200),
        ({"new_message": {"parts": [{"text": "\ud800"}]}}, 200),
        ({"streaming": True}, 200),
    ],
)
async def test_bodies_are_checked(caller: Caller, changes: dict[str, Any], status: int) -> None:
    """The agent's server wants its fields, tolerates more, and survives odd text."""
    sid = await caller.session()
    found, _ = await caller.post("/run_sse", json=message(sid, "hello") | changes)
    assert found == status
