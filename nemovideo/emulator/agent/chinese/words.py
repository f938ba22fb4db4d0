"""The fragments that Chinese patterns are made of.

Full-width punctuation has become ASCII before a pattern looks at the text.
"""

import re
from collections.abc import Callable
from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.phrases import Hit, Phrase
from nemovideo.emulator.agent.quantities import ZH_SPAN, span_zh

__all__ = [
    "BIT",
    "COUNTED",
    "GONE",
    "KEPT",
    "MUSIC",
    "NOT",
    "PHOTO",
    "SET",
    "SPAN",
    "TITLE",
    "VIDEO",
    "beyond",
    "phrase",
    "span",
]

PHOTO: Final = r"(?:照片|图片|相片|图像|画面|片段|图)"
COUNTED: Final = r"(?:张|个|幅|段|页)"
VIDEO: Final = r"(?:幻灯片|视频|短片|影片|相册|影集|电影|片子|vlog|slideshow)"
MUSIC: Final = r"(?:背景)?(?:音乐|配乐|歌曲|曲子|歌|bgm)"
TITLE: Final = r"(?:片头)?(?:标题|题目|片名|文字|字样|title)"
SET: Final = (
    r"(?:改成|改为|换成|换为|换到|设为|设成|设置为|设置成|变成|调成|调到|调为|做成|转成|转为)"
)
NOT: Final = (
    r"(?:不要|不用|不需要|别加|别用|不加|没有|无|去掉|去除|删掉|删除|移除|取消|关掉|关闭|关)\s*"
    r"(?:任何|所有|这个|那个)?\s*"
)
GONE: Final = (
    r"(?:都|全部?|可以|就|也){0,2}(?:用不着|去掉|删掉|删除|移除|关掉|关闭|拿掉|扔掉|剪掉|去除|(?:删|关|去)(?=了)|删|不要了|不用了"
    r"|(?:不要|不用)(?=\s*(?:$|[,.;!?。])))"
)
"""What is said behind a thing that shall go."""
KEPT: Final = r"(?:留着|保留|别动|不动|不变|不要动|不用动)"
"""What is said behind a thing that shall stay."""
BIT: Final = r"(?:一点儿?|一些|一会儿?|点儿?|些)"
SPAN: Final = rf"(?P<span>{ZH_SPAN})"


def phrase(pattern: str, build: Callable[[Hit], w.Wish | tuple[w.Wish, ...] | None]) -> Phrase:
    """Return a phrase whose pattern ignores case."""
    return Phrase(re.compile(pattern, re.IGNORECASE), build)


def beyond(pattern: str, kind: str) -> Phrase:
    """Return a phrase for something that this agent cannot do."""
    return phrase(pattern, lambda hit: w.Cannot(kind, hit.group().strip()))


def span(hit: Hit) -> int:
    """Return the milliseconds of a match of `SPAN`."""
    return span_zh(hit["span"])
