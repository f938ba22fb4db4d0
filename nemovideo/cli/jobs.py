"""The command about what is not finished: `jobs`."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.console import Console

from nemovideo.cli.display import showing
from nemovideo.cli.failures import as_json, exit_code, one_line
from nemovideo.cli.opening import ENDING, note_way_on, opened
from nemovideo.cli.options import AsJson, Offline, OfSkill, WithinBudget
from nemovideo.cli.telling import remark, say, say_json
from nemovideo.errors import InputError
from nemovideo.jobs import Job

if TYPE_CHECKING:
    from nemovideo import NemoVideo, Outcome

__all__ = ["as_line", "facts", "jobs"]

_UNITS = ((86_400, "days"), (3_600, "h"), (60, "min"), (1, "s"))


async def jobs(
    *,
    recover: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    folder: Path | None = None,
    budget: WithinBudget = None,
    ended: Annotated[bool, Parameter(name="--all", negative="", show_default=False)] = False,
    forget: str | None = None,
    skill: OfSkill = None,
    emulator: Offline = False,
    json_output: AsJson = False,
) -> int:
    """List what was begun and is not finished, or go on with it.

    Args:
        recover: Go on with all of it; nothing is paid for twice, what was not sent yet is paid.
        folder: Where recovered videos go, by default where each was to go.
        budget: Credits that a recovery may spend; about 50 are needed for each first edit.
        ended: List what has ended too.
        forget: The id of a job to strike out.
        skill: On whose behalf: a skill's name, or where its SKILL.md is.
        emulator: Work offline, with what earlier calls left.
        json_output: Print one JSON object and no progress.
    """
    _check(folder, budget, forget, recover=recover, ended=ended)
    async with opened(emulator=emulator, skill=skill, since=0) as nemo:
        if forget:
            await _forget(nemo, forget)
        if recover:
            outcomes = await _recover(nemo, folder, budget, quiet=json_output)
            if any(one.error for one in outcomes):
                await note_way_on(nemo, emulator=emulator, since=0)
            return _say_outcomes(outcomes, await nemo.jobs.list(), in_json=json_output)
        _say_jobs(nemo, await nemo.jobs.list(ended=ended), in_json=json_output)
    return 0


def as_line(job: Job) -> str:
    """Put a job into one line."""
    session = f"session {job.session_id}" if job.session_id else ""
    words = (job.job_id, job.kind, job.ended or job.phase, _ago(job.began), session, job.path)
    return "  ".join(filter(None, words))


def facts(job: Job) -> dict[str, Any]:
    """Put a job into JSON."""
    names = ("job_id", "kind", "phase", "session_id", "render_id", "path", "began", "ended")
    return {name: getattr(job, name) for name in names}


def _check(
    folder: Path | None, budget: float | None, forget: str | None, *, recover: bool, ended: bool
) -> None:
    if folder is not None and not recover:
        raise InputError("--folder is where recovered videos go.", hint="Give --recover with it.")
    if budget is not None and not recover:
        raise InputError("--budget is what a recovery may spend.", hint="Give --recover with it.")
    if recover + ended + (forget is not None) > 1:
        raise InputError("--recover, --all and --forget exclude each other.", hint="Give one.")


async def _forget(nemo: "NemoVideo", job_id: str) -> None:
    if job_id not in {job.job_id for job in await nemo.jobs.list(ended=True)}:
        raise InputError(f"There is no job {job_id}.", hint="See nemovideo jobs --all.")
    await nemo.jobs.forget(job_id)


async def _recover(
    nemo: "NemoVideo", folder: Path | None, budget: float | None, *, quiet: bool
) -> "Sequence[Outcome]":
    with showing(Console(stderr=True), quiet=quiet) as show:
        return await nemo.jobs.recover(folder, budget=budget, on_progress=show)


def _say_outcomes(
    outcomes: "Sequence[Outcome]", still_open: Sequence[Job], *, in_json: bool
) -> int:
    """Say how each ended; give the exit code of the first that failed."""
    code = next((exit_code(one.error) for one in outcomes if one.error), 0)
    if in_json:
        found = {"outcomes": [*map(_result, outcomes)], "exit_code": code}
        say_json({**found, **ENDING.get().facts()})
        return code
    for one in outcomes:
        say(f"{one.job_id}: {_words(one)}")
    if not outcomes:
        say("What is open cannot be gone on with now." if still_open else _NOTHING)
    return code


_NOTHING = "Nothing is open."


def _words(outcome: "Outcome") -> str:
    status = outcome.status.replace("_", " ")
    if outcome.error:
        return f"{status}: {one_line(outcome.error, job_id=outcome.job_id)}"
    video = outcome.video
    return f"{status}, {video.path} ({video.duration:.1f} s)" if video else status


def _result(outcome: "Outcome") -> dict[str, Any]:
    video, error = outcome.video, outcome.error
    return {
        "job_id": outcome.job_id,
        "status": outcome.status,
        "path": str(video.path.absolute()) if video else None,
        "cost": outcome.cost,
        **(as_json(error, job_id=outcome.job_id) if error else {}),
    }


def _say_jobs(nemo: "NemoVideo", found: Sequence[Job], *, in_json: bool) -> None:
    durable = nemo.jobs.durable
    if in_json:
        say_json({"durable": durable, "jobs": [*map(facts, found)]})
        return
    if not durable:
        remark("nemovideo: the ledger cannot be kept; what is begun ends with its command")
    for line in map(as_line, found):
        say(line)
    if not found:
        say(_NOTHING)


def _ago(moment: float) -> str:
    seconds = max(time.time() - moment, 0)
    size, unit = next((one for one in _UNITS if seconds >= 2 * one[0]), _UNITS[-1])
    return f"{seconds // size:.0f} {unit} ago"
