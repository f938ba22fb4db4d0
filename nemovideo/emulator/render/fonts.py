"""Finds an installed font that really has the glyphs of a text."""

import io
import os
import struct
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import attrs
from PIL import ImageFont

from nemovideo.emulator.render.outcome import RenderError

__all__ = ["Face", "cast", "characters", "undrawable"]

_FAVOURITES = (
    "avenirnext",
    "helveticaneue",
    "segoeuib",
    "notosans-bold",
    "notosanscjk-bold",
    "opensans-bold",
    "lato-bold",
    "ubuntu-b",
    "liberationsans-bold",
    "dejavusans-bold",
    "arialbd",
    "arial bold",
    "pingfang",
    "hiragino",
    "msyhbd",
    "msyh",
    "yugothb",
    "malgunbd",
    "sourcehansans",
    "wqy-microhei",
    "wqy-zenhei",
)
_HEAVY = ("bold", "bd", "-b", "black", "heavy")
_AWKWARD = ("italic", "oblique", "mono", "condensed", "emoji", "symbol", "math")
_BOXES = "lastresort"
"""A face of macOS with a box for every character there is."""

_COLOURED = {b"sbix", b"CBDT"}
"""Tables of pictures; Pillow draws them in one size only, and not in white."""


@attrs.frozen(eq=False)
class Face:
    """A font file, of a collection its first face, with the characters it has.

    Without a path it is the face that Pillow carries.
    """

    path: Path | None
    glyphs: frozenset[int] = attrs.field(repr=False)

    @property
    def bold(self) -> bool:
        """Whether its strokes are heavy enough to be read over a picture."""
        return self.path is not None and any(mark in self.path.stem.lower() for mark in _HEAVY)

    @cache  # noqa: B019 - faces live as long as the process, and so few sizes are used
    def font(self, size: int) -> ImageFont.FreeTypeFont:
        """The face at a size in pixels."""
        found = ImageFont.truetype(self.path, size) if self.path else ImageFont.load_default(size)
        if not isinstance(found, ImageFont.FreeTypeFont):
            raise RenderError("titles need a Pillow that was built with FreeType")
        return found


def cast(text: str) -> dict[str, Face]:
    """Gives each character of a text the face that draws it, with as few faces as possible."""
    wanted = {char for char in text if not _unseen(char)}
    found: dict[str, Face] = {}
    for face in _faces():
        if not wanted:
            break
        able = {char for char in wanted if ord(char) in face.glyphs}
        found |= dict.fromkeys(able, face)
        wanted -= able
    return found


def undrawable(text: str) -> str:
    """The characters of a text that no installed font can draw, each once.

    Those that only tell how to draw others, such as joiners, are not missed.
    """
    found = cast(text)
    missing = (char for char in text if char not in found and not _unseen(char))
    return "".join(dict.fromkeys(missing))


def _unseen(char: str) -> bool:
    selects = "\ufe00" <= char <= "\ufe0f"
    return selects or char.isspace() or unicodedata.category(char) in {"Cc", "Cf"}


@cache
def _files() -> tuple[Path, ...]:
    """All font files of this machine, the ones that suit a title first."""
    found = {
        Path(root) / name
        for folder in _folders()
        for root, _, names in os.walk(folder)
        for name in names
        if name.lower().endswith((".ttf", ".otf", ".ttc", ".otc"))
        and not name.lower().startswith(_BOXES)
    }
    return tuple(sorted(found, key=_rank))


def _faces() -> Iterator[Face]:
    """The faces of this machine, the ones that suit a title first; at last Pillow's own."""
    yield from filter(None, map(_face, _files()))
    yield _built_in()


@cache
def _face(path: Path) -> Face | None:
    try:
        return Face(path, characters(path.read_bytes()))
    except (OSError, struct.error, ValueError):
        return None


@cache
def _built_in() -> Face:
    file = getattr(ImageFont.load_default(16), "path", None)
    return Face(None, characters(file.getvalue()) if isinstance(file, io.BytesIO) else frozenset())


def _folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA") or home / "AppData/Local")
        return [
            Path(os.environ.get("WINDIR") or "C:/Windows") / "Fonts",
            local / "Microsoft/Windows/Fonts",
        ]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    return [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        data / "fonts",
        home / ".fonts",
    ]


def _rank(path: Path) -> tuple[bool, int, str]:
    name = path.name.lower()
    favourite = (place for place, known in enumerate(_FAVOURITES) if name.startswith(known))
    awkward = any(part in name for part in _AWKWARD)
    return awkward, next(favourite, len(_FAVOURITES)), str(path)


def characters(font: bytes) -> frozenset[int]:
    """Reads which characters a TrueType or OpenType font maps to a glyph (its `cmap` table).

    Raises:
        ValueError: It is not such a font, or one of coloured pictures.
        struct.error: It is cut off.
    """
    tables = dict(_tables(font))
    if _COLOURED & tables.keys():
        raise ValueError("the font holds pictures, no outlines")
    if b"cmap" not in tables:
        raise ValueError("the font has no cmap table")
    return _mapped(font, tables[b"cmap"])


def _tables(font: bytes) -> Iterator[tuple[bytes, int]]:
    """The tables of a font, of a collection its first one's, and where they begin."""
    start = struct.unpack_from(">I", font, 12)[0] if font[:4] == b"ttcf" else 0
    count = struct.unpack_from(">H", font, start + 4)[0]
    for entry in range(start + 12, start + 12 + 16 * min(count, 100), 16):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, entry)
        yield tag, offset


def _mapped(font: bytes, cmap: int) -> frozenset[int]:
    found: set[int] = set()
    for record in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        platform, _, offset = struct.unpack_from(">HHI", font, cmap + 4 + 8 * record)
        style = struct.unpack_from(">H", font, cmap + offset)[0]
        if platform in {0, 3} and style == 4:
            found.update(_segments(font, cmap + offset))
        elif platform in {0, 3} and style == 12:
            found.update(_groups(font, cmap + offset))
    return frozenset(found)


def _segments(font: bytes, table: int) -> Iterator[int]:
    """Format 4: runs of 16-bit characters, each mapped by a shift or by a list."""
    twice = struct.unpack_from(">H", font, table + 6)[0]
    columns = [table + 14, table + 16 + twice, table + 16 + 2 * twice, table + 16 + 3 * twice]
    for row in range(0, twice, 2):
        last, first, shift, indirect = (
            struct.unpack_from(">H", font, column + row)[0] for column in columns
        )
        for code in range(first, min(last, 0xFFFE) + 1):
            at = columns[3] + row + indirect + 2 * (code - first)
            if struct.unpack_from(">H", font, at)[0] if indirect else (code + shift) & 0xFFFF:
                yield code


def _groups(font: bytes, table: int) -> Iterator[int]:
    """Format 12: runs of characters of any size."""
    for row in range(struct.unpack_from(">I", font, table + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", font, table + 16 + 12 * row)
        yield from range(first + (glyph == 0), min(last, sys.maxunicode) + 1)
