"""What Chinese asks to leave alone, and what it asks for in vain."""

import re
from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.chinese.words import (
    KEPT,
    MUSIC,
    PHOTO,
    SET,
    SPAN,
    TITLE,
    beyond,
    phrase,
)
from nemovideo.emulator.agent.phrases import QUOTE, Hit, Phrase, always
from nemovideo.emulator.agent.quantities import ZH_SPAN

__all__ = ["LATER", "LIMITS"]

_ADD = r"(?:(?:加上|加个|加入|加|配上|配|添加|用)\s*)?(?:一个|一段)?"
_SHOP = r"(?:youtube|spotify|网易云|qq音乐|b站)"

_SHAPE = r"(?:竖屏|竖版|竖向|横屏|横版|横向|方形|正方形|方屏|宽屏)的?"
_LETTERING = (
    r"(?:大一?[点些]|小一?[点些]|粗一?[点些]|加粗|粗体|斜体|变大|变小|放大|缩小|字体|颜色|字号"
    r"|[红绿蓝黄白黑粉紫橙金灰]色)"
)


def _asked(hit: Hit) -> w.Wish | None:
    sentence = re.split(r"[,.;!?。]", hit.string[: hit.start()])[-1]
    return w.Keep() if re.search("可以|能|麻烦", sentence) else None


LIMITS: Final[tuple[Phrase, ...]] = (
    phrase(
        r"能不能|可不可以|可否|能否|好不好|行不行|不好意思|差不多|对不起|(?:如果)?可以的话|如果可以"
        r"|(?<=[\u4e00-\u9fff])[,]?(?:可以|行|好)吗",
        always(w.Keep()),
    ),
    # 能换成竖屏吗: whoever asks whether it can be done wants it done.
    phrase(r"吗(?=[\s?!。]*$)", _asked),
    phrase(
        rf"(?:(?<=屏)|(?<=版)|(?<=形)|(?<=向))\s*,?\s*(?:而?不要|而?不是|别)\s*{_SHAPE}",
        always(w.Keep()),
    ),
    beyond(
        rf"(?:把|将)?(?:{TITLE}|字幕|字体|字)的?(?:字体|颜色|字号)?\s*(?:{SET}|用|要|再)?\s*{_LETTERING}",
        "cannot_lettering",
    ),
    beyond(r"(?:换|改|用)[^,.;!?。]{0,6}字体|翻译[^,.;!?。]*", "cannot_lettering"),
    beyond(
        rf"(?:剪掉|去掉|删掉|删除|裁掉|跳过|剪去)\s*(?:开头|结尾|最前面?|最后面?|前面?|后面?)的?\s*{SPAN}"
        rf"|(?:把|将)?(?:开头|结尾|前面?|后面?|最后)的?\s*{ZH_SPAN}\s*(?:剪掉|去掉|删掉|删除)",
        "cannot_part",
    ),
    beyond(r"(?:自动|语音|智能|ai)\s*(?:生成|识别|加)?\s*(?:的)?字幕", "cannot_captions"),
    phrase(r"(?:而不是|代替)[^,;!?。]*", always(w.Keep())),
    beyond(rf"(?:用|从|配)?\s*(?:https?://\S+|{_SHOP}[^,;!?。]*{MUSIC})", "cannot_link"),
    phrase(
        rf"(?:把|将)?(?:{MUSIC}|{TITLE}|{PHOTO}|字幕|转场|顺序|时长)\s*(?:都|就)?{KEPT}",
        always(w.Keep()),
    ),
    phrase(r"(?:不要|别|不用)\s*(?:改变|改动|改|动|移动|碰)[^,;!?。]*", always(w.Keep())),
    phrase(r"(?:其他|其它|其余|剩下)的?(?:都|部分)?(?:保持)?(?:不变|不动|一样)", always(w.Keep())),
    phrase(
        rf"(?:保留|保持)\s*(?:原来的)?(?:{MUSIC}|{TITLE}|{PHOTO}|字幕|顺序|时长|转场)(?:不变)?",
        always(w.Keep()),
    ),
    beyond(
        rf"(?:把|将)?(?:{MUSIC}|歌)\s*(?:{SET}|用|放|是|叫|:)?\s*{QUOTE}"
        rf"|来一?首\s*{QUOTE}|(?:配|放|用|加|播放|来)?(?:上|一?首)?\s*{QUOTE}\s*(?:这|那|一)?首?(?:的)?{MUSIC}"
        rf"|(?:配|放|用|加|播放)(?:上)?一?首[^,;!?。]{{0,12}}{QUOTE}",
        "cannot_song",
    ),
    beyond(rf"{_ADD}(?:旁白|配音(?!乐)|解说|朗读)", "cannot_voice"),
    beyond(r"(?<!\d)(?:4:3|3:4|4:5|5:4|3:2|2:3|2:1|21:9)(?!\d)", "cannot_ratio"),
    beyond(
        r"(?<![a-z\d])[248]k(?![a-z])|(?<!\d)(?!(?:24|25|30|50|60)\s*帧)\d{1,4}\s*帧|超高清",
        "cannot_quality",
    ),
    beyond(
        rf"(?:变成|改成|做成|{_ADD})(?:黑白|滤镜|电影感(?!的?{MUSIC})|慢动作|复古|模糊|美颜)(?:效果|滤镜)?",
        "cannot_effect",
    ),
    beyond(r"(?:擦除|滑动|旋转|翻页|推移)(?:转场|过渡)", "cannot_transition"),
)

LATER: Final[tuple[Phrase, ...]] = (beyond(rf"{_ADD}字幕", "cannot_captions"),)
"""What is beyond the agent when no other phrase makes sense of it."""
