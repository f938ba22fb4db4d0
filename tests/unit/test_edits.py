import json
import math
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.draft import Draft, Segment, Track, TrackType
from nemovideo.emulator.render.storyboard import storyboard
from nemovideo.errors import DraftError, InputError
from tests.unit.drafts import (
    DOCUMENTED,
    DRAFTS,
    HOSTILE,
    WISHES,
    Json,
    agents,
    numbered,
    parts,
)

Edit = Callable[[Draft], Draft]
LIMIT = 1500


def first_segment_trimmed(draft: Draft) -> Draft:
    """Let the first segment that lasts last no longer than this."""
    found = (one for track in draft.tracks for one in track.segments if one.duration_ms > 0)
    segment = next(found, None)
    return draft if segment is None else draft.trimmed(700, segment=segment)


@attrs.frozen
class Case:
    """An edit, and which tracks it is about."""

    edit: Edit
    is_about: Callable[[Track], bool]


EDITS = {
    "without_track": Case(lambda it: it.without_track(TrackType.AUDIO), lambda _: False),
    "with_volume": Case(lambda it: it.with_volume(0.25), lambda track: track.type == 1),
    "with_title": Case(lambda it: it.with_title("Hello"), lambda track: track.type == 7),
    "with_metadata": Case(
        lambda it: it.with_metadata(title="Hello", width=1280, mood=None), lambda _: False
    ),
    "trimmed": Case(
        lambda it: it.trimmed(LIMIT),
        lambda track: any(not end <= LIMIT for *_, end in track.spans()),
    ),
    "trimmed segment": Case(first_segment_trimmed, lambda track: bool(track.segments)),
}
CASES = st.sampled_from([*EDITS.values()])
a_draft_and_an_edit = given(wire=DRAFTS, case=CASES)


def edited(case: Case, draft: Draft) -> Draft:
    """The draft afterwards; of music there may be none."""
    try:
        return case.edit(draft)
    except InputError:
        return draft


@a_draft_and_an_edit
def test_an_edit_leaves_the_draft_it_came_from(case: Case, wire: Json) -> None:
    """Not a byte of the mapping that was read is another one, and nothing in it is shared anew."""
    draft = Draft.from_wire(wire)
    before = json.dumps(wire)

    edited(case, draft)

    assert json.dumps(wire) == before
    assert draft.to_wire() is wire


@a_draft_and_an_edit
def test_an_edited_draft_goes_back_as_it_is(case: Case, wire: Json) -> None:
    """It survives the way to the service and back, and can be told and drawn."""
    after = edited(case, Draft.from_wire(wire))

    text = json.dumps(after.to_wire())

    assert json.dumps(Draft.from_wire(json.loads(text)).to_wire()) == text
    assert after.summary().startswith("Timeline (")
    assert after.to_svg().startswith("<svg")


@given(DRAFTS)
def test_an_edit_keeps_every_key_that_nobody_knows(wire: Json) -> None:
    """At every level, with the same values and in the same order."""
    before = parts(numbered(wire))

    for name, case in EDITS.items():
        after = edited(case, Draft.from_wire(wire)).to_wire()
        assert name == "with_title" or len(parts(after)) == 1 + count(after)
        for number, part in parts(after).items():
            known = before[number]
            assert [key for key in part if key in known] == [key for key in known if key in part]
            assert all(part[key] is known[key] for key in known.keys() - {"t", "sg", "d", "m"})
            inner, outer = part.get("m") or {}, known.get("m") or {}
            assert [key for key in inner if key in outer] == [key for key in outer if key in inner]


def count(wire: Mapping[str, Any]) -> int:
    """How many tracks and segments there are."""
    return sum(1 + len(track.get("sg") or ()) for track in wire.get("t") or ())


@a_draft_and_an_edit
def test_an_edit_shares_what_it_is_not_about(case: Case, wire: Json) -> None:
    """Untouched tracks are the same objects: nothing can have happened to them."""
    draft = Draft.from_wire(numbered(wire))
    after = {id(track) for track in edited(case, draft).to_wire().get("t") or ()}
    stays = [track for track in draft.tracks if not case.is_about(track)]
    if case is EDITS["without_track"]:
        stays = [track for track in stays if track.type != TrackType.AUDIO]

    assert {id(track.raw) for track in stays} <= after


@a_draft_and_an_edit
def test_an_edit_twice_is_the_edit_once(case: Case, wire: Json) -> None:
    """Where it has nothing more to do, the same draft comes back."""
    once = edited(case, Draft.from_wire(wire))

    assert edited(case, once) is once


@pytest.mark.parametrize(
    "edit",
    [
        lambda it: it.without_track(42),
        lambda it: it.with_volume(0.35),
        lambda it: it.with_title("Urban Dreams"),
        lambda it: it.trimmed(10000),
        lambda it: it.trimmed(99999),
        lambda it: it.trimmed(99999, segment=it.tracks[0].segments[0]),
        lambda it: it.with_metadata(),
        lambda it: it.with_metadata(title="City", mood=None),
    ],
    ids=[
        *("no such track", "as loud", "same words", "as long", "shorter already"),
        *("segment shorter already", "no entries", "same entries"),
    ],
)
def test_what_changes_nothing_gives_the_same_draft(edit: Edit) -> None:
    """So that one can ask `is` whether there is anything to send."""
    draft = Draft.from_wire(DOCUMENTED)

    assert edit(draft) is draft


every_hostile = pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)


@every_hostile
def test_what_is_no_volume_is_refused(value: Any) -> None:
    """Also a number that Python itself does not want to write."""
    with pytest.raises(InputError, match="no volume"):
        Draft.from_wire(DOCUMENTED).with_volume(value)


@pytest.mark.parametrize("value", [1.0001, -0.0001, 2, 35])
def test_a_volume_beyond_its_ends_is_refused(value: float) -> None:
    """Percents are no volume either."""
    with pytest.raises(InputError, match="no volume"):
        Draft.from_wire(DOCUMENTED).with_volume(value)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\x00", "\u200e"], ids=repr)
def test_an_empty_title_is_refused(text: str) -> None:
    """There is another way to remove it, and the error says which."""
    with pytest.raises(InputError, match="title is empty") as caught:
        Draft.from_wire(DOCUMENTED).with_title(text)

    assert "without_track" in str(caught.value)


@pytest.mark.parametrize("text", [None, 5, b"Hi"], ids=repr)
def test_a_title_that_is_no_text_is_refused(text: Any) -> None:
    """The error shows what was given."""
    with pytest.raises(InputError, match="is no text") as caught:
        Draft.from_wire(DOCUMENTED).with_title(text)

    assert repr(text) in str(caught.value)


def test_a_segment_of_another_timeline_is_refused() -> None:
    """Other timelines use the same ids for other photos."""
    ours, theirs = (
        Draft.from_wire({"t": [{"tt": 0, "sg": [{"d": 3000, "m": {"id": "v1", "name": name}}]}]})
        for name in ("cat.jpg", "rocket.jpg")
    )

    with pytest.raises(InputError, match="not of this timeline"):
        ours.trimmed(1000, segment=theirs.tracks[0].segments[0])


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, object(), b"x", {1, 2}, 10**5000, [math.nan]],
    ids=["nan", "infinite", "object", "bytes", "set", "unwritable", "nan inside"],
)
def test_metadata_that_is_no_json_is_refused(value: Any) -> None:
    """It could not be sent, and is noticed where it was given."""
    with pytest.raises(InputError, match="'title' cannot be sent"):
        Draft.from_wire(DOCUMENTED).with_metadata(title=value)


@pytest.mark.parametrize("track", ["music", None, True, 1.0], ids=repr)
def test_what_is_no_track_is_refused(track: Any) -> None:
    """`True` would else mean the music, and a name would mean nothing."""
    draft = Draft.from_wire(DOCUMENTED)

    with pytest.raises(InputError, match="no track"):
        draft.without_track(track)
    with pytest.raises(InputError, match="no track"):
        draft.with_volume(0.5, track=track)


def test_a_volume_without_music_is_refused() -> None:
    """Nothing would be louder; an empty track is as silent as none."""
    with pytest.raises(InputError, match="no such track"):
        Draft.from_wire({"t": [{"tt": 1, "sg": []}, {"tt": 0, "sg": [{}]}]}).with_volume(0.5)


@pytest.mark.parametrize("stranger", [Segment(5), None, 7], ids=["by hand", "another's", "number"])
def test_a_strange_segment_is_refused(stranger: Any) -> None:
    """It is never another one that is trimmed."""
    other = Draft.from_wire({"t": [{"tt": 0, "sg": [{"d": 5, "m": {"name": "other"}}]}]})
    segment = stranger or other.tracks[0].segments[0]

    with pytest.raises(InputError, match="not of this timeline"):
        Draft.from_wire(DOCUMENTED).trimmed(1, segment=segment)


def test_a_draft_made_by_hand_is_not_edited() -> None:
    """Nothing of it came from the service, so nothing can go back."""
    draft = Draft((Track(7, (Segment(1000, {"text": "Hi"}),)),))

    for name in ("with_title", "with_metadata"):
        with pytest.raises(DraftError, match="put together by hand"):
            EDITS[name].edit(draft)


@pytest.mark.parametrize(
    ("wire", "title"),
    [
        ({"text": "Hi", "content": "Ho"}, {"text": "New", "content": "Ho"}),
        ({"content": "Ho"}, {"content": "New"}),
        ({"text": None}, {"text": "New"}),
        ({"text": 5}, {"text": "New"}),
    ],
    ids=["text", "content", "null", "number"],
)
def test_a_title_is_changed_where_it_stands(wire: Json, title: Json) -> None:
    """Beside it nothing is added that the service may not know."""
    draft = Draft.from_wire({"t": [{"tt": 7, "sg": [{"d": 3000, "m": wire}]}]})

    assert draft.with_title("New").to_wire() == {"t": [{"tt": 7, "sg": [{"d": 3000, "m": title}]}]}


def test_a_title_beside_the_metadata_is_changed_there() -> None:
    """Where nobody documented a place, the place where it was found is the right one."""
    draft = Draft.from_wire({"t": [{"tt": 7, "sg": [{"text": "Hi", "d": 3000}]}]})

    assert json.dumps(draft.with_title("New").to_wire()["t"][0]["sg"][0]) == (
        '{"text": "New", "d": 3000}'
    )


def test_a_title_is_added_beside_captions() -> None:
    """Captions are text as well, and none of them is overwritten."""
    captions = {"tt": 7, "m": {"name": "Captions"}, "sg": [{"d": 900, "m": {"text": "One"}}]}
    draft = Draft.from_wire({"d": 2000, "t": [captions]})

    after = draft.with_title("Summer").to_wire()["t"]

    assert after == [captions, {"tt": 7, "sg": [{"d": 2000, "m": {"text": "Summer"}}]}]


@pytest.mark.parametrize(
    ("old", "new"),
    [(1, True), (1, 1.0), (0, False), (0.0, -0.0), ([1], [True])],
    ids=["true", "float", "false", "minus zero", "inside"],
)
def test_metadata_of_equal_values_is_not_the_same(old: Any, new: Any) -> None:
    """Python calls 1, 1.0 and True equal; the service reads three values."""
    after = Draft.from_wire({"m": {"x": old}}).with_metadata(x=new)

    assert json.dumps(after.to_wire()) == json.dumps({"m": {"x": new}})


def test_metadata_may_have_any_name() -> None:
    """Also the one that Python's methods use themselves."""
    assert Draft.from_wire({}).with_metadata(**{"self": 1, "a b": 2}).metadata["self"] == 1


def test_a_track_is_known_after_other_edits() -> None:
    """A track of the draft before is still the one that is meant, as long as it is untouched."""
    draft = Draft.from_wire(DOCUMENTED)

    after = draft.with_title("New").without_track(draft.tracks[1])

    assert [track.type for track in after.tracks] == [0, 7]


CHAINS: dict[str, tuple[Edit, float]] = {
    "shorter": (lambda it: it.trimmed(6000), 6000),
    "uneven": (lambda it: it.trimmed(4321.5), 4321.5),
    "photo shorter": (lambda it: it.trimmed(1000, segment=it.tracks[0].segments[1]), -2000),
    "two photos shorter": (
        lambda it: it.trimmed(1000, segment=it.tracks[0].segments[0]).trimmed(
            500, segment=it.tracks[0].segments[1]
        ),
        -4500,
    ),
    "title": (lambda it: it.with_title("夏日回忆"), 0),
    "silent": (lambda it: it.without_track(TrackType.AUDIO), 0),
    "no words": (lambda it: it.without_track(TrackType.TEXT), 0),
    "everything": (
        lambda it: (
            it.with_title("New")
            .trimmed(7000)
            .with_metadata(width=1280, height=720)
            .trimmed(1000, segment=it.tracks[0].segments[0])
        ),
        5000,
    ),
}


@pytest.mark.parametrize("wish", ["slideshow", "captions"])
@pytest.mark.parametrize(("edit", "ms"), CHAINS.values(), ids=CHAINS)
def test_an_edited_draft_of_the_agent_is_a_film(edit: Edit, ms: float, wish: str) -> None:
    """It has as many frames as its new length needs."""
    draft = agents(wish)
    expected = ms if ms > 0 else draft.length_ms + ms

    board = storyboard(edit(draft).to_wire())

    assert board.frames == round(expected * 30 / 1000)
    assert all(words.last <= board.frames for words in board.titles)
    assert all(music.start + music.length <= board.duration + 1e-9 for music in board.music)


@pytest.mark.parametrize("wish", WISHES)
@given(cases=st.lists(CASES, max_size=5))
def test_any_chain_of_edits_of_the_agents_drafts_is_a_film(wish: str, cases: list[Case]) -> None:
    """Its length is what the draft says."""
    draft = agents(wish)
    for case in cases:
        draft = edited(case, draft)

    assert storyboard(draft.to_wire()).frames == round(draft.length_ms * 30 / 1000)


def test_parts_are_known_again_after_other_edits() -> None:
    """What was taken before an edit is found by its id, a track by its type and name."""
    draft = agents("captions")
    title = next(track for track in draft.tracks if track.type == 7 and not track.is_captions)
    music = next(track for track in draft.tracks if track.type == 1)

    after = (
        draft.with_volume(0.2, track=music)
        .with_volume(0.3, track=music)
        .with_title("Summer")
        .trimmed(1000, segment=title.segments[0])
        .without_track(music)
    )

    assert [track.type for track in after.tracks] == [0, 7, 7]
    assert after.tracks[1].segments[0].duration_ms == 1000
    assert after.tracks[1].segments[0].text == "Summer"


def test_the_same_photo_twice_is_told_apart_after_other_edits() -> None:
    """An edit leaves what it is not about the very same, so that no id is needed."""
    photo = {"d": 3000, "m": {"name": "a.jpg"}}
    draft = Draft.from_wire(
        {"t": [{"tt": 0, "sg": [dict(photo), dict(photo)]}, {"tt": 1, "sg": [{"d": 6000}]}]}
    )
    second = draft.tracks[0].segments[1]

    after = draft.with_volume(0.2).trimmed(1000, segment=second)

    assert [one.duration_ms for one in after.tracks[0].segments] == [3000, 1000]


def test_a_track_of_another_draft_is_refused() -> None:
    """Nothing is left in silence: whoever gives a track means one that is there."""
    other = Draft.from_wire({"t": [{"tt": 42, "sg": [{"d": 1}]}]}).tracks[0]

    with pytest.raises(InputError, match="not of this timeline"):
        Draft.from_wire(DOCUMENTED).without_track(other)
