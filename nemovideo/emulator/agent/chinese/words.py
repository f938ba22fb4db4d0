"""The fragments that Chinese patterns are made of.

Full-width punctuation has become ASCII before a pattern looks at the text.
"""

import re
from collections.abc import Callable
from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.phrases import Hit, Phrase
from nemovideo.emulator.agent.quantities import ZH_NUMBER, ZH_SPAN, number_zh, span_zh

__all__ = [
    "BIT",
    "COUNTED",
    "MUSIC",
    "NOT",
    "PHOTO",
    "SET",
    "SPAN",
    "TITLE",
    "VIDEO",
    "WHICH",
    "beyond",
    "phrase",
    "place",
    "span",
]

PHOTO: Final = r"(?:照片|图片|相片|图像|画面|片段|图)"
COUNTED: Final = r"(?:张|个|幅|段|页)"
VIDEO: Final = r"(?:幻灯片|视频|短片|影片|相册|影集|电影|片子|vlog|slideshow)"
MUSIC: Final = r"(?:背景)?(?:音乐|配乐|歌曲|bgm)"
TITLE: Final = r"(?:片头)?(?:标题|题目|片名|文字|字样)"
WHICH: Final = (
    rf"(?:第\s*(?P<which>{ZH_NUMBER})\s*{COUNTED}?{PHOTO}?"
    rf"|(?P<last>最后)\s*一?\s*{COUNTED}{PHOTO}?)"
)
SET: Final = r"(?:改成|改为|换成|换为|设为|设成|变成|调成|调到|调为|做成|转成|转为)"
NOT: Final = (
    r"(?:不要|不用|不需要|别加|别用|不加|没有|无|去掉|去除|删掉|删除|移除|取消|关掉|关闭)\s*"
    r"(?:任何|所有|这个|那个)?\s*"
)
BIT: Final = r"(?:一点|一些|点|些)"
SPAN: Final = rf"(?P<span>{ZH_SPAN})"


def phrase(pattern: str, build: Callable[[Hit], w.Wish | None]) -> Phrase:
    """Return a phrase whose pattern ignores case."""
    return Phrase(re.compile(pattern, re.IGNORECASE), build)


def beyond(pattern: str, kind: str) -> Phrase:
    """Return a phrase for something that this agent cannot do."""
    return phrase(pattern, lambda hit: w.Cannot(kind, hit.group().strip()))


def place(hit: Hit) -> int:
    """Return the place that a match of `WHICH` names."""
    return -1 if hit["last"] else round(number_zh(hit["which"]))


def span(hit: Hit) -> int:
    """Return the milliseconds of a match of `SPAN`."""
    return span_zh(hit["span"])
