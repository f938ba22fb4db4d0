import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from nemovideo.draft import Draft
from nemovideo.errors import DraftError, InputError

FOLDER = Path(__file__).parent.parent / "recordings" / "drafts"
EXPECTED = {
    path.name.removesuffix(".expected.json"): json.loads(path.read_text("utf-8"))
    for path in sorted(FOLDER.glob("*.expected.json"))
}
READABLE = [name for name, expected in EXPECTED.items() if "error" not in expected]
UNREADABLE = [name for name, expected in EXPECTED.items() if "error" in expected]


def wire(name: str) -> Any:
    """The JSON of a recording as the service's answers are read."""
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def draft(name: str) -> Draft:
    """The draft of a recording."""
    return Draft.from_wire(wire(name))


def test_every_recording_has_what_is_expected_of_it_beside_it() -> None:
    """And nothing is expected of a recording that is gone."""
    files = {path.name.removesuffix(".json") for path in FOLDER.iterdir()}

    assert {name for name in files if not name.endswith(".expected")} == set(EXPECTED)
    assert len(EXPECTED) >= 25


@pytest.mark.parametrize("name", READABLE)
def test_a_recorded_draft_goes_back_as_it_came(name: str) -> None:
    """Byte for byte, as JSON is written."""
    assert json.dumps(draft(name).to_wire()) == json.dumps(wire(name))


@pytest.mark.parametrize("name", READABLE)
def test_a_recorded_draft_is_told_as_expected(name: str) -> None:
    """In both languages, with its length and whether it can be rendered."""
    read = draft(name)

    told = {
        "en": read.summary(),
        "zh": read.summary("zh"),
        "is_exportable": read.is_exportable,
        "length_ms": read.length_ms,
    }

    assert json.dumps(told) == json.dumps(EXPECTED[name])


@pytest.mark.parametrize("name", READABLE)
def test_a_recorded_draft_is_drawn(name: str) -> None:
    """Well formed, in every theme, and not too large."""
    for theme in ("auto", "light", "dark"):
        svg = draft(name).to_svg(theme=theme)

        assert ET.fromstring(svg).get("aria-label")
        assert len(svg.encode()) < 100_000


@pytest.mark.parametrize("name", READABLE)
def test_a_recorded_draft_is_equal_to_itself(name: str) -> None:
    """Nothing changed between two readings, and from nothing on everything was added."""
    assert draft(name).changes_since(draft(name)) == []
    assert draft(name).changes_since(None)


@pytest.mark.parametrize("name", READABLE)
def test_a_recorded_draft_is_edited_or_the_reason_is_said(name: str) -> None:
    """Each local edit gives a draft that reads, is told and drawn, or an InputError."""
    read = draft(name)
    segments = [segment for track in read.tracks for segment in track.segments]
    edits: list[Callable[[], Draft]] = [
        *(lambda track=track: read.without_track(track) for track in read.tracks[:9]),
        *(lambda track=track: read.with_volume(0.2, track=track) for track in read.tracks[:9]),
        *(lambda one=one: read.trimmed(700, segment=one) for one in segments[:9]),
        *(lambda ms=ms: read.trimmed(ms) for ms in (1, 999.5, 4000)),
        lambda: read.with_title("Title"),
        lambda: read.with_metadata(title="Title", height=None),
    ]

    for edit in edits:
        try:
            text = json.dumps(edit().to_wire())
        except InputError:
            continue
        after = Draft.from_wire(json.loads(text))
        assert after.summary()
        assert ET.fromstring(after.to_svg()).get("width") == "960"
    assert json.dumps(read.to_wire()) == json.dumps(wire(name))


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_unreadable_recording_tells_its_place(name: str) -> None:
    """The first one that is wrong."""
    with pytest.raises(DraftError) as caught:
        draft(name)

    assert caught.value.path == EXPECTED[name]["error"]
