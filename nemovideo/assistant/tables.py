"""Tables of phrases in two languages: which of them a text needs, and what their slots say."""

import re
from collections.abc import Mapping
from types import ModuleType
from typing import Final

__all__ = ["filled", "table_for"]

_HAN: Final = re.compile("[\u3400-\u9fff]")


def table_for(text: str, english: ModuleType, chinese: ModuleType) -> ModuleType:
    """Give the table of a text's language: Chinese where any of its letters is, else English."""
    return chinese if _HAN.search(text) else english


def filled(slots: Mapping[str, str]) -> dict[str, str]:
    """Give the slots with their words; each may use those above it."""
    words: dict[str, str] = {}
    for name, choice in slots.items():
        words[name] = choice.format_map(words)
    return words
