"""Wishes in doubt: the agent does the part it is sure of, and tells the rest."""

from typing import Any

import pytest

from nemovideo.emulator.agent import Board, Clip, take_turn
from tests.emulator.boards import PHOTOS, followed, fresh, seen


@pytest.mark.parametrize(
    ("message", "wanted", "told"),
    [
        ("4k and no music", {"mood": None}, "4k"),
        ("music at 20%, frobnicate", {"volume": 0.2}, "frobnicate"),
        ("use hard cuts. don't make it vertical", {"style": {"cut"}}, "don't make it vertical"),
        ("title 'A', and zoom in on the second photo", {"title": "A"}, "on the second photo"),
        ("reverse the order; why is there no music?", {"order": "54321"}, "why is there no music"),
        ("make it square. if it is slow, cut it to 9s", {"ratio": "1:1"}, "cut it to 9s"),
        ("remove the first photo and hold the third for 5 seconds", {"order": "2345"}, "hold"),
        ("4K，不要音乐", {"mood": None}, "4K"),
        ("硬切，别做成竖屏", {"style": {"cut"}}, "别做成竖屏"),
        ("倒序，第三张不要缩放", {"order": "54321"}, "第三张不要缩放"),
        ("换成方形。如果太长就剪到9秒", {"ratio": "1:1"}, "剪到9秒"),
        ("不是竖屏，是方形", {"ratio": "1:1"}, "不是竖屏"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_the_certain_part_is_done_and_the_rest_told(
    message: str, wanted: dict[str, Any], told: str
) -> None:
    """A doubt reaches no further than its clause, a condition than its sentence."""
    turn = followed(message)
    found = seen(turn)
    assert {key: found[key] for key in wanted} == wanted
    assert found["ms"] >= 12000
    assert told in turn.after


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("make a slideshow of 3 photos", "You speak of 3, and there are 5 pictures"),
        ("用三张照片做一个视频", "您说的是3个"),
    ],
)
def test_miscounted_photos_are_told(message: str, told: str) -> None:
    """Who speaks of three photos and sent five hears which are in."""
    turn = fresh(message)
    assert seen(turn)["order"] == "12345"
    assert told in turn.after


def test_a_right_count_needs_no_remark() -> None:
    """All that there are, or all that are new, is a right count."""
    assert "speak of" not in fresh("make a slideshow of these 5 photos").after
    before = fresh("make a slideshow", PHOTOS[:3])
    board = Board(before.calls[-1].draft, PHOTOS, before.placed, "p", paid=True)
    assert "speak of" not in take_turn("add these 2 photos", board).after


def test_a_name_that_two_files_share_calls_neither() -> None:
    """Rather none than the wrong one."""
    photos = (Clip("a.jpg", "image", "1"), Clip("a.jpg", "image", "2"), Clip("b.jpg", "image", "3"))
    assert followed("remove a.jpg", photos=photos).calls == ()
    assert seen(followed("remove b.jpg", photos=photos))["order"] == "12"


@pytest.mark.parametrize(("word", "place"), [("second", 2), ("eleventh", 11), ("twelfth", 12)])
def test_a_place_is_no_file(word: str, place: int) -> None:
    """A file that is called like a place does not take its meaning away."""
    names = [f"{word}.jpg", *(f"p{number}.jpg" for number in range(2, 13))]
    photos = tuple(Clip(name, "image", f"http://127.0.0.1/{name}") for name in names)

    turn = followed(f"remove the {word} photo", photos=photos)

    assert f"I removed p{place}.jpg" in turn.after


def test_names_are_content_too() -> None:
    """A file's name holds no wish, and a complaint shows it as it is."""
    photos = (Clip("no music.jpg", "image", "1"), Clip("海.jpg", "image", "2"))
    turn = followed("frobnicate no music.jpg", photos=photos)
    assert turn.calls == ()
    assert "frobnicate no music.jpg" in turn.after
    assert seen(followed("remove 海.jpg", photos=photos))["order"] == "1"


def test_a_removed_file_cannot_be_called() -> None:
    """It is in the session, and not on the timeline."""
    before = followed("remove the second photo")
    board = Board(before.calls[-1].draft, PHOTOS, before.placed, "p", paid=True)
    assert "no picture p2.jpg" in take_turn("move p2.jpg to the start", board).after


def test_traditional_words_come_back_as_they_were() -> None:
    """What is not understood is told in the writer's own characters."""
    assert "變魔術" in followed("變魔術").after


@pytest.mark.parametrize(
    ("message", "language", "answer"),
    [
        pytest.param(
            "写真に音楽を追加して", "ja", "I did not understand: 写真に音楽を追加して", id="ja"
        ),
        pytest.param(
            "写真に音楽を追加して", "en", "I did not understand: 写真に音楽を追加して", id="kana"
        ),
        pytest.param("标题改成さくら", "zh-CN", "标题现在是", id="zh-with-kana"),
        pytest.param("不要音乐", "en", "音乐已经去掉", id="zh"),
        pytest.param("把标题改成“さくら”", "en", "标题现在是“さくら”", id="kana-in-quotes"),
        pytest.param("no music", "zh", "The music is gone", id="en"),
    ],
)
def test_it_answers_in_the_language_of_the_message(
    message: str, language: str, answer: str
) -> None:
    """Characters alone do not make a message Chinese: Japanese has them too, beside its kana."""
    before = fresh("a 10-second slideshow with music and a title 'Old'")
    draft = before.calls[-1].draft
    board = Board(draft, PHOTOS, before.placed, "project", paid=True, language=language)

    assert answer in take_turn(message, board).after
