"""Reads the sound of audio and video files."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from nemovideo.emulator.render.encoding import SAMPLE_RATE
from nemovideo.emulator.render.outcome import RenderError, complaint
from nemovideo.emulator.render.pixels import Array

__all__ = ["read_sound"]

_DAMAGED = (av.InvalidDataError, "it is damaged, or neither sound nor video")


def read_sound(path: Path, name: str, start: float, length: float) -> Array:
    """Returns stereo samples of a part of a file; fewer if the file ends before.

    A file with a picture and no sound is silent.

    Args:
        path: The file.
        name: What the user calls it.
        start: Where to begin, in seconds.
        length: How much, in seconds.

    Raises:
        RenderError: It cannot be read, or has neither picture nor sound.
    """
    try:
        with av.open(str(path)) as container:
            if container.streams.audio:
                return _samples(container, start, length)
            silent = bool(container.streams.video)
    except (av.FFmpegError, OSError, ValueError) as error:
        reason = complaint(path, error, _DAMAGED)
        raise RenderError(f"{name} cannot be played: {reason}") from error
    if not silent:
        raise RenderError(f"{name} cannot be played: it holds no sound")
    return np.zeros((2, 0), np.float32)


def _samples(container: av.container.InputContainer, start: float, length: float) -> Array:
    """Decodes from the nearest place before the start and cuts to the sample.

    Sound that sets in later than the picture is heard as late as it should be.
    """
    stream = container.streams.audio[0]
    start += _beginning(container)
    if start > 1:
        container.seek(int((start - 1) * av.time_base))
    whole = np.zeros((2, round(length * SAMPLE_RATE)), np.float32)
    end: int | None = None
    for frame in _resampled(container.decode(stream)):
        if end is None:
            end = round(((frame.time or 0.0) - start) * SAMPLE_RATE)
        block = frame.to_ndarray()[:, max(-end, 0) : whole.shape[1] - min(end, whole.shape[1])]
        whole[:, max(end, 0) : max(end, 0) + block.shape[1]] = block
        end += frame.samples
        if end >= whole.shape[1]:
            break
    return whole[:, : max(end or 0, 0)]


def _beginning(container: av.container.InputContainer) -> float:
    """The time at which a file begins: that of its picture, if it has one that moves."""
    moving = [stream for stream in container.streams.video if stream.average_rate]
    first = (moving or container.streams.audio)[0]
    return float((first.start_time or 0) * (first.time_base or 0))


def _resampled(frames: Iterator[av.AudioFrame]) -> Iterator[av.AudioFrame]:
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
    for frame in itertools.chain(frames, [None]):
        yield from resampler.resample(frame)
