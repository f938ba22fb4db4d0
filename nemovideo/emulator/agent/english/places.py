"""How English says which photo, and which photos."""

import re
from typing import Final

from nemovideo.emulator.agent.english.words import PHOTO
from nemovideo.emulator.agent.phrases import NAME
from nemovideo.emulator.agent.quantities import EN_NUMBER, EN_ORDINAL, place_en
from nemovideo.emulator.agent.wishes import Place

__all__ = ["NTH", "ONE", "SEVERAL", "place", "places"]

_BACK = (
    r"(?:(?P<from>second|third|fourth|next|one)[\s-]+(?:to|from|before)[\s-]+(?:the\s+)?last"
    r"|last\s+but\s+one|penultimate)"
)
NTH: Final = rf"(?:{_BACK.replace('?P<from>', '?:')}|{EN_ORDINAL})"
"""A number in the order, without the photo."""
_BACKWARD = rf"(?:{_BACK.replace('?P<from>', '?:')}(?:\s+(?:{PHOTO}|one\b))?)"
_NUMBERED = rf"{PHOTO}\s+(?:number\s+|no\.?\s*|#\s*)?{EN_NUMBER}(?![\d.]*\s*(?:%|s\b|sec|percent))"
_NTH = rf"(?:very\s+)?(?<!\d[\s-])\b{EN_ORDINAL}\s+(?:{PHOTO}|one\b)"
ONE: Final = rf"(?:(?:\bthe\s+)?(?:{_BACKWARD}|{_NTH})|{_NUMBERED}|{NAME})"
"""One photo."""

_ALSO = r"(?:\s*,\s*and\s+|\s*,\s*|\s+and\s+|\s*&\s*)"
_TO = r"\s*(?:to|through|thru|until|-|–)\s*"
_FEW = (
    rf"(?:the\s+)?(?:very\s+)?(?:first|last|final)\s+(?!one\b){EN_NUMBER}(?:\s+(?:{PHOTO}|ones\b))?"
)
_ANY = rf"(?:{_NUMBERED}|(?:the\s+)?(?:{_BACKWARD}|\b{EN_ORDINAL}(?:\s+(?:{PHOTO}|one\b))?)|{NAME})"
_END = rf"(?:{_NUMBERED}|(?:the\s+)?(?:{_BACKWARD}|\b{EN_ORDINAL}\s+(?:{PHOTO}|ones?\b))|{NAME})"
_NUMBERS = rf"{EN_NUMBER}(?:{_TO}{EN_NUMBER}|(?:{_ALSO}{EN_NUMBER}){{0,8}})"
SEVERAL: Final = (
    rf"(?:{_FEW}|{PHOTO}\s+(?:number\s+|#\s*)?{_NUMBERS}|(?:{_ANY}{_ALSO}){{0,9}}{_END})"
)
"""One photo or several."""

_FEWER: Final = re.compile(rf"\b(first|last|final)\s+(?!one\b)({EN_NUMBER})(?!\w)", re.IGNORECASE)
_RANGE: Final = re.compile(rf"({EN_NUMBER}){_TO}({EN_NUMBER})(?!\w)", re.IGNORECASE)
_EACH: Final = re.compile(rf"{_BACK}|{NAME}|\b(?:{EN_ORDINAL}|{EN_NUMBER})(?!\w)", re.IGNORECASE)
_BEFORE_LAST: Final = {"third": -3, "fourth": -4}
_MOST: Final = 1_000


def place(words: str) -> Place:
    """Return the place that `ONE` names."""
    return places(words)[0]


def places(words: str) -> tuple[Place, ...]:
    """Return the places that `SEVERAL` names."""
    few = _FEWER.search(words)
    if few:
        count = min(place_en(few[2]), _MOST)
        last = few[1].lower() != "first"
        return tuple(range(-count, 0) if last else range(1, count + 1))
    span = _RANGE.search(words)
    if span:
        return tuple(range(place_en(span[1]), min(place_en(span[2]), _MOST) + 1))
    found = _EACH.finditer(words)
    return tuple(_one(hit) for hit in found if hit.group().lower() != "one")


def _one(hit: re.Match[str]) -> Place:
    words = hit.group()
    if re.fullmatch(NAME, words):
        return words
    if re.search(r"last.|.last|penult", words, re.IGNORECASE):
        return _BEFORE_LAST.get((hit["from"] or "").lower(), -2)
    return place_en(words)
