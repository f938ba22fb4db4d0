"""Accounts: the free anonymous one, and the way from it to the web."""

import attrs

from nemovideo.errors import InputError
from nemovideo.models import AnonymousToken, ClaimLink, Session
from nemovideo.net.transport import Transport
from nemovideo.wire import replies, requests
from nemovideo.wire.requests import identify

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

    async def claim_link(self, session: Session | str) -> ClaimLink:
        """Make a browser link to a session, for people who want to go on by hand.

        Args:
            session: A session or its id. Its task goes along, and is asked for where only
                the id is known.

        Returns:
            The link and how long it lasts; it holds no API token.

        Raises:
            InputError: The service does not name the session's task.
            SessionNotFoundError: The service knows no such session for this account.
            APIError: The service refused otherwise.
            TransportError: The network failed.

        Example:
            ```python
            link = await nemo.auth.claim_link(session)
            print(link.url)
            ```
        """
        data = await self._transport.call(requests.claim_token(await self._with_task(session)))
        token, expires_in = replies.claim_token(data)
        web_url = self._transport.settings.web_url
        return ClaimLink(f"{web_url}/workspace/claim?ct={token}", expires_in)

    async def _with_task(self, session: Session | str) -> Session:
        if isinstance(session, Session) and session.task_id:
            return session
        data = await self._transport.call(requests.latest_state(session))
        known = replies.session({**data, "session_id": identify(session)})
        if not known.task_id:
            raise InputError(
                f"The service does not name the task of session {known.session_id}.",
                hint="Give the session as sessions.create() gave it.",
            )
        return known
