import itertools
import json
import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.errors import APIError, NemoVideoError
from nemovideo.events import Event, TextDelta, TextDone, UnknownEvent
from nemovideo.models import Reply
from nemovideo.wire import requests
from nemovideo.wire.agent_events import EventReader
from nemovideo.wire.refusals import Account, Refusal, error_for
from nemovideo.wire.reply import ReplyBuilder
from nemovideo.wire.sse import Frame, FrameDecoder

FOLDER = Path(__file__).parent.parent / "recordings"
STREAMS = {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.sse"))}
NAMES = sorted(STREAMS)
BODIES = [STREAMS[name] for name in NAMES]


@attrs.frozen
class Heard:
    """What a reader of a whole stream got."""

    events: list[Event]
    reply: Reply
    error: NemoVideoError | None

    def written(self) -> dict[str, Any]:
        """Say it in JSON, leaving out what is empty."""
        reply = attrs.asdict(self.reply)
        said: dict[str, Any] = {
            "events": [[type(event).__name__, attrs.asdict(event)] for event in self.events],
            "reply": {key: value for key, value in reply.items() if value},
        }
        if self.error:
            told = {key: getattr(self.error, key, None) for key in ("message", "delivered", "code")}
            said["error"] = {"class": type(self.error).__name__, **told}
        return said


def refused(refusal: Refusal) -> APIError:
    """Build the error of a refusal as a free account gets it."""
    account = Account(anonymous=True, user_id="anon_7", web_url="https://web")
    return error_for(requests.message("1", "hi"), refusal, account)


def heard(*pieces: bytes) -> Heard:
    """Read a stream that comes in these pieces and then ends."""
    decoder, reader, builder = FrameDecoder(), EventReader(refused), ReplyBuilder()
    events: list[Event] = []

    def take(some: list[Event]) -> None:
        events.extend(some)
        for event in some:
            builder.add([event])

    try:
        for frame in itertools.chain.from_iterable(map(decoder.feed, pieces)):
            take(reader.read(frame))
        for frame in decoder.flush():
            take(reader.read(frame))
        take(reader.finish())
    except NemoVideoError as error:
        return Heard(events, builder.build(), error)
    return Heard(events, builder.build(), None)


def cut(stream: bytes, size: int) -> list[bytes]:
    """Cut a stream into pieces of one size."""
    return [stream[at : at + size] for at in range(0, len(stream), size)]


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_gives_what_stands_beside_it(name: str) -> None:
    """Its events one by one, its reply, and its error."""
    expected = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))

    assert json.loads(json.dumps(heard(STREAMS[name]).written())) == expected


@pytest.mark.parametrize("size", [1, 2, 7, 64, 1000])
@pytest.mark.parametrize("name", NAMES)
def test_a_recording_is_the_same_in_pieces_of_any_size(name: str, size: int) -> None:
    """Single bytes are the smallest pieces there are."""
    stream = STREAMS[name]

    assert heard(*cut(stream, size)).written() == heard(stream).written()


@given(st.sampled_from(BODIES), st.data())
def test_a_recording_is_the_same_however_it_is_cut(stream: bytes, data: st.DataObject) -> None:
    """Events depend on the bytes, never on how the network cuts them."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    pieces = [stream[at:end] for at, end in itertools.pairwise([0, *cuts, len(stream)])]

    assert heard(*pieces).written() == heard(stream).written()


@pytest.mark.parametrize("end", [b"\r", b"\r\n"], ids=["CR", "CRLF"])
@pytest.mark.parametrize("name", NAMES)
def test_a_recording_is_the_same_with_other_line_ends(name: str, end: bytes) -> None:
    """Three line ends mean the same."""
    stream = STREAMS[name].replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    assert heard(stream.replace(b"\n", end)).written() == heard(stream).written()


def test_a_line_of_a_megabyte_is_one_event() -> None:
    """A draft of 1.2 MB in one line, in pieces as a socket gives them."""
    draft = {"t": [{"tt": 0, "sg": [{"d": at, "m": {"name": "海" * 20}} for at in range(14_000)]}]}
    document = {"content": None, "id": "e1", "actions": {"stateDelta": {"draft": draft}}}
    stream = f"data: {json.dumps(document, ensure_ascii=False)}\n\n".encode()

    got = heard(*cut(stream, 16_384))

    assert len(stream) > 1_200_000
    assert got.error is None
    assert got.reply.state_delta == {"draft": draft}


def damaged(stream: bytes, drawn: random.Random) -> bytes:
    """Flip, delete, insert or repeat some bytes."""
    body = bytearray(stream)
    for _ in range(drawn.randint(1, 6)):
        at = drawn.randrange(len(body) + 1)
        match drawn.randrange(4):
            case 0:
                body[at : at + 1] = bytes([drawn.randrange(256)])
            case 1:
                del body[at : at + drawn.randint(1, 40)]
            case 2:
                body[at:at] = drawn.choice(SCRAPS)
            case _:
                body[at:at] = body[at : at + drawn.randint(1, 200)]
    return bytes(body)


SCRAPS = [
    b"\n",
    b"\r",
    b"\n\n",
    b"data:",
    b"null",
    b"[]",
    b"{}",
    b"true",
    b'"',
    b"}",
    b"1e999",
    b"NaN",
    b"\\ud800",
    b"\xff",
    b"\xef\xbb\xbf",
    b'{"error":',
    b'"code":2001,',
    b"event: error\n",
    b"[" * 1200,
    b"9" * 5000,
]


@given(st.sampled_from(BODIES), st.sampled_from(BODIES), st.randoms(use_true_random=False))
def test_damage_gives_events_or_an_error_of_ours(
    first: bytes, second: bytes, drawn: random.Random
) -> None:
    """Whatever a line does to the bytes: nothing else comes out, and a reply can be built."""
    stream = first[: drawn.randrange(len(first) + 1)] + second[drawn.randrange(len(second) + 1) :]

    heard(*cut(damaged(stream, drawn), drawn.randint(1, 400)))


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_random_bytes_give_events_or_an_error_of_ours(loose: bytes, payload: bytes) -> None:
    """Alone, and as the data of an event."""
    heard(loose)
    heard(b"data: " + payload + b"\n\n" + loose)


KEYS = re.findall(
    r"\w+",
    """content parts text thought partial id author type error error_details code success detail
    message data actions stateDelta state_delta artifactDelta functionCall functionResponse name
    args response result errorCode errorMessage role invocationId""",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6), max_size=4))
def test_known_keys_with_any_value_give_events_or_an_error_of_ours(
    documents: list[dict[str, Any]],
) -> None:
    """Numbers and lists where objects belong, and the other way round."""
    heard(*[f"data: {json.dumps(document)}\n\n".encode() for document in documents])


@pytest.mark.parametrize(
    "event", [TextDelta("\ud83d"), TextDone("x"), UnknownEvent({"a": 1})], ids=repr
)
def test_every_event_can_be_shown(event: Event) -> None:
    """A repr never fails."""
    assert repr(event)


def costs(decode: Callable[[], object]) -> Iterator[float]:
    """Seconds of this process for it, measured as often as asked: at most twice."""
    for _ in range(2):
        began = time.process_time()
        decode()
        yield time.process_time() - began


def in_pieces(stream: bytes, size: int) -> Callable[[], None]:
    """Make what feeds a stream in pieces of a size; they are cut beforehand."""
    pieces = cut(stream, size)

    def decode() -> None:
        decoder = FrameDecoder()
        for piece in pieces:
            decoder.feed(piece)
        decoder.flush()

    return decode


QUARTER = 256 * 1024


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stream", "size"),
    [
        (lambda size: (b"data: " + b"x" * 192 + b"\n\n") * (size // 200), 1),
        (lambda size: b"data: " + b"x" * size + b"\n\n", 4096),
        (lambda size: b"data: {\n" + b"word\n" * (size // 25), 64),
    ],
    ids=["single bytes", "one line", "broken lines"],
)
def test_the_cost_is_linear(stream: Callable[[int], bytes], size: int) -> None:
    """Four times the bytes cost at most three times as much each, whatever the pieces."""
    small, large = stream(QUARTER), stream(4 * QUARTER)

    per_byte = min(costs(in_pieces(small, size))) / len(small)

    assert any(seconds / len(large) < 3 * per_byte for seconds in costs(in_pieces(large, size)))


@pytest.mark.slow
def test_the_cost_of_many_deltas_is_linear() -> None:
    """A long text in small deltas is not joined anew for each."""

    def deltas(count: int) -> Callable[[], None]:
        frames = [Frame("", b'{"text":"word word word word "}')] * count

        def read() -> None:
            reader = EventReader(refused)
            for frame in frames:
                reader.read(frame)

        return read

    per_delta = min(costs(deltas(5_000))) / 5_000

    assert any(seconds / 40_000 < 3 * per_delta for seconds in costs(deltas(40_000)))
