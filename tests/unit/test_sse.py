import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.errors import StreamError
from nemovideo.wire.sse import Frame, FrameDecoder

LINES = st.sampled_from(
    [
        "",
        "data: one",
        "data:two",
        "data:  three",
        "data",
        "data:",
        "event: heartbeat",
        "event:x",
        ": comment",
        ":",
        "id: 7",
        "retry: 10",
        'data: {"text":"日本\u2028\u0085é"}',
        "unknown: field",
        'data: {"error": "one',
        'two "quoted""}',
        "\ufeffdata: {}",
    ]
)
STREAMS = st.tuples(
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
    st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r", "\r\n"])), max_size=25),
).map(lambda drawn: drawn[0] + "".join(line + end for line, end in drawn[1]).encode())


def decoded(*pieces: bytes) -> list[Frame]:
    """All frames of a stream that ends after the last piece."""
    decoder = FrameDecoder()
    frames = [frame for piece in pieces for frame in decoder.feed(piece)]
    return frames + decoder.flush()


def reference(stream: bytes) -> list[Frame]:
    """The rules once more, on the whole stream and without regard to cost."""
    frames: list[Frame] = []
    data: list[bytes] = []
    lines: list[bytes] = []
    event = ""
    for line in [*re.split(rb"\r\n|\r|\n", stream.replace(b"\xef\xbb\xbf", b"")), b""]:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            lines.append(line if is_broken(data, lines) else value)
            data.append(value)
        elif data and line:
            lines.append(line)
        if line.startswith(b":"):
            frames.append(Frame("", None))
        elif name == b"event":
            event = value.strip().decode()
        elif not line:
            if data or event:
                broken = b"\n".join(lines) if is_broken(data, lines) else b""
                frames.append(Frame(event, b"\n".join(data), broken))
            data, lines, event = [], [], ""
    return frames


def is_broken(data: list[bytes], lines: list[bytes]) -> bool:
    """Whether other lines follow data that stops in the middle of an object."""
    return len(lines) > len(data) > 0 and not data[0].endswith(b"}")


@given(STREAMS, st.data())
def test_any_cut_gives_the_same_frames(stream: bytes, data: st.DataObject) -> None:
    """Frames depend on the bytes, never on how the network cuts them."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    pieces = [
        stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)
    ]

    assert decoded(*pieces) == decoded(stream)


@given(STREAMS)
def test_the_decoder_follows_the_specification(stream: bytes) -> None:
    """A slow decoder written from the specification gives the same frames."""
    assert decoded(stream) == reference(stream)


@given(STREAMS)
def test_single_bytes_give_the_same_frames(stream: bytes) -> None:
    """The smallest pieces there are."""
    assert decoded(*[stream[i : i + 1] for i in range(len(stream))]) == decoded(stream)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"], ids=["LF", "CR", "CRLF"])
def test_lines_end_in_three_ways(end: str) -> None:
    """CR, LF and CRLF end a line alike."""
    stream = f"data: a{end}data: b{end}{end}data: c{end}{end}".encode()

    assert decoded(stream) == [Frame("", b"a\nb"), Frame("", b"c")]


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\u0085", "\x0b", "\x0c", "\x1c"])
def test_no_other_character_ends_a_line(mark: str) -> None:
    """What `str.splitlines` would cut comes raw inside JSON."""
    assert decoded(f"data: a{mark}b\n\n".encode()) == [Frame("", f"a{mark}b".encode())]


@pytest.mark.parametrize(
    ("stream", "frames"),
    [
        (b"", []),
        (b"\n\n\n", []),
        (b"\xef\xbb\xbfdata: a\n\n", [Frame("", b"a")]),
        (b"data: a", [Frame("", b"a", is_cut=True)]),
        (b"data: a\n", [Frame("", b"a")]),
        (b"data:a\n\n", [Frame("", b"a")]),
        (b"data:  a\n\n", [Frame("", b" a")]),
        (b"data\n\n", [Frame("", b"")]),
        (b"data:\ndata:\n\n", [Frame("", b"\n")]),
        (b": ping\n\n", [Frame("", None)]),
        (b": ping\ndata: a\n\n", [Frame("", None), Frame("", b"a")]),
        (b"event: heartbeat\n\n", [Frame("heartbeat", b"")]),
        (b"event: x\ndata: a\n\ndata: b\n\n", [Frame("x", b"a"), Frame("", b"b")]),
        (b"id: 4\nretry: 9\ndata: a\n\n", [Frame("", b"a")]),
        (b"dataset: a\nnonsense\n\n", []),
    ],
    ids=[
        "nothing",
        "blank lines",
        "BOM",
        "no line end",
        "no blank line",
        "no space",
        "two spaces",
        "no colon",
        "two empty lines",
        "comment",
        "comment inside",
        "name alone",
        "name once",
        "id and retry",
        "unknown fields",
    ],
)
def test_fields_are_read_as_the_specification_says(stream: bytes, frames: list[Frame]) -> None:
    """One line of WHATWG HTML 9.2 each."""
    assert decoded(stream) == frames


def test_a_frame_comes_with_the_bytes_that_end_it() -> None:
    """A frame is not held back for what comes after it."""
    decoder = FrameDecoder()

    assert decoder.feed(b"data: a\r\n\r") == [Frame("", b"a")]
    assert decoder.feed(b"\n") == []


def test_utf8_may_be_cut_anywhere() -> None:
    """A character in two pieces is whole in its frame."""
    stream = "data: 日本\n\n".encode()

    assert decoded(stream[:7], stream[7:8], stream[8:]) == [Frame("", "日本".encode())]


@pytest.mark.parametrize(
    "pieces",
    [
        [b"data: " + b"x" * 200],
        [b"data: " + b"x" * 50, b"x" * 60],
        [b"data: " + b"x" * 60 + b"\n", b"data: " + b"x" * 60 + b"\n"],
        [b"data: " + b"x" * 200 + b"\n\n"],
        [b"data:\n"] * 300,
        [b": beat\n\ndata: " + b"x" * 200 + b"\n\n"],
        [b"data: a\n\ndata: " + b"x" * 200],
    ],
    ids=["at once", "in pieces", "over lines", "whole", "empty lines", "behind", "begun"],
)
def test_an_event_over_the_limit_is_refused(pieces: list[bytes]) -> None:
    """No server can fill the memory with one event, however it cuts it."""
    decoder = FrameDecoder(limit=100)

    def feed_all() -> None:
        for piece in pieces:
            decoder.feed(piece)

    with pytest.raises(StreamError, match="larger"):
        feed_all()


def test_many_small_events_are_no_large_one() -> None:
    """The limit is for one event, not for the stream."""
    decoder = FrameDecoder(limit=100)

    frames = [frame for _ in range(100) for frame in decoder.feed(b"data: " + b"x" * 50 + b"\n\n")]

    assert len(frames) == 100


class CountingBytes(bytes):
    """Bytes that count how often their length is asked for."""

    asked = 0

    def __len__(self) -> int:
        CountingBytes.asked += 1
        return super().__len__()


class CountingDecoder(FrameDecoder):
    """Keeps lines that count how often they are measured."""

    def _take(self, line: bytes, frames: list[Frame]) -> None:
        super()._take(line, frames)
        self._data[-1:] = map(CountingBytes, self._data[-1:])


@pytest.mark.parametrize("lines", [100, 400])
def test_an_event_of_many_lines_costs_its_length(lines: int) -> None:
    """Each line is looked at a fixed number of times, not once for each line after it."""
    decoder = CountingDecoder()
    CountingBytes.asked = 0

    for _ in range(lines):
        decoder.feed(b"data: x\n")

    assert CountingBytes.asked <= 4 * lines


def test_a_last_line_counts_once() -> None:
    """An event below the limit is one also when its line end is missing."""
    decoder = FrameDecoder(limit=100)
    decoder.feed(b"data: " + b"x" * 80)

    assert decoder.flush() == [Frame("", b"x" * 80, is_cut=True)]


def test_an_error_that_breaks_its_line_is_kept_whole() -> None:
    """Old servers do not escape what failed; the lines after the first are no data."""
    stream = b'data: {"error": "one\ntwo: "quoted"\ndata: three\ndata\n:four"}\n\ndata: x\n\n'

    assert decoded(stream) == [
        Frame("", None),
        Frame(
            "",
            b'{"error": "one\nthree\n',
            b'{"error": "one\ntwo: "quoted"\ndata: three\ndata\n:four"}',
        ),
        Frame("", b"x"),
    ]


def test_fields_after_whole_data_break_nothing() -> None:
    """An id may stand behind its data."""
    assert decoded(b"data: {}\nid: 7\nretry: 1\n\n") == [Frame("", b"{}")]


@pytest.mark.parametrize("line", [b"word \n", b"data: w\n"], ids=["words", "data"])
def test_a_broken_error_is_held_to_the_limit(line: bytes) -> None:
    """Lines that are no data count as well."""
    with pytest.raises(StreamError, match="larger"):
        FrameDecoder(limit=100).feed(b"data: {\nx\n" + line * 30)


def test_a_mark_in_the_middle_hides_no_event() -> None:
    """Proxies join streams that each began with a BOM."""
    stream = b"\xef\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\n"

    assert decoded(stream) == [Frame("", b"a"), Frame("", b"b")]


def test_a_last_event_tells_whether_its_line_was_whole() -> None:
    """Without its blank line an event counts; without its line end it may be half of one."""
    assert decoded(b"data: {}\n") == [Frame("", b"{}")]
    assert decoded(b"data: {\ndata: }") == [Frame("", b"{\n}", is_cut=True)]
    assert decoded(b": beat") == [Frame("", None)]
