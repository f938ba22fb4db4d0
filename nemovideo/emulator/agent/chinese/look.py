"""How Chinese speaks of titles, transitions, camera moves and the picture's shape."""

import re
from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.chinese.words import NOT, PHOTO, SET, SPAN, TITLE, phrase, span
from nemovideo.emulator.agent.phrases import QUOTE, Hit, Phrase, always

__all__ = ["SHAPES", "TITLES", "TITLE_LEAD", "TRANSITIONS"]

_IS = rf"(?:是|为|叫做|叫|写着|写|{SET}|:)"
_INTO = rf"(?:{SET})?\s*"
_VERSION = r"(?:的?(?:格式|比例|版|视频))?"
_ENDS: Final = {"上": "top", "顶": "top", "下": "bottom", "底": "bottom"}

TITLE_LEAD: Final = re.compile(
    rf"(?:{TITLE}\s*{_IS}\s*|题为\s*|取名(?:为|叫)?\s*|命名为\s*)(?P<text>[^,.;!?。、\n]+)"
)
"""What is followed by a title even without quotes."""


def _position(hit: Hit) -> w.Wish:
    return w.TitlePlace(_ENDS.get(hit["position"][0], "center"))


TITLES: Final[tuple[Phrase, ...]] = (
    phrase(rf"{NOT}{TITLE}\s*{QUOTE}?", always(w.TitleOff())),
    phrase(rf"(?:把|将)?{TITLE}(?:去掉|删掉|删除|移除)", always(w.TitleOff())),
    phrase(rf"{TITLE}\s*(?:显示|停留|持续|出现)\s*{SPAN}", lambda hit: w.TitleTime(span(hit))),
    phrase(
        rf"(?:把|将)?{TITLE}?(?:放在|放到|放|移到|显示在|在)\s*(?:画面|屏幕|视频)?的?\s*"
        r"(?P<position>上方|顶部|上面|下方|底部|下面|中间|中央|正中)",
        _position,
    ),
    phrase(
        rf"(?:(?:把|将|加上|加个|加|添加|配上|写上|用)\s*(?:一个)?)?"
        rf"(?:{TITLE}\s*{_IS}?|题为|名为|名叫|叫做|叫|取名(?:为|叫)?|命名为|写着)?\s*"
        rf"(?P<quote>{QUOTE})(?:\s*(?:作为|当作|做|的)\s*{TITLE})?",
        lambda hit: w.Title(hit["quote"]),
    ),
)

TRANSITIONS: Final[tuple[Phrase, ...]] = (
    phrase(rf"{NOT}(?:转场|过渡)(?:效果)?|硬切|直切|直接切换", always(w.Transition("cut"))),
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
        r"(?:平滑|流畅|柔和|自然|顺滑|丝滑)的?\s*(?:转场|过渡|切换)(?:效果)?",
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
    phrase(
        rf"{_INTO}(?:9\s*:\s*16|竖屏|竖版|竖向|纵向|抖音|快手|小红书|手机屏幕){_VERSION}",
        always(w.Aspect("9:16")),
    ),
    phrase(
        rf"{_INTO}(?:(?<!\d)1\s*:\s*1|方形|正方形|方屏|朋友圈){_VERSION}", always(w.Aspect("1:1"))
    ),
    phrase(rf"{_INTO}(?:16\s*:\s*9|横屏|横版|横向|宽屏){_VERSION}", always(w.Aspect("16:9"))),
)
