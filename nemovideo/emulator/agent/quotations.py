"""Taking quotations out of a message before anything in it is read as a wish."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve, frozen

__all__ = ["Quoted", "take_out"]

_FIRST = 0xE000
_FIRST_NAME = 0xF000
_MOST_NAMES = 2_000
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
        names: files that it names, in order; each is a place-holder too.
    """

    text: str
    quotations: tuple[str, ...]
    names: tuple[str, ...] = ()

    def said(self, placeholder: str) -> str:
        """Return the quotation or the file behind a place-holder."""
        code = ord(placeholder)
        return (
            self.names[code - _FIRST_NAME]
            if code >= _FIRST_NAME
            else self.quotations[code - _FIRST]
        )

    def plain(self, value: Any) -> Any:
        """Return a wish's detail, with what stands behind it if it is a place-holder."""
        if isinstance(value, tuple):
            return tuple(map(self.plain, value))
        held = isinstance(value, str) and _PRIVATE.fullmatch(value)
        return self.said(value) if held else value

    def restored(self, text: str) -> str:
        """Return a piece of the message with its quotations in quotes again."""
        return _PRIVATE.sub(self._restored, text)

    def _restored(self, hit: re.Match[str]) -> str:
        said = self.said(hit.group())
        return said if ord(hit.group()) >= _FIRST_NAME else f"“{said}”"

    def with_names(self, patterns: Mapping[str, re.Pattern[str]]) -> "Quoted":
        """Take out the names of files.

        Args:
            patterns: for each file how a message may call it.
        """
        text, names = self.text, list(patterns)[:_MOST_NAMES]
        for number, name in enumerate(names):
            text = patterns[name].sub(chr(_FIRST_NAME + number), text)
        return evolve(self, text=text, names=tuple(names))

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
        return evolve(self, text=text, quotations=(*self.quotations, words))


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
