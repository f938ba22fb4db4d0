"""How Chinese speaks of the photos, their order, and how long things last."""

import re
from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.chinese.words import (
    BIT,
    COUNTED,
    NOT,
    PHOTO,
    SET,
    SPAN,
    VIDEO,
    WHICH,
    phrase,
    place,
    span,
)
from nemovideo.emulator.agent.phrases import Hit, Phrase, always
from nemovideo.emulator.agent.quantities import ZH_NUMBER, number_zh

__all__ = ["LENGTHS", "MAKING", "PHOTOS"]

_TAKE = r"(?:让|把|将)?"
_SHOW = rf"(?:显示|停留|放|播放|展示|持续|变|时间|得|再|更|拉|时长|{SET}|都)*"
_SOME = rf"(?:这|那|我)?(?:{ZH_NUMBER})?{COUNTED}?\s*"
_NEW = r"(?:新的?|刚上传的?|刚才上传的?|其他的?|其余的?|这些|那些)"
_MAKE = r"(?:制作|做|生成|变|剪辑|剪|转|合成|合|拼接|拼|编辑|整理|创建)"
_NTH = rf"(?:第\s*{ZH_NUMBER}\s*{COUNTED}?{PHOTO}?|最后\s*一?\s*{COUNTED}{PHOTO}?)"
_SEVERAL = rf"(?P<places>{_NTH}(?:\s*(?:和|与|跟|、|,)\s*{_NTH})*)"
_LONGER = frozenset("长久慢")


def _stretch(hit: Hit) -> w.Wish:
    return w.Stretch(place(hit), 1.5 if hit["how"] in _LONGER else 1 / 1.5)


def _pace(hit: Hit) -> w.Wish:
    return w.LengthTimes(1.25 if hit["how"] in _LONGER else 0.8)


def _by(hit: Hit) -> w.Wish:
    return w.LengthBy(span(hit) if hit["how"] in _LONGER else -span(hit))


def _move(hit: Hit) -> w.Wish:
    return w.Move(place(hit), -1 if hit["to"] in {"最后", "末尾", "结尾"} else 1)


def _remove(hit: Hit) -> w.Wish:
    named = re.findall(rf"最后|第\s*({ZH_NUMBER})", hit["places"])
    return w.Remove(tuple(round(number_zh(one)) if one else -1 for one in named))


def _swap(hit: Hit) -> w.Wish:
    return w.Swap(round(number_zh(hit["one"])), round(number_zh(hit["other"])))


PHOTOS: Final[tuple[Phrase, ...]] = (
    phrase(
        rf"每\s*一?\s*{COUNTED}?{PHOTO}?\s*{_SHOW}\s*{SPAN}", lambda hit: w.EachPhoto(span(hit))
    ),
    phrase(rf"{_TAKE}{WHICH}\s*{_SHOW}\s*{SPAN}", lambda hit: w.Hold(place(hit), span(hit))),
    phrase(rf"{_TAKE}{WHICH}\s*{_SHOW}\s*(?P<how>长|久|短){BIT}?", _stretch),
    phrase(rf"(?:{NOT}|去){_SEVERAL}", _remove),
    phrase(rf"{_TAKE}{_SEVERAL}\s*(?:都)?(?:去掉|删掉|删除|移除|删)", _remove),
    phrase(
        rf"{_TAKE}{WHICH}\s*(?:放到|移到|放在|移动到|挪到|调到)\s*"
        r"(?P<to>最前|开头|第一个|第一|最后|末尾|结尾)面?",
        _move,
    ),
    phrase(
        rf"(?:交换|对调|互换)\s*第\s*(?P<one>{ZH_NUMBER})\s*{COUNTED}?{PHOTO}?\s*(?:和|与|跟)\s*"
        rf"第\s*(?P<other>{ZH_NUMBER})\s*{COUNTED}?{PHOTO}?(?:的位置)?",
        _swap,
    ),
    phrase(
        rf"(?:{PHOTO}|顺序)?\s*(?:反过来|倒过来|倒序|逆序|颠倒|反转|反向)\s*(?:排列|播放|顺序)?",
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
    phrase(rf"(?:这|那)?{ZH_NUMBER}\s*张{PHOTO}?", always(w.Keep())),
)

LENGTHS: Final[tuple[Phrase, ...]] = (
    phrase(rf"(?<![时全总片])(?:再|加|变|延|缩)?(?P<how>长|久|短)\s*{SPAN}", _by),
    phrase(
        rf"(?:(?:时长|总时长|长度|全长|剪|缩短|延长|截|裁)*(?:{SET}|控制在|到|至|为|成|是)?\s*)?"
        rf"(?:大约|大概|约|差不多)?\s*{SPAN}(?:左右|以内|长)?",
        lambda hit: w.TotalLength(span(hit)),
    ),
    phrase(
        rf"(?:{VIDEO}|整体|整个|全部|节奏)?(?:再|更|变|放|加|稍微|做)*\s*(?P<how>长|短|慢|快){BIT}",
        _pace,
    ),
)

MAKING: Final[tuple[Phrase, ...]] = (
    phrase(
        rf"{_MAKE}(?:成|为|作)?\s*(?:一)?(?:{COUNTED}|部|条|支|份)?(?=[^;!?。\n]{{0,40}}{VIDEO})",
        always(w.Make()),
    ),
    phrase(r"幻灯片|相册|影集", always(w.Make())),
)
