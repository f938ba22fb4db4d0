"""Films decoded and looked at: what is shown when, how blended, how large, how good."""

import itertools
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from nemovideo.emulator.render import Rendered, render
from nemovideo.emulator.render.stage import Stage
from nemovideo.emulator.render.storyboard import storyboard
from tests.emulator.render.films import (
    FIVE,
    PHOTOS,
    Film,
    decoded,
    examples,
    music,
    rendered,
    slideshow,
    title,
    unlikeness,
)

pytestmark = pytest.mark.slow

UNEVEN = (900, 1700, 600, 1300)
"""The slots of four photos, in milliseconds."""


@pytest.fixture(scope="module", params=["cut", "crossfade", "dip"])
def uneven(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Film:
    """Four photos for different times, with each kind of transition."""
    draft = slideshow(FIVE[:4], 4000, transition=request.param)
    for segment, ms in zip(draft["t"][0]["sg"], UNEVEN, strict=True):
        segment["d"] = ms
        segment["m"]["transition"]["duration_ms"] = 400
    target = tmp_path_factory.mktemp("films") / "uneven.mp4"
    return decoded(rendered(draft, examples(), target).path)


def test_the_right_photo_is_seen_at_the_right_time(uneven: Film) -> None:
    """Soon after each slot has begun, and shortly before it ends, its own photo is there."""
    start = 0.0
    for name, ms in zip(FIVE[:4], UNEVEN, strict=True):
        for moment in (start + 0.25, start + ms / 1000 - 0.25):
            apart = {photo: unlikeness(uneven.at(moment), PHOTOS / photo) for photo in FIVE}
            assert min(apart, key=apart.__getitem__) == name
        start += ms / 1000
    assert len(uneven.frames) == 135


def flat(folder: Path, *levels: int) -> dict[str, Path]:
    """Plain pictures of these levels, as sources."""
    found = {f"{level}.png": folder / f"{level}.png" for level in levels}
    for level, path in zip(levels, found.values(), strict=True):
        Image.new("RGB", (320, 180), (level, level, level)).save(path)
    return found


@pytest.mark.parametrize("ms", [200, 700, 2000])
def test_a_crossfade_is_even_around_its_middle(ms: int, tmp_path: Path) -> None:
    """The two frames at the cut weigh both pictures alike, and outside it there is one."""
    sources = flat(tmp_path, 40, 200)
    draft = slideshow([*sources], 6000, motion="none")
    draft["t"][0]["sg"][1]["m"]["transition"]["duration_ms"] = ms

    film = decoded(rendered(draft, sources, tmp_path / "film.mp4", 0.1).path)
    levels = [float(frame.mean()) for frame in film.frames]

    assert (levels[89] + levels[90]) / 2 == pytest.approx(120, abs=2)
    half = round(ms * 30 / 2000)
    assert levels[89 - half] == pytest.approx(40, abs=2)
    assert levels[90 + half] == pytest.approx(200, abs=2)
    assert all(two > one - 1 for one, two in itertools.pairwise(levels))
    assert sum(45 < level < 195 for level in levels) >= 1.3 * half


@pytest.mark.parametrize("ms", [200, 700, 2000])
def test_a_dip_is_black_in_its_middle(ms: int, tmp_path: Path) -> None:
    """It falls to black at the cut and rises again, as long as it should."""
    sources = flat(tmp_path, 200, 201)
    draft = slideshow([*sources], 6000, motion="none", transition="dip")
    draft["t"][0]["sg"][1]["m"]["transition"]["duration_ms"] = ms

    film = decoded(rendered(draft, sources, tmp_path / "film.mp4", 0.1).path)
    levels = [float(frame.mean()) for frame in film.frames]

    assert max(levels[89], levels[90]) < 4
    half = round(ms * 30 / 2000)
    assert min(levels[89 - half], levels[90 + half]) > 195
    assert levels[80:90] == sorted(levels[80:90], reverse=True)
    assert levels[90:100] == sorted(levels[90:100])


def test_a_title_is_there_in_its_seconds_and_fades_at_both_ends(tmp_path: Path) -> None:
    """From 0.5 s to 2 s, rising and falling for 0.3 s; before and after not a pixel of it."""
    sources = flat(tmp_path, 60)
    tracks = [title("Small Wonders", 500, 1500, fade_ms=300)]
    draft = slideshow([*sources], 3000, motion="none", tracks=tracks)

    film = decoded(rendered(draft, sources, tmp_path / "film.mp4").path)
    brightest = [int(frame.max()) for frame in film.frames]

    assert max(brightest[:15] + brightest[60:]) < 70
    assert min(brightest[25:50]) > 235
    assert brightest[15:24] == sorted(brightest[15:24])
    assert brightest[51:60] == sorted(brightest[51:60], reverse=True)
    assert 60 < brightest[17] < 200 > brightest[57] > 60


@pytest.mark.parametrize(
    ("size", "scale"),
    [((1280, 720), 1.0), ((1920, 1080), 1.0), ((1080, 1920), 1.0), ((720, 1280), 1.0)],
    ids=["720p", "1080p", "1080p portrait", "720p portrait"],
)
def test_the_header_says_the_exact_size(
    size: tuple[int, int], scale: float, tmp_path: Path
) -> None:
    """As wide and as tall as was asked, with square pixels and the whole picture shown."""
    draft = slideshow(FIVE[:1], 100, size=size)

    made = rendered(draft, examples(), tmp_path / "film.mp4", scale)

    with av.open(str(made.path)) as container:
        picture = container.streams.video[0]
        assert (picture.width, picture.height) == size
        assert picture.sample_aspect_ratio in {None, 0, 1}
        assert next(container.decode(picture)).to_ndarray(format="rgb24").shape == (*size[::-1], 3)


async def test_better_quality_is_larger_and_truer(tmp_path: Path) -> None:
    """Low, medium and high differ in bytes, and in how close they come to the picture."""
    draft = slideshow(FIVE[3:4], 1000, motion="zoom_in")
    sources = examples()

    async def made(quality: str) -> Rendered:
        target = tmp_path / f"{quality}.mp4"
        return await render(draft, sources, target, scale=1 / 3, quality=quality)

    films = [await made(quality) for quality in ("low", "medium", "high")]

    best = reference(draft, sources)
    losses = [noise(decoded(film.path), best) for film in films]
    assert films[0].size < 0.8 * films[1].size < 0.8 * films[2].size
    assert losses[0] > losses[1] + 1 > losses[2] + 1


def reference(draft: dict[str, object], sources: dict[str, Path]) -> list[np.ndarray]:
    """The brightness of the frames as they went into the encoder."""
    board = storyboard(draft, 1 / 3)
    return [picture[0].copy() for picture in Stage(board, sources).pictures(range(board.frames))]


def noise(film: Film, best: list[np.ndarray]) -> float:
    """The encoder's error in decibels: the higher the worse."""
    weights = np.array([0.182586, 0.614231, 0.062007])
    errors = [
        np.mean((frame @ weights + 16 - wanted) ** 2)
        for frame, wanted in zip(film.frames, best, strict=True)
    ]
    return float(10 * np.log10(np.mean(errors) / 255**2))


@pytest.mark.parametrize("ms", [100, 1001, 2049, 3333])
def test_picture_and_sound_are_equally_long(ms: int, tmp_path: Path) -> None:
    """By the header too, and not only by what is decoded: within 30 ms."""
    draft = slideshow(FIVE[:2], ms, tracks=[music(ms)])

    made = rendered(draft, examples(), tmp_path / "film.mp4", 0.1)

    with av.open(str(made.path)) as container:
        lengths = [
            float((stream.duration or 0) * (stream.time_base or 0))
            for stream in (container.streams.video[0], container.streams.audio[0])
        ]
    assert lengths[0] == pytest.approx(draft["d"] / 1000, abs=1 / 30)
    assert lengths[1] == pytest.approx(lengths[0], abs=0.03)
    assert made.duration == pytest.approx(lengths[0], abs=0.001)
