"""The agent's words without its instructions for a screen that is not there."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from types import ModuleType
from typing import Final, Literal

import attrs

from nemovideo.assistant import gui_chinese, gui_english
from nemovideo.assistant.quotations import unquoted
from nemovideo.assistant.tables import filled, table_for

__all__ = ["Action", "Translation", "translate_gui"]

Action = Literal["export", "status", "edit", "credits"]
"""What an instruction is for, and what is done here instead (contract section 6)."""

_MARKUP: Final = re.compile(r"[*_`#>]+")
_BULLET: Final = re.compile(r"\s*(?:[-•*·]|\d+[.)、]|#+|>)\s+|\s+")
_END: Final = re.compile(r"[.!?…。！？]+[\"”’」』）)*]*\s*$")
_ANNOUNCED: Final = re.compile(
    r"\b(?:caption|title|text|subtitle|reads?|says?)s?\b|[标標][题題]|字幕|文字|文案", re.IGNORECASE
)
_LONGEST: Final = 2_000
"""A longer sentence is taken as content: nobody explains a click in so many words."""


@attrs.frozen
class Translation:
    """What is left of the agent's words, and what was taken away.

    Attributes:
        text: The content; empty where there was none.
        actions: What the instructions were for, each once, in their order.
    """

    text: str
    actions: tuple[Action, ...] = ()


def translate_gui(text: str) -> Translation:
    """Take the instructions for a screen out of what the agent says, and keep the content.

    The backend believes that people sit before an editor: "click Export", "drag the clips",
    "open the preview". Each such clause is removed, with the condition that leads to it; what
    else its sentence says stays. Quotations and described pictures are content. A text without
    instructions comes back as it is (contract section 6).

    Args:
        text: What the agent said, in English or Chinese.

    Returns:
        What is left of it, and what the instructions were for.

    Example:
        ```python
        from nemovideo.assistant import translate_gui

        found = translate_gui("The music is softer now. Click Export to download the video.")
        assert found.text == "The music is softer now."
        assert found.actions == ("export",)
        ```
    """
    quoted = unquoted(text)
    lines: list[str] = []
    removed: list[str] = []
    for line in quoted.text.split("\n"):
        kept, gone = _line(line)
        removed += gone
        if kept.strip() or not gone:
            lines.append(kept)
    if not removed:
        return Translation(text)
    found = [_action(quoted.restored(clause)) for clause in removed]
    actions = dict.fromkeys(action for action in found if action is not None)
    left = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return Translation(quoted.restored(left), tuple(actions) or ("edit",))


@attrs.frozen
class _Grammar:
    """The patterns of one language, ready to be matched."""

    sentence: re.Pattern[str]
    cut: re.Pattern[str]
    instruction: re.Pattern[str]
    inside: re.Pattern[str]
    description: re.Pattern[str]
    condition: re.Pattern[str]
    following: re.Pattern[str]
    actions: Sequence[tuple[Action | None, re.Pattern[str]]]

    def instructs(self, clause: str) -> bool:
        """Tell whether a clause tells people to use a screen."""
        if self.description.search(clause):
            return False
        return bool(self.instruction.match(clause) or self.inside.search(clause))


@cache
def _grammar(table: ModuleType) -> _Grammar:
    """Compile the patterns of a language when the first sentence needs them."""
    slots = filled(table.SLOTS)

    def any_of(patterns: Sequence[str], end: str = "") -> re.Pattern[str]:
        inside = "|".join(f"(?:{one.format_map(slots)})" for one in patterns)
        bounded = inside.replace(")*", "){0,6}").replace(")+", "){1,6}")
        return re.compile(f"(?:{bounded}){end}", re.IGNORECASE)

    return _Grammar(
        re.compile(table.SENTENCE),
        re.compile(table.CUT, re.IGNORECASE),
        any_of(table.INSTRUCTION),
        re.compile("|".join(table.INSIDE), re.IGNORECASE),
        re.compile(table.DESCRIPTION, re.IGNORECASE),
        any_of(table.CONDITION, "$"),
        any_of(table.FOLLOWING, "$"),
        [(action, re.compile(words, re.IGNORECASE)) for action, words in table.ACTIONS],
    )


def _of(text: str) -> _Grammar:
    return _grammar(table_for(text, gui_english, gui_chinese))


def _action(clause: str) -> Action | None:
    """Tell what an instruction is for, None where it only says where to click."""
    actions = _of(clause).actions
    return next((action for action, words in actions if words.search(clause)), None)


def _line(line: str) -> tuple[str, list[str]]:
    """Give what is left of a line, and the instructions that were in it."""
    bullet = _BULLET.match(line)
    head = bullet[0] if bullet else ""
    kept, gone = "", []
    for sentence in _sentences(line[len(head) :]):
        left, removed = _sentence(sentence)
        kept += left
        gone += removed
    return (head + kept.rstrip() if kept.strip() else ""), gone


def _sentences(text: str) -> Iterator[str]:
    """Give the sentences of a line with the spaces behind them, none left out."""
    pattern = _of(text).sentence
    place = 0
    while place < len(text):
        found = pattern.match(text, place)
        end = max(found.end() if found else 0, place + 1)
        while end < len(text) and text[end].isspace():
            end += 1
        yield text[place:end]
        place = end


@attrs.define
class _Clause:
    """A piece of a sentence and what joins it to the next."""

    words: str
    joint: str
    is_gone: bool = False

    @property
    def plain(self) -> str:
        """Its words without markup."""
        return " ".join(_MARKUP.sub("", self.words).split())


def _sentence(sentence: str) -> tuple[str, list[str]]:
    """Give what is left of a sentence, and the instructions that were in it."""
    if len(sentence) > _LONGEST:
        return sentence, []
    grammar = _of(sentence)
    end = _END.search(sentence)
    body = sentence[: end.start()] if end else sentence.rstrip()
    clauses = [*_clauses(body, grammar)]
    found = _instructions(clauses, grammar)
    if not found:
        return sentence, []
    return _rejoined(clauses, sentence[len(body) :]), found


def _clauses(body: str, grammar: _Grammar) -> Iterator[_Clause]:
    place = 0
    for cut in grammar.cut.finditer(body):
        yield _Clause(body[place : cut.start()], cut["cut"])
        place = cut.end()
    yield _Clause(body[place:], "")


def _instructions(clauses: Sequence[_Clause], grammar: _Grammar) -> list[str]:
    """Mark the clauses that go, and give those of them that say what is to be done."""
    found = []
    for place, clause in enumerate(clauses):
        if clause.is_gone or not clause.plain or _is_quoted(clauses[:place]):
            continue
        if grammar.instructs(clause.plain):
            clause.is_gone = True
            _taken(clauses[:place][::-1], grammar.condition)
            found.append(clause.words)
            for words in _taken(_inside(clauses[place:])[1:], grammar.following):
                if grammar.instructs(words):
                    found.append(words)
                else:
                    found[-1] += f" {words}"
    return found


def _is_quoted(before: Sequence[_Clause]) -> bool:
    """Tell whether a clause is the text of a title or caption, which a colon announces."""
    if not before or before[-1].joint.strip() not in {":", "："}:
        return False
    return bool(_ANNOUNCED.search(before[-1].plain))


def _inside(clauses: Sequence[_Clause]) -> Sequence[_Clause]:
    """Give the clauses up to the end of the parenthesis that the first one is in."""
    ends = (place for place, clause in enumerate(clauses) if clause.joint.strip() in {")", "）"})
    return clauses[: next(ends, len(clauses)) + 1]


def _taken(clauses: Sequence[_Clause], pattern: re.Pattern[str]) -> list[str]:
    """Mark the clauses that belong to an instruction beside them, as far as they do."""
    taken = []
    for clause in clauses:
        if clause.is_gone or not pattern.match(clause.plain):
            break
        clause.is_gone = True
        taken.append(clause.plain)
    return taken


def _rejoined(clauses: Sequence[_Clause], end: str) -> str:
    """Put together what is left of a sentence; empty where nothing is."""
    kept = [(place, clause) for place, clause in enumerate(clauses) if not clause.is_gone]
    kept = [(place, clause) for place, clause in kept if clause.words.strip()]
    text = ""
    for position, (place, clause) in enumerate(kept):
        is_next = position + 1 < len(kept)
        text += clause.words + (_joint(clauses, place, kept[position + 1][0]) if is_next else "")
    if not text:
        return ""
    if kept[0][0] > 0:
        text = text[0].upper() + text[1:]
    return f"{text.rstrip()}{end or ' '}"


def _joint(clauses: Sequence[_Clause], place: int, following: int) -> str:
    """Give what joins two clauses: what stood behind the first, unless words were lost there."""
    joint = clauses[place].joint
    if following == place + 1:
        return joint
    if joint.strip() not in {",", ";", "，", "；"}:
        joint = clauses[following - 1].joint
    return re.sub("[()（）]", "", joint)
