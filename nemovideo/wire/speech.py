"""The words of a model call, counted once although they come twice (contract section 4)."""

from collections.abc import Callable
from typing import Final

import attrs

from nemovideo.events import Event

__all__ = ["Speech"]

_PASSING_TROUBLE: Final = "I encountered a temporary issue"


@attrs.define(eq=False)
class Speech:
    """The words of one model call: deltas first, then perhaps the whole of them again.

    Words that so far read like the known "temporary issue" remark are held back: at the end of
    a stream that was otherwise normal it means nothing.

    Attributes:
        was_heard: Whether a model call has ended with words.
    """

    _delta: Callable[[str], Event]
    _done: Callable[[str], Event] | None = None
    _holds_remark: bool = False
    _words: list[str] = attrs.field(factory=list, init=False)
    _with_repeats: list[str] = attrs.field(factory=list, init=False)
    _shown: int = attrs.field(default=0, init=False)
    _opening: str = attrs.field(default="", init=False)
    _is_final: bool = attrs.field(default=False, init=False)
    _unconfirmed: tuple[str, ...] = attrs.field(default=(), init=False)
    was_heard: bool = attrs.field(default=False, init=False)

    @property
    def is_remark(self) -> bool:
        """Whether the open words are the remark that means nothing at the end."""
        return self._opening == _PASSING_TROUBLE

    def add(self, said: str) -> list[Event]:
        """Take a delta."""
        if self._shown and not (self._is_final or self._with_repeats):
            # Nearly all deltas go on with words that are shown already.
            self._words.append(said)
            self._shown += 1
            return [self._delta(said)]
        ended = self.close() if self._is_final else []
        self._unconfirmed = ()
        if self._with_repeats:
            self._with_repeats.append(said)
        self._append(said)
        return ended + self._release()

    def repeat(self, said: str) -> None:
        """Take a delta that came twice.

        It counts once; but an old server that tells two equal deltas apart by nothing meant it,
        and then the final says so.
        """
        self._with_repeats = self._with_repeats or self._words.copy()
        self._with_repeats.append(said)

    def final(self, whole: str) -> list[Event]:
        """Take the whole words of a model call, whose deltas may have come before."""
        if whole.strip() in self._unconfirmed:
            self._unconfirmed = ()
            return []
        ended = [] if not self._is_final and self._continues_with(whole) else self.close()
        so_far, repeated = "".join(self._words), "".join(self._with_repeats)
        if whole.startswith(so_far):
            self._append(whole[len(so_far) :])
        elif repeated and (whole.startswith(repeated) or whole.strip() != so_far.strip()):
            # What was shown lacks the repeats, and cannot be taken back.
            self._words, self._opening = [whole], whole.lstrip()[: len(_PASSING_TROUBLE)]
        self._is_final = True
        return ended if self._may_be_remark() else ended + self.close()

    def close(self) -> list[Event]:
        """End the model call; its final may still come, and then counts no second time."""
        if not (self._words or self._is_final):
            return []
        events = self._release(even_a_remark=True)
        if whole := "".join(self._words):
            self.was_heard = True
            self._unconfirmed = () if self._is_final else self._readings()
            if self._done is not None:
                events.append(self._done(whole))
        self.forget()
        return events

    def forget(self) -> None:
        """Drop the open words."""
        self._words, self._with_repeats = [], []
        self._shown, self._opening, self._is_final = 0, "", False

    def _append(self, said: str) -> None:
        if not said:
            return
        self._words.append(said)
        if self._holds_remark and not self._shown:
            self._opening = (self._opening + said).lstrip()[: len(_PASSING_TROUBLE)]

    def _release(self, *, even_a_remark: bool = False) -> list[Event]:
        if self._shown >= len(self._words) or (self._may_be_remark() and not even_a_remark):
            return []
        new, self._shown = "".join(self._words[self._shown :]), len(self._words)
        return [self._delta(new)]

    def _may_be_remark(self) -> bool:
        return self._holds_remark and not self._shown and _PASSING_TROUBLE.startswith(self._opening)

    def _continues_with(self, final: str) -> bool:
        spoken = {"".join(self._words), "".join(self._with_repeats)} - {""}
        return not spoken or any(
            final.startswith(words) or final.strip() == words.strip() for words in spoken
        )

    def _readings(self) -> tuple[str, ...]:
        """What the words may have been, without the white space that a final may lose."""
        spoken = ("".join(self._words), "".join(self._with_repeats))
        return tuple(words.strip() for words in spoken if words)
