import itertools
import math

import numpy as np
import pytest

from nemovideo.emulator.render.motion import RESERVE, View, view
from nemovideo.emulator.render.mounting import card_size
from nemovideo.emulator.render.pixels import shoot, to_planes

MOTIONS = ["zoom_in", "zoom_out", "pan_left", "pan_right", "pan_up", "pan_down"]
SIZES = [(1920, 1080), (1080, 1920), (1080, 1080)]


def path(motion: str, frames: int, size: tuple[int, int]) -> list[View]:
    return [
        view(motion, frame / max(frames - 1, 1), frames=frames, width=size[0], height=size[1])
        for frame in range(frames)
    ]


def corner(seen: View, size: tuple[int, int], side: int) -> tuple[float, float]:
    """Where a fixed point near a corner of the picture appears on the canvas, in pixels."""
    return (
        (side * 0.45 - seen.x) * seen.zoom * size[0],
        (side * 0.45 - seen.y) * seen.zoom * size[1],
    )


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("frames", [2, 15, 50, 90, 450])
@pytest.mark.parametrize("motion", MOTIONS)
def test_no_point_moves_further_than_two_pixels(
    motion: str, frames: int, size: tuple[int, int]
) -> None:
    """However short a shot, nothing in it jumps."""
    seen = path(motion, frames, size)
    steps = [
        math.dist(corner(one, size, side), corner(two, size, side))
        for one, two in itertools.pairwise(seen)
        for side in (-1, 1)
    ]

    assert max(steps) <= 2.0


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("motion", MOTIONS)
def test_the_view_never_leaves_the_picture(motion: str, size: tuple[int, int]) -> None:
    """The edge of a picture is never filmed, and nothing is enlarged beyond the reserve."""
    for seen in path(motion, 200, size):
        slack = (1 - 1 / seen.zoom) / 2 + 1e-9
        assert abs(seen.x) <= slack
        assert abs(seen.y) <= slack
        assert seen.zoom <= RESERVE + 1e-9


@pytest.mark.parametrize("motion", MOTIONS)
def test_a_movement_keeps_its_direction_and_never_stops(motion: str) -> None:
    """Between neighbouring frames something always moves, and always the same way."""
    size = (1920, 1080)
    steps = [
        (two.zoom - one.zoom, two.x - one.x, two.y - one.y)
        for one, two in itertools.pairwise(path(motion, 90, size))
    ]

    assert all(any(abs(part) > 1e-5 for part in step) for step in steps)
    for part in zip(*steps, strict=True):
        assert min(part) >= -1e-12 or max(part) <= 1e-12


def test_a_three_second_zoom_is_visible_but_slow() -> None:
    """A usual slot is zoomed by six to ten per cent."""
    seen = path("zoom_in", 100, (1920, 1080))

    assert seen[0].zoom == pytest.approx(1.0)
    assert 1.06 <= seen[-1].zoom <= 1.10


def test_panning_left_looks_further_and_further_left() -> None:
    """The names say where the camera goes."""
    seen = path("pan_left", 90, (1920, 1080))

    assert seen[0].x > 0 > seen[-1].x


def test_an_unknown_motion_stands_still() -> None:
    """What the renderer does not know does not move."""
    assert set(path("spin", 10, (1920, 1080))) == {View()}


@pytest.mark.parametrize("motion", ["zoom_in", "pan_left"])
def test_what_is_drawn_lies_where_the_camera_looks(motion: str) -> None:
    """Waves across a card appear beside their place by a small fraction of a pixel at most."""
    wide, tall = card_size(480, 270)
    wave = 127 + 100 * np.sin(np.arange(wide) / 6)
    picture = to_planes(np.tile(wave.astype(np.uint8)[:, None], (tall, 1, 3)))
    into = np.empty((270, 480), np.uint8), *np.empty((2, 135, 240), np.uint8)
    beside = []
    for seen in path(motion, 90, (480, 270)):
        shoot(picture, seen, (into[0], into[1], into[2]))
        columns = (np.arange(480) + 0.5) / 480 - 0.5
        places = wide * (0.5 + seen.x + columns / seen.zoom) - 0.5
        window = np.hanning(480) * np.exp(-1j * places / 6)
        beside.append(6 * np.angle(1j * np.sum((into[0][135] - 127.0) * window)))

    assert max(map(abs, beside)) < 0.1
    assert np.std(beside) < 0.03
