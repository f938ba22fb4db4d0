"""What faults leave behind: accounts, prices, runs, and the order of those that were given."""

import asyncio
import uuid
from typing import Any

import aiohttp
import pytest

from nemovideo.emulator import Emulator
from nemovideo.emulator.docket import Pattern
from tests.emulator.conftest import SKILL, Caller, jpeg, message

FIRST = "turn these photos into a 6-second slideshow with music and a title 'Small Wonders'"
BALANCE = "/api/credits/balance/simple"
TOKEN = "/api/auth/anonymous-token"


async def signed_in(caller: Caller, client_id: str) -> dict[str, Any]:
    """Ask for a token as one client, use it, and return the answer."""
    status, answer = await caller.post(TOKEN, headers={"X-Client-Id": client_id})
    assert status == 200, answer
    caller.headers["Authorization"] = f"Bearer {answer['data']['token']}"
    return dict(answer["data"])


@pytest.mark.parametrize("inside", [False, True], ids=["answer", "stream"])
async def test_a_token_refused_by_order_is_renewed(
    caller: Caller,
    emulator: Emulator,
    inside: bool,  # noqa: FBT001 - a parameter
) -> None:
    """Its client gets another for the same account; the old one is worth nothing then."""
    client = str(uuid.uuid4())
    old = await signed_in(caller, client)
    sid = await caller.project()
    assert (await caller.post(TOKEN, headers={"X-Client-Id": client}))[0] == 429
    if inside:
        emulator.faults.fail_run(form="refusal", code=1001)
        assert (await caller.say(sid, FIRST))[1][0]["code"] == 1001
    else:
        emulator.faults.refuse(1001)
        assert (await caller.get(BALANCE))[1]["code"] == 1001
    new = await signed_in(caller, client)
    assert (new["user_id"], new["token"] != old["token"]) == (old["user_id"], True)
    assert len((await caller.state(sid))["video_infos"]) == 2
    assert (await caller.post(TOKEN, headers={"X-Client-Id": client}))[0] == 429
    caller.headers["Authorization"] = f"Bearer {old['token']}"
    assert (await caller.get(BALANCE))[0] == 401


async def test_another_refusal_renews_nothing(caller: Caller, emulator: Emulator) -> None:
    """Only 1001 tells that a token is worthless."""
    client = str(uuid.uuid4())
    await signed_in(caller, client)
    emulator.faults.refuse(2001)
    await caller.get(BALANCE)
    assert (await caller.post(TOKEN, headers={"X-Client-Id": client}))[0] == 429


@pytest.mark.parametrize("end", ["failed", "cancelled"])
async def test_a_first_edit_that_was_not_charged_leaves_its_price(
    caller: Caller, emulator: Emulator, end: str
) -> None:
    """The next edit of the session pays it, and only that one."""
    sid = await caller.project()
    if end == "failed":
        emulator.faults.fail_run()
        await caller.say(sid, FIRST)
    else:
        emulator.faults.client_gone("cancel")
        emulator.faults.cut_stream(7)
        with pytest.raises(aiohttp.ClientPayloadError):
            await caller.say(sid, FIRST)
    await emulator.settled()
    assert "draft" in await caller.state(sid)
    assert emulator.bill.credits == 0
    for _ in range(2):
        await caller.say(sid, "make it 8 seconds")
        assert emulator.bill.credits == 50


async def raw(url: str, request: str) -> bytes:
    """Send a request by hand and return all that comes until the connection ends."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    async with asyncio.timeout(3):
        said = await reader.read()
    writer.close()
    return said


@pytest.mark.parametrize("path", [BALANCE, "/media/a/b"], ids=["api", "media"])
async def test_an_answer_without_a_body_is_not_slowed(
    caller: Caller, emulator: Emulator, path: str
) -> None:
    """HEAD gets a head and no more."""
    url = emulator.media_url if path.startswith("/media") else caller.url
    emulator.faults.slow(1e6)
    said = await raw(url, f"HEAD {path}")
    assert b"Content-Length" in said
    assert said.endswith(b"\r\n\r\n")


async def test_another_answer_is_no_departure(caller: Caller, emulator: Emulator) -> None:
    """A proxy's page in place of the stream lets the run go on, ordered to cancel or not."""
    sid = await caller.project()
    gone = emulator.faults.client_gone("cancel")
    emulator.faults.html_502("/run_sse", carried_out=True)
    assert (await caller.post("/run_sse", json=message(sid, FIRST)))[0] == 502
    await emulator.settled()
    assert (gone.hits, emulator.bill.runs, emulator.bill.credits) == (0, 1, 50)


@pytest.mark.parametrize("code", [None, 4001])
async def test_a_refusal_in_the_stream(
    caller: Caller, emulator: Emulator, code: int | None
) -> None:
    """One frame in a 200, no event, and nothing was carried out."""
    sid = await caller.project()
    fault = emulator.faults.fail_run("No.", form="refusal", code=code)
    assert await caller.say(sid, FIRST) == (200, [{"code": code or 2001, "message": "No."}])
    assert "draft" not in await caller.state(sid)
    assert (fault.hits, emulator.bill.runs, emulator.bill.credits) == (1, 0, 0)
    assert len((await caller.say(sid, FIRST))[1]) > 1


@pytest.mark.parametrize("shape", ["code", "success", "detail", "detail_list", "text", "html"])
async def test_half_a_character_becomes_a_question_mark(
    caller: Caller, emulator: Emulator, shape: Any
) -> None:
    """A lone surrogate, which no encoding has, does not break the answer."""
    emulator.faults.refuse(400, shape=shape, message="a\ud800b")
    async with caller.http.get(caller.url + BALANCE, headers=SKILL) as answer:
        assert b"a?b" in await answer.read()
    emulator.faults.fail_run("a\ud800b", form="unescaped")
    sid = await caller.project()
    assert b"a?b" in (await caller.post("/run_sse", json=message(sid, "hello")))[1]


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("post /run_sse", "capitals, 'POST'"),
        ("get", "capitals, 'GET'"),
        ("/run_sse ", "leave out the blanks"),
        (5, "path must be a text"),
    ],
)
def test_a_wrong_path_is_told_how_to_write_it(path: Any, hint: str) -> None:
    """The mistake names its remedy."""
    with pytest.raises(ValueError, match=hint):
        Pattern.parse(path)


def test_a_path_in_the_place_of_the_number_is_told() -> None:
    """The argument is named, with what it may be."""
    said = r"^retry_after must be seconds, a datetime or None, not 'POST /run_sse'$"
    with pytest.raises(ValueError, match=said):
        Emulator().faults.rate_limit("POST /run_sse")  # type: ignore[arg-type]


async def test_two_messages_at_once_meet_one_fault_each(caller: Caller, emulator: Emulator) -> None:
    """A cut that is kept for the first message lets the second meet what was ordered next."""
    sids = [await caller.project(), await caller.project()]
    emulator.faults.delay_answer(0.1, "/run_sse", times=None)
    cut = emulator.faults.cut_stream(0)
    limit = emulator.faults.rate_limit(None, "/run_sse")
    ends = await asyncio.gather(*(caller.say(sid, "hello") for sid in sids), return_exceptions=True)
    broken = [isinstance(end, aiohttp.ClientPayloadError) for end in ends]
    assert (sorted(broken), cut.hits, limit.hits) == ([False, True], 1, 1)
    (refused,) = (end for end in ends if not isinstance(end, BaseException))
    assert refused[0] == 429


async def test_a_fault_that_found_no_body_is_given_back(caller: Caller, emulator: Emulator) -> None:
    """A cut that was kept for a refused message, or for a file that is not there, still waits."""
    sid = await caller.project()
    _, answer = await caller.upload(sid, ("a.jpg", jpeg()))
    stream, file = emulator.faults.cut_stream(0), emulator.faults.cut_download(9)
    emulator.faults.fail_render()  # what is added meanwhile throws nothing away
    assert (await caller.say("1", "hello"))[0] == 404
    async with caller.http.get(f"{emulator.media_url}/media/a/b") as nothing:
        assert nothing.status == 404
    assert (stream.hits, stream.held, file.hits, file.held) == (0, 0, 0, 0)
    with pytest.raises(aiohttp.ClientPayloadError):
        await caller.say(sid, "hello")
    url = answer["data"]["files"][0]["cdn_url"]
    with pytest.raises(aiohttp.ClientPayloadError):
        async with caller.http.get(url) as cut:
            await cut.read()
    assert (stream.hits, file.hits) == (1, 1)
