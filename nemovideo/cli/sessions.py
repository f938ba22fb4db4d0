"""Commands about the session that was worked in last: `chat`, `status` and `credits`."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.console import Console
from rich.text import Text

from nemovideo.cli.display import showing
from nemovideo.cli.jobs import as_line, facts
from nemovideo.cli.opening import known_project, opened
from nemovideo.cli.options import AsJson, Offline, OfSession, OfSkill, WithinBudget
from nemovideo.cli.telling import Transcript, remark, remark_cost, say, say_json
from nemovideo.cli.timeline import NARROWEST, lines
from nemovideo.draft import Draft
from nemovideo.draft.chart import chart
from nemovideo.errors import InputError
from nemovideo.events import ProjectEvent, TextDelta, TextDone
from nemovideo.figures import in_figures
from nemovideo.models import Reply

if TYPE_CHECKING:
    from nemovideo import NemoVideo, Project, ProjectStream

__all__ = ["balance", "chat", "status"]


async def chat(
    text: str,
    /,
    *,
    add: Annotated[
        Sequence[Path], Parameter(consume_multiple=True, negative="", show_default=False)
    ] = (),
    new: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    language: str | None = None,
    budget: WithinBudget = None,
    session: OfSession = None,
    skill: OfSkill = None,
    emulator: Offline = False,
    json_output: AsJson = False,
) -> None:
    """Ask the agent for something in the last session, and follow its answer.

    Args:
        text: The wish in words.
        add: Photos, clips or sounds to upload before; behind a text that says where they go.
        new: Begin a new session.
        language: What the agent speaks in a new session, such as en, zh-CN or ja.
        budget: Credits that it may cost; about 50 are needed for the first edit of a session.
        session: The id of another session.
        skill: On whose behalf: a skill's name, or where its SKILL.md is.
        emulator: Work offline, with what earlier calls left.
        json_output: Print one JSON object and nothing else.
    """
    _check(text, session, language, budget, new=new)
    async with opened(emulator=emulator, skill=skill) as nemo:
        project = await (
            _begun(nemo, language, quiet=json_output)
            if new
            else known_project(nemo, session, emulator=emulator)
        )
        if add:
            with showing(Console(stderr=True), quiet=json_output) as show:
                await project.add(*add, on_progress=show)
        async with project.stream(text, budget=budget) as events:
            await _follow(events, quiet=json_output)
    if json_output:
        say_json(_answer(project, events))
    else:
        _say_changes(events.reply)
        remark_cost(events.reply.cost)


async def status(
    *,
    svg: Annotated[Path | None, Parameter(name="--svg")] = None,
    session: OfSession = None,
    skill: OfSkill = None,
    emulator: Offline = False,
    json_output: AsJson = False,
) -> None:
    """Show the timeline of the last session, and what is not finished.

    Args:
        svg: A file to write a picture of the timeline to; its folder must exist.
        session: The id of another session.
        skill: On whose behalf: a skill's name, or where its SKILL.md is.
        emulator: Work offline, with what earlier calls left.
        json_output: Print one JSON object.
    """
    if svg is not None:
        _check_place(svg)
    async with opened(emulator=emulator, skill=skill) as nemo:
        project = await known_project(nemo, session, emulator=emulator)
        timeline = await project.timeline() or Draft()
        jobs = await nemo.jobs.list()
    if svg is not None:
        _write(svg, timeline.to_svg())
    known = project.session.session_id
    if json_output:
        found = {"session_id": known, "timeline": str(timeline)}
        drawn = {} if svg is None else {"svg": str(svg.absolute())}
        length = timeline.length_ms / 1000
        say_json({**found, "duration": length, "jobs": [*map(facts, jobs)], **drawn})
        return
    say(f"Session {known}")
    _show(timeline)
    for line in (*map(as_line, jobs), *([] if svg is None else [str(svg)])):
        say(line)


def _check_place(svg: Path) -> None:
    """Refuse what cannot be meant: a photo in the place of the picture would be lost."""
    from nemovideo.net.files import check_target

    if svg.suffix.lower() != ".svg":
        raise InputError(f"{svg} is no name for a picture.", hint="Let it end in .svg.")
    check_target(svg)


def _write(target: Path, content: str) -> None:
    """Write a file; one that is there is replaced only when the new one is whole."""
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_text(content, "utf-8")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _show(timeline: Draft) -> None:
    """Draw the timeline on a terminal that is wide enough and has the letters; else tell it."""
    console = Console()
    few_colours = console.color_system == "standard"
    drawn = [*lines(chart(timeline, "en"), console.width, few_colours=few_colours)]
    if not console.is_terminal or console.width < NARROWEST or not _has_letters(console, drawn):
        say(str(timeline))
        return
    for line in drawn:
        console.print(line, soft_wrap=True)


def _has_letters(console: Console, drawn: Iterable[Text]) -> bool:
    try:
        "".join(line.plain for line in drawn).encode(console.encoding)
    except UnicodeEncodeError:
        return False
    return True


async def balance(
    *, skill: OfSkill = None, emulator: Offline = False, json_output: AsJson = False
) -> None:
    """Show the credits of the account.

    Args:
        skill: On whose behalf: a skill's name, or where its SKILL.md is.
        emulator: Work offline, with what earlier calls left.
        json_output: Print one JSON object.
    """
    async with opened(emulator=emulator, skill=skill) as nemo:
        found = await nemo.credits.balance()
    if json_output:
        say_json({"available": found.available, "frozen": found.frozen, "total": found.total})
    else:
        free, reserved = in_figures(found.available), in_figures(found.frozen)
        say(f"{free} credits available, {reserved} reserved")


def _check(
    text: str, session: str | None, language: str | None, budget: float | None, *, new: bool
) -> None:
    """Refuse what cannot be meant before a session is begun or a file is sent."""
    from nemovideo.net.sending import require_words
    from nemovideo.workflows.budget import require_credits

    require_words(text)
    if new and session:
        raise InputError("--new and --session exclude each other.", hint="Give one of them.")
    if language and not new:
        raise InputError("A session keeps its language.", hint="Give --language with --new.")
    require_credits(budget)


async def _begun(nemo: "NemoVideo", language: str | None, *, quiet: bool) -> "Project":
    """Name the new session: the ledger hears of it only with its first message."""
    project = await nemo.projects.create(language=language)
    if not quiet:
        remark(f"Session {project.session.session_id}")
    return project


async def _follow(events: "ProjectStream", *, quiet: bool) -> None:
    transcript = Transcript()
    try:
        async for event in events:
            if not quiet:
                _tell(event, transcript)
    finally:
        transcript.end_block()


def _tell(event: ProjectEvent, transcript: Transcript) -> None:
    from nemovideo.workflows.speaking import passing

    match event:
        case TextDelta(text):
            transcript.add(text)
        case TextDone():
            transcript.end_block()
        case _ if said := passing(event):
            remark(said)


def _say_changes(reply: Reply) -> None:
    if reply.changes:
        say(f"Changed: {reply.summary}")
    elif not reply.text.strip():
        say("The agent said nothing and changed nothing.")


def _answer(project: "Project", events: "ProjectStream") -> dict[str, Any]:
    reply = events.reply
    return {
        "session_id": project.session.session_id,
        "text": reply.text,
        "changes": [*map(str, reply.changes)],
        "timeline": str(events.timeline or Draft()),
        "recovered": reply.recovered,
        "cost": reply.cost,
    }
