"""Any wishes in any order leave a sound timeline; hostile messages cost no time."""

import json
import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nemovideo.emulator.agent import Board, Clip, take_turn
from tests.emulator import wishes_chinese as chinese
from tests.emulator import wishes_english as english
from tests.emulator.test_emulator_wishes import EN_FIRST, EN_NEXT, ZH_FIRST, ZH_NEXT

WISHES = [
    *(message for table in (EN_FIRST, EN_NEXT, ZH_FIRST, ZH_NEXT) for message, _ in table),
    *(message for own in (english, chinese) for message, _ in own.FIRST_WISHES + own.NEXT_WISHES),
    *english.REFUSED,
    *chinese.REFUSED,
    'add captions "a", "b"',
    'caption the last photo "z"',
    "remove the caption of photo 1",
    "make it 0.7 seconds",
]
FILES = (
    Clip("cat.jpg", "image", "http://127.0.0.1/1"),
    Clip("clip.mp4", "video", "http://127.0.0.1/2", 2300),
    Clip("cake.png", "image", "http://127.0.0.1/3"),
)
FRAGMENTS = [
    "the ",
    "and ",
    "and and ",
    "add the new ",
    "first ",
    "the first photo ",
    "photo 1 and ",
    "1 ",
    "1,",
    "10 seconds ",
    "no ",
    "no music ",
    "don't ",
    "make it ",
    "make a video ",
    "turn photos ",
    "title to ",
    "the title ",
    "caption ",
    '"a" ',
    '"a", ',
    "'a",
    '"',
    "“",
    "music to be something ",
    "turn the music ",
    "smooth ",
    "fade between ",
    "zero ",
    "twenty ",
    "twenty-",
    "is ",
    "swap the first and ",
    "a-",
    "slow ",
    "soft ",
    "some a more ",
    "video of ",
    "into a ",
    "one before last ",
    "http://",
    "0",
    "a.b",
    "if ",
    "? no ",
    "it a bit ",
    "cat.jpg ",
    "第",
    "第一张和",
    "第一张、",
    "一",
    "把第一张",
    "每",
    "不要",
    "不要音乐",
    "标题改成",
    "加字幕",
    "“a”、",
    "做成一个",
    "1分",
    "再",
    "更",
    "都",
    "最后",
    "第二到",
    "第1、",
    "可以",
    "长",
    "１５秒",
    "標題",
    "百分之",
    "，",
    "\u3000",
    "\u200b",
    "\x01",
    "的 the ",
    "的 1 ",
    "call it a and cat and ",
    "再长一点，的话",
    "a不a",
    "猫和",
    "停5秒",
    "cat and coffee and ",
    "give it 5 more ",
    "the cat second ",
    "something a bit more ",
]


def sound(draft: dict[str, Any]) -> None:
    """See that a timeline holds together."""
    tracks = {track["m"]["name"]: track["sg"] for track in draft["t"]}
    pictures = tracks["Photos"]
    assert pictures
    assert all(piece["d"] > 0 for piece in pictures)
    assert pictures[0]["m"]["start_ms"] == 0
    for one, other in pairwise(pictures):
        assert one["m"]["start_ms"] + one["d"] == other["m"]["start_ms"]
    assert sum(piece["d"] for piece in pictures) == draft["d"]
    for name in tracks.keys() - {"Photos"}:
        for piece in tracks[name]:
            assert 0 <= piece["m"]["start_ms"] < piece["m"]["start_ms"] + piece["d"] <= draft["d"]
    ids = [piece["m"]["id"] for pieces in tracks.values() for piece in pieces]
    assert len(ids) == len(set(ids))
    assert json.loads(json.dumps(draft)) == draft


@settings(deadline=None)
@given(st.lists(st.sampled_from(WISHES), min_size=1, max_size=8), st.integers(1, 3))
def test_any_sequence_of_wishes_leaves_a_sound_timeline(wishes: list[str], files: int) -> None:
    """Segments lie end to end and add up, all else lies inside, and ids are unique."""
    board = Board(None, FILES[:files], frozenset(), "project", paid=False)
    for wish in wishes:
        turn = take_turn(wish, board)
        for call in turn.calls:
            sound(call.draft)
        draft = turn.calls[-1].draft if turn.calls else board.draft
        board = Board(draft, FILES, turn.placed, "project", paid=True)


@pytest.mark.slow
@pytest.mark.parametrize("fragment", FRAGMENTS, ids=ascii)
def test_no_message_takes_long(fragment: str) -> None:
    """Four thousand characters of anything are read in a moment."""
    board = Board(None, FILES, frozenset(), "project", paid=False)
    message = (fragment * 4000)[:4000]

    def duration() -> float:
        begun = time.process_time()
        assert take_turn(message, board).after
        return time.process_time() - begun

    assert any(duration() < 0.5 for _ in range(3))


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("make it vertical " * 6000, id="100,000"),
        pytest.param("“" * 100_000, id="quotes"),
        pytest.param("“a”" * 4000, id="quotations"),
        pytest.param("\u200b\ufeff\u202e" * 3000, id="nothing-to-see"),
        pytest.param("\ue000\uf000\uf8ff", id="place-holders"),
        pytest.param("做 make に сделай اصنع", id="scripts"),
        pytest.param("\x01\x00\x1b[31m", id="control"),
    ],
)
def test_hostile_messages_are_answered(message: str) -> None:
    """Whatever is sent, something is said."""
    board = Board(None, FILES, frozenset(), "project", paid=False)
    assert take_turn(message, board).after


@pytest.mark.parametrize("message", ["make it ver\u200btical", "\ufeffmake it vertical\u200b"])
def test_what_cannot_be_seen_is_not_read(message: str) -> None:
    """Characters without a width do not hide a wish."""
    turn = take_turn(message, Board(None, FILES, frozenset(), "project", paid=False))
    assert turn.calls[-1].draft["m"]["width"] == 1080


def test_full_width_digits_are_digits() -> None:
    """１５秒 is fifteen seconds."""
    turn = take_turn("做成１５秒的视频", Board(None, FILES, frozenset(), "project", paid=False))
    assert turn.calls[-1].draft["d"] == 15_000
