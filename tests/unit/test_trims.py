import itertools
import math
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from nemovideo.draft import Draft
from nemovideo.errors import InputError
from tests.unit.drafts import DOCUMENTED, DRAFTS, HOSTILE, MOMENTS, Json, agents, numbered


@pytest.mark.parametrize(
    "value",
    [value for name, value in HOSTILE.items() if name not in {"huge", "unwritable"}] + [0, 0.0],
    ids=[*(name for name in HOSTILE if name not in {"huge", "unwritable"}), "zero", "0.0"],
)
def test_what_is_no_length_is_refused(value: Any) -> None:
    """A film of no length cannot be rendered."""
    with pytest.raises(InputError, match="no length"):
        Draft.from_wire(DOCUMENTED).trimmed(value)


@pytest.mark.parametrize("length", [10**400, 10**5000], ids=["huge", "unwritable"])
def test_a_length_beyond_floats_trims_nothing(length: int) -> None:
    """It is a length like any other, only longer than the film."""
    draft = Draft.from_wire(DOCUMENTED)

    assert draft.trimmed(length) is draft


def spoken_lengths(draft: Draft) -> list[tuple[float, float, float]]:
    """Length, start and end of every segment."""
    spans = itertools.chain.from_iterable(track.spans() for track in draft.tracks)
    return [(segment.duration_ms, start, end) for segment, start, end in spans]


@example(wire={"t": [{"sg": [{"d": 9999, "start": 835.8}]}]}, limit=3576.4)
@example(wire={"t": [{"sg": [{"d": 1, "start": 2.0**53}]}]}, limit=1)
@given(wire=DRAFTS, limit=MOMENTS | st.floats(min_value=1e-6, max_value=1e6))
def test_nothing_ends_beyond_the_new_end(wire: Json, limit: float) -> None:
    """Segments without a length apart, which begin there at most."""
    assume(limit > 0)
    draft = Draft.from_wire(wire)
    try:
        after = draft.trimmed(limit)
    except InputError:
        return

    for _, start, end in spoken_lengths(after):
        assert not end > max(limit, start)
        assert not start > limit
    assert ("d" in after.to_wire()) == ("d" in wire)
    assert after.duration_ms == min(draft.duration_ms, limit)


PIECES = st.fixed_dictionaries(
    {"d": st.integers(0, 9)},
    optional={"m": st.fixed_dictionaries({"start_ms": st.integers(0, 20)})},
)
LANES = st.lists(
    st.fixed_dictionaries({"tt": st.sampled_from([0, 1, 7]), "sg": st.lists(PIECES, max_size=4)}),
    min_size=1,
    max_size=3,
)


def seen(draft: Draft, moment: float) -> list[Any]:
    """What covers a moment."""
    return sorted(
        segment.raw["№"]
        for track in draft.tracks
        for segment, start, end in track.spans()
        if start < moment < end
    )


@given(tracks=LANES, choice=st.integers(0, 9), lasts=st.integers(1, 8))
def test_what_lies_behind_a_trimmed_picture_moves_up(
    tracks: list[Json], choice: int, lasts: int
) -> None:
    """Each moment shows on all tracks what it showed, without the stretch that was cut out."""
    draft = Draft.from_wire(numbered({"t": tracks}))
    spans = [span for track in draft.tracks if track.type == 0 for span in track.spans()]
    assume(spans)
    segment, start, end = spans[choice % len(spans)]

    after = draft.trimmed(lasts, segment=segment)

    gone = max(end - start - lasts, 0)
    for moment in (half + 0.5 for half in range(45)):
        was = moment if moment < start + lasts else moment + gone
        assert seen(after, moment) == seen(draft, was)


@given(tracks=LANES, choice=st.integers(0, 9), lasts=st.integers(1, 8))
def test_a_shorter_title_or_sound_moves_nothing(
    tracks: list[Json], choice: int, lasts: int
) -> None:
    """Each moment shows what it showed, but for the end of the one that was trimmed."""
    draft = Draft.from_wire(numbered({"t": tracks}))
    spans = [span for track in draft.tracks if track.type != 0 for span in track.spans()]
    assume(spans)
    segment, start, end = spans[choice % len(spans)]

    after = draft.trimmed(lasts, segment=segment)

    for moment in (half + 0.5 for half in range(45)):
        was = seen(draft, moment)
        if start + lasts < moment < end:
            was.remove(segment.raw["№"])
        assert seen(after, moment) == was
    assert after.duration_ms == draft.duration_ms


def test_photos_stay_when_the_music_ends_earlier() -> None:
    """Music that is trimmed leaves the film as long as it was."""
    draft = agents("slideshow")
    music = next(track for track in draft.tracks if track.type == 1)

    after = draft.trimmed(5000, segment=music.segments[0])

    assert (after.tracks[0], after.length_ms) == (draft.tracks[0], 15_000)
    assert lengths(after.to_wire(), 1) == [5000]


def test_what_followed_a_lost_segment_says_where_it_begins() -> None:
    """A segment that only followed would else jump to the beginning."""
    words = [{"d": 1000, "m": {"text": "A", "start_ms": 5000}}, {"d": 1000, "m": {"text": "B"}}]
    wire = {"t": [{"tt": 0, "sg": [{"d": 6000}, {"d": 3000}]}, {"tt": 7, "sg": words}]}
    draft = Draft.from_wire(wire)

    after = draft.trimmed(5000, segment=draft.tracks[0].segments[0])

    assert after.to_wire()["t"][1]["sg"] == [{"d": 1000, "m": {"text": "B", "start_ms": 5000}}]


def test_tracks_that_lose_everything_go() -> None:
    """A track that was empty before stays: nobody asked for it to go."""
    late = {"tt": 7, "sg": [{"d": 500, "m": {"text": "End", "start_ms": 4000}}]}
    empty = {"tt": 42, "sg": []}
    draft = Draft.from_wire({"t": [{"tt": 0, "sg": [{"d": 4500}]}, late, empty]})

    after = draft.trimmed(2000)

    assert after.to_wire() == {"t": [{"tt": 0, "sg": [{"d": 2000}]}, empty]}


@pytest.mark.parametrize(
    ("segment", "trimmed"),
    [
        ({"d": math.inf}, {"d": 2000}),
        ({"d": 0, "m": {"start": math.inf}}, {"d": 0, "m": {"start": 2000}}),
        ({"d": 10**400}, {"d": 2000}),
        ({"d": 10**400, "m": {"start_ms": -5}}, {"d": 2005, "m": {"start_ms": -5}}),
    ],
    ids=["endless", "endlessly late", "beyond floats", "from before the beginning"],
)
def test_times_without_an_end_are_trimmed(segment: Json, trimmed: Json) -> None:
    """JSON sets no limit to numbers, and some writers know infinity."""
    after = Draft.from_wire({"t": [{"tt": 0, "sg": [segment]}]}).trimmed(2000)

    assert after.to_wire() == {"t": [{"tt": 0, "sg": [trimmed]}]}


def test_what_has_no_time_is_left_alone() -> None:
    """A length that is no number at all can be neither cut nor kept."""
    draft = Draft.from_wire({"d": math.nan, "t": [{"tt": 0, "sg": [{"d": math.nan}]}]})

    assert draft.trimmed(2000) is draft


def test_numbers_that_cannot_be_counted_with_are_told() -> None:
    """A start of 400 digits and a length of 1.5 have no sum."""
    segments = [{"d": 10**400}, {"d": 1.5}, {"d": 10.5, "m": {"start_ms": 0.5}}]
    draft = Draft.from_wire({"t": [{"tt": 0, "sg": segments}]})

    with pytest.raises(InputError, match="cannot be counted with"):
        draft.trimmed(0.5, segment=draft.tracks[0].segments[2])


def test_captions_move_with_their_photos() -> None:
    """A caption stays over the photo that it is about, and is shortened with it."""
    draft = agents("captions")

    after = draft.trimmed(1000, segment=draft.tracks[0].segments[1])

    photos, captions = (
        [(start, end) for _, start, end in track.spans()]
        for track in (after.tracks[0], next(one for one in after.tracks if one.is_captions))
    )
    assert captions == photos
    assert photos[:3] == [(0, 3000), (3000, 4000), (4000, 7000)]


def lengths(wire: Mapping[str, Any], kind: int) -> list[float]:
    """The lengths on the tracks of a type."""
    return [one["d"] for track in wire["t"] if track["tt"] == kind for one in track["sg"]]


def test_music_that_spans_the_film_shrinks_with_it() -> None:
    """As much as the photo that was trimmed."""
    draft = agents("slideshow")

    after = draft.trimmed(500, segment=draft.tracks[0].segments[4]).to_wire()

    assert (lengths(after, 1), after["d"]) == ([12500], 12500)
