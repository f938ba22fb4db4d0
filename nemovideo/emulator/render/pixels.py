"""Pixels as the encoder wants them: three planes of YUV 4:2:0 in BT.709, and how they move."""

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

_FROM_RGB = np.array(
    [
        [0.182586, 0.614231, 0.062007, 16.0],
        [-0.100644, -0.338572, 0.439216, 128.0],
        [0.439216, -0.398942, -0.040274, 128.0],
    ]
)


def to_planes(rgb: Array) -> Planes:
    """Converts an RGB picture of even size; chroma sits in the middle of its four pixels."""
    luma, blue, red = cv2.split(cv2.transform(rgb, _FROM_RGB))
    half = (rgb.shape[1] // 2, rgb.shape[0] // 2)
    small = [cv2.resize(plane, half, interpolation=cv2.INTER_AREA) for plane in (blue, red)]
    return luma, small[0], small[1]


def shoot(picture: Planes, view: View, into: Planes) -> None:
    """Draws the part of a picture that a view shows, to a small fraction of a pixel."""
    height, width = into[0].shape
    tall, wide = picture[0].shape
    step = min(wide / width, tall / height) / view.zoom
    left = wide * (0.5 + view.x) - 0.5 - step * (width - 1) / 2
    top = tall * (0.5 + view.y) - 0.5 - step * (height - 1) / 2
    _warp(picture[0], step, left, top, into[0])
    for source, target in zip(picture[1:], into[1:], strict=True):
        # H.264 puts chroma on even columns and halfway between rows; `to_planes` does not.
        _warp(source, step, (left - 0.5) / 2, (top + 0.5 * step - 0.5) / 2, target)


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


def _warp(source: Array, step: float, left: float, top: float, into: Array) -> None:
    matrix = np.array([[step, 0.0, left], [0.0, step, top]])
    cv2.warpAffine(
        source,
        matrix,
        (into.shape[1], into.shape[0]),
        dst=into,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
