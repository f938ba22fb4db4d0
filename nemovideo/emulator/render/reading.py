"""Tolerant reading of a draft: whatever a person left in it, a usable value comes out."""

import math
from collections.abc import Mapping
from typing import Any

from nemovideo.draft.parts import NAMES, STARTS, TEXTS, VOLUMES, first_of, name_captions

__all__ = ["are_captions", "mapping", "number", "rows", "shortened", "told", "word", "words"]

_PLACES = {"text": TEXTS, "volume": VOLUMES, "start_ms": STARTS, "name": NAMES}
_LONGEST = 60
"""Letters of a name in a message."""


def mapping(value: Any) -> Mapping[str, Any]:
    """Returns `value` if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def told(segment: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns what a segment says: its metadata, with what else `Draft` would find in their place.

    Texts, volumes, starts and names have several keys, in the metadata or beside it.
    """
    meta = mapping(segment.get("m"))
    return {**meta, **{key: first_of(keys, meta, segment) for key, keys in _PLACES.items()}}


def are_captions(track: Mapping[str, Any]) -> bool:
    """Says whether a text track holds captions and no title, by the names that `Draft` goes by."""
    parts = (track, *rows(track.get("sg"))[:1])
    return name_captions(words(told(part).get("name")) for part in parts)


def rows(value: Any) -> list[Mapping[str, Any]]:
    """Returns the mappings of a list, in order; of anything else, none."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def number(value: Any, default: float, *, low: float = 0.0, high: float = 1e9) -> float:
    """Returns a number kept within `low` and `high`, or the default if it is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    if not math.isfinite(value):
        return default
    return float(min(max(value, low), high))


def words(value: Any, default: str = "") -> str:
    """Returns text without the white space around it, or the default if there is none."""
    return (value.strip() if isinstance(value, str) else "") or default


def word(value: Any, known: tuple[str, ...]) -> str:
    """Returns the known word that `value` is, else the first of them."""
    return value if isinstance(value, str) and value in known else known[0]


def shortened(text: str) -> str:
    """Cuts a text that is too long for a message."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
