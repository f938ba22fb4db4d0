"""Which Chinese words put a wish in doubt."""

import re
from typing import Final

from nemovideo.emulator.agent.chinese.places import ONE
from nemovideo.emulator.agent.chinese.sound import MOOD
from nemovideo.emulator.agent.chinese.words import BIT
from nemovideo.emulator.agent.guards import Guard
from nemovideo.emulator.agent.phrases import QUOTE
from nemovideo.emulator.agent.quantities import ZH_SPAN

__all__ = ["BREAKS", "GUARD"]

BREAKS: Final = re.compile(
    r"[,.;!?:()。、\n]+|并且|而且|然后|同时|另外|以及|还要|并|和|再", re.IGNORECASE
)
"""Where one clause ends and the next begins."""

_BARE: Final = re.compile(
    rf"停?留?{ZH_SPAN}(?:左右|以内|长)?|{QUOTE}|(?:{MOOD}){BIT}?的?|[长短慢快]{BIT}", re.IGNORECASE
)

_NOT = r"不|别|没|勿|无需|无须|讨厌|避免|撤销|取消|恢复"
_ASKED = (
    r"^[\s\x01]*你\s*\x01+了|为什么|为何|为啥|怎么|什么|多长|多久|多少|哪|谁|是否|吗|有没有|是不是"
    r"|\x01\s*(?:或者|或|还是)\s*\x01|(\w)不\1|[快慢长短久大小高低](?:一点|一些|点|些)"
    r"|(?<!没)问题|导出|下载|发给|发送|讲讲|说说|介绍|解释|喜欢|觉得|记得"
)
_PART = (
    rf"{ONE}|之后|之前|以后|以前|后面|前面|结尾|末尾|开头|片头|片尾|中间|尾部|最后(?:一段|部分)"
    r"|(?:前|后|最后)\s*[\d一二两三四五六七八九十]+\s*[秒张]|只(?![把将改要想需])|一半|后半|前半|期间"
)

GUARD: Final = Guard(
    breaks=BREAKS,
    turning=re.compile(rf"{_NOT}|\b(?:no|not|don'?t)\b", re.IGNORECASE),
    doubting=re.compile(f"{_ASKED}|{_PART}", re.IGNORECASE),
    supposing=re.compile(
        r"如果|要是|假如|若是|除非|万一|[^,.;!?。\n]{0,40}的话|除了|(?:[两三几多]|\d)个(?:版本|格式|视频)"
    ),
    bare=_BARE,
)
"""What puts a clause in doubt when no phrase has understood it."""
