"""How Chinese speaks of music and its volume."""

from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.chinese.words import BIT, GONE, MUSIC, NOT, SET, SPAN, beyond, phrase
from nemovideo.emulator.agent.phrases import Hit, Phrase, always, kind_of
from nemovideo.emulator.agent.quantities import ZH_NUMBER, number_zh

__all__ = ["MOOD", "SOUND"]

_MOODS: Final = {
    "lofi": r"lo-?fi|chill|低保真|慵懒",
    "calm": r"舒缓|calm|轻柔|平静|安静|放松|柔和|温柔|钢琴|宁静",
    "upbeat": r"轻快|upbeat|欢快|活泼|动感|快乐|派对|有活力|活力|热闹|节奏感强|节奏明快",
    "cinematic": r"史诗|cinematic|电影感|大气|震撼|恢弘|感人",
}
MOOD: Final = "|".join(_MOODS.values())
"""Any word for a mood."""
_MOOD = f"(?P<mood>{MOOD})"
_GENRE = "(?:爵士|摇滚|古典|嘻哈|说唱|乡村|电子|民谣|布鲁斯|拉丁|雷鬼|朋克|jazz|rock)"
_LEVEL = rf"(?:{MUSIC}|声音|音量)(?:的?(?:音量|声音))?\s*(?:再|更|调|开|放|得|稍微|变){{0,8}}\s*"


def _mood(hit: Hit) -> w.Wish:
    return w.Music(kind_of(hit["mood"], _MOODS))


def _relative(hit: Hit) -> w.Wish:
    share = min(int(hit["share"]), 100) / 100
    return w.VolumeTimes(1 + share if hit["way"][-1] in "高大加" else 1 - share)


def _percent(hit: Hit) -> w.Wish:
    return w.Volume(min(number_zh(hit["percent"] or hit["hundredths"]), 100) / 100)


SOUND: Final[tuple[Phrase, ...]] = (
    phrase(rf"{NOT}{MUSIC}|静音|无声|声音关掉", always(w.MusicOff())),
    phrase(
        rf"(?<![和与跟及、])(?:把|将)?{MUSIC}{GONE}(?!\s*(?:{SET}|动|改|换|变|太|那么|这么))",
        always(w.MusicOff()),
    ),
    beyond(rf"{MUSIC}\s*(?:只?(?:放|播放?|持续)|{SET})?\s*{SPAN}", "cannot_part"),
    phrase(
        rf"{_LEVEL}(?P<way>降低|调低|减少|减小|提高|调高|增加|增大)了?\s*(?P<share>\d{{1,3}})\s*%",
        _relative,
    ),
    phrase(
        rf"(?:的?(?:音量|声音))?\s*(?:{SET}|(?:[调降减提升]|降低|调低|提高|调高|减小|加大|调大|调小)到|为|是)?\s*"
        rf"(?:百分之(?P<hundredths>{ZH_NUMBER})|(?<!\d)(?P<percent>\d{{1,3}})\s*%)(?:的?音量)?",
        _percent,
    ),
    phrase(rf"{_LEVEL}(?:降到|调到|减到|{SET})?\s*一半", always(w.Volume(0.5))),
    phrase(rf"{_LEVEL}减半", always(w.VolumeTimes(0.5))),
    phrase(rf"{_LEVEL}(?:加倍|翻倍)", always(w.VolumeTimes(2.0))),
    phrase(rf"{_LEVEL}(?:有点|还是|实在)?太(?:大声|大|响|吵|高)了?", always(w.VolumeTimes(0.6))),
    phrase(rf"{_LEVEL}(?:有点|还是|实在)?太(?:小声|小|轻|低)了?", always(w.VolumeTimes(1.5))),
    phrase(
        rf"(?:{_LEVEL})?(?:别|不要|不用)(?:放|开)?(?:得)?(?:那么|这么|太)(?:大声|响|吵|大声了?)",
        always(w.VolumeTimes(0.6)),
    ),
    phrase(rf"(?:再|更|放|调|开)?大声{BIT}|响{BIT}", always(w.VolumeTimes(1.5))),
    phrase(rf"(?:再|更|放|调|开)?小声{BIT}", always(w.VolumeTimes(0.6))),
    phrase(rf"{_LEVEL}(?:大声|大|响|高){BIT}?", always(w.VolumeTimes(1.5))),
    phrase(rf"{_LEVEL}(?:小声|小|轻|低)(?!快|柔){BIT}?", always(w.VolumeTimes(0.6))),
    phrase(rf"{MUSIC}\s*(?:{SET}|要|更|再)?\s*{_MOOD}感?{BIT}?(?:风格)?的?", _mood),
    phrase(
        rf"(?<!转场)(?<!过渡)(?<!标题)(?<!切换)(?:来点?|来一?些)?(?:[换改](?:成|为|上)?(?:一?[首个段曲])?)?{_MOOD}感?{BIT}?(?:风格)?的?\s*(?:{MUSIC})?"
        r"(?!的?\s*(?:转场|过渡|标题|画面|照片|图片|字幕|滤镜))",
        _mood,
    ),
    phrase(
        rf"(?:换|改)(?:一?首|一?个|一?段)?(?:别的|其他的?|新的?|不同的)?{MUSIC}(?=[\s.!。吧了]*$)"
        rf"|(?:别的|其他的?|另一?首|另外一?首){MUSIC}",
        always(w.Music("other")),
    ),
    beyond(
        rf"(?:加入|加上?|换成|改成|来一?点|配上?|用)?\s*{_GENRE}(?:风格)?的?(?:{MUSIC}|乐)",
        "cannot_mood",
    ),
    phrase(MUSIC, always(w.Music())),
)
