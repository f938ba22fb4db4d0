"""One turn of the conversation: a message in, what the agent does and says out."""

from collections.abc import Iterator, Sequence

from attrs import field, frozen

from nemovideo.emulator.agent import speech
from nemovideo.emulator.agent.editor import Edit, edit
from nemovideo.emulator.agent.reading import read
from nemovideo.emulator.agent.timeline import Clip, Json

__all__ = ["Board", "Calling", "Saying", "Turn", "take_turn"]

_FIRST_EDIT = 50
_NEW_SHAPE = 100


@frozen
class Board:
    """What lies before the agent.

    Args:
        draft: the timeline; `None` before the first edit.
        uploads: the session's files, in upload order.
        placed: addresses of the files that have had their place.
        title: the project's name.
        paid: whether the session's first edit has been charged.
        language: the session's.
    """

    draft: Json | None = field(repr=False)
    uploads: Sequence[Clip]
    placed: frozenset[str]
    title: str
    paid: bool
    language: str = "en"


@frozen
class Saying:
    """The agent speaks."""

    text: str


@frozen
class Calling:
    """The agent uses a tool.

    Args:
        tool: its name.
        args: what it is called with.
        draft: the whole timeline that it writes.
    """

    tool: str
    args: Json
    draft: Json = field(repr=False)


@frozen
class Turn:
    """A turn that is thought out, and not yet taken.

    Args:
        before: what is said first; may be empty.
        calls: the tools, in order.
        after: what is said last.
        price: what it costs in credits.
        may_be_silent: whether nothing is lost when it ends without a word.
        placed: addresses of the files that have had their place after it.
    """

    before: str
    calls: tuple[Calling, ...]
    after: str
    price: int
    may_be_silent: bool
    placed: frozenset[str]

    def script(self, *, silent: bool) -> Iterator[Saying | Calling]:
        """Yield what the agent does, in order; without its words when `silent`."""
        if self.before and not silent:
            yield Saying(self.before)
        yield from self.calls
        if not silent:
            yield Saying(self.after)


def take_turn(message: str, board: Board) -> Turn:
    """Work out what a message leads to; nothing is changed by it.

    A session's first edit costs 50, a new shape of a timeline that exists 100, other
    edits nothing. A message that leads to no edit costs nothing. A first edit that was not
    charged, because it failed or was cancelled, leaves its price to the next.
    """
    photos, sounds = (
        [clip.name for clip in board.uploads if (clip.kind == "audio") is wanted]
        for wanted in (False, True)
    )
    reading = read(message, photos, sounds, board.language)
    result = edit(board.draft, reading.wishes, board.uploads, board.placed, board.title)
    return Turn(
        before=speech.opening(result, reading.language),
        calls=tuple(Calling(step.tool, step.facts, step.draft) for step in result.steps),
        after=speech.closing(result, reading.unread, reading.language),
        price=_price(result, first=not board.paid),
        may_be_silent=_is_plain(result, reading.unread) and board.draft is not None,
        placed=result.placed,
    )


def _price(result: Edit, *, first: bool) -> int:
    tools = [step.tool for step in result.steps]
    if first:
        return _FIRST_EDIT if tools else 0
    return _NEW_SHAPE if "set_aspect_ratio" in tools else 0


def _is_plain(result: Edit, unread: Sequence[str]) -> bool:
    return bool(result.steps) and not result.problems and not unread
