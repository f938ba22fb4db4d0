"""How English speaks of music and its volume."""

import re
from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.english.words import MUSIC, NOT, SPAN, beyond, phrase
from nemovideo.emulator.agent.phrases import Hit, Phrase, always, kind_of

__all__ = ["MOOD", "SOUND"]

_MOODS: Final = {
    "lofi": r"lo[\s-]?fi|chill(?:ed|hop|-?out)?|laid[\s-]back|mellow",
    "calm": r"calm(?:ing|er)?|soft|gentle|quiet|peaceful|relax(?:ing|ed)|soothing|ambient|piano"
    r"|slow|dreamy",
    "upbeat": r"up[\s-]?beat|happy|happier|cheerful|energetic|lively|dance|fun|pop|fast|bright"
    r"|joyful|party",
    "cinematic": r"cinematic|epic|dramatic|orchestral|emotional|grand|inspiring|inspirational",
}
# These name a music even where the word music is missing.
_PURE_MOOD = (
    r"(?P<mood>lo-?fi|up-?beat|epic|chill|orchestral"
    r"|cinematic(?!\s+(?:look|colou?r|style|filter|effect|feel|zoom))"
    r")(?!\s+(?:transitions?|fades?|cuts?|titles?|text|captions?|intro|outro|photos?|pictures?))"
)
_BETWEEN = (
    r"(?:\s+(?:to|that|is|be|should|something|more|very|a|bit|little|sounds?|feels?|in|style)){0,8}"
)
MOOD: Final = "|".join(_MOODS.values())
"""Any word for a mood."""
_MOOD = f"(?P<mood>{MOOD})"
_GENRE = (
    r"(?:jazzy?|rock|metal|classical|country|hip[\s-]?hop|rap|blues|folk|reggae|techno"
    r"|electronic|edm|punk|funk|latin|salsa|disco|opera)"
)
_LEVEL = rf"(?:{MUSIC}\s+)?(?:volume|music|sound)\b"


def _mood(hit: Hit) -> w.Wish:
    return w.Music(kind_of(hit["mood"], _MOODS))


def _relative(hit: Hit) -> w.Wish:
    share = min(int(hit["share"]), 100) / 100
    louder = re.match("raise|increase|turn up|crank up", hit["way"], re.IGNORECASE)
    return w.VolumeTimes(1 + share if louder else 1 - share)


def _percent(hit: Hit) -> w.Wish:
    return w.Volume(min(int(hit["percent"]), 100) / 100)


SOUND: Final[tuple[Phrase, ...]] = (
    phrase(
        rf"\b(?P<way>lower|reduce|decrease|turn\s+down|raise|increase|turn\s+up|crank\s+up)\s+(?:the\s+)?{_LEVEL}"
        r"\s+by\s+(?P<share>\d{1,3})\s*(?:%|percent\b)",
        _relative,
    ),
    phrase(rf"{NOT}(?:background\s+)?(?:{MUSIC}|(?:sounds?|audio)\b)", always(w.MusicOff())),
    phrase(
        rf"\b{MUSIC}\s+off\b|\bturn\s+(?:the\s+)?music\s+off\b|\bmuted?\b(?:\s+it\b)?|\bsilent\b",
        always(w.MusicOff()),
    ),
    phrase(
        rf"(?:\b(?:turn|bring|set|lower|raise|reduce|increase)\s+(?:(?:up|down)\s+)?(?:the\s+)?"
        rf"{_LEVEL}\s+(?:(?:up|down)\s+)?)?"
        r"(?:\b(?:at|to|volume|with|around|about)\s+){0,8}(?<!by )(?<!\d)"
        r"(?P<percent>\d{1,3})\s*(?:%|percent\b)"
        r"(?!\s*(?:bigger|larger|smaller|faster|slower|longer|shorter))"
        r"(?:\s+(?:of\s+)?(?:the\s+)?(?:full\s+)?volume\b)?",
        _percent,
    ),
    phrase(
        rf"\b(?:set|put|turn)\s+(?:the\s+)?{_LEVEL}\s+(?:down\s+|up\s+)?to\s+(?:zero|0)\b(?!\s*[.\d])",
        always(w.Volume(0.0)),
    ),
    phrase(r"\b(?:at\s+)?half\s+(?:the\s+)?volume\b", always(w.Volume(0.5))),
    phrase(r"\b(?:at\s+)?full\s+volume\b", always(w.Volume(1.0))),
    phrase(
        rf"\b(?:louder|(?:turn|crank)\s+up\s+(?:the\s+)?{_LEVEL}|(?:turn|crank)\s+(?:the\s+)?{_LEVEL}\s+up"
        r"|not\s+(?:so|too|that|as|very)\s+quiet"
        rf"|(?:raise|increase)\s+the\s+{_LEVEL}|more\s+volume)",
        always(w.VolumeTimes(1.5)),
    ),
    phrase(
        rf"\b(?:quieter|softer|less\s+(?:loud|(?:music\s+)?volume)\b|not\s+(?:so|too|that|as|very)\s+loud|turn\s+down\s+(?:the\s+)?{_LEVEL}"
        rf"|turn\s+(?:the\s+)?{_LEVEL}\s+down|(?:lower|decrease|reduce)\s+the\s+{_LEVEL})",
        always(w.VolumeTimes(0.6)),
    ),
    phrase(
        rf"\b(?:the\s+)?{_LEVEL}(?:'s|\s+(?:is|was|sounds?|plays?|seems?))\s+(?:(?:still|way|much|a\s+(?:bit|little)|far)\s+){{0,8}}"
        r"too\s+(?P<how>loud|strong|quiet|soft|low|silent|weak)\b",
        lambda hit: w.VolumeTimes(0.6 if hit["how"].lower() in {"loud", "strong"} else 1.5),
    ),
    beyond(
        rf"(?:\b(?:make|keep|play|let)\s+)?(?:\bthe\s+)?\b{MUSIC}\s+(?:(?:for|last|be|is|only)\s+){{0,3}}{SPAN}",
        "cannot_part",
    ),
    phrase(
        rf"\b(?:an?other|(?:an?\s+|some\s+)?(?:different|new|other))\s+{MUSIC}"
        rf"|\b(?:change|replace|switch)\s+(?:the\s+|this\s+)?{MUSIC}(?=\s*(?:please|pls)?[\s.!]*$)",
        always(w.Music("other")),
    ),
    phrase(rf"\b{MUSIC}(?:\s*[:=])?{_BETWEEN}\s+{_MOOD}(?:\s+(?:style|mood))?\b", _mood),
    phrase(
        rf"\b(?:(?:some|a|more|nice)\s+){{0,3}}{_MOOD}(?:,?\s+(?:and\s+)?[\w-]+)??\s+{MUSIC}", _mood
    ),
    phrase(
        rf"\b(?:swap|switch|change|replace)\s+the\s+(?:{MOOD})\s+(?:for|to|with)"
        rf"\s+something\s+(?:more\s+)?{_MOOD}\b",
        _mood,
    ),
    phrase(
        rf"\bsomething\s+(?:(?:more|a\s+(?:bit|little)|really|very)\s+){{0,3}}{_MOOD}\b"
        r"(?:\s+in\s+the\s+background\b)?",
        _mood,
    ),
    phrase(rf"\b{_MOOD}\s+(?:piano|beats?|vibes?)\b", _mood),
    phrase(rf"\b{_PURE_MOOD}\b(?:\s+(?:beats?|mood|vibes?|style))?", _mood),
    beyond(
        rf"(?:\b(?:add|play|use|put|try)\s+)?(?:\bsome\s+)?\b{_GENRE}\s+{MUSIC}"
        rf"|\b{MUSIC}{_BETWEEN}\s+{_GENRE}\b"
        r"|\b(?:(?:with|add|play|use)\s+(?:some\s+)?|some\s+)"
        r"(?:jazz|reggae|techno|hip[\s-]?hop|edm)\b",
        "cannot_mood",
    ),
    phrase(rf"\b{MUSIC}", always(w.Music())),
)
