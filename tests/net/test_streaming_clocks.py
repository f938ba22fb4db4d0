"""The three clocks with their real lengths, in virtual time: hours pass in milliseconds."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import attrs
import pytest
from aiohttp import web

from nemovideo.errors import (
    RequestTimeoutError,
    StreamError,
    StreamInterruptedError,
    StreamSilentError,
    StreamStalledError,
    StreamTimeoutError,
)
from nemovideo.events import Heartbeat, StillWorking, TextDelta
from nemovideo.settings import Timeouts
from tests.net.conftest import MakeTransport, Serve, chat_over

pytestmark = pytest.mark.looptime

BEAT = b": beat\n\n"
LONG = 10_000
SLACK = 0.5
"""Seconds of virtual time within which a clock strikes."""

Step = tuple[float, bytes]
Script = Callable[[], AsyncIterator[Step]]


@attrs.frozen
class Heard:
    """What came of a stream, and when."""

    ended: float
    error: StreamError | None
    words: list[tuple[float, str]]
    beats: int
    reassured: list[float]


Listen = Callable[..., Awaitable[Heard]]


def word(text: str) -> bytes:
    """A frame of the agent with a delta."""
    document = {"content": {"parts": [{"text": text}]}, "partial": True}
    return f"data: {json.dumps(document)}\n\n".encode()


async def beating() -> AsyncIterator[Step]:
    """A word, and then a heartbeat every 15 s."""
    yield 0, word("Let me see.")
    while True:
        yield 15, BEAT


async def silent() -> AsyncIterator[Step]:
    """A word, and then nothing."""
    yield 0, word("Let me see.")
    yield LONG, b""


async def mute() -> AsyncIterator[Step]:
    """The head of the answer, and then nothing."""
    yield LONG, b""


async def slow() -> AsyncIterator[Step]:
    """A word every 100 s."""
    yield 0, word("word ")
    while True:
        yield 100, word("word ")


async def late() -> AsyncIterator[Step]:
    """Heartbeats for nine minutes, then a word, then heartbeats."""
    for _ in range(36):
        yield 15, BEAT
    yield 0, word("Here.")
    while True:
        yield 15, BEAT


async def finishing() -> AsyncIterator[Step]:
    """Words 290 s apart without a heartbeat, and a clean end."""
    yield 290, word("One ")
    yield 290, word("two.")
    yield 290, b""


async def half() -> AsyncIterator[Step]:
    """Half a frame, byte by byte, for ever."""
    yield 0, word("Let me see.")
    while True:
        yield 20, b"x"


@pytest.fixture
def listen(serve: Serve, transport_to: MakeTransport) -> Listen:
    """Send a message to a server that answers by a script; read to the end or the failure."""

    async def heard(
        script: Script, timeouts: Timeouts | None = None, timeout: float | None = None
    ) -> Heard:
        async def handler(request: web.Request) -> web.StreamResponse:
            answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await answer.prepare(request)
            async for pause, frame in script():
                await asyncio.sleep(pause)
                await answer.write(frame)
            return answer

        transport = transport_to(await serve(handler), timeouts=timeouts or Timeouts())
        clock = asyncio.get_running_loop().time
        began, error = clock(), None
        words: list[tuple[float, str]] = []
        reassured: list[float] = []
        beats = 0
        async with chat_over(transport).stream("1", "hi", timeout=timeout) as events:
            with contextlib.suppress(StopAsyncIteration):
                while True:
                    try:
                        event = await anext(events)
                    except StreamError as failure:
                        error = failure
                        break
                    match event:
                        case TextDelta(text):
                            words.append((clock() - began, text))
                        case StillWorking(elapsed):
                            assert elapsed == pytest.approx(clock() - began, abs=SLACK)
                            reassured.append(elapsed)
                        case Heartbeat():
                            beats += 1
        return Heard(clock() - began, error, words, beats, reassured)

    return heard


def about(*seconds: float) -> object:
    """These moments, give or take the slack."""
    return pytest.approx([*seconds], abs=SLACK)


async def test_silence_lasts_five_minutes(listen: Listen) -> None:
    """Not one byte for 300 s; the words so far are kept."""
    got = await listen(silent)

    assert type(got.error) is StreamSilentError
    assert isinstance(got.error, TimeoutError)
    assert got.error.text == "Let me see."
    assert [got.ended] == about(300)
    assert got.reassured == about(120, 240)


async def test_silence_counts_from_the_head_of_the_answer(listen: Listen) -> None:
    """Headers come at once and prove nothing."""
    got = await listen(mute)

    assert type(got.error) is StreamSilentError
    assert got.error.text == ""
    assert [got.ended] == about(300)
    assert got.reassured == about(120, 240)


async def test_heartbeats_alone_last_ten_minutes(listen: Listen) -> None:
    """They keep silence away and nothing else."""
    got = await listen(beating)

    assert type(got.error) is StreamStalledError
    assert isinstance(got.error, TimeoutError)
    assert got.error.text == "Let me see."
    assert [got.ended] == about(600)
    assert 39 <= got.beats <= 40
    assert got.reassured == about(120, 240, 360, 480)


async def test_a_word_begins_the_ten_minutes_anew(listen: Listen) -> None:
    """Then the total strikes first; between them all two minutes are told of."""
    got = await listen(late)

    assert type(got.error) is StreamTimeoutError
    assert got.error.text == "Here."
    assert [moment for moment, _ in got.words] == about(540)
    assert [got.ended] == about(900)
    assert got.reassured == about(120, 240, 360, 480, 660, 780)


async def test_words_last_fifteen_minutes(listen: Listen) -> None:
    """Words every 100 s need no reassurance, and no stream is longer than 900 s."""
    got = await listen(slow)

    assert type(got.error) is StreamTimeoutError
    assert isinstance(got.error, TimeoutError)
    assert [got.ended] == about(900)
    assert [moment for moment, _ in got.words[:9]] == about(*range(0, 900, 100))
    assert got.error.text == "".join(text for _, text in got.words)
    assert got.reassured == []


async def test_a_slow_answer_is_an_answer(listen: Listen) -> None:
    """Words just within the silence come through to the clean end."""
    got = await listen(finishing)

    assert got.error is None
    assert [moment for moment, _ in got.words] == about(290, 580)
    assert [got.ended] == about(870)
    assert got.reassured == about(120, 240, 410, 530, 700, 820)


async def test_bytes_that_make_no_event_are_no_progress(listen: Listen) -> None:
    """An event that never ends keeps silence away, not the ten minutes."""
    got = await listen(half)

    assert type(got.error) is StreamStalledError
    assert [got.ended] == about(600)


@pytest.mark.parametrize("script", [beating, slow], ids=["heartbeats", "words"])
async def test_the_caller_may_want_less(listen: Listen, script: Script) -> None:
    """`timeout=` is the whole time, whatever comes."""
    got = await listen(script, timeout=250)

    assert type(got.error) is StreamTimeoutError
    assert "250 s" in str(got.error)
    assert [got.ended] == about(250)


async def test_the_caller_may_want_more_in_all(listen: Listen) -> None:
    """A longer total leaves the other two clocks as they are."""
    assert (await listen(slow, timeout=1500)).ended == pytest.approx(1500, abs=SLACK)
    assert type((await listen(beating, timeout=1500)).error) is StreamStalledError


async def test_every_clock_can_be_set(listen: Listen) -> None:
    """The shortest strikes, and the reassurance has its own."""
    timeouts = Timeouts(stream_silence=40, stream_progress=70, still_working=30)

    assert [(await listen(silent, timeouts)).ended] == about(40)
    stalled = await listen(beating, timeouts)
    assert [stalled.ended] == about(70)
    assert stalled.reassured == about(30, 60)


async def test_the_caller_s_time_includes_the_wait_for_the_answer(
    serve: Serve, transport_to: MakeTransport
) -> None:
    """A server that never begins is given up after the whole time; it may have run."""

    async def handler(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(LONG)
        return web.Response()

    transport = transport_to(await serve(handler), timeouts=Timeouts())
    clock = asyncio.get_running_loop().time
    began = clock()

    with pytest.raises(RequestTimeoutError) as caught:
        await chat_over(transport).send("1", "hi", timeout=200)

    assert clock() - began == pytest.approx(200, abs=SLACK)
    assert caught.value.delivered == "maybe"


async def test_a_cut_after_minutes_is_a_cut(serve: Serve, transport_to: MakeTransport) -> None:
    """Not a time-out: the connection broke, and that is told at once."""

    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        await asyncio.sleep(200)
        assert request.transport
        request.transport.abort()
        return answer

    transport = transport_to(await serve(handler), timeouts=Timeouts())
    clock = asyncio.get_running_loop().time
    began = clock()

    with pytest.raises(StreamInterruptedError):
        await chat_over(transport).send("1", "hi")

    assert clock() - began == pytest.approx(200, abs=SLACK)
