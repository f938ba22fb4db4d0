"""What Chinese asks to leave alone, and what it asks for in vain."""

from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.chinese.words import MUSIC, PHOTO, TITLE, beyond, phrase
from nemovideo.emulator.agent.phrases import Phrase, always

__all__ = ["LIMITS"]

_ADD = r"(?:(?:加上|加个|加入|加|配上|配|添加|用)\s*)?(?:一个|一段)?"
_SHOP = r"(?:youtube|spotify|网易云|qq音乐|b站)"

LIMITS: Final[tuple[Phrase, ...]] = (
    phrase(r"(?:而不是|代替)[^,;!?。]*", always(w.Keep())),
    beyond(rf"(?:用|从|配)?\s*(?:https?://\S+|{_SHOP}[^,;!?。]*{MUSIC})", "cannot_link"),
    phrase(r"(?:不要|别|不用)\s*(?:改变|改动|改|动|移动|碰)[^,;!?。]*", always(w.Keep())),
    phrase(r"(?:其他|其它|其余|剩下)的?(?:都|部分)?(?:保持)?(?:不变|不动|一样)", always(w.Keep())),
    phrase(
        rf"(?:保留|保持)\s*(?:原来的)?(?:{MUSIC}|{TITLE}|{PHOTO}|顺序|时长|转场)(?:不变)?",
        always(w.Keep()),
    ),
    beyond(rf"{_ADD}(?:旁白|配音(?!乐)|解说|朗读)", "cannot_voice"),
    beyond(rf"{_ADD}字幕", "cannot_captions"),
    beyond(r"(?<!\d)(?:4:3|3:4|4:5|5:4|3:2|2:3|2:1|21:9)(?!\d)", "cannot_ratio"),
    beyond(r"[48]k(?![a-z])|60\s*帧", "cannot_quality"),
    beyond(
        rf"(?:变成|改成|做成|{_ADD})(?:黑白|滤镜|慢动作|复古|模糊|美颜)(?:效果|滤镜)?",
        "cannot_effect",
    ),
    beyond(r"(?:擦除|滑动|旋转|翻页|推移)(?:转场|过渡)", "cannot_transition"),
)
