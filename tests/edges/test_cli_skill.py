"""`nemovideo skill`: the built-in skills on the command line, and `--skill` on the others."""

import asyncio
import json
import re
import shlex
from pathlib import Path

import pytest

from nemovideo import Skill
from nemovideo.cli import run
from tests.independent_server import IndependentServer


def test_the_list_names_all_five(capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each, with its promise; and in JSON."""
    assert run(["skill", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(Skill.names())

    assert run(["skill", "list", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["skills"]
    assert found[0] == {
        "name": "image-to-video-free-online",
        "promise": "Turns photos into videos.",
    }


def test_a_skill_is_shown_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    """What it says, in the language that was asked for."""
    assert run(["skill", "show", "image-to-video-local", "--language", "zh", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["wish"] == Skill.builtin("image-to-video-local", "zh").wish

    assert run(["skill", "show", "image-to-video-local"]) == 0
    assert "Fewer images at a time" in capsys.readouterr().out


def test_an_unknown_skill_costs_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """It says which there are."""
    assert run(["skill", "show", "nope"]) == 2
    assert "There are image-to-video-free-online" in capsys.readouterr().err


def test_a_page_is_installed_where_the_agent_looks(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Into a folder of its own; what is installed there names its platform."""
    assert run(["skill", "install", "image-to-video-local", "--to", "~/.cursor/skills"]) == 0
    target = home / ".cursor/skills/image-to-video-local/SKILL.md"
    assert capsys.readouterr().out.strip() == str(target)
    assert Skill.load(target).platform == "cursor"

    assert run(["skill", "install", "image-to-video-local", "--to", "~/.cursor/skills"]) == 0
    capsys.readouterr()
    target.write_text("---\nname: mine\n---\n", "utf-8")
    assert run(["skill", "install", "image-to-video-local", "--to", "~/.cursor/skills"]) == 2
    assert "was not made here" in capsys.readouterr().err
    assert "mine" in target.read_text("utf-8")


def test_a_folder_that_cannot_be_made_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file in the place of the folder is one line and no traceback."""
    (tmp_path / "file").write_text("", "utf-8")

    assert run(["skill", "install", "image-to-video-local", "--to", str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.slow
def test_the_commands_of_an_installed_page_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command that the page gives to an agent runs as it stands there, offline."""
    photo = Path(__file__).parents[2] / "examples/photos/cat.jpg"
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    run(["skill", "install", "free-photo-to-video-ai", "--to", "skills"])
    text = Path(capsys.readouterr().out.strip()).read_text("utf-8")
    commands = [
        command.replace("WISH", "a 2-second video").replace("FILE..", shlex.quote(str(photo)))
        for command in dict.fromkeys(re.findall(r"`nemovideo (\w+ [^`]*)`", text))
        if "--" in command
    ]

    assert len(commands) >= 7
    for command in sorted(commands, key=lambda known: "--new" not in known):
        assert run([*shlex.split(command), "--emulator"]) == 0, command
        json.loads(capsys.readouterr().out)


async def test_requests_name_the_skill_of_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By name or by page; the headers are what the page says."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    (tmp_path / "SKILL.md").write_text("---\nname: mine\nversion: 1.10\n---\n", "utf-8")
    async with IndependentServer() as server:
        monkeypatch.setenv("NEMO_API_URL", server.api_url)
        for skill in (str(tmp_path), "image-to-video-local", "own-name"):
            code = await asyncio.to_thread(run, ["credits", "--skill", skill, "--json"])
            assert code == 0

    sent = [
        (seen.headers["X-Skill-Source"], seen.headers["X-Skill-Version"])
        for seen in server.recorded
        if seen.path.endswith("/simple")
    ]
    assert sent == [("mine", "1.10"), ("image-to-video-local", "1.0"), ("own-name", "1.0")]
