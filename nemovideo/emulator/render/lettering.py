"""Sets a title: large, shadowed, inside the safe area, in fonts that have its glyphs."""

import itertools
import re
from operator import itemgetter

import attrs
import cv2
import numpy as np
from PIL import Image, ImageDraw

from nemovideo.emulator.render.fonts import Face, cast
from nemovideo.emulator.render.pixels import Array, Planes

__all__ = ["Lettering", "blend", "letter", "wrap"]

_SAFE = 0.08
"""The share of each side that stays free of letters."""

_LARGEST = {"center": 0.11, "top": 0.06, "bottom": 0.06}
_SIZES = 18
"""How often a title is made smaller before its words are broken."""

_MOST_LINES = 3
_LEADING = 1.25
_WHITE, _BLACK, _NEUTRAL = 235.0, 16.0, 128

_IDEOGRAPH = "\u2e80-\u2fff\u3005-\u3007\u3021-\u9fff\uac00-\ud7af\uf900-\ufaff"
_CLOSING = "\u3001\u3002\u3009\u300b\u300d\u300f\u3011\uff01\uff09\uff0c\uff1a\uff1b\uff1f\u201d"
_PIECES = re.compile(rf"\n|[{_IDEOGRAPH}][{_CLOSING}]*|[^\s{_IDEOGRAPH}]+|[^\S\n]+")
_LETTERS = re.compile(r"\n|\S|[^\S\n]+")


@attrs.frozen
class Lettering:
    """A set title: its pixels, how much of each covers the picture, and where it lies."""

    planes: Planes
    cover: Planes
    left: int
    top: int


@attrs.frozen
class _Ink:
    """Letters at one size: every character knows its face."""

    faces: dict[str, Face]
    size: int

    def runs(self, line: str) -> list[tuple[Face, str]]:
        """Splits a line where the face changes; white space stays with what came before."""
        face = next(iter(self.faces.values()))
        cast = [face := self.faces.get(char, face) for char in line]
        grouped = itertools.groupby(zip(cast, line, strict=True), key=itemgetter(0))
        return [(face, "".join(char for _, char in group)) for face, group in grouped]

    def width(self, line: str) -> float:
        return sum(face.font(self.size).getlength(run) for face, run in self.runs(line))

    def draw(self, canvas: ImageDraw.ImageDraw, line: str, left: float, baseline: float) -> None:
        for face, run in self.runs(line):
            font, swollen = face.font(self.size), 0 if face.bold else round(self.size / 70)
            canvas.text((left, baseline), run, 255, font, "ls", stroke_width=swollen)
            left += font.getlength(run)


def letter(text: str, position: str, width: int, height: int) -> Lettering | None:
    """Sets a text for a canvas.

    Characters that no installed font can draw are left out; nothing is returned if
    there are no others.
    """
    faces = cast(text)
    drawable = "".join(char for char in text if char in faces or char.isspace()).strip()
    if not drawable:
        return None
    ink, lines = _fitted(drawable, faces, position, width, height)
    mask = _drawn(ink, lines)
    top = _top(position, mask.shape[0], height)
    return _shadowed(mask, ink.size, (width - mask.shape[1]) // 2, top, (width, height))


def blend(lettering: Lettering, opacity: float, into: Planes) -> None:
    """Lays a title over a picture, touching nothing but its rectangle."""
    for index, (plane, cover) in enumerate(zip(lettering.planes, lettering.cover, strict=True)):
        left, top = (
            (lettering.left, lettering.top)
            if index == 0
            else (
                lettering.left // 2,
                lettering.top // 2,
            )
        )
        tall, wide = plane.shape
        below = into[index][top : top + tall, left : left + wide]
        weight = cover * np.float32(opacity)
        below[:] = cv2.blendLinear(plane, np.ascontiguousarray(below), weight, 1 - weight)


def wrap(text: str, fits: float, ink: _Ink, pieces: re.Pattern[str] = _PIECES) -> list[str]:
    """Breaks a text into lines no wider than `fits`, as far as its pieces allow."""
    lines = [""]
    for piece in pieces.findall(text):
        if piece == "\n":
            lines.append("")
        elif lines[-1] and ink.width(lines[-1] + piece.rstrip()) > fits:
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines if line.strip()]


def _fitted(
    text: str, faces: dict[str, Face], position: str, width: int, height: int
) -> tuple[_Ink, list[str]]:
    """The largest size at which a text keeps to the safe area, and its lines, evenly long."""
    largest, room = _LARGEST[position] * min(width, height), (1 - 2 * _SAFE) * width
    ink = _Ink(faces, round(largest))
    for step in range(_SIZES):
        ink = _Ink(faces, max(6, round(largest * 0.92**step)))
        lines = wrap(text, room, ink)
        if len(lines) <= _MOST_LINES and max(map(ink.width, lines)) <= room:
            return ink, _balanced(text, lines, room, ink)
    return ink, wrap(text, room, ink, _LETTERS)


def _balanced(text: str, lines: list[str], room: float, ink: _Ink) -> list[str]:
    """The same number of lines, as narrow as they can be: no single word left over."""
    narrower = (wrap(text, room * share / 20, ink) for share in range(6, 21))
    evenly = (tried for tried in narrower if len(tried) <= len(lines))
    return next((tried for tried in evenly if max(map(ink.width, tried)) <= room), lines)


def _drawn(ink: _Ink, lines: list[str]) -> Array:
    """The bare letters, centred, with a margin that the shadow will need."""
    margin, leading = ink.size, ink.size * _LEADING
    wide = 2 * round((max(map(ink.width, lines)) + 2 * margin) / 2)
    tall = 2 * round((leading * len(lines) + 2 * margin) / 2)
    image = Image.new("L", (wide, tall))
    canvas = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        baseline = margin + leading * row + 0.96 * ink.size
        ink.draw(canvas, line, (wide - ink.width(line)) / 2, baseline)
    return np.asarray(image).astype(np.float32) / 255


def _top(position: str, tall: int, height: int) -> int:
    match position:
        case "top":
            return round(height * _SAFE) - tall // 6
        case "bottom":
            return round(height * (1 - _SAFE)) - tall + tall // 6
        case _:
            return (height - tall) // 2


def _shadowed(letters: Array, size: int, left: int, top: int, canvas: tuple[int, int]) -> Lettering:
    """White letters over two shadows: a close one for the edge, a wide one for any ground."""
    close = cv2.GaussianBlur(np.roll(letters, max(1, size // 28), axis=0), (0, 0), 0.04 * size)
    wide = cv2.GaussianBlur(letters, (0, 0), 0.3 * size)
    shade = 1 - (1 - 0.55 * close) * (1 - np.minimum(0.55, 0.9 * wide))
    cover = letters + (1 - letters) * shade
    luma = (letters * _WHITE + (cover - letters) * _BLACK) / np.maximum(cover, 1e-3)
    return _clipped(luma.clip(16, 235).astype(np.uint8), cover, left, top, canvas)


def _clipped(luma: Array, cover: Array, left: int, top: int, canvas: tuple[int, int]) -> Lettering:
    """Cuts a title to the canvas, at even pixels, so that chroma lies in step with luma."""
    skip_x, skip_y = max(0, -left), max(0, -top)
    left, top = 2 * (max(0, left) // 2), 2 * (max(0, top) // 2)
    wide = 2 * (min(luma.shape[1] - skip_x, canvas[0] - left) // 2)
    tall = 2 * (min(luma.shape[0] - skip_y, canvas[1] - top) // 2)
    window = np.s_[skip_y : skip_y + tall, skip_x : skip_x + wide]
    luma, cover = np.ascontiguousarray(luma[window]), np.ascontiguousarray(cover[window])
    half = cv2.resize(cover, (wide // 2, tall // 2), interpolation=cv2.INTER_AREA)
    grey = np.full(half.shape, _NEUTRAL, np.uint8)
    return Lettering((luma, grey, grey), (cover, half, half), left, top)
