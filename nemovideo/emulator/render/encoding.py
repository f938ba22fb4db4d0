"""Encodes stretches of a film and joins them: H.264 and AAC, written with PyAV."""

import contextlib
import heapq
import itertools
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import attrs
import av
import numpy as np
from av.container import InputContainer
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.plane import VideoPlane

from nemovideo.emulator.render.pixels import Array, Planes

__all__ = ["SAMPLE_RATE", "FilmWriter", "join", "write_sound"]

SAMPLE_RATE = 48_000

_BT709 = 1
_STUDIO_RANGE = 1
_AAC_FRAME = 1024
_REORDERED = 2

_Packet: TypeAlias = "av.Packet[Any]"

_PRESET = "veryfast"
_RATE_FACTORS = {"low": "28", "medium": "23", "high": "20"}


@attrs.frozen
class FilmWriter:
    """Encodes the frames of a stretch.

    All writers of a film have the same settings and begin with a whole picture, so that
    their packets can be joined.
    """

    width: int
    height: int
    fps: int
    quality: str
    threads: int

    def write(self, path: Path, pictures: Iterable[Planes]) -> Iterator[int]:
        """Writes a file; yields how many frames each step finished."""
        with av.open(str(path), "w", format="nut") as container:
            factor = _RATE_FACTORS.get(self.quality, _RATE_FACTORS["high"])
            options = {"preset": _PRESET, "crf": factor, "profile": "high"}
            stream = container.add_stream("libx264", rate=self.fps, options=options)
            self._describe(stream.codec_context)
            for frame in itertools.chain(self.frames(pictures), [None]):
                packets = stream.encode(frame)
                container.mux(packets)
                yield len(packets)

    def frames(self, pictures: Iterable[Planes]) -> Iterator[av.VideoFrame]:
        """Copies pictures into frames, each with its time."""
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame(self.width, self.height, "yuv420p")
            for plane, pixels in zip(frame.planes, picture, strict=True):
                _view(plane)[:] = pixels
            frame.pts, frame.time_base = index, Fraction(1, self.fps)
            yield frame

    def _describe(self, codec: VideoCodecContext) -> None:
        codec.width, codec.height, codec.pix_fmt = self.width, self.height, "yuv420p"
        codec.thread_count = self.threads
        codec.color_primaries = codec.color_trc = codec.colorspace = _BT709
        codec.color_range = _STUDIO_RANGE


def write_sound(file: Path | BinaryIO, sound: Array) -> None:
    """Encodes stereo samples (2 rows of floats from -1 to 1) as AAC.

    The container is MP4, which remembers that AAC begins with some samples of silence.
    """
    with av.open(file, "w", format="mp4") as container:
        options = {"aac_coder": "fast"}
        stream = container.add_stream("aac", rate=SAMPLE_RATE, options=options, layout="stereo")
        stream.bit_rate = 192_000
        for start in range(0, sound.shape[1], _AAC_FRAME):
            block = np.ascontiguousarray(sound[:, start : start + _AAC_FRAME], np.float32)
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = SAMPLE_RATE, start
            frame.time_base = Fraction(1, SAMPLE_RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def join(stretches: Iterable[Path], sound: Path, target: Path, fps: int) -> None:
    """Writes the MP4: the stretches end to end beside the sound, nothing encoded again."""
    with contextlib.ExitStack() as stack:
        films = [stack.enter_context(av.open(str(path))) for path in stretches]
        heard = stack.enter_context(av.open(str(sound)))
        whole = av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"})
        stack.enter_context(whole)
        picture = whole.add_stream_from_template(films[0].streams.video[0])
        voice = whole.add_stream_from_template(heard.streams.audio[0])
        seen = _directed(_retimed(films, Fraction(1, fps)), picture)
        audible = _directed((packet for packet in heard.demux(audio=0) if packet.size), voice)
        for packet in heapq.merge(seen, audible, key=_due):
            whole.mux(packet)


def _directed(packets: Iterable[_Packet], stream: Stream) -> Iterator[_Packet]:
    for packet in packets:
        packet.stream = stream
        yield packet


def _due(packet: _Packet) -> Fraction:
    """When a packet must be decoded, in seconds."""
    return _seconds(packet.dts, packet.time_base)


def _retimed(films: Iterable[InputContainer], tick: Fraction) -> Iterator[_Packet]:
    """The packets of all stretches on one clock, one tick per frame.

    Decoding times are counted anew: in decoding order frames follow each other without a
    gap, as many ticks ahead as x264 reorders.
    """
    decoded = itertools.count(-_REORDERED)
    start = 0
    for film in films:
        packets = [packet for packet in film.demux(video=0) if packet.size]
        shown = [round(_seconds(packet.pts, packet.time_base) / tick) for packet in packets]
        for packet, moment in zip(packets, shown, strict=True):
            packet.time_base, packet.duration = tick, 1
            packet.pts, packet.dts = start + moment - shown[0], next(decoded)
            yield packet
        start += len(packets)


def _seconds(ticks: int | None, tick: Fraction | None) -> Fraction:
    return (ticks or 0) * (tick or Fraction(1))


def _view(plane: VideoPlane) -> Array:
    """The pixels of a plane, without the padding at the end of its rows."""
    rows: Array = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
