"""What stands in quotation marks: content, which means nothing but itself."""

import re
from collections.abc import Sequence
from typing import Final

import attrs

__all__ = ["PLACE", "Unquoted", "unquoted", "without_quotations"]

_PAIRS: Final = ('""', "“”", "„“", "«»", "‘’", "「」", "『』", "《》", "〈〉", "``", "＂＂")
_QUOTED: Final = re.compile(
    "|".join(f"{opening}[^{opening}{closing}\\n]*{closing}" for opening, closing in _PAIRS)
    + r"|(?<!\w)'[^'\n]*(?:\b's\b[^'\n]*)*'(?!\w)|[\ue000-\uf8ff]"
)
_FIRST: Final = 0xE000
_LAST: Final = 0xF8FF
PLACE: Final = f"[{chr(_FIRST)}-{chr(_LAST)}]"
"""The place of a quotation in such a text; a letter that somebody wrote there is one too."""
_PLACE: Final = re.compile(PLACE)


@attrs.frozen
class Unquoted:
    """A text whose quotations have made way for one letter each.

    Attributes:
        text: The text with those letters.
        quotations: What stood there, quotation marks included.
    """

    text: str
    quotations: Sequence[str]

    def restored(self, text: str) -> str:
        """Put the quotations back into a piece of the text."""
        return _PLACE.sub(lambda place: self.quotations[ord(place[0]) - _FIRST], text)


def unquoted(text: str) -> Unquoted:
    """Take the quotations out of a text; a mark without its partner is a letter like others."""
    quotations: list[str] = []

    def place(found: re.Match[str]) -> str:
        if len(quotations) > _LAST - _FIRST:
            return found[0]
        quotations.append(found[0])
        return chr(_FIRST + len(quotations) - 1)

    return Unquoted(_QUOTED.sub(place, text), quotations)


def without_quotations(text: str) -> str:
    """Give a text without what stands in quotation marks."""
    return re.sub(PLACE, " ", unquoted(text).text)
