"""Server-sent events out of bytes that arrive in any pieces (WHATWG HTML, section 9.2)."""

from typing import NamedTuple

from nemovideo.errors import StreamError

__all__ = ["EVENT_LIMIT", "Frame", "FrameDecoder"]

EVENT_LIMIT = 16 * 1024 * 1024
"""The most bytes that one event may have."""


class Frame(NamedTuple):
    """One event of the stream.

    Attributes:
        event: Its name, empty where it has none.
        data: The `data:` lines joined by LF; None for a comment line.
    """

    event: str
    data: bytes | None


class FrameDecoder:
    """Cut bytes into frames; its cost is linear in the bytes, whatever the pieces.

    Lines end at CR, LF or CRLF only: U+2028, U+2029 and U+0085 come raw inside JSON.
    """

    def __init__(self, limit: int = EVENT_LIMIT) -> None:
        self._limit = limit
        self._pieces: list[bytes] = []
        self._pending = 0
        self._data: list[bytes] = []
        self._held = 0
        self._event = ""
        self._after_cr = False
        self._at_start = True

    def feed(self, chunk: bytes) -> list[Frame]:
        """Take the next bytes and give the frames that they complete.

        Raises:
            StreamError: One event is larger than the limit.
        """
        if b"\r" in chunk or self._after_cr:
            chunk = self._unify(chunk)
        if b"\n" not in chunk:
            self._pieces.append(chunk)
            self._pending += len(chunk)
            self._check()
            return []
        *lines, rest = b"".join([*self._pieces, chunk]).split(b"\n")
        self._pieces, self._pending = [rest], len(rest)
        frames: list[Frame] = []
        for line in lines:
            self._take(line, frames)
        self._check()
        return frames

    def flush(self) -> list[Frame]:
        """Give what is left when the body has ended: a last event may lack its blank line."""
        frames: list[Frame] = []
        line = b"".join(self._pieces)
        self._pieces, self._pending = [], 0
        if line:
            self._take(line, frames)
        self._take(b"", frames)
        return frames

    def _unify(self, chunk: bytes) -> bytes:
        if self._after_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
            self._after_cr = False
        if chunk:
            self._after_cr = chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _take(self, line: bytes, frames: list[Frame]) -> None:
        if self._at_start:
            self._at_start = False
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.startswith(b"data:"):
            self._data.append(line[6:] if line[5:6] == b" " else line[5:])
            self._held += len(line)
            self._check()
        elif not line:
            self._dispatch(frames)
        elif line.startswith(b":"):
            frames.append(Frame("", None))
        elif line.startswith(b"event:"):
            self._event = line[6:].strip().decode("utf-8", "replace")
        elif line == b"data":
            self._data.append(b"")
            self._held += len(line)

    def _dispatch(self, frames: list[Frame]) -> None:
        if self._data or self._event:
            frames.append(Frame(self._event, b"\n".join(self._data)))
        self._data, self._held, self._event = [], 0, ""

    def _check(self) -> None:
        if self._pending + self._held > self._limit:
            raise StreamError(
                f"An event of the stream is larger than {self._limit // 1024**2} MiB.",
                hint="Read the state of the session to see what the agent did.",
            )
