"""The command line as people and programs use it."""

import json
import os
import pty
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from nemovideo.emulator import Emulator
from tests.edges.commands import COMMAND, run, typed

pytestmark = pytest.mark.usefixtures("kept", "interruptible")

WISH = "a 3-second slideshow with music"


def test_make_prints_the_timeline_and_the_path(
    service: Emulator,
    photos: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A video ends as two lines on stdout; the way to it is plain lines on stderr."""
    monkeypatch.setenv("NEMO_API_URL", service.url)
    target = tmp_path / "out.mp4"

    code = run(typed("make", *photos[:2], "--prompt", WISH, "-o", target))

    out, err = capsys.readouterr()
    assert code == 0
    assert out.splitlines() == [
        "Timeline (2 tracks): 1. Video: cat.jpg and 1 more (0-3s) 2. BGM: Warm Lo-fi (0-3s, 35%)",
        f"{target} (3.0 s)",
    ]
    told, cost = err.splitlines()[-2:]
    stages = [line.split()[0] for line in err.splitlines()[:-2]]
    assert told.startswith("I am laying out your 2 photos.")
    assert cost == "50 credits"
    assert list(dict.fromkeys(stages)) == [
        "Connecting",
        "Starting",
        "Uploading",
        "Editing",
        "Reading",
        "Rendering",
        "Downloading",
    ]
    assert target.stat().st_size > 0


def test_make_for_programs_prints_one_object(
    service: Emulator,
    photos: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`--json` prints one JSON object and nothing else."""
    monkeypatch.setenv("NEMO_API_URL", service.url)
    target = tmp_path / "out.mp4"

    code = run(typed("make", photos[0], "-p", WISH, "-o", target, "--json", "--quality", "low"))

    out, err = capsys.readouterr()
    video = json.loads(out)
    assert (code, err) == (0, "")
    assert video["path"] == str(target)
    assert video["duration"] == pytest.approx(3.0, abs=0.1)
    assert video["render_id"].startswith("render_")
    assert len(video["session_id"]) == 19
    assert video["cost"] == 50


def test_a_video_beyond_its_budget_is_one_line_and_exit_4(
    service: Emulator,
    photos: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing is begun, sent or paid."""
    monkeypatch.setenv("NEMO_API_URL", service.url)
    runs, target = service.bill.runs, tmp_path / "out.mp4"

    code = run(typed("make", photos[0], "-p", WISH, "-o", target, "--budget", "49.5"))

    assert code == 4
    assert capsys.readouterr().err == (
        "nemovideo: 0 of 49.5 credits are spent, reserved or under way, and the message may cost "
        "50; nothing was sent. Raise the budget to go on.\n"
    )
    assert (service.bill.runs, target.exists()) == (runs, False)


@pytest.mark.parametrize(
    ("name", "content", "code", "expected"),
    [
        pytest.param("none.jpg", None, 2, "There is no file", id="missing"),
        pytest.param("empty.jpg", b"", 2, "is empty", id="empty"),
        pytest.param("text.jpg", b"hello, world", 2, "is no photo", id="text"),
        pytest.param("cut.jpg", 20_000, 2, "cut.jpg", id="truncated"),
    ],
)
def test_a_bad_photo_is_one_line_and_exit_2(
    service: Emulator,
    photos: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: bytes | int | None,
    code: int,
    expected: str,
) -> None:
    """What is wrong with a photo is said in one line that names it; no file is left."""
    monkeypatch.setenv("NEMO_API_URL", service.url)
    photo = tmp_path / name
    if isinstance(content, int):
        content = photos[3].read_bytes()[:content]
    if content is not None:
        photo.write_bytes(content)

    result = run(typed("make", photos[0], photo, "--prompt", WISH, "-o", tmp_path / "out.mp4"))

    last = capsys.readouterr().err.splitlines()[-1]
    assert result == code
    assert last.startswith("nemovideo: ")
    assert expected in last
    assert not list(tmp_path.glob("out*"))


def test_no_photo_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a photo nothing is begun."""
    code = run(typed("make", "--prompt", WISH, "-o", tmp_path / "out.mp4"))

    assert code == 2
    assert capsys.readouterr().err == "nemovideo: No photo was given. Give at least one.\n"


def test_a_missing_folder_is_one_line(
    photos: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The output folder is looked at first."""
    code = run(typed("make", photos[0], "--prompt", WISH, "-o", tmp_path / "no" / "out.mp4"))

    assert code == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("nemovideo: There is no folder")


def test_a_folder_that_cannot_be_written_is_one_line(
    photos: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whether a file can be written there is tried first; not even root writes to /proc."""
    code = run(typed("make", photos[0], "--prompt", WISH, "-o", "/proc/out.mp4"))

    assert code == 2
    assert "/proc/out.mp4 cannot be written" in capsys.readouterr().err.splitlines()[-1]


def test_an_unreachable_service_names_the_emulator(
    photos: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without a network the way to work offline is named."""
    monkeypatch.setenv("NEMO_API_URL", "http://127.0.0.1:9")

    code = run(typed("make", photos[0], "--prompt", WISH, "-o", tmp_path / "out.mp4"))

    last = capsys.readouterr().err.splitlines()[-1]
    assert code == 6
    assert "Connection refused" in last
    assert "--emulator" in last


def test_a_rejected_token_is_one_line_without_the_token(
    service: Emulator,
    photos: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A token that the service refuses is named by its variable, never shown."""
    monkeypatch.setenv("NEMO_API_URL", service.url)
    monkeypatch.setenv("NEMO_TOKEN", "nmv_usr_secret")

    code = run(typed("make", photos[0], "--prompt", WISH, "-o", tmp_path / "out.mp4"))

    err = capsys.readouterr().err
    assert code == 3
    assert "NEMO_TOKEN" in err.splitlines()[-1]
    assert "secret" not in err


def test_no_credits_names_the_registration_page(
    poor_service: Emulator,
    photos: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Out of credits says where to register, also for programs."""
    monkeypatch.setenv("NEMO_API_URL", poor_service.url)

    code = run(typed("make", photos[0], "-p", WISH, "-o", tmp_path / "out.mp4", "--json"))

    failure = json.loads(capsys.readouterr().out)
    assert code == failure["exit_code"] == 4
    assert failure["error"] == "InsufficientCreditsError"
    assert "register?bind=anon_" in failure["hint"]


def test_what_the_agent_did_not_understand_is_told(
    service: Emulator,
    photos: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A wish that makes nothing ends with the agent's words and its own exit code."""
    monkeypatch.setenv("NEMO_API_URL", service.url)
    target = tmp_path / "out.mp4"

    code = run(typed("make", photos[0], "--prompt", "fold me a paper crane", "-o", target))

    assert code == 7
    assert "paper crane" in capsys.readouterr().err.splitlines()[-1]
    assert not target.exists()


def test_a_wrong_option_is_one_line_and_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    """Usage errors look like all others."""
    code = run(["make", "--nonsense"])

    assert code == 2
    assert capsys.readouterr().err == (
        "nemovideo: Unknown option: --nonsense. See nemovideo make --help.\n"
    )


@pytest.mark.slow
def test_on_a_terminal_there_are_bars(
    service: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """With a terminal behind stderr, each stage has a bar."""
    ours, theirs = pty.openpty()
    words = typed("make", photos[0], "--prompt", WISH, "-o", tmp_path / "out.mp4")

    with subprocess.Popen(
        [*COMMAND, *words],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "NEMO_API_URL": service.url, "TERM": "xterm", "COLUMNS": "120"},
    ) as process:
        os.close(theirs)
        shown = b""
        while piece := _read(ours):
            shown += piece
        out = process.stdout.read() if process.stdout else b""
    os.close(ours)

    assert process.returncode == 0
    for title in ("Uploading", "Editing", "Rendering", "Downloading"):
        assert title.encode() in shown
    assert "━".encode() in shown
    assert b"out.mp4 (3.0 s)" in out


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""  # Linux says so when the other side of a terminal is gone


@pytest.mark.slow
def test_ctrl_c_stops_without_a_traceback(photos: list[Path], tmp_path: Path) -> None:
    """An interrupt ends with one line and 130, and leaves neither file nor process."""
    words = typed("make", *photos, "--prompt", "a 60-second slideshow", "-o", tmp_path / "out.mp4")
    with subprocess.Popen(
        [*COMMAND, *words, "--emulator"], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        seen = ""
        while "Rendering" not in seen:
            seen += process.stderr.readline()
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()

    assert process.returncode == 130, seen
    assert rest.splitlines()[-2:] == [
        "nemovideo: stopped",
        "nemovideo: to go on: nemovideo jobs --recover --emulator",
    ]
    assert "Traceback" not in rest
    assert list(tmp_path.iterdir()) == []


def test_a_failed_job_leaves_no_temporary_file(
    photos: list[Path], tmp_path: Path, kept: Path
) -> None:
    """The offline service leaves nothing but what it keeps, also when the command fails."""
    (tmp_path / "cut.jpg").write_bytes(photos[3].read_bytes()[:20_000])

    code = run(
        typed("make", tmp_path / "cut.jpg", "-p", WISH, "-o", tmp_path / "o.mp4", "--emulator")
    )

    assert code == 2
    assert sorted(kept.parent.iterdir()) == [kept, kept.with_name(f"{kept.name}.lock")]
    assert not (tmp_path / "o.mp4").exists()


def asked(url: str) -> bytes:
    """What a service begins to answer: once it does, it has settled down."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return connection.recv(100)


@pytest.mark.slow
@pytest.mark.parametrize(
    "sign",
    [
        pytest.param(signal.SIGINT, id="ctrl-c"),
        pytest.param(signal.SIGTERM, id="kill"),
        pytest.param(signal.SIGHUP, id="terminal-closed"),
    ],
)
def test_the_emulator_serves_until_it_is_stopped(sign: signal.Signals, tmp_path: Path) -> None:
    """The first line is the address; it answers there, ends politely and leaves no folder."""
    with subprocess.Popen(
        [*COMMAND, "emulator", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        answer = asked(url)
        process.send_signal(sign)
        started = time.monotonic()
        process.wait(10)

    assert url.startswith("http://127.0.0.1:")
    assert answer.startswith(b"HTTP/1.1 401")
    assert process.returncode == 0
    assert time.monotonic() - started < 5
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_emulator_outlives_its_terminal_under_nohup() -> None:
    """Who has it ignore the end of a terminal means it."""
    with subprocess.Popen(
        ["nohup", *COMMAND, "emulator", "--port", "0"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        answer = asked(process.stdout.readline().strip())
        process.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        process.send_signal(signal.SIGTERM)

    assert answer.startswith(b"HTTP/1.1 401")
    assert process.returncode == 0


def test_a_port_in_use_is_one_line(service: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    """A taken port is said with what to do."""
    port = service.url.rsplit(":", 1)[1]

    code = run(["emulator", "--port", port])

    assert code == 2
    assert capsys.readouterr().err == f"nemovideo: Port {port} is taken. Try --port 0.\n"


def test_a_port_that_is_none_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Ports end at 65535."""
    code = run(["emulator", "--port", "99999"])

    assert code == 2
    assert "there is no such port" in capsys.readouterr().err


def test_a_reader_that_has_left_is_no_traceback(
    service: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """`nemovideo make .. | head -0` still makes the file."""
    words = typed("make", photos[0], "--prompt", WISH, "-o", tmp_path / "out.mp4")
    with subprocess.Popen(
        [*COMMAND, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "NEMO_API_URL": service.url},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()

    assert process.returncode == 0
    assert "Traceback" not in told
    assert (tmp_path / "out.mp4").stat().st_size > 0
