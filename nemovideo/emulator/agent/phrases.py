"""A phrase: a pattern of words, and the wish that it expresses."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from attrs import frozen

from nemovideo.emulator.agent.wishes import Wish

__all__ = ["BLANK", "NAME", "QUOTE", "Hit", "Phrase", "always", "blanked"]

QUOTE: Final = "[\ue000-\uefff]"
"""A quotation's place-holder: what stands in quotes is content, never a wish."""
NAME: Final = "[\uf000-\uf8ff]"
"""The place-holder of a photo that is called by its file's name."""
BLANK: Final = "\x01"
"""What stands for a character that was understood: no space, so that no phrase reaches over it."""

Hit = re.Match[str]


@frozen
class Phrase:
    """One way to say something.

    Args:
        pattern: the words.
        build: makes the wishes of a match; `None` means that the words mean something else here.
    """

    pattern: re.Pattern[str]
    build: Callable[[Hit], Wish | tuple[Wish, ...] | None]

    def wishes(self, text: str) -> Iterator[tuple[Hit, tuple[Wish, ...]]]:
        """Yield each place where the phrase stands, with what it wishes."""
        for hit in self.pattern.finditer(text):
            wish = self.build(hit)
            if wish is not None:
                yield hit, wish if isinstance(wish, tuple) else (wish,)


def always(*wishes: Wish) -> Callable[[Hit], tuple[Wish, ...]]:
    """Return a builder for a phrase that has only one meaning."""
    return lambda _hit: wishes


def blanked(text: str, hit: Hit) -> str:
    """Return `text` with the match taken out in place, so that no word is read twice."""
    start, end = hit.span()
    return text[:start] + BLANK * (end - start) + text[end:]
