"""A program is killed at every point of its way; another goes on, and nothing is paid twice."""

import json
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias, get_args

import av
import pytest

from nemovideo.emulator import Emulator
from tests.edges.conftest import serving
from tests.edges.killed_program import PROMPT
from tests.edges.killing import (
    POINTS,
    Case,
    Mode,
    Story,
    environment,
    killed,
    order,
    played,
    recovering,
    said,
    scene,
)

Told: TypeAlias = Callable[[Case], Story]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows"),
]

AT_ONCE = 5
PLANNED = [point for point, moment in POINTS.items() if moment.is_planned]
LATER = [point for point in POINTS if point not in PLANNED]
CASES = [Case(point, mode) for point in POINTS for mode in get_args(Mode)]
LANDED = [Case(point) for point in LATER if point != "claimed"]
"""Killed while or after the message was carried out, at a service that goes on with it."""
IN_MEMORY = [Case(point, mode, "bytes") for point in PLANNED for mode in get_args(Mode)]
KEPT = {
    "state/.client_id.lock",
    "state/.tokens.lock",
    "state/client_id",
    "state/jobs.sqlite3",
    "state/tokens.json",
}
"""What is there for good: the account, and the ledger."""


@pytest.fixture(scope="module")
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """Play each case that is asked for once, some at a time, each with a service of its own."""
    calls = [getattr(item, "callspec", None) for item in request.session.items]
    known = [call.params.get("case") for call in calls if call]
    chosen = dict.fromkeys(case for case in known if isinstance(case, Case))
    home = environment(tmp_path_factory.mktemp("home"))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        stories = {
            case: pool.submit(played, case, tmp_path_factory.mktemp("killed"), home)
            for case in chosen
        }
        yield lambda case: stories[case].result()
        pool.shutdown(cancel_futures=True)


def assert_is_whole(path: Path, seconds: float) -> None:
    """Decode a whole file."""
    with av.open(str(path)) as container:
        assert {stream.codec_context.name for stream in container.streams} == {"h264", "aac"}
        assert container.duration is not None
        assert container.duration / 1e6 == pytest.approx(seconds, abs=0.1)
        rate = container.streams.video[0].average_rate
        assert rate is not None
        frames = sum(1 for _ in container.decode(video=0))
        assert frames == pytest.approx(seconds * float(rate), abs=2)


@pytest.mark.parametrize("case", [*CASES, *IN_MEMORY], ids=str)
def test_the_program_dies_at_the_point_that_is_meant(told: Told, case: Case) -> None:
    """It dies of SIGKILL, and the ledger, the service and the disk show where it was."""
    story, moment = told(case), POINTS[case.point]

    assert story.returncode == -signal.SIGKILL
    assert (story.killed.row["phase"], story.killed.row["ended"]) == (moment.phase, "")
    assert (story.killed.row["session_id"] is not None) == moment.session
    assert (story.killed.row["render_id"] is not None) == (moment.phase == "submitted")
    assert story.uploads == moment.uploads
    assert story.killed.bill[:2] == (moment.runs, moment.renders)
    parts = [size for name, size in story.killed.files.items() if name.endswith(".part")]
    assert len(parts) == (moment.part is not None)
    if moment.part is not None:
        whole = (story.folder / "out" / "out.mp4").stat().st_size
        assert moment.part[0] * whole <= parts[0] <= moment.part[1] * whole


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.point in PLANNED or case in LANDED],
    ids=str,
)
def test_what_is_left_is_gone_on_with(told: Told, case: Case) -> None:
    """The video is there whole, for one message and one render, and nothing else is left."""
    story = told(case)

    (outcome,) = story.first["outcomes"]
    assert outcome["status"] == "done"
    assert story.after.bill == (1, 1, 50)
    target = story.folder / "out" / "out.mp4"
    assert Path(outcome["path"]) == target
    assert_is_whole(target, 2.0)
    assert {*story.end.files} == {*KEPT, "out/out.mp4"}
    assert (story.end.row["phase"], story.end.row["ended"]) == ("fetched", "done")
    assert (story.end.row["wish"], story.end.row["before"]) == (None, None)


@pytest.mark.parametrize("case", [Case(point, "cancel") for point in LATER], ids=str)
def test_a_run_that_ended_with_its_client_is_told_of(told: Told, case: Case) -> None:
    """The outcome has a name and its error a type; nothing was run or rendered twice."""
    story = told(case)

    (outcome,) = story.first["outcomes"]
    runs, renders, _ = story.end.bill
    assert runs <= 1
    assert renders <= 1
    assert outcome["status"] in {"done", "not_landed", "ambiguous", "not_started", "failed"}
    if outcome["status"] == "done":
        assert runs == renders == 1
        assert_is_whole(story.folder / "out" / "out.mp4", outcome["duration"])
        assert {*story.end.files} == {*KEPT, "out/out.mp4"}
    else:
        assert "NemoVideoError" in outcome["error"]
        assert renders == 0
        assert {*story.end.files} == KEPT


@pytest.mark.parametrize(
    "case", [Case(point, "cancel") for point in ("request body", "first event", "tool")], ids=str
)
def test_a_run_really_was_abandoned(told: Told, case: Case) -> None:
    """The service saw its client leave in the middle, and ended the run without a charge."""
    story = told(case)

    assert story.abandoned == 1
    assert story.end.bill[2] == 0


@pytest.mark.parametrize("case", [Case("claimed", mode) for mode in get_args(Mode)], ids=str)
def test_a_message_that_never_left_is_told_to_have_done_nothing(told: Told, case: Case) -> None:
    """The right to send was taken and not used: nobody takes it again, and it may be repeated."""
    story = told(case)

    (outcome,) = story.first["outcomes"]
    assert (outcome["status"], outcome["delivered"]) == ("not_landed", "no")
    assert "StreamInterruptedError" in outcome["error"]
    assert story.end.bill == (0, 0, 0)
    assert story.end.row["ended"] == "not landed"


@pytest.mark.parametrize("case", IN_MEMORY, ids=str)
def test_photos_that_were_only_in_memory_start_nothing(told: Told, case: Case) -> None:
    """What cannot be sent again is told not to have been started."""
    story = told(case)

    (outcome,) = story.first["outcomes"]
    assert outcome["status"] == "not_started"
    assert "ConfigurationError" in outcome["error"]
    assert story.end.bill == (0, 0, 0)
    assert story.end.row["ended"] == "not started"
    assert {*story.end.files} == KEPT


@pytest.mark.parametrize("case", [*CASES, *IN_MEMORY], ids=str)
def test_to_recover_again_changes_nothing(told: Told, case: Case) -> None:
    """The second recovery finds nothing to do: no job, no cost, no file is touched."""
    story = told(case)

    assert story.second == {"outcomes": [], "open": 0}
    assert story.first["open"] == 0
    assert story.end == story.after


@pytest.mark.parametrize(
    ("point", "locks"),
    [("session", "kept"), ("intent", "kept"), ("last upload", "impossible")],
)
def test_of_two_that_recover_at_once_one_sends(
    point: str, locks: str, tmp_path: Path, home: Path
) -> None:
    """Two processes want the same planned job: one makes it, also where there can be no locks."""
    folder, inherited = tmp_path / "killed", environment(home)
    with serving(Emulator(render_scale=1 / 16, silent=0, credits=500)) as service:
        killed(Case(point), service, folder, inherited)
        if locks == "impossible":
            place = folder / "state" / "jobs.sqlite3.locks"
            for left in place.glob("*"):
                left.unlink()
            place.rmdir()
            place.touch()
            service.faults.delay_answer(0.5, "POST /api/tasks/")
            service.faults.delay_answer(1.5, "POST /run_sse")
        with (
            recovering(service, folder, inherited) as one,
            recovering(service, folder, inherited) as other,
        ):
            order(one)
            order(other)
            outcomes = [*said(one)["outcomes"], *said(other)["outcomes"]]
        end = scene(service, folder)

    assert [outcome["status"] for outcome in outcomes].count("done") == 1
    assert end.bill == (1, 1, 50)
    assert end.row["ended"] == "done"
    assert_is_whole(folder / "out" / "out.mp4", 2.0)
    if locks == "kept":
        assert len(outcomes) == 1
        assert {*end.files} == {*KEPT, "out/out.mp4"}


def test_the_ledger_is_for_its_owner_and_names_no_token(told: Told) -> None:
    """What a killed program leaves can be read by nobody else, and its token is nowhere in it."""
    state = told(Case("render order")).folder / "state"
    (kept,) = json.loads((state / "tokens.json").read_text()).values()

    books = (state / "jobs.sqlite3").read_bytes()

    assert kept["token"].encode() not in books
    assert PROMPT.encode() not in books
    assert stat.S_IMODE((state / "jobs.sqlite3").stat().st_mode) == 0o600
