"""How English speaks of captions."""

from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.english.places import ONE, SEVERAL, place, places
from nemovideo.emulator.agent.english.words import NOT, PHOTO, beyond, phrase
from nemovideo.emulator.agent.phrases import QUOTE, Hit, Phrase, quoted
from nemovideo.emulator.agent.quantities import EN_NUMBER, place_en

__all__ = ["CAPTIONS"]

_CAPTION = r"(?:captions?|subtitles?)\b"
_THE = r"(?:(?:the|an?|its|this|that|following)\s+)?"
_UNDER = r"(?:on|of|for|to|under|below|over|from|in|with)"
_SAYING = r"(?:\s*(?:\b(?:to|with|as|is|should|be|reads?|reading|say(?:s|ing)?)\b|[:=])){0,8}\s*"
_WRITE = r"(?:\b(?:add|put|write|set|change|give|use|make|include|with|show|edit|rename)\s+)?"
_QUOTES = rf"{QUOTE}(?:\s*,?\s*(?:and\s+)?{QUOTE}){{0,8}}"
_ALL = rf"(?:(?:each|every|all)\s+(?:of\s+)?)?(?:the\s+|my\s+|these\s+)?{PHOTO}"


def _one(hit: Hit) -> w.Wish:
    return w.Caption(place(hit["one"]), hit["quote"])


def _many(hit: Hit) -> w.Wish:
    return w.Captions(quoted(hit["quotes"]))


def _off(hit: Hit) -> w.Wish:
    return w.CaptionsOff(places(hit["places"]) if hit["places"] else ())


CAPTIONS: Final[tuple[Phrase, ...]] = (
    phrase(
        rf"{NOT}{_CAPTION}(?:\s+{_UNDER}\s+(?:(?P<places>{SEVERAL})|(?:all\s+)?(?:of\s+)?"
        rf"(?:the\s+|my\s+)?{PHOTO}))?(?!\s*{QUOTE})",
        _off,
    ),
    phrase(rf"{NOT}(?P<places>{ONE})(?:'s)?\s+{_CAPTION}", _off),
    phrase(
        rf"{_WRITE}{_THE}{_CAPTION}\s+{_UNDER}\s+(?P<one>{ONE}){_SAYING}(?P<quote>{QUOTE})", _one
    ),
    phrase(
        rf"{_WRITE}{_THE}{_CAPTION}{_SAYING}(?P<quote>{QUOTE})\s+{_UNDER}\s+(?P<one>{ONE})", _one
    ),
    phrase(
        rf"{_WRITE}(?P<quote>{QUOTE})\s+as\s+{_THE}{_CAPTION}\s+{_UNDER}\s+(?P<one>{ONE})", _one
    ),
    phrase(rf"\b(?:caption|subtitle)\s+(?P<one>{ONE}){_SAYING}(?P<quote>{QUOTE})", _one),
    phrase(
        rf"{_WRITE}(?:the\s+(?:words?|text)\s+)?(?P<quote>{QUOTE})\s+(?:on(?:to)?|over|under|below|in)"
        rf"\s+(?P<one>{ONE})",
        _one,
    ),
    phrase(
        rf"\b(?:caption|subtitle)\s+(?:number\s+|#\s*)?(?P<one>{EN_NUMBER}){_SAYING}(?P<quote>{QUOTE})",
        lambda hit: w.Caption(place_en(hit["one"]), hit["quote"]),
    ),
    phrase(rf"\bgive\s+(?P<one>{ONE})\s+{_THE}{_CAPTION}{_SAYING}(?P<quote>{QUOTE})", _one),
    phrase(rf"(?P<one>{ONE})(?:'s)?\s+{_CAPTION}{_SAYING}(?P<quote>{QUOTE})", _one),
    phrase(
        rf"{_WRITE}{_THE}{_CAPTION}(?:\s+{_UNDER})?(?:\s+{_ALL})?{_SAYING}(?P<quotes>{_QUOTES})"
        rf"(?:\s+{_UNDER}\s+{_ALL})?(?!\s*(?:to|into|with|by)\b)",
        _many,
    ),
    beyond(
        rf"{_WRITE}{_THE}\b{_CAPTION}[^.;!?\n\x01]{{0,60}}{QUOTE}(?:\s*(?:to|with|by)\s*{QUOTE})?",
        "cannot_caption",
    ),
)
"""Captions, before a quotation can be taken for a title."""
