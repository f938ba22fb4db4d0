"""The client against the emulator, in one loop, with small waits."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from nemovideo import NemoVideo, Timeouts
from nemovideo.emulator import Emulator
from nemovideo.emulator.rendering import renderer
from tests.rendered_once import remembered

PHOTOS = Path(__file__).parents[2] / "examples" / "photos"
QUICK = Timeouts(request=20, render=60, render_first_look=0.1, render_near_end=0.05)


@pytest.fixture(scope="module", autouse=True)
def _films(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What was rendered once in this test run is not rendered again."""
    with remembered(tmp_path_factory):
        yield


@pytest.fixture
def photos() -> list[Path]:
    """The five example photos in the order of their names."""
    return sorted(PHOTOS.glob("*.jpg"))


@pytest.fixture
def rendered_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a test that needs a render under way: it takes its time, whoever had the same."""
    monkeypatch.setattr("nemovideo.emulator.server.renderer", renderer)


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A service of its own for each test, with small pictures and no silent edits."""
    async with Emulator(render_scale=1 / 16, silent=0) as service:
        yield service


@pytest.fixture
async def nemo(emulator: Emulator) -> AsyncIterator[NemoVideo]:
    """A client of that service."""
    async with NemoVideo(base_url=emulator.url, timeouts=QUICK) as client:
        yield client
