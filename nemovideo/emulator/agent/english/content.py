"""How English speaks of the photos, their order, and how long things last."""

import re
from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.english.words import (
    NOT,
    PHOTO,
    SPAN,
    VIDEO,
    WHICH,
    phrase,
    place,
    span,
)
from nemovideo.emulator.agent.phrases import Hit, Phrase, always
from nemovideo.emulator.agent.quantities import EN_NUMBER, EN_ORDINAL, place_en

__all__ = ["LENGTHS", "MAKING", "PHOTOS"]

_MAKE = r"(?:make|create|build|produce|generate|edit|cut|compile|put\s+together|assemble)"
_TURN = rf"(?:turn|convert|transform|combine|merge|arrange|animate|stitch|{_MAKE})"
_WANT = r"(?:give\s+me|i\s+want|i\s+need|i'd\s+like|i\s+would\s+like|can\s+i\s+have)"
_WHOLE = r"(?:it|everything|the\s+(?:(?:whole|entire)\s+)?(?:video|slideshow|movie|thing))"
_BECOME = r"(?:\s+(?:for|last|to|be|stay|on|screen|should|at|is|shown|a|bit|little|much))*"
_ALSO = r"(?:\s*,\s*and\s+|\s*,\s*|\s+and\s+)"
_NTH = rf"(?:the\s+)?{EN_ORDINAL}"
_SEVERAL = (
    rf"(?P<places>(?:{_NTH}(?:\s+(?:{PHOTO}|one\b))?{_ALSO})*{_NTH}\s+(?:{PHOTO}|ones?\b)"
    rf"|{PHOTO}\s+(?:number\s+|#\s*)?{EN_NUMBER}(?:{_ALSO}{EN_NUMBER})*)"
)
_LONGER = frozenset({"longer", "slower", "extend", "lengthen"})


def _stretch(hit: Hit) -> w.Wish:
    return w.Stretch(place(hit), 1.5 if hit["how"].lower() in _LONGER else 1 / 1.5)


def _pace(hit: Hit) -> w.Wish:
    return w.LengthTimes(1.25 if hit["how"].lower() in _LONGER else 0.8)


def _by(hit: Hit) -> w.Wish:
    return w.LengthBy(span(hit) if hit["how"].lower() in _LONGER else -span(hit))


def _move(hit: Hit) -> w.Wish:
    return w.Move(place(hit), -1 if hit["to"].lower() in {"end", "last", "back", "finish"} else 1)


def _remove(hit: Hit) -> w.Wish:
    named = re.findall(rf"\b(?:{EN_ORDINAL}|{EN_NUMBER})(?!\w)", hit["places"], re.IGNORECASE)
    return w.Remove(tuple(place_en(one) for one in named if one.lower() != "one"))


def _swap(hit: Hit) -> w.Wish:
    return w.Swap(place_en(hit["one"]), place_en(hit["other"]))


PHOTOS: Final[tuple[Phrase, ...]] = (
    phrase(
        rf"(?:\b(?:with|show)\s+)?\b(?:each|every|per)\s+{PHOTO}[^,.;!?\n\d]{{0,20}}?{SPAN}",
        lambda hit: w.EachPhoto(span(hit)),
    ),
    phrase(
        rf"{SPAN}\s+(?:long\s+)?(?:(?:per|for\s+each|for\s+every|each|an?)\s+{PHOTO}|each\b)",
        lambda hit: w.EachPhoto(span(hit)),
    ),
    phrase(rf"{WHICH}{_BECOME}\s+{SPAN}(?:\s+long)?", lambda hit: w.Hold(place(hit), span(hit))),
    phrase(rf"{WHICH}{_BECOME}\s+(?P<how>longer|shorter)\b", _stretch),
    phrase(rf"\b(?P<how>extend|lengthen|shorten)\s+{WHICH}", _stretch),
    phrase(rf"(?:{NOT}|\bcut\s+|\bleave\s+out\s+){_SEVERAL}", _remove),
    phrase(
        rf"\b(?:move|put|bring|place)\s+{WHICH}\s+(?:(?:to|at|in)\s+)?(?:the\s+)?(?:very\s+)?"
        r"(?P<to>start|beginning|front|first|end|last|back)\b",
        _move,
    ),
    phrase(rf"\b(?P<to>start|begin|open|end|finish)\s+with\s+{WHICH}", _move),
    phrase(
        rf"\b(?:swap|switch|exchange)\s+(?:the\s+)?(?P<one>{EN_ORDINAL})(?:\s+{PHOTO})?\s+"
        rf"(?:and|with)\s+(?:the\s+)?(?P<other>{EN_ORDINAL})(?:\s+{PHOTO})?",
        _swap,
    ),
    phrase(
        r"\b(?:reverse|flip|invert)(?:\s+(?:the|order|sequence|of|photos|pictures|images|slides|it"
        r"|everything)\b)+|\b(?:in\s+)?(?:the\s+)?(?:reversed?|opposite|backwards?)(?:\s+order)?\b"
        r"|\b(?:the\s+)?other\s+way\s+a?round\b",
        always(w.Reverse()),
    ),
    phrase(
        r"\b(?:add|append|include|insert|use)\s+(?:in\s+)?(?:(?:the|my|these|this|those|that|all"
        r"|both|two|three|other|newe?s?t?|latest|extra|more|additional|(?:newly\s+)?uploaded)\s+)+"
        rf"{PHOTO}(?:\s+(?:that\s+)?I\s+(?:just\s+)?(?:uploaded|sent|added))?"
        r"(?:\s+(?:at|to)\s+the\s+end)?",
        always(w.Append()),
    ),
    phrase(rf"\b(?:all\s+)?{EN_NUMBER}\s+(?:\w+\s+)?{PHOTO}", always(w.Keep())),
)

LENGTHS: Final[tuple[Phrase, ...]] = (
    phrase(rf"(?:{_WHOLE}\s+)?{SPAN}\s+(?P<how>longer|shorter)\b", _by),
    phrase(
        rf"\b(?P<how>longer|shorter|extend|lengthen|shorten)(?:\s+{_WHOLE})?\s+by\s+{SPAN}", _by
    ),
    phrase(
        r"(?:\b(?:trim|cut|shorten|extend|stretch|limit|set|bring)\s+"
        rf"(?:(?:{_WHOLE}|the|length|duration|total|down)\s+)*(?:to\s+)?)?"
        r"(?:\b(?:under|about|around|roughly|exactly|lasting|to|at\s+most|max(?:imum)?|of)\s+)?"
        rf"{SPAN}(?:[\s-]+(?:long|in\s+total|total)\b)?",
        lambda hit: w.TotalLength(span(hit)),
    ),
    phrase(
        rf"\b{_WHOLE}\s+(?:(?:a|bit|little|much|slightly|go)\s+)*"
        r"(?P<how>longer|shorter|faster|slower|quicker)\b",
        _pace,
    ),
    phrase(r"^\W*(?P<how>longer|shorter|faster|slower)\b(?=(?:\s+please)?\W*$)", _pace),
    phrase(
        r"(?<![\d:])(?P<minutes>\d{1,2}):(?P<seconds>[0-5]\d)(?![\d:])",
        lambda hit: w.TotalLength(1000 * (60 * int(hit["minutes"]) + int(hit["seconds"]))),
    ),
    phrase(rf"\bspeed\s+(?:{_WHOLE}\s+)?up\b", always(w.LengthTimes(0.8))),
    phrase(rf"\bslow\s+(?:{_WHOLE}\s+)?down\b", always(w.LengthTimes(1.25))),
)

# The words between `a` and `slideshow` stay, so that what is not understood there is told.
MAKING: Final[tuple[Phrase, ...]] = (
    phrase(
        rf"\b{_TURN}\b(?:(?!\b(?:in)?to\b)[^.;!?\n]){{0,80}}?\b{PHOTO}"
        r"(?:\s+(?:of|from)\s+(?:(?!\binto\b)[^,.;!?\n]){1,40}?)?\s+(?:in)?to\b"
        rf"(?=[^.;!?\n]{{0,80}}\b{VIDEO})",
        always(w.Make()),
    ),
    phrase(
        rf"\b(?:{_TURN}|{_WANT})\s+(?:(?:me|us)\s+)?(?:an?|one|my|some|another)\b"
        rf"(?=[^.;!?\n]{{0,80}}\b{VIDEO})",
        always(w.Make()),
    ),
    phrase(rf"\b(?:in)?to\s+(?:an?|one)\b(?=[^.;!?\n]{{0,80}}\b{VIDEO})", always(w.Make())),
    phrase(r"(?<!\bthe )(?<!\bthis )\b(?:slide[\s-]?show|montage)\b", always(w.Make())),
    # Adjectives of the photos describe what was uploaded.
    phrase(
        rf"\b(?:from|with|of|using)\s+(?:all\s+)?(?:these|my|the|our|those)\s+"
        rf"(?:[\w'-]+\s+){{0,3}}?{PHOTO}",
        always(w.Keep()),
    ),
)
