import copy
import inspect
import re
import textwrap
from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.draft import Change, Draft, Segment, Track, TrackType
from nemovideo.draft.pairing import strays
from nemovideo.emulator.agent import Board, Clip, take_turn
from tests.unit.work import seconds, steps

Json = dict[str, Any]


def lane(kind: int, *segments: Json, **details: Any) -> Json:
    """A track with its segments."""
    return {"tt": kind, "sg": list(segments)} | ({"m": details} if details else {})


def piece(ms: float, **details: Any) -> Json:
    """A segment with its metadata."""
    return {"d": ms, "m": details}


def photos(*names: str, ms: int = 3000) -> Json:
    """A video track of photos that are known by their names."""
    return lane(0, *(piece(ms, name=f"{name}.jpg") for name in names))


def draft(*tracks: Json, **details: Any) -> Json:
    """A whole draft."""
    return {"t": list(tracks)} | ({"m": details} if details else {})


def found(before: Json | None, after: Json) -> list[Change]:
    """The changes between two drafts as they come from the service."""
    known = None if before is None else Draft.from_wire(before)
    return Draft.from_wire(after).changes_since(known)


def told(before: Json | None, after: Json, language: str = "en") -> list[str]:
    """The sentences between two drafts."""
    return [change.words(language) for change in found(before, after)]


ORDINARY: dict[str, tuple[Json, Json, str, str]] = {
    "photo added": (
        draft(photos()),
        draft(photos("beach")),
        'Added "beach.jpg" to the video (0-3 s).',
        "在视频中添加了“beach.jpg”（0-3秒）。",
    ),
    "photo removed": (
        draft(photos("a", "b", "c")),
        draft(photos("a", "c")),
        'Removed "b.jpg" from the video (3-6 s).',
        "从视频中删除了“b.jpg”（3-6秒）。",
    ),
    "music added": (
        draft(photos("a")),
        draft(photos("a"), lane(1, piece(3000, name="Lo-fi"))),
        'Added the music "Lo-fi" (0-3 s).',
        "添加了音乐“Lo-fi”（0-3秒）。",
    ),
    "music removed": (
        draft(photos("a"), lane(1, piece(3000, name="Lo-fi"))),
        draft(photos("a")),
        'Removed the music "Lo-fi".',
        "删除了音乐“Lo-fi”。",
    ),
    "music emptied": (
        draft(lane(1, piece(3000, name="Lo-fi"))),
        draft(lane(1)),
        'Removed the music "Lo-fi".',
        "删除了音乐“Lo-fi”。",
    ),
    "second song": (
        draft(lane(1, piece(3000, name="Lo-fi"))),
        draft(lane(1, piece(3000, name="Lo-fi"), piece(2500, name="Jazz"))),
        'Added "Jazz" to the music (3-5.5 s).',
        "在音乐中添加了“Jazz”（3-5.5秒）。",
    ),
    "title reworded": (
        draft(lane(7, piece(3000, text="Hello"))),
        draft(lane(7, piece(3000, text="Hi"))),
        'The title now reads "Hi" instead of "Hello".',
        "标题的文字从“Hello”变为“Hi”。",
    ),
    "caption reworded": (
        draft(lane(7, piece(1000, text="One"), piece(1000, text="Two"), piece(1000, text="End"))),
        draft(lane(7, piece(1000, text="One"), piece(1000, text="2"), piece(1000, text="End"))),
        'Segment 2 of the title now reads "2" instead of "Two".',
        "标题的第2个片段的文字从“Two”变为“2”。",
    ),
    "text gone": (
        draft(lane(7, piece(3000, id=1, text="Hello"))),
        draft(lane(7, piece(3000, id=1))),
        "The text of the title changed.",
        "标题的文字变了。",
    ),
    "photo renamed": (
        draft(lane(0, piece(3000, id="v1", name="a.jpg"), piece(3000, id="v2", name="b.jpg"))),
        draft(lane(0, piece(3000, id="v1", name="a.jpg"), piece(3000, id="v2", name="c.jpg"))),
        'Segment 2 of the video is now called "c.jpg" instead of "b.jpg".',
        "视频的第2个片段的名称从“b.jpg”变为“c.jpg”。",
    ),
    "other song": (
        draft(lane(1, piece(3000, name="Lo-fi", mood="lofi"))),
        draft(lane(1, piece(3000, name="Jazz", mood="jazz"))),
        'The music is now "Jazz" instead of "Lo-fi".',
        "音乐从“Lo-fi”变为“Jazz”。",
    ),
    "project renamed": (
        draft(photos("a"), title="Rome"),
        draft(photos("a"), title="Paris"),
        'The whole video is now called "Paris" instead of "Rome".',
        "整个视频的名称从“Rome”变为“Paris”。",
    ),
    "quieter": (
        draft(lane(1, piece(3000, name="Lo-fi", volume=0.35))),
        draft(lane(1, piece(3000, name="Lo-fi", volume=0.2))),
        "The music is quieter: 20% instead of 35%.",
        "音乐的音量调低了，从35%变为20%。",
    ),
    "hardly louder": (
        draft(lane(1, piece(3000, name="Lo-fi", volume=0.201))),
        draft(lane(1, piece(3000, name="Lo-fi", volume=0.204))),
        "The music is louder: 20.4% instead of 20.1%.",
        "音乐的音量调高了，从20.1%变为20.4%。",
    ),
    "volume of a clip": (
        draft(lane(0, piece(3000, name="a.mp4", volume=1.0), piece(3000, name="b.mp4"))),
        draft(lane(0, piece(3000, name="a.mp4", volume=0), piece(3000, name="b.mp4"))),
        '"a.mp4" is quieter: 0% instead of 100%.',
        "“a.mp4”的音量调低了，从100%变为0%。",
    ),
    "first volume": (
        draft(lane(1, piece(3000, name="Lo-fi"))),
        draft(lane(1, piece(3000, name="Lo-fi", volume=0.5))),
        "The volume of the music is now 50%.",
        "音乐的音量变为50%。",
    ),
    "trimmed": (
        draft(photos("a", "b", "c")),
        draft(lane(0, *photos("a")["sg"], piece(4500, name="b.jpg"), *photos("c")["sg"])),
        '"b.jpg" now lasts 4.5 s instead of 3 s.',
        "“b.jpg”的时长从3秒变为4.5秒。",
    ),
    "hardly trimmed": (
        draft(photos("a", ms=3000)),
        draft(photos("a", ms=3010)),
        '"a.jpg" now lasts 3.01 s instead of 3 s.',
        "“a.jpg”的时长从3秒变为3.01秒。",
    ),
    "whole length": (
        {"d": 15000, "t": []},
        {"d": 20000, "t": []},
        "The whole video now lasts 20 s instead of 15 s.",
        "整个视频的时长从15秒变为20秒。",
    ),
    "later start": (
        draft(lane(7, piece(3000, text="Hi", start_ms=0))),
        draft(lane(7, piece(3000, text="Hi", start_ms=2000))),
        "The title now begins at 2 s instead of 0 s.",
        "标题的开始时间从0秒变为2秒。",
    ),
    "moved": (
        draft(photos("a", "b", "c", "d")),
        draft(photos("d", "a", "b", "c")),
        '"d.jpg" moved from place 4 to place 1.',
        "“d.jpg”从第4位移到了第1位。",
    ),
    "reversed": (
        draft(photos("a", "b", "c", "d")),
        draft(photos("d", "c", "b", "a")),
        "4 segments of the video are now in reverse order.",
        "视频的4个片段的顺序颠倒了。",
    ),
    "shuffled": (
        draft(photos(*"abcdef")),
        draft(photos(*"fdbeca")),
        "4 segments of the video moved.",
        "视频的4个片段换了位置。",
    ),
    "other track": (
        draft(photos("a", "b"), lane(3, piece(1000, name="c.png"))),
        draft(photos("a"), lane(3, piece(1000, name="c.png"), piece(3000, name="b.jpg"))),
        '"b.jpg" moved from the video to the track of type 3.',
        "“b.jpg”从视频移到了类型3的轨道。",
    ),
    "track moved": (
        draft(photos("a"), lane(7, piece(1000, text="Hi"))),
        draft(lane(7, piece(1000, text="Hi")), photos("a")),
        "The title track moved from place 2 to place 1.",
        "标题轨道从第2位移到了第1位。",
    ),
    "track renamed": (
        draft(lane(0, piece(1000), name="Photos")),
        draft(lane(0, piece(1000), name="Pictures")),
        'The video track is now called "Pictures" instead of "Photos".',
        "视频轨道的名称从“Photos”变为“Pictures”。",
    ),
    "canvas": (
        draft(width=1920, height=1080),
        draft(width=1080, height=1920),
        "The picture is now 1080x1920 instead of 1920x1080.",
        "画面尺寸从1920x1080变为1080x1920。",
    ),
    "position": (
        draft(lane(7, piece(1000, text="Hi", position="center"))),
        draft(lane(7, piece(1000, text="Hi", position="top"))),
        'The position of the title is now "top" instead of "center".',
        "标题的位置从“居中”变为“上方”。",
    ),
    "transition of a track": (
        draft(lane(0, piece(1000), transition={"kind": "crossfade", "duration_ms": 700})),
        draft(lane(0, piece(1000), transition={"kind": "cut", "duration_ms": 0})),
        'The transition of the video track is now "cut" instead of "crossfade".',
        "视频轨道的转场从“交叉淡化”变为“硬切”。",
    ),
    "length of a transition": (
        draft(lane(0, piece(1000), transition={"kind": "crossfade", "duration_ms": 700})),
        draft(lane(0, piece(1000), transition={"kind": "crossfade", "duration_ms": 1000})),
        "The transition duration of the video track is now 1 s instead of 0.7 s.",
        "视频轨道的转场时长从0.7秒变为1秒。",
    ),
    "switch": (
        draft(lane(0, piece(1000, name="a.jpg", black_and_white=False))),
        draft(lane(0, piece(1000, name="a.jpg", black_and_white=True))),
        'The black and white of "a.jpg" is now on instead of off.',
        "“a.jpg”的black and white从关变为开。",
    ),
    "filter gone": (
        draft(lane(0, piece(1000, name="a.jpg", filter="sepia"))),
        draft(lane(0, piece(1000, name="a.jpg"))),
        'The filter of "a.jpg" is gone.',
        "“a.jpg”的滤镜去掉了。",
    ),
    "list of values": (
        draft(lane(0, piece(1000, name="a.jpg", stickers=[1]))),
        draft(lane(0, piece(1000, name="a.jpg", stickers=[1, 2]))),
        'The stickers of "a.jpg" changed.',
        "“a.jpg”的stickers变了。",
    ),
    "unreadable key": (
        draft(lane(0, {"d": 1000, "m": {"name": "a.jpg"}, "q": 1})),
        draft(lane(0, {"d": 1000, "m": {"name": "a.jpg"}, "q": 2})),
        'Details of "a.jpg" changed.',
        "“a.jpg”的细节变了。",
    ),
    "frame rate": (
        draft(fps=30),
        draft(fps=60),
        "The frame rate of the whole video is now 60 instead of 30.",
        "整个视频的帧率从30变为60。",
    ),
    "unknown root key": (
        {"t": [], "x": 1},
        {"t": [], "x": 2},
        "Details of the whole video changed.",
        "整个视频的细节变了。",
    ),
    "null instead of nothing": (
        {"t": []},
        {"t": [], "d": None},
        "Details of the whole video changed.",
        "整个视频的细节变了。",
    ),
    "unnamed photo": (
        draft(lane(0, piece(1000), piece(2000))),
        draft(lane(0, piece(1000), piece(2500))),
        "Segment 2 of the video now lasts 2.5 s instead of 2 s.",
        "视频的第2个片段的时长从2秒变为2.5秒。",
    ),
    "unnamed photo removed": (
        draft(lane(0, piece(1000), piece(2000), piece(3000))),
        draft(lane(0, piece(2000), piece(3000))),
        "Removed a segment from the video (0-1 s).",
        "从视频中删除了一个片段（0-1秒）。",
    ),
    "same photo twice": (
        draft(photos("a", "b", "a")),
        draft(photos("a", "b")),
        'Removed "a.jpg" from the video (6-9 s).',
        "从视频中删除了“a.jpg”（6-9秒）。",
    ),
    "first of equal photos": (
        draft(lane(0, piece(1000), piece(1000), piece(2000))),
        draft(lane(0, piece(2000), piece(1000), piece(2000))),
        "Segment 1 of the video now lasts 2 s instead of 1 s.",
        "视频的第1个片段的时长从1秒变为2秒。",
    ),
    "song with words": (
        draft(lane(1, piece(3000, name="Lo-fi", text="La la"))),
        draft(),
        'Removed the music "Lo-fi".',
        "删除了音乐“Lo-fi”。",
    ),
    "no segment, no metadata": (
        {"t": [{}]},
        {"t": [{"sg": [{}]}]},
        "Added a segment to the track of type -1 (0-0 s).",
        "在类型-1的轨道中添加了一个片段（0-0秒）。",
    ),
    "empty track added": (
        draft(),
        draft(lane(1)),
        "Added the music track, which is empty.",
        "添加了空的音乐轨道。",
    ),
    "empty track removed": (
        draft(lane(42)),
        draft(),
        "Removed the track of type 42, which was empty.",
        "删除了空的类型42的轨道。",
    ),
}


@pytest.mark.parametrize(
    ("before", "after", "english", "chinese"), list(ORDINARY.values()), ids=list(ORDINARY)
)
def test_one_edit_is_one_sentence(before: Json, after: Json, english: str, chinese: str) -> None:
    """An edit is told once, as a person would, in both languages."""
    assert told(before, after) == [english]
    assert told(before, after, "zh-CN") == [chinese]


def test_nothing_changed_is_no_change() -> None:
    """Equal drafts have nothing between them, whatever the order of their keys."""
    wire = draft(photos("a", "b"), lane(1, piece(6000, name="Lo-fi")), title="Rome")

    assert found(wire, dict(reversed(wire.items()))) == []


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ({}, ["Added an empty timeline."]),
        (
            draft(photos("a", "b", "c"), lane(1, piece(9000, name="Lo-fi")), lane(42)),
            [
                'Added "a.jpg" and 2 more to the video (0-9 s).',
                'Added the music "Lo-fi" (0-9 s).',
                "Added the track of type 42, which is empty.",
            ],
        ),
        (
            draft(lane(0, *[piece(1000)] * 100), lane(7, piece(3000))),
            ["Added 100 segments to the video (0-100 s).", "Added the title (0-3 s)."],
        ),
    ],
    ids=["empty", "ordinary", "unnamed"],
)
def test_a_first_draft_is_told_by_its_tracks(wire: Json, expected: list[str]) -> None:
    """Where nothing was before, each track is one sentence, however many photos it has."""
    assert told(None, wire) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            draft(photos(*map(str, range(300)))),
            draft(photos(*map(str, range(300)), ms=2000)),
            ["300 segments of the video now last 2 s instead of 3 s."],
        ),
        (
            draft(lane(0, *(piece(n * 1000, name=str(n)) for n in range(1, 6)))),
            draft(lane(0, *(piece(n * 2000, name=str(n)) for n in range(1, 6)))),
            ["5 segments of the video now last 30 s instead of 15 s in all."],
        ),
        (
            draft(photos(*"abcdefg")),
            draft(photos(*"ag")),
            ['Removed "b.jpg" and 4 more from the video (3-18 s).'],
        ),
        (
            draft(photos(*"abcdefg")),
            draft(photos(*"bdf")),
            ['Removed "a.jpg" and 3 more from the video.'],
        ),
        (
            draft(lane(0, *(piece(1000, name=name, motion=name) for name in "abcde"))),
            draft(lane(0, *(piece(1000, name=name, motion="none") for name in "abcde"))),
            ['The motion of 5 segments of the video is now "none".'],
        ),
        (
            draft(lane(0, piece(1000, name="a", **dict.fromkeys(["k1", "k2", "k3", "k4"], 1)))),
            draft(lane(0, piece(1000, name="a", **dict.fromkeys(["k5", "k6", "k7", "k8"], 1)))),
            ['Details of "a" changed.'],
        ),
        (
            draft(photos("a", "b", "c", "d"), lane(3)),
            draft(photos("a"), lane(3, *photos("b", "c", "d")["sg"])),
            ["3 segments of the video moved from the video to the track of type 3."],
        ),
        (
            draft(lane(7, *(piece(1000, id=n, text=str(n)) for n in range(9)))),
            draft(lane(7, *(piece(1000, id=n, text=f"{n}!") for n in range(9)))),
            ["The text of 9 segments of the title changed."],
        ),
    ],
    ids=["equal", "different", "neighbours", "scattered", "motions", "keys", "tracks", "texts"],
)
def test_many_equal_changes_are_one_sentence(
    before: Json, after: Json, expected: list[str]
) -> None:
    """Nobody is told of three hundred photos one by one."""
    assert told(before, after) == expected


def timed(*pieces: tuple[str, int], total: int | None = None) -> Json:
    """A draft whose segments say where they begin, with music that lasts as long as it does."""
    start, segments = 0, []
    for name, ms in pieces:
        segments.append(piece(ms, name=name, start_ms=start))
        start += ms
    music = piece(start, name="Lo-fi", fade_out_ms=start // 10)
    return draft(lane(0, *segments), lane(1, music)) | {"d": total or start}


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (
            timed(("a", 1000), ("b", 2000), ("c", 1000), ("d", 1000)),
            ['"b" now lasts 2 s instead of 1 s.'],
        ),
        (timed(("b", 1000), ("c", 1000), ("d", 1000)), ['Removed "a" from the video (0-1 s).']),
        (
            timed(("x", 500), ("a", 1000), ("b", 1000), ("c", 1000), ("d", 1000)),
            ['Added "x" to the video (0-0.5 s).'],
        ),
        (
            timed(("b", 1000), ("c", 1000), ("d", 1000), ("a", 1000)),
            ['"a" moved from place 1 to place 4.'],
        ),
    ],
    ids=["trimmed", "removed", "added", "moved"],
)
def test_what_only_follows_is_not_told(after: Json, expected: list[str]) -> None:
    """Later starts, the length of the whole and of the music, and fades follow from one edit."""
    before = timed(("a", 1000), ("b", 1000), ("c", 1000), ("d", 1000))

    assert told(before, after) == expected


def test_a_gap_is_told_where_it_begins() -> None:
    """A photo that begins later for itself is told beside another edit, its followers are not."""
    before = timed(("a", 1000), ("b", 1000), ("c", 1000))
    after = timed(("a", 1000), ("b", 1000), ("c", 1000))
    after["t"][1]["sg"][0]["m"]["name"] = "Jazz"
    for segment in after["t"][0]["sg"][1:]:
        segment["m"]["start_ms"] += 500

    sentences = told(before, after)

    assert sorted(sentences) == [
        '"b" now begins at 1.5 s instead of 1 s.',
        'The music is now "Jazz" instead of "Lo-fi".',
    ]


def test_several_edits_are_several_sentences() -> None:
    """What was done at once is told one by one: the whole first, then track by track."""
    before = draft(photos("a", "b"), lane(7, piece(1000, text="Hi")), width=16, height=9)
    after = draft(photos("b", "c"), lane(7, piece(2000, text="Ho")), width=9, height=16)

    assert told(before, after) == [
        "The picture is now 9x16 instead of 16x9.",
        'Removed "a.jpg" from the video (0-3 s).',
        'Added "c.jpg" to the video (3-6 s).',
        'The title now reads "Ho" instead of "Hi".',
        "The title now lasts 2 s instead of 1 s.",
    ]


@pytest.mark.parametrize("place", ["metadata", "beside"])
def test_an_id_says_which_segment_it_is(place: str) -> None:
    """Two photos of one name are told apart by their ids, in the metadata or beside it."""

    def photo(number: int, ms: int) -> Json:
        plain = piece(ms, name="a.jpg")
        return piece(ms, name="a.jpg", id=number) if place == "metadata" else plain | {"id": number}

    before = draft(lane(0, photo(1, 1000), photo(2, 2000), photo(3, 3000)))
    after = draft(lane(0, photo(2, 2000), photo(3, 4000)))

    assert told(before, after) == [
        'Removed "a.jpg" from the video (0-1 s).',
        '"a.jpg" now lasts 4 s instead of 3 s.',
    ]


def test_a_change_is_data_too() -> None:
    """A program reads what happened, to what, and both values."""
    before = draft(photos("a"), lane(1, piece(3000, name="Lo-fi", volume=0.35)))
    after = draft(photos("a"), lane(1, piece(3000, name="Lo-fi", volume=0.2)))

    assert found(before, after) == [
        Change("quieter", track=TrackType.AUDIO, subject="Lo-fi", before=0.35, after=0.2)
    ]


def test_a_sentence_is_english_unless_another_language_is_asked_for() -> None:
    """`str` is English, any tag that begins with `zh` is Chinese, every other is English."""
    [change] = found(draft(width=1), draft(width=2))

    assert str(change) == change.words() == change.words("fr") == change.words("en-GB")
    assert change.words("zh") == change.words("zh-Hant-TW") == change.words("ZH_cn")
    assert change.words("zh") != change.words("en")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("two\nlines\u2028here", '"two lines here"'),
        ("\x1b[31mred", '"[31mred"'),
        ("\ud83d", "a segment"),
        ("x" * 100, f'"{"x" * 59}…"'),
        ("{subject} %s", '"{subject} %s"'),
        ("👩‍👩‍👧", '"👩‍👩‍👧"'),
    ],
    ids=["lines", "terminal codes", "lone surrogate", "long", "gaps", "joined emoji"],
)
def test_a_name_cannot_break_its_sentence(name: str, expected: str) -> None:
    """Whatever a file is called, the sentence stays one printable line."""
    after = draft(lane(0, piece(1000, name=name)))

    assert told(None, after) == [f"Added {expected} to the video (0-1 s)."]


@pytest.mark.parametrize(
    "number",
    [10**400, -(10**400), 1e300, float("inf"), float("nan"), 1e-9],
    ids=["huge", "far below zero", "large float", "infinite", "nan", "tiny"],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_number_is_too_odd_for_words(number: float, language: str) -> None:
    """JSON sets no limit to numbers, and a sentence never fails."""
    plain = {"tt": 1, "sg": [piece(1.5, name="a", volume=0.1, start=0.5), piece(2.5)]}
    odd = {"tt": 1, "sg": [piece(number, name="a", volume=number, start=number, x=number)] * 2}

    for before, after in [(plain, odd), (odd, plain)]:
        sentences = told(draft(before, width=1), draft(after, width=number), language)
        assert len(sentences) > 1
        assert max(map(len, sentences)) < 150


def test_no_start_is_too_far_away() -> None:
    """Nor is the gap before a segment, which cannot even be counted."""
    near = lane(0, piece(1.5, name="a"), piece(1, name="b", start=5000))
    far = lane(0, piece(1.5, name="a"), piece(1, name="b", start=10**400))

    assert told(draft(near), draft(far)) == ['"b" now begins at ∞ s instead of 5 s.']


def test_times_beyond_counting_cost_no_sentence() -> None:
    """A sum that no number can hold is endless, or costs the figures of a sentence."""
    short = draft(lane(0, *(piece(n + 0.5, id=n) for n in range(5))))
    endless = draft(lane(0, *(piece(n + 0.5, id=n) for n in range(1, 5)), piece(10**400, id=0)))

    assert told(None, endless) == ["Added 5 segments to the video (0-∞ s)."]
    assert told(short, draft(lane(0, piece(10**400, id=0), *endless["t"][0]["sg"][:-1]))) == [
        "Segment 1 of the video now lasts ∞ s instead of 0 s."
    ]
    endless["t"][0]["sg"] = [one | {"d": one["d"] * 2} for one in endless["t"][0]["sg"]]
    assert "The lengths of 5 segments of the video changed." in told(short, endless)


def test_a_draft_made_by_hand_is_compared_by_its_parts() -> None:
    """Tracks that never were on the wire are told like others."""
    before = Draft((Track(7, (Segment(3000, {"text": "Hello"}),)),))
    after = Draft((Track(7, (Segment(3000, {"text": "Hi"}),)),))

    assert [*map(str, after.changes_since(before))] == [
        'The title now reads "Hi" instead of "Hello".'
    ]
    assert after.changes_since(copy.deepcopy(after)) == []


def test_comparing_changes_neither_draft() -> None:
    """Both drafts go to the service afterwards as they came."""
    before, after = draft(photos("a", "b"), title="x"), draft(photos("b"), title="y")
    came = copy.deepcopy((before, after))

    found(before, after)

    assert (before, after) == came


IDS = st.integers(1, 4) | st.sampled_from(["v1", "v2"])
WORDS = st.text("ab {\n\u2028\u200d\ud83d“", max_size=3)
NUMBERS = st.sampled_from([0, 1, 1.0, 500, 1000, 1e300, 2**70, 10**400, float("inf")])
SCALARS = st.none() | st.booleans() | NUMBERS | WORDS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=3,
)
KEYS = [
    *("name", "title", "filename", "text", "content", "volume", "start", "start_ms", "source"),
    *("id", "width", "height", "transition", "fade_ms", "kind", "q"),
]
DETAILS = st.dictionaries(st.sampled_from(KEYS), VALUES | IDS, max_size=4)
LENGTHS = NUMBERS | st.none()
SEGMENTS = st.fixed_dictionaries(
    {}, optional={"d": LENGTHS, "m": DETAILS | st.none(), "id": IDS, "name": VALUES, "q": VALUES}
)
TRACKS = st.fixed_dictionaries(
    {},
    optional={
        "tt": st.sampled_from([0, 1, 7, 42, 2**70, None]),
        "sg": st.lists(SEGMENTS, max_size=6),
        "m": DETAILS | st.none(),
        "q": VALUES,
    },
)
DRAFTS = st.fixed_dictionaries(
    {},
    optional={
        "t": st.lists(TRACKS, max_size=3),
        "d": LENGTHS,
        "m": DETAILS | st.none(),
        "q": VALUES,
    },
)


def lists_in(wire: Json) -> list[list[Any]]:
    """The tracks, and the segments of each."""
    tracks = wire.get("t", [])
    return [tracks, *(track["sg"] for track in tracks if "sg" in track)]


@st.composite
def pairs(draw: Callable[[Any], Any]) -> tuple[Json, Json]:
    """Two drafts that have nothing, nearly everything, or all in common."""
    before = draw(DRAFTS)
    if draw(st.booleans()):
        return before, draw(DRAFTS)
    after = copy.deepcopy(before)
    for pieces in lists_in(after):
        pieces[:] = draw(st.permutations(pieces))
        if pieces and draw(st.booleans()):
            pieces.pop()
    for details in [one["m"] for one in [after, *chain(*lists_in(after))] if one.get("m")]:
        if draw(st.booleans()):
            details[draw(st.sampled_from(sorted(details)))] = draw(VALUES)
    return before, after


@given(pairs())
def test_whatever_differs_is_told_in_both_languages(pair: tuple[Json, Json]) -> None:
    """Changes are empty exactly where the drafts are equal; each is one line, and none fails."""
    before, after = pair

    changes = found(before, after)

    assert (changes == []) is (before == after)
    for sentence in [change.words(language) for change in changes for language in ("en", "zh")]:
        assert sentence.strip()
        assert sentence.isprintable() or "\u200d" in sentence


@given(DRAFTS)
def test_a_first_draft_is_always_told(wire: Json) -> None:
    """Every draft can be told where nothing was before: at least one sentence, one per track."""
    changes = found(None, wire)

    assert len(changes) == max(1, len(wire.get("t", [])))
    assert all(len(change.words("zh").splitlines()) == 1 for change in changes)


@given(st.permutations(range(8)))
def test_as_few_as_possible_are_said_to_move(order: list[int]) -> None:
    """Without those that moved the others are in order, and no smaller number would do."""
    moved = strays(dict(enumerate(order)))

    rest = [there for here, there in enumerate(order) if here not in moved]
    runs = [1] * len(order)
    for here, there in enumerate(order):
        runs[here] += max((runs[n] for n in range(here) if order[n] < there), default=0)
    assert rest == sorted(rest)
    assert len(rest) == max(runs)


EDITS: dict[str, Callable[[list[Json]], list[Json]]] = {
    "trimmed": lambda pieces: [one | {"d": 2000} for one in pieces],
    "last trimmed": lambda pieces: [*pieces[:-1], pieces[-1] | {"d": 2000}],
    "reversed": lambda pieces: pieces[::-1],
    "one moved": lambda pieces: [pieces[-1], *pieces[:-1]],
    "one removed": lambda pieces: pieces[1:],
    "interleaved": lambda pieces: pieces[::2] + pieces[1::2],
    "all others": lambda pieces: [piece(1000, name=f"new {n}") for n in range(len(pieces))],
    "unnamed": lambda pieces: [piece(1000) for _ in pieces],
}


def comparison(count: int, edit: Callable[[list[Json]], list[Json]]) -> Callable[[], object]:
    """The comparison of a draft with so many photos to what an edit made of it."""
    pieces = [piece(3000, name=f"{n}.jpg", start_ms=n * 3000) for n in range(count)]
    before, after = (Draft.from_wire(draft(lane(0, *one))) for one in (pieces, edit(pieces)))
    return lambda: after.changes_since(before)


@pytest.mark.parametrize("edit", list(EDITS.values()), ids=list(EDITS))
def test_the_work_grows_with_the_segments(edit: Callable[[list[Json]], list[Json]]) -> None:
    """Ten times the segments are ten times the steps, not a hundred times."""
    assert steps(comparison(1000, edit)) < 15 * steps(comparison(100, edit))


def test_the_work_grows_with_the_tracks() -> None:
    """Ten times the tracks are ten times the steps, too."""

    def work(count: int) -> int:
        tracks = [lane(42, piece(1000, name=str(n)), name=str(n)) for n in range(count)]
        before, after = (Draft.from_wire(draft(*one)) for one in (tracks, tracks[::-1]))
        return steps(lambda: after.changes_since(before))

    assert work(500) < 15 * work(50)


def test_the_time_grows_with_the_segments() -> None:
    """Nor does C do with whole lists, unseen by the interpreter's steps, what takes a square."""
    few, many = (comparison(count, EDITS["last trimmed"]) for count in (1000, 10_000))

    assert min(seconds(many) for _ in range(2)) < 25 * max(seconds(few) for _ in range(3))


PHOTOS = tuple(Clip(f"p{n}.jpg", "image", f"http://127.0.0.1/{n}") for n in range(1, 6))
FIRST = "turn these photos into a 15-second slideshow with lo-fi music and a title 'Old'"


def after_wishes(*messages: str) -> list[Json]:
    """The drafts that the emulator's agent makes of wishes, one after the other."""
    drafts: list[Json] = []
    placed: frozenset[str] = frozenset()
    for message in messages:
        board = Board(drafts[-1] if drafts else None, PHOTOS, placed, "project", paid=True)
        turn = take_turn(message, board)
        placed = turn.placed
        drafts.append(turn.calls[-1].draft)
    return drafts


@pytest.mark.parametrize(
    ("wish", "english", "chinese"),
    [
        (
            "make the second photo longer",
            ['"p2.jpg" now lasts 4.5 s instead of 3 s.'],
            ["“p2.jpg”的时长从3秒变为4.5秒。"],
        ),
        (
            "remove the third photo",
            ['Removed "p3.jpg" from the video (6-9 s).'],
            ["从视频中删除了“p3.jpg”（6-9秒）。"],
        ),
        (
            "drop photos 2, 3 and 4",
            ['Removed "p2.jpg" and 2 more from the video (3-12 s).'],
            ["从视频中删除了“p2.jpg”等3个片段（3-12秒）。"],
        ),
        (
            "move the last photo to the start",
            ['"p5.jpg" moved from place 5 to place 1.'],
            ["“p5.jpg”从第5位移到了第1位。"],
        ),
        (
            "reverse the order",
            ["5 segments of the video are now in reverse order."],
            ["视频的5个片段的顺序颠倒了。"],
        ),
        (
            "trim it to 10 seconds",
            [
                "The whole video now lasts 10 s instead of 15 s.",
                "5 segments of the video now last 2 s instead of 3 s.",
            ],
            ["整个视频的时长从15秒变为10秒。", "视频的5个片段的时长从3秒变为2秒。"],
        ),
        ("no music", ['Removed the music "Warm Lo-fi".'], ["删除了音乐“Warm Lo-fi”。"]),
        (
            "music at 20%",
            ["The music is quieter: 20% instead of 35%."],
            ["音乐的音量调低了，从35%变为20%。"],
        ),
        (
            "change the music to something more cheerful",
            ['The music is now "Bright Steps" instead of "Warm Lo-fi".'],
            ["音乐从“Warm Lo-fi”变为“Bright Steps”。"],
        ),
        (
            "change the title to 'New Days'",
            ['The title now reads "New Days" instead of "Old".'],
            ["标题的文字从“Old”变为“New Days”。"],
        ),
        (
            "show the title for 5 seconds",
            ["The title now lasts 5 s instead of 3 s."],
            ["标题的时长从3秒变为5秒。"],
        ),
        (
            "make it vertical",
            ["The picture is now 1080x1920 instead of 1920x1080."],
            ["画面尺寸从1920x1080变为1080x1920。"],
        ),
        (
            "use hard cuts",
            ['The transition of the video track is now "cut" instead of "crossfade".'],
            ["视频轨道的转场从“交叉淡化”变为“硬切”。"],
        ),
        (
            "no zoom",
            ['The motion of 5 segments of the video is now "none".'],
            ["视频的5个片段的镜头运动变为“无”。"],
        ),
        (
            "去掉第三张照片，把标题改成“新的一天”",
            [
                'Removed "p3.jpg" from the video (6-9 s).',
                'The title now reads "新的一天" instead of "Old".',
            ],
            ["从视频中删除了“p3.jpg”（6-9秒）。", "标题的文字从“Old”变为“新的一天”。"],
        ),
        (
            "标题放在上方",
            ['The position of the title is now "top" instead of "center".'],
            ["标题的位置从“居中”变为“上方”。"],
        ),
        (
            "转场改成黑场",
            ['The transition of the video track is now "dip" instead of "crossfade".'],
            ["视频轨道的转场从“交叉淡化”变为“黑场过渡”。"],
        ),
        (
            "音乐大声一点",
            ["The music is louder: 52% instead of 35%."],
            ["音乐的音量调高了，从35%变为52%。"],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_sentences_say_what_was_asked_for(
    wish: str, english: list[str], chinese: list[str]
) -> None:
    """What the emulator's agent did to a wish is told back, and nothing else."""
    before, after = after_wishes(FIRST, wish)

    assert told(before, after) == english
    assert told(before, after, "zh") == chinese


def test_an_edit_that_is_undone_is_no_change() -> None:
    """A draft that came back to what it was has nothing to tell."""
    first, middle, last = after_wishes(FIRST, "reverse the order", "reverse the order")

    assert found(first, middle) != []
    assert found(first, last) == []


@pytest.mark.parametrize("owner", [Change, Draft.changes_since], ids=["class", "method"])
def test_the_example_of_the_documentation_prints_what_it_says(
    owner: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """The docstring's example runs, and its comments are its output."""
    [source] = re.findall(r"```python\n(.*?)```", inspect.getdoc(owner) or "", re.DOTALL)

    exec(textwrap.dedent(source), {})

    assert capsys.readouterr().out.splitlines() == re.findall(r"print\(.*\)  # (.*)", source)
