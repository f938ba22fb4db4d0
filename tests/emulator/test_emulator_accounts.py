"""Tokens, sessions, credits: who may do what."""

import io
import uuid
from typing import Any

import aiohttp
import pytest

from nemovideo.emulator import Emulator
from nemovideo.emulator.accounts import WEEK, Accounts
from nemovideo.emulator.answers import Refusal
from tests.emulator.conftest import SKILL, Caller

TOKEN = "/api/auth/anonymous-token"
SESSION = "/api/tasks/me/with-session/nemo_agent"


async def test_an_anonymous_token_has_all_its_fields(caller: Caller) -> None:
    """The answer is the envelope with token, user, expiry and credits."""
    status, answer = await caller.post(TOKEN, headers={"X-Client-Id": str(uuid.uuid4())})
    assert (status, answer["code"]) == (200, 0)
    assert answer["data"].keys() == {"token", "user_id", "expires_at", "credits"}
    assert answer["data"]["token"].startswith("nmv_usr_")
    assert answer["data"]["user_id"].startswith("anon_")
    assert answer["data"]["credits"] == 100


@pytest.mark.parametrize("client", [{}, {"X-Client-Id": ""}, {"X-Client-Id": "not-a-uuid"}])
async def test_a_token_needs_a_client_id(caller: Caller, client: dict[str, str]) -> None:
    """Without a UUID in X-Client-Id there is no token."""
    status, answer = await caller.post(TOKEN, headers=client)
    assert (status, answer["code"]) == (400, 400)


async def test_a_client_id_gets_one_token_a_week(
    emulator: Emulator, http: aiohttp.ClientSession
) -> None:
    """The second request is refused, and told how long to wait."""
    client = SKILL | {"X-Client-Id": str(uuid.uuid4())}
    async with http.post(emulator.url + TOKEN, headers=client) as first:
        assert first.status == 200
    client["X-Client-Id"] = client["X-Client-Id"].upper()
    async with http.post(emulator.url + TOKEN, headers=client) as second:
        assert second.status == 429
        assert (await second.json())["code"] == 429
        assert WEEK - 60 < int(second.headers["Retry-After"]) <= WEEK


def test_after_a_week_a_client_id_gets_a_new_account() -> None:
    """An expired token lets nobody in, and its client may ask again."""
    now = [1000.0]
    accounts = Accounts(100, clock=lambda: now[0])
    first = accounts.anonymous("client", "127.0.0.1")
    assert accounts.of(f"Bearer {first.token}") is first
    now[0] += WEEK
    with pytest.raises(Refusal, match="1001"):
        accounts.of(f"Bearer {first.token}")
    assert accounts.anonymous("client", "127.0.0.1").user_id != first.user_id


async def test_an_address_has_its_limit(http: aiohttp.ClientSession) -> None:
    """With `ip_limit` the address is refused whatever the client id."""
    async with Emulator(ip_limit=2) as emulator:
        caller = Caller(http, emulator.url)
        statuses = [
            (await caller.post(TOKEN, headers={"X-Client-Id": str(uuid.uuid4())}))[0]
            for _ in range(3)
        ]
    assert statuses == [200, 200, 429]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", SESSION),
        ("POST", "/api/auth/claim-token"),
        ("POST", "/api/upload-video/nemo_agent/me/1"),
        ("GET", "/api/credits/balance/simple"),
        ("GET", "/api/state/nemo_agent/me/1/latest"),
        ("POST", "/run_sse"),
        ("POST", "/api/render/proxy/lambda"),
        ("GET", "/api/render/proxy/lambda/r"),
        ("POST", "/api/render/proxy/lambda/r/cancel"),
        ("GET", "/api/render/proxy/r/download"),
    ],
)
@pytest.mark.parametrize("authorization", [None, "Bearer nmv_usr_stranger", "Basic Zm9v", "Bearer"])
async def test_strangers_are_refused(
    caller: Caller, method: str, path: str, authorization: str | None
) -> None:
    """Every route but the token's own wants a known token."""
    caller.headers = {} if authorization is None else {"Authorization": authorization}
    status, answer = await caller.call(method, path, json={})
    assert (status, answer["code"]) == (401, 1001)


async def test_a_session_id_is_a_string_of_19_digits(caller: Caller) -> None:
    """The id is a string, beside the task's and the user's."""
    _, answer = await caller.post(SESSION, json={"task_name": "project", "language": "zh-CN"})
    assert answer["data"].keys() == {"task_id", "session_id", "user_id"}
    assert isinstance(answer["data"]["session_id"], str)
    assert len(answer["data"]["session_id"]) == 19
    assert answer["data"]["session_id"].isdigit()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"[" * 20_000, b'{"task_name": 7}', b"\xff\xfe"],
    ids=["empty", "cut", "list", "null", "deep", "number", "no-utf8"],
)
async def test_a_bad_body_is_named(caller: Caller, content: bytes) -> None:
    """A body that is not the object expected is refused in the validation form."""
    status, answer = await caller.post(SESSION, data=content)
    assert status == 422
    assert answer["detail"][0].keys() == {"type", "loc", "msg"}
    assert answer["detail"][0]["loc"][0] == "body"


async def test_a_huge_body_is_refused(caller: Caller) -> None:
    """JSON above the limit is refused, not swallowed."""
    status, _ = await caller.post(SESSION, data=io.BytesIO(b" " * (17 * 2**20)))
    assert status == 413


async def test_unknown_fields_are_tolerated(caller: Caller) -> None:
    """A newer client may send more."""
    status, _ = await caller.post(SESSION, json={"task_name": "x", "colour": "blue"})
    assert status == 200


async def test_an_unknown_route_is_404(caller: Caller) -> None:
    """What is not in the contract is not there."""
    assert (await caller.get("/api/nothing"))[0] == 404
    assert (await caller.get("/run_sse"))[0] == 405


async def test_a_claim_link_needs_session_and_task(caller: Caller) -> None:
    """The claim token is no API token, and is given for an own session only."""
    _, answer = await caller.post(SESSION, json={})
    ids = {key: answer["data"][key] for key in ("task_id", "session_id")}
    status, claim = await caller.post("/api/auth/claim-token", json=ids)
    assert status == 200
    assert claim["data"]["claim_token"].startswith("clm_")
    assert claim["data"]["expires_in"] == 604800
    status, refused = await caller.post("/api/auth/claim-token", json=ids | {"task_id": "other"})
    assert (status, refused["code"]) == (404, 1002)


async def test_another_accounts_session_is_not_there(
    caller: Caller, emulator: Emulator, http: aiohttp.ClientSession
) -> None:
    """A session is its owner's, and looks to others as if it did not exist."""
    sid = await caller.project()
    other = Caller(http, emulator.url)
    await other.sign_in()
    adk: Any = {"detail": "Session not found"}
    assert await other.get(f"/api/state/nemo_agent/me/{sid}/latest") == (404, adk)
    assert await other.upload(sid, ("a.jpg", b"x")) == (404, adk)
    assert await other.say(sid, "hello") == (404, [adk])
    body = {"id": "r", "sessionId": sid, "draft": {"t": [{"sg": [1]}]}}
    status, answer = await other.post("/api/render/proxy/lambda", json=body)
    assert (status, answer["code"]) == (404, 1002)


async def test_a_registered_account_has_its_credits(caller: Caller, emulator: Emulator) -> None:
    """`register` opens an account whose token works like any other."""
    caller.headers["Authorization"] = f"Bearer {emulator.register(credits=7)}"
    assert await caller.balance() == {"available": 7, "frozen": 0, "total": 7}


async def test_missing_attribution_is_noted(caller: Caller, emulator: Emulator) -> None:
    """Other routes tolerate a request without X-Skill headers, and the emulator remembers it."""
    assert emulator.unattributed == []
    url = f"{emulator.url}/api/credits/balance/simple"
    async with caller.http.get(url, headers=caller.headers) as answer:
        assert answer.status == 200
    assert emulator.unattributed == ["GET /api/credits/balance/simple"]
