"""What an emulator with a folder has answered is in its file by then."""

import json
from pathlib import Path
from typing import Any

import pytest

from nemovideo import NemoVideo, Timeouts
from nemovideo.emulator import Emulator

PHOTO = Path(__file__).parents[2] / "examples" / "photos" / "cat.jpg"
QUICK = Timeouts(render_first_look=0.1, render_near_end=0.05)


def kept(folder: Path) -> dict[str, Any]:
    """What a process would find that was started now."""
    found: dict[str, Any] = json.loads((folder / "world.json").read_text("utf-8"))
    return found


@pytest.mark.slow
async def test_what_was_answered_would_be_found_after_a_kill(tmp_path: Path) -> None:
    """Account, session, upload, edit and render: each is on the disk before its answer."""
    async with (
        Emulator(folder=tmp_path, render_scale=1 / 16) as emulator,
        NemoVideo(base_url=emulator.url, timeouts=QUICK) as nemo,
    ):
        await nemo.auth.anonymous_token()
        assert len(kept(tmp_path)["accounts"]) == 1
        session = await nemo.sessions.create()
        assert [row["id"] for row in kept(tmp_path)["sessions"]] == [session.session_id]
        await nemo.uploads.files(session, PHOTO)
        assert len(kept(tmp_path)["sessions"][0]["uploads"]) == 1
        await nemo.chat.send(session, "a 1-second slideshow")
        draft = (await nemo.state.latest(session)).draft
        assert draft
        assert kept(tmp_path)["sessions"][0]["draft"] == draft.to_wire()
        render = await nemo.renders.submit(session, draft)
        assert [row["id"] for row in kept(tmp_path)["renders"]] == [render.render_id]
        await nemo.renders.wait(render)
