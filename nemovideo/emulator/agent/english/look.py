"""How English speaks of titles, transitions, camera moves and the picture's shape."""

import re
from collections.abc import Mapping
from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.english.words import NOT, PHOTO, SPAN, beyond, phrase, span
from nemovideo.emulator.agent.phrases import QUOTE, Hit, Phrase, always

__all__ = [
    "AND_THINGS",
    "NO_TITLE",
    "ORDERS",
    "SHAPES",
    "TITLES",
    "TITLE_LEAD",
    "TITLE_WORDS",
    "TRANSITIONS",
]

_VERSION = r"(?:\s+(?:format|mode|orientation|version|aspect\s+ratio|ratio))?"
_INTO = r"(?:\b(?:in|to|for|as|into)\s+)?"
_FADES = r"(?:cross[\s-]?)?fad(?:es?|ing)|(?:cross[\s-]?)?dissolves?"
_QUALITY = r"\b(?:\s+(?:quality|resolution|version)\b)?"
_SOFT = r"(?:smooth(?:er|ly)?|soft|gentle|nice|slow|elegant|seamless)"

TITLE_LEAD: Final = re.compile(
    r"(?:\btitled\s+|\btitle\s*[:=]\s*|\btitle\s+(?:on\s+)?it\s*:?\s+|\b(?:call|name|rename)\s+it\s+"
    r"|\btitle\s+(?:that\s+|which\s+)?(?:to|reads?|says?|should\s+be|should\s+read|saying|reading)\s+"
    r"|\b(?:video|slideshow|movie|film)\s+(?:called|named)\s+)(?P<text>[^,.;!?\n]+)",
    re.IGNORECASE,
)
"""What is followed by a title even without quotes."""

NO_TITLE: Final = re.compile(
    r"(?:(?:an?|the|be|all|in|something|bold|much)\s+){0,8}(?:at|in|on|for|bigger|larger|smaller|bold|italics?|caps"
    r"|uppercase|lowercase|red|blue|green|yellow|white|black|pink|purple|orange|gold|french|german"
    r"|spanish|chinese|english|japanese|(?:\w+\s+)?(?:fonts?|colou?rs?|size)|longer|shorter|else|different"
    r"|(?:top|bottom|middle|center|centre|start|end|beginning|side|left|right))\b"
    rf"|{SPAN}",
    re.IGNORECASE,
)
"""What no title without quotes is: a colour, a size, a language, a place, a time."""

ORDERS: Final = re.compile(
    r"\s+(?:and|then|but)\s+(?:then\s+|please\s+)?(?:make|add|set|use|put|remove|change|turn|cut|trim"
    r"|show|move|swap|delete|drop|reverse|keep|give|no|without|mute|lower|raise|don't|do\s+not)\b",
    re.IGNORECASE,
)
"""Where a title without quotes ends because another wish begins."""

TITLE_WORDS: Final = (
    r"(?:(?:\b(?:change|set|rename|name|call|title|put|write|show|add|insert|use|give)\s+)?"
    r"(?:\b(?:the|an?|it|its|my|opening|main|new|big|short)\s+){0,4}"
    r"\b(?:titled?|heading|headline|text|called|named?|call|rename|saying|says|labell?ed)\b"
    r"(?:\s*(?:\b(?:it|the|a|is|to|as|of|that|says?|saying|reads?|reading|should|be|with|text"
    r"|words?|video|slideshow)\b|[:=-])){0,8}\s*)"
)


def _position(hit: Hit) -> tuple[w.Wish, ...]:
    found = hit["position"].lower()
    place = w.TitlePlace(found if found in {"top", "bottom"} else "center")
    return (place, w.TitleTime(span(hit))) if hit["span"] else (place,)


def _tempo(hit: Hit) -> w.Wish:
    longer = hit["how"].lower() in {"longer", "slower", "softer", "smoother"}
    return w.TransitionTimes(1.5 if longer else 1 / 1.5)


def _timed(hit: Hit) -> w.Wish | None:
    if span(hit) > 3000:
        return None
    return w.Transition(
        "crossfade" if re.search("fade|dissolve", hit.group(), re.IGNORECASE) else "", span(hit)
    )


def _zoom(hit: Hit) -> w.Wish:
    return w.Motion("zoom_out" if (hit["way"] or "").lower() == "out" else "zoom_in")


_MOVING = r"(?:zoom(?:ing|s)?|motion|movement|panning|pans?|ken\s+burns)\b"

_OFF: Final[Mapping[str, w.Wish]] = {
    "title": w.TitleOff(),
    "text": w.TitleOff(),
    "music": w.MusicOff(),
    "transition": w.Transition("cut"),
    "caption": w.CaptionsOff(),
    "zoom": w.Motion("none"),
}
_THING = r"(?:titles?|text|(?:background\s+)?music|transitions?|captions?|zoom(?:ing)?)\b"


AND_THINGS: Final = (
    rf"(?P<things>(?:\s*(?:,|\band\b|,\s*and\b)\s*(?:the\s+)?{_THING}(?!\s+(?:photo|picture)))+)"
)
"""Further things that go with what was said before."""


def things_off(words: str) -> tuple[w.Wish, ...]:
    """Return the wishes that the things named are gone."""
    return tuple(_OFF[name] for name in re.findall("|".join(_OFF), words.lower()))


def _all_off(hit: Hit) -> tuple[w.Wish, ...]:
    return things_off(hit["things"])


def _title_off(hit: Hit) -> w.Wish | None:
    refused = re.match("do|stop", hit.group(), re.IGNORECASE) and re.search(QUOTE, hit.group())
    return None if refused else w.TitleOff()


TITLES: Final[tuple[Phrase, ...]] = (
    phrase(
        rf"{NOT}(?P<things>{_THING}(?:\s*(?:,|\bor\b|\band\b|\bnor\b|,\s*and\b)\s*"
        rf"(?:(?:the|any|no|all)\s+){{0,8}}{_THING})+)(?!\s*{QUOTE})",
        _all_off,
    ),
    phrase(
        rf"\b(?P<things>{_THING})\s+(?:turned\s+)?(?:off|away)\b",
        _all_off,
    ),
    phrase(
        rf"{NOT}(?:\w+\s+)?(?:titles?|heading|headline|text(?:\s+overlays?)?)\b(?:\s*{QUOTE})?"
        r"|\btake\s+(?:the|that)\s+(?:title|text)\s+(?:away|off|out)\b",
        _title_off,
    ),
    phrase(
        r"(?:\b(?:put|move|place|show)\s+)?(?:\b(?:the\s+)?(?:title|text|it)\s+)?"
        r"\b(?:at|in|on|to|near)\s+the\s+(?P<position>top|bottom|cent(?:er|re)|middle)\b"
        r"(?:\s+of\s+the\s+(?:screen|frame|picture|video))?"
        rf"(?:\s+for\s+(?:the\s+)?(?:first\s+)?{SPAN})?",
        _position,
    ),
    phrase(
        rf"\b(?:title|text|heading)\b[^,.;!?\n\ue000-\uf8ff]{{0,30}}?"
        rf"\b(?:for|last|stay|during)\s+(?:the\s+)?(?:first\s+)?{SPAN}(?:\s+long)?",
        lambda hit: w.TitleTime(span(hit)),
    ),
    phrase(
        rf"\b(?:make\s+)?(?:the\s+)?(?:title|heading)\s+(?:(?:to|be|is|stay|only)\s+){{0,2}}{SPAN}(?:\s+long)?",
        lambda hit: w.TitleTime(span(hit)),
    ),
    phrase(
        rf"(?<={QUOTE})\s+(?:(?:shown|displayed|visible)\s+)?(?:for|during)\s+"
        rf"(?:the\s+)?(?:first\s+)?{SPAN}",
        lambda hit: w.TitleTime(span(hit)),
    ),
    phrase(
        rf"{TITLE_WORDS}?(?:\b(?:add|put|write|show)\s+)?(?P<quote>{QUOTE})"
        r"(?:\s+as\s+(?:the|a|its)\s+(?:title|heading))?"
        r"(?:\s+(?:at|in)\s+the\s+(?:very\s+)?(?:start|beginning|opening)\b)?",
        lambda hit: w.Title(hit["quote"]),
    ),
)

TRANSITIONS: Final[tuple[Phrase, ...]] = (
    # Who refuses one kind and names no other leaves a choice that is not ours.
    beyond(
        rf"{NOT}(?:\w+\s+)?(?:transitions?|{_FADES})\b[\s,]*(?:(?:but|and|use|try|do|make\s+it)\s+){{0,3}}"
        r"(?:something\s+(?:else|different)|another(?:\s+one)?|a\s+different\s+(?:one|kind))\b",
        "cannot_transition",
    ),
    phrase(
        rf"{NOT}(?:\w+\s+)?(?:transitions?|{_FADES})\b"
        r"|\b(?:hard|straight|simple|clean|jump|quick|sharp)\s+cuts?\b",
        always(w.Transition("cut")),
    ),
    phrase(
        rf"\b(?:{_SOFT}\s+){{0,8}}(?:fad(?:es?|ing)|dip(?:s|ping)?|cut)[\s-]+"
        r"(?:through|to|via|from|into|in)[\s-]+black\b"
        r"|\bblack\s+(?:fades?|dips?|transitions?)\b|\bdip\s+transitions?\b",
        always(w.Transition("dip")),
    ),
    phrase(
        rf"\b(?P<how>faster|quicker|shorter|longer|slower)\s+(?:transitions?|{_FADES})\b", _tempo
    ),
    phrase(
        r"\b(?:the\s+)?(?:transitions|fades)(?:\s+(?:a|bit|little|much|be|should|go)){0,8}\s+"
        r"(?P<how>faster|quicker|shorter|longer|slower)\b",
        _tempo,
    ),
    phrase(rf"{SPAN}[\s-]+(?:long\s+)?(?:{_SOFT}\s+){{0,8}}(?:transitions?|{_FADES})\b", _timed),
    phrase(
        rf"\b(?:transitions?|{_FADES})"
        rf"(?:\s+between\s+(?:(?:the|all|each|my)\s+){{0,8}}\w+)?"
        rf"(?:\s+(?:of|lasting|for|to|last|be|should|take|at)|\s*,){{0,8}}\s+{SPAN}(?:\s+long)?",
        _timed,
    ),
    phrase(
        rf"\b(?:{_SOFT}\s+){{0,8}}(?:{_FADES}(?!\s*(?:out|in)\b)|blend(?:s|ing)?)\b(?:\s+transitions?\b)?"
        r"(?:\s+(?:between|into)\s+(?:the\s+|each\s+)?\w+)?",
        always(w.Transition("crossfade")),
    ),
    phrase(
        rf"\b(?:{_SOFT}\s+)+transitions?\b|\bsmooth(?:er|ly)?\b", always(w.Transition("crossfade"))
    ),
    phrase(r"\btransitions?\b", always(w.Transition())),
    phrase(
        rf"{NOT}(?:camera\s+)?{_MOVING}(?:\s*(?:,|or|and|nor)\s+(?:no\s+)?{_MOVING}){{0,8}}"
        r"|\b(?:still|static)\s+(?:photos|pictures|images)\b",
        always(w.Motion("none")),
    ),
    phrase(
        r"\b(?:(?:a\s+)?(?:slow|slowly|gentle|gently)\s+)?zoom(?:s|ing)?(?:\s+(?P<way>in|out))?\b"
        r"(?:\s+(?:slow|gent)ly)?",
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
    phrase(r"\b1280\s?x\s?720\b", always(w.Aspect("16:9"), w.Lines(720))),
    phrase(r"\b720\s?x\s?1280\b", always(w.Aspect("9:16"), w.Lines(720))),
    phrase(r"\b1920\s?x\s?1080\b", always(w.Aspect("16:9"), w.Lines(1080))),
    phrase(r"\b1080\s?x\s?1920\b", always(w.Aspect("9:16"), w.Lines(1080))),
    phrase(r"\b1080\s?x\s?1080\b", always(w.Aspect("1:1"), w.Lines(1080))),
    phrase(r"\b720\s?x\s?720\b", always(w.Aspect("1:1"), w.Lines(720))),
    phrase(rf"{_INTO}\b(?:1080p|full[\s-]?hd|fhd){_QUALITY}", always(w.Lines(1080))),
    phrase(rf"{_INTO}\b(?:720p|hd|720(?=\s+is\s)){_QUALITY}", always(w.Lines(720))),
    phrase(
        rf"(?:{_INTO}|\bat\s+)\b(?P<rate>24|25|30|50|60)\s?(?:fps\b|frames\s+(?:a|per)\s+second\b)",
        lambda hit: w.Frames(int(hit["rate"])),
    ),
    phrase(
        rf"{_INTO}\b(?:9\s?[:x]\s?16|vertical(?:ly)?|portrait|tik\s?tok"
        r"|(?:instagram\s+)?(?:reels?|stories|story)|(?:youtube\s+)?shorts|upright)\b"
        rf"(?!\s+{PHOTO}){_VERSION}",
        always(w.Aspect("9:16")),
    ),
    phrase(
        rf"{_INTO}\b(?:1\s?[:x]\s?1|square|instagram\s+(?:post|feed))\b"
        rf"(?!\s+{PHOTO}){_VERSION}",
        always(w.Aspect("1:1")),
    ),
    phrase(
        rf"{_INTO}\b(?:16\s?[:x]\s?9|landscape|horizontal(?:ly)?|wide[\s-]?screen"
        rf"|youtube)\b(?!\s+{PHOTO}){_VERSION}",
        always(w.Aspect("16:9")),
    ),
)
