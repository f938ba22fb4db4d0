"""Numbers, ordinals and spans of time, as English and Chinese write them."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = [
    "EN_NUMBER",
    "EN_ORDINAL",
    "EN_SPAN",
    "ORDINALS",
    "ZH_NUMBER",
    "ZH_SPAN",
    "number_en",
    "number_zh",
    "place_en",
    "span_en",
    "span_zh",
]

_WORDS: Final = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS: Final[Mapping[str, int]] = MappingProxyType(
    {word: value for value, word in enumerate(_WORDS)}
    | {word: 10 * value for value, word in enumerate(_TENS, 2)}
)
ORDINALS: Final = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
)
_DIGITS: Final[Mapping[str, int]] = MappingProxyType(
    {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2}
)

_WORD = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_DIGIT = r"(?<!\d)(?<!\d[.,])\d{1,6}(?:[.,]\d{1,3})?"
EN_NUMBER: Final = rf"(?:{_DIGIT}|\b(?:{'|'.join(_TENS)})[\s-](?:{_WORD})\b|\b(?:{_WORD})\b)"
EN_ORDINAL: Final = rf"(?:{'|'.join(ORDINALS)}|last|final|\d{{1,3}}(?:st|nd|rd|th))"
_SECOND = r"(?:seconds?|secs?|s)\b"
_MINUTE = r"(?:minutes?|mins?|m)\b"
EN_SPAN: Final = (
    rf"(?:(?:half\s+a|a\s+half|half)[\s-]+(?:minute|second)\b"
    rf"|{EN_NUMBER}\s+and\s+a\s+half[\s-]+(?:minutes?|mins?|seconds?|secs?)\b"
    rf"|(?:an?|one)[\s-]+{_MINUTE}\s+and\s+a\s+half"
    rf"|(?:{EN_NUMBER}[\s-]*|\ban?[\s-]+){_MINUTE}(?:\s+(?:and\s+)?{EN_NUMBER}[\s-]*{_SECOND})?"
    rf"|(?:{EN_NUMBER}[\s-]*|\ba[\s-]+)(?:{_SECOND}|ms\b|milliseconds?\b))"
)
ZH_NUMBER: Final = r"(?:(?<!\d)(?<!\d\.)\d{1,6}(?:\.\d{1,3})?|[零一二两三四五六七八九十百]{1,6})"
ZH_SPAN: Final = (
    rf"(?:半\s*(?:分钟|秒钟?)"
    rf"|{ZH_NUMBER}\s*分(?:钟半|半钟|钟|半)?(?:\s*零?{ZH_NUMBER}\s*秒钟?)?"
    rf"|{ZH_NUMBER}\s*(?:秒钟?半?|s\b))"
)


def number_en(words: str) -> float:
    """Return the value of `12`, `1.5`, `twelve` or `twenty-five`."""
    tens, _, ones = re.sub(r"\s+", "-", words.lower().strip()).partition("-")
    if tens in _NUMBERS:
        return float(_NUMBERS[tens] + _NUMBERS.get(ones, 0))
    return float(words.replace(",", "."))


def place_en(words: str) -> int:
    """Return the place of `second`, `2nd`, `2` or `two`; the last is -1."""
    low = words.lower().strip()
    if low in {"last", "final"}:
        return -1
    if low in ORDINALS:
        return ORDINALS.index(low) + 1
    return int(number_en(re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", low)))


def span_en(words: str) -> int:
    """Return the milliseconds of an `EN_SPAN`."""
    low = re.sub(r"\s+", " ", words.lower().strip())
    if low.endswith("and a half"):
        return 90_000
    halves = re.match(rf"({EN_NUMBER}) and a half[ -](min|sec)", low)
    if halves:
        return round((number_en(halves[1]) + 0.5) * _unit_en(halves[2][:1]))
    if "half" in low:
        return 30_000 if "minute" in low else 500
    found = re.findall(rf"({EN_NUMBER}|\ban?)[ -]*(min|ms|milli|m|s)", low)
    return round(sum(_amount_en(number) * _unit_en(unit) for number, unit in found))


def number_zh(words: str) -> float:
    """Return the value of `12`, `十二`, `两` or `一百二十`."""
    if words[:1].isdigit():
        return float(words)
    total, digit = 0, 0
    for sign in words:
        unit = {"十": 10, "百": 100}.get(sign)
        if unit is None:
            digit = _DIGITS[sign]
        else:
            total, digit = total + (digit or 1) * unit, 0
    return float(total + digit)


def span_zh(words: str) -> int:
    """Return the milliseconds of a `ZH_SPAN`."""
    low = re.sub(r"\s+", "", words)
    if low.startswith("半"):
        return 30_000 if "分" in low else 500
    minutes, has_minutes, rest = low.rpartition("分")
    seconds = re.search(ZH_NUMBER, rest)
    total = number_zh(seconds.group()) * 1000 if seconds else 0.0
    if has_minutes:
        amount = re.match(ZH_NUMBER, minutes)
        total += number_zh(amount.group()) * 60_000 if amount else 0
    if "半" in low:
        total += 30_000 if has_minutes else 500
    return round(total)


def _amount_en(words: str) -> float:
    return 1.0 if words in {"a", "an"} else number_en(words)


def _unit_en(unit: str) -> int:
    return {"min": 60_000, "m": 60_000, "s": 1000}.get(unit, 1)
