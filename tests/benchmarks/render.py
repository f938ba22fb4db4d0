"""How long a render takes against the encoder alone on the same frames.

Run as `python tests/benchmarks/render.py [--rounds N] [--portrait]`; it prints one line.
"""

import argparse
import asyncio
import os
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from nemovideo.emulator.render import render

PHOTOS = Path(__file__).resolve().parents[2] / "examples" / "photos"
NAMES = ("cat.jpg", "coffee.jpg", "galaxies.jpg", "raccoon.jpg", "rocket.jpg")
MOTIONS = ("zoom_in", "pan_left", "zoom_out", "pan_right", "zoom_in")
SLOT_MS = 3000


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
        "m": {"width": width, "height": height, "fps": 30},
        "t": [{"tt": 0, "sg": photos}, {"tt": 1, "sg": [music]}, {"tt": 7, "sg": [title]}],
    }


def rendered(target: Path, size: tuple[int, int]) -> float:
    """Seconds that a whole render takes."""
    sources = {name: PHOTOS / name for name in NAMES}
    started = time.perf_counter()
    asyncio.run(render(draft(*size), sources, target))
    return time.perf_counter() - started


def encoded(frames: list[av.VideoFrame], target: Path, threads: int) -> float:
    """Seconds that x264 alone takes for frames that lie in memory."""
    started = time.perf_counter()
    with av.open(str(target), "w") as container:
        options = {"preset": "veryfast", "crf": "20", "profile": "high"}
        stream = container.add_stream("libx264", rate=30, options=options)
        stream.width, stream.height, stream.pix_fmt = frames[0].width, frames[0].height, "yuv420p"
        stream.thread_count = threads
        for index, frame in enumerate(frames):
            frame.pts, frame.time_base = index, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return time.perf_counter() - started


def decoded(film: Path) -> list[av.VideoFrame]:
    """The frames of a film, all in memory."""
    with av.open(str(film)) as container:
        return list(container.decode(video=0))


def main() -> None:
    """Prints the ratio of the best render to the best encoding."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--portrait", action="store_true")
    chosen = options.parse_args()
    size = (1080, 1920) if chosen.portrait else (1920, 1080)
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder:
        film, alone = Path(folder) / "film.mp4", Path(folder) / "alone.mp4"
        rendered(film, size)
        frames = decoded(film)
        rounds = [
            (rendered(film, size), min(encoded(frames, alone, n) for n in {cores, 2 * cores}))
            for _ in range(chosen.rounds)
        ]
    whole, encoder = (min(column) for column in zip(*rounds, strict=True))
    print(f"render {size[0]}x{size[1]}: {whole:.2f} s, encoder alone {encoder:.2f} s, ", end="")
    print(f"ratio {whole / encoder:.2f}")


if __name__ == "__main__":
    main()
