"""Titles and captions together: inside the safe area, and never on each other."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nemovideo.draft import Draft
from nemovideo.emulator.render.fonts import undrawable
from nemovideo.emulator.render.lettering import Lettering, letter
from nemovideo.emulator.render.places import Place
from nemovideo.emulator.render.storyboard import Storyboard, storyboard
from tests.emulator.render.films import FIVE, decoded, examples, rendered, slideshow, title

SIZES = [(1280, 720), (720, 1280), (720, 720), (98, 174)]
LONG = "Two hundred letters about a small harbour, its boats, the gulls above them and the wind. "
TEXTS = {
    "short": "Hi",
    "accents and tails": "ÅÉŐẾ gjpqy,",
    "two hundred": (LONG * 3)[:200],
    "a thousand": LONG * 12,
    "unbreakable": "W" * 200,
    "line breaks": "one\ntwo\r\nthree\n\nfour",
    "thirty lines": "\n".join(["line"] * 30),
    "chinese": "春天里的小奇迹，我们一起去看海吧！" * 6,
    "mixed": "Hello 世界 مرحبا 🎉\N{VARIATION SELECTOR-16} שלום  again",
}


def on_each(sizes: list[tuple[int, int]]) -> pytest.MarkDecorator:
    """The first canvas in the everyday run, the others in the slow one."""
    first, *others = sizes
    values = [first, *(pytest.param(size, marks=pytest.mark.slow) for size in others)]
    return pytest.mark.parametrize("size", values, ids=str)


def caption(text: str, start_ms: int, ms: int, **meta: Any) -> dict[str, Any]:
    """A segment as the agent writes it."""
    facts = {"id": "c1", "name": "Caption", "position": "bottom", "fade_ms": 250}
    return {"d": ms, "m": {**facts, "start_ms": start_ms, "text": text, **meta}}


def captions(*segments: dict[str, Any]) -> dict[str, Any]:
    """A track of captions."""
    return {"tt": 7, "m": {"name": "Captions"}, "sg": list(segments)}


def planned(*tracks: dict[str, Any], size: tuple[int, int] = (1280, 720)) -> Storyboard:
    """Nine seconds with these tracks of words over them."""
    return storyboard(slideshow(FIVE[:3], 9000, size=size, tracks=tracks))


def set_in(board: Storyboard) -> list[Lettering]:
    """Every text of a film, set."""
    found = [
        letter(words.text, words.position, board.width, board.height) for words in board.titles
    ]
    return [lettering for lettering in found if lettering]


def ink(lettering: Lettering) -> tuple[int, int, int, int]:
    """The box of the white letters, in pixels of the canvas: left, top, right, bottom."""
    rows, columns = np.nonzero(lettering.cover[0] * (lettering.planes[0] > 180) > 0.5)
    return (
        lettering.left + int(columns.min()),
        lettering.top + int(rows.min()),
        lettering.left + int(columns.max()) + 1,
        lettering.top + int(rows.max()) + 1,
    )


@on_each(SIZES)
@pytest.mark.parametrize("small", [False, True], ids=["title", "caption"])
@pytest.mark.parametrize("side", ["top", "center", "bottom"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_every_letter_is_inside_the_safe_area(
    text: str, side: str, *, small: bool, size: tuple[int, int]
) -> None:
    """Eight per cent of each side stay free, whatever is written; a pixel of rounding apart."""
    lettering = letter(text, Place(side, small), *size)
    assert lettering is not None

    left, top, right, bottom = ink(lettering)

    assert left >= 0.08 * size[0] - 2
    assert right <= 0.92 * size[0] + 2
    assert top >= 0.08 * size[1] - 1
    assert bottom <= 0.92 * size[1] + 1


@pytest.mark.parametrize("size", [(16, 16), (64, 4096), (4096, 64), (18, 32)], ids=str)
def test_a_canvas_of_any_shape_can_be_written_on(size: tuple[int, int]) -> None:
    """Nothing is drawn outside of it, however little room there is."""
    for side, text in itertools.product(("top", "center", "bottom"), TEXTS.values()):
        lettering = letter(text, Place(side), *size)
        assert lettering is not None
        tall, wide = lettering.cover[0].shape
        assert 0 < wide <= size[0] - lettering.left
        assert 0 < tall <= size[1] - lettering.top


@on_each(SIZES[:3])
@pytest.mark.parametrize("side", ["top", "center", "bottom"])
@pytest.mark.parametrize("first", ["short", "two hundred", "line breaks", "accents and tails"])
@pytest.mark.parametrize("second", ["short", "two hundred", "chinese"])
def test_a_title_and_a_caption_at_the_same_side_never_overlap(
    first: str, second: str, side: str, size: tuple[int, int]
) -> None:
    """The title is read first, the caption below it, both whole and inside the canvas."""
    track = captions(caption(TEXTS[second], 0, 3000, position=side))
    board = planned(title(TEXTS[first], position=side), track, size=size)

    above, below = map(ink, set_in(board))

    assert above[3] <= below[1]
    assert 0.08 * size[1] - 1 <= above[1]
    assert below[3] <= 0.92 * size[1] + 1


@pytest.mark.parametrize("size", SIZES[:3], ids=str)
def test_the_three_sides_never_meet(size: tuple[int, int]) -> None:
    """The longest texts at the top, in the middle and at the bottom leave each other room."""
    sides = ("top", "center", "bottom")
    boxes = [ink(found) for side in sides if (found := letter(LONG * 12, Place(side), *size))]

    assert all(above[3] < below[1] for above, below in itertools.pairwise(boxes))


def test_a_caption_keeps_its_place_while_a_title_comes_and_goes() -> None:
    """At the bottom the title moves, once for its whole time, above the tallest caption."""
    track = captions(*(caption(TEXTS[key], at, 3000) for key, at in _SPOKEN))
    both = planned(title("Wonders", 0, 6000, position="bottom"), track)
    alone = planned(track)

    over, *rest = map(ink, set_in(both))

    assert rest == [ink(found) for found in set_in(alone)]
    assert over[3] <= min(box[1] for box in rest[:2])


_SPOKEN = (("short", 0), ("two hundred", 3000), ("short", 6000))


def test_texts_seen_one_after_the_other_share_their_place() -> None:
    """A title that has gone makes room."""
    board = planned(
        title("Wonders", 0, 3000, position="bottom"), captions(caption("Hi", 3000, 900))
    )

    assert [words.position.nearer for words in board.titles] == [(), ()]


def test_many_texts_at_once_are_still_planned() -> None:
    """Four are stacked, the others lie on them: better than none at all."""
    tracks = [title(f"number {place}", 0, 3000) for place in range(300)]

    depths = [words.position.depth for words in planned(*tracks).titles]

    assert depths[:5] == [1, 2, 3, 4, 4]
    assert max(depths) == 4


def test_captions_without_a_start_follow_each_other() -> None:
    """Segments lie end to end where nothing else is said."""
    bare = [{"d": 2000, "m": {"text": text}} for text in ("one", "two", "three")]

    board = planned({"tt": 7, "sg": bare})

    assert [(words.first, words.last) for words in board.titles] == [(0, 60), (60, 120), (120, 180)]


def test_a_caption_is_smaller_than_a_title_and_stands_below() -> None:
    """Its name makes it a caption; it needs no position."""
    board = planned(captions({"d": 900, "m": {"name": "Caption", "text": "Hill"}}))
    under, over = (
        letter("Hill", board.titles[0].position, 1280, 720),
        letter("Hill", Place("bottom"), 1280, 720),
    )
    assert under is not None
    assert over is not None

    tall = [box[3] - box[1] for box in (ink(under), ink(over))]

    assert board.titles[0].position.side == "bottom"
    assert 0.6 < tall[0] / tall[1] < 0.85
    assert tall[0] >= 25


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    """It is not made too small to be read."""
    lettering = letter(TEXTS["a thousand"], Place("bottom", small=True), 720, 720)
    whole = letter(TEXTS["two hundred"], Place("bottom", small=True), 720, 720)
    assert lettering is not None
    assert whole is not None

    assert ink(lettering)[3] - ink(lettering)[1] <= 0.19 * 720


def test_invisible_characters_are_not_missed() -> None:
    """A note names what cannot be drawn, not the joiners and selectors around it."""
    assert undrawable("a\u200db\ufe0f\u00ad\x07 c\n") == ""
    assert undrawable("a\U0010fffd\u200d\U0010fffd") == "\U0010fffd"


def test_captions_are_seen_under_their_own_pictures_only(tmp_path: Path) -> None:
    """In the film each caption is there in its seconds, below the title, faded at both ends."""
    track = captions(caption("First one", 1000, 1000), caption("Second", 2000, 900))
    draft = slideshow(FIVE[:1], 3000, motion="none")
    draft["t"] += [title("Wonders", 0, 3000, position="bottom", fade_ms=0), track]

    film = decoded(rendered(draft, examples(), tmp_path / "film.mp4", 1 / 3).path)

    board = storyboard(draft, 1 / 3)
    boxes = [ink(found) for found in set_in(board)]
    bare = film.at(0.5)
    changed = {
        moment: [np.abs(film.at(moment) - bare)[t:b, a:z].mean() for a, t, z, b in boxes]
        for moment in (1.0, 1.5, 1.97, 2.5, 2.95)
    }
    assert all(over < 3 for over, _, _ in changed.values())
    assert changed[1.5][1] > 25
    assert changed[2.5][2] > 25
    assert changed[2.95][1] < 8
    assert changed[2.95][2] < 8
    assert max(changed[1.0][1], changed[1.97][1]) < 0.3 * changed[1.5][1]


@pytest.mark.parametrize(
    ("track", "segment", "small"),
    [
        ("Captions", "", True),
        ("Subtitles", "", True),
        ("字幕", "", True),
        ("", "Caption 1", True),
        ("Title", "", False),
        ("", "", False),
    ],
)
def test_captions_are_known_as_a_draft_knows_them(track: str, segment: str, small: bool) -> None:  # noqa: FBT001 - a parameter
    """By the name of their track, or of the first of them."""
    text = {"tt": 7, "m": {"name": track}, "sg": [{"d": 900, "m": {"text": "a", "name": segment}}]}
    wire = {"t": [{"tt": 0, "sg": [{"d": 900}]}, text]}

    assert storyboard(wire).titles[0].position.small is small
    assert Draft.from_wire(wire).tracks[1].is_captions is small
