"""Uploads: judged by their bytes, measured by decoding them, served without a token."""

import io
import wave
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image

from nemovideo.emulator import Emulator, intake
from nemovideo.emulator.formats import sniff
from nemovideo.emulator.intake import plain_name
from nemovideo.emulator.measuring import Measures, measure
from tests.emulator.conftest import Caller, jpeg

HEIC = b"\x00\x00\x00\x24ftypheic" + bytes(64)


def image(kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (30, 20), (9, 99, 199)).save(stream, kind, **options)
    return stream.getvalue()


def sound() -> bytes:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(2 * 8000 * 2))
    return stream.getvalue()


def clip() -> bytes:
    import av
    import numpy as np

    stream = io.BytesIO()
    with av.open(stream, "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        for shade in range(20):
            picture = np.full((48, 64, 3), shade * 10, dtype=np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(video.encode())
    return stream.getvalue()


@pytest.mark.parametrize("size", [(12_000, 9_000), (16_320, 12_240)], ids=["108 MP", "200 MP"])
def test_a_photo_of_a_new_telephone_is_no_bomb(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is taken, though it is larger than Pillow likes; only its size stays unknown."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 89_478_485)  # a render sets it to None
    photo = tmp_path / "photo.png"
    Image.new("1", size).save(photo)

    assert measure(photo, "image") == Measures("image")


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        (image("JPEG"), {"file_type": "image", "width": 30, "height": 20}),
        (image("PNG"), {"file_type": "image", "width": 30, "height": 20}),
        (image("GIF"), {"file_type": "image"}),
        (image("WEBP"), {"file_type": "image"}),
        (sound(), {"file_type": "audio", "duration": 2.0}),
        (clip(), {"file_type": "video", "duration": 2.0, "width": 64, "height": 48, "fps": 10.0}),
    ],
    ids=["jpeg", "png", "gif", "webp", "wav", "mp4"],
)
async def test_a_file_is_what_its_bytes_are(
    caller: Caller, content: bytes, facts: dict[str, Any]
) -> None:
    """Whatever its name, a file is entered as what it is, with its measures."""
    sid = await caller.session()
    status, answer = await caller.upload(sid, ("thing.bin", content))
    assert status == 200
    (file,) = answer["data"]["files"]
    assert {key: file[key] for key in facts} == facts
    assert file["filename"] == "thing.bin"
    assert answer["data"]["session_state_applied"] is True
    assert (await caller.state(sid))["video_infos"] == [file]


async def test_sizes_are_those_a_viewer_sees(caller: Caller) -> None:
    """A photo taken sideways is measured upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    sid = await caller.session()
    _, answer = await caller.upload(sid, ("side.jpg", image("JPEG", exif=exif)))
    assert (answer["data"]["files"][0]["width"], answer["data"]["files"][0]["height"]) == (20, 30)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"just some words", "none of the accepted formats"),
        (HEIC, "none of the accepted formats"),
        (jpeg(size=(400, 300))[:-400], "damaged or incomplete"),
        (clip()[:600], "damaged or incomplete"),
        (b"RIFF\x00\x00\x00\x00WAVE", "damaged or incomplete"),
        (b"\x89PNG\r\n\x1a\n", "damaged or incomplete"),
    ],
    ids=["empty", "text", "heic", "cut-jpeg", "cut-mp4", "no-sound", "only-a-head"],
)
async def test_a_bad_file_is_refused_and_leaves_nothing(
    tmp_path: Path, http: aiohttp.ClientSession, content: bytes, why: str
) -> None:
    """4001 names the file and the reason; a good file beside it is not kept either."""
    async with Emulator(folder=tmp_path) as emulator:
        caller = Caller(http, emulator.url)
        await caller.sign_in()
        sid = await caller.session()
        status, answer = await caller.upload(sid, ("good.jpg", jpeg()), ("bad.jpg", content))
        assert (status, answer["code"]) == (415, 4001)
        assert "'bad.jpg'" in answer["message"]
        assert why in answer["message"]
        assert (await caller.state(sid))["video_infos"] == []
        assert list((tmp_path / "uploads").iterdir()) == []


async def test_a_large_file_is_refused(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit: 4002."""
    monkeypatch.setattr(intake, "UPLOAD_LIMIT", 1000)
    sid = await caller.session()
    status, answer = await caller.upload(sid, ("big.jpg", jpeg() + bytes(1000)))
    assert (status, answer["code"]) == (413, 4002)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\photos\\cat.jpg", "cat.jpg"),
        ("猫 und Käse.jpg", "猫 und Käse.jpg"),
        ("a\x00b\x1f.jpg", "ab.jpg"),
        ("..", "file"),
        (".hidden.jpg", "hidden.jpg"),
        ("", "file"),
        ("/", "file"),
        ("x" * 500 + ".jpg", "x" * 120 + ".jpg"),
        ("\u202egpj.exe", "gpj.exe"),
    ],
)
def test_names_lose_folders_and_tricks(name: str, shown: str) -> None:
    """Of a client's file name only the harmless last part is kept."""
    assert plain_name(name) == shown


async def test_a_hostile_name_leads_nowhere(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    """A name with folders in it writes into the uploads folder and nowhere else."""
    async with Emulator(folder=tmp_path / "kept") as emulator:
        caller = Caller(http, emulator.url)
        await caller.sign_in()
        sid = await caller.session()
        _, answer = await caller.upload(sid, ("../../猫?.jpg", jpeg()))
        file = answer["data"]["files"][0]
        assert file["filename"] == "猫?.jpg"
        async with http.get(file["cdn_url"]) as served:
            assert (served.status, await served.read()) == (200, jpeg())
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert len(list((tmp_path / "kept" / "uploads").iterdir())) == 1


async def test_uploads_are_served_in_ranges_without_a_token(
    caller: Caller, emulator: Emulator
) -> None:
    """The second port asks for nothing, serves parts, and notes a token that arrives."""
    _, answer = await caller.upload(await caller.session(), ("a.jpg", jpeg()))
    url = answer["data"]["files"][0]["cdn_url"]
    assert url.startswith(emulator.media_url)
    async with caller.http.get(url, headers={"Range": "bytes=0-2"}) as part:
        assert (part.status, await part.read()) == (206, b"\xff\xd8\xff")
        assert part.content_type == "image/jpeg"
    assert emulator.leaked_tokens == []
    async with caller.http.get(url, headers=caller.headers) as leaked:
        assert leaked.status == 200
    (token,) = emulator.leaked_tokens
    assert token.startswith("nmv_usr_")
    assert token.endswith("…")
    assert len(token) < 20


@pytest.mark.parametrize(
    "path", ["/media/none/a.jpg", "/renders/none.mp4", "/media/../../etc/passwd"]
)
async def test_unknown_media_is_404(
    emulator: Emulator, http: aiohttp.ClientSession, path: str
) -> None:
    """Only what was uploaded or rendered is there."""
    async with http.get(emulator.media_url + path) as answer:
        assert answer.status == 404


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"no multipart at all", "text/plain"),
        (b"", "multipart/form-data; boundary=x"),
        (b"--y\r\n\r\n", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="files"\r\n\r\ncut',
            "multipart/form-data; boundary=x",
        ),
        (b"", "multipart/form-data"),
        (
            b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\nhi\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (b"{}", "application/json"),
        (b'{"urls": []}', "application/json"),
        (b'{"urls": ["file:///etc/passwd"]}', "application/json"),
        (b'{"urls": [7]}', "application/json"),
        (b'{"urls": [' + b"0," * 100 + b"0]}", "application/json"),
    ],
)
async def test_a_request_without_files_is_refused(
    caller: Caller, content: bytes, kind: str
) -> None:
    """No part named `files` and no fetchable address: the validation form."""
    path = f"/api/upload-video/nemo_agent/me/{await caller.session()}"
    status, answer = await caller.post(path, data=content, headers={"Content-Type": kind})
    assert status in {415, 422}
    assert status == 415 or "detail" in answer


async def test_a_list_without_addresses_is_named(caller: Caller) -> None:
    """The refusal points at `urls`, which is what was sent."""
    path = f"/api/upload-video/nemo_agent/me/{await caller.session()}"
    status, answer = await caller.post(path, json={"urls": []})

    assert status == 422
    assert answer["detail"][0]["loc"] == ["body", "urls"]


@pytest.mark.parametrize("fault", ["slow", "cut_download", "none"])
async def test_a_file_that_has_gone_is_404(caller: Caller, emulator: Emulator, fault: str) -> None:
    """Somebody cleared the folder: that is no mistake of the service, whatever was ordered."""
    _, answer = await caller.upload(await caller.session(), ("a.jpg", jpeg()))
    (upload,) = emulator._running().media.values()
    upload.path.unlink()
    if fault == "slow":
        emulator.faults.slow(10_000_000)
    cut = emulator.faults.cut_download(10) if fault == "cut_download" else None

    async with caller.http.get(answer["data"]["files"][0]["cdn_url"]) as gone:
        assert gone.status == 404
    assert cut is None or cut.hits == 0


async def test_addresses_are_fetched(caller: Caller) -> None:
    """`urls` are fetched, named by their last part, and judged like any file."""

    async def serve(request: web.Request) -> web.Response:
        if request.path == "/cat.jpg":
            return web.Response(body=jpeg())
        return web.Response(status=410)

    app = web.Application()
    app.router.add_get("/{name}", serve)
    async with TestServer(app) as elsewhere:
        sid = await caller.session()
        path = f"/api/upload-video/nemo_agent/me/{sid}"
        urls = [str(elsewhere.make_url("/cat.jpg?x=1"))]
        body = {"urls": urls, "source_type": "url"}
        _, answer = await caller.post(path, json=body)
        assert answer["data"]["files"][0]["filename"] == "cat.jpg"
        urls.append(str(elsewhere.make_url("/gone.jpg")))
        status, answer = await caller.post(path, json=body)
        assert (status, answer["code"]) == (415, 4001)
        assert "410" in answer["message"]
        assert len((await caller.state(sid))["video_infos"]) == 1
    status, answer = await caller.post(path, json={"urls": urls[:1]})
    assert (status, answer["code"]) == (415, 4001)


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"\x00\x00\x00\x18ftypisom", ".mp4"),
        (b"\x00\x00\x00\x14ftypqt  ", ".mov"),
        (b"\x00\x00\x00\x08wide", ".mov"),
        (b"\x00\x00\x00\x1cftypM4A ", ".m4a"),
        (b"\x1a\x45\xdf\xa3....webm", ".webm"),
        (b"\x1a\x45\xdf\xa3....matroska", ".mkv"),
        (b"RIFF....AVI LIST", ".avi"),
        (b"ID3\x04", ".mp3"),
        (b"\xff\xfb\x90", ".mp3"),
        (b"\xff\xf1\x50", ".aac"),
        (b"\x00\x00\x00\x1cftypavif", None),
        (b"%PDF-1.7", None),
        (b"", None),
    ],
)
def test_formats_are_known_by_their_first_bytes(head: bytes, found: str | None) -> None:
    """Each accepted format is recognised, and nothing else."""
    told = sniff(head)
    assert (told.suffix if told else None) == found
