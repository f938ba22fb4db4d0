"""Wishes in words, checked on the timeline that results."""

from typing import Any

import pytest

from nemovideo.emulator.agent import Board, take_turn
from tests.emulator.boards import FIRST, NAMED, PHOTOS, followed, fresh, rows, seen

DEMO = (
    "turn these photos into a 15-second slideshow with music, smooth transitions "
    "and a title 'Small Wonders'"
)

EN_FIRST: list[tuple[str, dict[str, Any]]] = [
    (
        DEMO,
        {"ms": 15000, "style": {"crossfade"}, "mood": "lofi", "title": "Small Wonders"},
    ),
    ("turn my photos into a short video with transitions and music", {"ms": 15000, "volume": 0.35}),
    (
        "turn these photos into a 30-second video with transitions and background music",
        {"ms": 30000, "style": {"crossfade"}},
    ),
    (
        "turn my photos into a slideshow video with music and transitions",
        {"ratio": "16:9", "title": None},
    ),
    (
        "turn my local photos into a 15-second video with smooth transitions",
        {"ms": 15000, "mood": "lofi"},
    ),
    ("make a video, 20s, vertical", {"ms": 20000, "ratio": "9:16"}),
    ("Create a square slideshow of half a minute", {"ms": 30000, "ratio": "1:1"}),
    ("make a 1 minute video without music", {"ms": 60000, "mood": None}),
    ("I want a minute and a half, please", {"ms": 90000}),
    ("build me a forty-five second reel", {"ms": 45000, "ratio": "9:16"}),
    ("a slideshow for TikTok with hard cuts", {"ratio": "9:16", "style": {"cut"}}),
    ("make a slideshow with no transitions", {"style": {"cut"}}),
    ("make a movie that fades through black", {"style": {"dip"}}),
    ("slideshow, dip to black, cinematic music", {"style": {"dip"}, "mood": "cinematic"}),
    ("make a video with upbeat music at 20%", {"mood": "upbeat", "volume": 0.2}),
    ("make a video with happy background music", {"mood": "upbeat"}),
    ("make a video with calm piano music", {"mood": "calm"}),
    ("slideshow with chill lo-fi beats", {"mood": "lofi"}),
    ('make a video titled "Rome & Beyond"', {"title": "Rome & Beyond"}),
    (
        "make a video titled Rome and Beyond with no music",
        {"title": "Rome and Beyond", "mood": None},
    ),
    ("make a video, title: Summer 2024, 12 sec", {"title": "Summer 2024", "ms": 12000}),
    ("make a slideshow called “No Music, 9:16”", {"title": "No Music, 9:16", "mood": "lofi"}),
    ("turn my friend's photos into a video called 'It's Fine'", {"title": "It's Fine"}),
    ("make a video with the title 'Hi' for the first 2 seconds", {"title": "Hi", "title_ms": 2000}),
    ("make a video with the title 'Hi' at the bottom", {"title": "Hi", "place": "bottom"}),
    ("make a slideshow, 2 seconds per photo", {"ms": 10000, "slots": [2000] * 5}),
    ("show each photo for 4 seconds", {"ms": 20000}),
    ("make a landscape video from these portrait photos", {"ratio": "16:9"}),
    ("make a widescreen video with no zoom", {"ratio": "16:9", "moves": {"none"}}),
    ("make a slideshow with one-second crossfades", {"style": {"crossfade"}, "blend": 1000}),
    ("create a 7 second video", {"ms": 7000, "slots": [1400] * 5}),
    ("make a 10.5 second video", {"ms": 10500}),
    ("slideshow in reverse order", {"order": "54321"}),
    ("a 15-second crossfade slideshow", {"ms": 15000, "style": {"crossfade"}}),
    ("a vertical slideshow, no, make it square", {"ratio": "1:1"}),
    ('a slideshow titled "Half open', {"title": "Half open"}),
    (
        "slideshow with gentle camera motion",
        {"moves": {"zoom_in", "pan_left", "zoom_out", "pan_right"}},
    ),
    ("a 1:30 slideshow", {"ms": 90000}),
    ("make a video with a title that says Hello World", {"title": "Hello World"}),
    ("Make a slideshow. Music: calm. Length: 25 seconds.", {"mood": "calm", "ms": 25000}),
    (
        'add the title "Our Trip" at the bottom for 4 seconds',
        {"title": "Our Trip", "place": "bottom", "title_ms": 4000, "ms": 15000},
    ),
]

EN_NEXT: list[tuple[str, dict[str, Any]]] = [
    ("make the second photo longer", {"slots": [3000, 4500, 3000, 3000, 3000], "ms": 16500}),
    ("make the last photo a bit shorter", {"slots": [3000, 3000, 3000, 3000, 2000]}),
    ("show the first photo for 5 seconds", {"slots": [5000, 3000, 3000, 3000, 3000]}),
    ("photo 3 should stay for 1 second", {"slots": [3000, 3000, 1000, 3000, 3000]}),
    ("remove the third photo", {"order": "1245", "ms": 12000}),
    ("delete the 1st picture and the last one", {"order": "234"}),
    ("drop photos 2, 3 and 4", {"order": "15", "ms": 6000}),
    ("move the last photo to the start", {"order": "51234"}),
    ("start with the third picture", {"order": "31245"}),
    ("end with the first photo", {"order": "23451"}),
    ("swap the first and the second photo", {"order": "21345"}),
    ("reverse the order", {"order": "54321"}),
    ("trim it to 10 seconds", {"ms": 10000, "slots": [2000] * 5}),
    ("make it 5 seconds longer", {"ms": 20000}),
    ("make the video shorter by 3 seconds", {"ms": 12000}),
    ("make it a bit faster", {"ms": 12000}),
    ("slow it down", {"ms": 18800}),
    ("no music", {"mood": None, "title": "Old"}),
    ("remove the background music please", {"mood": None}),
    ("mute it", {"mood": None}),
    ("music at 20%", {"volume": 0.2, "mood": "lofi"}),
    ("turn the music down", {"volume": 0.21}),
    ("make the music louder", {"volume": 0.52}),
    ("change the music to something more cheerful", {"mood": "upbeat", "volume": 0.35}),
    ("change the title to 'New Days'", {"title": "New Days", "place": "center"}),
    ("rename it Winter Light", {"title": "Winter Light"}),
    ("remove the title", {"title": None, "mood": "lofi"}),
    ("put the title at the top", {"title": "Old", "place": "top"}),
    ("show the title for 5 seconds", {"title_ms": 5000}),
    ("put the title in the middle of the screen, at the bottom", {"place": "bottom"}),
    ("portrait instead of landscape", {"ratio": "9:16"}),
    ("change it from 16:9 to 1:1", {"ratio": "1:1"}),
    ("make it 20 seconds instead of 15 seconds", {"ms": 20000}),
    ("make the transitions 1 second long", {"blend": 1000, "ms": 15000}),
    ("turn the music down to 10%", {"volume": 0.1}),
    ("make it 1m", {"ms": 60000}),
    ("make it vertical", {"ratio": "9:16", "order": "12345"}),
    ("use hard cuts, don't change the music", {"style": {"cut"}, "mood": "lofi"}),
    ("fade through black instead", {"style": {"dip"}}),
    ("no zoom, and keep everything else the same", {"moves": {"none"}, "ms": 15000}),
    ("zoom out slowly", {"moves": {"zoom_out"}}),
    ("pan to the left", {"moves": {"pan_left"}}),
    ("start with the second photo and swap the first and the last photo", {"order": "25341"}),
]

ZH_FIRST: list[tuple[str, dict[str, Any]]] = [
    (
        "把这些照片做成15秒的幻灯片，配音乐和标题“小奇迹”",
        {"ms": 15000, "mood": "lofi", "title": "小奇迹"},
    ),
    ('把这些照片做成15秒的幻灯片，配音乐和标题"小奇迹"', {"title": "小奇迹"}),
    ("用这些照片做一个视频", {"ms": 15000, "ratio": "16:9"}),
    ("请帮我把照片做成20秒的短片", {"ms": 20000}),
    ("做一个半分钟的竖屏视频", {"ms": 30000, "ratio": "9:16"}),
    ("制作一段一分钟的横屏影片", {"ms": 60000, "ratio": "16:9"}),
    ("做成一分半钟的视频", {"ms": 90000}),
    ("做一个二十五秒的方形视频", {"ms": 25000, "ratio": "1:1"}),
    ("做个１５秒的抖音视频，比例９：１６", {"ms": 15000, "ratio": "9:16"}),
    ("生成相册，不要音乐", {"mood": None}),
    ("做成幻灯片，硬切", {"style": {"cut"}}),
    ("做成幻灯片，不要转场", {"style": {"cut"}}),
    ("做成幻灯片，用黑场过渡", {"style": {"dip"}}),
    ("做成视频，淡入淡出", {"style": {"crossfade"}}),
    ("做成视频，转场要平滑的过渡", {"style": {"crossfade"}}),
    ("做成视频，配轻快的音乐", {"mood": "upbeat"}),
    ("做成视频，配上舒缓的背景音乐，音量20%", {"mood": "calm", "volume": 0.2}),
    ("做成视频，史诗音乐", {"mood": "cinematic"}),
    ("做成视频，标题叫海边的夏天", {"title": "海边的夏天"}),
    ("做成视频，标题：我们的旅行，10秒", {"title": "我们的旅行", "ms": 10000}),
    ("做成视频，标题《不要音乐》", {"title": "不要音乐", "mood": "lofi"}),
    ("做成视频，标题「夏」显示在下方", {"title": "夏", "place": "bottom"}),
    ("做成幻灯片，每张2秒", {"slots": [2000] * 5}),
    ("每张照片显示三秒半", {"slots": [3500] * 5}),
    ("把这几张图片合成视频，时长二十秒，不要配乐", {"ms": 20000, "mood": None}),
    ("做成视频，不要缩放", {"moves": {"none"}}),
    ("15秒，竖屏，lo-fi音乐", {"ms": 15000, "ratio": "9:16", "mood": "lofi"}),
]

ZH_NEXT: list[tuple[str, dict[str, Any]]] = [
    ("把第二张照片放长一点", {"slots": [3000, 4500, 3000, 3000, 3000]}),
    ("第一张显示5秒", {"slots": [5000, 3000, 3000, 3000, 3000]}),
    ("去掉第三张照片", {"order": "1245"}),
    ("把最后一张删掉", {"order": "1234"}),
    ("把第一张和第三张都删掉", {"order": "245"}),
    ("把第三张放到最前面", {"order": "31245"}),
    ("交换第一张和第二张的位置", {"order": "21345"}),
    ("顺序反过来", {"order": "54321"}),
    ("剪到10秒", {"ms": 10000}),
    ("长5秒", {"ms": 20000}),
    ("再延长5秒", {"ms": 20000}),
    ("用竖屏而不是横屏", {"ratio": "9:16"}),
    ("调整为十秒", {"ms": 10000}),
    ("换一首舒缓的音乐", {"mood": "calm"}),
    ("再快一点", {"ms": 12000}),
    ("不要音乐", {"mood": None, "title": "Old"}),
    ("音乐音量调到20%", {"volume": 0.2}),
    ("音乐大声一点", {"volume": 0.52}),
    ("音乐小一点", {"volume": 0.21}),
    ("音乐换成欢快的", {"mood": "upbeat"}),
    ("把标题改成“新的一天”", {"title": "新的一天"}),
    ("标题改为冬天的光", {"title": "冬天的光"}),
    ("去掉标题", {"title": None}),
    ("标题放在上方", {"place": "top"}),
    ("标题显示5秒", {"title_ms": 5000}),
    ("换成竖屏", {"ratio": "9:16"}),
    ("改成硬切，其他不变", {"style": {"cut"}, "mood": "lofi"}),
    ("转场改成黑场", {"style": {"dip"}}),
    ("慢慢放大", {"moves": {"zoom_in"}}),
]


@pytest.mark.parametrize(("message", "wanted"), rows(EN_FIRST + ZH_FIRST))
def test_a_first_wish_is_met_by_the_timeline(message: str, wanted: dict[str, Any]) -> None:
    """Every wish of a first message shows on the timeline, and every word was understood."""
    turn = fresh(message)
    found = seen(turn)
    assert {key: found[key] for key in wanted} == wanted
    assert "understand" not in turn.after
    assert "听懂" not in turn.after


@pytest.mark.parametrize(("message", "wanted"), rows(EN_NEXT + ZH_NEXT))
def test_a_later_wish_changes_that_and_no_more(message: str, wanted: dict[str, Any]) -> None:
    """A follow-up changes what it names, and all else stays as it was."""
    turn = followed(message)
    before, after = seen(fresh(FIRST)), seen(turn)
    follow = {"ms", "slots", "order", "moves", "blend", "place", "title_ms", "volume", "mood"}
    same = before.keys() - wanted.keys() - follow - ({"size"} if "ratio" in wanted else set())
    assert {key: after[key] for key in wanted} == wanted
    assert {key: after[key] for key in same} == {key: before[key] for key in same}
    assert "understand" not in turn.after
    assert "听懂" not in turn.after


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("quux blorb", "quux blorb"),
        ("make it better", "better"),
        ("make a video with weird music", "weird"),
        ("make a slideshow and sprinkle magic", "sprinkle magic"),
        ("做成视频，弄得高级感", "弄得高级感"),
        ("сделай красиво", "сделай красиво"),
    ],
)
def test_what_is_not_understood_is_told(message: str, words: str) -> None:
    """Words that mean nothing to the agent are told back, in the message's language."""
    turn = fresh(message)
    assert words in turn.after
    assert "I did not understand" in turn.after or "我没有听懂" in turn.after


@pytest.mark.parametrize(
    ("message", "admitted"),
    [
        ("add a dragon flying over the city", "dragon flying over the city"),
        ("generate a clip of a volcano", "volcano"),
        ("make a video of a cat riding a horse", "cat riding a horse"),
        ("add a voiceover", "voiceover"),
        ("add subtitles", "subtitles"),
        ("use the music from https://youtu.be/abc", "https://youtu.be/abc"),
        ("make it black and white", "black and white"),
        ("in 4k please", "4k"),
        ("make it 4:5", "4:5"),
        ("加一条会飞的龙", "龙"),
        ("加上旁白", "旁白"),
        ("加字幕", "字幕"),
        ("变成黑白", "黑白"),
    ],
)
def test_what_is_beyond_the_agent_is_admitted_and_costs_nothing(
    message: str, admitted: str
) -> None:
    """An impossible wish is repeated, nothing is done, nothing is charged."""
    turn = followed(message)
    assert turn.calls == ()
    assert turn.price == 0
    assert admitted in turn.after
    assert "Not done" in turn.after or "没有做" in turn.after


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("remove the ninth photo", "no picture 9"),
        ("make the ninth photo longer", "no picture 9"),
        ("move the ninth photo to the start", "no picture 9"),
        ("swap the first and the ninth photo", "no picture 9"),
        ("show each photo for 10 minutes", "up to 600 s"),
        ("make it 0.5 seconds", "at least 1 s"),
        ("make it 20 minutes", "up to 600 s"),
        ("add the new photos", "no new photo"),
        ("make it 15 seconds", "already"),
        (f"change the title to '{'x' * 300}'", "200 characters"),
        ("去掉第九张照片", "没有第9个"),
    ],
)
def test_a_wish_that_does_not_fit_is_explained(message: str, told: str) -> None:
    """What the timeline cannot take is explained, and the timeline stays."""
    turn = followed(message)
    assert turn.calls == ()
    assert told in turn.after


@pytest.mark.parametrize("message", ["music at 20%", "make the music louder"])
def test_volume_without_music_brings_music(message: str) -> None:
    """Who speaks of music's volume on a silent timeline means that there shall be some."""
    turn = followed(message, "make a slideshow without music")
    assert seen(turn)["mood"] == "lofi"


def test_a_percentage_without_any_music_is_explained() -> None:
    """A bare percentage has nothing to act on when there is no music."""
    assert "no music" in followed("20%", "make a slideshow without music").after


def test_without_photos_nothing_is_made() -> None:
    """The agent asks for photos instead of making an empty video."""
    turn = fresh(FIRST, ())
    assert turn.calls == ()
    assert turn.price == 0
    assert "upload" in turn.after


def test_the_only_photo_stays() -> None:
    """A video keeps at least one picture."""
    before = fresh(FIRST, PHOTOS[:1])
    board = Board(before.calls[-1].draft, PHOTOS[:1], before.placed, "project", paid=True)
    assert "at least one" in take_turn("remove the first photo", board).after


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("slow zoom in", "The camera move is now: zoom in."),
        ("pan to the left", "The camera move is now: pan left."),
        ("no motion", "The camera move is now: none."),
        ("慢慢放大", "镜头运动现在是：放大。"),
        ("慢慢拉远", "镜头运动现在是：缩小。"),
        ("title at the bottom", "The title is now at the bottom."),
        ("标题放在顶部", "标题的位置现在是：顶部。"),
    ],
)
def test_what_was_done_is_told_in_words(message: str, told: str) -> None:
    """The names that a timeline uses are for programs."""
    assert told in followed(message).after


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("add jazz music", "lo-fi, calm, upbeat and cinematic music only. Not done: add jazz"),
        ("make a video with jazz", "lo-fi, calm, upbeat and cinematic music only. Not done:"),
        ("换成爵士乐", "我只有低保真、舒缓、轻快和史诗这几种音乐。没有做："),
    ],
)
def test_music_that_is_not_there_is_told_with_what_is(message: str, told: str) -> None:
    """Who asked for jazz learns what to ask for."""
    assert told in followed(message).after


@pytest.mark.parametrize(
    ("message", "photos", "remark"),
    [
        ("a video of my cat", 5, "You speak of 1, and there are 5 pictures: I used all of them."),
        ("a video of my cat and my dog", 5, "You speak of 2, and there are 5 pictures"),
        ("a video of my cat", 1, ""),
    ],
)
def test_a_video_of_one_photo_among_others_is_of_all_that_were_sent(
    message: str, photos: int, remark: str
) -> None:
    """The cat may be in every picture; who meant the one file is told."""
    turn = fresh(message, NAMED[:photos])

    assert len(seen(turn)["slots"]) == photos
    assert remark in turn.after
    assert "speak of" in turn.after or not remark
    assert "Not done" not in turn.after
