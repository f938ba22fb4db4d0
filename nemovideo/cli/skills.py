"""The command `skill`: the skills that are built in, as pages for chat agents."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from nemovideo.cli.options import AsJson
from nemovideo.cli.telling import say, say_json
from nemovideo.errors import ConfigurationError
from nemovideo.skills import Skill
from nemovideo.skills.front_matter import front_matter
from nemovideo.skills.page import page

__all__ = ["skill"]

skill = App(
    name="skill",
    help="List the built-in skills, show one, or install one for a chat agent.",
    help_format="plaintext",
)


@skill.command(name="list")
def list_(*, json_output: AsJson = False) -> None:
    """List the skills that are built in.

    Args:
        json_output: Print one JSON object.
    """
    known = [Skill.builtin(name) for name in Skill.names()]
    if json_output:
        say_json({"skills": [{"name": one.name, "promise": one.promise} for one in known]})
        return
    width = max(len(one.name) for one in known)
    for one in known:
        say(f"{one.name:{width}}  {one.promise}")


@skill.command
def show(name: str, /, *, language: str = "en", json_output: AsJson = False) -> None:
    """Show what a skill says.

    Args:
        name: Its name, or the path of a SKILL.md or its folder.
        language: en or zh.
        json_output: Print one JSON object.
    """
    found = Skill.load(name) if Path(name).exists() else Skill.builtin(name)
    found = found.spoken(language)
    facts = {
        "name": found.name,
        "version": found.version,
        "platform": found.platform,
        "promise": found.promise,
        "greeting": found.greeting,
        "try": list(found.examples),
        "wish": found.wish,
        "advice": found.advice,
    }
    if json_output:
        say_json(facts)
        return
    for fact, value in facts.items():
        for line in value if isinstance(value, list) else [value]:
            say(f"{fact:8}  {line}")


@skill.command
def install(
    name: str, /, *, to: Annotated[Path, Parameter(name="--to")], json_output: AsJson = False
) -> None:
    """Write the SKILL.md of a skill, which has a chat agent drive this command line.

    Args:
        name: The name of a built-in skill.
        to: The folder of the agent's skills, such as ~/.cursor/skills; the page goes into a
            folder of its own in it, and replaces only a page that was made here.
        json_output: Print one JSON object.
    """
    chosen = Skill.builtin(name)
    folder = to.expanduser().absolute() / chosen.name
    target = folder / "SKILL.md"
    if not _is_ours(target):
        raise ConfigurationError(f"{target} was not made here.", hint="Remove it first.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target.write_text(page(chosen, str(folder)), "utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"{target} cannot be written ({error.strerror}).", hint="Give another folder."
        ) from error
    if json_output:
        say_json({"path": str(target)})
    else:
        say(str(target))


def _is_ours(target: Path) -> bool:
    """Tell whether nothing is lost when a page is written there."""
    try:
        text = target.read_text("utf-8", "replace")
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return front_matter(text).get("made-by") == "nemovideo"
