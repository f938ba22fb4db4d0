"""Reads photo files of every kind into upright RGB pixels."""

from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from nemovideo.emulator.render.outcome import RenderError, complaint
from nemovideo.emulator.render.pixels import Array

__all__ = ["flattened", "ground", "opened", "read_photo", "reduced"]

_MOST_PIXELS = {
    "JPEG": 400_000_000,
    "MPO": 400_000_000,
    "AVIF": 100_000_000,
    "WEBP": 50_000_000,
    "JPEG2000": 50_000_000,
}
_MOST_OF_OTHERS = 200_000_000
"""What can be decoded in about a gigabyte; a JPEG is decoded at a fraction of its size."""

_CROPPED = 0.8
"""A picture is mounted so that up to a fifth of it is lost; then it must be that much larger."""

_STRIP = 1_000_000
"""So many pixels are reduced at a time."""

_THINNEST = 200
"""So many pixels stay across: with fewer, rounding would change a picture's shape."""

_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = frozenset({5, 6, 7, 8})

_NO_PICTURE = (UnidentifiedImageError, "it is not a picture file, whatever its name says")

# Pillow's own limit is less than a telephone takes.
Image.MAX_IMAGE_PIXELS = None

_CHARCOAL = (30, 32, 38, 255)
_WARM_WHITE = (244, 242, 238, 255)


def opened(path: Path) -> Image.Image:
    """Opens a picture file without decoding it.

    Raises:
        ValueError: It has far too many pixels.
        OSError: It is missing, or no picture.
    """
    image = Image.open(path)
    most = _MOST_PIXELS.get(image.format or "", _MOST_OF_OTHERS)
    if image.width * image.height > most:
        image.close()
        size = f"its {image.width:,} x {image.height:,} pixels are too many"
        raise ValueError(f"{size}: a {image.format} file may have {most // 1_000_000} million")
    return image


def read_photo(path: Path, name: str, *, at_least: tuple[int, int]) -> Array:
    """Decodes a photo, upright and without transparency.

    Args:
        path: The file.
        name: What the user calls it.
        at_least: A picture much larger than this is reduced, a JPEG even before it is decoded.

    Raises:
        RenderError: The file is missing, empty, cut off, or not a picture.
    """
    try:
        with opened(path) as image:
            image.draft("RGB", (max(at_least), max(at_least)))
            # A TIFF may be turned while it is decoded; what is left to do it tells afterwards.
            image.load()
            orientation = _orientation(image)
            small = reduced(image, at_least[::-1] if orientation in _SIDEWAYS else at_least)
            turn = _TURNS.get(orientation)
            return np.asarray(flattened(small if turn is None else small.transpose(turn)))
    except Exception as error:
        reason = complaint(path, error, _NO_PICTURE)
        raise RenderError(f"{name} cannot be read as a picture: {reason}") from error


def reduced(image: Image.Image, at_least: tuple[int, int]) -> Image.Image:
    """Returns a picture with the pixels averaged that are too many to mount it on a card.

    It is done in strips, each made averageable on its own: no copy is as large as the picture.

    Args:
        image: The picture, decoded.
        at_least: The size of the card.
    """
    larger = max(image.width / at_least[0], image.height / at_least[1])
    factor = min(int(_CROPPED * larger), min(image.size) // _THINNEST)
    if factor < 2:
        return image
    rows = factor * max(1, _STRIP // (image.width * factor))
    tops = range(0, image.height, rows)
    boxes = [(0, top, image.width, min(top + rows, image.height)) for top in tops]
    strips = [_averageable(image.crop(box)).reduce(factor) for box in boxes]
    small = Image.new(strips[0].mode, (strips[0].width, sum(strip.height for strip in strips)))
    for top, strip in zip(tops, strips, strict=True):
        small.paste(strip, (0, top // factor))
    return small


def _averageable(image: Image.Image) -> Image.Image:
    """A picture in a mode in which pixels can be averaged."""
    if image.mode in {"I", "F"}:
        return image
    if image.mode.startswith("I;16"):
        return _eight_bits(image)
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - whatever is wrong with its EXIF, the picture is fine
        return 1


def flattened(image: Image.Image, colour: tuple[int, int, int, int] | None = None) -> Image.Image:
    """Returns an RGB picture; see-through parts get a plain ground that sets the rest off.

    Args:
        image: The picture.
        colour: The ground; by default the one that suits this picture.
    """
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image)
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    below = Image.new("RGBA", clear.size, colour or ground(clear))
    return Image.alpha_composite(below, clear).convert("RGB")


def ground(image: Image.Image) -> tuple[int, int, int, int]:
    """Charcoal behind something light, warm white behind something dark."""
    small = np.asarray(image.convert("RGBA").resize((32, 32))).astype(np.float64)
    weight = small[..., 3] + 1e-6
    brightness = float((small[..., :3].mean(axis=2) * weight).sum() / weight.sum())
    return _CHARCOAL if brightness > 128 else _WARM_WHITE


def _eight_bits(image: Image.Image) -> Image.Image:
    """A picture of 16 or more bits; numbers without a known scale are spread over theirs."""
    values = np.nan_to_num(np.asarray(image).astype(np.float64), copy=False)
    sixteen = image.mode.startswith("I;16")
    low, high = (0.0, 65535.0) if sixteen else (float(values.min()), float(values.max()))
    values -= low
    values *= 255 / max(high - low, 1e-9)
    return Image.fromarray(values.astype(np.uint8)).convert("RGB")
