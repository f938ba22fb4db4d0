"""A phrase: a pattern of words, and the wish that it expresses."""

import re
from collections.abc import Callable, Iterator

from attrs import frozen

from nemovideo.emulator.agent.wishes import Wish

__all__ = ["QUOTE", "Hit", "Phrase", "always", "blanked"]

QUOTE = "[\ue000-\uf8ff]"
"""A quotation's place-holder: what stands in quotes is content, never a wish."""

Hit = re.Match[str]


@frozen
class Phrase:
    """One way to say something.

    Args:
        pattern: the words.
        build: makes the wish of a match; `None` means that the words mean something else here.
    """

    pattern: re.Pattern[str]
    build: Callable[[Hit], Wish | None]

    def wishes(self, text: str) -> Iterator[tuple[Hit, Wish]]:
        """Yield each place where the phrase stands, with its wish."""
        for hit in self.pattern.finditer(text):
            wish = self.build(hit)
            if wish is not None:
                yield hit, wish


def always(wish: Wish) -> Callable[[Hit], Wish]:
    """Return a builder for a phrase that has only one meaning."""
    return lambda _hit: wish


def blanked(text: str, hit: Hit) -> str:
    """Return `text` with the match replaced by as many spaces, so that no word is read twice."""
    start, end = hit.span()
    return text[:start] + " " * (end - start) + text[end:]
