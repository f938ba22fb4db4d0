import json
from typing import Any

import pytest
from hypothesis import given

from nemovideo.draft import Draft, Segment, Track, TrackType
from tests.unit.drafts import DOCUMENTED, DRAFTS, WISHES, Json, agents


def lane(kind: int, *segments: Json, **metadata: Any) -> Json:
    """A draft of one track."""
    return {"t": [{"tt": kind, "m": metadata, "sg": list(segments)}]}


@given(DRAFTS)
def test_no_readable_draft_fails_a_summary(wire: dict[str, Any]) -> None:
    """Whatever can be read can be told."""
    assert Draft.from_wire(wire).summary().startswith("Timeline (")


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ({}, "Timeline (0 tracks): empty"),
        ({"t": []}, "Timeline (0 tracks): empty"),
        (
            DOCUMENTED,
            (
                "Timeline (3 tracks): 1. Video: city timelapse (0-10s) "
                '2. BGM: Lo-fi (0-10s, 35%) 3. Title: "Urban Dreams" (0-3s)'
            ),
        ),
        ({"t": [{"tt": 0}]}, "Timeline (1 track): 1. Video: empty"),
        ({"t": [{"sg": [{}]}]}, "Timeline (1 track): 1. Track of type -1: unnamed (0-0s)"),
        (
            {
                "t": [
                    {"tt": 0, "sg": [{"d": 3000, "m": {"name": "a.jpg"}}, {"d": 1500}, {"d": 500}]}
                ]
            },
            "Timeline (1 track): 1. Video: a.jpg and 2 more (0-5s)",
        ),
        (
            {"t": [{"tt": 7, "sg": [{"d": 2250, "m": {"text": "Hi", "start_ms": 1000}}]}]},
            'Timeline (1 track): 1. Title: "Hi" (1-3.2s)',
        ),
        (
            {"t": [{"tt": 1, "m": {"name": "Rain"}, "sg": [{"d": 1000, "m": {"name": " "}}]}]},
            "Timeline (1 track): 1. BGM: Rain (0-1s)",
        ),
        (
            {"t": [{"tt": 1, "sg": [{"d": 1000, "m": {"name": 5, "volume": "loud"}}]}]},
            "Timeline (1 track): 1. BGM: unnamed (0-1s)",
        ),
        (
            {"t": [{"tt": 0, "sg": [{"d": 1000, "name": "beside.jpg"}]}]},
            "Timeline (1 track): 1. Video: beside.jpg (0-1s)",
        ),
    ],
    ids=[
        "nothing",
        "no tracks",
        "documented",
        "empty track",
        "nothing said",
        "more",
        "later start",
        "track's name",
        "odd values",
        "beside metadata",
    ],
)
def test_the_summary_has_the_form_of_the_contract(wire: dict[str, Any], expected: str) -> None:
    """The line of contract section 5, for drafts plain and odd."""
    assert str(Draft.from_wire(wire)) == expected


@pytest.mark.parametrize(
    "metadata",
    [{"volume": 10**400}, {"start": 10**400}, {"volume": float("nan")}],
    ids=["huge volume", "huge start", "nan"],
)
def test_no_number_is_too_odd_for_a_summary(metadata: dict[str, Any]) -> None:
    """JSON sets no limit to numbers, and a summary never fails."""
    wire = {"t": [{"tt": 1, "sg": [{"d": 1.5, "m": metadata}]}]}

    assert Draft.from_wire(wire).summary().startswith("Timeline (1 track): 1. BGM:")


def test_a_summary_is_one_line() -> None:
    """A title of two lines does not break the line."""
    draft = Draft.from_wire(
        {"t": [{"tt": 7, "sg": [{"d": 1000, "m": {"text": "Small\nWonders"}}]}]}
    )

    assert len(draft.summary().splitlines()) == 1


@given(DRAFTS)
def test_no_readable_draft_fails_a_summary_in_chinese(wire: Json) -> None:
    """In one line, as in English."""
    told = Draft.from_wire(wire).summary("zh-CN")

    assert told.startswith("时间线（")
    assert told.isprintable()


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ({}, "时间线（0条轨道）：空"),
        (
            DOCUMENTED,
            (
                "时间线（3条轨道）：1. 视频：city timelapse（0-10秒） "
                "2. 音乐：Lo-fi（0-10秒，35%） 3. 标题：“Urban Dreams”（0-3秒）"
            ),
        ),
        (lane(0), "时间线（1条轨道）：1. 视频：空"),
        (lane(42, {"d": 1000}), "时间线（1条轨道）：1. 类型42的轨道：未命名（0-1秒）"),
        (lane(0, {"d": 1000}, {"d": 500}), "时间线（1条轨道）：1. 视频：2个片段（0-1.5秒）"),
        (
            lane(7, {"d": 1000, "m": {"text": "一"}}, {"d": 1000}, name="字幕"),
            "时间线（1条轨道）：1. 字幕：“一”等2个片段（0-2秒）",
        ),
    ],
    ids=["nothing", "documented", "empty track", "unknown type", "nothing said", "captions"],
)
def test_the_summary_speaks_chinese(wire: Json, expected: str) -> None:
    """The same line in the other language of the service's users."""
    assert Draft.from_wire(wire).summary("zh") == expected


@pytest.mark.parametrize(
    ("tag", "start"),
    [("zh-Hant-TW", "时间线"), ("ZH_cn", "时间线"), ("en-GB", "Timeline"), ("", "Timeline")],
)
def test_the_language_is_that_of_its_tag(tag: str, start: str) -> None:
    """Whatever is no Chinese is told in English."""
    assert Draft.from_wire(DOCUMENTED).summary(tag).startswith(start)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hundreds_of_segments_are_one_short_line(language: str) -> None:
    """The first name, how many there are, and where the last one ends."""
    segments = [{"d": 1000, "m": {"name": f"IMG_{place}.jpg"}} for place in range(700)]

    told = Draft.from_wire(lane(0, *segments)).summary(language)

    assert "IMG_0.jpg" in told
    assert ("699" in told, "700" in told) == (language == "en", True)
    assert len(told) < 80


def test_hundreds_of_tracks_are_told_by_the_first() -> None:
    """Nobody reads more than a dozen."""
    draft = Draft.from_wire({"t": [{"tt": 0, "sg": [{"d": 10}]}] * 300})

    told = draft.summary()

    assert told.startswith("Timeline (300 tracks): 1. Video: unnamed")
    assert told.endswith("12. Video: unnamed (0-0s) … and 288 more tracks")


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        ({"name": "n" * 10_000}, f"1. BGM: {'n' * 59}…"),
        ({"name": "a\u202eb\x00c\ud83d"}, "1. BGM: a b c"),
        ({"name": "\u200b\u202e"}, "1. BGM: unnamed"),
        ({"volume": 10**400}, "1. BGM: unnamed (0-1s, ∞%)"),
        ({"volume": -(10**400)}, "1. BGM: unnamed (0-1s, -∞%)"),
        ({"start": -(10**400)}, "1. BGM: unnamed (-∞--∞s)"),
    ],
    ids=["10,000 letters", "unprintable", "nothing to see", "loud", "less than silent", "early"],
)
def test_odd_details_are_told_in_few_letters(segment: Json, expected: str) -> None:
    """Names are shortened, what cannot be printed is a space, what cannot be counted is endless."""
    told = Draft.from_wire(lane(1, {"d": 1000, "m": segment})).summary()

    assert told.removeprefix("Timeline (1 track): ").startswith(expected)


def test_volumes_that_differ_are_told_from_least_to_most() -> None:
    """One that cannot be written takes no letter from the others."""
    loud = [{"d": 1000, "m": {"volume": volume}} for volume in (0.2, 0.5, 10**400)]

    assert Draft.from_wire(lane(1, *loud[:2])).summary().endswith("(0-2s, 20-50%)")
    assert Draft.from_wire(lane(1, *loud)).summary().endswith("(0-3s, 20-∞%)")


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "1. BGM: Rain, 2 segments (0-2s)"), ("zh", "1. 音乐：Rain，2个片段（0-2秒）")],
)
def test_the_name_of_a_track_is_none_of_a_segment(language: str, expected: str) -> None:
    """A track of two segments that is called Rain does not hold Rain and one more."""
    draft = Draft.from_wire(lane(1, {"d": 1000}, {"d": 1000}, name="Rain"))

    assert draft.summary(language).endswith(expected)


def test_a_track_is_named_beside_its_metadata() -> None:
    """As segments are: only `d`, `m`, `sg`, `t` and `tt` are documented."""
    wire = {"t": [{"tt": 1, "name": "Rain", "sg": [{"d": 1000}]}]}

    assert str(Draft.from_wire(wire)) == "Timeline (1 track): 1. BGM: Rain (0-1s)"


@pytest.mark.parametrize(
    ("track", "expected"),
    [
        ({"tt": 7, "m": {"name": "Captions"}}, True),
        ({"tt": 7, "name": "SUBTITLES"}, True),
        ({"tt": 7, "m": {"name": "字幕"}}, True),
        ({"tt": 7, "sg": [{"m": {"name": "Caption", "text": "One"}}]}, True),
        ({"tt": 7, "m": {"name": "Title"}, "sg": [{"m": {"text": "Captions"}}]}, False),
        ({"tt": 7, "m": {"name": "Title"}, "sg": [{}, {"m": {"name": "Caption"}}]}, False),
        ({"tt": 0, "m": {"name": "Captions"}}, False),
        ({"tt": 7}, False),
    ],
    ids=["name", "beside", "chinese", "segment", "text only", "later one", "video", "nothing said"],
)
def test_captions_are_known_by_a_name(track: Json, *, expected: bool) -> None:
    """The service has one type for titles and captions; what they read does not tell."""
    assert Draft.from_wire({"t": [track]}).tracks[0].is_captions is expected


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        ([{"d": 10**400}, {"d": 1.5}], [(0, 10**400), (10**400, float("inf"))]),
        ([{"d": 1.5, "start": -(10**400)}], [(-(10**400), float("-inf"))]),
    ],
    ids=["endless", "endlessly early"],
)
def test_spans_never_overflow(segments: list[Json], expected: list[tuple[float, float]]) -> None:
    """A sum that Python cannot make lies beyond every other moment, on its side."""
    track = Draft.from_wire({"t": [{"sg": segments}]}).tracks[0]

    assert [(start, end) for _, start, end in track.spans()] == expected


@pytest.mark.parametrize("wish", WISHES)
def test_the_agents_drafts_are_told_in_two_languages(wish: str) -> None:
    """Every lane of what the emulator makes has a name and its times."""
    draft = agents(wish)

    english, chinese = draft.summary(), draft.summary("zh")

    assert english.count("(0-") == chinese.count("（0-") == len(draft.tracks)
    assert "unnamed" not in english


def test_parts_made_by_hand_are_told() -> None:
    """A track made by hand has the same summary as one that was read."""
    track = Track(TrackType.TEXT, (Segment(3000, {"text": "Hi"}),))

    assert Draft((track,)).summary() == 'Timeline (1 track): 1. Title: "Hi" (0-3s)'


def test_a_member_of_the_enumeration_is_a_type() -> None:
    """Who builds a wire form in Python may write `TrackType.TEXT`; it is the same JSON."""
    wire = {"t": [{"tt": TrackType.TEXT, "sg": [{"d": 1000, "m": {"text": "Hi"}}]}]}

    assert Draft.from_wire(wire) == Draft.from_wire(json.loads(json.dumps(wire)))
