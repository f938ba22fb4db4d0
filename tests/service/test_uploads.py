"""Uploads against the emulator: every kind of file, several at once, nothing twice."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image

from nemovideo import (
    InputError,
    NemoVideo,
    Progress,
    RequestStarted,
    ServerError,
    Session,
    UnsupportedFileError,
)
from nemovideo.emulator import Emulator

HEIC = Path(__file__).parents[2] / "examples" / "photos" / "sample.heic"


@pytest.fixture
async def session(nemo: NemoVideo) -> Session:
    """A session without files."""
    return await nemo.sessions.create()


async def in_pieces(path: Path) -> AsyncIterator[bytes]:
    """A photo that comes from somewhere else, bit by bit."""
    with path.open("rb") as file:
        while piece := file.read(1000):
            yield piece


async def test_every_kind_of_file_goes_in_one_request(
    nemo: NemoVideo, session: Session, photos: list[Path]
) -> None:
    """A path, bytes, an open file, an async iterator, a PIL image and a HEIC photo."""
    with photos[2].open("rb") as file, Image.open(photos[4]) as image:
        taken = await nemo.uploads.files(
            session,
            [
                photos[0],
                photos[1].read_bytes(),
                io.BytesIO(photos[2].read_bytes()),
                file,
                in_pieces(photos[3]),
                image,
                HEIC,
            ],
        )

    assert [one.filename for one in taken] == [
        photos[0].name,
        "file-2.jpg",
        "file-3.jpg",
        photos[2].name,
        "file-5.jpg",
        photos[4].name,
        "sample.jpg",
    ]
    assert {one.file_type for one in taken} == {"image"}


async def test_a_lone_iterator_is_one_photo(
    nemo: NemoVideo, session: Session, photos: list[Path]
) -> None:
    """It is not taken for many."""
    (taken,) = await nemo.uploads.files(session, in_pieces(photos[0]))

    assert (taken.width, taken.height) == (451, 300)


async def test_a_name_comes_through_in_any_script(
    nemo: NemoVideo, session: Session, photos: list[Path], tmp_path: Path
) -> None:
    """As UTF-8; also quotes and spaces."""
    path = tmp_path / '海滩 "été" №1 🏖.jpg'
    path.write_bytes(photos[0].read_bytes())

    (taken,) = await nemo.uploads.files(session, path)

    assert taken.filename.replace("%22", '"') == path.name


async def test_a_file_is_not_sent_twice_to_one_session(
    emulator: Emulator, photos: list[Path]
) -> None:
    """Known by its path or by its content; another session gets it anew."""
    posts: list[str] = []

    def note(request: RequestStarted) -> None:
        if "/upload-video/" in request.url:
            posts.append(request.url)

    async with NemoVideo(base_url=emulator.url, on_request=note) as nemo:
        session = await nemo.sessions.create()
        (first,) = await nemo.uploads.files(session, photos[0])
        mixed = await nemo.uploads.files(session, [photos[1], photos[0].read_bytes()])
        again = await nemo.uploads.files(session, photos[:2])
        assert len(posts) == 2
        assert mixed[1] is first
        assert again == [first, mixed[0]]

        await nemo.uploads.files(await nemo.sessions.create(), photos[0])
        assert len(posts) == 3
        assert (await nemo.state.latest(session)).video_infos[1]["filename"] == photos[1].name


async def test_an_iterator_is_sent_whole_again_after_a_refusal(
    nemo: NemoVideo, emulator: Emulator, session: Session, photos: list[Path]
) -> None:
    """The token has ended meanwhile: it is renewed, and the photo is still there."""
    fault = emulator.faults.expire_token()

    (taken,) = await nemo.uploads.files(session, in_pieces(photos[0]))

    assert fault.hits == 1
    assert (taken.width, taken.height) == (451, 300)


async def test_uploads_report_bytes_and_come_back_in_order(
    nemo: NemoVideo, photos: list[Path]
) -> None:
    """The service's answer is in the order of the files; progress ends at the total."""
    session = await nemo.sessions.create()
    seen: list[Progress] = []

    taken = await nemo.uploads.files(session.session_id, photos, on_progress=seen.append)

    assert [file.filename for file in taken] == [photo.name for photo in photos]
    assert {file.file_type for file in taken} == {"image"}
    assert (taken[0].width, taken[0].height) == (451, 300)
    total = sum(photo.stat().st_size for photo in photos)
    assert (seen[-1].done, seen[-1].total, seen[-1].unit) == (total, total, "bytes")


async def test_the_service_can_fetch_files_itself(
    nemo: NemoVideo, session: Session, photos: list[Path]
) -> None:
    """An address is taken like a file."""
    [here] = await nemo.uploads.files(session, photos[2])
    assert here.cdn_url is not None

    [taken] = await nemo.uploads.urls(session, here.cdn_url)

    assert (taken.width, taken.height) == (here.width, here.height)


async def test_no_address_is_an_error(nemo: NemoVideo, session: Session) -> None:
    """An empty list of addresses asks for nothing."""
    with pytest.raises(InputError, match="No address"):
        await nemo.uploads.urls(session, [])


async def test_a_file_that_only_looks_right_is_refused_by_the_service(
    nemo: NemoVideo, session: Session
) -> None:
    """What has the first bytes of a photo and no picture behind them is 4001."""
    with pytest.raises(UnsupportedFileError) as caught:
        await nemo.uploads.files(session, b"\xff\xd8\xff\xe0 not a photo")

    assert caught.value.code == 4001
    assert "jpg" in caught.value.supported


async def test_less_than_was_sent_is_an_error(photos: list[Path]) -> None:
    """A service that takes only some of the files is not asked for a video of them."""

    async def take_one(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({"code": 0, "data": {"files": [{"filename": "cat.jpg"}]}})

    app = web.Application()
    app.router.add_post("/api/upload-video/nemo_agent/me/1", take_one)
    async with (
        TestServer(app) as server,
        NemoVideo(base_url=str(server.make_url("")), token="t") as nemo,
    ):
        with pytest.raises(ServerError, match=r"took 1 of 2 files: cat\.jpg"):
            await nemo.uploads.files("1", photos[:2])


async def test_an_answer_in_another_order_is_put_right(photos: list[Path]) -> None:
    """And what is known of the files later is true too; also where the service lists more."""

    async def sorted_by_name(request: web.Request) -> web.Response:
        names = ["an-older-file.jpg"]
        async for part in await request.multipart():
            assert isinstance(part, aiohttp.BodyPartReader)
            names.append(str(part.filename))
            await part.read()
        names.sort()
        files = [{"filename": name, "cdn_url": f"https://cdn/{name}"} for name in names]
        return web.json_response({"code": 0, "data": {"files": files}})

    app = web.Application(client_max_size=64 * 1024**2)
    app.router.add_post("/api/upload-video/nemo_agent/me/1", sorted_by_name)
    async with (
        TestServer(app) as server,
        NemoVideo(base_url=str(server.make_url("")), token="t") as nemo,
    ):
        taken = await nemo.uploads.files("1", [photos[1], photos[0]])
        again = await nemo.uploads.files("1", photos[0])

    assert [one.filename for one in taken] == [photos[1].name, photos[0].name]
    assert again == [taken[1]]


async def test_a_slow_callback_costs_no_upload(nemo: NemoVideo, photos: list[Path]) -> None:
    """The time limit is for the upload, not for whoever draws its bar."""

    async def slow(_: Progress) -> None:
        await asyncio.sleep(0.6)

    session = await nemo.sessions.create()
    taken = await nemo.uploads.files(session, photos[0], on_progress=slow, timeout=0.5)

    assert len(taken) == 1
