"""Nothing is done that was not asked: values without a thing, contradictions, questions."""

from typing import Any

import pytest

from tests.emulator.boards import followed, rows, seen

MET: list[tuple[str, dict[str, Any]]] = [
    ("longer please, 22 seconds", {"ms": 22000}),
    ("音乐轻点，视频长点，25秒左右", {"ms": 25000, "volume": 0.21}),
    ("剪成10秒，音乐调低到20%", {"ms": 10000, "volume": 0.2}),
    ("add 5 more seconds to the video", {"ms": 20000}),
    ("not so loud please", {"volume": 0.21}),
    ("not so quiet", {"volume": 0.52}),
    ("crank the music up", {"volume": 0.52}),
    ("swap the lofi for something epic", {"mood": "cinematic"}),
    ("something a bit more relaxing for the music", {"mood": "calm"}),
    ("music off title off", {"mood": None, "title": None}),
    ("keep the captions, no music", {"mood": None}),
    ("no need for music", {"mood": None}),
    ("use just the first three photos", {"order": "123"}),
    ("smaller please, 720 is enough", {"size": (1280, 720)}),
    ("put a title on it: Things I Like", {"title": "Things I Like"}),
    ("音乐别动，只把时长改成10秒", {"ms": 10000, "mood": "lofi"}),
    ("音乐留着，标题不要", {"mood": "lofi", "title": None}),
    ("不要音乐和标题", {"mood": None, "title": None}),
    ("关音乐关标题", {"mood": None, "title": None}),
    ("标题“Old”去掉", {"title": None}),
    ("把字幕留着，音乐关了", {"mood": None}),
    ("别那么吵", {"volume": 0.21}),
    ("再大声一点", {"volume": 0.52}),
    ("音乐太小声了", {"volume": 0.52}),
    ("音量减半", {"volume": 0.17}),
    ("音乐音量翻倍", {"volume": 0.7}),
    ("减掉3秒", {"ms": 12000}),
    ("改成竖屏，标题居中", {"ratio": "9:16", "place": "center"}),
    ("照片慢慢缩小", {"moves": {"zoom_out"}}),
    ("竖着的，720就够了", {"size": (720, 1280)}),
    ("换成竖屏，代替横屏", {"ratio": "9:16"}),
    ("make the transitions longer", {"blend": 1040}),
    ("make it 20 seconds without touching the music", {"ms": 20000, "mood": "lofi"}),
    ("remove the last photo and the music", {"order": "1234", "mood": None}),
    ("remove photo 1, music and title", {"order": "2345", "mood": None, "title": None}),
    ("去掉第一张和音乐", {"order": "2345", "mood": None}),
    ("第一张和标题都去掉", {"order": "2345", "title": None}),
    ("if possible make it vertical", {"ratio": "9:16"}),
]
NOTHING = [
    "The balloons 5 seconds",
    "气球的照片放5秒",
    'put "hello" on the balloons',
    "在气球那张上写“早上好”",
    "火箭发射太震撼了，我们站了3个小时",
    "I had coffee with my boss yesterday, it took 2 minutes",
    "the balloons half as long",
    "my portrait of grandma looks weird",
    "方形会不会更好看？",
    "超过20秒的话就剪到20秒",
    "if it's longer than 20 seconds cut it to 20",
    "don't use crossfade, use something else",
    "加上《稻香》这首歌",
    "来一首《晴天》",
    "play the song called Happy Days",
    "史诗感的转场",
    "epic transitions",
    "put “Bye” over the last photo at the top",
    "don't put the first photo last",
    "两张照片各停3秒",
    "最后一张不要音乐",
    "换个字体",
    "最多20秒",
    "至少20秒",
    "the end should fade to black",
    "lower the music when the title shows",
    "20 seconds max",
    "don't put the first photo first",
]


@pytest.mark.parametrize(("message", "wanted"), rows(MET))
def test_what_is_plain_is_done(message: str, wanted: dict[str, Any]) -> None:
    """A value wins over the direction that explains it, and what shall stay stays."""
    found = seen(followed(message))
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize("message", NOTHING)
def test_what_is_not_plain_is_not_done(message: str) -> None:
    """A value among words that nobody understood, a doubt, or a choice left open: no edit."""
    turn = followed(message)
    assert turn.calls == ()
    assert turn.after


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("先气球，再小狗，硬切", "气球"),
        ("make photo 1 half as long and the rest twice as long", "the rest twice as long"),
        ("make it 10 seconds and epic transitions", "epic"),
    ],
)
def test_the_part_that_is_not_done_is_told(message: str, told: str) -> None:
    """No wish of several is dropped without a word."""
    turn = followed(message)
    assert turn.calls
    assert told in turn.after


@pytest.mark.parametrize("message", ["remove the balloons and the music", "音乐别关"])
def test_what_is_read_in_part_is_not_said_to_be_met_already(message: str) -> None:
    """Beside words that nobody understood, the agent says that it has done nothing at all."""
    turn = followed(message)
    assert turn.calls == ()
    assert "already" not in turn.after
    assert "本来就是" not in turn.after
    assert "nothing in it that I could do" in turn.after or "没有我能做的事" in turn.after
