"""The timeline as `nemovideo status` shows it: a line, a picture in a file, one on a terminal."""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.style import Style

from nemovideo.cli.timeline import lines
from nemovideo.draft import Draft
from nemovideo.draft.chart import chart
from tests.edges.commands import run, typed

DRAFT = {
    "d": 15_000,
    "m": {"title": "Holiday", "width": 1920, "height": 1080},
    "t": [
        {"tt": 0, "sg": [{"d": 3000, "m": {"name": f"{n} at the harbour.jpg"}} for n in range(5)]},
        {"tt": 1, "sg": [{"d": 15_000, "m": {"name": "Lo-fi", "volume": 0.35}}]},
        {"tt": 7, "sg": [{"d": 3000, "m": {"text": "海边的咖啡和落日"}}]},
        {"tt": 42, "m": {"name": "Stickers"}},
    ],
}


def drawn(wire: Mapping[str, Any], width: int) -> list[str]:
    """The lines of a timeline on a terminal of so many columns, without their colours."""
    return [line.plain for line in lines(chart(Draft.from_wire(wire), "en"), width)]


def on_a_terminal(folder: Path, **environment: str) -> str:
    """What `status` shows on a terminal of 70 columns."""
    ours, theirs = pty.openpty()
    known = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "70", **environment}
    known.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "nemovideo", "status", "--emulator"]
    with subprocess.Popen(command, stdout=theirs, cwd=folder, env=known) as process:
        os.close(theirs)
        shown = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    assert process.returncode == 0
    return shown.decode()


@pytest.fixture
def made(kept: Path, photos: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    """A session with a timeline of two photos, kept for the commands that follow."""
    assert not kept.exists()
    words = typed("chat", "a 4-second slideshow with music", "--new", "--add", *photos[:2])
    assert run([*words, "--emulator", "--json"]) == 0
    capsys.readouterr()


@pytest.mark.usefixtures("made")
def test_a_picture_of_the_timeline_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--svg` writes the picture and says where, beside what is said without it."""
    file = tmp_path / "timeline.svg"

    code = run(typed("status", "--emulator", "--svg", file))

    assert code == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "Timeline (2 tracks): 1. Video: cat.jpg and 1 more (0-4s) 2. BGM: Warm Lo-fi (0-4s, 35%)",
        str(file),
    ]
    said = " ".join(ET.fromstring(file.read_text("utf-8")).itertext())
    assert "cat.jpg" in said
    assert "Warm Lo-fi" in said


@pytest.mark.usefixtures("made")
def test_a_program_learns_where_the_picture_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With `--json` the object holds the absolute path."""
    monkeypatch.chdir(tmp_path)

    run(typed("status", "--emulator", "--svg", "t.svg", "--json"))

    assert json.loads(capsys.readouterr().out)["svg"] == str(tmp_path / "t.svg")
    assert (tmp_path / "t.svg").is_file()


def test_a_picture_that_cannot_be_written_is_refused_first(
    tmp_path: Path, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is asked of the service for a picture that has no place."""
    code = run(typed("status", "--emulator", "--svg", tmp_path / "missing" / "t.svg"))

    assert code == 2
    assert "There is no folder" in capsys.readouterr().err
    assert not kept.exists()


@pytest.mark.slow
@pytest.mark.usefixtures("made")
def test_a_terminal_gets_a_coloured_picture(tmp_path: Path) -> None:
    """Where somebody looks, lanes and blocks are drawn in colours, as wide as the terminal."""
    shown = on_a_terminal(tmp_path)

    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    assert "\x1b[" in shown
    assert plain[1].rstrip().endswith("4s · 1920×1080")
    assert plain[3].rstrip() == "1 Video · Photos · 2 segments"
    assert plain[4].startswith("▏cat.jpg 0-2s")
    assert plain[4].index("▏coffee.jpg") == 35


@pytest.mark.parametrize("width", [40, 61, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Wide letters count twice, and nothing wraps."""
    found = drawn(DRAFT, width)

    assert max(map(cell_len, found)) <= width
    assert cell_len(found[3]) == width


def test_what_has_no_room_ends_in_an_ellipsis() -> None:
    """A cut name is seen to be cut."""
    assert drawn(DRAFT, 60)[3].startswith("▏0 at the h…▏1 at the h…")


def test_marks_of_the_ruler_never_touch() -> None:
    """On a narrow terminal a mark without room is left out."""
    ruler = drawn(DRAFT, 40)[1]

    assert ruler.split() == ["0s", "2s", "4s", "6s", "8s", "10s", "12s", "14s"]
    assert drawn({**DRAFT, "d": 1_234_567_000}, 40)[1].split()[0] == "0s"


def test_hundreds_of_segments_fit() -> None:
    """Of more segments than columns, as many are drawn as there is room for."""
    many = {"t": [{"tt": 0, "sg": [{"d": 10, "m": {"name": "x"}}] * 900}]}

    assert drawn(many, 50)[3] == "▏" * 50


def test_an_empty_timeline_says_so() -> None:
    """There is nothing to draw, and that is said."""
    assert drawn({}, 40) == [" " * 38 + "0s", "empty"]


def _read(terminal: int) -> bytes:
    """Read what a terminal shows; empty where its program has ended."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


@pytest.mark.slow
@pytest.mark.usefixtures("made")
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_terminal_without_the_letters_is_told(tmp_path: Path, encoding: str) -> None:
    """What it cannot show is not drawn: it gets the line of words."""
    shown = on_a_terminal(tmp_path, PYTHONIOENCODING=encoding)

    assert "Timeline (2 tracks): 1. Video: cat.jpg and 1 more" in shown


@pytest.mark.parametrize("few_colours", [False, True], ids=["all", "sixteen"])
def test_tracks_are_told_apart_by_colour(few_colours: bool) -> None:  # noqa: FBT001 - a parameter
    """On any terminal: four kinds of tracks, four grounds."""
    wire = {"t": [{"tt": kind, "sg": [{"d": 1000}]} for kind in (0, 1, 7, 42)]}
    drawn = lines(chart(Draft.from_wire(wire), "en"), 80, few_colours=few_colours)
    system = ColorSystem.STANDARD if few_colours else ColorSystem.TRUECOLOR

    styles = [Style.parse(str(line.spans[0].style)) for line in drawn if line.spans]
    colours = [style.bgcolor.downgrade(system) for style in styles if style.bgcolor]
    grounds = {colour.get_ansi_codes(foreground=False) for colour in colours}

    assert len(grounds) == 4


@pytest.mark.usefixtures("made")
def test_a_picture_replaces_another(tmp_path: Path) -> None:
    """A file that is there is replaced, and nothing lies beside it afterwards."""
    file = tmp_path / "t.svg"
    file.write_text("old")

    run(typed("status", "--emulator", "--svg", file))

    assert file.read_text("utf-8").startswith("<svg ")
    assert list(tmp_path.iterdir()) == [file]


def test_a_photo_is_no_place_for_a_picture(
    tmp_path: Path, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that ends otherwise is refused, and the file stays what it was."""
    photo = tmp_path / "cat.jpg"
    photo.write_bytes(b"photo")

    code = run(typed("status", "--emulator", "--svg", photo))

    assert code == 2
    assert "end in .svg" in capsys.readouterr().err
    assert photo.read_bytes() == b"photo"
    assert not kept.exists()
