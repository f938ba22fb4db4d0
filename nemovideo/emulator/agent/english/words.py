"""The fragments that English patterns are made of."""

import re
from collections.abc import Callable
from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.phrases import Hit, Phrase
from nemovideo.emulator.agent.quantities import EN_NUMBER, EN_ORDINAL, EN_SPAN, place_en, span_en

__all__ = [
    "CLAUSE",
    "MUSIC",
    "NOT",
    "PHOTO",
    "SPAN",
    "VIDEO",
    "WHICH",
    "beyond",
    "phrase",
    "place",
    "span",
]

PHOTO: Final = (
    r"(?:photo(?:graph)?s?|pictures?|images?|pics?|slides?|shots?|clips?|frames?|snaps(?:hots?)?)\b"
)
VIDEO: Final = (
    r"(?:slide[\s-]?shows?|videos?|movies?|films?|montages?|reels?|vlogs?|mp4|clip|short|story)\b"
)
MUSIC: Final = r"(?:(?:back)?ground\s+)?(?:music|soundtrack|bgm|songs?|tunes?|melody)\b"
WHICH: Final = (
    rf"(?:(?:the\s+)?(?:very\s+)?(?P<which>{EN_ORDINAL})\s+(?:{PHOTO}|one\b)"
    rf"|{PHOTO}\s+(?:number\s+|no\.?\s*|#\s*)?(?P<nth>{EN_NUMBER}))"
)
SPAN: Final = rf"(?P<span>{EN_SPAN})"
NOT: Final = (
    r"(?:\bno|\bwithout|\bremove|\bdelete|\bdrop|\blose|\bget rid of|\btake (?:away|off|out)"
    r"|\bcut out|\bskip|\bkill|\bstop|\bmute|\bturn off|\bsilence|\bhide"
    r"|\b(?:do not|don't|dont)\s+(?:add|want|use|need|include|show|put|play|have))\b"
    r"(?:\s+(?:the|any|a|an|all|that|this|more|its)\b){0,4}\s+"
)
CLAUSE: Final = r"(?:(?!\b(?:but|and|then)\b)[^,.;!?\n])*"


def phrase(pattern: str, build: Callable[[Hit], w.Wish | None]) -> Phrase:
    """Return a phrase whose pattern ignores case and takes only ASCII letters for words."""
    return Phrase(re.compile(pattern, re.IGNORECASE | re.ASCII), build)


def beyond(pattern: str, kind: str) -> Phrase:
    """Return a phrase for something that this agent cannot do."""
    return phrase(pattern, lambda hit: w.Cannot(kind, " ".join(hit.group().split())))


def place(hit: Hit) -> int:
    """Return the place that a match of `WHICH` names."""
    return place_en(hit["which"] or hit["nth"])


def span(hit: Hit) -> int:
    """Return the milliseconds of a match of `SPAN`."""
    return span_en(hit["span"])
