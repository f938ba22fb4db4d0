"""What a person wants: one of five intents, read from a message by tables of phrases."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from types import ModuleType
from typing import Final, Literal, get_args

import attrs

from nemovideo.assistant import routes_chinese, routes_english
from nemovideo.assistant.quotations import PLACE, unquoted
from nemovideo.assistant.tables import filled, table_for

__all__ = ["Intent", "Request", "read_request", "route"]

Intent = Literal["export", "credits", "status", "upload", "chat"]
"""What is to be done: the rows of the table in contract section 6."""

_ACTIONS: Final = tuple(intent for intent in get_args(Intent) if intent != "chat")
_LONGEST: Final = 400
"""A longer message is a wish: nobody asks for an action in so many words."""
_ENDS: Final = re.compile(
    r"[.!?;,:\n…]+(?=\s|$|\W)|[。！？；，、：\n～~]+|\s[-–—]+\s|——+|[()（）]|[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]+"
)
_STEPS: Final = re.compile(
    r"\band then\b|\bthen\b|\band\b|\bso\b(?! (?:far|that|i can|we can))|&|\+"
    r"|然后再?|接着|并且|并|之后|以后|(?<=[\u3400-\u9fff])再",
    re.IGNORECASE,
)
_NAMES_ON: Final = re.compile(
    r"\b(?:says?|saying|reads?|reading|is|with)\b|写|改成|改为|换成", re.IGNORECASE
)
_POINTS_ON: Final = re.compile(r"\s*(?:[:：]|[-–—]+)\s*")
_HELD: Final = "\ue000"
"""Stands for a quotation."""
_NOISE: Final = re.compile(r"[^\w\s'\ue000-\uf8ff-]+|_+")
_BAD_EDGE: Final = re.compile(r"^[\s'-]+|[\s'-]+$")


@attrs.frozen
class Request:
    """A message as it was understood.

    Attributes:
        intent: What is to be done.
        wanted: Every action that the person asks for in so many words, in order; beside a chat
            they come after it.
        hinted: Actions of which the message speaks without asking for them in so many words: no
            reason to act, unless the agent speaks of them too.
        wish: What is for the agent: the message without what was understood as `wanted`.
    """

    intent: Intent
    wanted: tuple[Intent, ...] = ()
    hinted: frozenset[Intent] = frozenset()
    wish: str = ""


def route(text: str, has_files: bool = False) -> Intent:  # noqa: FBT001, FBT002  # as designed
    """Tell what a message asks for.

    A message is an action only if all of it says so: each clause must be a phrase of the tables,
    or say nothing of its own. So content never triggers an action: a quoted title, "end credits",
    "white balance" and "a video about exporting goods" are chat. What is unclear is chat.

    Args:
        text: What the person wrote, in English or Chinese.
        has_files: Whether files came with it. Files with a wish are `chat`, since they are
            uploaded before anyway; files alone are `upload`.

    Returns:
        `export`, `credits`, `status`, `upload` or `chat`.

    Example:
        ```python
        from nemovideo.assistant import route

        assert route("I'm done, give me the mp4") == "export"
        assert route("还剩多少积分？") == "credits"
        assert route("add end credits") == "chat"
        ```
    """
    return read_request(text, has_files=has_files).intent


def read_request(text: str, *, has_files: bool = False) -> Request:
    """Read a message whole: what it asks for, and what else is to be done after it."""
    if not text.strip():
        return Request("upload" if has_files else "chat")
    if len(text) > _LONGEST:
        return Request("chat", wish=text)
    quoted = unquoted(text)
    table = _table(table_for(quoted.text, routes_english, routes_chinese))
    clauses = [*_clauses(quoted.text, table)]
    actions = tuple(dict.fromkeys(clause.action for clause in clauses if clause.action))
    if actions and not any(clause.is_content for clause in clauses):
        return Request(actions[0], actions)
    asked = [*_asked_beside(clauses)]
    wanted = dict.fromkeys(clause.action for clause in asked if clause.action)
    wish = quoted.restored(_without(asked, clauses)) if asked else text
    hinted = frozenset(table.hints(_normal(quoted.text)))
    return Request("chat", tuple(wanted), hinted, wish)


@attrs.frozen(eq=False)
class _Clause:
    """A piece of a message.

    Attributes:
        words: The piece as it was written.
        joint: What stands before it.
        action: What it asks for, None where it asks for nothing of the tables.
        is_content: Whether it says something of its own.
        is_bare: Whether its action is only a name.
        is_step: Whether it is said to be the next step.
        may_title: Whether it announces words for a picture.
        has_title: Whether it announced them, and a quotation has been them.
    """

    words: str
    joint: str
    action: Intent | None = None
    is_content: bool = False
    is_bare: bool = False
    is_step: bool = False
    may_title: bool = False
    has_title: bool = False


def _asked_beside(clauses: Sequence[_Clause]) -> Iterator[_Clause]:
    """Give the actions that a wish is followed by; a name alone, or words for a title, are none."""
    may_be_title = False
    for before, clause in pairwise([_Clause("", ""), *clauses]):
        is_asked = clause.action and not clause.is_bare and clause.action != "upload"
        if is_asked and (clause.is_step or not may_be_title):
            yield clause
        may_be_title |= clause.may_title or _goes_on(before, clause)


def _goes_on(before: _Clause, clause: _Clause) -> bool:
    """Whether a quotation only told where a title stands: "the caption for “a.jpg”: Hello"."""
    points_on = _POINTS_ON.fullmatch(clause.joint) is not None
    return before.has_title and clause.is_content and points_on


def _without(asked: Sequence[_Clause], clauses: Sequence[_Clause]) -> str:
    """Put a message together again, without what is done here."""
    left = [clause for clause in clauses if clause not in asked]
    return "".join(clause.joint + clause.words for clause in left).strip(" ,;，；、\n")


@attrs.frozen
class _Table:
    """The phrases of one language, ready to be matched."""

    gap: str
    phrases: Mapping[str, re.Pattern[str]]
    bare: Mapping[str, re.Pattern[str]]
    filler: re.Pattern[str]
    lead: re.Pattern[str]
    titling: re.Pattern[str]
    words: Mapping[Intent, re.Pattern[str]]
    refusal: re.Pattern[str]

    def clause(self, words: str, joint: str, *, is_next: bool = False) -> _Clause:
        """Tell what a piece of a message is."""
        text = _normal(words).replace(" ", self.gap)
        is_step = is_next or bool(self.lead.match(text))
        for is_bare, phrases in ((False, self.phrases), (True, self.bare)):
            for action in _ACTIONS:
                if phrases[action].fullmatch(text):
                    return _Clause(words, joint, action, is_bare=is_bare, is_step=is_step)
        if not text or self.filler.fullmatch(text):
            return _Clause(words, joint)
        if not self.titling.search(text):
            return _Clause(words, joint, is_content=True)
        rest = text.rpartition(_HELD)  # what is quoted may be a place, or the title before
        ended = bool(rest[1]) and not _NAMES_ON.search(rest[2])
        return _Clause(words, joint, is_content=True, may_title=not ended, has_title=ended)

    def hints(self, text: str) -> Iterator[Intent]:
        """Give the actions whose words occur, unless something is to be left alone."""
        if self.refusal.search(text):
            return
        yield from (action for action, words in self.words.items() if words.search(text))


def _clauses(text: str, table: _Table) -> Iterator[_Clause]:
    """Cut a message where sentences and clauses end, and where steps are joined if need be."""
    for piece, joint in _cut(text, _ENDS):
        whole = table.clause(piece, joint)
        if not whole.is_content:
            yield whole
            continue
        for step, link in _cut(piece, _STEPS):
            yield table.clause(step, link or joint, is_next=bool(link))


def _cut(text: str, where: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Give the pieces of a text, each with what stands before it."""
    place, joint = 0, ""
    for cut in where.finditer(text):
        yield text[place : cut.start()], joint
        place, joint = cut.end(), cut[0]
    yield text[place:], joint


def _normal(piece: str) -> str:
    """Spell a piece in the one way that the tables know."""
    known = unicodedata.normalize("NFKC", re.sub(PLACE, _HELD, piece)).replace("’", "'")
    plain = known.casefold().translate(routes_chinese.SIMPLIFIED)
    return _BAD_EDGE.sub("", " ".join(_NOISE.sub(" ", plain).split()))


@cache
def _table(module: ModuleType) -> _Table:
    """Compile the phrases of a language when the first message needs them."""
    gap = "" if module is routes_chinese else " "
    slots = filled(module.SLOTS)
    ask, tail = slots["ask"], slots["tail"]

    def pattern(phrases: Sequence[str]) -> re.Pattern[str]:
        inside = "|".join(phrase.format_map(slots) for phrase in phrases)
        return _bounded(f"(?:(?:{ask}){gap})*(?:{inside})(?:{gap}(?:{tail}))*")

    fillers = "|".join(filler.format_map(slots) for filler in module.FILLERS)
    return _Table(
        gap,
        {action: pattern(module.PHRASES[action]) for action in _ACTIONS},
        {action: pattern(module.BARE[action]) for action in _ACTIONS},
        _bounded(f"(?:{fillers})(?:{gap}(?:{fillers}))*"),
        re.compile(f"(?:{'|'.join(module.LEADS)}){gap}"),
        re.compile(module.TITLING),
        {action: re.compile(words) for action, words in module.HINTS.items()},
        re.compile(module.REFUSAL),
    )


def _bounded(pattern: str) -> re.Pattern[str]:
    """Compile a pattern whose repetitions end: words that fit twice could be tried for ever."""
    return re.compile(pattern.replace(")*", "){0,5}").replace(")+", "){1,5}"))
