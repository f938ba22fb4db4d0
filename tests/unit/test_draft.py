import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.draft import Draft, Segment, Track, TrackType
from nemovideo.errors import DraftError

DOCUMENTED = {
    "t": [
        {"tt": 0, "sg": [{"d": 10000, "m": {"name": "city timelapse"}}]},
        {"tt": 1, "sg": [{"d": 10000, "m": {"name": "Lo-fi", "volume": 0.35}}]},
        {"tt": 7, "sg": [{"d": 3000, "m": {"text": "Urban Dreams"}}]},
    ],
    "d": 10000,
    "m": {"title": "City", "width": 1920, "height": 1080},
}

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**70), max_value=2**70)
    | st.floats(allow_nan=False)
    | st.text()
)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)
FREE = st.dictionaries(st.text(), ANYTHING, max_size=3)
DURATIONS = st.integers(min_value=0, max_value=2**70) | st.floats(
    min_value=0, max_value=1e12, allow_nan=False
)


def loosely(known: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with any of the known keys in any order, between keys that nobody knows."""
    some = st.fixed_dictionaries({}, optional=known)
    unknown = st.dictionaries(
        st.text().filter(lambda key: key not in {*"tdm", "tt", "sg"}), SCALARS
    )
    return st.tuples(some, unknown).flatmap(
        lambda pair: st.permutations([*pair[0].items(), *pair[1].items()]).map(dict)
    )


METADATA = st.none() | st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("name", "text", "title", "volume", "start", "start_ms", "content"), SCALARS
    ),
)
SEGMENTS = loosely({"d": DURATIONS, "m": METADATA | FREE})
TRACKS = loosely({"tt": st.none() | st.integers(), "sg": st.lists(SEGMENTS), "m": METADATA})
DRAFTS = loosely({"t": st.lists(TRACKS), "d": st.none() | DURATIONS, "m": FREE})


@given(DRAFTS)
def test_a_draft_goes_back_as_it_came(wire: dict[str, Any]) -> None:
    """Every key, its place and every number survive, byte for byte."""
    came = json.dumps(wire)

    assert json.dumps(Draft.from_wire(json.loads(came)).to_wire()) == came


@given(DRAFTS)
def test_no_readable_draft_fails_a_summary(wire: dict[str, Any]) -> None:
    """Whatever can be read can be told."""
    assert Draft.from_wire(wire).summary().startswith("Timeline (")


@pytest.mark.parametrize(
    "text",
    [
        '{"d":18446744073709551616}',
        '{"d":1.0}',
        '{"d":1e3,"m":{"x":-0.0}}',
        '{"z":1,"t":[],"a":{"y":2,"b":null},"d":5}',
        '{"t":[{"tt":42,"sg":[{"d":0.1,"q":[1,2.50]}],"k":18446744073709551617}]}',
        '{"m":{"title":"\\ud83d"}}',
    ],
    ids=["2**64", "1.0", "exponent", "order", "deep unknown", "lone surrogate"],
)
def test_numbers_and_order_are_untouched(text: str) -> None:
    """What other parsers round, sort or drop comes back as it was."""
    wire = json.loads(text)

    assert json.dumps(Draft.from_wire(wire).to_wire()) == json.dumps(wire)


def test_reading_changes_nothing_of_the_mapping() -> None:
    """The mapping that was read belongs to the caller."""
    wire = json.loads(json.dumps(DOCUMENTED))

    Draft.from_wire(wire)

    assert wire == DOCUMENTED


def test_parts_have_readable_names() -> None:
    """Tracks and segments say by name what the wire says by letter."""
    draft = Draft.from_wire(DOCUMENTED)

    song = draft.tracks[1].segments[0]
    assert (draft.duration_ms, draft.metadata["title"]) == (10000, "City")
    assert (song.name, song.volume, song.duration_ms) == ("Lo-fi", 0.35, 10000)
    assert draft.tracks[2].segments[0].text == "Urban Dreams"


def test_a_documented_track_type_is_named() -> None:
    """`TrackType` stands where the type is documented, as the attribute's documentation says."""
    assert isinstance(Draft.from_wire(DOCUMENTED).tracks[0].type, TrackType)


def test_an_unknown_track_type_stays_its_number() -> None:
    """The list of types is open."""
    draft = Draft.from_wire({"t": [{"tt": 42, "sg": [{"d": 1000}]}]})

    assert draft.tracks[0].type == 42
    assert draft.summary() == "Timeline (1 track): 1. Track of type 42: unnamed (0-1s)"


@pytest.mark.parametrize(
    ("wire", "path"),
    [
        ([], ""),
        ("draft", ""),
        (None, ""),
        ({"t": {}}, "t"),
        ({"t": "abc"}, "t"),
        ({"t": [1]}, "t[0]"),
        ({"t": [None]}, "t[0]"),
        ({"d": "10"}, "d"),
        ({"d": True}, "d"),
        ({"m": []}, "m"),
        ({"t": [{"tt": "0"}]}, "t[0].tt"),
        ({"t": [{"tt": 1.5}]}, "t[0].tt"),
        ({"t": [{"tt": False}]}, "t[0].tt"),
        ({"t": [{"sg": {}}]}, "t[0].sg"),
        ({"t": [{}, {"sg": [{}, {}, {}, {"d": []}]}]}, "t[1].sg[3].d"),
        ({"t": [{"sg": [{"m": "x"}]}]}, "t[0].sg[0].m"),
        ({"t": [{"sg": [7]}]}, "t[0].sg[0]"),
        ({"t": [{"m": 3}]}, "t[0].m"),
    ],
    ids=lambda value: value if isinstance(value, str) else json.dumps(value),
)
def test_a_wrong_shape_is_told_with_its_place(wire: Any, path: str) -> None:
    """The error names where in the timeline something else was expected."""
    with pytest.raises(DraftError) as caught:
        Draft.from_wire(wire)

    assert caught.value.path == path
    assert (path or "the draft") in caught.value.message


@pytest.mark.parametrize(
    "wire",
    [
        {"t": None, "d": None, "m": None},
        {"t": [{"tt": None, "sg": None, "m": None}]},
        {"t": [{"sg": [{"d": None, "m": None}]}]},
    ],
    ids=["root", "track", "segment"],
)
def test_null_counts_as_missing(wire: dict[str, Any]) -> None:
    """Nulls are read as absent, and still go back as they came."""
    draft = Draft.from_wire(wire)

    assert draft.summary()
    assert draft.to_wire() == wire


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


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ({}, False),
        ({"t": [{"sg": []}, {}]}, False),
        ({"t": [{"sg": []}, {"sg": [{}]}]}, True),
    ],
    ids=["nothing", "empty tracks", "one segment"],
)
def test_a_draft_with_a_segment_can_be_exported(wire: dict[str, Any], *, expected: bool) -> None:
    """A render needs one track that is not empty (contract section 3)."""
    assert Draft.from_wire(wire).is_exportable is expected


def test_the_length_is_what_the_draft_says() -> None:
    """The root's duration wins over the segments."""
    assert Draft.from_wire({"d": 9000, "t": [{"sg": [{"d": 1000}]}]}).length_ms == 9000


def test_the_length_is_else_where_the_last_segment_ends() -> None:
    """Without a duration of its own, the longest track tells."""
    wire = {
        "t": [{"sg": [{"d": 1000}, {"d": 2000}]}, {"sg": [{"d": 500, "m": {"start_ms": 4000}}]}]
    }

    assert Draft.from_wire(wire).length_ms == 4500


def test_segments_follow_each_other() -> None:
    """A segment that names no start begins where the one before it ended."""
    wire = {"t": [{"sg": [{"d": 1000}, {"d": 500, "m": {"start": 3000}}, {"d": 200}]}]}

    spans = [(start, end) for _, start, end in Draft.from_wire(wire).tracks[0].spans()]

    assert spans == [(0, 1000), (3000, 3500), (3500, 3700)]


def test_drafts_are_compared_by_what_is_known() -> None:
    """Keys that nobody knows make no difference, durations do."""
    draft = Draft.from_wire({"d": 1, "x": 1})

    assert draft == Draft.from_wire({"d": 1, "x": 2})
    assert draft != Draft.from_wire({"d": 2, "x": 1})


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_a_copy_keeps_the_source(copied: Any) -> None:
    """Copies go to the service as the original would."""
    draft = Draft.from_wire(DOCUMENTED)

    assert copied(draft).to_wire() == draft.to_wire()


def test_parts_can_be_made_without_a_wire() -> None:
    """A track made by hand has the same summary as one that was read."""
    track = Track(TrackType.TEXT, (Segment(3000, {"text": "Hi"}),))

    assert Draft((track,)).summary() == 'Timeline (1 track): 1. Title: "Hi" (0-3s)'
