"""The picture's shape and size: an aspect ratio, and how many lines its shorter side has."""

from typing import Final

from nemovideo.emulator.agent.timeline import Json
from nemovideo.emulator.agent.wishes import CANVASES

__all__ = ["lines", "ratio", "size", "spoken"]

_FULL: Final = 1080
_USUAL_RATE: Final = 30


def size(ratio: str, lines: int = _FULL) -> tuple[int, int]:
    """Return width and height of a shape whose shorter side has so many lines."""
    width, height = CANVASES[ratio]
    return width * lines // _FULL, height * lines // _FULL


def ratio(draft: Json) -> str:
    """Return the aspect ratio of a draft; empty when it is none of ours."""
    found = (draft["m"]["width"], draft["m"]["height"])
    return next((shape for shape in CANVASES if size(shape, min(found)) == found), "")


def lines(draft: Json) -> int:
    """Return how many lines the shorter side of a draft's picture has."""
    return int(min(draft["m"]["width"], draft["m"]["height"]))


def spoken(draft: Json) -> str:
    """Return shape, and size and frame rate where they are not the usual ones."""
    rate = draft["m"].get("fps", _USUAL_RATE)
    details = [ratio(draft)]
    details += [f"{lines(draft)}p"] if lines(draft) != _FULL else []
    details += [f"{rate} fps"] if rate != _USUAL_RATE else []
    return " ".join(details)
