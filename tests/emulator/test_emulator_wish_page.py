"""The wishes that the documentation names are understood."""

import re
from pathlib import Path

import pytest

from nemovideo.emulator.agent import Board, Clip, take_turn

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "emulator.md"
AGENT = PAGE.read_text("utf-8").split("## Its agent")[1].split("\n## ")[0]
WISHES = re.findall("`([^`]+)`", "".join(re.findall(r"^\|.+\|$", AGENT, re.MULTILINE)))
NAMES = ("cat", "coffee", "galaxies", "raccoon", "rocket")
PHOTOS = tuple(Clip(f"{name}.jpg", "image", f"http://127.0.0.1/{name}") for name in NAMES)
FIRST = "a 20-second slideshow with upbeat music, a title 'Old', a caption 'Cat' and "
COMPLAINTS = ("did not", "cannot", "Not done", "nothing", "没有听懂", "没有做", "没有改")


def test_the_page_names_wishes() -> None:
    """The table is where this test looks for it."""
    assert len(WISHES) > 25


@pytest.mark.parametrize("wish", WISHES)
def test_a_wish_of_the_page_is_met(wish: str) -> None:
    """What the table says works on a timeline of five photos, without a complaint."""
    style = "fades through black" if "cut" in wish else "hard cuts"
    begun = take_turn(FIRST + style, Board(None, PHOTOS, frozenset(), "project", paid=False))
    before = begun.calls[-1].draft

    turn = take_turn(wish, Board(before, PHOTOS, begun.placed, "project", paid=True))

    assert turn.calls, turn.after
    assert turn.calls[-1].draft != before
    assert not any(complaint in turn.after for complaint in COMPLAINTS), turn.after
