"""What became of a message whose answer was lost: a judgement of what can be seen of it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, Self

import attrs

from nemovideo.draft import Change, Draft
from nemovideo.models import Balance, SessionState

__all__ = ["LOOKS", "Look", "Verdict", "judge", "next_gap"]

Verdict = Literal["landed", "not_landed", "unclear", "watch"]
"""It was carried out; it was not; nobody can tell; or it is too early to tell."""

LOOKS: Final = 5
_PRODUCTS: Final = ("draft", "generated_media", "canvas_config")
"""What a message can change; what uploads and analyses change beside it proves nothing."""


@attrs.frozen
class Look:
    """A session and the credits of its account, as they were at one moment.

    Attributes:
        digest: Tells one state of the session from another.
        available: Credits that can be spent, None where they could not be read.
        frozen: Credits that running work has reserved; likewise.
        draft: The timeline, not compared.
        taken: When it was begun, in seconds since the epoch, 0 where that is not known; likewise.
    """

    digest: str
    available: float | None = None
    frozen: float | None = None
    draft: Mapping[str, Any] | None = attrs.field(default=None, eq=False, repr=False)
    taken: float = attrs.field(default=0.0, eq=False)

    @classmethod
    def at(cls, state: SessionState, balance: Balance | None, taken: float = 0.0) -> Self:
        """Keep what can be compared."""
        products = {key: state.raw.get(key) for key in _PRODUCTS}
        digest = hashlib.sha256(json.dumps(products, sort_keys=True).encode()).hexdigest()
        draft = state.draft.to_wire() if state.draft else None
        if balance is None:
            return cls(digest, draft=draft, taken=taken)
        return cls(digest, balance.available, balance.frozen, draft, taken)

    @classmethod
    def kept(cls, facts: Mapping[str, Any]) -> Self:
        """Read a look as the ledger keeps it; a newer version may have kept more."""
        known = {field.name for field in attrs.fields(cls)}
        return cls(**{name: value for name, value in facts.items() if name in known})

    @property
    def balance(self) -> Balance | None:
        """The credits, None where they could not be read."""
        if self.available is None:
            return None
        frozen = self.frozen or 0
        return Balance(self.available, frozen, self.available + frozen)

    @property
    def timeline(self) -> Draft | None:
        """The timeline as it was, None before the first edit."""
        return None if self.draft is None else Draft.from_wire(self.draft)

    def changes_until(self, after: Draft | None) -> tuple[Change, ...]:
        """Tell what has changed in the timeline since."""
        return tuple(after.changes_since(self.timeline)) if after else ()

    def spent_until(self, after: Self) -> float | None:
        """Tell how many credits went since; None where the credits cannot tell.

        That is where they were not read, where some are reserved, so that work is not paid for
        yet, and where there are more than before.
        """
        if self.available is None or after.available is None:
            return None
        went = round(self.available - after.available, 6)  # no 49.99999999999999
        return went if self.is_quiet and after.is_quiet and went >= 0 else None

    @property
    def is_quiet(self) -> bool:
        """Whether no work is known to be running."""
        return not self.frozen


def judge(before: Look, looks: Sequence[Look], *, alone: bool) -> Verdict:
    """Say what five looks at the most prove (contract section 4).

    A run shows in the state, in credits that it has spent, and, while it lasts, in credits that
    it has reserved. Where other messages of the account were under way, credits prove less.

    Args:
        before: Just before the message was sent.
        looks: Since then, the latest last.
        alone: Whether no other message of the account was under way.
    """
    latest, known = looks[-1], looks[-LOOKS:]
    is_settled = len(looks) > 1 and looks[-2] == latest
    if latest.digest != before.digest:
        needed = 2 if latest.is_quiet else LOOKS  # what is reserved may be another message's
        stays = len(looks) >= needed and len({look.digest for look in looks[-needed:]}) == 1
        return "landed" if stays and (latest.is_quiet or not alone) else "watch"
    if alone and is_settled and latest.is_quiet and _spent(before, latest):
        return "landed"
    if len(known) < LOOKS or not all(look.is_quiet for look in known):
        return "watch"
    credits_stay = all((look.available, look.frozen) == (before.available, 0) for look in known)
    return "not_landed" if credits_stay and before.available is not None else "unclear"


def next_gap(before: Look, looks: Sequence[Look], span: float) -> float:
    """Give the seconds until the next look.

    Five looks without any news are spread over the span, each gap twice the one before: a run
    that lasts is not taken for none, and one that is over is seen soon.
    """
    if looks and looks[-1].digest != before.digest:
        return span / (2**LOOKS - 1)
    if looks and not looks[-1].is_quiet:
        return span / LOOKS
    quiet = 0
    for look in reversed(looks):
        if not look.is_quiet:
            break
        quiet += 1
    return span * 2.0 ** min(quiet, LOOKS - 1) / (2**LOOKS - 1)


def _spent(before: Look, latest: Look) -> bool:
    return (
        before.available is not None
        and latest.available is not None
        and latest.available < before.available
    )
