"""What an emulator with a folder finds again: after a close, after a kill, after an accident."""

import asyncio
import contextlib
import json
import logging
import re
import shutil
import signal
import socket
import stat
import sys
import threading
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import av
import pytest

from nemovideo.emulator import Emulator, archive, runs
from tests.emulator.conftest import Caller, jpeg, message, spoken

FIRST = "make a 2 second video with a title 'Small Wonders'"
LONG = "make a 60 second video"
SUBMIT = "/api/render/proxy/lambda"
TOKEN = "/api/auth/anonymous-token"
STOPPED = "The emulator was stopped before this render was finished"
CLIENT = {"X-Client-Id": str(uuid.UUID(int=7))}
PROGRAM = """
import asyncio, sys
from nemovideo.emulator import Emulator

async def main():
    async with Emulator(folder=sys.argv[1], render_scale=1 / 12, silent=0.0) as emulator:
        print(emulator.url, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def emulator_in(folder: Path, **options: Any) -> Emulator:
    """Return an emulator that is quick and talks."""
    options = {"render_scale": 1 / 12, "silent": 0.0} | options
    return Emulator(folder=folder, **options)


async def signed_in(http: aiohttp.ClientSession, url: str) -> Caller:
    """Return a caller with the account of `CLIENT`."""
    caller = Caller(http, url)
    status, answer = await caller.post(TOKEN, headers=CLIENT)
    assert status == 200
    caller.headers["Authorization"] = f"Bearer {answer['data']['token']}"
    return caller


async def edited(caller: Caller, wish: str = FIRST) -> str:
    """Open a session with a timeline."""
    sid = await caller.project()
    await caller.say(sid, wish)
    return sid


async def submitted(caller: Caller, sid: str, render_id: str = "render_1") -> dict[str, Any]:
    """Order a render of what the session holds."""
    draft = (await caller.state(sid))["draft"]
    body = {"id": render_id, "sessionId": sid, "draft": draft, "output": {"quality": "low"}}
    status, answer = await caller.post(SUBMIT, json=body)
    assert status == 200
    return dict(answer)


async def ended(caller: Caller, render_id: str = "render_1") -> dict[str, Any]:
    """Look until a render has ended."""
    async with asyncio.timeout(20):
        while True:
            _, answer = await caller.get(f"{SUBMIT}/{render_id}")
            if answer["status"] in {"completed", "failed"}:
                return dict(answer)
            await asyncio.sleep(0.05)


async def fetched(http: aiohttp.ClientSession, url: str) -> bytes:
    """Return what the media port serves."""
    async with http.get(url) as answer:
        assert answer.status == 200
        return await answer.read()


def no_json(name: str) -> None:
    """Refuse numbers that only Python writes."""
    raise AssertionError(name)


async def known(folder: Path, holds: Callable[[dict[str, Any]], object]) -> None:
    """Wait until the folder's file says so; soon is a few seconds on a busy machine."""
    async with asyncio.timeout(5):
        while True:
            with contextlib.suppress(FileNotFoundError, IndexError):
                text = (folder / "world.json").read_text("utf-8")
                if holds(json.loads(text, parse_constant=no_json)):
                    return
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def killed_at_the_end(folder: Path) -> AsyncIterator[str]:
    """Run an emulator in a process of its own, which is killed without a warning."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, str(folder), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.send_signal(signal.SIGKILL)
        await process.communicate()


async def test_a_later_run_goes_on_where_the_last_one_ended(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    """Token, credits, session, uploads, timeline, link and finished render are as they were."""
    async with emulator_in(tmp_path) as emulator:
        caller = await signed_in(http, emulator.url)
        sid = await edited(caller)
        await submitted(caller, sid)
        before = await everything(caller, sid)
        film = await fetched(http, before["render"]["output"]["url"])
        photo = await fetched(http, before["state"]["video_infos"][1]["cdn_url"])

    async with emulator_in(tmp_path) as emulator:
        caller = Caller(http, emulator.url, caller.headers)
        after = await everything(caller, sid)

        assert after == before
        assert before["balance"] == {"available": 50, "frozen": 0, "total": 50}
        assert await fetched(http, after["render"]["output"]["url"]) == film
        assert (await caller.get("/api/render/proxy/render_1/download"))[1] == film
        assert await fetched(http, after["state"]["video_infos"][1]["cdn_url"]) == photo
        assert (emulator.bill.runs, emulator.bill.renders, emulator.bill.credits) == (0, 0, 0)


async def everything(caller: Caller, sid: str) -> dict[str, Any]:
    """Return all that an account can see of its session and render."""
    _, latest = await caller.get(f"/api/state/nemo_agent/me/{sid}/latest")
    link = {"session_id": sid, "task_id": latest["data"]["task_id"]}
    return {
        "balance": await caller.balance(),
        "state": await caller.state(sid),
        "facts": latest,
        "claim": await caller.post("/api/auth/claim-token", json=link),
        "render": await ended(caller),
    }


async def test_the_conversation_goes_on(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    """The next edit builds on the timeline, costs nothing more, and knows which photos are new."""
    async with emulator_in(tmp_path) as emulator:
        caller = await signed_in(http, emulator.url)
        sid = await edited(caller)

    async with emulator_in(tmp_path) as emulator:
        caller.url = emulator.url
        told = spoken((await caller.say(sid, "add the new photos"))[1])
        await caller.say(sid, "remove the title")
        draft = (await caller.state(sid))["draft"]

        assert "no new photo" in told
        assert [track["tt"] for track in draft["t"]] == [0, 1]
        assert (await caller.balance())["total"] == 50


async def test_a_client_that_had_its_token_is_still_refused_another(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    """One free token per client id and week, whichever run gave it."""
    async with emulator_in(tmp_path) as emulator:
        await signed_in(http, emulator.url)

    async with emulator_in(tmp_path) as emulator:
        status, answer = await Caller(http, emulator.url).post(TOKEN, headers=CLIENT)

    assert (status, answer["code"]) == (429, 429)


async def test_tokens_of_an_address_are_counted_over_runs(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    """`ip_limit` knows what the last run gave out."""
    for expected in (200, 200, 429):
        async with emulator_in(tmp_path, ip_limit=2) as emulator:
            client = {"X-Client-Id": str(uuid.uuid4())}

            status, _ = await Caller(http, emulator.url).post(TOKEN, headers=client)

        assert status == expected


async def test_a_registered_account_is_kept(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    """It does not expire, which JSON has no number for; any thread may have opened it."""
    tokens: list[str] = []
    async with emulator_in(tmp_path) as emulator:
        await known(tmp_path, lambda world: world["url"])
        opening = threading.Thread(target=lambda: tokens.append(emulator.register(credits=700)))
        opening.start()
        opening.join()
        await known(tmp_path, lambda world: world["accounts"])

    async with emulator_in(tmp_path) as emulator:
        caller = Caller(http, emulator.url, {"Authorization": f"Bearer {tokens[0]}"})

        assert (await caller.balance())["total"] == 700


async def test_silence_is_spread_over_runs(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    """A session falls silent at the same edits, whether or not it was restored between them."""
    wishes = ["no music", "remove the title", "hard cuts", "make it 3 seconds", "lo-fi music"]
    patterns = []
    for restarts in (False, True):
        folder = tmp_path / str(restarts)
        async with emulator_in(folder, silent=0.5, seed=4) as emulator:
            caller = await signed_in(http, emulator.url)
            sid = await edited(caller)
            words = [] if restarts else [spoken((await caller.say(sid, one))[1]) for one in wishes]
        for wish in wishes if restarts else []:
            async with emulator_in(folder, silent=0.5, seed=4) as emulator:
                caller.url = emulator.url
                words.append(spoken((await caller.say(sid, wish))[1]))
        patterns.append([bool(one) for one in words])

    assert patterns[0] == patterns[1]
    assert set(patterns[0]) == {True, False}


@pytest.mark.slow
async def test_a_killed_process_loses_little(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    """What was edited a moment before SIGKILL is there again, and so is the token.

    The pauses see to it that each step is written for its own sake.
    """
    async with killed_at_the_end(tmp_path) as url:
        caller = await signed_in(http, url)
        await asyncio.sleep(0.6)
        sid = await caller.session()
        await asyncio.sleep(0.6)
        await known(tmp_path, lambda world: world["sessions"])
        await caller.upload(sid, ("a.jpg", jpeg()))
        await asyncio.sleep(0.6)
        await known(tmp_path, lambda world: world["sessions"][0]["uploads"])
        await caller.say(sid, FIRST)
        state = await caller.state(sid)
        await asyncio.sleep(0.6)

    async with emulator_in(tmp_path) as emulator:
        caller.url = emulator.url

        assert await caller.state(sid) == state
        assert await caller.balance() == {"available": 50, "frozen": 0, "total": 50}
        assert emulator.url == url


@pytest.mark.slow
async def test_a_render_that_a_kill_ended_has_failed(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    """It says why, its pieces are gone, the one before it is whole, and the next is made."""
    async with killed_at_the_end(tmp_path) as url:
        caller = await signed_in(http, url)
        sid = await edited(caller)
        await submitted(caller, sid)
        await known(tmp_path, lambda world: world["renders"][0]["video"])
        await caller.say(sid, LONG)
        await known(tmp_path, lambda world: world["sessions"][0]["draft"]["d"] == 60_000)
        await submitted(caller, sid, "render_2")
        await known(tmp_path, lambda world: len(world["renders"]) == 2)
        async with asyncio.timeout(10):
            while not list((tmp_path / "renders").glob(".*")):  # noqa: ASYNC110 - another's work
                await asyncio.sleep(0.02)
    world = json.loads((tmp_path / "world.json").read_text("utf-8"))
    # As after a kill between the last step of a render and the note of it.
    (tmp_path / "renders" / f"{world['renders'][1]['key']}.mp4").touch()

    async with emulator_in(tmp_path) as emulator:
        caller.url = emulator.url
        killed = await ended(caller, "render_2")
        await caller.say(sid, "make it 2 seconds")
        await submitted(caller, sid, "render_3")

        assert (killed["status"], killed["error"]) == ("failed", STOPPED)
        assert (await ended(caller))["status"] == "completed"
        assert (await ended(caller, "render_3"))["status"] == "completed"
        assert len(list((tmp_path / "renders").iterdir())) == 2


async def test_a_render_that_the_close_ended_has_failed(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    """A polite end is no reason for another text."""
    async with emulator_in(tmp_path) as emulator:
        caller = await signed_in(http, emulator.url)
        await submitted(caller, await edited(caller, LONG))

    async with emulator_in(tmp_path) as emulator:
        caller.url = emulator.url
        answer = await ended(caller)

    assert (answer["status"], answer["error"]) == ("failed", STOPPED)


async def test_a_video_that_somebody_removed_has_failed(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    """An address that leads nowhere is not given."""
    async with emulator_in(tmp_path) as emulator:
        caller = await signed_in(http, emulator.url)
        await submitted(caller, await edited(caller))
        await ended(caller)
    next((tmp_path / "renders").iterdir()).unlink()

    async with emulator_in(tmp_path) as emulator:
        caller.url = emulator.url
        answer = await ended(caller)

    assert answer["status"] == "failed"
    assert "no longer holds" in answer["error"]


async def test_a_run_that_died_reserves_nothing(
    tmp_path: Path, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its credits are free again, and its session takes the next message."""
    monkeypatch.setattr(runs, "_BEAT_SECONDS", 1.0)
    async with emulator_in(tmp_path) as emulator:
        caller = await signed_in(http, emulator.url)
        sid = await caller.project()
        saying = asyncio.create_task(caller.say(sid, FIRST))
        async with asyncio.timeout(2):
            while (await caller.balance())["frozen"] == 0:  # noqa: ASYNC110 - only asking tells
                await asyncio.sleep(0.01)
        await caller.session()
        await known(tmp_path, lambda world: len(world["sessions"]) == 2)
        shutil.copytree(tmp_path, tmp_path / "killed")
    await asyncio.wait([saying])
    monkeypatch.undo()

    async with emulator_in(tmp_path / "killed") as emulator:
        caller.url = emulator.url

        assert await caller.balance() == {"available": 100, "frozen": 0, "total": 100}
        assert (await caller.say(sid, FIRST))[0] == 200
        assert (await caller.balance())["total"] == 50


DAMAGED = [
    pytest.param(lambda _: "", id="empty"),
    pytest.param(lambda text: text[: len(text) // 2], id="cut"),
    pytest.param(lambda _: "[]", id="list"),
    pytest.param(lambda _: '{"version": 1}', id="fields-missing"),
    pytest.param(lambda text: text.replace('"total": 100', '"total": "much"'), id="wrong-type"),
    pytest.param(lambda text: re.sub(r'"addresses": {.*?}', '"addresses": 7', text), id="shape"),
    pytest.param(lambda text: text.replace('"total": 100', '"total": 1e999'), id="infinite"),
    pytest.param(lambda text: text.replace("anon_", "anno_", 1), id="unknown-owner"),
    pytest.param(lambda text: text.replace('"version": 1', '"version": 2'), id="newer"),
    pytest.param(lambda text: text.replace('"task_id"', '"x": 1, "task_id"'), id="unknown-key"),
    pytest.param(lambda text: re.sub(r'"tokens": \[.*?\]', '"tokens": []', text), id="no-token"),
    pytest.param(lambda text: text.replace("127.0.0.1:", "127.0.0.1:9"), id="no-port"),
    pytest.param(lambda _: "[" * 100_000, id="deep"),
    pytest.param(lambda _: "\x00\xff", id="binary"),
]


@pytest.mark.parametrize("damage", DAMAGED)
async def test_a_file_that_cannot_be_read_is_set_aside(
    tmp_path: Path,
    http: aiohttp.ClientSession,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[str], str],
) -> None:
    """It costs one log record and a new world, which is kept in its place."""
    async with emulator_in(tmp_path) as emulator:
        caller = await signed_in(http, emulator.url)
        await caller.session()
    path = tmp_path / "world.json"
    path.write_text(content := damage(path.read_text("utf-8")), "latin-1")

    async with emulator_in(tmp_path) as emulator:
        status, _ = await Caller(http, emulator.url, caller.headers).get(SUBMIT + "/x")
        fresh = await signed_in(http, emulator.url)
    async with emulator_in(tmp_path) as emulator:
        fresh.url = emulator.url
        assert (await fresh.balance())["total"] == 100

    assert status == 401
    aside = [one for one in tmp_path.glob("world*.json") if one != path]
    assert [one.read_text("latin-1") for one in aside] == [content]
    told = [(one.name, one.levelno) for one in caplog.records]
    assert told == [("nemovideo.emulator", logging.WARNING)]
    assert str(aside[0]) in caplog.text


async def test_a_folder_belongs_to_one_at_a_time(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    """A second emulator is refused in plain words, harms nothing, and may come afterwards."""
    async with emulator_in(tmp_path) as first:
        caller = await signed_in(http, first.url)
        second = emulator_in(tmp_path)
        with pytest.raises(RuntimeError, match=r"Another emulator works in .*: close it, or"):
            await second.start()
        sid = await caller.session()

    async with second:
        caller.url = second.url
        assert await caller.state(sid)


@pytest.mark.slow
async def test_a_process_that_works_in_a_folder_has_it_alone(tmp_path: Path) -> None:
    """The lock holds among processes, and the kernel frees it when its owner is killed."""
    async with killed_at_the_end(tmp_path) as url:
        assert url
        with pytest.raises(RuntimeError, match="Another emulator"):
            await emulator_in(tmp_path).start()

    async with emulator_in(tmp_path):
        pass


async def test_ports_are_the_same_again(tmp_path: Path) -> None:
    """Both of them, since tokens are kept by address and timelines hold addresses."""
    seen = []
    for _ in range(2):
        async with emulator_in(tmp_path) as emulator:
            seen.append((emulator.url, emulator.media_url))

    assert seen[0] == seen[1]


@contextlib.contextmanager
def taken(url: str) -> Any:
    """Let somebody else listen there."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", int(url.rpartition(":")[2])))
        other.listen()
        yield


async def test_another_port_will_do_for_the_api(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    """A taken port is no reason to fail unless it was asked for; the token is still good."""
    async with emulator_in(tmp_path) as emulator:
        caller = await signed_in(http, url := emulator.url)

    with taken(url):
        async with emulator_in(tmp_path) as emulator:
            caller.url = emulator.url
            assert emulator.url != url
            assert (await caller.balance())["total"] == 100
        port = int(url.rpartition(":")[2])
        with pytest.raises(OSError, match="address already in use"):
            await emulator_in(tmp_path, port=port).start()
    async with emulator_in(tmp_path) as again:
        assert again.url == caller.url


async def test_a_timeline_renders_under_other_addresses(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    """Timelines of two earlier media ports render in a third run, and nothing is lost or new."""
    async with emulator_in(tmp_path) as emulator:
        caller = await signed_in(http, emulator.url)
        sid = await edited(caller)
        urls = [emulator.media_url]
    with taken(urls[0]):
        async with emulator_in(tmp_path) as emulator:
            caller.url = emulator.url
            urls.append(emulator.media_url)
            await caller.upload(sid, ("later.jpg", await photo(caller, sid)))
            told = spoken((await caller.say(sid, "add the new photos"))[1])
        with taken(urls[1]):
            async with emulator_in(tmp_path) as emulator:
                caller.url = emulator.url
                await submitted(caller, sid)
                answer, state = await ended(caller), await caller.state(sid)
                infos = state["video_infos"]

                assert (await fetched(http, infos[0]["cdn_url"]))[:2] == b"\xff\xd8"
                assert len({emulator.media_url, *urls}) == 3
    sources = [piece["m"]["source"] for piece in state["draft"]["t"][0]["sg"]]
    assert "added 1" in told
    assert [source.startswith(urls[0]) for source in sources] == [True, True, False]
    assert answer["status"] == "completed", answer


async def photo(caller: Caller, sid: str) -> bytes:
    """Return a photo of the session, from where the state says it is."""
    infos = (await caller.state(sid))["video_infos"]
    return await fetched(caller.http, infos[0]["cdn_url"])


async def test_a_timeline_of_one_run_becomes_a_whole_film_in_the_next(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    """Every frame of it decodes, and it is as long as the timeline."""
    async with emulator_in(tmp_path) as emulator:
        caller = await signed_in(http, emulator.url)
        sid = await edited(caller)

    async with emulator_in(tmp_path) as emulator:
        caller.url = emulator.url
        await submitted(caller, sid)
        answer = await ended(caller)
        (tmp_path / "film.mp4").write_bytes(await fetched(http, answer["output"]["url"]))

    with av.open(str(tmp_path / "film.mp4")) as film:
        frames = sum(1 for _ in film.decode(video=0))
    with av.open(str(tmp_path / "film.mp4")) as film:
        heard = sum(frame.samples / frame.sample_rate for frame in film.decode(audio=0))
    assert frames == 60
    assert heard == pytest.approx(2.0, abs=0.1)
    assert answer["output"]["duration"] == pytest.approx(2.0, abs=0.05)


async def test_what_is_kept_is_private(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    """The file holds tokens: only its owner can read it, and no draft of it is left."""
    async with emulator_in(tmp_path) as emulator:
        await signed_in(http, emulator.url)

    assert stat.S_IMODE((tmp_path / "world.json").stat().st_mode) == 0o600
    assert {one.name for one in tmp_path.iterdir()} == {
        "renders",
        "uploads",
        "world.json",
        "world.lock",
    }


async def test_many_changes_share_a_write(
    tmp_path: Path, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred sessions at once are a few writes, and the last of them holds all."""
    written, replace = [], archive._replace

    def counted(path: Path, kept: Any) -> None:
        written.append(len(kept["sessions"]))
        replace(path, kept)

    monkeypatch.setattr(archive, "_replace", counted)
    async with emulator_in(tmp_path) as emulator:
        caller = await signed_in(http, emulator.url)
        await asyncio.gather(*(caller.session() for _ in range(100)))

    assert written[-1] == 100
    assert len(written) < 50


async def test_a_change_during_the_last_write_is_not_lost(
    tmp_path: Path, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A close waits for a write under way, and writes once more what came meanwhile."""
    writing, go_on, replace = threading.Event(), threading.Event(), archive._replace

    def slowly(path: Path, kept: Any) -> None:
        writing.set()
        go_on.wait(1)
        replace(path, kept)

    monkeypatch.setattr(archive, "_replace", slowly)
    emulator = await emulator_in(tmp_path).start()
    await asyncio.to_thread(writing.wait, 5)
    caller = await signed_in(http, emulator.url)
    sid = await caller.session()
    closing = asyncio.create_task(emulator.aclose())
    await asyncio.sleep(0.1)
    assert not closing.done()
    go_on.set()
    await closing

    async with emulator_in(tmp_path) as emulator:
        caller.url = emulator.url
        assert await caller.state(sid)


async def test_a_disk_that_takes_nothing_is_told_once(
    tmp_path: Path, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    """Who cannot write works on, with one log record for the whole of it."""
    (tmp_path / ".world.json.new").mkdir()

    async with emulator_in(tmp_path) as emulator:
        caller = await signed_in(http, emulator.url)
        await asyncio.sleep(0.5)
        await caller.session()

    assert [record.name for record in caplog.records] == ["nemovideo.emulator"]
    assert "cannot be kept" in caplog.text


async def test_a_start_that_fails_changes_nothing(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    """A taken port frees the folder and leaves its file as it was."""
    async with emulator_in(tmp_path) as emulator:
        await signed_in(http, emulator.url)
    path = tmp_path / "world.json"
    before = (path.read_bytes(), path.stat().st_mtime_ns)

    async with Emulator() as other:
        port = int(other.url.rpartition(":")[2])
        with pytest.raises(OSError, match="address already in use"):
            await emulator_in(tmp_path, port=port).start()

    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    async with emulator_in(tmp_path):
        pass


async def test_a_file_that_cannot_be_opened_is_no_damaged_file(tmp_path: Path) -> None:
    """It stays where it is, the start says why, and the folder is free again."""
    (tmp_path / "world.json").mkdir()
    with pytest.raises(IsADirectoryError):
        await emulator_in(tmp_path).start()
    (tmp_path / "world.json").rmdir()

    async with emulator_in(tmp_path):
        pass


async def test_an_order_to_expire_reaches_the_tokens_of_earlier_runs(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    """They were out when it was given; one that came after it outlives a restart."""
    async with emulator_in(tmp_path) as emulator:
        old = await signed_in(http, emulator.url)
        sid = await old.session()

    emulator = emulator_in(tmp_path)
    emulator.faults.expire_token()
    async with emulator:
        old.url = emulator.url
        assert (await old.get("/api/credits/balance/simple"))[0] == 401
        new = await signed_in(http, emulator.url)
        assert await new.state(sid)
    async with emulator:
        assert await Caller(http, emulator.url, new.headers).state(sid)


async def test_without_a_folder_nothing_is_kept(http: aiohttp.ClientSession) -> None:
    """A temporary world is written nowhere."""
    async with Emulator() as emulator:
        caller = await signed_in(http, emulator.url)
        sid = await caller.session()
        await asyncio.sleep(0.3)
        assert emulator._world is not None
        assert {one.name for one in emulator._world.folder.iterdir()} == {"uploads", "renders"}
    async with emulator:
        caller.url = emulator.url
        assert (await caller.post("/run_sse", json=message(sid, FIRST)))[0] == 401
