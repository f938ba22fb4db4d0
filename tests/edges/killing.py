"""What the tests of killed programs share: a program is killed, looked at, and gone on with."""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import attrs

from nemovideo.emulator import Emulator
from tests.edges.conftest import serving

PROGRAM: Final = Path(__file__).with_name("killed_program.py")
SLOWLY: Final = 200_000
"""Bytes a second at which a file comes in several pieces."""

Mode: TypeAlias = Literal["finish", "cancel"]
Given: TypeAlias = Literal["paths", "bytes"]


@attrs.frozen
class Moment:
    """What must be found when the program is dead, if the point was the one that was meant."""

    phase: str
    session: bool = True
    uploads: int = 2
    runs: int = 0
    renders: int = 0
    part: tuple[float, float] | None = None

    @property
    def is_planned(self) -> bool:
        """Whether the message was not being sent."""
        return self.phase == "planned"


POINTS: Final[Mapping[str, Moment]] = {
    "token": Moment("planned", session=False, uploads=0),
    "session": Moment("planned", uploads=0),
    "first upload": Moment("planned", uploads=0),
    "last upload": Moment("planned"),
    "intent": Moment("planned"),
    "claimed": Moment("sending"),
    "request body": Moment("sending", runs=1),
    "first event": Moment("sending", runs=1),
    "tool": Moment("sending", runs=1),
    "end of stream": Moment("sending", runs=1),
    "answered": Moment("answered", runs=1),
    "render intent": Moment("submitted", runs=1),
    "render order": Moment("submitted", runs=1, renders=1),
    "half of the part": Moment("submitted", runs=1, renders=1, part=(0.4, 0.8)),
    "rename": Moment("submitted", runs=1, renders=1, part=(1.0, 1.0)),
}


@attrs.frozen
class Case:
    """A point at which a program is killed, and how the service takes that."""

    point: str
    mode: Mode = "finish"
    given: Given = "paths"

    def __str__(self) -> str:
        return f"{self.point}-{self.mode}-{self.given}"


@attrs.frozen
class Scene:
    """What can be seen at one moment.

    Attributes:
        row: The one job of the ledger.
        files: Each file that is left, by its place in the folder, with its size.
        bill: Runs, renders and credits.
    """

    row: Mapping[str, Any]
    files: Mapping[str, int]
    bill: tuple[int, int, int]


@attrs.frozen
class Story:
    """How one case went.

    Attributes:
        folder: Where the program worked.
        returncode: What it died of.
        uploads: How many files the service had then.
        killed: What was found when it was dead.
        first: What the first recovery said.
        after: What was found after it.
        second: What the second one said.
        end: What was found in the end.
        abandoned: How many runs the service saw abandoned.
    """

    folder: Path
    returncode: int
    uploads: int
    killed: Scene
    first: Mapping[str, Any]
    after: Scene
    second: Mapping[str, Any]
    end: Scene
    abandoned: int


def environment(home: Path) -> dict[str, str]:
    """What the programs are started with: nothing of the machine's own settings."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("NEMO_")}
    return {**ours, "HOME": str(home)}


def words(what: str, service: Emulator, folder: Path, *more: str) -> list[str]:
    """Call the program."""
    return [sys.executable, "-W", "error", str(PROGRAM), what, service.url, str(folder), *more]


def killed(case: Case, service: Emulator, folder: Path, home: Mapping[str, str]) -> int:
    """Start the program, and tell what it died of."""
    (folder / "out").mkdir(parents=True)
    begun = words("make", service, folder, case.point, case.given)
    done = subprocess.run(begun, env=home, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    return done.returncode


@contextlib.contextmanager
def recovering(
    service: Emulator, folder: Path, home: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """Start a new process that is ready to go on with what is left."""
    begun, pipe = words("recover", service, folder), subprocess.PIPE
    with subprocess.Popen(begun, env=home, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process
        assert process.stdin
        process.stdin.close()
        assert process.wait(30) == 0


def order(process: subprocess.Popen[str]) -> None:
    """Let a process that is ready recover."""
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()


def said(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Hear how a recovery went."""
    assert process.stdout
    told: dict[str, Any] = json.loads(process.stdout.readline())
    return told


def row(folder: Path) -> dict[str, Any]:
    """Read the one job of a ledger, from a copy: opening the file itself would tidy it."""
    with tempfile.TemporaryDirectory() as place:
        for file in (folder / "state").glob("jobs.sqlite3*"):
            if file.is_file() and not file.name.endswith("-shm"):
                shutil.copy(file, place)
        with contextlib.closing(sqlite3.connect(Path(place) / "jobs.sqlite3")) as known:
            known.row_factory = sqlite3.Row
            (found,) = known.execute("SELECT * FROM jobs").fetchall()
    return dict(found)


def scene(service: Emulator, folder: Path) -> Scene:
    """Look around."""
    files = {
        str(path.relative_to(folder)): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    bill = service.bill
    return Scene(row(folder), files, (bill.runs, bill.renders, bill.credits))


def soon(is_so: Callable[[], bool], seconds: float = 2.0) -> None:
    """Wait until something is so, or does not seem to become so."""
    over = time.monotonic() + seconds
    while not is_so() and time.monotonic() < over:
        time.sleep(0.005)


def played(case: Case, folder: Path, home: Mapping[str, str]) -> Story:
    """Kill a program at a point, and go on with what is left twice, in another process."""
    moment = POINTS[case.point]
    with serving(Emulator(render_scale=1 / 16, silent=0)) as service:
        gone = service.faults.client_gone(case.mode)
        if case.point == "half of the part":
            service.faults.slow(SLOWLY, "GET /renders/")
        code = killed(case, service, folder, home)
        soon(lambda: (service.bill.runs, service.bill.renders) == (moment.runs, moment.renders))
        found = scene(service, folder)
        uploads = len(service._running().media)
        if case.point == "rename":  # all of it is here: what could be fetched again is not
            service.faults.refuse(500, "GET /renders/", times=None)
            service.faults.refuse(500, "GET /api/render/*/download", times=None)
        with recovering(service, folder, home) as process:
            order(process)
            first, after = said(process), scene(service, folder)
            order(process)
            second = said(process)
        end = scene(service, folder)
        return Story(folder, code, uploads, found, first, after, second, end, gone.hits)
