"""How English speaks of the photos, their order, and how long things last."""

import re
from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.english.look import AND_THINGS, things_off
from nemovideo.emulator.agent.english.places import NTH, ONE, SEVERAL, place, places
from nemovideo.emulator.agent.english.words import NOT, PHOTO, SPAN, VIDEO, phrase, span
from nemovideo.emulator.agent.phrases import Hit, Phrase, always
from nemovideo.emulator.agent.quantities import (
    EN_NUMBER,
    EN_ORDINAL,
    EN_SPAN,
    place_en,
    span_en,
)
from nemovideo.emulator.agent.wishes import IT

__all__ = ["LENGTHS", "MAKING", "PHOTOS"]

_MAKE = r"(?:make|create|build|produce|generate|edit|cut|compile|put\s+together|assemble)"
_TURN = rf"(?:turn|convert|transform|combine|merge|arrange|animate|stitch|{_MAKE})"
_WANT = r"(?:give\s+me|i\s+want|i\s+need|i'd\s+like|i\s+would\s+like|can\s+i\s+have)"
_WHOLE = (
    r"(?:it|everything|evrything|the\s+(?:(?:whole|entire)\s+)?(?:video|slideshow|movie|thing))"
)
_BECOME = r"(?:\s+(?:for|last|to|be|stay|on|screen|should|at|is|shown|a|bit|little|much)){0,8}"
_LONGER = frozenset(
    {"longer", "slower", "extend", "lengthen", "more", "add"}
    | {"fast", "quick", "quickly", "short", "brief", "briefly"}
)
"""What asks for more time: a wish for it, or the complaint that there is too little."""


_TIMES: Final = {"half": 0.5, "twice": 2.0, "double": 2.0, "doubled": 2.0, "three": 3.0}
_NTH = rf"(?:the\s+)?(?:{EN_ORDINAL}|{EN_NUMBER})"
_PAIR = rf"{_NTH}\s+(?:and|with)\s+{_NTH}(?:\s+one\b)?"
# "A video for 15 seconds" speaks of the whole; "music for 15 seconds" does not.
_LASTING = "|".join(
    rf"(?<={word} )for\s+"
    for word in ("video", "slideshow", "movie", "film", "clip", "last", "run")
)
_NOT_WHOLE = "".join(
    f"(?<!{word} )" for word in ("than", "after", "with", "hold", "every", "first", "last", "next")
)
_NO_LENGTH = "".join(f"(?<!{word} )" for word in ("from", "at", "until", "after", "by"))
_LAST: Final = frozenset({"end", "last", "back", "finish"})
_WHICH = rf"(?P<one>{ONE})"
_AFTER = r"(?P<side>before|after|behind|in\s+front\s+of)"
_STOP = r"(?=\s*(?:$|[,.;!?\n\x01]|\b(?:and|then|but|please|pls|instead)\b))"
_TOO = (
    r"(?:'s|\s+(?:is|was|feels|seems|goes\s+by|flies\s+by|stays(?:\s+on)?))"
    r"\s+(?:(?:still|way|much|far|a\s+(?:bit|little))\s+){0,3}too\s+"
    r"(?P<how>fast|quick(?:ly)?|short|brief(?:ly)?|long|slow(?:ly)?)\b"
)
# These say how long one photo is shown; nobody says them of a whole video after naming a photo.
_GIVE = r"(?:give|hold|show|leave)"
_BIT = r"(?:\s+(?:a\s+(?:bit|little|lot|tad)|much|slightly|even|way|some(?:what)?)){0,8}"


_ENDED = re.compile(_STOP, re.IGNORECASE)


def _hold(hit: Hit) -> tuple[w.Wish, ...]:
    return tuple(w.Hold(one, span(hit)) for one in places(hit["places"]))


def _stretch(hit: Hit) -> tuple[w.Wish, ...]:
    factor = 1.5 if hit["how"].lower() in _LONGER else 1 / 1.5
    return tuple(w.Stretch(one, factor) for one in places(hit["places"]))


def _remove(hit: Hit) -> tuple[w.Wish, ...] | None:
    quiet = re.match("mute|silence|stop|turn|play", hit.group(), re.IGNORECASE)
    # "Don't put the cat first" says where it shall not be, not that it shall go.
    placed = re.match("do", hit.group(), re.IGNORECASE) and not _ENDED.match(hit.string, hit.end())
    if quiet or placed:
        return None
    return (w.Remove(places(hit["places"])), *things_off(hit.groupdict().get("things") or ""))


def _pace(hit: Hit) -> w.Wish:
    return w.LengthTimes(1.25 if hit["how"].lower() in _LONGER else 0.8)


def _stretch_it(hit: Hit) -> w.Wish:
    return w.Stretch(IT, 1.5 if hit["how"].lower() in _LONGER else 1 / 1.5)


def _times(hit: Hit) -> w.Wish:
    factor = _TIMES[hit["times"].split()[0].lower()]
    one = hit.groupdict().get("one")
    return w.Stretch(place(one), factor) if one else w.LengthTimes(factor)


def _by(hit: Hit) -> w.Wish:
    return w.LengthBy(span(hit) if hit["how"].lower() in _LONGER else -span(hit))


def _move(hit: Hit) -> w.Wish:
    return w.Move(place(hit["one"]), -1 if hit["to"].lower() in _LAST else 1)


def _beside(hit: Hit) -> w.Wish:
    side = 1 if hit["side"].lower() in {"after", "behind"} else -1
    return w.Move(place(hit["one"]), place(hit["other"]), side)


def _swap(hit: Hit) -> w.Wish | None:
    named = places(hit["places"])
    return w.Swap(*named) if len(named) == 2 else None


def _count(hit: Hit) -> w.Wish:
    count = place_en(hit["count"])
    return w.Count(count) if count > 1 else w.Keep()


PHOTOS: Final[tuple[Phrase, ...]] = (
    phrase(
        rf"(?:\b(?:with|show)\s+)?\b(?:each|every|per)\s+{PHOTO}[^,.;!?\n\d]{{0,20}}?{SPAN}",
        lambda hit: w.EachPhoto(span(hit)),
    ),
    phrase(
        rf"(?:\b(?:show|hold|keep)\s+)?\b(?:all(?:\s+(?:of\s+)?(?:the|my))?\s+{PHOTO}|(?:the\s+)?(?:others|other\s+{PHOTO}|rest))"
        rf"{_BECOME}\s*[,:]?\s+{SPAN}(?:\s+each\b)?",
        lambda hit: w.EachPhoto(span(hit)),
    ),
    phrase(
        rf"{SPAN}\s+(?:long\s+)?(?:(?:per|for\s+each|for\s+every|each|an?)\s+{PHOTO}|each\b)"
        rf"|{SPAN.replace('<span>', '<of>')}\s*/\s*{PHOTO}",
        lambda hit: w.EachPhoto(span(hit)),
    ),
    phrase(
        rf"(?:\b(?:except\s+(?:for\s+)?|(?:hold|stay)\s+(?:on\s+)?))?(?P<places>{SEVERAL}){_BECOME}\s*[,:]?\s+{SPAN}(?:\s+long\b)?"
        r"(?!\s*(?:longer|shorter|more|less|transition))",
        _hold,
    ),
    phrase(rf"(?P<places>{SEVERAL}){_BECOME}\s+(?P<how>longer|shorter)\b", _stretch),
    phrase(rf"(?P<places>{SEVERAL}){_TOO}", _stretch),
    phrase(
        rf"\b(?P<how>extend|lengthen|shorten)\s+(?P<places>{SEVERAL})(?!\s+(?:by|to)\b)", _stretch
    ),
    phrase(rf"{_WHICH}{_BECOME}\s+(?P<times>half|twice|three\s+times)\s+as\s+long\b", _times),
    phrase(
        rf"\b(?:(?:only|just)\s+(?:use|keep|show|leave|include)|(?:use|keep|show|leave|include)\s+(?:only|just))\s+"
        rf"(?P<places>{SEVERAL})",
        lambda hit: w.Only(places(hit["places"])),
    ),
    phrase(
        rf"(?:{NOT}|\bcut\s+|\bleave\s+out\s+|\btake\s+)(?P<places>{SEVERAL}){AND_THINGS}?"
        rf"(?!\s*{EN_NUMBER}|\s+(?:second|half|minute))",
        _remove,
    ),
    phrase(
        rf"(?:\b(?:move|put|bring|place|show|want)\s+)?{_WHICH}\s+(?:(?:should|to|can|must|go|goes|come|comes|be)\s+){{0,2}}"
        rf"(?:right\s+)?{_AFTER}\s+(?P<other>{ONE})",
        _beside,
    ),
    phrase(
        rf"(?P<places>{SEVERAL})\s+(?:can|should|must|has\s+to|have\s+to|needs?\s+to)\s+go{_STOP}",
        _remove,
    ),
    phrase(
        rf"\b(?:move|put|bring|place)\s+{_WHICH}\s+(?:to|at|in|into)\s+(?:the\s+)?"
        rf"(?:position|place|spot|slot|number)\s+(?:number\s+)?(?P<to>{EN_NUMBER})",
        lambda hit: w.Move(place(hit["one"]), place_en(hit["to"])),
    ),
    phrase(
        rf"(?:\b(?:move|put|bring|place|make|want)\s+)?{_WHICH}\s+(?:(?:should|to|can|must)\s+)?"
        rf"(?:(?:be|go|goes|come|comes)\s+)?(?:(?:to|at|in|as)\s+)?(?:the\s+)?(?P<to>{NTH})"
        rf"(?:\s+(?:place|position|spot|slot|one)\b)?{_STOP}",
        lambda hit: w.Move(place(hit["one"]), place(hit["to"])),
    ),
    phrase(
        rf"\b(?:move|put|bring|place|make)\s+{_WHICH}\s+(?:(?:to|at|in)\s+)?(?:the\s+)?"
        r"(?:very\s+)?(?P<to>start|beginning|front|first|end|last|back)\b"
        rf"(?!\s+(?:{PHOTO}|one\b))",
        _move,
    ),
    phrase(rf"\b(?P<to>start|begin|open|end|finish)\s+with\s+{_WHICH}", _move),
    phrase(
        rf"{_WHICH}\s+(?:(?:should|to|can|must)\s+)?(?:(?:be|go|goes|come|comes)\s+)?"
        r"(?:(?:at|to|in)\s+)?(?:the\s+)?(?:very\s+)?(?P<to>start|beginning|front|first|end|last)"
        rf"(?:\s+(?:{PHOTO}|one\b))?{_STOP}",
        _move,
    ),
    phrase(
        r"\b(?:swap|switch|exchange)\s+(?:(?:around|the)\s+){0,8}"
        rf"(?P<places>{ONE}\s+with\s+{ONE}|{SEVERAL}|{_PAIR})(?:\s+around\b)?",
        _swap,
    ),
    phrase(
        r"\b(?:reverse|invert)(?:\s+(?:the|order|sequence|of|photos|pictures|images|slides|it"
        r"|everything)\b)+|\bflip\s+(?:the\s+)?(?:order|sequence)\b(?:\s+of\s+the\s+\w+)?|\b(?:in\s+)?(?:the\s+)?(?:reversed?|opposite|backwards?)(?:\s+order)?\b"
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
    phrase(
        rf"(?<!first\s)(?<!last\s)\b(?:all\s+)?(?P<count>{EN_NUMBER})\s+"
        rf"(?:(?:of\s+)?(?:these|my|the|our)\s+)?(?:(?!sec|min|s\b|fps|p\b)[a-z]+\s+)?{PHOTO}",
        _count,
    ),
)

_UNIT = r"(?:[\s-]*(?:seconds?|secs?|s|minutes?|mins?)\b)?"

LENGTHS: Final[tuple[Phrase, ...]] = (
    phrase(
        rf"{EN_NUMBER}{_UNIT}[\s,.]*\b(?:(?:oh|er|uh)\s+)?(?:no|actually|wait|sorry|rather|i\s+mean"
        rf"|make\s+(?:that|it))\b(?:[\s,.]|\b(?:no|actually|wait|sorry|i\s+mean|make\s+(?:that|it))"
        rf"\b){{0,6}}(?={EN_SPAN})",
        always(w.Keep()),
    ),
    phrase(
        rf"(?:\bmake\s+)?(?:{_WHOLE}{_BIT}\s+)?{SPAN}\s+(?P<how>longer|shorter|more|less)\b", _by
    ),
    phrase(
        rf"\b(?P<how>longer|shorter|extend|lengthen|shorten|cut|trim)(?:\s+{_WHOLE})?"
        rf"(?:\s+down)?\s+by\s+{SPAN}",
        _by,
    ),
    phrase(
        rf"\b(?P<how>add|cut|trim|take\s+off|shave\s+off|shave|remove|drop|lose)\s+"
        rf"(?:another\s+|off\s+)?{SPAN}(?:\s+(?:more|extra|off))?\b(?!\s*(?:of|to|from|at|after))",
        _by,
    ),
    phrase(
        rf"\b(?:add\s+)?(?:another\s+)?(?P<number>{EN_NUMBER})\s+(?:more|extra|additional)\s+"
        r"(?P<unit>seconds?|secs?|minutes?|mins?)\b",
        lambda hit: w.LengthBy(span_en(f"{hit['number']} {hit['unit']}")),
    ),
    phrase(rf"\b{_GIVE}\s+it\s+(?:for\s+)?{SPAN}", lambda hit: w.Hold(IT, span(hit))),
    phrase(rf"\bmake\s+it{_BIT}\s+(?P<how>longer|shorter)\b", _stretch_it),
    phrase(
        rf"\b(?:(?:make|cut)\s+)?(?:{_WHOLE}\s+)?(?P<times>half|twice|three\s+times)\s+"
        r"(?:as\s+long|the\s+(?:length|duration))\b",
        _times,
    ),
    phrase(
        rf"\b(?P<times>double|half)\s+(?:{_WHOLE}|the\s+(?:length|duration))\b"
        r"(?:'s)?(?:\s+(?:length|duration)\b)?",
        _times,
    ),
    phrase(
        r"(?:\b(?:make|trim|cut|shorten|extend|stretch|limit|set|bring|keep)\s+"
        rf"(?:(?:{_WHOLE}|the|length|duration|total|down)\s+){{0,8}}(?:to\s+)?)?"
        r"(?:\b(?:(?<!close )to|under|about|around|roughly|exactly|lasting|at\s+most|max(?:imum)?"
        rf"|of)\s+)?(?:{_LASTING}|(?<!for )){_NOT_WHOLE}(?<![-/⁄])"
        rf"{SPAN}(?:[\s-]+(?:long|in\s+total|total)\b)?(?!\s*(?:of\s+(?:music|sound|silence|black|nothing)|or\s+\d|-|/|to\s+\d|{EN_NUMBER}|earlier|later|ago|before|after|into"
        r"|apart|delay|pause|mark|intro|outro))",
        lambda hit: w.TotalLength(span(hit)),
    ),
    phrase(
        rf"\b(?:{_WHOLE}{_BIT}|(?:go|play|run){_BIT})\s+"
        rf"(?P<how>longer|shorter|faster|slower|quicker)\b(?!\s+(?:{PHOTO}|intro|outro|title|music))",
        _pace,
    ),
    phrase(
        r"^[^\w\x01]*(?:(?:please|a\s+(?:bit|little|lot|tad)|much|slightly|even|ok(?:ay)?,?)\s+){0,8}"
        r"(?P<how>longer|shorter|faster|slower|quicker)\b(?=(?:[\s,]+(?:please|pls|thanks))?[\s.!?]*$)",
        _pace,
    ),
    phrase(
        rf"(?<![\d:]){_NO_LENGTH}(?P<minutes>\d{{1,2}}):(?P<seconds>[0-5]\d)(?![\d:])",
        lambda hit: w.TotalLength(1000 * (60 * int(hit["minutes"]) + int(hit["seconds"]))),
    ),
    phrase(rf"\b{_WHOLE}{_TOO}", _pace),
    phrase(rf"(?:^|(?<=\band )|(?<=,\s))(?P<how>longer|shorter)\s+{VIDEO}", _pace),
    phrase(
        rf"\bspeed\s+(?:{_WHOLE}\s+)?up\b(?:\s+{_WHOLE})?{_BIT}(?!\s+the\b)",
        always(w.LengthTimes(0.8)),
    ),
    phrase(
        rf"\bslow\s+(?:{_WHOLE}\s+)?down\b(?:\s+{_WHOLE})?{_BIT}(?!\s+the\b)",
        always(w.LengthTimes(1.25)),
    ),
)

# "A note about my video" and "a friend sent me this video" name something else.
_ELSE = (
    r"(?:about|at|for|from|in|into|of|on|over|with|the|this|that|these|those|my|our|your|me|us|i"
    r"|you|it|is|are|was|were|has|have|if|how|what|why|when|where|which|who|does|did|can|would)"
)
_A_VIDEO = (
    rf"(?:(?!short\b){VIDEO}|short\b(?=\s*(?:[.!\n\x01]|$|(?:of|about|from|with|for|in)\b)))"
    r"(?!\s+(?:is|was|has|does|did|questions?|notes?|preview|problem|editor|title|call)\b)"
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
    # A wish may name the video without a verb: "a 10-second video of our trip".
    phrase(
        r"\A\s*an?\b(?!\s+(?:bit|little|longer|shorter|different|title|caption|text)\b)"
        rf"(?=(?:(?!\s{_ELSE}\s)[^,.;:!?\n]){{0,80}}\b{_A_VIDEO})(?![^,.;:!?\n]*\?)",
        always(w.Make()),
    ),
    phrase(rf"\b(?:in)?to\s+(?:an?|one)\b(?=[^.;!?\n]{{0,80}}\b{VIDEO})", always(w.Make())),
    phrase(
        r"(?<!\bthe )(?<!\bthis )\b(?:slide?s?[\s-]?show|slidehsow|montage)\b", always(w.Make())
    ),
    # Adjectives of the photos describe what was uploaded.
    phrase(
        rf"\b(?:from|with|of|using)\s+(?:all\s+)?(?:these|my|the|our|those)\s+"
        rf"(?:[\w'-]+\s+){{0,3}}?{PHOTO}",
        always(w.Keep()),
    ),
)
