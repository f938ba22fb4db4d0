"""How Chinese says which photo, and which photos."""

import re
from typing import Final

from nemovideo.emulator.agent.chinese.words import COUNTED, PHOTO
from nemovideo.emulator.agent.phrases import NAME
from nemovideo.emulator.agent.quantities import ZH_NUMBER, number_zh
from nemovideo.emulator.agent.wishes import Place

__all__ = ["ONE", "SEVERAL", "place", "places"]

_TAIL = rf"(?:\s*{COUNTED})?(?:的?{PHOTO})?"
_NTH = rf"(?:倒数)?第\s*{ZH_NUMBER}{_TAIL}"
ONE: Final = (
    rf"(?:{_NTH}|最后\s*一?\s*{COUNTED}(?:{PHOTO})?|{NAME}(?:\s*[那这]?{COUNTED}{PHOTO}?)?)"
)
"""One photo."""

_TO = r"\s*(?:到|至|-|~)\s*"
_FEW = rf"(?:最前面?|最后|前面?|后面?)\s*{ZH_NUMBER}\s*{COUNTED}(?:{PHOTO})?"
_RANGED = rf"第?\s*{ZH_NUMBER}(?:\s*{COUNTED})?{_TO}第?\s*{ZH_NUMBER}{_TAIL}"
_LISTED = rf"第\s*{ZH_NUMBER}(?:\s*、\s*{ZH_NUMBER})+\s*{COUNTED}(?:{PHOTO})?"
SEVERAL: Final = rf"(?:{_FEW}|{_RANGED}|{_LISTED}|{ONE}(?:\s*(?:和|与|跟|、|以及)\s*{ONE}){{0,9}})"
"""One photo or several."""

_FEWER: Final = re.compile(rf"(最前面?|最后|前面?|后面?)\s*({ZH_NUMBER})\s*{COUNTED}")
_RANGE: Final = re.compile(rf"第?\s*({ZH_NUMBER})(?:\s*{COUNTED})?{_TO}第?\s*({ZH_NUMBER})")
_EACH: Final = re.compile(
    rf"(?P<name>{NAME})|(?P<last>最后)|(?P<back>倒数)?(?:第|、)\s*(?P<number>{ZH_NUMBER})"
)
_MOST: Final = 1_000


def place(words: str) -> Place:
    """Return the place that `ONE` names."""
    return places(words)[0]


def places(words: str) -> tuple[Place, ...]:
    """Return the places that `SEVERAL` names."""
    few = _FEWER.fullmatch(words) or _FEWER.match(words)
    if few:
        count = min(round(number_zh(few[2])), _MOST)
        from_end = "后" in few[1]
        return tuple(range(-count, 0) if from_end else range(1, count + 1))
    span = _RANGE.match(words)
    if span:
        last = min(round(number_zh(span[2])), _MOST)
        return tuple(range(round(number_zh(span[1])), last + 1))
    return tuple(_one(hit) for hit in _EACH.finditer(words))


def _one(hit: re.Match[str]) -> Place:
    if hit["name"]:
        return hit["name"]
    if hit["last"]:
        return -1
    number = round(number_zh(hit["number"]))
    return -number if hit["back"] else number
