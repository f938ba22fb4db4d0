"""Captions: each over its photo, wherever that goes."""

from typing import Any

import pytest

from nemovideo.emulator.agent import Board, take_turn
from tests.emulator.boards import FIRST, PHOTOS, followed, fresh, seen

TWO = f"{FIRST}, and captions “A”, “B” and “C”"
OTHER = {"tt": 7, "m": {"name": "Lyrics"}, "sg": [{"d": 900, "m": {"id": "z", "text": "la"}}]}


def captions(draft: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the caption track's segments."""
    return [
        piece for track in draft["t"] if track["m"]["name"] == "Captions" for piece in track["sg"]
    ]


def over(draft: dict[str, Any]) -> list[tuple[str, int, int]]:
    """Return text, start and length of each caption, and see that they are its photo's."""
    photos = {piece["m"]["id"]: piece for piece in draft["t"][0]["sg"]}
    for piece in captions(draft):
        photo = photos[piece["m"]["of"]]
        assert (piece["m"]["start_ms"], piece["d"]) == (photo["m"]["start_ms"], photo["d"])
    return [(one["m"]["text"], one["m"]["start_ms"], one["d"]) for one in captions(draft)]


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        pytest.param('add a caption "Rome" to the second photo', {2: "Rome"}, id="add-to"),
        pytest.param('caption the first photo "Our cat"', {1: "Our cat"}, id="verb"),
        pytest.param('put "Bye" as a caption on the last photo', {5: "Bye"}, id="as-a-caption"),
        pytest.param('give photo 3 the caption "Sea"', {3: "Sea"}, id="give"),
        pytest.param('set the caption of photo 4 to "Sand"', {4: "Sand"}, id="set-of"),
        pytest.param('caption p2.jpg "File"', {2: "File"}, id="file"),
        pytest.param(
            'caption the photos "One", "Two" and "Three"',
            {1: "One", 2: "Two", 3: "Three"},
            id="all",
        ),
        pytest.param('add captions "A", "B", "C"', {1: "A", 2: "B", 3: "C"}, id="list"),
        pytest.param('add a caption "no music, 9:16"', {1: "no music, 9:16"}, id="content"),
        pytest.param("给第二张照片加字幕“罗马”", {2: "罗马"}, id="zh-one"),
        pytest.param("给最后一张加上字幕“再见”", {5: "再见"}, id="zh-last"),
        pytest.param("把第一张的字幕改成“猫”", {1: "猫"}, id="zh-change"),
        pytest.param("每张照片加字幕“一”“二”“三”", {1: "一", 2: "二", 3: "三"}, id="zh-each"),
        pytest.param("給第三張照片加字幕「海」", {3: "海"}, id="zh-traditional"),
    ],
)
def test_captions_are_written(message: str, wanted: dict[int, str]) -> None:
    """A caption says what stands in quotes, on the photo that is named, and the title stays."""
    turn = followed(message)
    assert seen(turn)["captions"] == wanted
    assert seen(turn)["title"] == "Old"
    assert "understand" not in turn.after
    assert "听懂" not in turn.after


def test_a_caption_lies_in_a_track_of_its_own() -> None:
    """The second text track is behind the title's, and its segment names the photo it is of."""
    draft = followed('add a caption "Rome" to the second photo').calls[-1].draft
    assert [(track["tt"], track["m"]["name"]) for track in draft["t"]] == [
        (0, "Photos"),
        (1, "BGM"),
        (7, "Title"),
        (7, "Captions"),
    ]
    assert captions(draft) == [
        {
            "d": 3000,
            "m": {
                "id": "c1",
                "start_ms": 3000,
                "name": "Caption",
                "text": "Rome",
                "position": "bottom",
                "fade_ms": 250,
                "of": "v2",
            },
        }
    ]


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        pytest.param("reverse the order", [("C", 6000), ("B", 9000), ("A", 12000)], id="reverse"),
        pytest.param("remove the second photo", [("A", 0), ("C", 3000)], id="remove"),
        pytest.param(
            "show the first photo for 5s", [("A", 0), ("B", 5000), ("C", 8000)], id="hold"
        ),
        pytest.param("trim it to 10 seconds", [("A", 0), ("B", 2000), ("C", 4000)], id="resize"),
        pytest.param("start with the third photo", [("C", 0), ("A", 3000), ("B", 6000)], id="move"),
        pytest.param("remove the title", [("A", 0), ("B", 3000), ("C", 6000)], id="title-off"),
        pytest.param("title 'New'", [("A", 0), ("B", 3000), ("C", 6000)], id="title"),
        pytest.param("no captions", [], id="none"),
        pytest.param("去掉字幕", [], id="zh-none"),
        pytest.param(
            "remove the caption of the third photo", [("A", 0), ("B", 3000)], id="one-off"
        ),
        pytest.param("去掉第二张的字幕", [("A", 0), ("C", 6000)], id="zh-one-off"),
        pytest.param(
            'change the caption of photo 2 to "X"',
            [("A", 0), ("X", 3000), ("C", 6000)],
            id="change",
        ),
    ],
)
def test_captions_follow_their_photos(message: str, wanted: list[tuple[str, int]]) -> None:
    """Whatever becomes of the photos, a caption lies exactly over its own, or goes with it."""
    draft = followed(message, TWO).calls[-1].draft
    assert [(text, start) for text, start, _ in over(draft)] == wanted
    assert ("Captions" in {track["m"]["name"] for track in draft["t"]}) == bool(wanted)


def test_a_caption_keeps_its_id() -> None:
    """Other words for a caption are the same caption; a new one has a new id."""
    board = fresh(TWO)
    draft = board.calls[-1].draft
    for message in ("remove the caption of photo 3", 'caption photo 1 "Z"', 'caption photo 5 "N"'):
        draft = (
            take_turn(message, Board(draft, PHOTOS, board.placed, "p", paid=True)).calls[-1].draft
        )
    assert [(piece["m"]["id"], piece["m"]["text"]) for piece in captions(draft)] == [
        ("c1", "Z"),
        ("c2", "B"),
        ("c3", "N"),
    ]


def test_a_caption_is_meant_for_the_photo_as_it_is_now() -> None:
    """Numbers are those before the message, also where a photo goes in it."""
    turn = followed("remove the first photo and caption the third photo “Sea”")
    assert [piece["m"]["of"] for piece in captions(turn.calls[-1].draft)] == ["v3"]


def test_text_that_a_person_put_there_lives_on() -> None:
    """Another text track is neither the title's nor the captions'."""
    before = fresh(TWO)
    draft = before.calls[-1].draft
    draft = {**draft, "t": [*draft["t"], OTHER]}
    for message in (
        "no captions",
        "remove the title",
        "10 seconds",
        "title 'N'",
        "caption photo 1 “x”",
    ):
        draft = (
            take_turn(message, Board(draft, PHOTOS, before.placed, "p", paid=True)).calls[-1].draft
        )
        assert OTHER in draft["t"]


@pytest.mark.parametrize(
    ("message", "told"),
    [
        pytest.param("add subtitles of what is said", "I cannot hear what is said", id="speech"),
        pytest.param("auto captions", "I cannot hear what is said", id="auto"),
        pytest.param("自动字幕", "我听不懂讲话", id="zh-auto"),
        pytest.param("add captions", "in quotes", id="nothing-to-write"),
        pytest.param('change the caption "Rome" to "Milan"', "Not done", id="which"),
        pytest.param('add captions "1","2","3","4","5","6"', "there are 6 of them", id="many"),
        pytest.param('caption the ninth photo "X"', "no picture 9", id="no-photo"),
        pytest.param(f'caption photo 1 "{"x" * 300}"', "200 characters", id="long"),
        pytest.param("no captions", "no captions to remove", id="none-there"),
        pytest.param("remove the caption of photo 2", "no captions to remove", id="none-on-it"),
        pytest.param("去掉字幕", "没有字幕", id="zh-none-there"),
        pytest.param("caption every photo with its filename", "Not done", id="unquoted"),
    ],
)
def test_captions_that_cannot_be_are_explained(message: str, told: str) -> None:
    """Speech is not heard, and what does not fit the photos changes nothing."""
    turn = followed(message)
    assert turn.calls == ()
    assert told in turn.after


def test_the_caption_of_a_photo_that_is_not_there_is_not_removed() -> None:
    """Who names a photo beyond the last hears that there is none."""
    assert "no picture 9" in followed("remove the caption of photo 9", TWO).after


def test_captions_are_counted_when_the_video_is_laid_out() -> None:
    """A first answer tells of them in both languages."""
    assert "title “Old”, 3 captions." in fresh(TWO).after
    assert "2条字幕" in fresh("做成视频，每张加字幕“一”“二”").after


@pytest.mark.parametrize(
    "message", ["remove the second photo", "remove the caption of the second photo"]
)
def test_the_last_caption_takes_its_track_along(message: str) -> None:
    """No empty track stays behind."""
    draft = followed(message, f"{FIRST}, caption the second photo “B”").calls[-1].draft
    assert [track["m"]["name"] for track in draft["t"]] == ["Photos", "BGM", "Title"]
