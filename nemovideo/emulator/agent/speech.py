"""What the agent says: what was done, what was not, in the language of the message."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nemovideo.emulator.agent import canvas, timeline
from nemovideo.emulator.agent.editor import Edit
from nemovideo.emulator.agent.sentences import GUI, GUI_AFTER, SENTENCES
from nemovideo.emulator.agent.steps import Problem, Step
from nemovideo.emulator.agent.timeline import Json

__all__ = ["closing", "opening", "seconds"]

_NAMED: Final = ("motion", "position")
"""What a timeline says with names that are no words."""


def opening(edit: Edit, language: str) -> str:
    """Return what the agent says before it begins; empty when it does nothing."""
    if not edit.steps:
        return ""
    first = edit.steps[0]
    if first.tool != "create_timeline":
        return SENTENCES[language]["opening_edit"]
    key = "opening_create_one" if first.facts["photos"] == 1 else "opening_create"
    return SENTENCES[language][key].format_map(first.facts)


def closing(edit: Edit, unread: Sequence[str], language: str) -> str:
    """Return what the agent says at the end: all that was done, and all that was not.

    After some edits that went well it speaks as if there were a screen to click on, in a
    sentence of its own.
    """
    told = [_step(step, language) for step in _worth_telling(edit.steps, edit.draft)]
    # A wish that was read only in part cannot be said to be met already.
    problems = [one for one in edit.problems if not (unread and one.kind == "already")]
    told += [_problem(problem, language) for problem in problems]
    table = SENTENCES[language]
    if unread:
        told.append(table["unread"].format(words="; ".join(unread)))
    if not edit.steps and not problems:
        told.append(table["nothing"])
    if edit.steps and not edit.problems and not unread:
        told += _gui(edit.steps[-1].tool, edit.steps[0].tool, language)
    return ("" if language == "zh" else " ").join(told)


def _gui(last: str, first: str, language: str) -> list[str]:
    said = GUI_AFTER.get("create_timeline" if first == "create_timeline" else last)
    return [GUI[language][said]] if said else []


def seconds(ms: int) -> str:
    """Return milliseconds as seconds, without needless zeros."""
    return f"{ms / 1000:.2f}".rstrip("0").rstrip(".")


def _worth_telling(steps: Sequence[Step], draft: Json | None) -> Sequence[Step]:
    """A new timeline is told once, as it is in the end; the steps to it are not."""
    if not steps or steps[0].tool != "create_timeline" or draft is None:
        return steps
    return [Step(steps[0].tool, steps[0].facts, draft)]


def _step(step: Step, language: str) -> str:
    table, facts = SENTENCES[language], _facts(step, language)
    return table[step.tool].format_map(facts)


def _facts(step: Step, language: str) -> dict[str, Any]:
    table, draft = SENTENCES[language], step.draft
    sound, title = (timeline.segment(draft, lane) for lane in (timeline.MUSIC, timeline.TITLE))
    facts: dict[str, Any] = {
        "pictures": _pictures(step.facts, language),
        "total": seconds(draft["d"]),
        "ratio": canvas.spoken(draft),
        "style": table[f"style_{timeline.style(draft)['kind']}"],
        "music": table["no_music_now"],
        "title": table["no_title_now"],
        "seconds": seconds(step.facts.get("ms", 0)),
    }
    if sound is not None:
        facts |= {"name": sound["m"]["name"], "percent": round(sound["m"]["volume"] * 100)}
        facts["music"] = table["music"].format_map(facts)
    captions = len(timeline.lane(draft, timeline.CAPTIONS))
    if title is not None:
        facts["title"] = table["title"].format(text=title["m"]["text"])
    if captions:
        facts["title"] += table["captions_too"].format(captions=captions)
    named = {one: table[f"{one}_{step.facts[one]}"] for one in _NAMED if one in step.facts}
    return facts | step.facts | named


def _problem(problem: Problem, language: str) -> str:
    facts = problem.facts | {
        "pictures": _pictures(problem.facts, language),
        "seconds": seconds(problem.facts.get("ms", 0)),
    }
    return SENTENCES[language][problem.kind].format_map(facts)


def _pictures(facts: Mapping[str, Any], language: str) -> str:
    count = facts.get("photos", 0)
    return SENTENCES[language]["one_picture" if count == 1 else "pictures"].format(photos=count)
