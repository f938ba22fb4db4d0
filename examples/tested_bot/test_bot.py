"""The bot's tests: no account, no network, no waiting; `pytest examples/tested_bot`.

The fixtures `nemovideo_emulator` and `nemovideo_client` come with nemovideo.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from bot import VIDEO, answer
from PIL import Image

from nemovideo import NemoVideo
from nemovideo.emulator import Emulator

WISH = "a 2-second video with music"


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Two small photos."""
    paths = [tmp_path / "beach.jpg", tmp_path / "market.jpg"]
    for path, colour in zip(paths, ["teal", "orange"], strict=True):
        Image.new("RGB", (320, 240), colour).save(path)
    return paths


async def test_a_wish_becomes_a_video(
    nemovideo_client: Callable[..., NemoVideo], photos: list[Path], tmp_path: Path
) -> None:
    """The happy path, with a real MP4 at its end."""
    async with nemovideo_client() as nemo:
        said = await answer(nemo, WISH, photos, tmp_path)

    assert said == "Here it is, 2 seconds long."
    assert (tmp_path / VIDEO).stat().st_size > 1000


async def test_without_photos_the_bot_asks_for_some(
    nemovideo_client: Callable[..., NemoVideo], nemovideo_emulator: Emulator, tmp_path: Path
) -> None:
    """A message of words only costs nothing."""
    async with nemovideo_client() as nemo:
        said = await answer(nemo, WISH, [], tmp_path)

    assert said.startswith("Send me photos")
    assert nemovideo_emulator.bill.runs == 0


@pytest.mark.nemovideo(credits=10)
async def test_an_empty_account_is_told(
    nemovideo_client: Callable[..., NemoVideo], photos: list[Path], tmp_path: Path
) -> None:
    """A first edit costs 50 credits."""
    async with nemovideo_client() as nemo:
        said = await answer(nemo, WISH, photos, tmp_path)

    assert said.startswith("I am out of credits. Register")


async def test_a_render_that_fails_is_told(
    nemovideo_client: Callable[..., NemoVideo],
    nemovideo_emulator: Emulator,
    photos: list[Path],
    tmp_path: Path,
) -> None:
    """The second attempt, which the SDK makes by itself, fails as well."""
    fault = nemovideo_emulator.faults.fail_render(times=2)

    async with nemovideo_client() as nemo:
        said = await answer(nemo, WISH, photos, tmp_path)

    assert said.startswith("The service could not render")
    assert fault.hits == 2
    assert not (tmp_path / VIDEO).exists()


async def test_a_service_that_is_away_is_told(
    nemovideo_client: Callable[..., NemoVideo],
    nemovideo_emulator: Emulator,
    photos: list[Path],
    tmp_path: Path,
) -> None:
    """Nobody sees a traceback, whatever the network does."""
    nemovideo_emulator.faults.drop_before_request(times=None)

    async with nemovideo_client() as nemo:
        said = await answer(nemo, WISH, photos, tmp_path)

    assert said.startswith("That did not work: ")
