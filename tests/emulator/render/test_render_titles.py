import itertools
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import ImageFont

from nemovideo.emulator.render import fonts, render, stage
from nemovideo.emulator.render.fonts import cast, characters, undrawable
from nemovideo.emulator.render.lettering import blend, letter
from nemovideo.emulator.render.places import Place
from nemovideo.emulator.render.storyboard import storyboard
from tests.emulator.render.films import FIVE, PREVIEW, decoded, examples, slideshow, title

BARE = "\U0010fffd"
"""A character for private use that no font has."""


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a single font file."""
    monkeypatch.setattr(fonts, "_files", lambda: ())


def drawn(text: str, position: str = "center", size: tuple[int, int] = (1920, 1080)) -> np.ndarray:
    """Where letters cover a canvas, from 0 to 1."""
    canvas = np.zeros((size[1], size[0]), np.float32)
    lettering = letter(text, Place(position), *size)
    if lettering:
        tall, wide = lettering.cover[0].shape
        at = np.s_[lettering.top : lettering.top + tall, lettering.left : lettering.left + wide]
        canvas[at] = lettering.cover[0] * (lettering.planes[0] > 180)
    return canvas


def extent(mask: np.ndarray) -> tuple[float, float, float, float]:
    """The box of what is covered: left, top, right, bottom, as shares of the canvas."""
    rows, columns = np.nonzero(mask > 0.9)
    tall, wide = mask.shape
    return (
        columns.min() / wide,
        rows.min() / tall,
        columns.max() / wide,
        rows.max() / tall,
    )


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (1080, 1080), (320, 180)], ids=str)
@pytest.mark.parametrize("position", ["center", "top", "bottom"])
@pytest.mark.parametrize(
    "text",
    ["Hi", "Small Wonders", "A title so long that nobody would ever want it. " * 4, "W" * 60],
    ids=["short", "usual", "long", "unbreakable"],
)
def test_every_title_stays_inside_the_safe_area(
    text: str, position: str, size: tuple[int, int]
) -> None:
    """Long ones are wrapped and made smaller; none comes near the edge."""
    left, top, right, bottom = extent(drawn(text, position, size))

    assert left >= 0.05
    assert right <= 0.95
    assert top >= 0.04
    assert bottom <= 0.96


def test_a_title_is_large_and_centred() -> None:
    """Two words fill about half of the width, in the middle."""
    left, top, right, bottom = extent(drawn("Small Wonders"))

    assert 0.35 < right - left < 0.7
    assert (left + right) / 2 == pytest.approx(0.5, abs=0.01)
    assert (top + bottom) / 2 == pytest.approx(0.5, abs=0.04)


def test_positions_are_where_they_say() -> None:
    """Top is above, bottom is below."""
    assert extent(drawn("Hello", "top"))[3] < 0.3
    assert extent(drawn("Hello", "bottom"))[1] > 0.7


def test_lines_of_a_wrapped_title_are_evenly_long() -> None:
    """No single word is left for the last line."""
    mask = drawn("one two three four five six seven") > 0.9
    lines = mask.any(axis=1)
    starts = np.flatnonzero(np.diff(lines.astype(int)) == 1)
    ends = np.flatnonzero(np.diff(lines.astype(int)) == -1)
    widths = [
        np.ptp(np.nonzero(mask[a:b])[1]) for a, b in zip(starts, ends, strict=True) if b - a > 40
    ]

    assert len(widths) >= 2
    assert min(widths) > 0.6 * max(widths)


def test_a_title_has_a_shadow() -> None:
    """Next to its letters it darkens the picture, so that white stays readable on white."""
    lettering = letter("Hello", Place("center"), 1920, 1080)
    assert lettering is not None
    white = tuple(
        np.full(shape, level, np.uint8)
        for shape, level in (((1080, 1920), 235), ((540, 960), 128), ((540, 960), 128))
    )

    blend(lettering, 1.0, (white[0], white[1], white[2]))

    assert white[0].min() < 140
    assert (white[1].min(), white[1].max()) == (128, 128)


def test_opacity_nought_changes_nothing() -> None:
    """A title that has not begun to appear leaves the picture alone."""
    lettering = letter("Hello", Place("center"), 320, 180)
    assert lettering is not None
    grey = tuple(np.full(shape, 99, np.uint8) for shape in ((180, 320), (90, 160), (90, 160)))

    blend(lettering, 0.0, (grey[0], grey[1], grey[2]))

    assert all((plane == 99).all() for plane in grey)


def test_characters_are_read_from_the_font_itself() -> None:
    """The table says what a face has, as Pillow's own face shows."""
    face = ImageFont.load_default(20)
    assert isinstance(face, ImageFont.FreeTypeFont)

    found = characters(face.font_bytes)

    assert {ord(char) for char in "Small Wonders 123!"} <= found
    assert ord("奇") not in found


@pytest.mark.parametrize("data", [b"", b"OTTO", b"no font at all, only words" * 9])
def test_what_is_no_font_is_refused(data: bytes) -> None:
    """A damaged font file raises something that the search knows to skip."""
    with pytest.raises((ValueError, struct.error)):
        characters(data)


@pytest.mark.usefixtures("no_fonts")
def test_without_fonts_latin_is_still_drawn() -> None:
    """Pillow's own face is the last resort."""
    assert drawn("Small Wonders").max() == 1
    assert undrawable("Small Wonders") == ""


@pytest.mark.usefixtures("no_fonts")
def test_what_no_font_can_draw_is_told_and_left_out() -> None:
    """Each missing character is named once; the rest of the title is set."""
    assert undrawable("小奇迹 小 Wonders") == "小奇迹"
    assert letter("小奇迹", Place("center"), 1920, 1080) is None
    assert drawn("小 Wonders").max() == 1


def test_chinese_is_drawn_where_a_font_has_it() -> None:
    """A title in Chinese shows three different characters, not three boxes."""
    if undrawable("小奇迹"):
        pytest.skip("no installed font has Chinese characters")
    masks = [drawn(char)[400:680, 800:1120] > 0.5 for char in "小奇迹"]

    assert all(mask.mean() > 0.02 for mask in masks)
    assert not any((one == two).all() for one, two in itertools.pairwise(masks))
    assert len({id(face) for face in cast("小奇迹").values()}) == 1


async def test_a_render_notes_what_it_could_not_draw(tmp_path: Path) -> None:
    """The film is made all the same, and says what is missing in it."""
    draft = slideshow(FIVE[:1], 1000, tracks=[title(f"Hello {BARE}", ms=900)])

    made = await render(draft, examples(), tmp_path / "film.mp4", scale=PREVIEW)

    assert made.notes == (f"no installed font can draw: {BARE}",)
    assert len(decoded(made.path).frames) == 30


@pytest.mark.parametrize("count", [4, 5, 12])
def test_a_title_is_set_once_however_many_are_seen(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Setting one takes longer than drawing a frame."""
    done: list[str] = []

    def counted(text: str, *where: Any) -> Any:
        done.append(text)
        return letter(text, *where)

    monkeypatch.setattr(stage, "letter", counted)
    sides = ("top", "center", "bottom")
    tracks = [title(f"Title {n}", position=sides[n % 3]) for n in range(count)]
    board = storyboard({"d": 3000, "t": tracks}, PREVIEW)

    for _ in stage.Stage(board, {}).pictures(range(10, 20)):
        pass

    assert len(done) == count


@pytest.mark.slow
async def test_a_note_about_thousands_of_characters_is_cut(tmp_path: Path) -> None:
    """It names enough of them."""
    every = "".join(map(chr, range(0x100000, 0x100000 + 60_000)))
    draft = slideshow(FIVE[:1], 500, tracks=[title(every, ms=400)])

    made = await render(draft, examples(), tmp_path / "film.mp4", scale=0.05)

    assert [len(note) < 120 for note in made.notes] == [True]
