"""How English speaks of titles, transitions, camera moves and the picture's shape."""

import re
from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.english.words import NOT, PHOTO, SPAN, phrase, span
from nemovideo.emulator.agent.phrases import QUOTE, Hit, Phrase, always

__all__ = ["SHAPES", "TITLES", "TITLE_LEAD", "TITLE_WORDS", "TRANSITIONS"]

_VERSION = r"(?:\s+(?:format|mode|orientation|version|aspect\s+ratio|ratio))?"
_INTO = r"(?:\b(?:in|to|for|as|into)\s+)?"
_FADES = r"(?:cross[\s-]?)?fad(?:es?|ing)|(?:cross[\s-]?)?dissolves?"
_SOFT = r"(?:smooth(?:er|ly)?|soft|gentle|nice|slow|elegant|seamless)"

TITLE_LEAD: Final = re.compile(
    r"(?:\btitled\s+|\btitle\s*[:=]\s*|\btitle\s+it\s+|\b(?:call|name|rename)\s+it\s+"
    r"|\btitle\s+(?:that\s+|which\s+)?(?:to|reads?|says?|should\s+be|should\s+read|saying|reading)\s+"
    r"|\b(?:video|slideshow|movie|film)\s+(?:called|named)\s+)(?P<text>[^,.;!?\n]+)",
    re.IGNORECASE,
)
"""What is followed by a title even without quotes."""

TITLE_WORDS: Final = (
    r"(?:(?:\b(?:change|set|rename|name|call|title|put|write|show|add|insert|use|give)\s+)?"
    r"(?:\b(?:the|an?|it|its|my|opening|main|new|big|short)\s+){0,4}"
    r"\b(?:titled?|heading|headline|text|called|named?|captioned|call|rename|saying|says|labell?ed)\b"
    r"(?:\s*(?:\b(?:it|the|a|is|to|as|of|that|says?|saying|reads?|reading|should|be|with|text"
    r"|words?|video|slideshow)\b|[:=-]))*\s*)"
)


def _position(hit: Hit) -> w.Wish:
    found = hit["position"].lower()
    return w.TitlePlace(found if found in {"top", "bottom"} else "center")


def _timed(hit: Hit) -> w.Wish | None:
    if span(hit) > 3000:
        return None
    return w.Transition(
        "crossfade" if re.search("fade|dissolve", hit.group(), re.IGNORECASE) else "", span(hit)
    )


def _zoom(hit: Hit) -> w.Wish:
    return w.Motion("zoom_out" if (hit["way"] or "").lower() == "out" else "zoom_in")


TITLES: Final[tuple[Phrase, ...]] = (
    phrase(
        rf"{NOT}(?:\w+\s+)?(?:titles?|heading|headline|text(?:\s+overlays?)?)\b(?:\s*{QUOTE})?",
        always(w.TitleOff()),
    ),
    phrase(
        r"(?:\b(?:put|move|place|show)\s+)?(?:\b(?:the\s+)?(?:title|text|it)\s+)?"
        r"\b(?:at|in|on|to|near)\s+the\s+(?P<position>top|bottom|cent(?:er|re)|middle)\b"
        r"(?:\s+of\s+the\s+(?:screen|frame|picture|video))?",
        _position,
    ),
    phrase(
        rf"\b(?:title|text|heading)\b[^,.;!?\n\ue000-\uf8ff]{{0,30}}?"
        rf"\b(?:for|last|stay|during)\s+(?:the\s+)?(?:first\s+)?{SPAN}(?:\s+long)?",
        lambda hit: w.TitleTime(span(hit)),
    ),
    phrase(
        rf"(?<={QUOTE})\s+(?:(?:shown|displayed|visible)\s+)?(?:for|during)\s+"
        rf"(?:the\s+)?(?:first\s+)?{SPAN}",
        lambda hit: w.TitleTime(span(hit)),
    ),
    phrase(
        rf"{TITLE_WORDS}?(?:\b(?:add|put|write|show)\s+)?(?P<quote>{QUOTE})"
        r"(?:\s+as\s+(?:the|a|its)\s+(?:title|heading))?",
        lambda hit: w.Title(hit["quote"]),
    ),
)

TRANSITIONS: Final[tuple[Phrase, ...]] = (
    phrase(
        rf"{NOT}(?:\w+\s+)?(?:transitions?|{_FADES})\b"
        r"|\b(?:hard|straight|simple|clean|jump|quick|sharp)\s+cuts?\b",
        always(w.Transition("cut")),
    ),
    phrase(
        rf"\b(?:{_SOFT}\s+)*(?:fad(?:es?|ing)|dip(?:s|ping)?|cut)[\s-]+"
        r"(?:through|to|via|from|into|in)[\s-]+black\b"
        r"|\bblack\s+(?:fades?|dips?|transitions?)\b|\bdip\s+transitions?\b",
        always(w.Transition("dip")),
    ),
    phrase(rf"{SPAN}[\s-]+(?:long\s+)?(?:{_SOFT}\s+)*(?:transitions?|{_FADES})\b", _timed),
    phrase(
        rf"\b(?:transitions?|{_FADES})(?:\s+(?:of|lasting|for|to|last|be|should|take|at))*\s+{SPAN}(?:\s+long)?",
        _timed,
    ),
    phrase(
        rf"\b(?:{_SOFT}\s+)*(?:{_FADES}(?!\s*(?:out|in)\b)|blend(?:s|ing)?)\b(?:\s+transitions?\b)?"
        r"(?:\s+(?:between|into)\s+(?:the\s+|each\s+)?\w+)?",
        always(w.Transition("crossfade")),
    ),
    phrase(
        rf"\b(?:{_SOFT}\s+)+transitions?\b|\bsmooth(?:er|ly)?\b", always(w.Transition("crossfade"))
    ),
    phrase(r"\btransitions?\b", always(w.Transition())),
    phrase(
        rf"{NOT}(?:camera\s+)?(?:zoom(?:ing|s)?|motion|movement|panning|pans?|ken\s+burns)\b"
        r"|\b(?:still|static)\s+(?:photos|pictures|images)\b",
        always(w.Motion("none")),
    ),
    phrase(
        r"\b(?:(?:slow|gent)ly?\s+)?zoom(?:s|ing)?(?:\s+(?P<way>in|out))?\b(?:\s+(?:slow|gent)ly)?",
        _zoom,
    ),
    phrase(
        r"\b(?:slow(?:ly)?\s+)?pan(?:s|ning)?\s+(?:to\s+the\s+)?(?P<way>left|right|up|down)\b",
        lambda hit: w.Motion(f"pan_{hit['way'].lower()}"),
    ),
    phrase(
        r"\bken\s+burns(?:\s+effect)?\b|\b(?:(?:gentle|slow|camera|some)\s+)+(?:motion|movement)\b",
        always(w.Motion("varied")),
    ),
)

SHAPES: Final[tuple[Phrase, ...]] = (
    phrase(
        rf"{_INTO}\b(?:9\s?[:x]\s?16|1080\s?x\s?1920|vertical(?:ly)?|portrait|tik\s?tok"
        r"|(?:instagram\s+)?(?:reels?|stories|story)|(?:youtube\s+)?shorts|upright)\b"
        rf"(?!\s+{PHOTO}){_VERSION}",
        always(w.Aspect("9:16")),
    ),
    phrase(
        rf"{_INTO}\b(?:1\s?[:x]\s?1|1080\s?x\s?1080|square|instagram\s+(?:post|feed))\b"
        rf"(?!\s+{PHOTO}){_VERSION}",
        always(w.Aspect("1:1")),
    ),
    phrase(
        rf"{_INTO}\b(?:16\s?[:x]\s?9|1920\s?x\s?1080|landscape|horizontal(?:ly)?|wide[\s-]?screen"
        rf"|youtube)\b(?!\s+{PHOTO}){_VERSION}",
        always(w.Aspect("16:9")),
    ),
)
