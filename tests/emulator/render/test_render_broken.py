"""A broken source, seen from the wire: it fails its render, and nothing else."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from nemovideo.emulator import Emulator
from tests.emulator.conftest import Caller, jpeg
from tests.emulator.render.sources import video
from tests.emulator.test_emulator_renders import SUBMIT, ended, made


@pytest.fixture
async def emulator(tmp_path: Path) -> AsyncIterator[Emulator]:
    """One whose files a test can reach."""
    async with Emulator(render_scale=1 / 12, silent=0.0, folder=tmp_path / "world") as running:
        yield running


async def ruined(
    caller: Caller, world: Path, name: str, content: bytes, how: str
) -> dict[str, Any]:
    """Submit a render whose second file broke after it was uploaded; return how it ended."""
    sid = await caller.session()
    files = [("good.jpg", jpeg(40)), (name, content)]
    assert (await caller.upload(sid, *files))[0] == 200
    await caller.say(sid, "make a 1 second video without music")
    draft = (await caller.state(sid))["draft"]
    for path in (world / "uploads").iterdir():
        if path.read_bytes() == content:
            spoil(path, how)
    await caller.post(
        SUBMIT, json={"id": "bad", "sessionId": sid, "draft": draft, "output": {"quality": "low"}}
    )
    return await ended(caller, "bad")


def spoil(path: Path, how: str) -> None:
    """Break a stored file."""
    match how:
        case "missing":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case "text":
            path.write_text("not what it was")
        case "cut off":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def large_jpeg() -> bytes:
    """A photo that can be cut off in its middle."""
    stream = io.BytesIO()
    Image.effect_noise((300, 200), 80).convert("RGB").save(stream, "JPEG")
    return stream.getvalue()


@pytest.mark.parametrize(
    "how",
    [
        "missing",
        *(pytest.param(how, marks=pytest.mark.slow) for how in ("empty", "text", "cut off")),
    ],
)
@pytest.mark.parametrize("name", ["beach.jpg", "clip.mp4"])
async def test_a_broken_source_fails_its_render_and_not_the_server(
    name: str, how: str, caller: Caller, tmp_path: Path
) -> None:
    """The answer names the file and says what is wrong with it; the next render is made."""
    film = name.endswith("mp4")
    content = video(tmp_path / name, 1).read_bytes() if film else large_jpeg()

    failed = await ruined(caller, tmp_path / "world", name, content, how)

    assert failed["status"] == "failed"
    assert failed["error"].startswith(f"{name} ")
    assert str(tmp_path) not in failed["error"]
    assert "Errno" not in failed["error"]
    await caller.post(SUBMIT, json=await made(caller))
    assert (await ended(caller))["status"] == "completed"


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"d": 1}, "less than one frame"), ({"d": 10**9}, "too long")],
    ids=["a millisecond", "eleven days"],
)
async def test_a_draft_that_is_no_film_fails_in_words(
    change: dict[str, Any], reason: str, caller: Caller
) -> None:
    """What an edit did to the length is told, and the next render is made."""
    body = await made(caller)
    first = body["draft"]["t"][0]
    edited = {**first, "sg": [{**first["sg"][0], **change}]}
    draft = {**body["draft"], "t": [edited]}

    await caller.post(SUBMIT, json=body | {"id": "bad", "draft": draft})

    failed = await ended(caller, "bad")
    assert (failed["status"], reason in failed["error"]) == ("failed", True)
    await caller.post(SUBMIT, json=body)
    assert (await ended(caller))["status"] == "completed"
