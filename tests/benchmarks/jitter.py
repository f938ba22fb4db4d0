"""How evenly pictures move: the jitter of a slow zoom and of a slow pan at 1080p, in pixels.

A photo is filmed for three seconds, encoded and decoded. In every frame the places of nine patches
are measured by phase correlation, against the frame of an ideal camera: one that draws from a
picture three times as fine. Jitter is the root mean square of the distance between the places of
a patch and a smooth path, a polynomial of the fifth degree fitted to them. Goal: 0.15 px.

Ours is the real renderer. Beside it the same movement of the same card by FFmpeg's `zoompan`,
without subsampled colour and with it: then it goes by two pixels at a time. The last two are a
trial of the measure: the ideal camera's own film shows what encoding and measuring add, and a
camera that is confined to whole pixels of the card must be found out.
"""

import asyncio
import math
import tempfile
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.filter import Graph
from numpy.polynomial import chebyshev

from nemovideo.emulator.render import render
from nemovideo.emulator.render.encoding import FilmWriter
from nemovideo.emulator.render.motion import View, view
from nemovideo.emulator.render.mounting import card_size, mount
from nemovideo.emulator.render.photos import read_photo
from nemovideo.emulator.render.pixels import Array
from tests.benchmarks._figures import Row, show

PHOTO = Path(__file__).resolve().parents[2] / "examples" / "photos" / "raccoon.jpg"
WIDTH, HEIGHT = 1920, 1080
FRAMES, FPS = 90, 30
GOAL = 0.15
FINER = 3
DEGREE = 5
PATCH = 192
CORNERS = [(x, y) for y in (174, 444, 714) for x in (384, 864, 1344)]

EASED = f"(0.5*on/{FRAMES - 1}+0.5*pow(on/{FRAMES - 1},2)*(3-2*on/{FRAMES - 1}))"
"""The camera's acceleration, as `zoompan` wants it written."""


def ours(motion: str, film: Path) -> None:
    """Has the package make the film."""
    meta = {"name": PHOTO.name, "kind": "image", "source": PHOTO.name, "motion": motion}
    length = FRAMES * 1000 // FPS
    draft: dict[str, Any] = {
        "d": length,
        "m": {"width": WIDTH, "height": HEIGHT, "fps": FPS},
        "t": [{"tt": 0, "sg": [{"d": length, "m": meta}]}],
    }
    asyncio.run(render(draft, {PHOTO.name: PHOTO}, film))


def zoompan(motion: str, film: Path, *, pixels: str) -> None:
    """Has FFmpeg make it."""
    closest = seen(motion, FRAMES - 1).zoom
    if motion == "zoom_in":
        path = f"z=pow({closest},{EASED}):x=(iw-iw/zoom)/2:y=(ih-ih/zoom)/2"
    else:
        path = f"z={closest}:x=(iw-iw/zoom)*{EASED}:y=(ih-ih/zoom)/2"
    frame = av.VideoFrame.from_ndarray(card(1), format="gray").reformat(format=pixels)
    frame.pts, frame.time_base = 0, Fraction(1, FPS)
    graph = Graph()
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
    )
    moved = graph.add("zoompan", f"{path}:d={FRAMES}:s={WIDTH}x{HEIGHT}:fps={FPS}")
    graph.link_nodes(source, moved, graph.add("buffersink")).configure()
    graph.vpush(frame)
    write(film, (luma(graph.vpull()) for _ in range(FRAMES)))


@cache
def ideal(motion: str) -> list[Array]:
    """The frames with exact positions."""
    return [drawn(seen(motion, frame)) for frame in range(FRAMES)]


def rounded(motion: str, film: Path) -> None:
    """Films with positions that are whole pixels of the card."""
    write(film, (drawn(seen(motion, frame), whole=True) for frame in range(FRAMES)))


def drawn(at: View, *, whole: bool = False) -> Array:
    """What is seen of the fine card."""
    tall, wide = card(1).shape
    part = wide / at.zoom, tall / at.zoom
    left, top = wide * (0.5 + at.x) - part[0] / 2, tall * (0.5 + at.y) - part[1] / 2
    if whole:
        left, top = round(left), round(top)
    step = FINER * part[0] / WIDTH
    matrix = np.array(
        [
            [step, 0, FINER * left + (step - 1) / 2],
            [0, step, FINER * top + (step - 1) / 2],
        ]
    )
    flags = cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(card(FINER), matrix, (WIDTH, HEIGHT), flags=flags)


@cache
def card(finer: int) -> Array:
    """The photo, mounted as the renderer mounts it, in shades of grey."""
    width, height = (finer * side for side in card_size(WIDTH, HEIGHT))
    rgb = read_photo(PHOTO, PHOTO.name, at_least=(width, height))
    return cv2.cvtColor(mount(rgb, width, height), cv2.COLOR_RGB2GRAY)


def seen(motion: str, frame: int) -> View:
    """Where the renderer's camera looks."""
    return view(motion, frame / (FRAMES - 1), frames=FRAMES, width=WIDTH, height=HEIGHT)


def write(film: Path, pictures: Iterable[Array]) -> None:
    """Encodes shades of grey as the renderer encodes its frames."""
    grey = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    writer = FilmWriter(WIDTH, HEIGHT, FPS, "high", threads=2)
    sum(writer.write(film, ((picture, grey, grey) for picture in pictures)))


def filmed(film: Path) -> Iterator[Array]:
    """The brightness of every frame of a file."""
    with av.open(str(film)) as container:
        container.streams.video[0].thread_type = "AUTO"
        yield from map(luma, container.decode(video=0))


def luma(frame: av.VideoFrame) -> Array:
    """The brightness of a frame, whichever way its colour is kept."""
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[:HEIGHT, :WIDTH]


def jitter(film: Path, motion: str) -> float:
    """How far the patches are from smooth paths, in pixels."""
    pairs = zip(ideal(motion), filmed(film), strict=True)
    places = np.array([list(shifts(exact, frame)) for exact, frame in pairs])
    moments = np.linspace(-1, 1, FRAMES)
    smooth = chebyshev.chebval(moments, chebyshev.chebfit(moments, places, DEGREE)).T
    return math.sqrt(2 * np.square(places - smooth).mean())


def shifts(one: Array, two: Array) -> Iterator[float]:
    """How far each patch lies from where it should, across and down."""
    window = cv2.createHanningWindow((PATCH, PATCH), cv2.CV_32F)
    for x, y in CORNERS:
        here = np.s_[y : y + PATCH, x : x + PATCH]
        exact, found = one[here].astype(np.float32), two[here].astype(np.float32)
        yield from cv2.phaseCorrelate(exact, found, window)[0]


def main() -> None:
    """Prints the table."""
    cameras: dict[str, Callable[[str, Path], None]] = {
        "ours": ours,
        "zoompan": partial(zoompan, pixels="yuv444p"),
        "zoompan, 4:2:0": partial(zoompan, pixels="yuv420p"),
        "ideal": lambda motion, film: write(film, ideal(motion)),
        "whole pixels": rounded,
    }
    rows = []
    for motion, (name, camera) in product(("zoom_in", "pan_right"), cameras.items()):
        with tempfile.TemporaryDirectory() as folder:
            film = Path(folder) / "film.mp4"
            camera(motion, film)
            goal = GOAL if camera is ours else None
            rows.append(Row(f"{motion}, {name}", jitter(film, motion), goal=goal, unit="px"))
    show(f"jitter of {FRAMES // FPS} seconds at {WIDTH}x{HEIGHT}, root mean square", rows)


if __name__ == "__main__":
    main()
