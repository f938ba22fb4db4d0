"""A job as a row of the ledger, and back."""

import functools
import json
import operator
import os
from collections.abc import Mapping
from typing import Any, Final

import attrs

from nemovideo.jobs import Job, VideoJob
from nemovideo.models import Output

__all__ = ["COLUMNS", "job_of", "row_of"]

COLUMNS: Final = tuple(field.name for field in attrs.fields(Job))
"""The names of the columns, in the order in which `job_of` takes their values."""
_values_of: Final = operator.attrgetter(*COLUMNS)
_JSON: Final = frozenset({"wish", "before", "output"})


def row_of(job: Job) -> Mapping[str, Any]:
    """Give the values of a row by their columns."""
    row = dict(zip(COLUMNS, _values_of(job), strict=True))
    if job.wish is not None:
        row["wish"] = json.dumps(job.wish.to_json())
    if job.before is not None:
        row["before"] = json.dumps(job.before)
    row["output"] = _packed(job.output)
    row["path"] = None if job.path is None else os.fsencode(job.path)  # it may be no text
    return row


@functools.lru_cache(64)
def _packed(output: Output) -> str:
    return json.dumps(attrs.asdict(output))


def job_of(row: tuple[Any, ...]) -> Job:
    """Read a row.

    Raises:
        ValueError: Something else wrote it, or it is damaged.
    """
    facts = dict(zip(COLUMNS, row, strict=True))
    try:
        facts |= {name: json.loads(facts[name]) for name in _JSON if facts[name] is not None}
        facts["output"] = Output(**facts["output"])
        facts["path"] = None if facts["path"] is None else os.fsdecode(facts["path"])
        if facts["wish"] is not None:
            facts["wish"] = VideoJob.from_json(facts["wish"])
        if facts["before"] is not None:
            facts["before"] = dict(facts["before"])
    except (TypeError, AttributeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    return Job(**facts)
