"""How Chinese speaks of music and its volume."""

import re
from typing import Final

from nemovideo.emulator.agent import wishes as w
from nemovideo.emulator.agent.chinese.words import BIT, MUSIC, NOT, SET, phrase
from nemovideo.emulator.agent.phrases import Hit, Phrase, always

__all__ = ["SOUND"]

_MOODS: Final = {
    "lofi": r"lo-?fi|低保真|慵懒|放松",
    "calm": r"舒缓|轻柔|平静|安静|柔和|温柔|钢琴|宁静",
    "upbeat": r"轻快|欢快|活泼|动感|快乐|节奏感强|节奏明快",
    "cinematic": r"史诗|电影感|大气|震撼|恢弘|感人",
}
_MOOD = f"(?P<mood>{'|'.join(_MOODS.values())})"
_LEVEL = rf"(?:{MUSIC}|声音|音量)(?:的?(?:音量|声音))?\s*(?:再|更|调|开|放|得|稍微|变)*\s*"


def _mood(hit: Hit) -> w.Wish:
    words = hit["mood"]
    return w.Music(
        next(mood for mood, said in _MOODS.items() if re.fullmatch(said, words, re.IGNORECASE))
    )


def _percent(hit: Hit) -> w.Wish:
    return w.Volume(min(int(hit["percent"] or hit["hundredths"]), 100) / 100)


SOUND: Final[tuple[Phrase, ...]] = (
    phrase(rf"{NOT}{MUSIC}|静音|无声", always(w.MusicOff())),
    phrase(rf"(?:把|将)?{MUSIC}(?:去掉|删掉|删除|关掉|移除)", always(w.MusicOff())),
    phrase(
        rf"(?:的?(?:音量|声音))?\s*(?:{SET}|降到|降低到|提高到|升到|为|是)?\s*"
        r"(?:百分之(?P<hundredths>\d{1,3})|(?P<percent>\d{1,3})\s*%)(?:的?音量)?",
        _percent,
    ),
    phrase(rf"{_LEVEL}(?:大声|大|响|高){BIT}?", always(w.VolumeTimes(1.5))),
    phrase(rf"{_LEVEL}(?:小声|小|轻|低)(?!快|柔){BIT}?", always(w.VolumeTimes(0.6))),
    phrase(rf"{MUSIC}\s*(?:{SET}|要|更|再)?\s*{_MOOD}{BIT}?(?:风格)?的?", _mood),
    phrase(rf"{_MOOD}{BIT}?(?:风格)?的?\s*(?:{MUSIC})?", _mood),
    phrase(MUSIC, always(w.Music())),
)
