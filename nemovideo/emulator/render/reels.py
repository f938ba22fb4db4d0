"""What a shot shows over time, mounted and ready for the camera."""

from pathlib import Path
from typing import Protocol

import attrs

from nemovideo.emulator.render.animations import Animation
from nemovideo.emulator.render.clips import Clip
from nemovideo.emulator.render.mounting import mount
from nemovideo.emulator.render.photos import read_photo
from nemovideo.emulator.render.pixels import Array, Planes, to_planes

__all__ = ["Reel"]


class _Moving(Protocol):
    """Something that shows one picture after the other, or always the same."""

    def at(self, seconds: float) -> Array:
        """Returns the RGB picture shown at a moment; the same array while it does not change."""


@attrs.frozen
class _Photo:
    pixels: Array

    def at(self, _seconds: float) -> Array:
        return self.pixels


@attrs.define
class Reel:
    """The pictures of one source, each mounted once on a card of a given size."""

    _source: _Moving
    _size: tuple[int, int]
    _mounted: tuple[Array, Planes] | None = None

    @classmethod
    def of(cls, path: Path, name: str, kind: str, size: tuple[int, int]) -> "Reel":
        """Opens a source.

        Raises:
            RenderError: It cannot be read.
        """
        if kind == "video":
            return cls(Clip(path, name), size)
        animation = Animation.found(path, name)
        return cls(animation or _Photo(read_photo(path, name, at_least=size)), size)

    def at(self, seconds: float) -> Planes:
        """Returns what is shown at a moment.

        Raises:
            RenderError: The source is damaged there.
        """
        pixels = self._source.at(seconds)
        if self._mounted is None or self._mounted[0] is not pixels:
            self._mounted = pixels, to_planes(mount(pixels, *self._size))
        return self._mounted[1]
