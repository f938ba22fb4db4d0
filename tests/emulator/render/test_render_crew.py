import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nemovideo.emulator.render import RenderError, render
from tests.emulator.render.films import FIVE, examples, music, slideshow

pytestmark = pytest.mark.slow


def workers() -> list[int]:
    """The render workers of this process that are alive."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            state = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            command = (folder / "cmdline").read_bytes()
        except (OSError, IndexError):
            continue
        if int(state[1]) == os.getpid() and b"nemovideo.emulator.worker" in command:
            found.append(int(folder.name))
    return found


async def begun(folder: Path) -> asyncio.Task[object]:
    """A long render that has already encoded something."""
    encoding = asyncio.Event()
    draft = slideshow(FIVE, 60_000, tracks=[music(1000)])
    rendering: asyncio.Task[object] = asyncio.create_task(
        render(draft, examples(), folder / "o.mp4", scale=0.5, on_progress=lambda _: encoding.set())
    )
    await asyncio.wait_for(encoding.wait(), 20)
    return rendering


linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")


@linux
async def test_cancelling_kills_the_workers_and_leaves_nothing(folder: Path) -> None:
    """A render that nobody waits for any more is gone at once, with all its files."""
    rendering = await begun(folder)
    assert workers()

    rendering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(rendering, 2)

    assert workers() == []
    assert list(folder.iterdir()) == []


@linux
async def test_cancelling_twice_still_waits_for_the_workers(folder: Path) -> None:
    """Impatience leaves no process behind, not even a dead one that nobody has seen off."""
    rendering = await begun(folder)
    started = workers()

    rendering.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    rendering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(rendering, 2)

    assert [pid for pid in started if Path(f"/proc/{pid}").exists()] == []
    assert list(folder.iterdir()) == []


@linux
async def test_a_worker_that_dies_fails_the_render(folder: Path) -> None:
    """No one waits for a process that was killed from outside."""
    rendering = await begun(folder)
    os.kill(workers()[-1], signal.SIGKILL)

    with pytest.raises(RenderError, match="worker ended before its work was done"):
        await asyncio.wait_for(rendering, 5)

    assert workers() == []
    assert list(folder.iterdir()) == []


@linux
async def test_an_existing_file_stays_until_the_new_one_is_complete(folder: Path) -> None:
    """Cancelling leaves the old film as it was."""
    (folder / "o.mp4").write_bytes(b"old")
    rendering = await begun(folder)

    rendering.cancel()
    await asyncio.wait([rendering])

    assert (folder / "o.mp4").read_bytes() == b"old"


async def test_an_error_in_the_progress_callback_ends_the_render(folder: Path) -> None:
    """It reaches the caller as it is, and nothing keeps running."""

    def fails(_: float) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await render(
            slideshow(FIVE[:1], 1000), examples(), folder / "o.mp4", scale=0.1, on_progress=fails
        )

    assert list(folder.iterdir()) == []


async def test_a_film_is_found_from_a_relative_path(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths are taken from the folder in which the program stands."""
    monkeypatch.chdir(folder)

    made = await render(slideshow(FIVE[:1], 500), examples(), Path("o.mp4"), scale=0.1)

    assert (folder / "o.mp4").stat().st_size == made.size


def test_importing_the_renderer_is_cheap() -> None:
    """A program that never renders pays for no pixels and no samples."""
    heavy = "{'numpy', 'cv2', 'av', 'PIL'}"
    code = f"import sys, nemovideo.emulator.render; print({heavy} & set(sys.modules))"

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "set()"


def test_a_worker_ends_when_its_orders_do() -> None:
    """Without a renderer at the other end of its pipe, a worker does not linger."""
    command = [sys.executable, "-m", "nemovideo.emulator.worker"]

    ended = subprocess.run(command, input=b"", capture_output=True, timeout=20, check=False)

    assert (ended.returncode, ended.stdout) == (0, b"")
