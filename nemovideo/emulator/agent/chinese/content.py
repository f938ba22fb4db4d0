"""How Chinese speaks of the photos, their order, and how long things last."""

from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.chinese.look import AND_THINGS, things_off
from nemovideo.emulator.agent.chinese.places import ONE, SEVERAL, place, places
from nemovideo.emulator.agent.chinese.words import (
    BIT,
    COUNTED,
    GONE,
    NOT,
    PHOTO,
    SET,
    SPAN,
    VIDEO,
    phrase,
    span,
)
from nemovideo.emulator.agent.phrases import Hit, Phrase, always
from nemovideo.emulator.agent.quantities import ZH_NUMBER, ZH_SPAN, number_zh
from nemovideo.emulator.agent.wishes import IT

__all__ = ["LENGTHS", "MAKING", "PHOTOS"]

_TAKE = r"(?:让|把|将)?"
_SHOW = rf"(?:显示|停留|停|放|播放|展示|持续|变|时间|得|再|更|拉|给|时长|{SET}|都){{0,8}}"
_SOME = rf"(?:这|那|我)?(?:{ZH_NUMBER})?{COUNTED}?\s*"
_NEW = r"(?:新的?|刚上传的?|刚才上传的?|其他的?|其余的?|这些|那些)"
_MAKE = r"(?:制作|做|整|弄|生成|变|剪辑|剪|转|合成|合|拼接|拼|编辑|整理|创建)"
_LAST: Final = frozenset({"最后", "末尾", "结尾", "结束", "收尾"})
_WHICH = rf"(?P<one>{ONE})"
_PUT = r"(?:放到|移到|放在|移动到|挪到|调到|换到|提到|排到|排在|放|排)\s*"
_LONGER = frozenset("长久慢加多") | {"太快", "太短"}
"""What asks for more time: a wish for it, or the complaint that there is too little."""


def _hold(hit: Hit) -> tuple[w.Wish, ...]:
    return tuple(w.Hold(one, span(hit)) for one in places(hit["places"]))


def _stretch(hit: Hit) -> tuple[w.Wish, ...]:
    factor = 1.5 if hit["how"] in _LONGER else 1 / 1.5
    return tuple(w.Stretch(one, factor) for one in places(hit["places"]))


def _pace(hit: Hit) -> w.Wish:
    if hit["how"] in "长短" and not hit["whole"]:
        return w.Stretch(IT, 1.5 if hit["how"] == "长" else 1 / 1.5)
    return w.LengthTimes(1.25 if hit["how"] in _LONGER else 0.8)


def _by(hit: Hit) -> w.Wish:
    return w.LengthBy(span(hit) if hit["how"] in _LONGER else -span(hit))


def _times(hit: Hit) -> w.Wish:
    factor = 0.5 if "半" in hit.group() else 2.0
    return w.Stretch(place(hit["one"]), factor) if hit["one"] else w.LengthTimes(factor)


def _remove(hit: Hit) -> tuple[w.Wish, ...]:
    return (w.Remove(places(hit["places"])), *things_off(hit["things"] or ""))


def _move(hit: Hit) -> w.Wish:
    return w.Move(place(hit["one"]), -1 if hit["to"] in _LAST else 1)


def _beside(hit: Hit) -> w.Wish:
    return w.Move(place(hit["one"]), place(hit["other"]), -1 if "前" in hit["side"] else 1)


def _swap(hit: Hit) -> w.Wish | None:
    named = places(hit["places"])
    return w.Swap(*named) if len(named) == 2 else None


def _count(hit: Hit) -> w.Wish:
    count = round(number_zh(hit["count"]))
    return w.Count(count) if count > 1 else w.Keep()


PHOTOS: Final[tuple[Phrase, ...]] = (
    phrase(rf"每\s*{SPAN}换一?张?{PHOTO}?", lambda hit: w.EachPhoto(span(hit))),
    phrase(rf"{ONE}[\s,]*(?:不对|不是|不|错了)[\s,]+(?={ONE})", always(w.Keep())),
    phrase(
        rf"(?:所有的?|全部的?|其他的?|其它的?|其余的?|剩下的?){PHOTO}?\s*(?:每一?张)?{_SHOW}\s*{SPAN}",
        lambda hit: w.EachPhoto(span(hit)),
    ),
    phrase(
        rf"每\s*一?\s*{COUNTED}?{PHOTO}?\s*{_SHOW}\s*{SPAN}", lambda hit: w.EachPhoto(span(hit))
    ),
    phrase(rf"{_TAKE}(?P<places>{SEVERAL})\s*{_SHOW}\s*{SPAN}(?!后|之后|以后)", _hold),
    phrase(rf"{_TAKE}(?P<places>{SEVERAL})\s*{_SHOW}\s*(?P<how>长|久|短){BIT}?", _stretch),
    phrase(rf"{_TAKE}(?P<places>{SEVERAL})\s*(?P<how>多)(?:停留?|放|显示|展示){BIT}", _stretch),
    phrase(
        rf"(?P<places>{SEVERAL})\s*(?:闪|过|放|停|停留|显示|播)?得?(?:有点)?(?P<how>太[快短长久慢])了?",
        _stretch,
    ),
    phrase(
        rf"(?:只|仅)(?:保留|要|用|留下|留|放)\s*(?P<places>{SEVERAL})",
        lambda hit: w.Only(places(hit["places"])),
    ),
    phrase(
        rf"(?:{NOT}|去|删|剪掉)(?P<places>{SEVERAL}){AND_THINGS}?(?!\s*(?:的|{SPAN}|秒))",
        _remove,
    ),
    phrase(
        rf"{_TAKE}(?P<places>{SEVERAL}){AND_THINGS}?\s*{GONE}(?!\s*[改动换变太])",
        _remove,
    ),
    phrase(
        rf"{_TAKE}{_WHICH}\s*{_PUT}(?P<other>{ONE})的?\s*(?P<side>之前|之后|前面|后面|前边|后边)",
        _beside,
    ),
    phrase(
        rf"{_TAKE}{_WHICH}\s*{_PUT}(?P<to>(?:倒数)?第\s*{ZH_NUMBER})\s*(?:个位置|位置|位|个|张)?(?:上|去)?(?![的和与、前后之])",
        lambda hit: w.Move(place(hit["one"]), place(hit["to"])),
    ),
    phrase(
        rf"{_TAKE}{_WHICH}\s*{_PUT}(?P<to>最前|开头|第一张|第一个|第一|最后|末尾|结尾)(?:面|边|位)?(?:去)?"
        rf"(?!\s*(?:一|{COUNTED}))",
        _move,
    ),
    phrase(
        rf"(?:以|用)?\s*{_WHICH}\s*(?:做|当|作为)?(?P<to>开头|开场|打头|结尾|结束|收尾)",
        _move,
    ),
    phrase(rf"(?:交换|对调|互换|调换)\s*(?P<places>{SEVERAL})(?:的?位置|的?顺序)?", _swap),
    phrase(
        rf"{_TAKE}(?P<places>{SEVERAL})\s*(?:的?位置)?(?:交换|对调|互换|调换|调个|换个|换)(?:一?下)?(?:位置|顺序)?",
        _swap,
    ),
    phrase(
        rf"(?:{PHOTO}|顺序)?\s*(?:反过来|倒过来|倒着|倒序|逆序|颠倒|反转|反向)\s*(?:排列|播放|放|排|顺序)?",
        always(w.Reverse()),
    ),
    phrase(
        rf"(?:加上|加入|加|添加|放进|用上|插入)\s*{_SOME}{_NEW}\s*{COUNTED}?{PHOTO}",
        always(w.Append()),
    ),
    phrase(
        rf"(?:把|将)\s*{_SOME}{_NEW}\s*{PHOTO}\s*(?:也)?(?:加到|加进|加上|放到|加在|添加到)\s*"
        r"(?:最后|后面|末尾|视频里|去|进去)?",
        always(w.Append()),
    ),
    phrase(rf"(?<![前后第])(?:这|那|其中)?(?P<count>{ZH_NUMBER})\s*张{PHOTO}?", _count),
)

LENGTHS: Final[tuple[Phrase, ...]] = (
    phrase(
        rf"(?:{SET}|到)?\s*{ZH_NUMBER}\s*(?:秒钟?|分钟?)?[\s,.]*(?:不对|不是|不|错了|哦不|还是|应该是)"
        rf"[\s,.]*(?:{SET}|是)?\s*(?={ZH_SPAN})",
        always(w.Keep()),
    ),
    phrase(rf"(?<![时全总片])(?:再|加|变|延|缩)?(?P<how>长|久|短)\s*{SPAN}", _by),
    phrase(rf"(?<![最至不])(?P<how>加|多|减掉|减去|减|少|剪掉|剪|去掉|删)\s*{SPAN}(?!\s*的)", _by),
    phrase(rf"停留?\s*{SPAN}", lambda hit: w.Hold(IT, span(hit))),
    phrase(
        rf"(?:{_TAKE}{_WHICH}\s*)?(?:的?(?:{VIDEO}|整体)?的?(?:总?时长|长度|时间))?\s*"
        r"(?:变成?|改成)?(?:减半|缩短一半|加倍|翻倍|翻一倍|延长一倍|(?<=成)一半|(?<=改)一半)",
        _times,
    ),
    phrase(
        rf"(?:(?:时长|总时长|总长|长度|全长|剪|缩短|延长|截|裁){{0,8}}(?:{SET}|控制在|到|至|为|成|是)?\s*)?"
        rf"(?:大约|大概|约|差不多)?\s*(?<![-/~])(?<!第)(?<!从)(?<!只放)(?<!只播)(?<!只)(?<!每){SPAN}(?:左右|以内|长)?(?!\s*(?:到|至|或|-|~|的?(?:音乐|黑屏|静音)|之?后|之?前|以后|以前))",
        lambda hit: w.TotalLength(span(hit)),
    ),
    phrase(
        rf"(?<![太\x01换])(?P<whole>{VIDEO}|整体|整个|全部|节奏)?(?:再|更|变|放|加|稍微|做){{0,8}}\s*"
        rf"(?P<how>长|短|慢|快){BIT}",
        _pace,
    ),
)

MAKING: Final[tuple[Phrase, ...]] = (
    phrase(
        rf"{_MAKE}(?:成|为|作)?\s*(?:一)?(?:{COUNTED}|部|条|支|份)?(?=[^;!?。\n]{{0,40}}{VIDEO})",
        always(w.Make()),
    ),
    phrase(r"(?:幻灯片|相册|影集)(?!\s*\?)", always(w.Make())),
)
