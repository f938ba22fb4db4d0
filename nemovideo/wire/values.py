"""Single values of JSON, each of the kind that it should be."""

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

from nemovideo.draft.parts import number

__all__ = ["moment_of", "number_of", "object_of"]


def object_of(value: Any) -> Mapping[str, Any]:
    """Give an object, an empty one for everything else."""
    return value if isinstance(value, dict) else {}


def number_of(value: Any) -> float | None:
    """Give a number that can be counted with; None for all else, such as `true` and `NaN`."""
    known = number(value)
    return known if known is not None and abs(known) < math.inf else None


def moment_of(value: Any) -> dt.datetime | None:
    """Give a moment of ISO 8601, in UTC where it names no zone; None where it is none."""
    try:
        moment = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
