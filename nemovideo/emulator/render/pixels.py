"""Pixels as the encoder wants them: three planes of YUV 4:2:0 in BT.709, and how they move."""

import math
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from nemovideo.emulator.render.motion import View

__all__ = ["BLACK", "Array", "Planes", "fill", "mix", "shoot", "to_planes"]

Array: TypeAlias = npt.NDArray[Any]
Planes: TypeAlias = tuple[Array, Array, Array]
"""Luma, and the two chroma planes at half its size."""

BLACK = (16, 128, 128)

_TRIED = 32
"""So many beginnings are tried for a picture, and the nearest is taken."""

_BLEED = 40
"""The edge of a picture goes on for so many pixels: room for the beginnings that are tried."""

_FROM_RGB = np.array(
    [
        [0.182586, 0.614231, 0.062007, 16.0],
        [-0.100644, -0.338572, 0.439216, 128.0],
        [0.439216, -0.398942, -0.040274, 128.0],
    ]
)

_TO_EVEN_COLUMNS = np.array([[0.25, 0.75, 0.0]])


def to_planes(rgb: Array) -> Planes:
    """Converts an RGB picture of even size for `shoot`: its edges go on outwards."""
    luma, blue, red = cv2.split(cv2.transform(rgb, _FROM_RGB))
    return _with_bleed(luma), _with_bleed(_halved(blue)), _with_bleed(_halved(red))


def shoot(picture: Planes, view: View, into: Planes) -> None:
    """Draws the part of a picture that a view shows, to a small fraction of a pixel."""
    height, width = into[0].shape
    tall, wide = (side - 2 * _BLEED for side in picture[0].shape)
    step = min(wide / width, tall / height) / view.zoom
    left = wide * (0.5 + view.x) - step * width / 2
    top = tall * (0.5 + view.y) - step * height / 2
    _sample(picture[0], step, left, top, into[0])
    for source, target in zip(picture[1:], into[1:], strict=True):
        _sample(source, step, left / 2 - (step - 1) / 4, top / 2, target)


def mix(first: Planes, share: float, second: Planes | None, into: Planes) -> None:
    """Blends `share` of the first picture with the second, or with black."""
    for index, black in enumerate(BLACK):
        one, out = first[index], into[index]
        if second is None:
            cv2.addWeighted(one, share, one, 0.0, (1 - share) * black, dst=out)
        else:
            cv2.addWeighted(one, share, second[index], 1 - share, 0.0, dst=out)


def fill(into: Planes) -> None:
    """Paints everything black."""
    for plane, black in zip(into, BLACK, strict=True):
        plane[:] = black


def _halved(plane: Array) -> Array:
    """Chroma where H.264 wants it: on even columns, halfway between rows."""
    half = (plane.shape[1] // 2, plane.shape[0] // 2)
    between = cv2.resize(plane, half, interpolation=cv2.INTER_AREA)
    return cv2.filter2D(between, -1, _TO_EVEN_COLUMNS, borderType=cv2.BORDER_REPLICATE)


def _with_bleed(plane: Array) -> Array:
    return cv2.copyMakeBorder(plane, _BLEED, _BLEED, _BLEED, _BLEED, cv2.BORDER_REPLICATE)


def _sample(source: Array, step: float, left: float, top: float, into: Array) -> None:
    """Fills a plane with every `step`-th pixel of another, from a point between its pixels.

    OpenCV's `resize` takes a third of the time of its `warpAffine`, but begins at a whole pixel.
    So it begins further out, at one from which its steps meet the point; what lies before is cut.
    """
    (column, skipped_x), (row, skipped_y) = _beginning(left, step), _beginning(top, step)
    tall, wide = into.shape
    below, beyond = (math.ceil(n * step) for n in (skipped_y + tall, skipped_x + wide))
    window = source[row : row + below, column : column + beyond]
    larger = cv2.resize(window, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_LINEAR)
    into[:] = larger[skipped_y : skipped_y + tall, skipped_x : skipped_x + wide]


def _beginning(point: float, step: float) -> tuple[int, int]:
    """The pixel to resize from, and how many pixels of the result lie before a point."""
    edges = [_BLEED + point - skipped * step for skipped in range(_TRIED)]
    best = min(range(_TRIED), key=lambda skipped: abs(edges[skipped] - round(edges[skipped])))
    return round(edges[best]), best
