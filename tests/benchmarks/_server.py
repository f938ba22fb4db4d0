"""A service that answers without thinking, in a process of its own: the other end of every figure.

It imports nothing of the package. `python tests/benchmarks/_server.py` prints its port; `serving()`
runs it for a script. A message to `/run_sse` says what it wants back: `events=200` as one HTTP
chunk each, as ADK's own server sends them; with `bulk` 16 KiB at once; with `held` one event now
and the others, one at a time, after a `GET /release`. `/moved` tells how many bytes of files came
and went, so that no contender is fast by sending nothing.
"""

import asyncio
import contextlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.benchmarks._sockets import many_sockets

__all__ = ["adk_frame", "adk_frames", "draft", "serving"]

_BULK: Final = 16 * 1024
_BEAT_S: Final = 0.1
_STREAM: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)
_END: Final = b"0\r\n\r\n"
_FTYP: Final = b"\x00\x00\x00\x10ftypisom\x00\x00\x02\x00"
_MOOV: Final = b"\x00\x00\x00\x08moov"


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """Run the service for a while and give its address."""
    with subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def adk_frame(place: int) -> bytes:
    """One event of an agent: 19 deltas, then their whole, a tool call and its result in turn."""
    word = f"word {place:06d} "
    part: dict[str, Any] = {"text": word}
    match place % 22:
        case 19:
            part["text"] = "".join(f"word {before:06d} " for before in range(place - 19, place))
        case 20:
            part = {"functionCall": {"id": f"c{place}", "name": "edit_timeline", "args": {"n": 1}}}
        case 21:
            answer = {"status": "ok"}
            part = {"functionResponse": {"id": f"c{place - 1}", "name": "edit", "response": answer}}
    event: dict[str, Any] = {
        "content": {"parts": [part], "role": "model"},
        "invocationId": "e-5b0cf1fd-0c1b",
        "author": "nemo_agent",
        "id": f"{place:08x}",
        "timestamp": 1760000000.25,
    }
    if place % 22 < 19:
        event["partial"] = True
        event["pad"] = ""
        missing = 192 - len(json.dumps(event, separators=(",", ":")))
        event["pad"] = "." * missing
    return b"data: " + json.dumps(event, separators=(",", ":")).encode() + b"\n\n"


def adk_frames(count: int) -> list[bytes]:
    """The events of a long answer, about 200 bytes each."""
    return [adk_frame(place) for place in range(count)]


def draft(segments: int) -> dict[str, Any]:
    """A timeline in the wire's form with so many segments on four tracks."""
    lanes = [
        {
            "tt": kind,
            "sg": [
                {
                    "d": 3000,
                    "id": f"segment-{kind}-{place}",
                    "m": {
                        "start_ms": 3000 * place,
                        "name": f"photo-{place}.jpg",
                        "volume": 0.5,
                        "motion": "zoom_in",
                        "transition": {"kind": "crossfade", "duration_ms": 700},
                    },
                }
                for place in range(segments // 4)
            ],
            "m": {"name": f"lane {kind}"},
        }
        for kind in (0, 1, 7, 7)
    ]
    return {"d": 3000 * segments // 4, "m": {"width": 1920, "height": 1080}, "t": lanes}


def _answer(document: Any) -> bytes:
    body = json.dumps(document).encode()
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _enveloped(data: Any) -> bytes:
    return _answer({"code": 0, "message": "ok", "data": data})


_BALANCE: Final = _enveloped({"available": 100, "frozen": 0, "total": 100})
_STATE: Final = _enveloped({"state": {"draft": draft(20)}})
_FILE: Final = _enveloped({"files": [{"filename": "film.mp4", "file_type": "video"}]})
_MISSING: Final = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def _chunk(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content)


class _Service:
    """What all connections share."""

    def __init__(self, folder: Path) -> None:
        self.buffer = bytearray(1024 * 1024)
        self.held: list[tuple[asyncio.Transport, list[bytes]]] = []
        self.tasks: set[asyncio.Task[None]] = set()
        self.moved = 0
        self._folder = folder
        self._streams: dict[str, bytes] = {}

    def film(self, size: int) -> Path:
        """An MP4 whose boxes fill so many bytes; its picture is a hole in the file."""
        path = self._folder / f"{size}.mp4"
        if not path.exists():
            left = size - len(_FTYP) - len(_MOOV)
            with path.open("wb") as file:
                file.write(_FTYP + _MOOV + left.to_bytes(4, "big") + b"mdat")
                file.truncate(size)
        return path

    def stream(self, count: int, *, bulk: bool) -> bytes:
        """A whole answer of so many events."""
        key = f"{count} {bulk}"
        if key not in self._streams:
            pieces = adk_frames(count)
            if bulk:
                whole = b"".join(pieces)
                pieces = [whole[at : at + _BULK] for at in range(0, len(whole), _BULK)]
            self._streams[key] = _STREAM + b"".join(map(_chunk, pieces)) + _END
        return self._streams[key]

    def start(self, work: Any) -> None:
        """Do something while the connections go on."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def release(self) -> None:
        """Send what the held streams still lack, an event of each in every beat."""
        held, self.held = self.held, []
        for place in range(max((len(rest) for _, rest in held), default=0)):
            for transport, rest in held:
                transport.write(rest[place])
            await asyncio.sleep(_BEAT_S)


class _Connection(asyncio.BufferedProtocol):
    """Just enough HTTP/1.1; bodies above a megabyte are counted and forgotten."""

    def __init__(self, service: _Service) -> None:
        self._service = service
        self._transport: asyncio.Transport | None = None
        self._head = b""
        self._body = b""
        self._left = 0
        self._is_chunked = False
        self._came = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def get_buffer(self, sizehint: int) -> bytearray:  # noqa: ARG002  # asyncio's
        return self._service.buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._came += nbytes
        if self._left > len(self._service.buffer):
            self._left -= nbytes
            return
        self._take(bytes(self._service.buffer[:nbytes]))

    def _take(self, content: bytes) -> None:
        if not self._left and not self._is_chunked:
            self._body += content
            head, end, rest = self._body.partition(b"\r\n\r\n")
            if not end:
                return
            self._head, self._body, content = head, b"", rest
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
            self._left = int(length[1]) if length else 0
            self._is_chunked = b"chunked" in head.lower()
        self._left = max(0, self._left - len(content))
        if not self._left and self._is_chunked:
            self._is_chunked = not (self._body[-8:] + content).endswith(b"0\r\n\r\n")
        self._body = (self._body + content)[-4096:]
        if not self._left and not self._is_chunked:
            said, self._body = self._body, b""
            self._reply(self._head.split(b" ", 2)[1].decode(), said.decode("utf-8", "replace"))

    def _reply(self, path: str, said: str) -> None:
        assert self._transport is not None
        write = self._transport.write
        came, self._came = self._came, 0
        match path.rsplit("/", 1)[-1], path:
            case "simple", _:
                write(_BALANCE)
            case "latest", _:
                write(_STATE)
            case "run_sse", _:
                self._stream(said)
            case "release", _:
                self._service.start(self._service.release())
                write(_BALANCE)
            case "moved", _:
                write(_answer(self._service.moved))
            case size, path if path.startswith("/film/"):
                self._service.moved += int(size)
                self._service.start(self._send(self._service.film(int(size))))
            case _, path if path.startswith(("/api/upload", "/files")):
                self._service.moved += came
                write(_FILE)
            case _:
                write(_MISSING)

    def _stream(self, said: str) -> None:
        assert self._transport is not None
        found = re.search(r"events=(\d+)", said)
        count = int(found[1]) if found else 1
        if "held" not in said:
            self._transport.write(self._service.stream(count, bulk="bulk" in said))
            return
        first, *rest = map(_chunk, adk_frames(count))
        self._transport.write(_STREAM + first)
        self._service.held.append((self._transport, [*rest, _END]))

    async def _send(self, path: Path) -> None:
        assert self._transport is not None
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: {path.stat().st_size}"
        )
        self._transport.write(head.encode() + b"\r\n\r\n")
        with path.open("rb") as file, contextlib.suppress(ConnectionError):
            await asyncio.get_running_loop().sendfile(self._transport, file)


async def _serve() -> None:
    with tempfile.TemporaryDirectory() as folder:
        service = _Service(Path(folder))
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(service), "127.0.0.1", backlog=2000)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    many_sockets()
    asyncio.run(_serve())
