"""What commands leave open, how they say so, and how another one goes on."""

import contextlib
import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nemovideo import Timeouts
from nemovideo.cli.failures import exit_code
from nemovideo.emulator import Emulator
from nemovideo.errors import AmbiguousSendError, BudgetError, NemoVideoError, SessionBusyError
from tests.edges.commands import read_until, run, started, stopped, typed
from tests.edges.conftest import serving
from tests.edges.killing import soon

pytestmark = pytest.mark.usefixtures("kept", "interruptible")

WISH = "a 2-second slideshow with music"


@pytest.fixture
def own(kept: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """A service of this test's own, to which commands speak that know nothing yet."""
    assert not kept.exists()
    with serving(Emulator(render_scale=1 / 16, silent=0, credits=500)) as service:
        monkeypatch.setenv("NEMO_API_URL", service.url)
        yield service


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The waits for what became of a message, shrunk; only of commands in this process."""
    monkeypatch.setattr("nemovideo.client.Timeouts", lambda: Timeouts(lost_verdict=0.6))


def is_whole(path: Path) -> bool:
    """Whether a file is an MP4 with some pictures in it."""
    return path.read_bytes()[4:8] == b"ftyp" and path.stat().st_size > 5000


def way_on(service: Emulator) -> str:
    """The line that says what to type."""
    return f"nemovideo: to go on: NEMO_API_URL={service.url} nemovideo jobs --recover"


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_what_was_killed_in_the_middle_of_a_run_is_recovered(
    own: Emulator, photos: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """SIGKILL while the agent works: another command fetches the video of the one run."""
    target = tmp_path / "out.mp4"
    own.faults.client_gone("finish")
    slow = own.faults.slow(300, "POST /run_sse")
    with started("make", *photos[:2], "-p", WISH, "-o", target) as process:
        soon(lambda: own.bill.runs == 1, 20)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    slow.clear()

    listed = run(["jobs"]), capsys.readouterr().out
    code = run(["jobs", "--recover"])

    out, err = capsys.readouterr()
    assert process.returncode == -signal.SIGKILL
    assert listed[0] == code == 0
    assert "  video  sending  " in listed[1]
    assert f"done, {target} (2.0 s)" in out
    assert "out.mp4: Rendering" in err
    assert is_whole(target)
    assert (own.bill.runs, own.bill.renders) == (1, 1)


@pytest.mark.slow
def test_what_was_killed_offline_is_recovered_offline(
    photos: list[Path], tmp_path: Path, kept: Path
) -> None:
    """The emulator dies with its command, and what it had begun is begun again by the next."""
    target = tmp_path / "out.mp4"
    with started("make", photos[0], "-p", WISH, "-o", target, "--emulator") as process:
        read_until(process, "Rendering")
        soon(lambda: '"tt"' in (kept / "world" / "world.json").read_text(), 20)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    was_there = target.exists()

    code = run(["jobs", "--recover", "--emulator"])

    assert (was_there, code) == (False, 0)
    assert is_whole(target)


def hold_run(service: Emulator) -> None:
    """Let runs give no sign but heartbeats."""
    service.faults.heartbeats_only(every=0.1)


def hold_nothing(_: Emulator) -> None:
    """A render is never looked at before 1.5 s."""


MAKE = ["make", "PHOTO", "-p", WISH, "-o", "TARGET"]
CHAT = ["chat", WISH, "--new", "--add", "PHOTO"]
EXPORT = ["export", "-o", "TARGET"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sign", "words", "hold", "word"),
    [
        pytest.param(signal.SIGINT, MAKE, hold_run, "Editing", id="run-ctrl-c"),
        pytest.param(signal.SIGTERM, MAKE, hold_run, "Editing", id="run-kill"),
        pytest.param(signal.SIGINT, CHAT, hold_run, "Uploading", id="chat-ctrl-c"),
        pytest.param(signal.SIGTERM, CHAT, hold_run, "Uploading", id="chat-kill"),
        pytest.param(signal.SIGINT, EXPORT, hold_nothing, "Rendering", id="export-ctrl-c"),
    ],
)
def test_who_stops_a_command_is_told_how_to_go_on(
    own: Emulator,
    photos: list[Path],
    tmp_path: Path,
    sign: signal.Signals,
    words: list[str],
    hold: Callable[[Emulator], None],
    word: str,
) -> None:
    """It ends at once and cleanly, its job stays, and the line works as it stands there."""
    if words[0] == "export":
        run(typed("chat", WISH, "--new", "--add", photos[0]))
    runs, target = own.bill.runs, tmp_path / "out.mp4"
    hold(own)
    given = {"PHOTO": photos[0], "TARGET": target}

    with started(*(given.get(one, one) for one in words)) as process:
        read_until(process, word)
        if hold is hold_run:
            soon(lambda: own.bill.runs > runs, 10)
        ending = stopped(process, sign)

    assert ending == ["nemovideo: stopped", way_on(own)]
    assert process.returncode == 130
    assert list(tmp_path.glob("out*.mp4")) == []


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_a_recovery_that_is_stopped_can_be_taken_up(
    own: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """Each attempt leaves the job to the next; the message is sent once."""
    target = tmp_path / "out.mp4"
    fault = own.faults.delay_answer(30, "GET /renders/", times=None)
    make, endings = ["make", photos[0], "-p", WISH, "-o", target], []
    for words, word in ((make, "Rendering"), (["jobs", "--recover"], "Rendering 100 %")):
        with started(*words) as process:
            read_until(process, word)
            endings.append(stopped(process))
    fault.clear()

    code = run(["jobs", "--recover"])

    assert endings == [["nemovideo: stopped", way_on(own)]] * 2
    assert code == 0
    assert is_whole(target)
    assert (own.bill.runs, own.bill.renders) == (1, 1)


def test_a_recovery_sends_nothing_beyond_its_budget(
    own: Emulator, photos: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A job of which nothing was sent goes on waiting; the code is that of credits."""
    fault = own.faults.delay_answer(30, "POST /api/upload-video")
    with started("make", photos[0], "-p", WISH, "-o", tmp_path / "out.mp4") as process:
        soon(lambda: fault.hits == 1, 20)
        stopped(process)
    fault.clear()

    code = run(["jobs", "--recover", "--budget", "49"])

    out, err = capsys.readouterr()
    assert (code, own.bill.runs) == (4, 0)
    assert ": waiting: 0 of 49 credits are spent, reserved or under way" in out
    assert err.splitlines()[-1] == way_on(own)


def test_where_nothing_is_open_nothing_is_to_be_gone_on_with(own: Emulator) -> None:
    """A command that has begun nothing only stops."""
    fault = own.faults.delay_answer(30, "GET /api/credits")

    with started("credits") as process:
        soon(lambda: fault.hits == 1, 20)
        ending = stopped(process)

    assert ending == ["nemovideo: stopped"]


@contextlib.contextmanager
def undeliverable(service: Emulator) -> Iterator[None]:
    """Let no file be found while the block runs."""
    paths = ("GET /renders/", "GET /api/render/*/download")
    faults = [service.faults.refuse(404, path, status=404, times=None) for path in paths]
    yield
    for fault in faults:
        fault.clear()


@pytest.fixture
def undelivered(own: Emulator, photos: list[Path], tmp_path: Path) -> Path:
    """A video that was made and could not be fetched; where it was to go."""
    (tmp_path / "first").mkdir()
    target = tmp_path / "first" / "out.mp4"
    with undeliverable(own):
        assert run(typed("make", photos[0], "-p", WISH, "-o", target)) == 8
    return target


def test_an_error_that_leaves_a_job_says_how_to_go_on(
    own: Emulator, photos: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The render is safe at the service; the next command fetches it."""
    target = tmp_path / "out.mp4"
    with undeliverable(own):
        failed = run(typed("make", photos[0], "-p", WISH, "-o", target))
    last = capsys.readouterr().err.splitlines()[-1]

    code = run(["jobs", "--recover"])

    assert (failed, last) == (8, way_on(own))
    assert code == 0
    assert is_whole(target)
    assert (own.bill.runs, own.bill.renders) == (1, 1)


def test_programs_are_told_how_to_go_on(
    own: Emulator, photos: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The object of a failure names the command, if there is something for it to do."""
    own.faults.refuse(422, "GET /api/credits", times=None)
    with undeliverable(own):
        run(typed("make", photos[0], "-p", WISH, "-o", tmp_path / "out.mp4", "--json"))
    left = json.loads(capsys.readouterr().out)
    run(["credits", "--json"])
    nothing = json.loads(capsys.readouterr().out)

    assert left["go_on"] == way_on(own).removeprefix("nemovideo: to go on: ")
    assert "go_on" not in nothing


def test_a_recovery_that_fails_has_the_code_of_its_error(
    own: Emulator, undelivered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder is gone: it is said, the job stays, and `--folder` gives it another."""
    undelivered.parent.rmdir()
    capsys.readouterr()

    code = run(["jobs", "--recover"])
    out, err = capsys.readouterr()
    elsewhere = run(typed("jobs", "--recover", "--folder", tmp_path, "--json"))

    told = json.loads(capsys.readouterr().out)
    assert code == 2
    assert "failed: There is no folder" in out
    assert err.splitlines()[-1] == way_on(own)
    assert (elsewhere, told["exit_code"]) == (0, 0)
    assert [(one["status"], one["cost"]) for one in told["outcomes"]] == [("done", None)]
    assert is_whole(tmp_path / "out.mp4")


@pytest.mark.usefixtures("own", "undelivered")
def test_a_video_that_went_elsewhere_is_named_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The path that is told is the one where the file is."""
    capsys.readouterr()

    run(typed("jobs", "--recover", "--folder", tmp_path))

    assert capsys.readouterr().out.endswith(f": done, {tmp_path / 'out.mp4'} (2.0 s)\n")


@pytest.mark.usefixtures("own", "undelivered")
def test_what_is_open_is_listed_and_can_be_forgotten(capsys: pytest.CaptureFixture[str]) -> None:
    """`jobs` and `status` name it; once struck out it is gone."""
    capsys.readouterr()
    run(["jobs"])
    line = capsys.readouterr().out
    run(["status"])
    status = capsys.readouterr().out
    run(["jobs", "--json"])
    found = json.loads(capsys.readouterr().out)
    job_id = line.split()[0]

    codes = [run(["jobs", "--forget", job_id]) for _ in range(2)]

    out, err = capsys.readouterr()
    assert "  video  submitted  " in line
    assert line.rstrip().endswith("out.mp4")
    assert line.split("  ")[0] in status
    assert found["durable"] is True
    assert [one["job_id"] for one in found["jobs"]] == [job_id]
    assert (codes, out) == ([0, 2], "Nothing is open.\n")
    assert f"There is no job {job_id}" in err


@pytest.mark.parametrize("words", [["jobs"], ["jobs", "--recover"]], ids=["list", "recover"])
@pytest.mark.usefixtures("own")
def test_nothing_open_is_no_failure(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """It is said, and that is all."""
    code = run(words)

    assert code == 0
    assert capsys.readouterr() == ("Nothing is open.\n", "")


@pytest.mark.usefixtures("own")
def test_what_has_ended_is_listed_on_demand(
    photos: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """`--all` remembers."""
    run(typed("chat", WISH, "--new", "--add", photos[0]))
    capsys.readouterr()

    run(["jobs", "--all"])

    assert "  message  done  " in capsys.readouterr().out


@pytest.mark.usefixtures("own")
def test_a_ledger_that_cannot_be_kept_is_said(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever asks for jobs should know that none will be remembered."""
    kept.mkdir(0o700)
    (kept / "jobs.sqlite3").mkdir()

    code = run(["jobs"])

    assert code == 0
    assert "the ledger cannot be kept" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--folder", "."], id="folder-alone"),
        pytest.param(["--budget", "50"], id="budget-alone"),
        pytest.param(["--recover", "--all"], id="recover-all"),
        pytest.param(["--all", "--forget", "x"], id="all-forget"),
    ],
)
def test_options_that_do_not_go_together_are_one_line(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody could tell which was meant."""
    code = run(["jobs", *words])

    assert code == 2
    assert capsys.readouterr().err.startswith("nemovideo: --")


def test_a_session_in_use_has_a_code_of_its_own(
    own: Emulator, photos: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """A script can wait and try again: nothing was sent."""
    run(typed("chat", WISH, "--new", "--add", photos[0]))
    hold_run(own)
    runs = own.bill.runs

    with started("chat", "no music") as process:
        soon(lambda: own.bill.runs > runs, 20)
        code = run(["chat", "add a title 'Hello'"])
        stopped(process)

    assert code == 9
    assert "is at work in session" in capsys.readouterr().err
    assert own.bill.runs == runs + 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(SessionBusyError(), 9, id="busy"),
        pytest.param(AmbiguousSendError(), 10, id="ambiguous"),
        pytest.param(BudgetError(), 4, id="budget"),
    ],
)
def test_each_kind_of_failure_has_its_code(error: NemoVideoError, code: int) -> None:
    """A script can tell what to do next."""
    assert exit_code(error) == code
