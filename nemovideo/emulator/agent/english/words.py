"""The fragments that English patterns are made of."""

import re
from collections.abc import Callable
from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.phrases import Hit, Phrase
from nemovideo.emulator.agent.quantities import EN_SPAN, span_en

__all__ = [
    "CLAUSE",
    "MUSIC",
    "NOT",
    "PHOTO",
    "SPAN",
    "VIDEO",
    "beyond",
    "phrase",
    "span",
]

PHOTO: Final = (
    r"(?:photo(?:graph)?s?|pictures?|images?|pics?|slides?|shots?|clips?|frames?|snaps(?:hots?)?)\b"
)
VIDEO: Final = (
    r"(?:slide?s?[\s-]?shows?|videos?|vids?|movies?|films?|montages?|reels?|vlogs?|mp4|clip|short"
    r"|story)\b"
)
MUSIC: Final = r"(?:(?:back)?ground\s+)?(?:music|soundtrack|bgm|songs?|tunes?|melody)\b"
SPAN: Final = rf"(?P<span>{EN_SPAN})"
NOT: Final = (
    r"(?:\bno|\bwithout|\bw/o|\bremove|\bdelete|\bdrop|\blose|\bget rid of|\btake (?:away|off|out)"
    r"|\bcut out|\bskip|\bkill|\bstop|\bmute|\bditch|\bscrap|\btoss|\bturn off|\bsilence|\bhide"
    r"|\bno need for"
    r"|\b(?:do not|don't|dont)\s+(?:add|want|use|need|include|show|put|play|have))\b"
    r"(?:\s+(?:the|any|a|an|all|that|this|more|its)\b){0,4}\s+"
)
CLAUSE: Final = r"(?:(?!\b(?:but|and|then)\b)[^,.;!?\n])*"


def phrase(pattern: str, build: Callable[[Hit], w.Wish | tuple[w.Wish, ...] | None]) -> Phrase:
    """Return a phrase whose pattern ignores case and takes only ASCII letters for words."""
    return Phrase(re.compile(pattern, re.IGNORECASE | re.ASCII), build)


def beyond(pattern: str, kind: str) -> Phrase:
    """Return a phrase for something that this agent cannot do."""
    return phrase(pattern, lambda hit: w.Cannot(kind, " ".join(hit.group().split())))


def span(hit: Hit) -> int:
    """Return the milliseconds of a match of `SPAN`."""
    groups = hit.groupdict()
    return span_en(groups["span"] or groups["of"])
