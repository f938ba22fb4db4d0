import asyncio
import os
import sys
from pathlib import Path

import av
import pytest

from nemovideo.emulator import Emulator
from tests.independent_server import IndependentServer, clip

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PHOTOS = sorted((ROOT / "examples" / "photos").glob("*.jpg"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where an example runs; `home` in it is its HOME."""
    (tmp_path / "home").mkdir()
    return tmp_path


async def quickstart(folder: Path, base_url: str, *photos: Path) -> list[str]:
    """Run the example as a user would and give its lines."""
    script = ROOT / "examples" / "quickstart.py"
    return await python(folder, "-W", "error", script, *photos, NEMO_API_URL=base_url)


async def python(folder: Path, *words: str | Path, **settings: str) -> list[str]:
    """Run Python with an empty HOME, and no settings but these; give the lines that it prints."""
    foreign = {name for name in os.environ if name.startswith(("NEMO_", "SKILL_", "XDG_"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *map(str, words),
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name not in foreign}
        | {"HOME": str(folder / "home"), "PYTHONUTF8": "1"}
        | settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        said, complained = await asyncio.wait_for(process.communicate(), 90)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert (process.returncode, complained.decode()) == (0, ""), said.decode()
    return said.decode().splitlines()


async def test_the_quickstart_works_with_a_server_that_knows_only_the_contract(
    folder: Path,
) -> None:
    """Its five photos arrive, and it prints path, duration and timeline of what came back."""
    async with IndependentServer("bare", looks=("pending", "completed")) as server:
        lines = await quickstart(folder, server.api_url)

    (upload,) = [seen for seen in server.recorded if seen.parts]
    assert [part.filename for part in upload.parts] == [photo.name for photo in PHOTOS]
    assert lines[:2] == ["slideshow.mp4", "4.0 s"]
    assert lines[2].startswith("Timeline (2 tracks): 1. Video:")
    assert (folder / "slideshow.mp4").read_bytes() == clip()


async def test_the_quickstart_works_with_the_emulator(folder: Path) -> None:
    """With nothing but another base URL the same script makes a real video."""
    async with Emulator(render_scale=1 / 12) as emulator:
        lines = await quickstart(folder, emulator.url)

    assert lines[:2] == ["slideshow.mp4", "15.0 s"]
    assert lines[2].startswith("Timeline (2 tracks): 1. Video:")
    with av.open(str(folder / "slideshow.mp4")) as video:
        assert video.duration is not None
        assert video.duration / av.time_base == pytest.approx(15, abs=0.3)


async def test_the_quickstart_takes_photos_from_its_arguments(folder: Path) -> None:
    """Whoever names photos gets a video of those."""
    async with IndependentServer("B", looks=("completed",)) as server:
        await quickstart(folder, server.api_url, PHOTOS[2], PHOTOS[0])

    (upload,) = [seen for seen in server.recorded if seen.parts]
    assert [part.filename for part in upload.parts] == [PHOTOS[2].name, PHOTOS[0].name]


async def test_an_example_leaves_home_alone_on_loopback(folder: Path) -> None:
    """Trying an example against a service on this machine keeps nothing."""
    async with IndependentServer(looks=("completed",)) as server:
        await quickstart(folder, server.api_url, PHOTOS[0])

    assert not list((folder / "home").rglob("*"))


async def test_the_tests_of_the_bot_pass(folder: Path) -> None:
    """Where the package is installed, `pytest` alone runs them; HOME stays as it was."""
    bot = ROOT / "examples" / "tested_bot"

    lines = await python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", bot)

    assert lines[-1].startswith("5 passed")
    assert not list((folder / "home").rglob("*"))
