import copy
import json
import pickle
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given

from nemovideo.draft import Draft, Segment, Track, TrackType
from nemovideo.errors import DraftError
from tests.unit.drafts import DOCUMENTED, DRAFTS


@given(DRAFTS)
def test_a_draft_goes_back_as_it_came(wire: dict[str, Any]) -> None:
    """Every key, its place and every number survive, byte for byte."""
    came = json.dumps(wire)

    assert json.dumps(Draft.from_wire(json.loads(came)).to_wire()) == came


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


@pytest.mark.parametrize(
    "draft",
    [
        Draft((Track(TrackType.TEXT, (Segment(3000, {"text": "Hi"}),)),)),
        Draft(duration_ms=5),
        Draft(metadata={"title": "City"}),
    ],
    ids=["track", "duration", "metadata"],
)
def test_a_draft_made_by_hand_does_not_go_out(draft: Draft) -> None:
    """Nothing came that could go back; sending an empty draft instead would lose everything."""
    with pytest.raises(DraftError, match="put together by hand"):
        draft.to_wire()


def test_a_place_is_told_in_any_mapping() -> None:
    """A read-only view is an object as well, and not the fault."""
    wire = {"t": [{"sg": [{"m": MappingProxyType({})}, {"d": "x"}]}]}

    with pytest.raises(DraftError) as caught:
        Draft.from_wire(wire)

    assert caught.value.path == "t[0].sg[1].d"
