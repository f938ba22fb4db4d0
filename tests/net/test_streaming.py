import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import attrs
import pytest
from aiohttp import web

from nemovideo.errors import (
    AgentError,
    APIError,
    AuthenticationError,
    ConfigurationError,
    ConnectionLostError,
    InsufficientCreditsError,
    StreamInterruptedError,
    StreamSilentError,
    StreamStalledError,
    StreamTimeoutError,
)
from nemovideo.events import Event, Heartbeat, StillWorking, TextDelta, TextDone
from nemovideo.models import Reply
from nemovideo.net.streaming import EventStream
from nemovideo.settings import Timeouts
from tests.net.conftest import QUICK, MakeTransport, Serve, chat_over

BEAT = b": beat\n\n"


def said(text: str, *, partial: bool = False) -> bytes:
    """A frame of the agent with one text."""
    document = {"content": {"parts": [{"text": text}]}, "partial": partial}
    return f"data: {json.dumps(document)}\n\n".encode()


async def gather(events: EventStream, seen: list[Event]) -> None:
    """Take all events until the stream ends or fails."""
    async for event in events:
        seen.append(event)  # noqa: PERF401  # a failure must not lose those before it


Script = Callable[[web.StreamResponse, web.Request], Awaitable[None]]
Opened = Callable[..., contextlib.AbstractAsyncContextManager[EventStream]]


@pytest.fixture
def opened(serve: Serve, transport_to: MakeTransport) -> Opened:
    """Send a message to a server that answers by a script."""

    @contextlib.asynccontextmanager
    async def open_stream(script: Script, **changed: float) -> AsyncIterator[EventStream]:
        async def handler(request: web.Request) -> web.StreamResponse:
            answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await answer.prepare(request)
            await script(answer, request)
            return answer

        timeouts: Timeouts = attrs.evolve(QUICK, **changed)
        transport = transport_to(await serve(handler), timeouts=timeouts)
        async with chat_over(transport).stream("1", "hi") as events:
            yield events

    return open_stream


def sending(*frames: bytes, then: float = 0) -> Script:
    """A server that sends these frames and then keeps silent for so long."""

    async def script(answer: web.StreamResponse, _: web.Request) -> None:
        for frame in frames:
            await answer.write(frame)
        await asyncio.sleep(then)

    return script


async def beating(answer: web.StreamResponse, _: web.Request) -> None:
    """Nothing but heartbeats."""
    await answer.write(said("Let me see.", partial=True))
    for _beat in range(200):
        await answer.write(BEAT)
        await asyncio.sleep(0.02)


async def talking(answer: web.StreamResponse, _: web.Request) -> None:
    """Words without end."""
    for _word in range(200):
        await answer.write(said("word ", partial=True))
        await asyncio.sleep(0.02)


async def cut(answer: web.StreamResponse, request: web.Request) -> None:
    """Half a stream."""
    await answer.write(said("So far."))
    await asyncio.sleep(0.05)
    assert request.transport
    request.transport.abort()


async def test_events_come_until_the_body_ends(opened: Opened) -> None:
    """A clean end is the only end."""
    async with opened(sending(said("He", partial=True), BEAT, said("Hello."))) as events:
        seen = [event async for event in events]

    assert seen == [TextDelta("He"), Heartbeat(), TextDelta("llo."), TextDone("Hello.")]
    assert events.reply == Reply("Hello.")


async def test_finish_gives_the_reply(opened: Opened) -> None:
    """Also after some events were taken, and also twice."""
    async with opened(sending(said("One."), said("Two."))) as events:
        await anext(events)
        reply = await events.finish()

        assert reply == await events.finish() == Reply("One.\n\nTwo.")


async def test_an_empty_stream_is_an_empty_reply(opened: Opened) -> None:
    """200 with no bytes is legal."""
    async with opened(sending()) as events:
        assert await events.finish() == Reply()


async def test_the_words_joined_are_the_text(opened: Opened) -> None:
    """As they come, with a break between two texts."""
    frames = [said("He", partial=True), said("Hello."), said("Bye.")]
    async with opened(sending(*frames)) as events:
        words = [word async for word in events.text]

    assert words == ["He", "llo.", "\n\nBye."]
    assert "".join(words) == events.reply.text


async def test_an_event_comes_before_the_stream_ends(opened: Opened) -> None:
    """Nothing is held back."""
    async with opened(sending(said("Hello.", partial=True), then=5)) as events:
        async with asyncio.timeout(1):
            assert await anext(events) == TextDelta("Hello.")

        assert events.reply.text == "Hello."


async def test_silence_is_told(opened: Opened) -> None:
    """Not one byte for too long; the text so far is kept."""
    async with opened(sending(said("So far."), then=5), stream_silence=0.2) as events:
        with pytest.raises(StreamSilentError) as caught:
            await events.finish()

    assert isinstance(caught.value, TimeoutError)
    assert caught.value.text == "So far."


async def test_heartbeats_cannot_hang_it(opened: Opened) -> None:
    """Nothing but heartbeats for too long."""
    async with opened(beating, stream_progress=0.2) as events:
        with pytest.raises(StreamStalledError) as caught:
            await events.finish()

    assert caught.value.text == "Let me see."


async def test_the_whole_has_a_limit(opened: Opened) -> None:
    """Also where words come all the time."""
    async with opened(talking, stream_total=0.2) as events:
        with pytest.raises(StreamTimeoutError) as caught:
            await events.finish()

    assert caught.value.text.startswith("word word")


async def test_still_working_is_said_while_nothing_comes(opened: Opened) -> None:
    """Heartbeats do not keep it from being said, words do."""
    async with opened(beating, still_working=0.1, stream_progress=0.35) as events:
        seen: list[Event] = []
        with pytest.raises(StreamStalledError):
            await gather(events, seen)

    told = [event.elapsed for event in seen if isinstance(event, StillWorking)]
    assert 2 <= len(told) <= 3
    assert told == sorted(told)
    assert told[0] >= 0.1


async def test_still_working_is_not_said_while_words_come(opened: Opened) -> None:
    """There is no need to."""
    async with opened(talking, still_working=0.1, stream_total=0.4) as events:
        seen: list[Event] = []
        with pytest.raises(StreamTimeoutError):
            await gather(events, seen)

    assert not [event for event in seen if isinstance(event, StillWorking)]


async def test_a_cut_is_told_with_the_text_so_far(opened: Opened) -> None:
    """Never a success."""
    async with opened(cut) as events:
        with pytest.raises(StreamInterruptedError) as caught:
            await events.finish()

    assert caught.value.text == "So far."
    assert caught.value.delivered == "yes"
    assert caught.value.__cause__ is not None


async def test_what_came_before_a_cut_is_not_lost(opened: Opened) -> None:
    """A slow reader still gets the bytes that were there before the connection broke."""
    async with opened(cut) as events:
        await asyncio.sleep(0.2)
        with pytest.raises(StreamInterruptedError) as caught:
            await events.finish()

    assert caught.value.text == "So far."


async def test_a_failed_stream_stays_failed(opened: Opened) -> None:
    """Asking again gives the same answer."""
    async with opened(cut) as events:
        for _ in range(2):
            with pytest.raises(StreamInterruptedError):
                await events.finish()


async def test_a_failure_of_the_agent_keeps_what_came_before(opened: Opened) -> None:
    """Events of the same piece are given before the error."""
    async with opened(sending(said("So far.") + b'data: {"error": "boom"}\n\n')) as events:
        seen = [await anext(events), await anext(events)]
        with pytest.raises(AgentError, match="boom") as caught:
            await anext(events)

    assert seen == [TextDelta("So far."), TextDone("So far.")]
    assert caught.value.text == "So far."


async def test_leaving_closes_the_connection(opened: Opened) -> None:
    """The server notices promptly that nobody listens."""
    gone = asyncio.Event()

    async def script(answer: web.StreamResponse, _: web.Request) -> None:
        try:
            await answer.write(said("Hello."))
            await asyncio.sleep(10)
        finally:
            gone.set()

    async with opened(script) as events:
        async for _ in events:
            break

    async with asyncio.timeout(1):
        await gone.wait()


async def test_cancelling_a_reader_closes_the_connection(opened: Opened) -> None:
    """And the cancellation goes through."""
    begun, gone = asyncio.Event(), asyncio.Event()

    async def script(_: web.StreamResponse, __: web.Request) -> None:
        begun.set()
        try:
            await asyncio.sleep(10)
        finally:
            gone.set()

    async def read() -> None:
        async with opened(script) as events:
            await events.finish()

    task = asyncio.create_task(read())
    await begun.wait()
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with asyncio.timeout(1):
        await gone.wait()


async def counted(
    serve: Serve, transport_to: MakeTransport, *answers: Any, token: str | None = "t"
) -> tuple[list[bytes], Reply | Exception]:
    """The messages that a server got, and what came of sending one."""
    posts: list[bytes] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path != "/run_sse":
            return web.json_response({"code": 0, "data": {"token": f"free-{len(posts)}"}})
        posts.append(await request.read())
        made = answers[min(len(posts), len(answers)) - 1]
        if made is None:
            assert request.transport
            request.transport.abort()
            return web.Response()
        return made()  # type: ignore[no-any-return]

    transport = transport_to(await serve(handler), token=token)
    try:
        return posts, await chat_over(transport).send("1", "hi", timeout=5)
    except Exception as error:  # noqa: BLE001  # the test looks at it
        return posts, error


def fine() -> web.Response:
    """A stream of one text."""
    return web.Response(body=said("Hello."), content_type="text/event-stream")


def refusing(status: int, **body: Any) -> Callable[[], web.Response]:
    """A refusal in the service's own JSON."""
    return lambda: web.json_response(body, status=status)


def page() -> web.Response:
    """A gateway's page."""
    return web.Response(text="<html>", status=502, content_type="text/html")


async def test_a_message_is_sent_again_after_a_rate_limit(
    serve: Serve, transport_to: MakeTransport, waits: list[float]
) -> None:
    """The refusal proves that nothing ran."""
    posts, outcome = await counted(serve, transport_to, refusing(429, code=429), fine)

    assert outcome == Reply("Hello.")
    assert (len(posts), waits) == (2, [30.0])


async def test_a_message_is_sent_again_with_a_renewed_token(
    serve: Serve, transport_to: MakeTransport
) -> None:
    """A 1001 proves it too."""
    posts, outcome = await counted(serve, transport_to, refusing(200, code=1001), fine, token=None)

    assert outcome == Reply("Hello.")
    assert len(posts) == 2
    assert posts[0] == posts[1]


@pytest.mark.parametrize(
    ("answer", "kind", "delivered"),
    [
        (refusing(200, code=2001), InsufficientCreditsError, "no"),
        (refusing(401, code=1001), AuthenticationError, "no"),
        (refusing(422, detail=[{"msg": "x"}]), APIError, "no"),
        (refusing(200, code=0, data={}), APIError, "maybe"),
        (page, APIError, "maybe"),
        (refusing(503), APIError, "maybe"),
        (None, ConnectionLostError, "maybe"),
    ],
    ids=["2001", "1001 of a user", "422", "no stream", "502 page", "503", "cut"],
)
async def test_a_message_is_never_sent_twice_otherwise(
    answer: Any, kind: type[Exception], delivered: str, serve: Serve, transport_to: MakeTransport
) -> None:
    """Either it may have run, or it would be refused again."""
    posts, outcome = await counted(serve, transport_to, answer, fine)

    assert isinstance(outcome, kind)
    assert getattr(outcome, "delivered", None) == delivered
    assert len(posts) == 1


async def test_a_message_is_sent_twice_at_most(serve: Serve, transport_to: MakeTransport) -> None:
    """Whatever reasons come together."""
    posts, outcome = await counted(
        serve, transport_to, refusing(200, code=1001), refusing(429, code=429), fine, token=None
    )

    assert isinstance(outcome, APIError)
    assert len(posts) == 2


def data(**document: Any) -> bytes:
    """A frame of a JSON document."""
    return f"data: {json.dumps(document)}\n\n".encode()


async def test_a_refusal_inside_the_stream_is_whole(
    serve: Serve, transport_to: MakeTransport
) -> None:
    """It is the error of its code, tells where to register, and is not repeated."""

    def refusing_inside() -> web.Response:
        body = BEAT + data(code=2001, message="no credits")
        return web.Response(body=body, content_type="text/event-stream")

    posts, outcome = await counted(serve, transport_to, refusing_inside, fine, token=None)

    assert isinstance(outcome, InsufficientCreditsError)
    assert outcome.delivered == "no"
    assert outcome.registration_url == "https://nemovideo.com/register"
    assert len(posts) == 1


@pytest.mark.parametrize("code", [1001, 429, 5000])
async def test_no_refusal_inside_the_stream_is_retryable(opened: Opened, code: int) -> None:
    """From there nothing repeats a message."""
    async with opened(sending(data(code=code))) as events:
        with pytest.raises(APIError) as caught:
            await events.finish()

    assert caught.value.code == code
    assert not caught.value.retryable


async def test_what_came_before_a_refusal_stays_readable(opened: Opened) -> None:
    """The work had begun then."""
    async with opened(sending(said("So far."), data(code=2001))) as events:
        for _ in range(2):
            with pytest.raises(InsufficientCreditsError) as caught:
                await events.finish()

    assert caught.value.delivered == "yes"
    assert events.reply.text == "So far."


async def test_a_second_reader_is_refused(opened: Opened) -> None:
    """It is told why, and the first goes on unharmed."""
    go_on = asyncio.Event()

    async def script(answer: web.StreamResponse, _: web.Request) -> None:
        await answer.write(said("He", partial=True))
        await go_on.wait()
        await answer.write(said("Hello."))

    async with opened(script) as events:
        await anext(events)
        first = asyncio.create_task(events.finish())
        await asyncio.sleep(0.02)
        with pytest.raises(ConfigurationError, match="read already"):
            await anext(events)
        with pytest.raises(ConfigurationError, match="read already"):
            await events.finish()
        go_on.set()

        assert await first == Reply("Hello.")


async def test_a_reader_that_was_cancelled_makes_room_for_another(opened: Opened) -> None:
    """And loses nothing."""
    go_on = asyncio.Event()

    async def script(answer: web.StreamResponse, _: web.Request) -> None:
        await go_on.wait()
        await answer.write(said("Hello."))

    async with opened(script) as events:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await anext(events)
        go_on.set()

        assert await events.finish() == Reply("Hello.")


async def test_a_stream_that_was_left_says_so(opened: Opened) -> None:
    """It was closed, not cut; what came stays readable."""
    async with opened(sending(said("He", partial=True), then=5)) as events:
        await anext(events)

    for _ in range(2):
        with pytest.raises(ConfigurationError, match="closed"):
            await events.finish()
    assert events.reply.text == "He"


async def test_events_that_nobody_took_are_gone_with_the_stream(opened: Opened) -> None:
    """A reader that comes too late learns so at once."""
    async with opened(sending(said("One.") + said("Two."), then=5)) as events:
        await anext(events)

    with pytest.raises(ConfigurationError, match="closed"):
        await anext(events)
    assert events.reply.text == "One.\n\nTwo."


async def test_a_reader_that_waits_while_the_stream_is_left_is_told(opened: Opened) -> None:
    """Not that the service cut it."""
    async with opened(sending(said("He", partial=True), then=5)) as events:
        await anext(events)
        reader = asyncio.create_task(events.finish())
        await asyncio.sleep(0.02)

    with pytest.raises(ConfigurationError, match="closed"):
        await reader


async def test_a_stream_that_ended_stays_ended(opened: Opened) -> None:
    """Also after it was left."""
    async with opened(sending(said("Hello."))) as events:
        await events.finish()

    assert [event async for event in events] == []
    assert await events.finish() == Reply("Hello.")


async def test_a_stream_that_failed_stays_failed_after_it_was_left(opened: Opened) -> None:
    """The first reason is the reason."""
    async with opened(cut) as events:
        with pytest.raises(StreamInterruptedError):
            await events.finish()

    with pytest.raises(StreamInterruptedError):
        await events.finish()


async def test_a_token_that_is_refused_inside_the_stream_is_renewed_for_the_next(
    serve: Serve, transport_to: MakeTransport
) -> None:
    """That message is not repeated; but the hint to try again tells the truth."""
    tokens: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path != "/run_sse":
            return web.json_response({"code": 0, "data": {"token": f"free-{len(tokens)}"}})
        tokens.append(request.headers["Authorization"])
        if len(tokens) > 1:
            return fine()
        body = b'data: {"code": 1001, "message": "expired"}\n\n'
        return web.Response(body=body, content_type="text/event-stream")

    chat = chat_over(transport_to(await serve(handler), token=None))
    with pytest.raises(AuthenticationError):
        await chat.send("1", "hi")

    assert await chat.send("1", "hi") == Reply("Hello.")
    assert tokens == ["Bearer free-0", "Bearer free-1"]


async def test_a_stream_shows_little_of_itself(opened: Opened) -> None:
    """Its parts are nobody's business."""

    async def script(answer: web.StreamResponse, _: web.Request) -> None:
        await answer.write(said("Hello."))

    async with opened(script) as events:
        await events.finish()
        assert repr(events) == "<EventStream, ended>"
