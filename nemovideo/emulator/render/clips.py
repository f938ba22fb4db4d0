"""Plays video files: what one shows at any moment of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import attrs
import av
import cv2
import numpy as np

from nemovideo.emulator.render.outcome import RenderError, complaint
from nemovideo.emulator.render.pixels import Array

__all__ = ["Clip"]

_SAME = 1e-3
"""Moments less than this many seconds apart are one."""

_JUMP_AFTER = 3.0
"""A gap of this many seconds is jumped rather than decoded through."""

_DAMAGED = (av.InvalidDataError, "it is damaged, or no video at all")

_Timed: TypeAlias = tuple[float, av.VideoFrame]


@attrs.define
class Clip:
    """A video file, read forwards; going back starts again from the nearest whole picture."""

    path: Path
    name: str
    _frames: Iterator[_Timed] = attrs.field(factory=lambda: iter(()))
    _shown: _Timed | None = None
    _next: _Timed | None = None
    _drawn: tuple[av.VideoFrame, Array] | None = None
    _pixel: float = 1.0

    def at(self, seconds: float) -> Array:
        """Returns the RGB picture shown at a moment.

        Before the start it is the first picture, after the end the last one.

        Raises:
            RenderError: The file cannot be read as a video.
        """
        try:
            frame = self._frame_at(max(seconds, 0.0))
        except (av.FFmpegError, OSError, ValueError) as error:
            reason = complaint(self.path, error, _DAMAGED)
            raise RenderError(f"{self.name} cannot be read as a video: {reason}") from error
        if frame is None:
            raise RenderError(f"{self.name} cannot be read as a video: it holds no picture")
        if self._drawn is None or self._drawn[0] is not frame:
            self._drawn = frame, _upright(frame, self._pixel)
        return self._drawn[1]

    def _frame_at(self, seconds: float) -> av.VideoFrame | None:
        if self._shown is None or seconds < self._shown[0] or self._far_behind(seconds):
            self._frames = self._decoded(seconds)
            self._shown, self._next = next(self._frames, None), next(self._frames, None)
        while self._next is not None and self._next[0] <= seconds + _SAME:
            self._shown, self._next = self._next, next(self._frames, None)
        return self._shown[1] if self._shown else None

    def _far_behind(self, seconds: float) -> bool:
        return self._next is not None and seconds - self._next[0] > _JUMP_AFTER

    def _decoded(self, seconds: float) -> Iterator[_Timed]:
        """The frames of the file with their times, from the last whole one before a moment."""
        with av.open(str(self.path)) as container:
            if not container.streams.video:
                return
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            self._pixel = float(stream.sample_aspect_ratio or 1) or 1.0
            zero = float((stream.start_time or 0) * (stream.time_base or 0))
            end = (container.duration or 0) / av.time_base
            if seconds > _JUMP_AFTER and end > 0:
                container.seek(int((min(seconds, end - _JUMP_AFTER) + zero) * av.time_base))
            for frame in container.decode(stream):
                yield (frame.time or 0.0) - zero, frame


def _upright(frame: av.VideoFrame, pixel: float) -> Array:
    """The RGB pixels, turned as the file says; `pixel` is how much wider than tall one is."""
    pixels: Array = frame.to_ndarray(format="rgb24")
    if pixel != 1:
        pixels = cv2.resize(pixels, (max(1, round(frame.width * pixel)), frame.height))
    return np.ascontiguousarray(np.rot90(pixels, round(frame.rotation / 90)))
