"""Where the camera looks while a picture is shown: gentle, steady, never a jump."""

import math

import attrs

__all__ = ["RESERVE", "View", "view"]

RESERVE = 1.1
"""Pictures are kept this much larger than the canvas, so the closest view is still sharp."""

_STEP = 1.4 / 1080
"""The longest way any point may move from one frame to the next, in short sides."""

_TOP_SPEED = 1.25
"""The highest speed of `_ease` against its mean."""


@attrs.frozen
class View:
    """A part of a picture: `zoom` 1 is all of it; `x`, `y` move the centre, in canvas sizes."""

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0


def view(motion: str, progress: float, *, frames: int, width: int, height: int) -> View:
    """Returns the camera's view.

    Args:
        motion: One of the dialect's motions; an unknown one stands still.
        progress: From 0 at the first frame to 1 at the last.
        frames: How long the shot is seen; a short one moves less, so that it is not hurried.
        width: The canvas, in pixels.
        height: The canvas, in pixels.
    """
    reach = _STEP * min(width, height) * max(frames - 1, 1) / _TOP_SPEED
    share = _ease(progress)
    match motion:
        case "zoom_in" | "zoom_out":
            depth = min(RESERVE - 1, 2 * reach / math.hypot(width, height))
            return View(zoom=(1 + depth) ** (share if motion == "zoom_in" else 1 - share))
        case "pan_left" | "pan_right":
            way = min(1 - 1 / RESERVE, reach / width)
            return View(1 / (1 - way), x=way * (share - 0.5) * (1 if motion == "pan_right" else -1))
        case "pan_up" | "pan_down":
            way = min(1 - 1 / RESERVE, reach / height)
            return View(1 / (1 - way), y=way * (share - 0.5) * (1 if motion == "pan_down" else -1))
        case _:
            return View()


def _ease(share: float) -> float:
    """Half as fast at both ends as on average, so that a movement neither starts nor stops."""
    return 0.5 * share + 0.5 * share * share * (3 - 2 * share)
