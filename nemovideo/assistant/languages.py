"""The language of a text, by its script."""

import re
from collections import defaultdict
from typing import Final

from nemovideo.assistant.quotations import without_quotations

__all__ = ["detect_language"]

_SCRIPTS: Final[tuple[tuple[str, str], ...]] = (
    ("ja", "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"),
    ("ko", "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"),
    ("zh", "\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"),
    ("ru", "\u0400-\u052f"),
    ("el", "\u0370-\u03ff\u1f00-\u1fff"),
    ("hy", "\u0531-\u058f"),
    ("ka", "\u10a0-\u10ff\u1c90-\u1cbf"),
    ("he", "\u0591-\u05f4"),
    ("ar", "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff"),
    ("hi", "\u0900-\u097f"),
    ("bn", "\u0980-\u09ff"),
    ("pa", "\u0a00-\u0a7f"),
    ("gu", "\u0a80-\u0aff"),
    ("ta", "\u0b80-\u0bff"),
    ("te", "\u0c00-\u0c7f"),
    ("kn", "\u0c80-\u0cff"),
    ("ml", "\u0d00-\u0d7f"),
    ("si", "\u0d80-\u0dff"),
    ("th", "\u0e00-\u0e7f"),
    ("lo", "\u0e80-\u0eff"),
    ("my", "\u1000-\u109f"),
    ("km", "\u1780-\u17ff"),
    ("am", "\u1200-\u137f"),
)
"""Scripts by the language that is most often written in them."""
_LETTERS: Final = re.compile("|".join(f"(?P<{tag}>[{signs}])" for tag, signs in _SCRIPTS))
_ENOUGH: Final = 2_000
"""Letters that tell a language; more would hold others up."""
_LATIN: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_WEIGHTS: Final = {"zh": 0.7, "ja": 0.7, "ko": 0.5}
"""What a letter of a script counts in words, where it is not the usual fifth of one."""
_NEIGHBOURS: Final = (
    ("ru", "uk", re.compile("[іїєґІЇЄҐ]")),
    ("ar", "ur", re.compile("[ٹڈڑںےھہ]")),
    ("ar", "fa", re.compile("[پچژگکی]")),
)
"""Languages that share a script with a greater one, and letters that only they have."""


def detect_language(text: str) -> str:
    """Tell the language of a text by its script.

    Latin letters are not guessed from: what is written in them, or in no letters at all, is
    `en`. The script that most words are in decides; a text in kana and Chinese characters is
    Japanese. What stands in quotation marks counts only where nothing else does.

    Args:
        text: What a person wrote.

    Returns:
        A tag such as `zh`, `ja`, `ko`, `ru`, `uk`, `ar`, `fa`, `he`, `th`, `hi` or `en`.

    Example:
        ```python
        from nemovideo.assistant import detect_language

        assert detect_language("把标题改成 Summer") == "zh"
        assert detect_language('add the title "你好"') == "en"
        ```
    """
    text = text[:_ENOUGH]
    outside = without_quotations(text)
    return _detected(outside) or _detected(text) or "en"


def _detected(text: str) -> str:
    """Give the language that most words are in; empty where there are no letters."""
    words: defaultdict[str, float] = defaultdict(float)
    for letter in _LETTERS.finditer(text):
        tag = letter.lastgroup or ""
        words[tag] += _WEIGHTS.get(tag, 0.2)
    if words["ja"]:
        words["ja"] += words.pop("zh", 0)
    words["en"] += len(_LATIN.findall(_LETTERS.sub(" ", text)))
    tag = max(words, key=lambda known: words[known])
    if not words[tag]:
        return ""
    return next((near for far, near, own in _NEIGHBOURS if far == tag and own.search(text)), tag)
