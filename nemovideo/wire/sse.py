"""Server-sent events out of bytes that arrive in any pieces (WHATWG HTML, section 9.2)."""

from typing import Final, NamedTuple

from nemovideo.errors import StreamError

__all__ = ["EVENT_LIMIT", "Frame", "FrameDecoder"]

EVENT_LIMIT = 16 * 1024 * 1024
"""The most bytes that one event may have."""

_DATA: Final = b"data: "
_BOM: Final = b"\xef\xbb\xbf"


class Frame(NamedTuple):
    """One event of the stream.

    Attributes:
        event: Its name, empty where it has none.
        data: The `data:` lines joined by LF; None for a comment line.
        broken: All its lines as they came, where the first stops in the middle of an object and
            lines follow that are no data: a server that does not escape what it quotes writes
            so. Empty for all other events.
        is_cut: Whether the stream ended before the event's last line did.
    """

    event: str
    data: bytes | None
    broken: bytes = b""
    is_cut: bool = False


class FrameDecoder:
    """Cut bytes into frames; its cost is linear in the bytes, whatever the pieces.

    Lines end at CR, LF or CRLF only: U+2028, U+2029 and U+0085 come raw inside JSON.
    """

    def __init__(self, limit: int = EVENT_LIMIT) -> None:
        self._limit = limit
        self._line = bytearray()
        self._data: list[bytes] = []
        self._broken: list[bytes] = []
        self._held = 0
        self._event = ""
        self._after_cr = False

    def feed(self, chunk: bytes) -> list[Frame]:
        """Take the next bytes and give the frames that they complete.

        Raises:
            StreamError: One event is larger than the limit.
        """
        # `find` because `in` costs twice as much on bytes, and this runs for each piece.
        if self._after_cr or chunk.find(b"\r") >= 0:
            chunk = self._unify(chunk)
        if chunk.find(b"\n") < 0:
            self._line += chunk
            if len(self._line) + self._held > self._limit:
                self._refuse()
            return []
        if self._line:
            self._line += chunk
            chunk = bytes(self._line)
        return self._cut(chunk)

    def flush(self) -> list[Frame]:
        """Give what is left when the body has ended: a last event may lack its blank line."""
        frames: list[Frame] = []
        line = bytes(self._line)
        self._line.clear()
        if line:
            self._take(line, frames)
        self._dispatch(frames)
        return [frame._replace(is_cut=bool(line)) if frame.data else frame for frame in frames]

    def _unify(self, chunk: bytes) -> bytes:
        if self._after_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
            self._after_cr = False
        if chunk:
            self._after_cr = chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _cut(self, text: bytes) -> list[Frame]:
        may_be_plain = not (self._data or self._event or len(text) > self._limit)
        if may_be_plain and text.startswith(_DATA) and (plain := self._cut_plain(text)):
            return plain
        frames: list[Frame] = []
        *lines, rest = text.split(b"\n")
        for line in lines:
            self._take(line, frames)
        if len(rest) + self._held > self._limit:
            self._refuse()
        self._line = bytearray(rest)
        return frames

    def _cut_plain(self, text: bytes) -> list[Frame]:
        """Cut where each event is one line of data, as nearly all are; nothing elsewhere."""
        payloads = text[len(_DATA) :].split(b"\n\n" + _DATA)
        last = payloads.pop()
        is_whole = last.endswith(b"\n\n")
        if text.count(b"\n") != 2 * (len(payloads) + is_whole):
            return []
        if is_whole:
            payloads.append(last[:-2])
        self._line = bytearray(b"" if is_whole else _DATA + last)
        # `Frame(..)` says the same in twice the time.
        return [tuple.__new__(Frame, ("", payload, b"", False)) for payload in payloads]

    def _take(self, line: bytes, frames: list[Frame]) -> None:
        if line.startswith(b"data:"):
            self._keep(line, line[6:] if line[5:6] == b" " else line[5:])
        elif not line:
            self._dispatch(frames)
        else:
            self._take_other(line, frames)

    def _take_other(self, line: bytes, frames: list[Frame]) -> None:
        if line.startswith(_BOM):
            # Only the first line may have one, but proxies join streams that each began with it.
            self._take(line.lstrip(_BOM), frames)
            return
        if line == b"data":
            self._keep(line, b"")
        elif self._data and (self._broken or not self._data[0].endswith(b"}")):
            self._broken = self._broken or self._data.copy()
            self._broken.append(line)
            self._hold(line)
        if line.startswith(b":"):
            frames.append(Frame("", None))
        elif line.startswith(b"event:"):
            self._event = line[6:].strip().decode("utf-8", "replace")

    def _keep(self, line: bytes, value: bytes) -> None:
        if self._broken:
            self._broken.append(line)
        self._data.append(value)
        self._hold(line)

    def _dispatch(self, frames: list[Frame]) -> None:
        if self._data or self._event:
            frames.append(Frame(self._event, b"\n".join(self._data), b"\n".join(self._broken)))
        self._data, self._broken, self._held, self._event = [], [], 0, ""

    def _hold(self, line: bytes) -> None:
        self._held += len(line)
        if self._held > self._limit:
            self._refuse()

    def _refuse(self) -> None:
        raise StreamError(
            f"An event of the stream is larger than {self._limit // 1024**2} MiB.",
            hint="Read the state of the session to see what the agent did.",
        )
