"""The demo as a person sees and hears it: the file that the command made, decoded."""

import os
import subprocess
import sys
from pathlib import Path

import attrs
import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from nemovideo import NemoVideo, Timeouts
from nemovideo.emulator import Emulator
from nemovideo.emulator.render.fonts import cast
from tests.emulator.render.films import level, peak, unlikeness

pytestmark = pytest.mark.slow

TITLE = "Quiet Harbour"
PROMPT = (
    "turn these photos into a 15-second slideshow with music, smooth transitions"
    f" and a title '{TITLE}'"
)
SLOT = 90
TITLED, UNTITLED = (20, 45, 75), 95

Frame = npt.NDArray[np.uint8]


@attrs.frozen
class Demo:
    """What was made, how the home folder looked afterwards, and what there is to see."""

    path: Path
    output: str
    home: list[Path]
    shown: dict[int, Frame]
    steps: list[float]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo's command with an empty HOME and a title of its own."""
    home, out = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("out")
    photos = sorted((Path(__file__).parents[2] / "examples" / "photos").glob("*.jpg"))
    words = ["make", *map(str, photos), "--prompt", PROMPT, "-o", str(out / "demo.mp4")]
    done = subprocess.run(
        [sys.executable, "-m", "nemovideo", *words, "--emulator"],
        env={**os.environ, "HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    shown, steps = looked_at(out / "demo.mp4")
    return Demo(out / "demo.mp4", done.stdout, list(home.rglob("*")), shown, steps)


def looked_at(path: Path) -> tuple[dict[int, Frame], list[float]]:
    """Go once through a film: the middle of each slot, the title, and steps all over the slots."""
    shown: dict[int, Frame] = {}
    steps = []
    before: av.VideoFrame | None = None
    with av.open(str(path)) as film:
        film.streams.video[0].thread_type = "AUTO"
        for number, frame in enumerate(film.decode(video=0)):
            if before is not None:
                steps.append(step(before, frame))
            before = frame if number % 3 == 0 and 12 <= number % SLOT <= SLOT - 12 else None
            if number % SLOT == SLOT // 2 or number in {*TITLED, UNTITLED}:
                shown[number] = frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
    return shown, steps


def step(before: av.VideoFrame, after: av.VideoFrame) -> float:
    """How far things move from one picture to the next, in pixels."""
    old, new = (frame.reformat(960, 540, "gray").to_ndarray() for frame in (before, after))
    points = cv2.goodFeaturesToTrack(old, 80, 0.02, 20)
    nowhere = np.zeros_like(points)
    moved, found, error = cv2.calcOpticalFlowPyrLK(old, new, points, nowhere)
    good = (found.ravel() == 1) & (error.ravel() < 8)
    moves = np.linalg.norm((moved - points)[good].reshape(-1, 2), axis=1)
    return 2 * float(np.percentile(moves, 95))  # seen at half size; single points may be lost


def legibility(frame: Frame, words: str) -> float:
    """How well the bright pixels of a frame match words in print, from 0 to 1."""
    bright = (frame.min(axis=2) > 225).astype(np.float32)[::3, ::3]
    return max(_match(bright, words, size) for size in range(24, 66, 2))


def _match(bright: npt.NDArray[np.float32], words: str, size: int) -> float:
    font = next(iter(cast(words).values())).font(size)
    left, top, right, bottom = font.getbbox(words)
    print_ = Image.new("L", (int(right - left), int(bottom - top)))
    ImageDraw.Draw(print_).text((-left, -top), words, 255, font=font)
    pattern = np.asarray(print_, np.float32) / 255
    if pattern.shape[1] >= bright.shape[1]:
        return 0.0
    return float(cv2.matchTemplate(bright, pattern, cv2.TM_CCOEFF_NORMED).max())


def test_the_demo_leaves_home_as_it_was(demo: Demo) -> None:
    """Offline work touches nothing under HOME."""
    assert demo.home == []


def test_the_demo_prints_the_timeline_and_the_path(demo: Demo) -> None:
    """Two lines: what is in the video, and where it is."""
    timeline, path = demo.output.splitlines()
    assert timeline.startswith("Timeline (3 tracks): 1. Video: cat.jpg and 4 more (0-15s)")
    assert f'3. Title: "{TITLE}" (0-3s)' in timeline
    assert path == f"{demo.path} (15.0 s)"


def test_the_demo_is_a_full_hd_mp4_of_15_seconds(demo: Demo) -> None:
    """1920x1080, H.264 and AAC, 15 seconds."""
    with av.open(str(demo.path)) as film:
        picture, sound = film.streams.video[0], film.streams.audio[0]
        assert (picture.codec_context.name, sound.codec_context.name) == ("h264", "aac")
        assert (picture.width, picture.height) == (1920, 1080)
        assert film.duration is not None
        assert film.duration / 1e6 == pytest.approx(15.0, abs=0.3)


def test_each_photo_is_in_its_slot(demo: Demo, photos: list[Path]) -> None:
    """The middle of each slot is most like the photo that belongs there."""
    middles = [demo.shown[SLOT * place + SLOT // 2] for place in range(5)]
    best = [min(photos, key=lambda photo: unlikeness(frame, photo)) for frame in middles]
    assert best == photos


def test_pictures_move_smoothly(demo: Demo) -> None:
    """No step between neighbouring frames of a slot is longer than 2 px, and there are steps."""
    assert len(demo.steps) > 100
    assert max(demo.steps) <= 2.0
    assert np.median(demo.steps) > 0.1


def test_the_title_is_readable_in_its_seconds_and_gone_after(demo: Demo) -> None:
    """The words of the command line stand there for three seconds; other words do not match."""
    assert min(legibility(demo.shown[number], TITLE) for number in TITLED) > 0.8
    assert legibility(demo.shown[TITLED[1]], "Loose Change") < 0.6
    assert legibility(demo.shown[UNTITLED], TITLE) < 0.5


def test_the_music_is_heard_and_never_clips(demo: Demo) -> None:
    """Above -30 dBFS RMS, at most -1 dBFS at its peak."""
    with av.open(str(demo.path)) as film:
        sound = np.concatenate([frame.to_ndarray() for frame in film.decode(audio=0)], axis=1)
    assert level(sound) > -30
    assert peak(sound) <= -1


@pytest.mark.parametrize(
    ("count", "wish", "seconds", "size", "tracks"),
    [
        pytest.param(2, "an 8-second slideshow with music", 8, (1920, 1080), 2, id="2 photos"),
        pytest.param(7, "a 20 second video, no music", 20, (1920, 1080), 1, id="7, silent"),
        pytest.param(12, "a 20s 9:16 video with music", 20, (1080, 1920), 2, id="12, upright"),
        pytest.param(3, "把这些照片做成8秒的竖屏幻灯片，不要音乐", 8, (1080, 1920), 1, id="zh"),
    ],
)
async def test_other_wishes_come_true(
    photos: list[Path],
    tmp_path: Path,
    count: int,
    wish: str,
    seconds: int,
    size: tuple[int, int],
    tracks: int,
) -> None:
    """Number of photos, length, shape and music are as the prompt says, and the file agrees."""
    given = (photos * 3)[:count]
    waits = Timeouts(render_first_look=0.2, render_near_end=0.2)
    async with (
        Emulator(render_scale=1 / 12) as service,
        NemoVideo(base_url=service.url, timeouts=waits) as nemo,
    ):
        video = await nemo.make_video(given, wish, tmp_path / "out.mp4")

    meta = video.timeline.metadata
    assert (meta["width"], meta["height"]) == size
    assert len(video.timeline.tracks) == tracks
    assert len(video.timeline.tracks[0].segments) == count
    with av.open(str(video.path)) as film:
        assert film.duration is not None
        assert film.duration / 1e6 == pytest.approx(seconds, abs=0.1)
        picture = film.streams.video[0]
        assert (picture.width, picture.height) == (size[0] // 12, size[1] // 12)
        sound = np.concatenate([frame.to_ndarray() for frame in film.decode(audio=0)], axis=1)
    assert (level(sound) > -30) == (tracks == 2)
