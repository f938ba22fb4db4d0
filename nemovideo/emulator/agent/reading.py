"""Reading a message: which wishes it holds, and which words nobody understood."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

from attrs import frozen

from nemovideo.emulator.agent import chinese, english
from nemovideo.emulator.agent.phrases import Phrase, blanked
from nemovideo.emulator.agent.quotations import Quoted, take_out
from nemovideo.emulator.agent.wishes import Cannot, Title, Wish

__all__ = ["Reading", "read"]

_LONGEST: Final = 4_000
_LONGEST_COMPLAINT: Final = 120
_HAN: Final = re.compile("[\u3400-\u9fff]")
_WORD: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LATIN: Final = re.compile(r"[A-Za-z0-9]+(?:['’-][A-Za-z0-9]+)*")
_CONNECTIVE: Final = re.compile(r"\s(?:and|with|in|for|using|lasting|plus)\s", re.IGNORECASE)
_ZH_FILLER: Final = re.compile("|".join(sorted(chinese.FILLERS, key=len, reverse=True)))
_ZH_MATTER: Final = re.compile(r"\w(?:.*\w)?")


@frozen
class Reading:
    """What a message says.

    Args:
        language: `en` or `zh`, the language to answer in.
        wishes: what it asks for, in the order of its words.
        unread: its words that nobody understood.
    """

    language: str
    wishes: tuple[Wish, ...]
    unread: tuple[str, ...]


@frozen
class _Grammar:
    phrases: tuple[Phrase, ...]
    lead: re.Pattern[str]
    breaks: re.Pattern[str]
    adding: re.Pattern[str]
    strange: Callable[[str], str]


def read(message: str) -> Reading:
    """Find the wishes of a message in English or Chinese, several in one sentence.

    What stands in quotes is content: a title that says “no music” asks for a title.
    The language is that of the words outside the quotes.
    """
    quoted = take_out(unicodedata.normalize("NFC", message[:_LONGEST]))
    quoted = Quoted(unicodedata.normalize("NFKC", quoted.text), quoted.quotations)
    language = "zh" if _HAN.search(quoted.text) else "en"
    grammar = _GRAMMARS[language]
    quoted = quoted.with_unquoted(grammar.lead, lambda words: _title_end(words, grammar.phrases))
    wishes, rest = _understood(quoted.text, grammar.phrases)
    wishes = [_spoken(wish, quoted) for wish in wishes]
    beyond, unread = _strange(rest, grammar)
    if len(message) > _LONGEST:
        unread.append(message[_LONGEST:])
    return Reading(
        language,
        (*wishes, *(Cannot("cannot_generate", quoted.restored(words)) for words in beyond)),
        tuple(_short(quoted.restored(words)) for words in unread),
    )


def _understood(text: str, phrases: Iterable[Phrase]) -> tuple[list[Wish], str]:
    found: list[tuple[int, Wish]] = []
    for phrase in phrases:
        for hit, wish in list(phrase.wishes(text)):
            found.append((hit.start(), wish))
            text = blanked(text, hit)
    return [wish for _, wish in sorted(found, key=lambda one: one[0])], text


def _spoken(wish: Wish, quoted: Quoted) -> Wish:
    return Title(quoted.said(wish.text)) if isinstance(wish, Title) else wish


def _strange(rest: str, grammar: _Grammar) -> tuple[list[str], list[str]]:
    beyond: list[str] = []
    unread: list[str] = []
    for clause in grammar.breaks.split(rest):
        words = grammar.strange(clause)
        if words:
            (beyond if grammar.adding.search(clause) else unread).append(words)
    return beyond, unread


def _strange_en(clause: str) -> str:
    strange = [hit for hit in _WORD.finditer(clause) if not _is_filler(hit.group())]
    if not strange:
        return ""
    return " ".join(clause[strange[0].start() : strange[-1].end()].split())


def _is_filler(word: str) -> bool:
    low = word.lower().replace("’", "'")
    return low in english.FILLERS or english.ADDING.fullmatch(low) is not None


def _strange_zh(clause: str) -> str:
    foreign = " ".join(word for word in _LATIN.findall(clause) if not _is_filler(word))
    if not _HAN.search(clause):
        return foreign
    rest = _ZH_FILLER.sub(lambda hit: " " * len(hit.group()), clause)
    matter = _ZH_MATTER.search(rest)
    return "".join(clause[slice(*matter.span())].split()) if matter else ""


def _title_end(words: str, phrases: Iterable[Phrase]) -> int:
    for joint in _CONNECTIVE.finditer(words):
        rest = words[joint.end() :]
        if any(_begins(phrase, rest) for phrase in phrases):
            return joint.start()
    return len(words)


def _begins(phrase: Phrase, text: str) -> bool:
    hit, _ = next(phrase.wishes(text), (None, None))
    return hit is not None and not text[: hit.start()].strip(" ")


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST_COMPLAINT else f"{words[:_LONGEST_COMPLAINT]}…"


_GRAMMARS: Final = {
    "en": _Grammar(
        english.PHRASES, english.TITLE_LEAD, english.BREAKS, english.ADDING, _strange_en
    ),
    "zh": _Grammar(
        (*chinese.PHRASES, *english.PHRASES),
        chinese.TITLE_LEAD,
        chinese.BREAKS,
        chinese.ADDING,
        _strange_zh,
    ),
}
