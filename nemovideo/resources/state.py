"""State: what the service knows of a session."""

import attrs

from nemovideo.models import Session, SessionState
from nemovideo.net.transport import Transport
from nemovideo.wire import replies, requests

__all__ = ["State"]


@attrs.frozen
class State:
    """`nemo.state`: the timeline and what lies beside it."""

    _transport: Transport = attrs.field(repr=False)

    async def latest(self, session: Session | str) -> SessionState:
        """Read the state of a session as it is now.

        Args:
            session: A session or its id.

        Returns:
            The state; its `draft` is None before the first edit.

        Raises:
            InputError: That is no id of a session.
            SessionNotFoundError: The service knows no such session for this account.
            ServerError: The answer holds no state.
            DraftError: The timeline has a shape that no timeline has.
            APIError: The service refused otherwise.
            TransportError: The network failed.

        Example:
            ```python
            state = await nemo.state.latest(session)
            print(state.draft or "nothing edited yet")
            ```
        """
        return replies.session_state(await self._transport.call(requests.latest_state(session)))
