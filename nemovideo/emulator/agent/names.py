"""How a message may call a file by its name: `cat.jpg`, "the cat photo", "the cat"."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

__all__ = ["patterns", "with_music"]

_PHOTO = r"(?:photo(?:graph)?|picture|image|pic|slide|shot|file)"
_ZH_PHOTO = r"(?:照片|图片|图)"
_LEFT = r"(?<![A-Za-z0-9_.-])"
_RIGHT = r"(?![A-Za-z0-9_-])"
_HAN: Final = re.compile("[\u3400-\u9fff]+")
_WORD: Final = re.compile(r"[^\W\d_]{2,}|[\u3400-\u9fff]")
_LONGEST = 80

# A bare word is a name only where photos are spoken of: "swap cat and coffee", "the cat first".
# In "the cat food" and in "party music" it is a word like others.
_HANDLING = """
the my swap put move bring place with and remove delete drop lose ditch keep only before after out
of hold make give use show without
"""
_HANDLED = """
first last second third fourth fifth to for at and with before after right longer shorter be is
should goes go comes come can in from out on a then but stay stays lasts again please pls up
instead twice half next as appear appears too off away
"""
_EN_BEFORE = "|".join(rf"(?<=\b{word}\s)" for word in _HANDLING.split())
_EN_BEHIND = rf"(?=\s*(?:$|[,.;!?&\n]|\d)|\s+(?:{'|'.join(_HANDLED.split())})\b)"
_ZH_HANDLING = "把 将 给 让 从 在 到 先 再 和 与 跟 、 掉 删 除 留 用 是"
_ZH_HANDLED = """
都 放 移 挪 调 排 提 换 和 与 跟 、 删 去 拿 不要 不用 长 短 久 多
停 显示 开头 结尾 做 当 打头 在 到 太 前 后 之 互换 对调 交换 开始 上 下 再 更 可以
"""
_ZH_BEFORE = rf"(?:^|(?<=[,.;!?。\s])|{'|'.join(f'(?<={sign})' for sign in _ZH_HANDLING.split())})"
_ZH_BEHIND = rf"(?=$|[,.;!?。\s\d]|{'|'.join(_ZH_HANDLED.split())})"


def patterns(
    names: Iterable[str], taken: frozenset[str], text: str
) -> Mapping[str, re.Pattern[str]]:
    """Return how the files that a text may speak of are called.

    A name that two files share calls neither.

    Args:
        names: the files' names.
        taken: words that mean something else.
        text: the message; only files whose name is in it are looked at.
    """
    listed = [name for name in names if name and len(name) <= _LONGEST]
    counted = Counter(listed)
    whole = [name for name in counted if counted[name] == 1]
    stems = {name: _stem(name) for name in whole}
    shared = Counter(stems.values())
    low = text.lower()
    longest_first = sorted((one for one in whole if stems[one] in low), key=len, reverse=True)
    return {
        name: _pattern(name, stems[name] if shared[stems[name]] == 1 else "", taken)
        for name in longest_first
    }


def with_music(text: str, names: Iterable[str]) -> str:
    """Return a text in which every file of sound is called music: that is what is done with it."""
    low = text.lower()
    for name in names:
        if "." in name and name.lower() in low:
            text = re.sub(_whole(name), " music ", text, flags=re.IGNORECASE)
    return text


def _whole(name: str) -> str:
    return rf"{_LEFT}{re.escape(unicodedata.normalize('NFKC', name))}{_RIGHT}"


def _stem(name: str) -> str:
    return unicodedata.normalize("NFKC", name.rpartition(".")[0].lower())


def _pattern(name: str, stem: str, taken: frozenset[str]) -> re.Pattern[str]:
    whole = (
        rf"(?:\bthe\s+)?(?:\b{_PHOTO}\s+)?{_whole(name)}(?:\s+{_PHOTO}\b)?"
        rf"(?:\s*(?:[那这]?张)?{_ZH_PHOTO})?"
    )
    called = _bare(stem) if _WORD.fullmatch(stem) and stem not in taken else []
    return re.compile("|".join([whole, *called]), re.IGNORECASE)


def _bare(stem: str) -> list[str]:
    shown = rf"{stem}(?:的?[那这]一?张{_ZH_PHOTO}?|的{_ZH_PHOTO})"
    if _HAN.fullmatch(stem):
        return [shown, rf"{_ZH_BEFORE}{stem}{_ZH_BEHIND}"]
    return [
        shown,
        rf"\b(?:the|my)\s+{stem}\s+(?:{_PHOTO}|one)\b",
        rf"(?:\b(?:the|my)\s+|^|{_EN_BEFORE})\b{stem}\b(?:\s+{_PHOTO}\b|{_EN_BEHIND})",
    ]
