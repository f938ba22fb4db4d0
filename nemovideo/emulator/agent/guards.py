"""Words that turn a wish round: who says "don't make it vertical" does not want it vertical.

A wish that stands under such a word, or that is meant for a part only of what it would
change, is not carried out; the message's words are told back instead.
"""

import re
from collections.abc import Iterator, Sequence

from attrs import frozen

__all__ = ["Guard", "clauses"]

_SENTENCE = re.compile(r"[.;!?。\n]")
# "Vertical? No." And who only says "a video?" has not decided yet.
_DENIED = re.compile(
    r"[^.;!?。\n]*\?\s*(?:no\b|nope\b|不|否)|\A\s*(?:an?\s|一[个段部条份])[^,.:;!?。\n]*\?",
    re.IGNORECASE,
)


@frozen
class Guard:
    """The doubtful words of a language; they are looked for in what no phrase has understood.

    Args:
        breaks: where one clause ends and the next begins.
        turning: puts the rest of its clause in doubt ("don't").
        doubting: puts its whole clause in doubt ("why", "on the second photo").
        supposing: puts the rest of its sentence in doubt ("if").
        bare: a value that does not say what it is for ("5 seconds").
    """

    breaks: re.Pattern[str]
    turning: re.Pattern[str]
    doubting: re.Pattern[str]
    supposing: re.Pattern[str]
    bare: re.Pattern[str]

    def doubted(self, rest: str, starts: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield each span in doubt that holds a wish.

        Args:
            rest: the message without what was understood.
            starts: where the wishes stand.
        """
        reached = 0
        for start, end in self._spans(rest):
            if start >= reached and any(start <= one < end for one in starts):
                yield start, end
                reached = end

    def _spans(self, rest: str) -> Iterator[tuple[int, int]]:
        return iter(sorted((*self._denied(rest), *self._clauses(rest))))

    def _denied(self, rest: str) -> Iterator[tuple[int, int]]:
        if "?" in rest:
            yield from (hit.span() for hit in _DENIED.finditer(rest))

    def _clauses(self, rest: str) -> Iterator[tuple[int, int]]:
        for start, end in clauses(rest, self.breaks):
            clause = rest[start:end]
            if supposed := self.supposing.search(clause):
                stop = _SENTENCE.search(rest, start)
                yield start + supposed.start(), stop.start() if stop else len(rest)
            if self.doubting.search(clause):
                yield start, end
            elif turned := self.turning.search(clause):
                yield start + turned.start(), end


def clauses(text: str, breaks: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield start and end of each clause of a text."""
    start = 0
    for joint in breaks.finditer(text):
        yield start, joint.start()
        start = joint.end()
    yield start, len(text)
