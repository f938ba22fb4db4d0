"""What to show of an answer while it comes."""

from collections.abc import Callable

import attrs

from nemovideo.events import ProjectEvent, StillWorking, TextDelta, TextDone, ToolCall
from nemovideo.models import Progress, Reply
from nemovideo.workflows.conversing import ProjectStream

__all__ = ["passing", "told"]


async def told(events: ProjectStream, report: Callable[[Progress], None]) -> Reply:
    """Read an answer to its end, and report what the agent says or does."""
    words = _Words()
    async for event in events:
        if said := words.of(event):
            report(Progress("agent", text=said))
    return events.reply


def passing(event: ProjectEvent) -> str:
    """Say in a line what goes on beside the agent's words; empty where nothing does."""
    match event:
        case ToolCall(name):
            return f"{name.replace('_', ' ')} .."
        case StillWorking(elapsed):
            return f"Still working after {elapsed:.0f} s .."
    return ""


@attrs.define
class _Words:
    """What to show of a stream: the sentence so far, or what the agent is at."""

    _sentence: str = ""

    def of(self, event: ProjectEvent) -> str:
        match event:
            case TextDelta(text):
                self._sentence = (self._sentence + text).rsplit("\n", 1)[-1]
                return self._sentence
            case TextDone() | ToolCall():
                self._sentence = ""
        return passing(event)
