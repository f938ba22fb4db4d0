"""What English asks to leave alone, and what it asks for in vain."""

import re
from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.english.words import CLAUSE, MUSIC, SPAN, VIDEO, beyond, phrase
from nemovideo.emulator.agent.phrases import NAME, QUOTE, Hit, Phrase, always

__all__ = ["LATER", "LIMITS"]

_KEPT = (
    r"(?:rest|others?|everything(?:\s+else)?|it|music|title|captions|order|photos?|pictures?|transitions?"
    r"|format|length|duration|timing|volume)"
)
_AS_IT_IS = (
    r"(?:\s+(?:the same|as (?:it|they) (?:is|are|was|were)|as is|unchanged|alone|there))?"
    r"(?=\s*(?:$|[,.;!?\n]|\b(?:but|and)\b))"
)
_EFFECT = (
    r"(?:black[\s-]and[\s-]white|sepia|gr[ae]yscale|slow[\s-]motion|slow-mo|vintage"
    r"|(?:with\s+|add\s+)?(?:an?\s+)?(?:[\w-]{1,24}\s+)?filters?|blurr?ed|blur|brighter|darker"
    r"|more\s+colou?rful)\b"
)
_SHOP = r"(?:youtube|spotify|soundcloud|apple\s+music)\b"

_SHAPE = r"(?:16:9|9:16|1:1|landscape|portrait|vertical|horizontal|square)"

_LETTERING = (
    r"(?:bigger|larger|smaller|bold(?:er)?|italics?|underlined?|uppercase|lowercase|caps"
    r"|capitals?|colou?r|font|red|blue|green|yellow|white|black|pink|purple|orange|gold)\b"
)
_OFFER = (
    r"\b(?:if\s+(?:possible|you\s+(?:can|could|like|want|please|would|don'?t\s+mind))"
    r"|is\s+it\s+possible\s+to)\b"
)

_NAMES = rf"{NAME}(?:(?:\s*,\s*{NAME}){{0,8}}\s*,?\s*(?:and|&)\s*{NAME})?"
_A_VIDEO: Final = re.compile(
    rf"(?<!\badd\s)(?<!\binsert\s)(?<!\binclude\s)\ban?\b[^,.;:!?\n]{{0,40}}\b{VIDEO}\s+\Z",
    re.IGNORECASE | re.ASCII,
)


def _shown(hit: Hit) -> w.Wish | None:
    """What a new video is said to show is in the photos; of one that is there, it is a part."""
    before = hit.string[max(0, hit.start() - 60) : hit.start()]
    names = re.findall(NAME, hit["names"])
    return w.Count(len(names)) if _A_VIDEO.search(before) else None


LIMITS: Final[tuple[Phrase, ...]] = (
    phrase(_OFFER, always(w.Keep())),
    phrase(r"\b(?:what|how)\s+about\b", always(w.Keep())),
    beyond(
        rf"(?:\b(?:make|change|turn|set|use|put)\s+)?(?:\b(?:the|its|a|that)\s+)?"
        rf"\b(?:titles?|text|font|captions?)(?:'s)?(?:\s+(?:to|in|into|a|bit|the|larger|bigger|colou?r|font"
        rf"|size|be|is|should|much|all)\b){{0,8}}\s+{_LETTERING}",
        "cannot_lettering",
    ),
    beyond(
        r"\b(?:change|use|set|pick)\s+(?:(?:the|another|an?|a\s+different)\s+)?fonts?\b",
        "cannot_lettering",
    ),
    beyond(rf"\btranslate\b{CLAUSE}", "cannot_lettering"),
    beyond(
        rf"\b(?:cut|trim|remove|drop|skip|delete|lose|chop)\s+(?:off\s+|out\s+)?(?:the\s+)?"
        rf"(?:first|last|final|opening|closing)\s+{SPAN}(?:\s+of\s+(?:it|the\s+\w+))?",
        "cannot_part",
    ),
    # "vertical not square": what is refused after a choice asks for nothing more.
    phrase(
        rf"(?:(?<=cal)|(?<=ait)|(?<=ape)|(?<=are)|(?<=tal)|(?<=:\d)|(?<=:\d\d))\s*,?\s*(?:and\s+)?not\s+(?:in\s+)?{_SHAPE}\b",
        always(w.Keep()),
    ),
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
    beyond(
        r"\b(?:auto(?:matic(?:ally)?)?|generated?|closed|spoken|speech)[\s-]+(?:generated?\s+)?"
        r"(?:add\s+)?(?:captions?|subtitles?)\b(?:\s+please\b)?"
        r"|\b(?:(?:add|put|make|generate|write)\s+)?(?:the\s+)?(?:captions?|subtitles?)\s+(?:of|for|from)\s+"
        rf"(?:what|the\s+(?:speech|speaker|audio|voice|words)|every\s+word)\b{CLAUSE}",
        "cannot_captions",
    ),
    beyond(
        rf"(?:\b(?:add|use|play|set|change|put)\s+)?(?:\b(?:the|a|my)\s+)?\b{MUSIC}\s*"
        rf"(?:(?:\b(?:to|is|be|by|called|named|like)\b|:)\s*)?{QUOTE}",
        "cannot_song",
    ),
    beyond(
        rf"\b(?:add\s+)?(?:the\s+|a\s+)?(?:{MUSIC})\s+(?:by(?!\s*\d)|called)\s+{CLAUSE}",
        "cannot_song",
    ),
    phrase(
        rf"\bwithout\s+(?:changing|touching|altering|moving|removing|losing|cutting)\b{CLAUSE}",
        always(w.Keep()),
    ),
    phrase(
        r"\b(?:do not|don't|dont|never)\s+(?:change|touch|alter|modify|move|reverse|remove|delete"
        rf"|shorten|lengthen|crop|trim|cut)\b{CLAUSE}",
        always(w.Keep()),
    ),
    phrase(
        rf"\b(?:keep|leave)\s+(?:(?:the|all|my|your)\s+){{0,8}}{_KEPT}{_AS_IT_IS}", always(w.Keep())
    ),
    beyond(
        r"\b(?:(?:add|with|include|record|use)\s+)?(?:an?\s+|some\s+)?(?:ai\s+)?"
        r"(?:voice[\s-]?overs?|narrat(?:ion|or|e)|speech|spoken\s+words)\b",
        "cannot_voice",
    ),
    beyond(r"\b(?:4:3|3:4|4:5|5:4|3:2|2:3|2:1|21:9)\b", "cannot_ratio"),
    beyond(
        r"\b(?:in\s+)?(?:4k|8k|2k|2160p|1440p|480p|360p|(?:ultra\s+|u)hd|hdr"
        r"|(?!(?:24|25|30|50|60)\s?(?:fps|frames))\d{1,4}\s?(?:fps|frames\s+(?:a|per)\s+second))\b",
        "cannot_quality",
    ),
    beyond(rf"\b(?:(?:make|turn)\s+(?:it|them|the\s+\w+)\s+)?(?:in\s+)?{_EFFECT}", "cannot_effect"),
    beyond(
        r"\b(?:wipe|slide|spin|glitch|star|page[\s-]?turn|push|swipe|flip)(?:[\s-]?in)?\s+"
        r"(?:transitions?|effects?)\b",
        "cannot_transition",
    ),
    phrase(rf"\b(?:of|about)\s+(?P<names>{_NAMES})", _shown),
    beyond(
        rf"\b(?:videos?|clips?|movie|film|animation)\s+of\s+(?!(?:my|these|the|our|this|those|all)\b|\w+\s+photos){CLAUSE}",
        "cannot_generate",
    ),
)

LATER: Final[tuple[Phrase, ...]] = (
    beyond(
        r"\b(?:(?:add|with|include|use|want|make)\s+)?(?:(?:some|an?|the|my)\s+)?"
        r"(?:subtitles?|captions?|captioned)\b",
        "cannot_captions",
    ),
)
"""What is beyond the agent when no other phrase makes sense of it."""
