"""`nemovideo doctor` in front of services that are well, ill, strange, or not there."""

import asyncio
import datetime as dt
import email.utils
import fcntl
import json
import os
import pty
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from nemovideo import AnonymousToken, FileTokenStore, NemoVideo
from nemovideo.emulator import Emulator
from nemovideo.jobs import Job
from tests.edges.canned import CERTIFICATES, CREDITS, answering
from tests.edges.commands import COMMAND, run, typed
from tests.edges.conftest import ROOT, serving
from tests.independent_server import IndependentServer

pytestmark = pytest.mark.usefixtures("kept")

WISH = "a 2-second slideshow with music"
HOSTED = "http://api.example.com"
FINE = {CREDITS: (200, {"code": 0, "data": {"available": 80, "frozen": 0, "total": 80}})}
STRANGER = (401, {"code": 1001, "message": "Who are you?"})

Line: TypeAlias = tuple[str, str, str]
"""A verdict, what was found, and the advice."""


class Found:
    """A report, by what was looked at."""

    def __init__(self, told: str, code: int) -> None:
        self.told, self.code = told, code
        self.facts: dict[str, Any] = json.loads(told)
        self.lines: dict[str, list[Line]] = {}
        for check in self.facts["checks"]:
            line = (check["verdict"], check["found"], check["advice"])
            self.lines.setdefault(check["name"], []).append(line)

    def __getitem__(self, name: str) -> Line:
        """The one line about something."""
        (line,) = self.lines[name]
        return line

    def failures(self) -> list[str]:
        """What does not work."""
        return [
            name for name, lines in self.lines.items() if any(v == "failure" for v, *_ in lines)
        ]


Doctor: TypeAlias = Callable[..., Found]


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str]) -> Doctor:
    """Run the command for programs."""

    def ask(*words: object) -> Found:
        capsys.readouterr()
        code = run(typed("doctor", "--json", *words))
        return Found(capsys.readouterr().out, code)

    return ask


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """A service of this test's own."""
    with serving(Emulator(render_scale=1 / 16, silent=0, credits=500)) as service:
        monkeypatch.setenv("NEMO_API_URL", service.url)
        yield service


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have the commands speak to an address."""
    return lambda url: monkeypatch.setenv("NEMO_API_URL", url)


def test_where_all_is_well_every_line_is_ok(
    own: Emulator, photos: list[Path], tmp_path: Path, doctor: Doctor
) -> None:
    """With a session and a render to look at again; nothing is paid, sent or begun."""
    run(typed("make", photos[0], "-p", WISH, "-o", tmp_path / "out.mp4"))
    bill = (own.bill.runs, own.bill.renders, own.bill.credits)

    found = doctor()

    verdicts = {check["verdict"] for check in found.facts["checks"] if check["name"] != "fonts"}
    assert (found.code, found.facts["exit_code"], found.facts["ok"]) == (0, 0, True)
    assert verdicts == {"ok"}
    assert found["credits"][1] == "450 available, 0 reserved"
    assert [line[1] for line in found.lines["contract"]] == [
        "credits: all fields are known",
        "state: all fields are known",
        "render: all fields are known",
    ]
    assert (own.bill.runs, own.bill.renders, own.bill.credits) == bill
    assert own.unattributed == []


def test_for_people_it_is_one_line_each(own: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    """Verdict, what was looked at, and what was found, each in its column; advice below."""
    run(["credits"])
    capsys.readouterr()

    code = run(["doctor"])

    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert "ok       credits   500 available, 0 reserved" in lines
    assert any(re.fullmatch(r"ok       service   \S+ answers in \d+ ms", line) for line in lines)
    assert all(
        re.match(r"(ok     |warning|failure)  [a-z]{3,8} +\S|  {18}\S", line) for line in lines
    )
    assert own.url in out


def test_on_a_terminal_there_are_colours(own: Emulator) -> None:
    """And nowhere else."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "doctor"],
        stdout=theirs,
        env={**os.environ, "NEMO_API_URL": own.url, "TERM": "xterm-256color", "COLUMNS": "60"},
    ) as process:
        os.close(theirs)
        shown = b""
        while piece := _read(ours):
            shown += piece
    os.close(ours)

    assert process.returncode == 0
    assert b"\x1b[32mok" in shown
    assert b"credits   500 available, 0 reserved\r\n" in shown


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""  # Linux says so when the other side of a terminal is gone


def test_offline_it_goes_all_the_way_and_leaves_nothing(
    doctor: Doctor, home: Path, kept: Path
) -> None:
    """Before there is anything offline, an emulator of its own shows that it would work."""
    found = doctor("--emulator")

    assert (found.code, found.failures()) == (0, [])
    assert found["scopes"][1] == "reading, writing and uploading work with the emulator"
    assert [line[:2] for line in found.lines["contract"]] == [
        ("ok", "free account: all fields are known"),
        ("ok", "new session: all fields are known"),
        ("ok", "upload: all fields are known"),
        ("ok", "state after it: all fields are known"),
    ]
    assert (list(home.iterdir()), list(kept.parent.iterdir())) == ([], [])


def test_offline_it_looks_at_what_is_kept(photos: list[Path], doctor: Doctor, kept: Path) -> None:
    """The account, the session and the timeline of earlier commands; it adds nothing to them."""
    run(typed("chat", WISH, "--new", "--add", photos[0], "--emulator"))
    before = json.loads((kept / "world" / "world.json").read_text())

    found = doctor("--emulator")

    assert (found.code, found.failures()) == (0, [])
    assert found["emulator"][1] == f"starts with what is kept in {kept}"
    assert found["scopes"][1] == "reading, writing and uploading work with the emulator"
    assert found["credits"][1] == "950 available, 0 reserved"
    assert found["token"][1].startswith("of a free account, kept until 20")
    assert ("ok", "state: all fields are known", "") in found.lines["contract"]
    after = json.loads((kept / "world" / "world.json").read_text())
    assert after["sessions"] == before["sessions"]
    assert after["accounts"] == before["accounts"]


def test_offline_it_does_not_wait_for_another_command(
    doctor: Doctor, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not for ever; and what can be tried without it is tried."""
    run(["credits", "--emulator"])
    monkeypatch.setattr("nemovideo.cli.doctor.examination._START", 0.3)
    with kept.with_name(f"{kept.name}.lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        began = time.monotonic()

        found = doctor("--emulator")

    assert time.monotonic() - began < 8
    assert found.code == 1
    assert found.failures() == ["emulator"]
    assert "another command" in found["emulator"][1]
    assert "scopes" in found.lines


def test_an_unreachable_service_costs_only_its_own_lines(
    at: Callable[[str], None], doctor: Doctor, kept: Path
) -> None:
    """What is on this machine is looked at all the same, and soon."""
    at("http://127.0.0.1:9")
    began = time.monotonic()

    found = doctor()

    assert found.code == 1
    assert found.failures() == ["service"]
    assert "Connection refused" in found["service"][1]
    assert "--emulator" in found["service"][2]
    assert {"python", "extras", "settings", "proxy", "storage", "ledger", "token"} <= {*found.lines}
    assert not {"tls", "clock", "credits", "contract"} & {*found.lines}
    assert time.monotonic() - began < 8
    assert not kept.exists()


def test_a_service_that_does_not_answer_is_not_waited_for(
    own: Emulator, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer has its time."""
    run(["credits"])
    own.faults.delay_answer(30, "GET /api/credits")
    monkeypatch.setattr("nemovideo.cli.doctor.service.PATIENCE", 0.3)
    began = time.monotonic()

    found = doctor()

    assert found.failures() == ["service"]
    assert "no answer in time" in found["service"][1]
    assert time.monotonic() - began < 8


def test_a_refused_token_is_a_failure_and_never_shown(
    own: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither by the report nor for people."""
    assert own.url
    monkeypatch.setenv("NEMO_TOKEN", "nmv_usr_hidden42")

    codes = [run(["doctor", "--json"]), run(["doctor"])]

    out, err = capsys.readouterr()
    found = Found(out.splitlines()[0], codes[0])
    assert codes == [1, 1]
    assert found.failures() == ["credits"]
    assert found["token"] == ("ok", "set in NEMO_TOKEN", "")
    assert "NEMO_TOKEN" in found["credits"][2]
    assert "hidden42" not in out + err


def test_a_free_token_that_is_refused_is_replaced_by_the_next_command(
    own: Emulator, doctor: Doctor, kept: Path
) -> None:
    """So that it is a warning; the doctor itself asks for none."""
    run(["credits"])
    tokens = (kept / "tokens.json").read_text()
    own.faults.expire_token()

    found = doctor()

    assert (found.code, found["credits"][0]) == (0, "warning")
    assert "next command" in found["credits"][2]
    assert (kept / "tokens.json").read_text() == tokens


def test_a_service_that_repeats_the_token_does_not_get_it_shown(
    at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    """Not even one that looks like no token."""
    monkeypatch.setenv("NEMO_TOKEN", "open sesame".replace(" ", "-"))
    with answering({CREDITS: (403, {"detail": "No scope for open-sesame"})}) as canned:
        at(canned.url)

        found = doctor()

    assert canned.asked == [("GET", CREDITS, "Bearer open-sesame")]
    assert found["token"][0] == "warning"
    assert "No scope for .." in found["credits"][1]
    assert "sesame" not in found.told


def test_an_empty_token_is_a_warning(
    own: Emulator, monkeypatch: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    """It counts as unset; who set it may have meant something."""
    assert own.url
    monkeypatch.setenv("NEMO_TOKEN", "  ")

    found = doctor()

    assert found.code == 0
    assert found["token"][:2] == ("warning", "NEMO_TOKEN is empty and counts as unset.")


def test_what_the_library_would_log_is_in_the_report_alone(own: Emulator) -> None:
    """Python prints warnings of a log that nobody set up; here nobody did."""
    done = subprocess.run(
        [*COMMAND, "doctor", "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NEMO_API_URL": own.url, "NEMO_TOKEN": ""},
    )

    found = Found(done.stdout, done.returncode)
    assert (found.code, found["token"][0], found["credits"][0]) == (0, "warning", "ok")
    assert done.stderr == ""


def test_elsewhere_no_free_token_is_asked_for(
    at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, doctor: Doctor, home: Path
) -> None:
    """There is one in seven days; without it only the way there is looked at."""
    with answering({CREDITS: STRANGER}) as canned:
        monkeypatch.setenv("HTTP_PROXY", canned.url)
        at(HOSTED)

        found = doctor()

    assert (found.code, found.failures()) == (0, [])
    assert canned.asked == [("GET", CREDITS, None)]
    assert found["token"][1] == "none yet"
    assert found["service"][0] == "ok"
    assert not {"credits", "scopes", "contract"} & {*found.lines}
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("password", "verdict"),
    [("p4ss%2Fq%409z", "ok"), ("p4ss/q@9z", "failure"), ("p4ss?q#@9z", "failure")],
)
def test_a_proxy_is_shown_without_its_password(
    password: str,
    verdict: str,
    at: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    doctor: Doctor,
) -> None:
    """Nothing of it is in any line, also where it holds what elsewhere ends a host."""
    with answering({CREDITS: STRANGER}) as canned:
        monkeypatch.setenv("HTTP_PROXY", canned.url.replace("//", f"//me:{password}@"))
        at(HOSTED)

        found = doctor()

    assert found["proxy"][0] == verdict
    assert found["proxy"][1].startswith(canned.url)
    assert found["service"][0] == verdict
    assert "p4ss" not in found.told
    assert "9z" not in found.told


def test_a_proxy_that_cannot_be_used_is_a_failure(
    at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    """With the way out, and without its password."""
    monkeypatch.setenv("ALL_PROXY", "socks5://me:p4ss@127.0.0.1:1")
    at(HOSTED)

    found = doctor()

    assert found.failures() == ["proxy", "service"]
    assert "socks5" in found["proxy"][1]
    assert "p4ss" not in found.told


def test_a_free_account_that_is_kept_is_used(
    at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, doctor: Doctor, home: Path
) -> None:
    """Also elsewhere; what few credits are left is a warning that says where to register."""
    week = dt.datetime(2199, 1, 1, tzinfo=dt.UTC)
    token = AnonymousToken("nmv_usr_kept", "anon_7", week)
    store = FileTokenStore(home / ".config" / "nemovideo")
    asyncio.run(store.save(HOSTED, token))
    data = {"available": 20, "frozen": 0, "total": 20}
    with answering({CREDITS: (200, {"success": True, "data": data, "error": None})}) as canned:
        monkeypatch.setenv("HTTP_PROXY", canned.url)
        at(HOSTED)

        found = doctor()

    assert canned.asked == [("GET", CREDITS, "Bearer nmv_usr_kept")]
    assert found["token"][1] == "of a free account, kept until 2199-01-01"
    assert found["credits"][:2] == ("warning", "20 available, 0 reserved")
    assert "register?bind=anon_7" in found["credits"][2]
    assert found["contract"] == ("ok", "credits: all fields are known", "")
    assert found["tls"][0] == "warning"


def test_a_wrong_clock_is_a_warning(
    at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    """Told by the answer's own date."""
    monkeypatch.setenv("NEMO_TOKEN", "nmv_usr_1")
    then = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    with answering(FINE, date=email.utils.format_datetime(then, usegmt=True)) as canned:
        at(canned.url)

        found = doctor()

    assert (found.code, found["clock"][0]) == (0, "warning")
    assert re.fullmatch(r"3,[56]\d\d s behind the service's", found["clock"][1])
    assert "Set the clock" in found["clock"][2]


def test_a_certificate_that_nobody_vouches_for_is_a_failure(
    at: Callable[[str], None], doctor: Doctor
) -> None:
    """With the reason, as the check gives it."""
    with answering(FINE, certificate="trusted") as canned:
        at(canned.url)

        found = doctor()

    assert found.failures() == ["service", "tls"]
    assert found["tls"][1] == "certificate verify failed: self-signed certificate"
    assert "SSL_CERT_FILE" in found["tls"][2]
    assert canned.asked == []


@pytest.mark.parametrize(
    ("certificate", "verdict", "words"),
    [
        pytest.param("trusted", "ok", "the certificate is valid", id="valid"),
        pytest.param("expired", "failure", "certificate has expired", id="expired"),
    ],
)
def test_a_certificate_that_is_vouched_for_is_judged_by_its_dates(
    certificate: str, verdict: str, words: str
) -> None:
    """Python reads the variable when it starts, so that this is another process."""
    with answering({CREDITS: STRANGER}, certificate=certificate) as canned:
        done = subprocess.run(
            [*COMMAND, "doctor", "--json"],
            capture_output=True,
            text=True,
            check=False,
            env={
                **os.environ,
                "NEMO_API_URL": canned.url,
                "NEMO_TOKEN": "nmv_usr_1",
                "SSL_CERT_FILE": str(CERTIFICATES / f"{certificate}.pem"),
            },
        )

    found = Found(done.stdout, done.returncode)
    assert found["tls"][0] == verdict
    assert words in found["tls"][1]
    assert done.stderr == ""


def test_a_port_without_tls_is_told(doctor: Doctor, at: Callable[[str], None]) -> None:
    """Not as a certificate that is not valid."""
    with answering(FINE) as canned:
        at(canned.url.replace("http:", "https:"))

        found = doctor()

    assert found.failures() == ["service", "tls"]
    assert "no TLS" in found["tls"][1]


async def test_fields_that_nobody_knows_are_listed(
    monkeypatch: pytest.MonkeyPatch,
    photos: list[Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each once, by its path, and as no fault; a server that is not ours gives them."""
    async with IndependentServer("B") as server:
        monkeypatch.setenv("NEMO_API_URL", server.api_url)
        made = typed("make", photos[0], "-p", WISH, "-o", tmp_path / "out.mp4")
        assert await asyncio.to_thread(run, made) == 0
        capsys.readouterr()

        code = await asyncio.to_thread(run, ["doctor", "--json"])

    found = Found(capsys.readouterr().out, code)
    strange = "state.draft.zz, state.draft.t[].aa, state.draft.t[].sg[].seed"
    harmless = "Harmless: it is passed over. A newer nemovideo may make use of it."
    assert code == 0
    assert found.lines["contract"] == [
        ("ok", "credits: all fields are known", ""),
        ("ok", f"state: nemovideo does not know {strange}", harmless),
        ("ok", "render: all fields are known", ""),
    ]
    asked = {request.method for request in server.recorded[-3:]}
    assert asked == {"GET"}


def test_a_field_that_is_missing_is_a_warning(
    at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    """Where it is one that nemovideo needs, the look itself fails too."""
    monkeypatch.setenv("NEMO_TOKEN", "nmv_usr_1")
    data = {"available": "80", "frozen": 0, "plan": "free\x1b[2J"}
    with answering({CREDITS: (200, {"data": data})}) as canned:
        at(canned.url)

        found = doctor()

    assert found.failures() == ["credits"]
    assert "lacks available" in found["credits"][1]
    assert found["contract"][:2] == (
        "warning",
        "credits: missing or of another kind: available, total; nemovideo does not know plan",
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param((200, b"<html>Welcome to our hotel</html>"), "own words", id="page"),
        pytest.param((502, b"<html>bad gateway</html>"), "HTTP 502", id="gateway"),
        pytest.param((404, {"detail": "Not Found"}), "Not Found", id="elsewhere"),
    ],
)
def test_an_answer_of_somebody_else_is_a_failure_of_the_service(
    answer: tuple[int, Any],
    words: str,
    at: Callable[[str], None],
    doctor: Doctor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not of the account: nothing of it was seen."""
    monkeypatch.setenv("NEMO_TOKEN", "nmv_usr_1")
    with answering({CREDITS: answer}) as canned:
        at(canned.url)

        found = doctor()

    assert found.failures() == ["service"]
    assert words in found["service"][1]
    assert found["service"][2]
    assert "html" not in found.told


def test_what_the_service_no_longer_knows_is_told(
    own: Emulator, photos: list[Path], tmp_path: Path, doctor: Doctor
) -> None:
    """A session is what commands go on with; a render that was fetched is of no use."""
    run(typed("make", photos[0], "-p", WISH, "-o", tmp_path / "out.mp4"))
    own.faults.refuse(1002, "GET /api/state")
    own.faults.refuse(404, "GET /api/render")

    found = doctor()

    _, state, render = found.lines["contract"]
    assert (found.code, state[0], render[0]) == (0, "warning", "ok")
    assert "nemovideo chat TEXT --new" in state[2]


def test_a_timeline_that_cannot_be_read_is_a_failure(
    at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, doctor: Doctor, kept: Path
) -> None:
    """With the place in it."""
    monkeypatch.setenv("NEMO_TOKEN", "nmv_usr_1")
    state = {"state": {"draft": {"t": [{"tt": "video", "sg": []}]}}}
    with answering({**FINE, "/api/state/nemo_agent/me/12/latest": (200, state)}) as canned:
        at(canned.url)
        remember(kept / "jobs.sqlite3", canned.url, "12")

        found = doctor()

    assert found.failures() == ["contract"]
    assert "t[0].tt is not a whole number" in found.lines["contract"][1][1]


def test_the_last_session_is_looked_at(
    at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, doctor: Doctor, kept: Path
) -> None:
    """It is the one that other commands would go on with."""
    monkeypatch.setenv("NEMO_TOKEN", "nmv_usr_1")
    with answering(FINE) as canned:
        at(canned.url)
        remember(kept / "jobs.sqlite3", canned.url, "12", "13")

        found = doctor()

    assert [path for _, path, _ in canned.asked] == [
        CREDITS,
        "/api/state/nemo_agent/me/13/latest",
    ]
    assert found.lines["contract"][1][0] == "warning"


def remember(path: Path, url: str, *session_ids: str) -> None:
    """Write down that the account of NEMO_TOKEN worked in some sessions."""
    path.parent.mkdir(0o700, exist_ok=True)

    async def begin() -> None:
        token = os.environ["NEMO_TOKEN"]
        async with NemoVideo(base_url=url, token=token, ledger=path) as nemo:
            owner = await nemo._transport.credentials.owner()
            for place, known in enumerate(session_ids):
                job = Job(f"job_{place}", "message", session_id=known, owner=owner)
                await nemo._transport.ledger.begin(job)

    asyncio.run(begin())


def test_whatever_fails_is_a_line_and_no_traceback(
    own: Emulator, monkeypatch: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    """All that stands behind it is looked at."""
    assert own.url

    def broken() -> None:
        raise LookupError("of my own making")

    monkeypatch.setattr("nemovideo.cli.doctor.machine.fonts", broken)

    found = doctor()

    assert found.failures() == ["fonts"]
    assert "of my own making" in found["fonts"][1]
    assert found["credits"][0] == "ok"


@pytest.mark.parametrize(
    ("name", "value"),
    [("NEMO_API_URL", "nonsense"), ("NEMO_CLIENT_ID", "nonsense"), ("NEMO_TOKEN", "a\nb")],
)
def test_a_setting_that_cannot_work_is_a_failure(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    """There is nobody to ask then; what is installed is told all the same."""
    monkeypatch.setenv(name, value)

    found = doctor()

    assert found.failures() == ["settings"]
    assert {*found.lines} == {"python", "extras", "fonts", "settings"}


def test_the_reference_names_all_that_is_looked_at(own: Emulator, doctor: Doctor) -> None:
    """A line that is not explained is of little help."""
    assert own.url
    page = (ROOT / "docs" / "howto" / "doctor.md").read_text("utf-8")
    explained = page.partition("| line |")[2].partition("\n## ")[0]

    named = {*doctor().lines} | {*doctor("--emulator").lines}

    assert named == set(re.findall(r"(?m)^\| `([a-z]+)` \|", explained))
