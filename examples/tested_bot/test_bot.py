"""The bot's tests: a real service for each of them, and no account, no network, no mock."""

from collections.abc import Callable
from pathlib import Path

import pytest
from bot import answer

from nemovideo import NemoVideo
from nemovideo.pytest_plugin import ServedEmulator

PHOTOS = sorted((Path(__file__).parents[1] / "photos").glob("*.jpg"))[:2]
Client = Callable[..., NemoVideo]


async def test_a_wish_becomes_a_video(nemovideo_client: Client, tmp_path: Path) -> None:
    """The file is there, and it is a whole MP4."""
    async with nemovideo_client() as nemo:
        words, video = await answer(nemo, "a 3-second slideshow", PHOTOS, tmp_path / "out.mp4")

    assert words == "Here it is, 3 seconds."
    assert video is not None
    assert b"moov" in video.read_bytes()


@pytest.mark.nemovideo(credits=0)
async def test_an_empty_account_gets_a_link(nemovideo_client: Client, tmp_path: Path) -> None:
    """The person can register, and nothing was charged."""
    async with nemovideo_client() as nemo:
        words, video = await answer(nemo, "a 3-second slideshow", PHOTOS, tmp_path / "out.mp4")

    assert "register?bind=" in words
    assert video is None


async def test_a_render_that_fails_twice_is_told(
    nemovideo_client: Client, nemovideo_emulator: ServedEmulator, tmp_path: Path
) -> None:
    """The bot says so instead of falling over, and the wish was carried out once."""
    nemovideo_emulator.faults.fail_render(times=2)
    async with nemovideo_client() as nemo:
        words, _ = await answer(nemo, "a 3-second slideshow", PHOTOS, tmp_path / "out.mp4")

    assert words.startswith("That did not work: ")
    assert nemovideo_emulator.bill.runs == 1
