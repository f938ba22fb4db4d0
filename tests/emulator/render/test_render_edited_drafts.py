"""Drafts of the emulator's agent after edits that cost no credits, rendered."""

from collections.abc import Callable
from pathlib import Path

import pytest

from nemovideo.draft import Draft, TrackType
from tests.emulator.render.films import FIVE, PHOTOS, decoded, level, rendered
from tests.unit.drafts import agents

Edit = Callable[[Draft], Draft]
SOURCES = {f"http://127.0.0.1/{n}": PHOTOS / name for n, name in enumerate(FIVE, 1)}
EDITS: dict[str, tuple[Edit, int, bool]] = {
    "trimmed and louder": (lambda it: it.trimmed(2000).with_volume(1.0), 60, True),
    "photos shorter, another title": (
        lambda it: (
            it.trimmed(4000).trimmed(500, segment=it.tracks[0].segments[0]).with_title("小奇迹")
        ),
        45,
        True,
    ),
    "silent and small": (
        lambda it: (
            it.without_track(TrackType.AUDIO).with_metadata(width=1080, height=1080).trimmed(1000)
        ),
        30,
        False,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("edit", "frames", "sounds"), EDITS.values(), ids=EDITS)
def test_an_edited_draft_renders(edit: Edit, frames: int, tmp_path: Path, *, sounds: bool) -> None:
    """The film is as long as the draft says, and is heard where music is left."""
    draft = edit(agents("captions"))

    film = decoded(rendered(draft.to_wire(), SOURCES, tmp_path / "film.mp4").path)

    assert len(film.frames) == frames == round(draft.length_ms * 30 / 1000)
    assert (level(film.sound) > -60) is sounds
