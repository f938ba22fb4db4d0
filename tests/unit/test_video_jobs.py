"""A video job is a plain value: JSON carries it, and what it cannot carry is refused."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from nemovideo import InputError, Output, VideoJob


@pytest.mark.parametrize(
    "job",
    [
        pytest.param(VideoJob(["a.jpg", "b.jpg"], "a video", "v.mp4"), id="texts"),
        pytest.param(VideoJob([Path("a.jpg")], "a video", Path("out") / "v.mp4"), id="paths"),
        pytest.param(VideoJob("a.jpg", "a video", "v.mp4"), id="a lone photo"),
        pytest.param(VideoJob(Path("a.jpg"), "a video", "v.mp4"), id="a lone path"),
        pytest.param(VideoJob((), "no music", "v.mp4", "holiday"), id="no photo"),
        pytest.param(VideoJob("a.jpg", "一段视频", "v.mp4", language="zh-CN"), id="chinese"),
        pytest.param(
            VideoJob(
                "a.jpg", "a video", "v.mp4", "1234567890123456789", "en", Output("mp4", "low")
            ),
            id="everything",
        ),
    ],
)
def test_a_job_goes_through_json_and_back(job: VideoJob) -> None:
    """What comes back is equal, and has the same JSON."""
    text = json.dumps(job.to_json())

    again = VideoJob.from_json(json.loads(text))

    assert again == job
    assert json.dumps(again.to_json()) == text


def test_the_json_of_a_job_is_plain() -> None:
    """Names and values as a person would write them into a file."""
    job = VideoJob(Path("a.jpg"), "a video", Path("v.mp4"), output=Output(quality="low"))

    assert job.to_json() == {
        "photos": ["a.jpg"],
        "prompt": "a video",
        "path": "v.mp4",
        "session": None,
        "language": None,
        "output": {"format": "mp4", "quality": "low"},
    }


def test_the_least_is_photos_prompt_and_path() -> None:
    """All else has a default; a lone photo may be a text there too."""
    value = {"photos": "a.jpg", "prompt": "a video", "path": "v.mp4"}

    assert VideoJob.from_json(value) == VideoJob(["a.jpg"], "a video", "v.mp4")


LEAST = {"photos": ["a.jpg"], "prompt": "a video", "path": "v.mp4"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(LEAST | {"photos": b"\xff\xd8"}, "names files, not bytes", id="bytes"),
        pytest.param(LEAST | {"photos": [b"\xff\xd8"]}, "not bytes", id="bytes in a list"),
        pytest.param(LEAST | {"photos": [7]}, "not int", id="number"),
        pytest.param(LEAST | {"photos": None}, "not NoneType", id="no list"),
        pytest.param(LEAST | {"path": b"v.mp4"}, "not bytes", id="path of bytes"),
        pytest.param(LEAST | {"prompt": ""}, "The prompt is empty", id="empty prompt"),
        pytest.param(LEAST | {"prompt": " \n"}, "The prompt is empty", id="blank prompt"),
        pytest.param(LEAST | {"prompt": None}, "The prompt is empty", id="no prompt"),
        pytest.param(LEAST | {"budget": 5}, "This is no video job.*budget", id="unknown field"),
        pytest.param({"prompt": "a video"}, "This is no video job.*photos", id="missing field"),
        pytest.param(LEAST | {"output": {"size": 4}}, "no output.*size", id="unknown output"),
        pytest.param(LEAST | {"output": "mp4"}, "An output is no str", id="output as text"),
        pytest.param(LEAST | {"session": 741}, "session is no text", id="session as number"),
        pytest.param(LEAST | {"language": ["en"]}, "language is no text", id="language as list"),
    ],
)
def test_what_is_no_job_is_refused(value: Mapping[str, Any], expected: str) -> None:
    """The error says which value it is about."""
    with pytest.raises(InputError, match=expected):
        VideoJob.from_json(value)
