"""Sets a title: large, shadowed, inside the safe area, in fonts that have its glyphs."""

import itertools
import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from operator import itemgetter

import attrs
import cv2
import numpy as np
from PIL import Image, ImageDraw

from nemovideo.emulator.render.fonts import Face, cast
from nemovideo.emulator.render.pixels import Array, Planes
from nemovideo.emulator.render.places import Place

__all__ = ["Lettering", "blend", "letter", "wrap"]

_SAFE = 0.08
"""The share of each side that stays free of letters."""

_LARGEST = {"center": 0.11, "top": 0.07, "bottom": 0.07}
_CAPTION = 0.05
"""Sizes of letters, as shares of the canvas's shorter side."""

_TALLEST = {"center": 0.42, "top": 0.19, "bottom": 0.19}
"""The share of the height that a text may take: the three sides never meet."""

_SIZES = [0.92**step for step in range(18)]
_SMALLEST = 6
_WORDS_HOLD = 0.5
"""Words are broken sooner than made smaller than this."""

_MOST_LINES = 3
_MOST_LETTERS = 1000
_LEADING = 1.25
_GAP = 0.25
"""Between two texts, in letter sizes of the one nearer to the side."""

_VISIBLE = 0.25
_WHITE, _BLACK, _NEUTRAL = 235.0, 16.0, 128

_IDEOGRAPH = "\u2e80-\u2fff\u3005-\u3007\u3021-\u9fff\uac00-\ud7af\uf900-\ufaff"
_CLOSING = "\u3001\u3002\u3009\u300b\u300d\u300f\u3011\uff01\uff09\uff0c\uff1a\uff1b\uff1f\u201d"
_PIECES = re.compile(rf"[{_IDEOGRAPH}][{_CLOSING}]*|[^\s{_IDEOGRAPH}]+|\s+")
_LETTERS = re.compile(r"\S|\s+")
_BLANKS = re.compile(r"[^\S\n]+")


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


@attrs.frozen
class _Block:
    """Lines of a text, all of one size."""

    ink: _Ink
    lines: list[str]

    @property
    def wide(self) -> float:
        return max(map(self.ink.width, self.lines))

    @property
    def tall(self) -> float:
        return _LEADING * self.ink.size * len(self.lines)


def letter(text: str, place: Place, width: int, height: int) -> Lettering | None:
    """Sets a text for a canvas.

    Characters that no installed font can draw are left out; nothing is returned if
    there are no others. What is too long for the safe area ends in an ellipsis.
    """
    block = _set(text, place.side, place.small, width, height)
    if block is None:
        return None
    mask = _drawn(block)
    top = _inside(mask, _top(block, place, width, height) - block.ink.size, height)
    return _shadowed(mask, block.ink.size, (width - mask.shape[1]) // 2, top, (width, height))


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
    wide = cache(ink.width)
    lines = [
        line
        for paragraph in text.splitlines()
        for line in _broken(pieces.findall(paragraph), fits, wide)
    ]
    return [line.strip() for line in lines if line.strip()]


def _broken(pieces: list[str], fits: float, wide: Callable[[str], float]) -> Iterator[str]:
    """Widths of pieces are added up: what kerning changes is far less than the margin."""
    line, used = "", 0.0
    for piece in pieces:
        if line.strip() and not piece.isspace() and used + wide(piece) > fits:
            yield line
            line, used = "", 0.0
        if line or not piece.isspace():
            line, used = line + piece, used + wide(piece)
    yield line


@lru_cache(256)
def _set(text: str, side: str, small: bool, width: int, height: int) -> _Block | None:  # noqa: FBT001 - a key of the cache
    """The largest block in which a text keeps to its room, with lines evenly long."""
    faces = cast(text + "…")
    kept = "".join(char for char in text if char in faces or char.isspace())
    drawable = _BLANKS.sub(" ", kept).strip()[:_MOST_LETTERS]
    if not drawable:
        return None
    largest = (_CAPTION if small else _LARGEST[side]) * min(width, height)
    room = (1 - 2 * _SAFE) * width
    tall = _TALLEST[side] * height
    most = max(_MOST_LINES, round(_MOST_LINES * height / width))
    block = None
    for block in _blocks(drawable, faces, largest, room):
        hurried = len(block.lines) > most and block.ink.size > _WORDS_HOLD * largest
        if block.wide <= room and block.tall <= tall and not hurried:
            return _balanced(drawable, block, room)
    return block and _shortened(block, tall, room)


def _blocks(text: str, faces: dict[str, Face], largest: float, room: float) -> Iterator[_Block]:
    """The same text smaller and smaller, at last with its words broken."""
    for size in dict.fromkeys(max(_SMALLEST, round(largest * share)) for share in _SIZES):
        ink = _Ink(faces, size)
        yield _Block(ink, wrap(text, room, ink))
        if size <= max(_SMALLEST, _WORDS_HOLD * largest):
            yield _Block(ink, wrap(text, room, ink, _LETTERS))


def _shortened(block: _Block, tall: float, room: float) -> _Block:
    """As many lines as there is room for, the last one ending in an ellipsis."""
    ink = block.ink
    count = max(1, int(tall / (_LEADING * ink.size)))
    lines, rest = block.lines[:count], block.lines[count:]
    while rest and len(lines[-1]) > 1 and ink.width(lines[-1] + "…") > room:
        lines[-1] = lines[-1][:-1].rstrip()
    return _Block(ink, [*lines[:-1], lines[-1] + "…"] if rest and "…" in ink.faces else lines)


def _balanced(text: str, block: _Block, room: float) -> _Block:
    """The same number of lines, as narrow as they can be: no single word left over."""
    narrower = (_Block(block.ink, wrap(text, room * n / 20, block.ink)) for n in range(6, 20))
    evenly = (tried for tried in narrower if len(tried.lines) <= len(block.lines))
    return next((tried for tried in evenly if tried.wide <= room), block)


def _drawn(block: _Block) -> Array:
    """The bare letters, centred, with a margin that the shadow will need."""
    ink, margin = block.ink, block.ink.size
    wide = 2 * round((block.wide + 2 * margin) / 2)
    tall = 2 * round((block.tall + 2 * margin) / 2)
    image = Image.new("L", (wide, tall))
    canvas = ImageDraw.Draw(image)
    for row, line in enumerate(block.lines):
        baseline = margin + _LEADING * ink.size * row + 0.96 * ink.size
        ink.draw(canvas, line, (wide - ink.width(line)) / 2, baseline)
    return np.asarray(image).astype(np.float32) / 255


def _top(block: _Block, place: Place, width: int, height: int) -> int:
    """Where the first line begins, beyond whatever stands between a text and its side."""
    taken = _taken(place, width, height)
    match place.side:
        case "top":
            return round(height * _SAFE + taken)
        case "bottom":
            return round(height * (1 - _SAFE) - taken - block.tall)
        case _:
            return round(height / 2 + (taken or -block.tall / 2))


def _taken(place: Place, width: int, height: int) -> float:
    """How far the texts nearer to its side push a text away from there."""
    reached = (_reach(other.text, other.place, width, height) for other in place.nearer)
    return max(reached, default=0.0)


def _reach(text: str, place: Place, width: int, height: int) -> float:
    """How far a text and what is nearer reach from its side, or from the middle."""
    taken, block = _taken(place, width, height), _set(text, place.side, place.small, width, height)
    if block is None:
        return taken
    halved = place.side == "center" and not taken
    return taken + block.tall * (0.5 if halved else 1.0) + _GAP * block.ink.size


def _inside(letters: Array, top: int, height: int) -> int:
    """Moves letters that reach beyond their line, such as capitals with accents, into the area."""
    inked = np.flatnonzero(letters.max(axis=1) > _VISIBLE)
    if not inked.size:
        return top
    low, high = height * _SAFE - inked[0], height * (1 - _SAFE) - 1 - inked[-1]
    return int(np.ceil(max(low, min(top, np.floor(high)))))


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
