"""Files of every kind that people upload, whole and broken."""

import struct
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from PIL import Image

TONE = 440


def hum(count: int, rate: int, level: float = 0.5) -> npt.NDArray[np.float32]:
    """A tone of 440 Hz."""
    return (level * np.sin(2 * np.pi * TONE * np.arange(count) / rate)).astype(np.float32)


def video(
    path: Path,
    seconds: float = 3,
    *,
    layout: str = "mono",
    rate: int = 48000,
    size: tuple[int, int] = (320, 180),
    moment: Callable[[int], int] = lambda index: index,
    silent: bool = False,
) -> Path:
    """A clip that is red, green, blue, each for 30 pictures, white in one corner, and hums."""
    with av.open(str(path), "w") as container:
        seen = container.add_stream("libx264", rate=30)
        seen.width, seen.height, seen.pix_fmt = *size, "yuv420p"
        heard = None if silent else container.add_stream("aac", rate, layout=layout)
        for index in range(round(30 * seconds)):
            pixels = np.zeros((size[1], size[0], 3), np.uint8)
            pixels[..., index // 30 % 3] = 220
            pixels[: size[1] // 4, : size[0] // 4] = 255
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts = moment(index)
            container.mux(seen.encode(frame))
        container.mux(seen.encode(None))
        if heard is not None:
            count = av.AudioLayout(layout).nb_channels
            block = hum(round(rate * seconds), rate)[None].repeat(count, axis=0)
            sound = av.AudioFrame.from_ndarray(block, "fltp", layout)
            sound.sample_rate = rate
            container.mux(heard.encode(sound))
            container.mux(heard.encode(None))
    return path


def turned_video(path: Path) -> Path:
    """A clip that was filmed with the telephone upright: its header says to turn it right."""
    data = bytearray(video(path, 1).read_bytes())
    at = data.find(b"tkhd") + 44
    data[at : at + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 180 << 16, 0, 1 << 30)
    path.write_bytes(data)
    return path


def wave_file(
    path: Path,
    seconds: float,
    *,
    channels: int = 1,
    rate: int = 8000,
    samples: npt.NDArray[np.floating[Any]] | None = None,
) -> Path:
    """Uncompressed sound: a hum on all channels, or the samples given, a row for each channel."""
    rows = (
        hum(round(seconds * rate), rate)[None].repeat(channels, 0) if samples is None else samples
    )
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(rows))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((rows.T * 32767).astype("<i2").tobytes())
    return path


def song_with_cover(path: Path) -> Path:
    """An MP3 as shops sell it, with a picture in its head."""
    with av.open(str(path), "w") as container:
        heard = container.add_stream("libmp3lame", 44100, layout="stereo")
        cover = container.add_stream("png", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "rgb24"
        cover.disposition = av.stream.Disposition.attached_pic
        sound = av.AudioFrame.from_ndarray(hum(88200, 44100)[None].repeat(2, 0), "fltp", "stereo")
        sound.sample_rate = 44100
        packets = [*heard.encode(sound), *heard.encode(None)]
        still = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 90, np.uint8), format="rgb24")
        container.mux([*cover.encode(still), *cover.encode(None)])
        container.mux(packets)
    return path


def animation(path: Path, disposal: int | None = None, last: int = 255) -> Path:
    """A bar that is red, green, blue at three places for 100, 500, 900 ms, on nothing."""
    frames = []
    for place, colour in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255)]):
        frame = Image.new("RGBA", (160, 90), (0, 0, 0, 0))
        frame.paste((*colour, 255), (place * 50 + 10, 20, place * 50 + 50, 70))
        frames.append(frame)
    frames[-1].putalpha(frames[-1].getchannel("A").point(lambda level: min(level, last)))
    options: dict[str, Any] = {} if disposal is None else {"disposal": disposal}
    frames[0].save(
        path,
        save_all=True,
        append_images=frames[1:],
        duration=[100, 500, 900],
        loop=0,
        lossless=True,
        **options,
    )
    return path
