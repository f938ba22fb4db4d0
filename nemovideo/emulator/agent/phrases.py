"""A phrase: a pattern of words, and the wish that it expresses."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from attrs import frozen

from nemovideo.emulator.agent.wishes import Wish

__all__ = ["BLANK", "NAME", "QUOTE", "Hit", "Phrase", "always", "blanked", "kind_of", "quoted"]

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


def quoted(words: str) -> tuple[str, ...]:
    """Return the place-holders of the quotations in `words`, in their order."""
    return tuple(re.findall(QUOTE, words))


def kind_of(words: str, kinds: Mapping[str, str]) -> str:
    """Return the kind for which `words` stand, by its pattern; there must be one."""
    return next(kind for kind, said in kinds.items() if re.fullmatch(said, words, re.IGNORECASE))
