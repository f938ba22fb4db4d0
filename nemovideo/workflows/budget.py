"""What a call may spend, checked before each message."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Final, Self

import attrs

from nemovideo.errors import BudgetError, InputError
from nemovideo.workflows.evidence import Look
from nemovideo.workflows.toolbox import Toolbox

__all__ = ["FIRST_EDIT", "Budget", "require_credits"]

FIRST_EDIT: Final = 50
"""Credits that an editing session costs, as far as is known (contract section 3)."""


def require_credits(limit: float) -> None:
    """Refuse a budget that is none.

    Raises:
        InputError: It is below 0, or no number.
    """
    if not limit >= 0:
        raise InputError(f"A budget of {limit} is none.", hint="Give credits, 0 or more.")


@attrs.define
class Budget:
    """Lets a message through while the account has spent less than was allowed.

    What running work has reserved counts as spent. A price is not told before it is paid: the
    first edit of a session is believed to cost 50 credits, a follow-up nothing. So the last message
    that is let through may cost more than was left.

    Attributes:
        limit: What may be spent in all, in credits.
    """

    _tools: Toolbox
    limit: float = attrs.field()
    _spent: float = attrs.field(default=0.0, init=False)
    _last: float | None = attrs.field(default=None, init=False)
    _turn: asyncio.Lock = attrs.field(factory=asyncio.Lock, init=False)

    @limit.validator
    def _require_credits(self, _: Any, limit: float) -> None:
        require_credits(limit)

    @classmethod
    def of(cls, tools: Toolbox, limit: float | None) -> Self | None:
        """Give what watches over a call, None where it may spend what there is."""
        return None if limit is None else cls(tools, limit)

    @contextlib.asynccontextmanager
    async def gate(self, before: Look) -> AsyncIterator[None]:
        """Check one message, and hold off the next until the service has taken this one.

        Raises:
            BudgetError: It would cost too much; nothing was sent.
        """
        async with self._turn:
            await self.check(0 if before.draft else FIRST_EDIT)
            yield

    async def check(self, price: float) -> None:
        """Find out whether there is room for a price.

        Raises:
            BudgetError: There is none.
            APIError: The credits cannot be read; who set a budget wants it kept.
            TransportError: Likewise.
        """
        spent = self._note((await self._tools.credits.balance()).available)
        if spent + price > self.limit:
            raise BudgetError(
                f"{spent:g} of {self.limit:g} credits are spent or reserved, and the message "
                f"may cost {price:g}; nothing was sent.",
                budget=self.limit,
                spent=spent,
                hint="Raise the budget to go on.",
            )

    def _note(self, available: float) -> float:
        """Add what went since the last time; what was topped up in between does not count."""
        if self._last is not None:
            self._spent += max(0.0, self._last - available)
        self._last = available
        return self._spent
