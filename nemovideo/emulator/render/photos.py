"""Reads photo files of every kind into upright RGB pixels."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from nemovideo.emulator.render.outcome import RenderError
from nemovideo.emulator.render.pixels import Array

__all__ = ["flattened", "read_photo"]


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
        with Image.open(path) as image:
            image.draft("RGB", (max(at_least), max(at_least)))
            return np.asarray(flattened(ImageOps.exif_transpose(image)))
    except Exception as error:
        raise RenderError(f"{name} cannot be read as a picture: {_reason(path, error)}") from error


def flattened(image: Image.Image) -> Image.Image:
    """Returns an RGB picture; see-through parts get a plain ground that sets the rest off."""
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image)
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    ground = Image.new("RGBA", clear.size, _ground(clear))
    return Image.alpha_composite(ground, clear).convert("RGB")


def _ground(image: Image.Image) -> tuple[int, int, int, int]:
    """Charcoal behind something light, warm white behind something dark."""
    small = np.asarray(image.resize((32, 32))).astype(np.float64)
    weight = small[..., 3] + 1e-6
    brightness = float((small[..., :3].mean(axis=2) * weight).sum() / weight.sum())
    return (30, 32, 38, 255) if brightness > 128 else (244, 242, 238, 255)


def _eight_bits(image: Image.Image) -> Image.Image:
    """A picture of 16 or more bits, spread over the range it uses."""
    values = np.asarray(image).astype(np.float64)
    low, high = float(values.min()), float(values.max())
    scaled = (values - low) * (255 / max(high - low, 1e-9))
    return Image.fromarray(scaled.astype(np.uint8)).convert("RGB")


def _reason(path: Path, error: Exception) -> str:
    if not path.is_file():
        return "the file is missing"
    if path.stat().st_size == 0:
        return "the file is empty"
    if isinstance(error, UnidentifiedImageError):
        return "it is not a picture file, whatever its name says"
    return str(error) or type(error).__name__
