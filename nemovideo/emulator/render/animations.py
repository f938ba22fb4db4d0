"""Plays animated pictures: what one shows at any moment of it."""

import bisect
import io
import itertools
from pathlib import Path

import attrs
import numpy as np
from PIL import Image, ImageSequence

from nemovideo.emulator.render.outcome import RenderError, complaint
from nemovideo.emulator.render.photos import flattened, ground, opened
from nemovideo.emulator.render.pixels import Array

__all__ = ["Animation"]

_SHORTEST = 20
"""Milliseconds a picture is shown at least; files say 0 and mean something else."""


@attrs.define
class Animation:
    """An animated GIF, WebP or PNG, played over and over."""

    _image: Image.Image
    _ends: list[int]
    _ground: tuple[int, int, int, int]
    _drawn: tuple[int, Array] | None = None

    @classmethod
    def found(cls, path: Path, name: str) -> "Animation | None":
        """Returns the animation in a file, or nothing if it holds a single picture or none."""
        try:
            image = opened(path)
        except (OSError, ValueError, SyntaxError):
            return None
        if image.format not in {"GIF", "WEBP", "PNG"} or not getattr(image, "is_animated", False):
            image.close()
            return None
        image.close()
        image = Image.open(io.BytesIO(path.read_bytes()))
        try:
            # One ground for all pictures of it: it would flicker otherwise.
            behind = ground(image)
            lengths = [_length(frame) for frame in ImageSequence.Iterator(image)]
        except Exception as error:
            reason = complaint(path, error)
            raise RenderError(f"{name} cannot be read as a picture: {reason}") from error
        return cls(image, list(itertools.accumulate(lengths)), behind)

    def at(self, seconds: float) -> Array:
        """Returns the RGB picture shown at a moment."""
        index = bisect.bisect_right(self._ends, seconds * 1000 % self._ends[-1])
        if self._drawn is None or self._drawn[0] != index:
            self._image.seek(index)
            self._drawn = index, np.asarray(flattened(self._image, self._ground))
        return self._drawn[1]


def _length(frame: Image.Image) -> int:
    """How many milliseconds a picture is shown; a WebP file tells only once it is decoded."""
    frame.load()
    return max(int(frame.info.get("duration", 0)), _SHORTEST)
