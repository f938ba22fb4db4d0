"""Mounts a photo of any shape and size on a card of the canvas's shape, ready to be filmed."""

import cv2
import numpy as np

from nemovideo.emulator.render.motion import RESERVE
from nemovideo.emulator.render.pixels import Array

__all__ = ["card_size", "mount"]

_FINER = 1.05
"""Cards have this many pixels for one of the closest view: `shoot` is exact where it shrinks."""

_KEPT = 0.8
"""A photo is cropped to fill the canvas only if at least this share of it stays."""

_SHARPENED = 24
"""A photo that grows more than this is a few coloured patches: there are no edges to sharpen."""

_DARKENED = 0.55
"""How bright the backdrop is against the photo."""


def card_size(width: int, height: int) -> tuple[int, int]:
    """The size of a card for a canvas: larger by the camera's reserve and a little more, even."""
    larger = RESERVE * _FINER
    return 2 * round(width * larger / 2), 2 * round(height * larger / 2)


def mount(rgb: Array, width: int, height: int) -> Array:
    """Fits an RGB photo to a card of exactly this size.

    A photo close to the card's shape is cropped to fill it. Any other is shown whole,
    centred over a blurred and darkened enlargement of itself.
    """
    shape, wanted = rgb.shape[1] / rgb.shape[0], width / height
    if min(shape, wanted) / max(shape, wanted) >= _KEPT:
        return _enlarged(_cropped(rgb, wanted), width, height)
    card = _backdrop(rgb, width, height)
    scale = min(width / rgb.shape[1], height / rgb.shape[0])
    wide, tall = max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale))
    left, top = (width - wide) // 2, (height - tall) // 2
    card[top : top + tall, left : left + wide] = _enlarged(rgb, wide, tall)
    return card


def _cropped(rgb: Array, shape: float) -> Array:
    """The middle of a picture, as much of it as has the given width-to-height ratio."""
    tall, wide = rgb.shape[:2]
    kept_wide, kept_tall = min(wide, round(tall * shape)), min(tall, round(wide / shape))
    left, top = (wide - kept_wide) // 2, (tall - kept_tall) // 2
    return rgb[top : top + max(kept_tall, 1), left : left + max(kept_wide, 1)]


def _enlarged(rgb: Array, width: int, height: int) -> Array:
    """Resizes a picture; one that grows is sharpened, but never beyond its neighbours."""
    growth = width / rgb.shape[1]
    if growth <= 1:
        return cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
    large = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_CUBIC)
    if growth > _SHARPENED:
        return large
    reach = 2 * round(growth / 2) + 1
    around = np.ones((reach, reach), np.uint8)
    even = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_LINEAR)
    lowest, highest = cv2.erode(even, around), cv2.dilate(even, around)
    soft = cv2.GaussianBlur(large, (0, 0), 0.6 * growth)
    crisp = cv2.addWeighted(large, 1.7, soft, -0.7, 0.0)
    return np.asarray(cv2.min(cv2.max(crisp, lowest), highest))


def _backdrop(rgb: Array, width: int, height: int) -> Array:
    """A blurred, darkened enlargement; blurred while small, which costs next to nothing."""
    small = (max(8, width // 24), max(8, height // 24))
    tiny = cv2.resize(_cropped(rgb, width / height), small, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(tiny.astype(np.float32), (0, 0), max(small) / 30)
    large = cv2.resize(_DARKENED * soft, (width, height), interpolation=cv2.INTER_CUBIC)
    # Dithered: eight bits of a slow dark gradient would show as bands.
    grain = np.random.default_rng(0).random((height, width, 1), np.float32)
    return np.asarray((large + grain).clip(0, 255), np.uint8)
