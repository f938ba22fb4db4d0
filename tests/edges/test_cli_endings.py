"""How commands end badly: in one object for programs, with what to type, without a traceback."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nemovideo.cli.failures import advice, one_line
from nemovideo.cli.opening import ENDING, Ending
from nemovideo.emulator import Emulator
from nemovideo.errors import (
    AmbiguousSendError,
    NemoVideoError,
    RenderFailedError,
    RenderNotFoundError,
    SessionBusyError,
    SessionNotFoundError,
)
from tests.edges.commands import COMMAND, read_until, run, started, stopped, typed
from tests.edges.conftest import serving
from tests.edges.killing import soon

pytestmark = pytest.mark.usefixtures("kept", "interruptible")

WISH = "a 2-second slideshow with music"


@pytest.mark.slow
def test_forgetting_beside_other_commands_breaks_nothing(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each has the folder for itself, or a new one; nobody sees half of one."""
    words = [["credits", "--emulator"], ["emulator", "--forget"]] * 3
    for _ in range(3):
        together = [
            subprocess.Popen(
                [*COMMAND, *one], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            for one in words
        ]
        told = [one.communicate(timeout=60)[1] for one in together]
        assert "Traceback" not in "".join(told)
        assert [one.returncode for one in together] == [0] * 6, told

    code = run(["credits", "--emulator"])

    assert code == 0
    assert capsys.readouterr().out == "1,000 credits available, 0 reserved\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert sorted(kept.parent.iterdir()) == [kept, kept.with_name(f"{kept.name}.lock")]


def test_a_world_that_cannot_be_read_can_be_forgotten(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Forgetting is the way out that the failure names, so it must not need the world."""
    (kept / "world" / "world.json").mkdir(parents=True)
    kept.chmod(0o700)

    codes = [run(words) for words in (["credits", "--emulator"], ["emulator", "--forget"])]

    out, err = capsys.readouterr()
    assert codes == [2, 0]
    assert "Begin anew: nemovideo emulator --forget" in err
    assert out == "Forgotten.\n"


def test_what_cannot_be_removed_is_named(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody has to do it by hand then."""
    kept.mkdir(0o700)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)

    code = run(["emulator", "--forget"])

    assert code == 2
    assert f"Remove the folder {kept} by hand" in capsys.readouterr().err


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda lock: lock.symlink_to(lock.with_name("elsewhere")), id="link"),
        pytest.param(lambda lock: lock.mkdir(), id="folder"),
        pytest.param(lambda lock: (lock.touch(), lock.chmod(0o666)), id="open-to-others"),
    ],
)
def test_a_lock_that_is_not_ours_is_refused(
    make: Callable[[Path], object], kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Anybody can put something where temporary files are; nothing is made where it points."""
    lock = kept.with_name(f"{kept.name}.lock")
    make(lock)

    code = run(["credits", "--emulator"])

    assert code == 2
    assert f"{lock} " in capsys.readouterr().err
    assert not kept.with_name("elsewhere").exists()


def test_a_port_that_is_a_folder_is_one_line(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be kept is said with the way out."""
    (kept / "port").mkdir(parents=True)
    kept.chmod(0o700)

    code = run(["credits", "--emulator"])

    assert code == 2
    assert "Begin anew: nemovideo emulator --forget" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "expected", "more"),
    [
        pytest.param(["make", "--nonsense"], "--nonsense", "make --help", id="option"),
        pytest.param(["export"], "--output", "export --help", id="missing"),
        pytest.param(["nonsense"], "nonsense", "nemovideo --help", id="command"),
    ],
)
def test_programs_get_an_object_for_what_cannot_be_meant(
    words: list[str], expected: str, more: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--json` keeps its promise before a command has begun, and lines are not broken."""
    code = run([*words, "--json"])

    out, err = capsys.readouterr()
    told = json.loads(out)
    assert (code, told["exit_code"], err) == (2, 2, "")
    assert expected in told["message"]
    assert more in told["hint"]
    assert "\n" not in told["message"]


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_programs_get_an_object_for_a_stop(
    sign: signal.Signals, photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stop is an object too, with the way on; nothing else is printed."""
    with serving(Emulator(silent=0)) as service:
        url = service.url
        monkeypatch.setenv("NEMO_API_URL", url)
        service.faults.heartbeats_only(every=0.1)
        with started("chat", WISH, "--new", "--add", photos[0], "--json") as process:
            soon(lambda: service.bill.runs == 1, 20)
            process.send_signal(sign)
            out, err = process.communicate(timeout=20)

    assert (process.returncode, err) == (130, "")
    assert json.loads(out) == {
        "error": "Interrupted",
        "message": "stopped",
        "hint": "",
        "exit_code": 130,
        "go_on": f"NEMO_API_URL={url} nemovideo jobs --recover",
    }


@pytest.mark.slow
def test_a_command_outlives_its_terminal_under_nohup(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who has it ignore the end of a terminal means it."""
    with serving(Emulator()) as service:
        monkeypatch.setenv("NEMO_API_URL", service.url)
        fault = service.faults.delay_answer(1, "GET /api/credits")
        with subprocess.Popen(
            ["nohup", *COMMAND, "credits"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            soon(lambda: fault.hits == 1, 20)
            process.send_signal(signal.SIGHUP)
            out, _ = process.communicate(timeout=20)

    assert process.returncode == 0
    assert "credits available" in out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "out", "err"),
    [
        pytest.param([], "", "nemovideo: stopped\n", id="people"),
        pytest.param(["--json"], '"exit_code": 130}\n', "", id="programs"),
    ],
)
def test_ctrl_c_while_the_program_loads_is_no_traceback(
    words: list[str], out: str, err: str
) -> None:
    """The first half of a second belongs to imports."""
    program = """
import sys, nemovideo.__main__ as command
class Stop:
    def find_spec(self, name, *_):
        if name == "cyclopts":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Stop())
command.main()
"""
    ended = subprocess.run(
        [sys.executable, "-c", program, "credits", *words],
        capture_output=True,
        check=False,
        text=True,
    )

    assert (ended.returncode, ended.stderr) == (130, err)
    assert ended.stdout.endswith(out)


@pytest.mark.slow
def test_a_recovery_that_is_stopped_while_it_starts_says_how_to_go_on(
    photos: list[Path], tmp_path: Path, kept: Path
) -> None:
    """The jobs are there before the emulator is."""
    with started("make", photos[0], "-p", WISH, "-o", tmp_path / "o.mp4", "--emulator") as process:
        read_until(process, "Rendering")
        process.send_signal(signal.SIGKILL)
        process.wait(20)

    with (
        serving(Emulator(folder=kept / "world")),
        started("jobs", "--recover", "--emulator") as one,
    ):
        read_until(one, "waiting")
        ending = stopped(one)

    assert one.returncode == 130
    assert ending == [
        "nemovideo: stopped",
        "nemovideo: to go on: nemovideo jobs --recover --emulator",
    ]


@pytest.mark.parametrize(
    ("error", "typed_next"),
    [
        pytest.param(
            SessionNotFoundError(hint="Start a new session"),
            "nemovideo chat TEXT --new --add PHOTO..",
            id="session",
        ),
        pytest.param(
            RenderNotFoundError(hint="It may belong to another account."),
            "nemovideo jobs --forget job_1",
            id="render",
        ),
        pytest.param(
            RenderFailedError(session_id="12", hint="nemo.projects.get('12').export(..)"),
            "nemovideo export --session 12 -o FILE",
            id="export",
        ),
        pytest.param(
            AmbiguousSendError(hint="Look again later with nemo.jobs.resolve('send_1')"),
            "nemovideo jobs --recover",
            id="ambiguous",
        ),
        pytest.param(
            SessionBusyError(hint="Find out first: nemo.jobs.resolve('send_1')."),
            "nemovideo jobs --recover",
            id="busy",
        ),
    ],
)
@pytest.mark.parametrize("offline", [False, True])
def test_the_advice_is_what_to_type(
    error: NemoVideoError, typed_next: str, *, offline: bool
) -> None:
    """Who types has no `nemo` to call."""
    token = ENDING.set(Ending(offline=offline))
    try:
        told = advice(error, job_id="job_1")
        line = one_line(error, job_id="job_1")
    finally:
        ENDING.reset(token)

    assert told.endswith(typed_next + (" --emulator" if offline else ""))
    assert line.endswith(told)
    assert not re.search(r"nemo\.|\(", told)


def test_for_programs_a_path_is_absolute(
    service: Emulator,
    photos: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Who reads the object may be in another folder; `jobs` gives it like that as well."""
    monkeypatch.setenv("NEMO_API_URL", service.url)
    monkeypatch.chdir(tmp_path)

    code = run(typed("make", photos[0], "-p", WISH, "-o", "out.mp4", "--json"))

    assert code == 0
    assert json.loads(capsys.readouterr().out)["path"] == os.fspath(tmp_path / "out.mp4")
