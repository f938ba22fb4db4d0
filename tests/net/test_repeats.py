import datetime as dt
import email.utils
import json
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aioresponses import aioresponses

from nemovideo.errors import (
    APIError,
    ConnectError,
    ConnectionLostError,
    RateLimitError,
    ServerError,
)
from nemovideo.retries import RetryPolicy
from nemovideo.wire import requests
from tests.net.conftest import MakeTransport, Serve

ORIGIN = "http://127.0.0.1:9"
BALANCE = f"{ORIGIN}/api/credits/balance/simple"
SESSIONS = f"{ORIGIN}/api/tasks/me/with-session/nemo_agent"
FINE = {"code": 0, "data": {"available": 1}}


@pytest.fixture
def answers(sent_response: type[aiohttp.ClientResponse]) -> Any:
    """What the service answers, in turn."""
    assert sent_response
    with aioresponses() as mocked:
        yield mocked


def times(answers: Any) -> int:
    """How many requests were made."""
    return sum(map(len, answers.requests.values()))


async def test_aioresponses_still_needs_the_shim() -> None:
    """Delete `SentResponse` in tests/conftest.py when this fails: aioresponses has caught up."""
    with aioresponses() as mocked:
        mocked.get(BALANCE, payload={})
        async with aiohttp.ClientSession() as session:
            with pytest.raises(TypeError, match="stream_writer"):
                await session.get(BALANCE)


async def test_a_read_goes_through(answers: Any, transport_to: MakeTransport) -> None:
    """One request where nothing is wrong."""
    answers.get(BALANCE, payload=FINE)

    assert await transport_to(ORIGIN).call(requests.balance()) == {"available": 1}
    assert times(answers) == 1


@pytest.mark.parametrize(
    "failure",
    [
        {"status": 503},
        {"status": 502, "body": "<html>", "content_type": "text/html"},
        {"status": 408},
        {"exception": aiohttp.ServerDisconnectedError()},
        {"exception": aiohttp.ClientPayloadError()},
        {"timeout": True},
    ],
    ids=["503", "502 HTML", "408", "disconnected", "cut", "timeout"],
)
async def test_a_read_is_repeated_after_passing_trouble(
    failure: dict[str, Any], answers: Any, transport_to: MakeTransport, waits: list[float]
) -> None:
    """The waits are doubled."""
    answers.get(BALANCE, **failure)
    answers.get(BALANCE, **failure)
    answers.get(BALANCE, payload=FINE)

    assert await transport_to(ORIGIN).call(requests.balance()) == {"available": 1}
    assert waits == [0.5, 1.0]


async def test_a_read_is_given_up_after_the_attempts(
    answers: Any, transport_to: MakeTransport, waits: list[float]
) -> None:
    """The last failure is the one that is told."""
    answers.get(BALANCE, status=503, repeat=True)

    with pytest.raises(ServerError):
        await transport_to(ORIGIN).call(requests.balance())

    assert (times(answers), waits) == (4, [0.5, 1.0, 2.0])


@pytest.mark.parametrize("attempts", [1, 2, 6])
async def test_the_policy_says_how_often(
    attempts: int, answers: Any, transport_to: MakeTransport, waits: list[float]
) -> None:
    """Attempts in all; the longest wait is never passed."""
    answers.get(BALANCE, status=503, repeat=True)
    policy = RetryPolicy(attempts=attempts, wait_max=2.0, jitter=0)

    with pytest.raises(ServerError):
        await transport_to(ORIGIN, retry=policy).call(requests.balance())

    assert times(answers) == attempts
    assert waits == [0.5, 1.0, 2.0, 2.0, 2.0][: attempts - 1]


@pytest.mark.parametrize(
    ("said", "waited"),
    [("3", 3.0), ("600", 60.0), ("soon", 30.0), (None, 30.0)],
    ids=["seconds", "too long", "garbage", "nothing"],
)
async def test_a_rate_limit_is_waited_out(
    said: str | None,
    waited: float,
    answers: Any,
    transport_to: MakeTransport,
    waits: list[float],
) -> None:
    """As long as the service asks, at most a minute, else 30 s (contract section 2)."""
    headers = {"Retry-After": said} if said else {}
    answers.post(SESSIONS, status=429, payload={"code": 429}, headers=headers)
    answers.post(SESSIONS, payload={"code": 0, "data": {"session_id": "1"}})

    await transport_to(ORIGIN).call(requests.create_session("p", "en"))

    assert waits == [waited]


async def test_a_date_to_come_back_at_is_kept(
    answers: Any, transport_to: MakeTransport, waits: list[float]
) -> None:
    """`Retry-After` may be a date, on any refusal that passes (RFC 9110, section 10.2.3)."""
    soon = email.utils.format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=20))
    answers.get(BALANCE, status=503, headers={"Retry-After": soon})
    answers.get(BALANCE, payload=FINE)

    await transport_to(ORIGIN).call(requests.balance())

    assert len(waits) == 1
    assert 15 < waits[0] <= 20


async def test_what_cannot_pass_is_not_tried_again(transport_to: MakeTransport) -> None:
    """An address that nobody can have is wrong also the second time."""
    transport = transport_to("https://a..b")

    with pytest.raises(ConnectError) as caught:
        await transport.call(requests.balance())

    assert not caught.value.retryable


async def test_a_rate_limit_is_waited_out_once(
    answers: Any, transport_to: MakeTransport, waits: list[float]
) -> None:
    """Contract section 2: once, also for a read."""
    answers.get(BALANCE, status=429, payload={"code": 429}, repeat=True)

    with pytest.raises(RateLimitError):
        await transport_to(ORIGIN).call(requests.balance())

    assert waits == [30.0]


@pytest.mark.parametrize(
    "failure",
    [
        {"status": 400, "payload": {"detail": "no"}},
        {"status": 403, "payload": {"detail": "no"}},
        {"payload": {"code": 2001}},
        {"payload": {"code": 1002}},
        {"body": "<html>"},
    ],
    ids=["400", "403", "2001", "1002", "HTML"],
)
async def test_a_plain_refusal_is_not_repeated(
    failure: dict[str, Any], answers: Any, transport_to: MakeTransport, waits: list[float]
) -> None:
    """It would be the same again."""
    answers.get(BALANCE, **failure)

    with pytest.raises(APIError):
        await transport_to(ORIGIN).call(requests.balance())

    assert waits == []


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
async def test_a_post_is_not_repeated_where_it_may_have_run(
    status: int, answers: Any, transport_to: MakeTransport
) -> None:
    """A gateway's failure proves nothing."""
    answers.post(SESSIONS, status=status)

    with pytest.raises(APIError) as caught:
        await transport_to(ORIGIN).call(requests.create_session("p", "en"))

    assert caught.value.delivered == "maybe"
    assert times(answers) == 1


async def test_a_failure_says_how_it_came_about(answers: Any, transport_to: MakeTransport) -> None:
    """The cause is kept behind our error."""
    problem = aiohttp.ServerDisconnectedError()
    answers.get(BALANCE, exception=problem, repeat=True)

    with pytest.raises(ConnectionLostError) as caught:
        await transport_to(ORIGIN).call(requests.balance())

    assert caught.value.__cause__ is problem


async def test_every_request_carries_its_headers(answers: Any, transport_to: MakeTransport) -> None:
    """Attribution and token, each time."""
    answers.get(BALANCE, status=503)
    answers.get(BALANCE, payload=FINE)

    await transport_to(ORIGIN, token="t").call(requests.balance())

    ((_, calls),) = answers.requests.items()
    for made in calls:
        assert {**made.kwargs["headers"]} == {
            "X-Skill-Source": "nemovideo-python",
            "X-Skill-Version": "0.1.0",
            "X-Skill-Platform": "unknown",
            "Authorization": "Bearer t",
        }
        assert made.kwargs["allow_redirects"] is False


async def test_a_post_that_never_left_is_made_once_more(
    closed_port: str, transport_to: MakeTransport, waits: list[float]
) -> None:
    """Nobody listened, so that nothing ran."""
    with pytest.raises(Exception, match="cannot be reached"):
        await transport_to(closed_port).call(requests.create_session("p", "en"))

    assert len(waits) == 1


async def test_a_post_whose_answer_is_lost_is_made_once(
    serve: Serve, transport_to: MakeTransport, waits: list[float]
) -> None:
    """It may have run: the caller decides."""
    bodies = []

    async def handler(request: web.Request) -> web.Response:
        bodies.append(json.loads(await request.read()))
        assert request.transport
        request.transport.abort()
        return web.Response()

    with pytest.raises(ConnectionLostError) as caught:
        await transport_to(await serve(handler)).call(requests.create_session("p", "en"))

    assert caught.value.delivered == "maybe"
    assert (len(bodies), waits) == (1, [])
