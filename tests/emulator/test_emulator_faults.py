"""Faults around a request: what the client sees, and what was carried out all the same."""

import asyncio
import json
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import aiohttp
import pytest

from nemovideo.emulator import Emulator
from nemovideo.emulator.docket import Pattern
from tests.emulator.conftest import SKILL, Caller, jpeg, message

FIRST = "turn these photos into a 6-second slideshow with music and a title 'Small Wonders'"
BALANCE = "/api/credits/balance/simple"
SESSION = "/api/tasks/me/with-session/nemo_agent"
TOKEN = "/api/auth/anonymous-token"
SUBMIT = "/api/render/proxy/lambda"


async def answered(
    caller: Caller, method: str, path: str, **options: Any
) -> tuple[int, bytes, Any]:
    """Send a request; return status, body and headers as they are."""
    headers = SKILL | caller.headers
    async with caller.http.request(method, caller.url + path, headers=headers, **options) as answer:
        return answer.status, await answer.read(), answer.headers


async def order(caller: Caller) -> dict[str, Any]:
    """Return the body that orders a render of one second."""
    sid = await caller.project()
    await caller.say(sid, "make a 1 second video without music")
    return {"id": "render_1", "sessionId": sid, "draft": (await caller.state(sid))["draft"]}


async def settled(holds: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(3):
        while not holds():  # noqa: ASYNC110 - the emulator tells nobody
            await asyncio.sleep(0.01)


def sessions(emulator: Emulator) -> int:
    """Count the sessions, seen or not."""
    assert emulator._world is not None
    return len(emulator._world.sessions._by_id)


async def test_a_request_dropped_before_is_not_carried_out(
    caller: Caller, emulator: Emulator
) -> None:
    """The connection is reset, nothing ran, and the next one goes through."""
    sid = await caller.project()
    fault = emulator.faults.drop_before_request("POST /run_sse")
    with pytest.raises(aiohttp.ClientOSError) as raised:
        await caller.say(sid, FIRST)
    assert raised.value.errno is not None
    assert (fault.name, fault.hits, emulator.bill.runs) == ("drop_before_request", 1, 0)
    assert "draft" not in await caller.state(sid)
    assert (await caller.say(sid, FIRST))[0] == 200
    assert (fault.hits, emulator.bill.runs) == (1, 1)


async def test_a_message_dropped_after_runs_to_its_end(caller: Caller, emulator: Emulator) -> None:
    """Not even a header comes, and the edit is in the state and on the bill."""
    sid = await caller.project()
    fault = emulator.faults.drop_after_request("POST /run_sse")
    url, headers = f"{caller.url}/run_sse", SKILL | caller.headers
    with pytest.raises(aiohttp.ClientOSError):
        await caller.http.post(url, json=message(sid, FIRST), headers=headers)
    assert (fault.hits, emulator.bill.runs) == (1, 1)
    await settled(lambda: emulator.bill.credits == 50)
    assert (await caller.state(sid))["draft"]["d"] == 6000


async def test_a_session_an_upload_and_a_render_exist_though_nobody_heard(
    caller: Caller, emulator: Emulator
) -> None:
    """What was dropped after is there when one looks."""
    body = await order(caller)
    before = sessions(emulator)
    emulator.faults.drop_after_request(times=3)
    with pytest.raises(aiohttp.ClientOSError):
        await caller.session()
    with pytest.raises(aiohttp.ClientOSError):
        await caller.upload(body["sessionId"], ("late.jpg", jpeg()))
    with pytest.raises(aiohttp.ClientOSError):
        await caller.post(SUBMIT, json=body)
    assert sessions(emulator) == before + 1
    state = await caller.state(body["sessionId"])
    assert [info["filename"] for info in state["video_infos"]][-1] == "late.jpg"
    assert (await caller.get(f"{SUBMIT}/render_1"))[0] == 200
    assert emulator.bill.renders == 1


async def test_a_refusal_can_be_lost_too(caller: Caller, emulator: Emulator) -> None:
    """A message that is refused is not carried out by being dropped."""
    emulator.faults.drop_after_request("/run_sse")
    with pytest.raises(aiohttp.ClientOSError):
        await caller.say("1", FIRST)
    assert emulator.bill.runs == 0


async def test_a_late_answer_was_carried_out_at_once(caller: Caller, emulator: Emulator) -> None:
    """The work is done long before the head of the answer comes."""
    sid = await caller.project()
    emulator.faults.delay_answer(0.4, "/run_sse")
    asked = asyncio.get_running_loop().time()
    url, headers = f"{caller.url}/run_sse", SKILL | caller.headers
    waiting = asyncio.ensure_future(
        caller.http.post(url, json=message(sid, "hello"), headers=headers)
    )
    await settled(lambda: emulator.bill.runs == 1)
    assert not waiting.done()
    async with await waiting:
        assert asyncio.get_running_loop().time() - asked >= 0.4


async def test_a_late_plain_answer(caller: Caller, emulator: Emulator) -> None:
    """Plain answers are held back as well, once each."""
    before = sessions(emulator)
    emulator.faults.delay_answer(0.6, SESSION)
    asked = asyncio.get_running_loop().time()
    waiting = asyncio.create_task(caller.session())
    await settled(lambda: sessions(emulator) == before + 1)
    assert not waiting.done()
    await waiting
    assert 0.6 <= asyncio.get_running_loop().time() - asked < 1.19


async def test_closing_does_not_wait_for_late_answers(http: aiohttp.ClientSession) -> None:
    """An emulator that closes lets go of everything that it holds back."""
    async with Emulator() as emulator:
        caller = Caller(http, emulator.url)
        await caller.sign_in()
        emulator.faults.delay_answer(60)
        waiting = asyncio.create_task(caller.session())
        await asyncio.sleep(0.05)
        asked = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - asked < 0.5
    await asyncio.wait([waiting], timeout=1)
    assert waiting.done()
    assert len(await waiting) == 19


@pytest.mark.parametrize(
    ("retry_after", "header"),
    [
        (1.0, "1"),
        (0.25, "0.25"),
        (604800, "604800"),
        (None, None),
        (datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC), "Wed, 02 Jan 2030 03:04:05 GMT"),
        (
            datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))),
            "Wed, 02 Jan 2030 01:04:05 GMT",
        ),
    ],
)
async def test_a_rate_limit_says_when(
    caller: Caller, emulator: Emulator, retry_after: Any, header: str | None
) -> None:
    """429 in the service's own JSON, with the header that was ordered; nothing is carried out."""
    before = sessions(emulator)
    emulator.faults.rate_limit(retry_after)
    status, body, headers = await answered(caller, "POST", SESSION, json={})
    assert (status, json.loads(body)["code"]) == (429, 429)
    assert headers.get("Retry-After") == header
    assert sessions(emulator) == before
    assert (await answered(caller, "POST", SESSION, json={}))[0] == 200


@pytest.mark.parametrize("carried_out", [False, True])
async def test_a_proxy_speaks_html(caller: Caller, emulator: Emulator, carried_out: bool) -> None:  # noqa: FBT001 - a parameter
    """502 is a page, whether or not the service did its work behind it."""
    sid = await caller.project()
    before = sessions(emulator)
    emulator.faults.html_502(times=2, carried_out=carried_out)
    status, body, headers = await answered(caller, "POST", SESSION, json={})
    assert (status, headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    assert b"<h1>502 Bad Gateway</h1>" in body
    assert sessions(emulator) == before + carried_out
    status, body, _ = await answered(caller, "POST", "/run_sse", json=message(sid, FIRST))
    assert (status, b"<h1>502 Bad Gateway</h1>" in body) == (502, True)
    assert emulator.bill.runs == carried_out


@pytest.mark.parametrize(
    ("shape", "status", "kind", "body"),
    [
        ("code", 200, "application/json", {"code": 2001, "message": "No."}),
        ("success", 200, "application/json", {"success": False, "error": "No.", "code": 2001}),
        ("detail", 400, "application/json", {"detail": "No."}),
        ("text", 400, "text/plain", b"No."),
        ("empty", 400, "application/octet-stream", b""),
        ("cut", 200, "application/json", b'{"code": 2001, "'),
    ],
)
async def test_a_refusal_comes_in_every_shape(
    caller: Caller, emulator: Emulator, shape: Any, status: int, kind: str, body: Any
) -> None:
    """Status, type and body are the shape's; the id of the request is beside it."""
    before = sessions(emulator)
    emulator.faults.refuse(2001, shape=shape, message="No.")
    found, raw, headers = await answered(caller, "POST", SESSION, json={})
    assert (found, raw if isinstance(body, bytes) else json.loads(raw)) == (status, body)
    assert headers.get("Content-Type", kind).startswith(kind)
    assert headers["Content-Length"] == str(len(raw))
    assert headers["X-Request-Id"].startswith("req_")
    assert sessions(emulator) == before


async def test_refusals_in_lists_and_pages(caller: Caller, emulator: Emulator) -> None:
    """The validator's list has the words in `msg`, a page somewhere in its middle."""
    emulator.faults.refuse(422, shape="detail_list", message="No.")
    status, raw, _ = await answered(caller, "POST", SESSION, json={})
    assert (status, json.loads(raw)["detail"][0]["msg"]) == (422, "No.")
    emulator.faults.refuse(503, shape="html", message="No.")
    status, raw, headers = await answered(caller, "POST", SESSION, json={})
    assert (status, b"<h1>No.</h1>" in raw) == (503, True)
    assert headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("code", "status"),
    [(1001, 401), (1002, 404), (4001, 415), (4002, 413), (403, 403), (500, 500), (7, 400)],
)
async def test_a_shape_without_a_code_has_a_status_that_tells(
    caller: Caller, emulator: Emulator, code: int, status: int
) -> None:
    """Where the body has no room for the code, the status stands for it; `status` overrules it."""
    emulator.faults.refuse(code, shape="detail")
    emulator.faults.refuse(code, shape="detail", status=418)
    assert (await caller.get(BALANCE))[0] == status
    assert (await caller.get(BALANCE))[0] == 418


async def renewed(caller: Caller, client_id: str) -> dict[str, Any]:
    """Ask for a token as one client, use it, and return the answer."""
    status, answer = await caller.post(TOKEN, headers={"X-Client-Id": client_id})
    assert status == 200, answer
    caller.headers["Authorization"] = f"Bearer {answer['data']['token']}"
    return dict(answer["data"])


async def test_an_expired_token_is_renewed_into_the_same_account(
    caller: Caller, emulator: Emulator
) -> None:
    """1001 for the old token; the new one has the sessions and what is left of the credits."""
    client = str(uuid.uuid4())
    old = await renewed(caller, client)
    sid = await caller.project()
    await caller.say(sid, FIRST)
    fault = emulator.faults.expire_token()
    for _ in range(2):
        status, refusal = await caller.get(BALANCE)
        assert (status, refusal["code"]) == (401, 1001)
    assert fault.hits == 2
    new = await renewed(caller, client)
    assert new["token"] != old["token"]
    assert (new["user_id"], new["credits"]) == (old["user_id"], 50)
    assert "draft" in await caller.state(sid)
    status, _ = await caller.post(TOKEN, headers={"X-Client-Id": client})
    assert status == 429
    caller.headers["Authorization"] = f"Bearer {old['token']}"
    assert (await caller.get(BALANCE))[0] == 401
    fault.clear()
    assert (await caller.get(BALANCE))[0] == 200


async def test_an_expired_token_may_lead_to_another_account(
    caller: Caller, emulator: Emulator
) -> None:
    """Without `keep_sessions` the new token sees nothing of the old account."""
    client = str(uuid.uuid4())
    old = await renewed(caller, client)
    sid = await caller.project()
    emulator.faults.expire_token(keep_sessions=False)
    new = await renewed(caller, client)
    assert (new["user_id"] != old["user_id"], new["credits"]) == (True, 100)
    assert (await caller.get(f"/api/state/nemo_agent/me/{sid}/latest"))[0] == 404


async def test_expiry_strikes_what_is_out_and_nothing_later(http: aiohttp.ClientSession) -> None:
    """Registered tokens expire too; `ip_limit` counts the renewal; later tokens are good."""
    emulator = Emulator(ip_limit=2)
    before = emulator.faults.expire_token()
    async with emulator:
        caller, client = Caller(http, emulator.url), str(uuid.uuid4())
        await renewed(caller, client)
        assert (await caller.get(BALANCE))[0] == 200
        registered = Caller(http, emulator.url, {"Authorization": f"Bearer {emulator.register()}"})
        emulator.faults.expire_token()
        assert (await registered.get(BALANCE))[0] == 401
        await renewed(caller, client)
        emulator.faults.expire_token()
        status, answer = await caller.post(TOKEN, headers={"X-Client-Id": client})
        assert (status, "address" in answer["message"]) == (429, True)
    assert before.hits == 0


async def test_faults_are_counted_and_used_up(caller: Caller, emulator: Emulator) -> None:
    """`times` requests meet a fault, `None` means all of them until it is cleared."""
    twice = emulator.faults.refuse(500, times=2)
    assert [(await caller.get(BALANCE))[1].get("code") for _ in range(3)] == [500, 500, 0]
    assert twice.hits == 2
    always = emulator.faults.refuse(501, times=None)
    assert [(await caller.get(BALANCE))[1]["code"] for _ in range(4)] == [501] * 4
    always.clear()
    always.clear()
    assert (await caller.get(BALANCE))[1]["code"] == 0
    assert always.hits == 4


async def test_faults_are_met_in_the_order_of_their_orders(
    caller: Caller, emulator: Emulator
) -> None:
    """One verdict a request; what has another path is passed over and waits."""
    emulator.faults.rate_limit(None)
    elsewhere = emulator.faults.refuse(1002, "/run_sse")
    emulator.faults.html_502()
    emulator.faults.drop_before_request()
    seen = [(await caller.get(BALANCE))[0] for _ in range(2)]
    with pytest.raises(aiohttp.ClientOSError):
        await caller.session()
    assert (*seen, (await caller.get(BALANCE))[0]) == (429, 502, 200)
    assert elsewhere.hits == 0
    assert (await caller.say("1", "hello"))[1][0]["code"] == 1002


async def test_an_order_inside_the_stream_keeps_its_place(
    caller: Caller, emulator: Emulator
) -> None:
    """What was ordered after `cut_stream` waits for the next message."""
    sid = await caller.project()
    emulator.faults.cut_stream()
    dropped = emulator.faults.drop_before_request("/run_sse")
    with pytest.raises(aiohttp.ClientPayloadError):
        await caller.say(sid, "hello")
    assert dropped.hits == 0
    with pytest.raises(aiohttp.ClientOSError):
        await caller.say(sid, "hello")
    assert (dropped.hits, emulator.bill.runs) == (1, 1)


async def test_clearing_ends_every_fault(caller: Caller, emulator: Emulator) -> None:
    """`faults.clear()` makes the service whole again, and orders can be given anew."""
    faults = emulator.faults
    faults.refuse(500, times=None)
    faults.answer_shape("B")
    faults.expire_token()
    faults.clear()
    assert (await caller.get(BALANCE))[0] == 200
    faults.html_502()
    assert (await caller.get(BALANCE))[0] == 502


async def test_concurrent_requests_meet_a_fault_once(caller: Caller, emulator: Emulator) -> None:
    """Of twenty requests at once exactly one is refused."""
    fault = emulator.faults.refuse(503, SESSION, status=503)
    said = await asyncio.gather(*(caller.post(SESSION, json={}) for _ in range(20)))
    assert sorted(status for status, _ in said) == [200] * 19 + [503]
    assert fault.hits == 1


async def test_faults_outlive_a_restart_and_come_from_any_thread(
    http: aiohttp.ClientSession,
) -> None:
    """Ordered in another thread before the start, met once after it and once after the next."""
    emulator, statuses = Emulator(), []
    ordering = threading.Thread(target=lambda: emulator.faults.refuse(503, status=503, times=2))
    ordering.start()
    ordering.join()
    for requests in (1, 2):
        async with emulator:
            for _ in range(requests):
                async with http.get(emulator.url + BALANCE) as answer:
                    statuses.append(answer.status)
    assert statuses == [503, 503, 401]


@pytest.mark.parametrize(
    ("text", "method", "path", "fits"),
    [
        ("", "GET", "/anything", True),
        ("POST", "POST", "/anything", True),
        ("POST", "GET", "/anything", False),
        ("POST /run_sse", "POST", "/run_sse", True),
        ("POST /run_sse", "GET", "/run_sse", False),
        ("/run", "POST", "/run_sse", True),
        ("/sse", "POST", "/run_sse", False),
        ("POST /api/render/*/cancel", "POST", "/api/render/proxy/lambda/r/cancel", True),
        ("POST /api/render/*/cancel", "POST", "/api/render/proxy/lambda/r", False),
        ("/a.c", "GET", "/abc", False),
        ("/*", "GET", "/abc", True),
    ],
)
def test_a_path_means_its_beginning(text: str, method: str, path: str, fits: bool) -> None:  # noqa: FBT001 - a parameter
    """A method in front narrows it, a star stands for anything, other characters for themselves."""
    assert Pattern.parse(text).fits(method, path) is fits


WRONG: dict[str, Callable[[Any], object]] = {
    "path-without-slash": lambda faults: faults.drop_before_request("run_sse"),
    "unknown-method": lambda faults: faults.drop_after_request("FETCH /run_sse"),
    "small-method": lambda faults: faults.html_502("post /run_sse"),
    "no-space": lambda faults: faults.html_502("POST/run_sse"),
    "method-and-no-slash": lambda faults: faults.html_502("POST run_sse"),
    "star": lambda faults: faults.slow(1, "*"),
    "never": lambda faults: faults.drop_before_request(times=0),
    "less-than-never": lambda faults: faults.cut_stream(times=-1),
    "after": lambda faults: faults.cut_stream(-1),
    "after-bytes": lambda faults: faults.cut_download(-1),
    "seconds": lambda faults: faults.delay_answer(-0.1),
    "no-seconds": lambda faults: faults.delay_answer(float("nan")),
    "every": lambda faults: faults.heartbeats_only(every=0),
    "retry-after": lambda faults: faults.rate_limit(-1),
    "endless-retry-after": lambda faults: faults.rate_limit(float("inf")),
    "speed": lambda faults: faults.slow(0),
    "shape": lambda faults: faults.refuse(400, shape="round"),
    "success": lambda faults: faults.refuse(0),
    "status": lambda faults: faults.refuse(400, status=99),
    "form": lambda faults: faults.fail_run(form="odd"),
    "answer": lambda faults: faults.answer_shape("C"),
    "mode": lambda faults: faults.client_gone("wait"),
    "path-for-retry-after": lambda faults: faults.rate_limit("POST /run_sse"),
    "path-for-speed": lambda faults: faults.slow("/media"),
    "path-for-seconds": lambda faults: faults.delay_answer("/media", 2),
    "path-for-code": lambda faults: faults.refuse("/run_sse"),
    "number-for-path": lambda faults: faults.html_502(2),
    "every-as-text": lambda faults: faults.heartbeats_only(every="1"),
    "times-in-part": lambda faults: faults.duplicate_frames(times=1.5),
    "times-as-text": lambda faults: faults.lose_render(times="2"),
    "times-as-bool": lambda faults: faults.lose_render(times=True),
    "after-in-part": lambda faults: faults.cut_stream(0.5),
    "code-in-part": lambda faults: faults.refuse(1001.0),
    "status-as-text": lambda faults: faults.refuse(400, status="418"),
    "no-body": lambda faults: faults.refuse(400, status=204),
    "not-modified": lambda faults: faults.refuse(400, status=304),
    "shape-as-list": lambda faults: faults.refuse(400, shape=["code"]),
    "message-as-bytes": lambda faults: faults.refuse(400, message=b"No."),
    "failure-as-number": lambda faults: faults.fail_run(5),
    "error-as-none": lambda faults: faults.fail_render(None),
    "code-without-refusal": lambda faults: faults.fail_run(code=2001),
    "refusal-of-success": lambda faults: faults.fail_run(form="refusal", code=0),
    "blank-at-the-end": lambda faults: faults.html_502("POST /run_sse "),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_meant_is_said_at_the_call(wrong: Callable[[Any], object]) -> None:
    """A wrong argument is a ValueError, and orders nothing."""
    emulator = Emulator()
    with pytest.raises(ValueError, match=r"must be|is no path|is not known|means success"):
        wrong(emulator.faults)
    assert emulator._docket.ordered == 0
