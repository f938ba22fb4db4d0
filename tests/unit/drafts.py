"""Drafts to try things on: odd ones for Hypothesis, and those that the emulator's agent makes."""

import itertools
import math
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from nemovideo.draft import Draft
from nemovideo.emulator.agent import Board, Clip, take_turn

Json = dict[str, Any]

DOCUMENTED: Json = {
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
MOMENTS = st.integers(min_value=-3000, max_value=9000) | st.floats(min_value=-3000, max_value=9000)
DURATIONS = (
    st.integers(min_value=0, max_value=2**70)
    | st.floats(min_value=0, max_value=1e12, allow_nan=False)
    | MOMENTS
)
TYPES = st.sampled_from([0, 1, 7, 7, 42]) | st.none() | st.integers()


def loosely(known: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Json]:
    """Objects with any of the known keys in any order, between keys that nobody knows."""
    some = st.fixed_dictionaries({}, optional=known)
    unknown = st.dictionaries(
        st.text().filter(lambda key: key not in {*"tdm", "tt", "sg"}), SCALARS, max_size=2
    )
    return st.tuples(some, unknown).flatmap(
        lambda pair: st.permutations([*pair[0].items(), *pair[1].items()]).map(dict)
    )


METADATA = st.none() | st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("name", "text", "title", "volume", "content"), SCALARS)
    | dict.fromkeys(("start", "start_ms"), SCALARS | MOMENTS),
)
SEGMENTS = loosely({"d": DURATIONS, "m": METADATA | FREE})
TRACKS = loosely({"tt": TYPES, "sg": st.lists(SEGMENTS, max_size=4), "m": METADATA})
DRAFTS = loosely({"t": st.lists(TRACKS, max_size=4), "d": st.none() | DURATIONS, "m": FREE})

PHOTOS = tuple(Clip(f"p{n}.jpg", "image", f"http://127.0.0.1/{n}") for n in range(1, 6))
SLIDESHOW = "turn these photos into a 15-second slideshow with lo-fi music and a title 'Old'"
WISHES: dict[str, tuple[str, ...]] = {
    "slideshow": (SLIDESHOW,),
    "captions": (SLIDESHOW, "add captions: 'One', 'Two', 'Three', 'Four', 'Five'"),
    "vertical without music": ("make a 20 second vertical video without music",),
    "a title alone": ('make a video titled "Rome & Beyond" with no music',),
    "one photo longer": (SLIDESHOW, "make the second photo longer"),
    "reversed": (SLIDESHOW, "reverse the order", "drop photos 2 and 3"),
}


def made(*wishes: str) -> Json:
    """What the emulator's agent makes of five photos and some wishes, one after the other."""
    turn = take_turn(wishes[0], Board(None, PHOTOS, frozenset(), "project", paid=False))
    for wish in wishes[1:]:
        known = turn.calls[-1].draft
        turn = take_turn(wish, Board(known, PHOTOS, turn.placed, "project", paid=True))
    wire: Json = turn.calls[-1].draft
    return wire


def agents(name: str) -> Draft:
    """One of the drafts that the emulator's agent makes."""
    return Draft.from_wire(made(*WISHES[name]))


HOSTILE: dict[str, Any] = {
    "nan": math.nan,
    "infinite": math.inf,
    "negative": -1,
    "true": True,
    "nothing": None,
    "text": "10",
    "list": [1],
    "huge": 10**400,
    "unwritable": 10**5000,
}


def numbered(wire: Json) -> Json:
    """Let each track and segment be known again, by a key that nobody knows."""
    for place, track in enumerate(wire.get("t", ())):
        track["№"] = place
        for spot, segment in enumerate(track.get("sg") or ()):
            segment["№"] = (place, spot)
    return wire


def parts(wire: Mapping[str, Any]) -> dict[Any, Mapping[str, Any]]:
    """The whole by None, and every part that has a number by it."""
    tracks = wire.get("t") or ()
    segments = itertools.chain.from_iterable(track.get("sg") or () for track in tracks)
    return {part["№"]: part for part in (*segments, *tracks) if "№" in part} | {None: wire}
