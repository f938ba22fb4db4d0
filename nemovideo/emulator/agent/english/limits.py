"""What English asks to leave alone, and what it asks for in vain."""

from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.english.words import CLAUSE, MUSIC, beyond, phrase
from nemovideo.emulator.agent.phrases import Phrase, always

__all__ = ["LIMITS"]

_KEPT = (
    r"(?:rest|others?|everything(?:\s+else)?|it|music|title|order|photos?|pictures?|transitions?"
    r"|format|length|duration|timing|volume)"
)
_AS_IT_IS = (
    r"(?:\s+(?:the same|as (?:it|they) (?:is|are|was|were)|as is|unchanged|alone|there))?"
    r"(?=\s*(?:$|[,.;!?\n]|\b(?:but|and)\b))"
)
_EFFECT = (
    r"(?:black[\s-]and[\s-]white|sepia|gr[ae]yscale|slow[\s-]motion|slow-mo|vintage"
    r"|(?:with\s+|add\s+)?(?:an?\s+)?(?:[\w-]+\s+)?filters?|blurr?(?:ed|y)?|brighter|darker"
    r"|more\s+colou?rful)\b"
)
_SHOP = r"(?:youtube|spotify|soundcloud|apple\s+music)\b"

_SHAPE = r"(?:16:9|9:16|1:1|landscape|portrait|vertical|horizontal|square)"

LIMITS: Final[tuple[Phrase, ...]] = (
    phrase(
        r"\binstead\s+of\s+(?:(?:the|an?)\s+)?[\w:-]+"
        r"(?:\s+(?:seconds?|music|transitions?|cuts?|format|one)\b)?",
        always(w.Keep()),
    ),
    phrase(rf"\bfrom\s+{_SHAPE}(?=\s+to\b)", always(w.Keep())),
    beyond(
        rf"(?:\b(?:with|use|add|put)\s+)?(?:\b(?:the|this|a|my)\s+)?(?:\b{MUSIC}\s+)?"
        rf"(?:(?:from|at|on|off)\s+)?(?:https?://\S+|\b(?:from|off|on)\s+(?:my\s+)?{_SHOP}"
        rf"|\b{_SHOP}\s+(?:link|song|music|track|url)\b)",
        "cannot_link",
    ),
    beyond(rf"\b(?:add\s+)?(?:the\s+|a\s+)?(?:{MUSIC})\s+(?:by|called)\s+{CLAUSE}", "cannot_song"),
    phrase(
        r"\b(?:do not|don't|dont|never)\s+(?:change|touch|alter|modify|move|reverse|remove|delete"
        rf"|shorten|lengthen|crop|trim|cut)\b{CLAUSE}",
        always(w.Keep()),
    ),
    phrase(rf"\b(?:keep|leave)\s+(?:(?:the|all|my|your)\s+)*{_KEPT}{_AS_IT_IS}", always(w.Keep())),
    beyond(
        r"\b(?:(?:add|with|include|record|use)\s+)?(?:an?\s+|some\s+)?(?:ai\s+)?"
        r"(?:voice[\s-]?overs?|narrat(?:ion|or|e)|speech|spoken\s+words)\b",
        "cannot_voice",
    ),
    beyond(r"\b(?:(?:add|with|include|use)\s+)?(?:subtitles|captions)\b", "cannot_captions"),
    beyond(r"\b(?:4:3|3:4|4:5|5:4|3:2|2:3|2:1|21:9)\b", "cannot_ratio"),
    beyond(r"\b(?:in\s+)?(?:4k|8k|2160p|1440p|60\s?fps|120\s?fps|hdr)\b", "cannot_quality"),
    beyond(rf"\b(?:(?:make|turn)\s+(?:it|them|the\s+\w+)\s+)?(?:in\s+)?{_EFFECT}", "cannot_effect"),
    beyond(
        r"\b(?:wipe|slide|spin|glitch|star|page[\s-]?turn|push|swipe|flip)(?:[\s-]?in)?\s+"
        r"(?:transitions?|effects?)\b",
        "cannot_transition",
    ),
    beyond(
        rf"\b(?:videos?|clips?|movie|film|animation)\s+of\s+(?!(?:my|these|the|our|this|those|all)\b|\w+\s+photos){CLAUSE}",
        "cannot_generate",
    ),
)
