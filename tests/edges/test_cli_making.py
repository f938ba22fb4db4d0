"""What `make` says of a video beside where it is."""

import json
from pathlib import Path

import attrs
import pytest

from nemovideo import Draft, Render, Session, Video
from nemovideo.cli.making import _say_video

WHOLE = Video(
    Path("out.mp4"), 2.0, Draft(), Session("1"), Render("r"), 50, "I am laying out your photo."
)
CUT = attrs.evolve(WHOLE, recovered=True)
BROKE_OFF = "The answer broke off here; what else the agent said is not known."


@pytest.mark.parametrize(
    ("video", "told"),
    [
        (WHOLE, [WHOLE.text, "50 credits"]),
        (CUT, [WHOLE.text, BROKE_OFF, "50 credits"]),
        (attrs.evolve(CUT, text=""), [BROKE_OFF, "50 credits"]),
    ],
    ids=["whole", "cut", "cut before a word"],
)
def test_an_answer_that_broke_off_is_told_as_such(
    video: Video, told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The agent may have said more, such as what it did not understand."""
    _say_video(video, in_json=False)

    assert capsys.readouterr().err.splitlines() == told


@pytest.mark.parametrize("video", [WHOLE, CUT], ids=["whole", "cut"])
def test_programs_read_it_too(video: Video, capsys: pytest.CaptureFixture[str]) -> None:
    """As for `chat`."""
    _say_video(video, in_json=True)

    assert json.loads(capsys.readouterr().out)["recovered"] is video.recovered
