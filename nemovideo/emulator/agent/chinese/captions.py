"""How Chinese speaks of captions."""

from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.chinese.places import ONE, SEVERAL, place, places
from nemovideo.emulator.agent.chinese.words import COUNTED, NOT, PHOTO, SET, beyond, phrase
from nemovideo.emulator.agent.phrases import QUOTE, Hit, Phrase, quoted

__all__ = ["CAPTIONS"]

_CAPTION = r"(?:文字说明|字幕|说明文字)"
_ADD = r"(?:加上|加个|加入|添加|配上|写上|加|配|写)"
_GONE = r"(?:去掉|删掉|删除|移除|取消|去除|删)"
_UNDER = r"(?:下面|下方|底部|里|上面|上)?的?"
_TAKE = r"(?:给|为|把|将|在|替)?\s*"
_SAYING = rf"\s*(?:一个|一条)?\s*(?:{SET}|换|改|写着?|是|为|:)?\s*"
_QUOTES = rf"{QUOTE}(?:\s*[,、和与]?\s*{QUOTE}){{0,8}}"
_ALL = rf"(?:每\s*一?\s*{COUNTED}?{PHOTO}?|(?:所有|全部|这些)的?{PHOTO})"


def _one(hit: Hit) -> w.Wish:
    return w.Caption(place(hit["one"]), hit["quote"])


def _many(hit: Hit) -> w.Wish:
    return w.Captions(quoted(hit["quotes"]))


def _off(hit: Hit) -> w.Wish:
    return w.CaptionsOff(places(hit["places"]) if hit["places"] else ())


CAPTIONS: Final[tuple[Phrase, ...]] = (
    phrase(
        rf"{NOT}(?:(?P<places>{SEVERAL}){_UNDER}|所有的?|全部的?)?\s*{_CAPTION}(?!\s*{QUOTE})", _off
    ),
    phrase(
        rf"{_TAKE}(?:(?P<places>{SEVERAL}){_UNDER}|所有的?|全部的?)?\s*{_CAPTION}\s*(?:都|全部?)?{_GONE}",
        _off,
    ),
    phrase(
        rf"{_TAKE}(?P<one>{ONE}){_UNDER}\s*{_ADD}?\s*(?:一个|一条)?{_CAPTION}{_SAYING}"
        rf"(?P<quote>{QUOTE})",
        _one,
    ),
    phrase(rf"{_TAKE}(?P<one>{ONE}){_UNDER}\s*{_ADD}\s*(?P<quote>{QUOTE})\s*的?{_CAPTION}", _one),
    phrase(
        rf"{_TAKE}(?P<one>{ONE}){_UNDER}\s*(?:写上?|加上?|配上?|配文)\s*(?P<quote>{QUOTE})", _one
    ),
    phrase(
        rf"{_TAKE}{_ALL}?{_UNDER}\s*(?:都|分别|依次){{0,8}}\s*{_ADD}?\s*{_CAPTION}\s*(?:分别|依次)?{_SAYING}"
        rf"(?P<quotes>{_QUOTES})(?!\s*(?:{SET}|改|换|变))",
        _many,
    ),
    beyond(
        rf"{_TAKE}{_CAPTION}[^;!?。\n\x01]{{0,30}}{QUOTE}(?:\s*(?:{SET}|改|换)\s*{QUOTE})?",
        "cannot_caption",
    ),
)
"""Captions, before a quotation can be taken for a title."""
