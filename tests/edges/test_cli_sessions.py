"""Commands about a session that earlier commands began, and what is kept for them."""

import json
import os
import re
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nemovideo.emulator import Emulator
from tests.edges.commands import read_until, run, started, stopped, typed
from tests.edges.conftest import ROOT, serving

pytestmark = pytest.mark.usefixtures("kept", "interruptible")

WISH = "a 3-second slideshow with music"
COMMANDS = ["make", "chat", "status", "credits", "export", "jobs", "doctor", "emulator"]


@pytest.fixture
def origin(service: Emulator, kept: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Commands, which know nothing yet, speak to a service that is there already."""
    assert not kept.exists()
    monkeypatch.setenv("NEMO_API_URL", service.url)
    return service.url


@pytest.fixture
def begun(origin: str, photos: list[Path], capsys: pytest.CaptureFixture[str]) -> str:
    """A session with two photos and a timeline; its id."""
    assert origin
    assert run(typed("chat", WISH, "--new", "--add", *photos[:2], "--json")) == 0
    return str(json.loads(capsys.readouterr().out)["session_id"])


@pytest.mark.slow
def test_offline_all_commands_work_on_the_same_session(
    photos: list[Path],
    tmp_path: Path,
    kept: Path,
    home: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What one call with `--emulator` made, the next goes on with; HOME stays as it was."""
    first, second = tmp_path / "v1.mp4", tmp_path / "v2.mp4"

    codes = [
        run([*words, "--emulator"])
        for words in (
            typed("make", photos[0], "-p", "a 2-second video with music", "-o", first),
            typed("chat", "no music"),
            typed("export", "-o", second, "--quality", "low"),
            typed("status"),
            typed("credits"),
        )
    ]

    out = capsys.readouterr().out
    timeline = "Timeline (1 track): 1. Video: cat.jpg (0-2s)"
    assert codes == [0] * 5
    assert first.stat().st_size > second.stat().st_size > 0
    assert 'Changed: Removed the music "Warm Lo-fi".' in out
    assert f"{timeline}\n{second} (2.0 s)\nSession " in out
    assert out.endswith(f"\n{timeline}\n950 credits available, 0 reserved\n")
    lock = kept.with_name(f"{kept.name}.lock")
    assert (list(home.iterdir()), sorted(kept.parent.iterdir())) == ([], [kept, lock])
    assert (stat.S_IMODE(lock.stat().st_mode), lock.stat().st_size) == (0o600, 0)


@pytest.mark.usefixtures("begun")
def test_chat_prints_what_is_said_and_what_changed(capsys: pytest.CaptureFixture[str]) -> None:
    """Each model call is a block of its own on stdout; tools and the cost are remarks."""
    code = run(["chat", "no music"])

    out, err = capsys.readouterr()
    assert code == 0
    assert out.splitlines() == [
        "I am changing the timeline.",
        "The music is gone.",
        'Changed: Removed the music "Warm Lo-fi".',
    ]
    assert err == "remove music ..\n0 credits\n"


@pytest.mark.usefixtures("origin")
def test_chat_for_programs_says_what_it_cost(
    photos: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """A number; a budget that has room for it is no hindrance."""
    words = typed("chat", WISH, "--new", "--add", photos[0], "--budget", 50, "--json")

    assert run(words) == 0
    assert json.loads(capsys.readouterr().out)["cost"] == 50


@pytest.mark.usefixtures("origin")
def test_a_first_edit_beyond_its_budget_is_one_line_and_exit_4(
    service: Emulator, photos: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not sent, and nothing is left open."""
    runs = service.bill.runs

    code = run(typed("chat", WISH, "--new", "--add", photos[0], "--budget", 49, "--json"))

    failure = json.loads(capsys.readouterr().out)
    assert (code, failure["error"], failure["exit_code"]) == (4, "BudgetError", 4)
    assert "go_on" not in failure
    assert service.bill.runs == runs


def test_a_silent_edit_is_told(
    photos: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the agent says nothing, what it did is there to read."""
    with serving(Emulator(silent=1)) as service:
        monkeypatch.setenv("NEMO_API_URL", service.url)
        run(typed("chat", WISH, "--new", "--add", photos[0]))
        capsys.readouterr()

        code = run(["chat", "no music"])

    assert code == 0
    assert capsys.readouterr().out == 'Changed: Removed the music "Warm Lo-fi".\n'


def test_words_are_printed_as_they_come(
    photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first words are there to read long before the answer ends."""
    with serving(Emulator(silent=0)) as service:
        monkeypatch.setenv("NEMO_API_URL", service.url)
        service.faults.slow(200, "POST /run_sse")

        with started("chat", WISH, "--new", "--add", photos[0]) as process:
            assert process.stdout
            first = process.stdout.read(4)
            stopped(process)

    assert first == "I am"
    assert process.returncode == 130  # it was at work still


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["chat", "no music"], id="chat"),
        pytest.param(["status"], id="status"),
        pytest.param(["export", "-o", "never.mp4"], id="export"),
    ],
)
@pytest.mark.usefixtures("origin")
def test_without_a_session_it_is_said_how_to_begin(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing was begun, so there is nothing to go on with."""
    code = run(words)

    err = capsys.readouterr().err
    assert code == 2
    assert err.startswith("nemovideo: There is no session to go on with. Begin one: nemovideo")


@pytest.mark.usefixtures("origin")
def test_a_new_session_is_named_and_an_old_one_can_be(
    begun: str, photos: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """The last session is the new one; `--session` goes back."""
    code = run(typed("chat", "做一个五秒的视频", "--new", "--language", "zh", "--add", photos[2]))
    chatted = capsys.readouterr()
    run(["status"])
    last = capsys.readouterr().out.splitlines()
    run(["status", "--session", begun])
    back = capsys.readouterr().out.splitlines()

    assert code == 0
    assert "视频" in chatted.out
    assert chatted.err.splitlines()[0] == last[0] != f"Session {begun}" == back[0]
    assert (photos[2].name in last[1], "cat.jpg" in back[1]) == (True, True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(["  "], "The message is empty", id="empty"),
        pytest.param(["x", "--new", "--session", "1"], "exclude each other", id="two-sessions"),
        pytest.param(["x", "--language", "zh"], "keeps its language", id="late-language"),
        pytest.param(["x", "--new", "--budget", "-1"], "A budget of -1", id="negative-budget"),
        pytest.param(["x", "--new", "--budget", "much"], "--budget", id="budget-in-words"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_kept(
    words: list[str], expected: str, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A contradiction is one line; no session is begun for it."""
    code = run(["chat", *words, "--emulator"])

    assert code == 2
    assert expected in capsys.readouterr().err
    assert not kept.exists()


def test_a_session_that_nobody_knows_is_one_line(
    origin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The service's own refusal is told."""
    code = run(["status", "--session", "1234567890123456789"])

    assert origin
    assert code == 1
    assert capsys.readouterr().err.startswith("nemovideo: ")


def test_programs_get_one_object_from_each(
    begun: str, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--json` is one object on stdout, nothing on stderr, and nowhere the token."""
    found = []
    for words in (["chat", "no music"], ["status"], ["credits"], ["export", "-o", "v.mp4"]):
        target = [str(tmp_path / word) if word == "v.mp4" else word for word in words]
        assert run([*target, "--json"]) == 0
        found.append(capsys.readouterr())

    chatted, status, credits_, exported = (json.loads(out) for out, _ in found)
    token = next(iter(json.loads((kept / "tokens.json").read_text()).values()))["token"]
    assert chatted["session_id"] == status["session_id"] == exported["session_id"] == begun
    assert chatted["changes"] == ['Removed the music "Warm Lo-fi".']
    assert (chatted["cost"], exported["cost"]) == (0, None)
    assert chatted["timeline"] == status["timeline"] == exported["timeline"]
    assert (status["duration"], status["jobs"]) == (3.0, [])
    assert credits_ == {"available": 50, "frozen": 0, "total": 50}
    assert all(err == "" and token not in out for out, err in found)


@pytest.mark.usefixtures("begun")
def test_nothing_that_a_terminal_obeys_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Names and words of a timeline may hold anything; escape sequences are left out."""
    run(["chat", "add a title '\x1b[31mRed\x07'"])
    run(["status"])

    out, _ = capsys.readouterr()
    assert "[31mRed" in out
    assert "\x1b" not in out
    assert "\x07" not in out


def test_letters_that_a_terminal_lacks_cost_nothing(
    begun: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are spelt out, where they would else be a traceback after the work."""
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")

    with started("chat", "add a title '夏天'", "--session", begun) as process:
        out, err = process.communicate(timeout=20)

    assert process.returncode == 0
    assert "\\u590f\\u5929" in out
    assert "Traceback" not in err


@pytest.mark.slow
def test_the_second_of_two_waits_for_the_first_and_says_so(kept: Path) -> None:
    """One command at a time has the emulator; Ctrl-C ends the wait at once."""
    kept.mkdir(0o700)
    with serving(Emulator(folder=kept / "world")), started("credits", "--emulator") as waiting:
        began = time.monotonic()
        said = read_until(waiting, "\n")
        waited = time.monotonic() - began
        ending = stopped(waiting)

    assert said == "nemovideo: another command works with --emulator; waiting for its end\n"
    assert waited > 2
    assert ending == ["nemovideo: stopped"]
    assert waiting.returncode == 130


@pytest.mark.slow
def test_a_wait_ends_with_the_other_command(kept: Path) -> None:
    """What waited goes on by itself."""
    kept.mkdir(0o700)
    with started("credits", "--emulator") as waiting:
        with serving(Emulator(folder=kept / "world")):
            read_until(waiting, "waiting")
        out, _ = waiting.communicate(timeout=20)

    assert waiting.returncode == 0
    assert out == "1,000 credits available, 0 reserved\n"


def as_link(kept: Path) -> None:
    """Somebody points the name at a folder of his choice."""
    (kept.parent / "elsewhere").mkdir(0o700)
    kept.symlink_to(kept.parent / "elsewhere")


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(as_link, id="link"),
        pytest.param(lambda kept: kept.touch(0o600), id="file"),
        pytest.param(lambda kept: kept.mkdir(0o755), id="open-to-others"),
    ],
)
@pytest.mark.parametrize("words", [["credits", "--emulator"], ["emulator", "--forget"]], ids=str)
def test_a_folder_that_is_not_ours_is_refused(
    make: Callable[[Path], None],
    words: list[str],
    kept: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Anybody can put something in a temporary folder; it is neither used nor removed."""
    make(kept)

    code = run(words)

    assert code == 2
    assert "is not a folder that belongs to you alone" in capsys.readouterr().err
    assert kept.exists()
    assert not [one for one in kept.parent.rglob("*") if one.is_file() and one != kept]


def test_a_folder_of_somebody_else_is_refused(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its name says that it is ours, and its owner says otherwise."""
    ours = os.getuid()
    (kept.parent / f"nemovideo-{ours + 1}").mkdir(0o700)
    monkeypatch.setattr(os, "getuid", lambda: ours + 1)

    code = run(["credits", "--emulator"])

    assert code == 2
    assert "belongs to you alone" in capsys.readouterr().err


def test_only_its_owner_can_look_into_the_folder(kept: Path) -> None:
    """It holds photos and a token, in a place where everybody can read."""
    run(["credits", "--emulator"])

    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert stat.S_IMODE((kept / "tokens.json").stat().st_mode) == 0o600


def test_a_taken_port_is_said_and_can_be_forgotten(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Accounts are kept by address, so no other port is taken in silence."""
    run(["credits", "--emulator"])
    with socket.create_server(("127.0.0.1", int((kept / "port").read_text()))):
        taken = run(["credits", "--emulator"])
        err = capsys.readouterr().err
        forgotten = run(["emulator", "--forget"])
        is_gone = not kept.exists()
        anew = run(["credits", "--emulator"])
    again = run(["emulator", "--forget"]), run(["emulator", "--forget"])

    assert (taken, forgotten, is_gone, anew, again) == (2, 0, True, 0, (0, 0))
    assert "is taken by another program" in err
    assert "nemovideo emulator --forget" in err
    assert capsys.readouterr().out.endswith("Forgotten.\nThere is nothing to forget.\n")


def test_help_loads_no_client() -> None:
    """Who only asks for help waits for neither the network's library nor a loop."""
    loaded = "sorted({'aiohttp', 'asyncio', 'sqlite3', 'cattrs', 'tenacity'} & set(sys.modules))"
    program = f"import sys, nemovideo.cli as c\ntry: c.run(['--help'])\nfinally: print({loaded})"

    plain = {name: os.environ[name] for name in os.environ if not name.startswith("COVERAGE")}
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, env=plain
    )

    assert b"credits" in shown.stdout
    assert shown.stdout.splitlines()[-1] == b"[]"


@pytest.mark.parametrize("command", COMMANDS)
def test_the_reference_names_every_option(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What `--help` lists is on the page, and the page lists nothing else."""
    page = (ROOT / "docs" / "reference" / "cli.md").read_text("utf-8")
    (usage,) = re.findall(rf"(?m)^nemovideo {command}\b.*$", page)

    run([command, "--help"])

    assert set(re.findall(r"--[a-z-]+", usage)) == options(capsys.readouterr().out)


def test_the_reference_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The page begins with a line for each command, and for each part of `skill`."""
    page = (ROOT / "docs" / "reference" / "cli.md").read_text("utf-8")
    usage = dict(re.findall(r"(?m)^nemovideo ([a-z]+) (.*)$", page))

    run(["--help"])
    commands = set(re.findall(r"(?m)^│ ([a-z]+) ", capsys.readouterr().out))
    for part in ("list", "show", "install"):
        run(["skill", part, "--help"])

    assert commands == {*COMMANDS, "skill"} == usage.keys()
    assert set(re.findall(r"--[a-z-]+", usage["skill"])) == options(capsys.readouterr().out)


def options(shown: str) -> set[str]:
    """The options that a page of help lists."""
    return set(re.findall(r"(?m)^│[ *]*(?:[A-Z]+ )?(--[a-z-]+)", shown))
