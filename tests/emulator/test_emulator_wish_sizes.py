"""The picture's size and frame rate, which are no new shape."""

from typing import Any

import pytest

from nemovideo.emulator.agent import Board, take_turn
from tests.emulator.boards import FIRST, PHOTOS, followed, fresh, seen


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        pytest.param("in 720p please", {"size": (1280, 720)}, id="720p"),
        pytest.param("1280x720", {"size": (1280, 720)}, id="1280x720"),
        pytest.param("make it HD", {"size": (1280, 720)}, id="hd"),
        pytest.param("换成720p", {"size": (1280, 720)}, id="zh-720p"),
        pytest.param("高清就行", {"size": (1280, 720)}, id="zh-hd"),
        pytest.param("24 fps", {"fps": 24}, id="24"),
        pytest.param("make it 50 frames per second", {"fps": 50}, id="50"),
        pytest.param("60帧", {"fps": 60}, id="zh-60"),
        pytest.param("25 fps and 720p", {"fps": 25, "size": (1280, 720)}, id="both"),
    ],
)
def test_size_and_rate_are_free(message: str, wanted: dict[str, Any]) -> None:
    """They change the canvas and nothing else, and cost nothing."""
    turn = followed(message)
    found, before = seen(turn), seen(fresh(FIRST))
    assert found == before | wanted
    assert turn.price == 0


@pytest.mark.parametrize(
    ("first", "size"),
    [
        pytest.param("a vertical slideshow in 720p", (720, 1280), id="vertical"),
        pytest.param("a square 720p slideshow", (720, 720), id="square"),
        pytest.param("a 720x1280 slideshow", (720, 1280), id="720x1280"),
        pytest.param("a 720x720 slideshow", (720, 720), id="720x720"),
        pytest.param("a 1080x1920 slideshow", (1080, 1920), id="1080x1920"),
        pytest.param("a 1080x1080 slideshow", (1080, 1080), id="1080x1080"),
        pytest.param("做一个竖屏720p的视频", (720, 1280), id="zh-vertical"),
    ],
)
def test_each_shape_has_a_small_size(first: str, size: tuple[int, int]) -> None:
    """720 is the shorter side, whatever the shape."""
    assert seen(fresh(first))["size"] == size


@pytest.mark.parametrize(
    ("message", "size", "price"),
    [
        pytest.param("make it vertical", (720, 1280), 100, id="a-new-shape-keeps-720"),
        pytest.param("1080p", (1920, 1080), 0, id="1080p"),
        pytest.param("full HD", (1920, 1080), 0, id="full-hd"),
        pytest.param("改回1080p", (1920, 1080), 0, id="zh-1080p"),
        pytest.param("1920x1080", (1920, 1080), 0, id="1920x1080"),
    ],
)
def test_after_720p(message: str, size: tuple[int, int], price: int) -> None:
    """A shape keeps the size, and 1080p brings the large one back."""
    turn = followed(message, "make a 720p slideshow")
    assert (seen(turn)["size"], turn.price) == (size, price)


@pytest.mark.parametrize(
    "message", ["4k", "make it 8K", "480p", "ultra hd", "120 fps", "12 fps", "4K画质", "15帧"]
)
def test_other_sizes_are_refused_with_what_there_is(message: str) -> None:
    """What cannot be is named, and what can be too."""
    turn = followed(message)
    assert turn.calls == ()
    assert "720p" in turn.after
    assert "1080p" in turn.after


def test_an_unusual_picture_is_told() -> None:
    """Size and rate are in the first answer where they are not the usual ones."""
    assert "9:16 720p 24 fps," in fresh("make a vertical 720p slideshow at 24 fps").after
    assert "16:9, with" in fresh("make a slideshow").after


def test_a_strange_canvas_has_no_shape_to_tell() -> None:
    """A canvas that a person made is spoken of by its lines."""
    before = fresh("make a slideshow")
    draft = before.calls[-1].draft
    draft = {**draft, "m": {**draft["m"], "width": 1000, "height": 900}}
    turn = take_turn("make it 1:1", Board(draft, PHOTOS, before.placed, "p", paid=True))
    assert seen(turn)["size"] == (900, 900)
