from pathlib import Path

import pytest

from tests.emulator.render.films import (
    FIVE,
    Film,
    decoded,
    examples,
    music,
    rendered,
    slideshow,
    title,
)


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five photos in 15 seconds, cross-faded, with music, and a title in the first 3 seconds."""
    tracks = [music(15000), title("Small Wonders", fade_ms=400)]
    target = tmp_path_factory.mktemp("films") / "five.mp4"
    return rendered(slideshow(FIVE, 15000, tracks=tracks), examples(), target).path


@pytest.fixture(scope="session")
def seen(film: Path) -> Film:
    """The same film, decoded."""
    return decoded(film)


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """The same photos without music and title, dipping to black, decoded."""
    target = tmp_path_factory.mktemp("films") / "plain.mp4"
    draft = slideshow(FIVE, 10000, transition="dip", motion="pan_left")
    return decoded(rendered(draft, examples(), target).path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder, in which anything left behind would show."""
    found = tmp_path / "films"
    found.mkdir()
    return found
