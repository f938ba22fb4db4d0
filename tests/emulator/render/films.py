"""Drafts to render and films to look at."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import av
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from nemovideo.emulator.render import Rendered, render

PHOTOS = Path(__file__).resolve().parents[3] / "examples" / "photos"
FIVE = ("cat.jpg", "coffee.jpg", "galaxies.jpg", "raccoon.jpg", "rocket.jpg")
PREVIEW = 1 / 6


@attrs.frozen
class Film:
    """A decoded file: RGB frames, and two rows of samples."""

    frames: Sequence[npt.NDArray[np.uint8]]
    sound: npt.NDArray[np.float32]
    boxes: tuple[bytes, ...]

    def at(self, seconds: float) -> npt.NDArray[np.float64]:
        """The frame shown at a moment."""
        return self.frames[int(seconds * 30)].astype(np.float64)


def slideshow(
    names: Sequence[str],
    ms: int,
    *,
    size: tuple[int, int] = (1920, 1080),
    motion: str = "zoom_in",
    transition: str = "crossfade",
    tracks: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """A draft that shows pictures one after the other, equally long."""
    each = ms // len(names)
    segments = [
        {
            "d": each,
            "m": {
                "start_ms": place * each,
                "name": name,
                "kind": "image",
                "source": name,
                "motion": motion,
                "transition": {"kind": transition, "duration_ms": 700},
            },
        }
        for place, name in enumerate(names)
    ]
    meta = {"width": size[0], "height": size[1], "fps": 30}
    return {"d": each * len(names), "m": meta, "t": [{"tt": 0, "sg": segments}, *tracks]}


def music(ms: int, mood: str = "lofi", volume: float = 0.35) -> dict[str, Any]:
    """A track of music."""
    meta = {"kind": "music", "mood": mood, "volume": volume, "fade_out_ms": 1500}
    return {"tt": 1, "sg": [{"d": ms, "m": meta}]}


def title(text: str, start_ms: int = 0, ms: int = 3000, **meta: Any) -> dict[str, Any]:
    """A track with one title."""
    return {"tt": 7, "sg": [{"d": ms, "m": {"start_ms": start_ms, "text": text, **meta}}]}


def examples() -> dict[str, Path]:
    """The files of the five example photos."""
    return {name: PHOTOS / name for name in FIVE}


def rendered(
    draft: Mapping[str, Any], sources: Mapping[str, Path], target: Path, scale: float = PREVIEW
) -> Rendered:
    """Renders a preview and waits for it."""
    return asyncio.run(render(draft, sources, target, scale=scale))


def decoded(path: Path) -> Film:
    """Decodes a whole file."""
    with av.open(str(path)) as container:
        frames = [
            np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
            for frame in container.decode(video=0)
        ]
    with av.open(str(path)) as container:
        blocks = [np.asarray(f.to_ndarray(), np.float32) for f in container.decode(audio=0)]
    return Film(frames, np.concatenate(blocks, axis=1), _boxes(path))


def level(samples: npt.NDArray[Any]) -> float:
    """The power of samples in dBFS."""
    return float(10 * np.log10(np.mean(samples.astype(np.float64) ** 2) + 1e-12))


def peak(samples: npt.NDArray[Any]) -> float:
    """The highest sample in dBFS."""
    return float(20 * np.log10(np.abs(samples).max() + 1e-9))


def unlikeness(frame: npt.NDArray[Any], photo: Path) -> float:
    """How much the middle of a frame differs from the middle of a photo."""
    with Image.open(photo) as image:
        wanted = ImageOps.fit(image.convert("RGB"), (16, 16))
    seen = ImageOps.fit(Image.fromarray(frame.astype(np.uint8)), (16, 16))
    return float(np.abs(np.asarray(wanted, np.float64) - np.asarray(seen, np.float64)).mean())


def _boxes(path: Path) -> tuple[bytes, ...]:
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        found.append(data[at + 4 : at + 8])
        at += int.from_bytes(data[at : at + 4], "big")
    return tuple(found)
