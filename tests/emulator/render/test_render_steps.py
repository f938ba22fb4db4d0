from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from nemovideo.emulator.render import render
from nemovideo.emulator.render.motion import View, view
from nemovideo.emulator.render.pixels import shoot, to_planes
from tests.emulator.render.films import slideshow


def texture(width: int, height: int) -> np.ndarray:
    """Smooth noise: something to hold on to everywhere."""
    noise = np.random.default_rng(3).uniform(0, 255, (height // 8, width // 8)).astype(np.float32)
    large = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.dstack([large.clip(0, 255).astype(np.uint8)] * 3)


def shifts(one: np.ndarray, two: np.ndarray) -> list[float]:
    """How far the corners and the middle of a picture moved, in pixels."""
    tall, wide = one.shape
    found = []
    for top, left in ((0, 0), (0, wide - 512), (tall - 512, 0), (tall - 512, wide - 512)):
        before, after = (
            np.ascontiguousarray(frame[top : top + 512, left : left + 512], np.float32)
            for frame in (one, two)
        )
        window = cv2.createHanningWindow((512, 512), cv2.CV_32F)
        (x, y), _ = cv2.phaseCorrelate(before, after, window)
        found.append(float(np.hypot(x, y)))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("motion", ["zoom_in", "pan_left"])
async def test_no_step_in_a_film_is_longer_than_two_pixels(motion: str, tmp_path: Path) -> None:
    """At full size, from the first frame to the last and through the seams of the encoder."""
    Image.fromarray(texture(2112, 1188)).save(tmp_path / "noise.bmp")

    made = await render(
        slideshow(["noise.bmp"], 1000, motion=motion),
        {"noise.bmp": tmp_path / "noise.bmp"},
        tmp_path / "film.mp4",
    )

    with av.open(str(made.path)) as film:
        frames = [frame.to_ndarray()[:1080] for frame in film.decode(video=0)]
    steps = [max(shifts(one, two)) for one, two in zip(frames[::3], frames[1::3], strict=True)]
    assert max(steps) <= 2.0
    assert min(steps) > 0.2


def test_a_slow_zoom_does_not_jitter() -> None:
    """Points move evenly: the camera is never more than 0.15 px beside its path."""
    picture = to_planes(texture(2112, 1188))
    seen = [view("zoom_in", place / 89, frames=90, width=1920, height=1080) for place in range(12)]
    frames = []
    for moment in seen:
        into = tuple(np.empty(size, np.uint8) for size in ((1080, 1920), (540, 960), (540, 960)))
        shoot(picture, moment, (into[0], into[1], into[2]))
        frames.append(into[0])

    reach = np.hypot(1920 / 2 - 256, 1080 / 2 - 256)
    for place in range(1, 12):
        expected = reach * (seen[place].zoom / seen[place - 1].zoom - 1)
        moved = shifts(frames[place - 1], frames[place])
        assert max(abs(step - expected) for step in moved) <= 0.15


def test_colour_does_not_drift_from_brightness() -> None:
    """A wave in colour lies where the same wave in brightness lies, as H.264 places chroma."""
    wave = (127 + 100 * np.sin(np.arange(640) / 20)).astype(np.uint8)
    grey, flat = np.tile(wave, (360, 1)), np.full((360, 640), 90, np.uint8)
    still = tuple(np.empty(size, np.uint8) for size in ((360, 640), (180, 320), (180, 320)))

    shoot(to_planes(np.dstack([grey, flat, flat])), View(), (still[0], still[1], still[2]))

    luma, red = still[0][180, :628:2], still[2][90, :314]
    spin = np.exp(-1j * np.arange(0, 628, 2) / 20)
    phases = [np.angle(np.sum((row - row.mean()) * spin)) for row in (luma, red)]
    assert abs(phases[0] - phases[1]) * 20 < 0.1
