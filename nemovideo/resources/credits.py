"""Credits: what the account can still spend."""

import attrs

from nemovideo.models import Balance
from nemovideo.net.transport import Transport
from nemovideo.wire import replies, requests

__all__ = ["Credits"]


@attrs.frozen
class Credits:
    """`nemo.credits`: the balance of the account."""

    _transport: Transport = attrs.field(repr=False)

    async def balance(self) -> Balance:
        """Give what can be spent and what running work has reserved.

        Returns:
            The balance in credits.

        Raises:
            ServerError: The answer does not say what can be spent.
            APIError: The service refused; the subclass says why.
            TransportError: The network failed.

        Example:
            ```python
            balance = await nemo.credits.balance()
            print(balance.available, "of", balance.total)
            ```
        """
        return replies.balance(await self._transport.call(requests.balance()))
