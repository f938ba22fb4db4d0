"""Reading a message: which wishes it holds, and which words nobody understood."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from attrs import evolve, fields, frozen

from nemovideo.emulator.agent import chinese, english
from nemovideo.emulator.agent.guards import Guard, clauses
from nemovideo.emulator.agent.names import patterns, with_music
from nemovideo.emulator.agent.phrases import BLANK, NAME, QUOTE, Phrase, blanked
from nemovideo.emulator.agent.quotations import Quoted, take_out
from nemovideo.emulator.agent.unclear import Found, referred, unclear
from nemovideo.emulator.agent.wishes import Cannot, Keep, Wish

__all__ = ["Reading", "read"]

_LONGEST: Final = 4_000
_LONGEST_COMPLAINT: Final = 120
_LONGEST_TITLE: Final = 200
_HAN: Final = re.compile("[\u3400-\u9fff]")
_KANA: Final = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_SAID: Final = f"(?:{QUOTE}|{NAME})"
_WORD: Final = re.compile(rf"{_SAID}|[^\W_]+(?:['’-][^\W_]+)*")
_LATIN: Final = re.compile(rf"{_SAID}|[A-Za-z0-9]+(?:['’-][A-Za-z0-9]+)*")
_TAKEN: Final = english.FILLERS | english.TAKEN | chinese.FILLERS
_CONNECTIVE: Final = re.compile(r"\s(?:and|with|in|for|using|lasting|plus)\s", re.IGNORECASE)
_ZH_FILLER: Final = re.compile("|".join(sorted(chinese.FILLERS, key=len, reverse=True)))
_ZH_MATTER: Final = re.compile(rf"(?:[^\W\x01]|{_SAID})(?:.*(?:[^\W\x01]|{_SAID}))?")
# Characters without a width, and those that steer or control, mean nothing in a wish.
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


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
    guard: Guard
    plain: Callable[[str], str]
    strange: Callable[[str], tuple[int, int] | None]


def read(
    message: str,
    photos: Iterable[str] = (),
    sounds: Iterable[str] = (),
    spoken: str = "en",
) -> Reading:
    """Find the wishes of a message in English or Chinese, several in one sentence.

    What stands in quotes is content: a title that says “no music” asks for a title.
    The language is that of the words outside the quotes. Wishes that a word of doubt
    turns round ("don't", "if", "why", "on the second photo") are not taken for wishes.

    Args:
        message: what was said.
        photos: the files that it may speak of as photos.
        sounds: the files that it may speak of as music.
        spoken: the language of its session.
    """
    quoted = _quoted(message[:_LONGEST])
    quoted = evolve(quoted, text=with_music(quoted.text, sounds))
    files = patterns(photos, _TAKEN, quoted.text)
    language = _language(quoted.with_names(files).text, spoken)
    grammar = _GRAMMARS[language]
    # A title may hold a word that is also a file's name, so it is taken out first.
    quoted = quoted.with_unquoted(
        grammar.lead, lambda words: _title_end(words, grammar.phrases)
    ).with_names(files)
    text = grammar.plain(quoted.text)
    found, rest = _understood(text, grammar.phrases)
    doubted = list(_doubted(found, text, rest, grammar))
    told = [quoted.text[start:end].strip(" ,.;!?。") for start, end in doubted]
    for start, end in doubted:
        rest = rest[:start] + BLANK * (end - start) + rest[end:]
    kept = [
        one
        for one in found
        if not _acts(one.wish) or not any(start <= one.start < end for start, end in doubted)
    ]
    beyond, unread = _strange(rest, quoted.text, grammar)
    unread = [*told, *unread]
    if len(message) > _LONGEST:
        unread.append(message[_LONGEST:])
    return Reading(
        language,
        (
            *(_spoken(one.wish, quoted) for one in referred(kept)),
            *(Cannot("cannot_generate", quoted.restored(words)) for words in beyond),
        ),
        tuple(_short(quoted.restored(words)) for words in unread),
    )


def _language(words: str, spoken: str) -> str:
    # Kana make a message Japanese, unless somebody who speaks Chinese names something with them.
    if _HAN.search(words) and (not _KANA.search(words) or spoken.lower().startswith("zh")):
        return "zh"
    return "en"


def _quoted(message: str) -> Quoted:
    quoted = take_out(unicodedata.normalize("NFC", _CONTROL.sub(" ", message)))
    seen = unicodedata.normalize("NFKC", _UNSEEN.sub("", quoted.text))
    return evolve(quoted, text=seen)


def _acts(wish: Wish) -> bool:
    return not isinstance(wish, Keep | Cannot)


def _doubted(
    found: Sequence[Found], text: str, rest: str, grammar: _Grammar
) -> Iterator[tuple[int, int]]:
    starts = [one.start for one in found if _acts(one.wish)]
    turned = list(grammar.guard.doubted(rest, starts))
    yield from turned
    for start, end in unclear(found, text, rest, grammar.guard, grammar.strange):
        if not any(one < end and start < other for one, other in turned):
            yield start, end


def _understood(text: str, phrases: Iterable[Phrase]) -> tuple[list[Found], str]:
    found: list[Found] = []
    for phrase in phrases:
        for hit, wishes in list(phrase.wishes(text)):
            found += [Found(*hit.span(), wish) for wish in wishes]
            text = blanked(text, hit)
    return sorted(found, key=lambda one: one.start), text


def _spoken(wish: Wish, quoted: Quoted) -> Wish:
    if isinstance(wish, Cannot):
        return evolve(wish, words=quoted.restored(wish.words))
    details: Iterator[tuple[str, Any]] = (
        (one.name, getattr(wish, one.name)) for one in fields(type(wish))
    )
    return evolve(wish, **{name: quoted.plain(value) for name, value in details})


def _strange(rest: str, text: str, grammar: _Grammar) -> tuple[list[str], list[str]]:
    beyond: list[str] = []
    unread: list[str] = []
    left = "".join(" " if sign == BLANK else said for sign, said in zip(rest, text, strict=True))
    for start, end in clauses(rest, grammar.breaks):
        matter = grammar.strange(rest[start:end])
        if matter:
            words = " ".join(left[start + matter[0] : start + matter[1]].split())
            adds = grammar.adding.search(rest[start:end])
            (beyond if adds else unread).append(words)
    return beyond, unread


def _strange_en(clause: str) -> tuple[int, int] | None:
    return _span(hit for hit in _WORD.finditer(clause) if not _is_filler(hit.group()))


def _is_filler(word: str) -> bool:
    low = word.lower().replace("’", "'")
    return low in english.FILLERS or english.ADDING.fullmatch(low) is not None


def _strange_zh(clause: str) -> tuple[int, int] | None:
    if not _HAN.search(clause):
        return _span(hit for hit in _LATIN.finditer(clause) if not _is_filler(hit.group()))
    rest = _ZH_FILLER.sub(lambda hit: " " * len(hit.group()), clause)
    matter = _ZH_MATTER.search(rest)
    return matter.span() if matter else None


def _span(hits: Iterable[re.Match[str]]) -> tuple[int, int] | None:
    found = list(hits)
    return (found[0].start(), found[-1].end()) if found else None


def _title_end(words: str, phrases: Iterable[Phrase]) -> int:
    if english.NO_TITLE.match(words) or chinese.NO_TITLE.match(words):
        return 0
    order = english.ORDERS.search(words)
    end = order.start() if order else len(words)
    for joint in _CONNECTIVE.finditer(words, 0, min(end, _LONGEST_TITLE)):
        if any(_begins(phrase, words, joint.end()) for phrase in phrases):
            return joint.start()
    return end


def _begins(phrase: Phrase, text: str, at: int) -> bool:
    hit = phrase.pattern.match(text, at)
    return hit is not None and phrase.build(hit) is not None


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST_COMPLAINT else f"{words[:_LONGEST_COMPLAINT]}…"


def _plain_en(text: str) -> str:
    return text.replace("’", "'")


_GRAMMARS: Final = {
    "en": _Grammar(
        english.PHRASES,
        english.TITLE_LEAD,
        english.BREAKS,
        english.ADDING,
        english.GUARD,
        _plain_en,
        _strange_en,
    ),
    "zh": _Grammar(
        (*chinese.PHRASES, *english.PHRASES),
        chinese.TITLE_LEAD,
        chinese.BREAKS,
        chinese.ADDING,
        chinese.GUARD,
        chinese.simplified,
        _strange_zh,
    ),
}
