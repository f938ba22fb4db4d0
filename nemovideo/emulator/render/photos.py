"""Reads photo files of every kind into upright RGB pixels."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from nemovideo.emulator.render.outcome import RenderError, complaint
from nemovideo.emulator.render.pixels import Array

__all__ = ["flattened", "ground", "opened", "read_photo"]

_MOST_PIXELS = 400_000_000
"""Twice what the largest telephone camera takes; more would not fit in memory."""

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
    if image.width * image.height > _MOST_PIXELS:
        image.close()
        raise ValueError(f"{image.width} x {image.height} pixels are too many")
    return image


def read_photo(path: Path, name: str, *, at_least: tuple[int, int]) -> Array:
    """Decodes a photo, upright and without transparency.

    Args:
        path: The file.
        name: What the user calls it.
        at_least: A JPEG much larger than this is decoded at a fraction of its size.

    Raises:
        RenderError: The file is missing, empty, cut off, or not a picture.
    """
    try:
        with opened(path) as image:
            image.draft("RGB", (max(at_least), max(at_least)))
            return np.asarray(flattened(ImageOps.exif_transpose(image)))
    except Exception as error:
        raise RenderError(f"{name} cannot be read as a picture: {_reason(path, error)}") from error


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
    values = np.nan_to_num(np.asarray(image).astype(np.float64))
    sixteen = image.mode.startswith("I;16")
    low, high = (0.0, 65535.0) if sixteen else (float(values.min()), float(values.max()))
    scaled = (values - low) * (255 / max(high - low, 1e-9))
    return Image.fromarray(scaled.astype(np.uint8)).convert("RGB")


def _reason(path: Path, error: Exception) -> str:
    said = complaint(path, error)
    if isinstance(error, UnidentifiedImageError) and said == str(error):
        return "it is not a picture file, whatever its name says"
    return said
