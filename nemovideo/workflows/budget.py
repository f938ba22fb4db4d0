"""What a call may spend, checked before each message."""

import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any, Final

import attrs

from nemovideo.draft.parts import number, shown
from nemovideo.errors import (
    AgentError,
    AmbiguousSendError,
    BudgetError,
    InputError,
    NemoVideoError,
)
from nemovideo.figures import in_figures
from nemovideo.models import Balance
from nemovideo.net.sending import is_lost, unsent
from nemovideo.workflows.evidence import Look
from nemovideo.workflows.toolbox import Toolbox

__all__ = ["FIRST_EDIT", "Budget", "require_credits"]

FIRST_EDIT: Final = 50
"""Credits that an editing session costs, as far as is known (contract section 3)."""


def require_credits(limit: float | None) -> None:
    """Refuse a budget that is none; a `Decimal` is none, since it adds up with no float.

    Raises:
        InputError: It is below 0, or no int or float.
    """
    if limit is not None and (number(limit) is None or not limit >= 0):
        raise InputError(f"A budget of {shown(limit)} is none.", hint="Give credits, 0 or more.")


@attrs.define
class Budget:
    """Lets messages through as long as a call has not spent what it may.

    A price is not told before it is paid: the first edit of a session is believed to cost 50
    credits, a follow-up nothing. So what is under way, and the last message that is let through,
    may cost more than was left. Nor is it known when the service charges. So what was let
    through counts with its price until no message of the call is under way; from then on the
    credits alone tell. One of which nobody knows what became of it is under way to the end of
    the call.

    Attributes:
        limit: What may be spent in all, in credits; None lets everything through.
    """

    _tools: Toolbox
    limit: float | None = attrs.field()
    _first: Balance | None = attrs.field(default=None, init=False)
    _last: Balance | None = attrs.field(default=None, init=False)
    _charged: float = attrs.field(default=0.0, init=False)
    _spent: float = attrs.field(default=0.0, init=False)
    _promised: float = attrs.field(default=0.0, init=False)
    _under_way: int = attrs.field(default=0, init=False)
    _moved: float = attrs.field(default=0.0, init=False)

    @limit.validator
    def _require_credits(self, _: Any, limit: float | None) -> None:
        require_credits(limit)

    async def check(self) -> None:
        """Find out whether there is room for a first edit.

        Raises:
            BudgetError: There is none.
            APIError: The credits cannot be read; who set a budget wants it kept.
            TransportError: Likewise.
        """
        if self.limit is not None:
            taken = time.time()
            self._note(await self._balance(), taken)
            self._room_for(FIRST_EDIT, self.limit)

    @contextlib.asynccontextmanager
    async def gate(self, before: Look) -> AsyncIterator[None]:
        """Stand around a message, from the look before it until it has ended.

        Raises:
            BudgetError: It would cost too much; nothing was sent.
            APIError: The credits cannot be read; who set a budget wants it kept.
            TransportError: Likewise.
        """
        if self.limit is None:
            yield
            return
        price = 0 if before.draft else FIRST_EDIT
        self._note(before.balance or await self._balance(), before.taken)
        self._promised = self._room_for(price, self.limit) + price
        self._under_way += 1
        try:
            yield
        except NemoVideoError as error:
            if not (is_lost(error) or isinstance(error, AmbiguousSendError)):  # it runs no more
                self._end(0 if isinstance(error, AgentError) else price)
            raise
        self._end()

    async def _balance(self) -> Balance:
        with unsent():
            return await self._tools.credits.balance()

    def _end(self, refund: float = 0) -> None:
        """Take note that a message is over, and give back what it was believed to cost."""
        self._promised -= refund
        self._under_way -= 1
        self._moved = time.time()

    def _room_for(self, price: float, limit: float) -> float:
        """Give what is spent or promised, if there is room for a price beside it."""
        spent = max(self._spent, self._promised)
        if spent + price > limit:
            raise BudgetError(
                f"{in_figures(spent)} of {in_figures(limit)} credits are spent, reserved or under "
                f"way, and the message may cost {in_figures(price)}; nothing was sent.",
                budget=limit,
                spent=spent,
                hint="Raise the budget to go on.",
            )
        return spent

    def _note(self, balance: Balance, taken: float) -> None:
        """Learn what is spent: what was charged, and what more is reserved than at first.

        What was topped up in between does not count. A look that another one or the end of a
        message has overtaken may show less than has been spent by now.
        """
        if taken <= self._moved:
            return
        first, last = self._first or balance, self._last or balance
        self._charged += max(0.0, _owned(last) - _owned(balance))
        self._spent = round(self._charged + max(0.0, balance.frozen - first.frozen), 6)
        if not self._under_way:
            self._promised = self._spent
        self._first, self._last, self._moved = first, balance, time.time()


def _owned(balance: Balance) -> float:
    return balance.available + balance.frozen
