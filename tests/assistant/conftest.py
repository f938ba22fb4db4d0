"""An assistant against the emulator, in one loop, with small waits."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from nemovideo import NemoVideo, Timeouts
from nemovideo.assistant import Assistant, Conversation, Exporting, Update
from nemovideo.emulator import Emulator
from tests.rendered_once import remembered

PHOTOS = Path(__file__).parents[2] / "examples" / "photos"
QUICK = Timeouts(
    request=20,
    render=60,
    render_first_look=0.1,
    render_near_end=0.05,
    lost_verdict=0.5,
    rate_limit=0.1,
)


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
async def emulator() -> AsyncIterator[Emulator]:
    """A service of its own for each test, with small pictures and no silent edits."""
    async with Emulator(render_scale=1 / 16, silent=0) as service:
        yield service


@pytest.fixture
async def nemo(emulator: Emulator, tmp_path: Path) -> AsyncIterator[NemoVideo]:
    """A client of that service, with a ledger on the disk."""
    ledger = tmp_path / "jobs.sqlite3"
    async with NemoVideo(base_url=emulator.url, timeouts=QUICK, ledger=ledger) as client:
        yield client


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    """Where the videos go."""
    folder = tmp_path / "videos"
    folder.mkdir()
    return folder


@pytest.fixture
def assistant(nemo: NemoVideo, videos: Path) -> Assistant:
    """An assistant for that client."""
    return Assistant(nemo, skill="image-to-video-local", folder=videos)


async def said(
    conversation: Conversation | Assistant,
    text: str = "",
    *files: object,
    on_update: Callable[[Update], None] | None = None,
) -> list[Update]:
    """Say something and give every update but the progress of an export."""
    async with conversation.handle(text, files) as updates:  # type: ignore[arg-type]  # hostile ones too
        found = []
        async for update in updates:
            if on_update:
                on_update(update)
            found.append(update)
    return [update for update in found if not isinstance(update, Exporting)]
