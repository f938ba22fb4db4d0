import asyncio
import logging
from pathlib import Path

import pytest
from aiohttp import web

from nemovideo.errors import ConfigurationError, DownloadError
from nemovideo.retries import RetryPolicy
from tests.net.conftest import TOKEN, MakeTransport, Serve
from tests.net.hosts import LARGE, SMALL, Files, at, fetch


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where the video goes; something is there already."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "v.mp4").write_bytes(b"old")
    return folder / "v.mp4"


def beside(target: Path) -> list[str]:
    """All files of the folder."""
    return sorted(path.name for path in target.parent.iterdir())


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "large"])
async def test_a_file_comes_whole_and_replaces_the_old_one(
    content: bytes, target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """With progress up to its length, and nothing left beside it."""
    origin = await serve(Files(content).answer)
    told: list[tuple[int, int | None]] = []

    path = await fetch(
        transport_to(origin),
        at(f"{origin}/v"),
        target,
        on_bytes=lambda done, total: told.append((done, total)),
    )

    assert path == target
    assert target.read_bytes() == content
    assert told == sorted(told)
    assert told[-1] == (len(content), len(content))
    assert beside(target) == ["v.mp4"]


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "large"])
async def test_a_transfer_that_is_cut_goes_on_where_it_stopped(
    content: bytes, target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """The second request asks only for the rest."""
    files = Files(content, cuts=1)
    origin = await serve(files.answer)

    await fetch(transport_to(origin), at(f"{origin}/v"), target)

    assert target.read_bytes() == content
    assert files.asked[1][1] is not None


async def test_a_host_without_ranges_is_read_from_the_start(
    target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """A 200 in answer to a range is the whole file."""
    origin = await serve(Files(LARGE, cuts=1, ranges=False).answer)

    await fetch(transport_to(origin), at(f"{origin}/v"), target)

    assert target.read_bytes() == LARGE


async def test_a_stale_address_is_followed_by_a_fresh_one(
    target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """A 403 means that the address has expired."""
    files = Files()
    origin = await serve(files.answer)

    addresses = at(f"{origin}/gone", f"{origin}/v")
    await fetch(transport_to(origin), addresses, target)

    assert target.read_bytes() == SMALL
    assert [path for path, _, _ in files.asked] == ["/gone", "/v"]


async def test_a_file_is_fetched_without_the_token(
    target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """Its host is not the API."""
    files = Files()
    api = await serve(Files().answer)

    origin = await serve(files.answer)
    await fetch(transport_to(api), at(f"{origin}/v"), target)

    assert files.asked == [("/v", None, None)]


async def test_a_redirect_to_another_origin_carries_no_token(
    target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """The API gets the token and the host behind it does not."""
    files = Files()
    host = await serve(files.answer)
    tokens = []

    async def api(request: web.Request) -> web.Response:
        tokens.append(request.headers.get("Authorization"))
        return web.Response(status=302, headers={"Location": f"{host}/v"})

    transport = transport_to(await serve(api))
    await fetch(transport, at("/api/render/proxy/r/download"), target)

    assert tokens == [f"Bearer {TOKEN}"]
    assert files.asked == [("/v", None, None)]
    assert target.read_bytes() == SMALL


async def test_a_redirect_inside_the_api_keeps_the_token(
    target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """It is the same origin; and so is the way to another host and back not."""
    files = Files()

    async def api(request: web.Request) -> web.StreamResponse:
        if request.path == "/moved":
            return await files.answer(request)
        return web.Response(status=307, headers={"Location": "/moved"})

    transport = transport_to(await serve(api))
    await fetch(transport, at("/api/render/proxy/r/download"), target)

    assert files.asked == [("/moved", None, f"Bearer {TOKEN}")]


async def test_the_way_back_from_another_host_carries_no_token(
    target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """What another host names is not what we asked the API for."""
    files = Files()
    origins: list[str] = []

    async def host(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": f"{origins[0]}/v"})

    async def api(request: web.Request) -> web.StreamResponse:
        if request.path == "/v":
            return await files.answer(request)
        return web.Response(status=302, headers={"Location": other})

    other = await serve(host)
    origins.append(await serve(api))
    await fetch(transport_to(origins[0]), at("/download"), target)

    assert files.asked == [("/v", None, None)]


async def test_a_token_that_ended_is_renewed_for_a_download(
    target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """An anonymous one, once; the file comes with the new one."""
    files = Files()
    issued: list[str] = []

    async def api(request: web.Request) -> web.StreamResponse:
        if request.path == "/api/auth/anonymous-token":
            issued.append(f"t{len(issued)}")
            return web.json_response({"code": 0, "data": {"token": issued[-1]}})
        if request.headers.get("Authorization") != "Bearer t1":
            return web.json_response({"code": 1001, "message": "expired"})
        return await files.answer(request)

    transport = transport_to(await serve(api), token=None)
    await fetch(transport, at("/api/render/proxy/r/download"), target)

    assert issued == ["t0", "t1"]
    assert target.read_bytes() == SMALL


async def test_a_refusal_of_the_api_is_told_in_its_words(
    target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """JSON in place of a file is no broken MP4, and is asked for once."""
    asked: list[str] = []

    async def api(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({"code": 402, "message": "upgrade your plan"})

    with pytest.raises(DownloadError, match="upgrade your plan"):
        await fetch(transport_to(await serve(api)), at("/x"), target)

    assert asked == ["/x"]


@pytest.mark.parametrize("name", ["ETag", "Last-Modified"])
async def test_a_file_that_changed_meanwhile_is_read_from_the_start(
    name: str, target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """Two halves of two files are no file."""
    first, second = SMALL, SMALL[:-1] + b"e"
    asked: list[str | None] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        asked.append(request.headers.get("If-Range"))
        version = '"1"' if len(asked) == 1 else '"2"'
        content = first if len(asked) == 1 else second
        answer = web.StreamResponse(headers={name: version})
        answer.content_length = len(content)
        await answer.prepare(request)
        await answer.write(content[: 100_000 if len(asked) == 1 else len(content)])
        if len(asked) == 1:
            await asyncio.sleep(0.05)
            assert request.transport
            request.transport.abort()
        return answer

    origin = await serve(handler)
    await fetch(transport_to(origin), at(f"{origin}/v"), target)

    assert asked == [None, '"1"']
    assert target.read_bytes() == second


async def test_a_redirect_to_nowhere_is_told(
    target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """And the next address is tried."""
    files = Files()

    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path == "/broken":
            return web.Response(status=302, headers={"Location": "http://[bad"})
        return await files.answer(request)

    origin = await serve(handler)
    addresses = at(f"{origin}/broken", f"{origin}/v")
    await fetch(transport_to(origin), addresses, target)

    assert target.read_bytes() == SMALL


async def test_a_password_in_an_address_is_not_told(
    target: Path, closed_port: str, transport_to: MakeTransport
) -> None:
    """Some hosts sign in by it."""
    address = closed_port.replace("http://", "http://me:PASSWORD@")

    with pytest.raises(DownloadError) as caught:
        await fetch(transport_to(closed_port), at(f"{address}/v"), target)

    assert "PASSWORD" not in str(caught.value)


async def test_a_circle_of_redirects_ends(
    target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """After a few."""

    async def handler(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/again"})

    origin = await serve(handler)

    with pytest.raises(DownloadError, match="redirects"):
        await fetch(transport_to(origin), at(f"{origin}/v"), target)


@pytest.mark.parametrize(
    ("path", "reason"), [("/page", "no whole MP4"), ("/gone", "403")], ids=["page", "gone"]
)
async def test_a_failure_leaves_the_old_file(
    path: str, reason: str, target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """And no part of a new one."""
    origin = await serve(Files().answer)

    with pytest.raises(DownloadError, match=reason):
        await fetch(transport_to(origin), at(f"{origin}{path}"), target)

    assert target.read_bytes() == b"old"
    assert beside(target) == ["v.mp4"]


async def test_no_address_at_all_is_told(target: Path, transport_to: MakeTransport) -> None:
    """The service gave none."""
    with pytest.raises(DownloadError, match="no address"):
        await fetch(transport_to("http://127.0.0.1:9"), at(), target)


async def test_a_part_of_an_older_video_is_not_mixed_in(
    target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """What lies beside the target may be anybody's: it is neither read nor touched."""
    target.with_name("v.mp4.part").write_bytes(SMALL[:100].ljust(100_000, b"?"))
    origin = await serve(Files().answer)

    await fetch(transport_to(origin), at(f"{origin}/v"), target)

    assert target.read_bytes() == SMALL
    assert beside(target) == ["v.mp4", "v.mp4.part"]


async def test_a_cancelled_download_leaves_nothing(
    target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """Neither a part nor a changed target."""

    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(LARGE[: 2 * 1024**2])
        await asyncio.sleep(10)
        return answer

    origin = await serve(handler)
    task = asyncio.create_task(fetch(transport_to(origin), at(f"{origin}/v"), target))
    await asyncio.sleep(0.2)
    assert [Path(name).suffix for name in beside(target)] == [".mp4", ".part"]

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert beside(target) == ["v.mp4"]
    assert target.read_bytes() == b"old"


async def test_a_target_that_cannot_be_is_told_before_anything_is_asked(
    tmp_path: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """No request is made for it."""
    files = Files()
    origin = await serve(files.answer)

    with pytest.raises(ConfigurationError):
        await fetch(transport_to(origin), at(f"{origin}/v"), tmp_path / "no" / "v.mp4")

    assert files.asked == []


async def test_a_host_with_passing_trouble_is_asked_again(
    target: Path, serve: Serve, transport_to: MakeTransport, waits: list[float]
) -> None:
    """One 503 does not cost a paid render; a host that says when is believed."""
    files, refusals = Files(), [{"Retry-After": "7"}, {}]

    async def handler(request: web.Request) -> web.StreamResponse:
        if refusals:
            return web.Response(status=503, headers=refusals.pop())
        return await files.answer(request)

    origin = await serve(handler)

    await fetch(transport_to(origin), at(f"{origin}/v"), target)

    assert target.read_bytes() == SMALL
    assert waits == [0.5, 7.0]


@pytest.mark.parametrize("attempts", [1, 2, 3])
async def test_the_policy_says_how_often_a_file_is_asked_for(
    attempts: int,
    target: Path,
    serve: Serve,
    transport_to: MakeTransport,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One attempt is one, at each address; of each repeat there is a record."""
    caplog.set_level(logging.INFO, "nemovideo")
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=503)

    origin = await serve(handler)
    transport = transport_to(origin, retry=RetryPolicy(attempts=attempts))

    with pytest.raises(DownloadError, match="503"):
        await fetch(transport, at(f"{origin}/a", f"{origin}/b"), target)

    assert asked == ["/a"] * attempts + ["/b"] * attempts
    told = [vars(record).get("nemo_pause") for record in caplog.records]
    assert len([pause for pause in told if pause is not None]) == 2 * (attempts - 1)


async def test_one_attempt_is_one_also_where_a_file_gets_further(
    target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """Whoever switches repeats off wants to see what the network does."""
    files = Files(cuts=9)
    origin = await serve(files.answer)
    transport = transport_to(origin, retry=RetryPolicy(attempts=1))

    with pytest.raises(DownloadError, match="broke"):
        await fetch(transport, at(f"{origin}/v"), target)

    assert len(files.asked) == 1


async def test_another_part_of_the_file_is_not_glued_on(
    target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """A 206 that begins elsewhere than asked is refused."""
    files = Files(LARGE, cuts=1)

    async def handler(request: web.Request) -> web.StreamResponse:
        if "Range" not in request.headers:
            return await files.answer(request)
        elsewhere = {"Content-Range": f"bytes 7-99/{len(LARGE)}"}
        return web.Response(body=b"x" * 93, status=206, headers=elsewhere)

    origin = await serve(handler)

    with pytest.raises(DownloadError, match="another part"):
        await fetch(transport_to(origin), at(f"{origin}/v"), target)

    assert beside(target) == ["v.mp4"]


@pytest.mark.parametrize(
    "address", ["nowhere", "file:///etc/passwd", "http://[bad", "http://h:99999/x", "http://"]
)
async def test_an_address_that_is_none_is_told(
    address: str, target: Path, transport_to: MakeTransport
) -> None:
    """Whatever the service calls an address, the error is typed and at once."""
    with pytest.raises(DownloadError, match="an address that is none"):
        await fetch(transport_to("http://127.0.0.1:9"), at(address), target)


async def test_a_file_that_lacks_only_the_end_of_its_answer_is_whole(
    target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """All bytes came, the last chunk did not: the file itself says that it is whole."""

    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(SMALL)
        await asyncio.sleep(0.05)
        assert request.transport
        request.transport.abort()
        return answer

    origin = await serve(handler)

    await fetch(transport_to(origin), at(f"{origin}/v"), target)

    assert target.read_bytes() == SMALL


async def test_a_host_that_never_gets_further_is_given_up(
    target: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """Answers that break off at one place after the other, each from the start, have an end."""
    asked: list[int] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        asked.append(1)
        answer = web.StreamResponse()
        answer.content_length = len(SMALL)
        await answer.prepare(request)
        await answer.write(SMALL[: 11_000 - 1000 * (len(asked) % 3)])
        await asyncio.sleep(0.01)
        assert request.transport
        request.transport.abort()
        return answer

    origin = await serve(handler)

    with pytest.raises(DownloadError):
        await fetch(transport_to(origin), at(f"{origin}/v"), target)

    assert len(asked) < 12
