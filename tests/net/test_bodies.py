import asyncio
import io
import json
from pathlib import Path
from typing import TypeAlias

import pytest
from aiohttp import BodyPartReader, web

from nemovideo.errors import ConnectionLostError, MediaError
from nemovideo.net.bodies import FilesBody, JSONBody
from nemovideo.net.calls import Call
from nemovideo.net.door import Door
from nemovideo.net.sources import Readable, Source, prepared
from nemovideo.wire import requests
from tests.net.conftest import QUICK, MakeTransport, Serve

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20


def source(name: str, content: bytes = JPEG) -> Source:
    """A source out of memory."""
    return Source(name, "image/jpeg", len(content), lambda: io.BytesIO(content))


Part: TypeAlias = tuple[str | None, str | None, str, bytes]


async def received(serve: Serve, transport_to: MakeTransport, *sources: Source) -> list[Part]:
    """Field, name, type and content of each part as a real server reads them."""
    parts: list[Part] = []

    async def handler(request: web.Request) -> web.Response:
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            content = bytes(await part.read())
            parts.append((part.name, part.filename, part.headers["Content-Type"], content))
        return web.json_response({"code": 0, "data": {"length": request.content_length}})

    transport = transport_to(await serve(handler))
    await transport.call(requests.upload_files("1"), sources=sources)
    return parts


async def test_files_arrive_as_they_are(serve: Serve, transport_to: MakeTransport) -> None:
    """Each in its own part under the field `files`, byte for byte and in order."""
    large = JPEG[:4] + b"x" * (3 * 1024**2 + 17)

    parts = await received(serve, transport_to, source("a.jpg"), source("b.jpg", large))

    assert parts == [
        ("files", "a.jpg", "image/jpeg", JPEG),
        ("files", "b.jpg", "image/jpeg", large),
    ]


@pytest.mark.parametrize(
    "name", ["ünïcode 海.jpg", "a b.jpg", "semi;colon=1.jpg", "100%.jpg", "it's.jpg"]
)
async def test_a_name_arrives_as_it_is(
    name: str, serve: Serve, transport_to: MakeTransport
) -> None:
    """Names are sent as UTF-8."""
    assert (await received(serve, transport_to, source(name)))[0][1] == name


async def test_a_quote_in_a_name_cannot_end_it(serve: Serve, transport_to: MakeTransport) -> None:
    """It is escaped as browsers do, so that no header can be smuggled in."""
    ((_, name, kind, content),) = await received(
        serve, transport_to, source('a"; filename="b\r\nContent-Type: text/html.jpg')
    )

    assert "\r" not in str(name)
    assert (kind, content) == ("image/jpeg", JPEG)


async def test_a_name_that_is_no_utf8_can_be_sent(
    tmp_path: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """Linux allows any bytes in a file's name."""
    path = tmp_path / "caf\udce9.jpg"
    path.write_bytes(JPEG)

    async with prepared([path]) as sources:
        parts = await received(serve, transport_to, *sources)

    assert parts[0][3] == JPEG


async def test_the_length_of_a_body_is_known(serve: Serve, transport_to: MakeTransport) -> None:
    """A `Content-Length` is sent: some gateways refuse chunked uploads."""
    lengths = []

    async def handler(request: web.Request) -> web.Response:
        lengths.append((request.content_length, len(await request.read())))
        return web.json_response({"code": 0})

    transport = transport_to(await serve(handler))
    await transport.call(requests.upload_files("1"), sources=[source("a.jpg")])
    await transport.call(requests.upload_urls("1", ["https://ü"]))

    assert all(said == real for said, real in lengths)


async def test_progress_rises_to_the_total(serve: Serve, transport_to: MakeTransport) -> None:
    """Bytes of the files, never less than before, and all of them in the end."""

    async def handler(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({"code": 0})

    sent: list[int] = []
    large = JPEG + b"x" * (2 * 1024**2)
    sources = [source("a.jpg", large), source("b.jpg")]
    transport = transport_to(await serve(handler))

    await transport.call(requests.upload_files("1"), sources=sources, on_sent=sent.append)

    assert sent == sorted(sent)
    assert len(sent) >= 4
    assert sent[-1] == len(large) + len(JPEG)


async def test_a_file_that_shrinks_is_told(
    tmp_path: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """The service would wait for ever for the rest."""
    path = tmp_path / "a.jpg"
    path.write_bytes(JPEG)
    async with prepared([path]) as sources:
        path.write_bytes(JPEG[:100])

        with pytest.raises(MediaError, match="shorter"):
            await received(serve, transport_to, *sources)


async def test_a_file_that_vanishes_is_told(
    tmp_path: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """It is the file that is missing, not the network."""
    path = tmp_path / "a.jpg"
    path.write_bytes(JPEG)
    async with prepared([path]) as sources:
        path.unlink()

        with pytest.raises(MediaError, match=r"a\.jpg"):
            await received(serve, transport_to, *sources)


async def test_every_file_is_closed_after_a_failure(serve: Serve) -> None:
    """Also when the connection breaks in the middle of it."""
    opened: list[io.BytesIO] = []

    def reopen() -> Readable:
        opened.append(io.BytesIO(b"x" * (8 * 1024**2)))
        return opened[-1]

    async def handler(request: web.Request) -> web.Response:
        await request.content.readany()
        assert request.transport
        request.transport.abort()
        return web.Response()

    origin = await serve(handler)
    door = Door(QUICK)
    files = [Source("a.mp4", "video/mp4", 8 * 1024**2, reopen)]
    body = FilesBody("files", files, stall=2, on_sent=lambda _: None)

    with pytest.raises(ConnectionLostError) as caught:
        await door.send(Call("POST", f"{origin}/x", {}, body), answer_within=2)
    await door.aclose()
    await asyncio.sleep(0.05)

    assert caught.value.delivered == "maybe"
    assert [file.closed for file in opened] == [True]


@pytest.mark.parametrize(
    "document",
    [{"a": "日本 \u2028"}, {"n": 2**64, "f": 1.0}, {"broken": "\ud83d"}],
    ids=["unicode", "numbers", "lone surrogate"],
)
async def test_a_document_arrives_as_it_is(
    document: dict[str, object], serve: Serve, transport_to: MakeTransport
) -> None:
    """What the service once sent can be sent back to it."""
    bodies: list[bytes] = []

    async def handler(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return web.json_response({"code": 0})

    transport = transport_to(await serve(handler))
    request = requests.Request("POST", "/x", document)

    await transport.call(request)

    assert json.dumps(json.loads(bodies[0])) == json.dumps(document)


def test_a_body_tells_what_it_is() -> None:
    """Aiohttp asks for it in its own messages."""
    assert JSONBody({"a": 1}).decode() == '{"a":1}'
    body = FilesBody("files", [source("a")], stall=1, on_sent=lambda _: None)
    assert body.decode() == "<1 files>"
