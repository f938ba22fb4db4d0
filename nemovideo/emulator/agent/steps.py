"""What comes of one wish: a step, or a problem."""

from attrs import field, frozen

from nemovideo.emulator.agent.timeline import Json

__all__ = ["Problem", "Step"]


@frozen
class Step:
    """One thing done.

    Args:
        tool: its name; also the key of the sentence that tells it.
        facts: what the sentence and the tool call say about it.
        draft: the whole timeline after it.
    """

    tool: str
    facts: Json
    draft: Json = field(repr=False)


@frozen
class Problem:
    """A wish that was understood and not fulfilled.

    Args:
        kind: the key of the sentence that says so.
        facts: what the sentence tells.
    """

    kind: str
    facts: Json
