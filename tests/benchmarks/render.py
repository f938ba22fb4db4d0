"""How long a render takes against the encoder alone.

Five photos of 4000x3000 become 15 seconds at 1080p, cross-faded, with music and a title. The
encoder alone is x264 with the same preset, factor and size, and with the very same frames, which
lie in memory; of several settings of its threads the quickest counts. Goals: 1.3 times for wide
films, 1.4 for tall ones. Rounds go in turn, and the shortest time of each side is shown.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageOps

from nemovideo.emulator.render import render
from nemovideo.emulator.render.encoding import FilmWriter
from nemovideo.emulator.render.stage import Stage
from nemovideo.emulator.render.storyboard import storyboard
from tests.benchmarks._figures import Row, show

PHOTOS = Path(__file__).resolve().parents[2] / "examples" / "photos"
NAMES = ("cat.jpg", "coffee.jpg", "galaxies.jpg", "raccoon.jpg", "rocket.jpg")
MOTIONS = ("zoom_in", "pan_left", "zoom_out", "pan_right", "zoom_in")
PHOTO_SIZE = (4000, 3000)
SLOT_MS = 3000
FPS = 30
ROUNDS = 3
GOALS = {(1920, 1080): 1.3, (1080, 1920): 1.4}


def enlarged(folder: Path) -> dict[str, Path]:
    """The photos of the examples, as large as those of a camera."""
    for name in NAMES:
        with Image.open(PHOTOS / name) as photo:
            ImageOps.fit(photo.convert("RGB"), PHOTO_SIZE).save(folder / name, quality=92)
    return {name: folder / name for name in NAMES}


def draft(width: int, height: int) -> dict[str, Any]:
    """Five photos, 15 seconds, cross-fades, music and a title."""
    photos = [
        {
            "d": SLOT_MS,
            "m": {
                "start_ms": place * SLOT_MS,
                "name": name,
                "kind": "image",
                "source": name,
                "motion": motion,
                "transition": {"kind": "crossfade", "duration_ms": 700},
            },
        }
        for place, (name, motion) in enumerate(zip(NAMES, MOTIONS, strict=True))
    ]
    length = SLOT_MS * len(photos)
    music = {"d": length, "m": {"kind": "music", "mood": "lofi", "volume": 0.35}}
    title = {"d": 3000, "m": {"start_ms": 0, "text": "Small Wonders", "fade_ms": 400}}
    return {
        "d": length,
        "m": {"width": width, "height": height, "fps": FPS},
        "t": [{"tt": 0, "sg": photos}, {"tt": 1, "sg": [music]}, {"tt": 7, "sg": [title]}],
    }


def drawn(size: tuple[int, int], sources: Mapping[str, Path]) -> list[av.VideoFrame]:
    """The frames that a render encodes, all in memory."""
    board = storyboard(draft(*size))
    writer = FilmWriter(board.width, board.height, FPS, "high", threads=1)
    return list(writer.frames(Stage(board, sources).pictures(range(board.frames))))


def rendered(target: Path, size: tuple[int, int], sources: Mapping[str, Path]) -> float:
    """Seconds that a whole render takes."""
    started = time.perf_counter()
    asyncio.run(render(draft(*size), sources, target))
    return time.perf_counter() - started


def encoded(frames: list[av.VideoFrame], target: Path, threads: int) -> float:
    """Seconds that x264 alone takes."""
    started = time.perf_counter()
    with av.open(str(target), "w") as container:
        options = {"preset": "veryfast", "crf": "20", "profile": "high"}
        stream = container.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = frames[0].width, frames[0].height, "yuv420p"
        stream.thread_count = threads
        for index, frame in enumerate(frames):
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return time.perf_counter() - started


def measured(size: tuple[int, int], goal: float, folder: Path) -> Row:
    """The shortest render and the shortest encoding."""
    sources, cores = enlarged(folder), os.cpu_count() or 1
    film, alone = folder / "film.mp4", folder / "alone.mp4"
    frames = drawn(size, sources)
    rounds = [
        (
            rendered(film, size, sources),
            min(encoded(frames, alone, threads) for threads in {cores, 3 * cores // 2, 2 * cores}),
        )
        for _ in range(ROUNDS)
    ]
    whole, encoder = (min(column) for column in zip(*rounds, strict=True))
    return Row(f"{size[0]}x{size[1]}, encoder alone", whole, encoder, goal, unit="s")


def main() -> None:
    """Prints the table."""
    rows = []
    for size, goal in GOALS.items():
        with tempfile.TemporaryDirectory() as folder:
            rows.append(measured(size, goal, Path(folder)))
    show("rendering 15 seconds of five photos, wall time", rows)


if __name__ == "__main__":
    main()
