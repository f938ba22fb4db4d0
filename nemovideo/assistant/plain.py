"""What of an agent's words people are shown: no secret, no JSON, no trace of a program."""

import re
from typing import Final

from nemovideo.wire.refusals import TOKEN_PREFIX

__all__ = ["for_people"]

_SECRET: Final = re.compile(rf"\bBearer\s+\S+|\b{TOKEN_PREFIX}[!-~]+", re.IGNORECASE)
_FENCED: Final = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_TRACE: Final = re.compile(
    r"^Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*\S*(?:Error|Exception)\b.*$",
    re.MULTILINE,
)
_JSON: Final = re.compile(r"^[ \t]*[\[{].*[\"':].*[\]}],?[ \t]*$", re.MULTILINE)
_GAP: Final = re.compile(r"\n{3,}")


def for_people(text: str) -> str:
    """Take out of a text what is for programs; one without comes back as it is.

    Fenced blocks, lines of JSON, tracebacks and tokens go (contract section 6: no token, no raw
    JSON, no technical detail is ever shown).
    """
    shown = text
    for pattern in (_FENCED, _TRACE, _JSON, _SECRET):
        shown = pattern.sub("", shown)
    return text if shown == text else _GAP.sub("\n\n", shown).strip()
