"""Which photo a message speaks of: by a bare name, by a number, or as "it"."""

from typing import Any

import pytest

from nemovideo.emulator.agent import Clip
from tests.emulator.boards import FIRST, followed, fresh, rows, seen

EN = tuple(
    Clip(f"{name}.jpg", "image", f"http://127.0.0.1/{name}")
    for name in ("cat", "coffee", "galaxies", "raccoon", "rocket")
)
ZH = tuple(
    Clip(f"{name}.jpg", "image", f"http://127.0.0.1/{name}")
    for name in ("猫", "咖啡", "星系", "浣熊", "火箭")
)

NAMED: list[tuple[str, dict[str, Any]]] = [
    ("put the rocket first", {"order": "51234"}),
    ("put raccoon right after the cat", {"order": "14235"}),
    ("start with galaxies and end with cat", {"order": "32451"}),
    ("can the cat be the last one", {"order": "23451"}),
    ("I want the coffee photo second to last", {"order": "13425"}),
    ("put the rocket second", {"order": "15234"}),
    ("coffee before cat", {"order": "21345"}),
    ("not the cat first, the rocket first", {"order": "51234"}),
    ("only keep the cat and the rocket", {"order": "15"}),
    ("the rocket can go", {"order": "1234"}),
    ("lose the raccoon", {"order": "1235"}),
    ("make the cat longer and the rocket shorter", {"slots": [4500, 3000, 3000, 3000, 2000]}),
    ("the coffee shot is too long", {"slots": [3000, 2000, 3000, 3000, 3000]}),
    ('put "hello" on the cat and "bye" on the rocket', {"captions": {1: "hello", 5: "bye"}}),
    ("title should be The Cat and Coffee", {"title": "The Cat and Coffee"}),
]
NAMED_ZH: list[tuple[str, dict[str, Any]]] = [
    ("把火箭放第一张", {"order": "51234"}),
    ("浣熊放在猫后面", {"order": "14235"}),
    ("星系开头，猫结尾", {"order": "32451"}),
    ("咖啡放到倒数第二", {"order": "13425"}),
    ("咖啡那张不要了", {"order": "1345"}),
    ("只留猫和火箭", {"order": "15"}),
    ("浣熊和火箭都不要", {"order": "123"}),
    ("猫长一点，火箭短一点", {"slots": [4500, 3000, 3000, 3000, 2000]}),
    ("星系那张多停一会儿", {"slots": [3000, 3000, 4500, 3000, 3000]}),
    ("第一张闪得太快了", {"slots": [4500, 3000, 3000, 3000, 3000]}),
    ("猫上面写“你好”，火箭上面写“再见”", {"captions": {1: "你好", 5: "再见"}}),
    ("标题叫猫和咖啡", {"title": "猫和咖啡"}),
]
NUMBERED: list[tuple[str, dict[str, Any]]] = [
    ("remove photo 1 and move photo 3 to the front", {"order": "3245"}),
    ("put photo 5 first and make photo 2 longer", {"slots": [3000, 3000, 4500, 3000, 3000]}),
    ("reverse the order and get rid of the last photo", {"order": "5432"}),
    ("顺序反过来，再把最后一张删掉", {"order": "5432"}),
    ("第一张放最后，最后一张放第一", {"order": "52341"}),
    ("extend the first photo", {"slots": [4500, 3000, 3000, 3000, 3000]}),
    ("photo 2's caption: “hi”", {"captions": {2: "hi"}}),
    ("给第二张加上“好”的字幕", {"captions": {2: "好"}}),
    ("photo 2 twice as long", {"slots": [3000, 6000, 3000, 3000, 3000]}),
]
IT: list[tuple[str, dict[str, Any]]] = [
    ("put photo 2 first and give it 5 seconds", {"slots": [5000, 3000, 3000, 3000, 3000]}),
    ("put photo 2 first and make it longer", {"slots": [4500, 3000, 3000, 3000, 3000]}),
    ("第二张放第一，停5秒", {"slots": [5000, 3000, 3000, 3000, 3000]}),
    ("第二张放第一，再长一点", {"slots": [4500, 3000, 3000, 3000, 3000]}),
    ("remove the last photo and make it 20 seconds", {"ms": 20000}),
    ("give it 5 seconds", {"ms": 5000}),
]
NOBODY = [
    "put the cat food first",
    "remove the cat hair from the picture",
    "my cat is called Muffin",
    "the rocket launch was amazing, we stood there for 3 hours",
    "don't put the cat first",
    "is the cat last?",
    "I wanted the cat first",
    "what if we put the rocket first?",
    "the balloons first, give it 5 seconds",
]
NOBODY_ZH = ["猫粮放第一张", "把猫毛去掉", "你把猫删了", "不要把猫放最后", "气球放第一张，停5秒"]


@pytest.mark.parametrize(("message", "wanted"), rows(NAMED + NUMBERED + IT))
def test_the_photo_that_is_meant_is_edited(message: str, wanted: dict[str, Any]) -> None:
    """Numbers are those that the writer sees; "it" is the photo last spoken of, if any."""
    found = seen(followed(message, photos=EN))
    assert {key: found[key] for key in wanted} == wanted
    untouched = {"title", "mood", "volume", "ratio", "captions"} - wanted.keys()
    before = seen(fresh(FIRST, EN))
    assert {key: found[key] for key in untouched} == {key: before[key] for key in untouched}


@pytest.mark.parametrize(("message", "wanted"), rows(NAMED_ZH))
def test_a_chinese_file_is_called_by_its_name(message: str, wanted: dict[str, Any]) -> None:
    """A bare Chinese name is a photo where photos are handled, and a word in a title."""
    found = seen(followed(message, photos=ZH))
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize(
    ("message", "photos"),
    [*((message, EN) for message in NOBODY), *((message, ZH) for message in NOBODY_ZH)],
)
def test_a_word_that_is_no_photo_moves_none(message: str, photos: tuple[Clip, ...]) -> None:
    """A name inside other words, in a question or in a refusal edits nothing."""
    assert followed(message, photos=photos).calls == ()


def test_a_name_is_found_among_many_in_a_moment() -> None:
    """Only files that the message may speak of are looked for."""
    photos = tuple(Clip(f"{n}.jpg", "image", f"http://127.0.0.1/{n}") for n in range(1000))
    assert len(seen(fresh("make a video without 7.jpg", photos))["slots"]) == 999


@pytest.mark.parametrize("message", ["remove photo 2's caption", "把第二张的字幕去掉"])
def test_the_caption_of_one_photo_goes(message: str) -> None:
    """The photo stays, and so do the other captions."""
    first = f"{FIRST}, captions 'A' and 'B'"
    assert seen(followed(message, first=first, photos=EN))["captions"] == {1: "A"}


def test_there_is_nothing_new_to_add() -> None:
    """New photos are those that were uploaded since."""
    assert "没有新的照片" in followed("加上新的照片", photos=EN).after
