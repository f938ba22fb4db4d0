"""The size and length of an upload, learned by really decoding it (in a thread: it is slow)."""

from pathlib import Path

from attrs import frozen

__all__ = ["Measures", "UnreadableError", "measure"]

_THUMBNAIL = (256, 256)
_SIDEWAYS = frozenset({5, 6, 7, 8})
_EXIF_ORIENTATION = 0x0112


class UnreadableError(Exception):
    """The file's first bytes promise what the rest does not hold."""


@frozen
class Measures:
    """What decoding a file told.

    Args:
        kind: `image`, `video` or `audio`; an MP4 without pictures is audio.
        width: pixels, as shown (EXIF orientation applied).
        height: pixels, as shown.
        duration: seconds.
        fps: frames per second.
    """

    kind: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    fps: float | None = None


def measure(path: Path, kind: str) -> Measures:
    """Decode the file at `path` and return what it holds.

    Without the `emulator` extra nothing can be decoded, and only the kind is known.

    Raises:
        UnreadableError: the file is cut short or damaged.
    """
    try:
        return _image(path) if kind == "image" else _clip(path)
    except ImportError:
        return Measures(kind)


def _image(path: Path) -> Measures:
    from PIL import Image

    try:
        with Image.open(path) as image:
            width, height = image.size
            if image.getexif().get(_EXIF_ORIENTATION) in _SIDEWAYS:
                width, height = height, width
            # JPEG decodes eight times smaller, yet reads every byte of the file.
            image.draft("RGB", _THUMBNAIL)
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Measures("image")  # larger than Pillow likes, as photos of new telephones are
    except (OSError, ValueError, SyntaxError) as error:
        raise UnreadableError("the image is damaged or incomplete") from error
    return Measures("image", width, height)


def _clip(path: Path) -> Measures:
    import av

    try:
        with av.open(str(path)) as container:
            seconds = container.duration / 1_000_000 if container.duration else None
            if not container.streams.video:
                next(container.decode(audio=0))
                return Measures("audio", duration=seconds)
            stream = container.streams.video[0]
            rate = float(stream.average_rate) if stream.average_rate else None
            frame = next(container.decode(video=0))
            return Measures("video", frame.width, frame.height, seconds, rate)
    except (av.FFmpegError, OSError, ValueError, IndexError, StopIteration) as error:
        raise UnreadableError("the clip is damaged or incomplete") from error
