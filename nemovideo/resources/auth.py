"""Accounts: the free anonymous one, and the way from it to the web."""

import attrs

from nemovideo.errors import InputError
from nemovideo.models import AnonymousToken, ClaimLink, Session
from nemovideo.net.transport import Transport
from nemovideo.wire import replies, requests

__all__ = ["Auth"]


@attrs.frozen
class Auth:
    """`nemo.auth`: who the client is to the service."""

    _transport: Transport = attrs.field(repr=False)

    async def anonymous_token(self) -> AnonymousToken:
        """Give the free account of this client, asked for at first use and then kept.

        Returns:
            The account with its token, which `repr` does not show.

        Raises:
            RateLimitError: The service gives one token in 7 days to a client id.
            APIError: The service refused otherwise.
            TransportError: The network failed.

        Example:
            ```python
            account = await nemo.auth.anonymous_token()
            print(account.user_id, account.expires_at)
            ```
        """
        return await self._transport.anonymous_token()

    async def claim_link(self, session: Session) -> ClaimLink:
        """Make a browser link to a session, for people who want to go on by hand.

        Args:
            session: As `sessions.create` gave it; its task goes along.

        Returns:
            The link and how long it lasts; it holds no API token.

        Raises:
            InputError: The session names no task.
            SessionNotFoundError: The service knows no such session for this account.
            APIError: The service refused otherwise.
            TransportError: The network failed.

        Example:
            ```python
            link = await nemo.auth.claim_link(session)
            print(link.url)
            ```
        """
        if session.task_id is None:
            raise InputError("This session names no task.", hint="Give it as create() gave it.")
        data = await self._transport.call(requests.claim_token(session))
        token, expires_in = replies.claim_token(data)
        web_url = self._transport.settings.web_url
        return ClaimLink(f"{web_url}/workspace/claim?ct={token}", expires_in)
