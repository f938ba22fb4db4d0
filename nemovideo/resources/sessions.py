"""Sessions: one conversation with one timeline."""

import attrs

from nemovideo.models import Session
from nemovideo.net.transport import Transport
from nemovideo.wire import replies, requests

__all__ = ["Sessions"]


@attrs.frozen
class Sessions:
    """`nemo.sessions`: where every piece of work begins."""

    _transport: Transport = attrs.field(repr=False)
    _language: str = "en"

    async def create(self, *, name: str = "project", language: str | None = None) -> Session:
        """Start a session.

        Args:
            name: What the service calls its task.
            language: What the agent speaks, a tag such as `en`, `zh-CN` or `ja`; by default
                the language of the client.

        Returns:
            The session with its id, a string of 19 digits.

        Raises:
            APIError: The service refused; the subclass says why.
            TransportError: The network failed.

        Example:
            ```python
            session = await nemo.sessions.create(language="ja")
            print(session.session_id)
            ```
        """
        request = requests.create_session(name, language or self._language)
        session = replies.session(await self._transport.call(request))
        self._transport.credentials.remember(session.user_id)
        return session
