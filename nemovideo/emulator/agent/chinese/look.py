"""How Chinese speaks of titles, transitions, camera moves and the picture's shape."""

import re
from collections.abc import Mapping
from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.chinese.words import (
    BIT,
    GONE,
    NOT,
    PHOTO,
    SET,
    SPAN,
    TITLE,
    phrase,
    span,
)
from nemovideo.emulator.agent.phrases import QUOTE, Hit, Phrase, always

__all__ = [
    "AND_THINGS",
    "NO_TITLE",
    "SHAPES",
    "TITLES",
    "TITLE_LEAD",
    "TRANSITIONS",
    "things_off",
]

_IS = rf"(?:是|为|叫做|叫|写着|写|{SET}|:)"
_INTO = rf"(?:{SET})?\s*"
_VERSION = r"(?:的?(?:格式|比例|版|视频))?"
_QUALITY = r"(?:的?(?:画质|清晰度|分辨率|版))?"
_ENDS: Final = {"上": "top", "顶": "top", "下": "bottom", "底": "bottom"}

_SPOT = r"(?:最?[上下]面|[上下]方|[上下]边|顶部|底部|中间|中央|正中)"

TITLE_LEAD: Final = re.compile(
    rf"(?:{TITLE}\s*{_IS}\s*|名字\s*(?:叫做|叫|是|为)\s*|题为\s*|取名(?:为|叫)?\s*|命名为\s*)(?P<text>[^,.;!?。、\n]+)"
)
"""What is followed by a title even without quotes."""

NO_TITLE: Final = re.compile(
    r"(?:更|再|变)?(?:大|小|粗|红|绿|蓝|黄|白|黑|粉|紫|橙|金|灰|斜)(?:一?点|一?些|色|体|字)"
    r"|(?:英|中|法|日|德)(?:文|语)|什么|别的|其他|(?:最)?[上下]面|[上下]方|顶部|底部|中间"
)
"""What no title without quotes is: a colour, a size, a language, a place."""


def _position(hit: Hit) -> w.Wish:
    return w.TitlePlace(_ENDS.get((hit["position"] or hit["centred"])[0], "center"))


_OFF: Final[Mapping[str, w.Wish]] = {
    "标题": w.TitleOff(),
    "文字": w.TitleOff(),
    "音乐": w.MusicOff(),
    "配乐": w.MusicOff(),
    "转场": w.Transition("cut"),
    "字幕": w.CaptionsOff(),
}
_THING = "(?:标题|文字|(?:背景)?音乐|配乐|转场|字幕)"


AND_THINGS: Final = rf"(?P<things>(?:\s*[和、与跟及,]\s*{_THING})+)"
"""Further things that go with what was said before."""


def things_off(words: str) -> tuple[w.Wish, ...]:
    """Return the wishes that the things named are gone."""
    return tuple(_OFF[name] for name in re.findall("|".join(_OFF), words))


def _all_off(hit: Hit) -> tuple[w.Wish, ...]:
    return things_off(hit["things"])


TITLES: Final[tuple[Phrase, ...]] = (
    phrase(
        rf"(?:把|将)?(?P<things>{_THING}(?:\s*[和、与跟及]\s*{_THING})+)\s*(?:都|全部?)?\s*"
        r"(?:去掉|删掉|删除|移除|不要了?|关掉|不用)(?!\s*[改动换])",
        _all_off,
    ),
    phrase(
        rf"{NOT}(?P<things>{_THING}(?:\s*[和、与跟及]\s*{_THING})+)(?!\s*{QUOTE})",
        _all_off,
    ),
    phrase(rf"{NOT}{TITLE}\s*{QUOTE}?", always(w.TitleOff())),
    phrase(
        rf"(?<![和与跟及、])(?:把|将)?{TITLE}\s*{QUOTE}?\s*{GONE}(?!\s*(?:{SET}|动|改|换|变))",
        always(w.TitleOff()),
    ),
    phrase(
        rf"{TITLE}\s*(?:显示|停留|持续|出现|{SET})?\s*{SPAN}(?!后|之后)",
        lambda hit: w.TitleTime(span(hit)),
    ),
    phrase(
        rf"(?:把|将)?{TITLE}?(?:放在|放到|放|移到|改到|挪到|换到|调到|显示在|在)\s*(?:画面|屏幕|视频)?的?\s*"
        rf"(?P<position>{_SPOT})"
        rf"|(?:把|将)?{TITLE}\s*(?:{SET}|要)?(?P<centred>居中)",
        _position,
    ),
    phrase(
        rf"(?:(?:把|将|加上|加个|加|添加|配上|写上|用)\s*(?:一个)?)?"
        rf"(?:{TITLE}\s*{_IS}?|题为|名为|名叫|叫做|叫|取名(?:为|叫)?|命名为|写着)?\s*"
        rf"(?P<quote>{QUOTE})(?:\s*(?:作为|当作|做|的)\s*{TITLE})?",
        lambda hit: w.Title(hit["quote"]),
    ),
)

_SOFT = "平滑|流畅|柔和|自然|顺滑|丝滑"
_CHANGE = r"(?:转场|过渡|淡入淡出|叠化)(?:效果)?"


def _tempo(hit: Hit) -> w.Wish:
    return w.TransitionTimes(1.5 if hit["how"] in "慢长久" else 1 / 1.5)


TRANSITIONS: Final[tuple[Phrase, ...]] = (
    phrase(rf"{_CHANGE}(?:再|更|变|稍微){{0,8}}\s*(?P<how>快|慢|长|短|久){BIT}", _tempo),
    phrase(
        rf"{_CHANGE}(?:的?(?:时间|时长))?\s*(?:{SET}|持续|用|为|是)?\s*{SPAN}",
        lambda hit: w.Transition("", min(span(hit), 3000)),
    ),
    phrase(rf"{NOT}(?:转场|过渡)(?:效果)?|硬切|直切|直接切换?", always(w.Transition("cut"))),
    phrase(
        r"(?:淡入|渐入|淡出到?|渐隐到?|通过|经过|穿过)?\s*(?:黑场|黑屏|渐黑)(?:转场|过渡)?|淡出到黑",
        always(w.Transition("dip")),
    ),
    phrase(
        rf"{SPAN}的?(?:转场|过渡|淡入淡出|叠化)",
        lambda hit: w.Transition("", min(span(hit), 3000)),
    ),
    phrase(
        r"(?:淡入淡出|交叉淡化|交叉溶解|叠化|溶解|渐变)的?(?:转场|过渡)?(?:效果)?",
        always(w.Transition("crossfade")),
    ),
    phrase(
        rf"(?:{_SOFT})的?\s*(?:转场|过渡|切换)(?:效果)?|(?:转场|过渡|切换)(?:再|更|要)?(?:{_SOFT}){BIT}",
        always(w.Transition("crossfade")),
    ),
    phrase(r"(?:转场|过渡)(?:效果)?", always(w.Transition())),
    phrase(
        rf"{NOT}(?:缩放|镜头运动|运动|动效|推拉|移动)(?:效果)?|(?:静止|静态)的?{PHOTO}",
        always(w.Motion("none")),
    ),
    phrase(r"(?:慢慢|缓慢)?地?(?:放大|推近)(?:效果)?", always(w.Motion("zoom_in"))),
    phrase(r"(?:慢慢|缓慢)?地?(?:缩小|拉远)(?:效果)?", always(w.Motion("zoom_out"))),
    phrase(r"镜头运动|运镜|动感镜头", always(w.Motion("varied"))),
)

SHAPES: Final[tuple[Phrase, ...]] = (
    phrase(rf"{_INTO}(?:1080\s*p(?![a-z])|全高清|超清){_QUALITY}", always(w.Lines(1080))),
    phrase(
        rf"{_INTO}(?:720\s*p(?![a-z])|720(?=就?(?:够|行|可以))|高清){_QUALITY}",
        always(w.Lines(720)),
    ),
    phrase(
        rf"(?:{_INTO}|每秒)(?<!\d)(?P<rate>24|25|30|50|60)\s*帧(?:每秒|率)?",
        lambda hit: w.Frames(int(hit["rate"])),
    ),
    phrase(
        rf"{_INTO}(?:9\s*:\s*16|竖着的?|竖屏|竖版|竖向|纵向|抖音|快手|小红书|手机屏幕){_VERSION}",
        always(w.Aspect("9:16")),
    ),
    phrase(
        rf"{_INTO}(?:(?<!\d)1\s*:\s*1|方形|正方形|方屏|朋友圈){_VERSION}", always(w.Aspect("1:1"))
    ),
    phrase(
        rf"{_INTO}(?:16\s*:\s*9|横着的?|横屏|横版|横向|宽屏){_VERSION}", always(w.Aspect("16:9"))
    ),
)
