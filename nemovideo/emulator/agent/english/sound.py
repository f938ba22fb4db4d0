"""How English speaks of music and its volume."""

import re
from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.english.words import MUSIC, NOT, phrase
from nemovideo.emulator.agent.phrases import Hit, Phrase, always

__all__ = ["SOUND"]

_MOODS: Final = {
    "lofi": r"lo[\s-]?fi|chill(?:ed|hop|-?out)?|laid[\s-]back|mellow",
    "calm": r"calm(?:ing|er)?|soft|gentle|quiet|peaceful|relax(?:ing|ed)|soothing|ambient|piano"
    r"|slow|dreamy",
    "upbeat": r"up[\s-]?beat|happy|happier|cheerful|energetic|lively|dance|fun|pop|fast|bright"
    r"|joyful|party",
    "cinematic": r"cinematic|epic|dramatic|orchestral|emotional|grand|inspiring|inspirational",
}
_MOOD = f"(?P<mood>{'|'.join(_MOODS.values())})"
# These name a music even where the word music is missing.
_PURE_MOOD = r"(?P<mood>lo-?fi|up-?beat|cinematic|epic|chill|orchestral)"
_BETWEEN = (
    r"(?:\s+(?:to|that|is|be|should|something|more|very|a|bit|little|sounds?|feels?|in|style))*"
)
_LEVEL = rf"(?:{MUSIC}\s+)?(?:volume|music|sound)\b"


def _mood(hit: Hit) -> w.Wish:
    words = hit["mood"]
    return w.Music(
        next(mood for mood, said in _MOODS.items() if re.fullmatch(said, words, re.IGNORECASE))
    )


def _percent(hit: Hit) -> w.Wish:
    return w.Volume(min(int(hit["percent"]), 100) / 100)


SOUND: Final[tuple[Phrase, ...]] = (
    phrase(rf"{NOT}(?:background\s+)?(?:{MUSIC}|(?:sounds?|audio)\b)", always(w.MusicOff())),
    phrase(
        rf"\b{MUSIC}\s+off\b|\bturn\s+(?:the\s+)?music\s+off\b|\bmuted?\b(?:\s+it\b)?|\bsilent\b",
        always(w.MusicOff()),
    ),
    phrase(
        rf"(?:\b(?:turn|bring|set|lower|raise|reduce|increase)\s+(?:(?:up|down)\s+)?(?:the\s+)?"
        rf"{_LEVEL}\s+(?:(?:up|down)\s+)?)?"
        r"(?:\b(?:at|to|by|volume|with|around|about)\s+)*(?P<percent>\d{1,3})\s*(?:%|percent\b)"
        r"(?!\s*(?:bigger|larger|smaller|faster|slower|longer|shorter))"
        r"(?:\s+(?:of\s+)?(?:the\s+)?(?:full\s+)?volume\b)?",
        _percent,
    ),
    phrase(r"\b(?:at\s+)?half\s+(?:the\s+)?volume\b", always(w.Volume(0.5))),
    phrase(r"\b(?:at\s+)?full\s+volume\b", always(w.Volume(1.0))),
    phrase(
        rf"\b(?:louder|turn\s+up\s+(?:the\s+)?{_LEVEL}|turn\s+(?:the\s+)?{_LEVEL}\s+up"
        rf"|(?:raise|increase)\s+the\s+{_LEVEL}|more\s+volume)",
        always(w.VolumeTimes(1.5)),
    ),
    phrase(
        rf"\b(?:quieter|softer|less\s+loud|turn\s+down\s+(?:the\s+)?{_LEVEL}"
        rf"|turn\s+(?:the\s+)?{_LEVEL}\s+down|(?:lower|decrease|reduce)\s+the\s+{_LEVEL})",
        always(w.VolumeTimes(0.6)),
    ),
    phrase(rf"\b{MUSIC}(?:\s*[:=])?{_BETWEEN}\s+{_MOOD}(?:\s+(?:style|mood))?\b", _mood),
    phrase(
        rf"\b(?:(?:some|a|more|nice)\s+){{0,3}}{_MOOD}(?:,?\s+(?:and\s+)?[\w-]+)??\s+{MUSIC}", _mood
    ),
    phrase(rf"\b{_PURE_MOOD}\b(?:\s+(?:beats?|mood|vibes?|style))?", _mood),
    phrase(rf"\b{MUSIC}", always(w.Music())),
)
