"""Taking quotations out of a message before anything in it is read as a wish."""

import re
from collections.abc import Callable

from attrs import frozen

__all__ = ["Quoted", "take_out"]

_FIRST = 0xE000
_QUOTES = " \"'“”‘’「」《》"
_PRIVATE = re.compile("[\ue000-\uf8ff]")
# An apostrophe inside a word neither opens nor closes a quotation.
_PAIRS = re.compile(
    '"(?P<straight>[^"]+)"|“(?P<curly>[^”]+)”|„(?P<low>[^“”]+)[“”]|«(?P<angle>[^»]+)»'
    "|「(?P<corner>[^」]+)」|『(?P<white>[^』]+)』|《(?P<book>[^》]+)》"
    "|(?<![A-Za-z0-9])['‘](?P<single>[^'‘’]+(?:['’][A-Za-z0-9][^'‘’]*)*)['’](?![A-Za-z0-9])"
)


@frozen
class Quoted:
    """A message whose quotations are place-holders.

    Args:
        text: the message, one private-use character for each quotation.
        quotations: their contents, in order.
    """

    text: str
    quotations: tuple[str, ...]

    def said(self, placeholder: str) -> str:
        """Return the quotation behind a place-holder."""
        return self.quotations[ord(placeholder) - _FIRST]

    def restored(self, text: str) -> str:
        """Return a piece of the message with its quotations in quotes again."""
        return _PRIVATE.sub(lambda hit: f"“{self.said(hit.group())}”", text)

    def with_unquoted(self, pattern: re.Pattern[str], cut: Callable[[str], int]) -> "Quoted":
        """Take out what follows a pattern although nobody put it in quotes.

        Args:
            pattern: its group `text` is the candidate.
            cut: tells how many characters of the candidate belong to the quotation.
        """
        hit = pattern.search(self.text)
        if hit is None:
            return self
        said = hit["text"][: cut(hit["text"])].rstrip()
        words = said.strip(_QUOTES)
        if not words or _PRIVATE.search(words):
            return self
        start, room = hit.start("text"), chr(_FIRST + len(self.quotations))
        text = self.text[:start] + room + self.text[start + len(said) :]
        return Quoted(text, (*self.quotations, words))


def take_out(message: str) -> Quoted:
    """Replace every quotation of a message by a place-holder; there is room for thousands."""
    quotations: list[str] = []

    def hold(hit: re.Match[str]) -> str:
        words = " ".join(hit[str(hit.lastgroup)].split())
        if not words:
            return " "
        quotations.append(words)
        return chr(_FIRST + len(quotations) - 1)

    text = _PAIRS.sub(hold, _PRIVATE.sub(" ", message))
    return Quoted(text, tuple(quotations))
