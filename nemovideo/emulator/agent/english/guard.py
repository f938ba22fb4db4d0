"""Which English words put a wish in doubt."""

import re
from typing import Final

from nemovideo.emulator.agent.english.places import NTH, ONE
from nemovideo.emulator.agent.english.sound import MOOD
from nemovideo.emulator.agent.guards import Guard
from nemovideo.emulator.agent.phrases import QUOTE
from nemovideo.emulator.agent.quantities import EN_SPAN

__all__ = ["BREAKS", "GUARD"]

BREAKS: Final = re.compile(
    r"[,.;!?:()\n]+|\b(?:and|then|but|also|plus|with|while)\b", re.IGNORECASE
)
"""Where one clause ends and the next begins."""

_BARE: Final = re.compile(
    rf"{EN_SPAN}|{QUOTE}|{MOOD}|(?:half|twice|three\s+times)\s+as\s+long"
    r"|portrait|landscape|square|story|stories|reels?|youtube|tiktok|shorts"
    rf"|(?:add|put|write|show)\s+{QUOTE}"
    rf"|{ONE}\s+(?:(?:right\s+)?(?:before|after|behind)\s+{ONE}|(?:(?:at|in)\s+)?(?:the\s+)?(?:very\s+)?(?:start|beginning|front|end|{NTH}))",
    re.IGNORECASE,
)

_NOT = (
    r"\b(?:do\s+not|not|never|no|nor|neither|without|avoid|stop|hate|dislike|undo|except"
    r"|don'?t|doesn'?t|didn'?t|isn'?t|aren'?t|wasn'?t|shouldn'?t|won'?t|can'?t|cannot|wouldn'?t)\b"
)
_ASKED = (
    r"^[\s\x01]*(?:so\s+)?(?:why|who|whose|where|which|how(?!\s+about)|what(?!\s+(?:about|i\s+want))"
    r"|(?:is|are|was|were|does|did|do|has|have|should|will|would)\s*"
    r"(?:\x01|\b(?:it|this|that|the|there|they|my|i)\b(?!\s+possible)))"
    r"|^[\s\x01]*(?:do|did|will|have|are)\s+you\b|^[\s\x01]*you\s+(?:\w+ed|have|did|made|forgot)\b"
    r"|\x01\s*or\s*\x01|\b(?:export|send|download|tell|explain|describe|remember|love|prefer|compare"
    r"|questions?|faster|slower|quicker|longer|shorter|bigger|smaller|louder|quieter|forget|dislike|asked|said(?!\s*\x01)|wonder|think|hope|guess)\b"
)
_PART = (
    r"\b(?:at|in|on|after|before|during|until|till|from|near|over|between|for|only|except|since)\s+"
    r"(?:(?:the|its|very|a)\s+){0,2}"
    r"(?:end(?:ing)?|beginning|start|middle|first|second|last|final|half|intro|outro|chorus)\b"
    r"|^[\s\x01]*(?:(?:so|only|just)\s+)?(?:the\s+)?(?:end(?:ing)?|beginning|intro|outro)\b|\bwhen(?:ever)?\b"
    r"|\b(?:yesterday|ago|took|was|were|sat|stood|waited|lasted|last\s+(?:week|month|year|night))\b"
    rf"|\b(?:for|after|within|every|at|until)\s+(?:the\s+|about\s+){{0,8}}{EN_SPAN}"
    r"|\b(?:after|before|until|except|only|halfway|sometimes|every\s+other|half\s+of)\b"
)

GUARD: Final = Guard(
    breaks=BREAKS,
    turning=re.compile(_NOT, re.IGNORECASE),
    doubting=re.compile(rf"{_ASKED}|{ONE}|{_PART}", re.IGNORECASE | re.ASCII),
    supposing=re.compile(
        r"\b(?:if|unless|when(?:ever)?|suppose|in\s+case)\b"
        r"|\b(?:two|both|three|\d|multiple|several)\s+(?:versions|copies|formats|videos)\b",
        re.IGNORECASE,
    ),
    bare=_BARE,
)
"""What puts a clause in doubt when no phrase has understood it."""
