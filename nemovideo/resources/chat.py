"""Chat: the agent is asked in words and answers with a stream."""

from contextlib import AbstractAsyncContextManager

import attrs

from nemovideo.models import Reply, Session
from nemovideo.net.sending import Sender
from nemovideo.net.streaming import EventStream
from nemovideo.wire.requests import identify

__all__ = ["Chat"]


@attrs.frozen
class Chat:
    """`nemo.chat`: messages to the agent.

    A message can cost credits and the service has no way to take one back, so none is ever sent
    twice: it is repeated only where the failure proves that nothing ran. Messages to one session
    wait for each other.
    """

    _sender: Sender = attrs.field(repr=False)

    def stream(
        self, session: Session | str, text: str, *, timeout: float | None = None
    ) -> AbstractAsyncContextManager[EventStream]:
        """Send a message and give its events as they come; the message leaves on entering.

        A refusal may also come inside the stream and is then raised while it is read.

        Args:
            session: A session or its id.
            text: What the agent is asked, in its language or another.
            timeout: Seconds in all, by default `Timeouts.stream_total`.

        Returns:
            What is entered with `async with`; it gives the `EventStream`, to be iterated inside
                the block.

        Raises:
            InputError: The text is empty, or that is no id of a session.
            InsufficientCreditsError: Out of credits; nothing ran.
            SessionBusyError: Another process is at work in the session; nothing was sent.
            SessionNotFoundError: The service knows no such session for this account.
            APIError: The service refused otherwise.
            TransportError: The network failed before the stream began; `delivered` tells more.
            StreamError: The stream failed; the subclass says how, `text` what came so far.

        Example:
            ```python
            async with nemo.chat.stream(session, "add lo-fi music") as events:
                async for event in events:
                    print(event)
            ```
        """
        return self._sender.message(identify(session), text, timeout=timeout)

    async def send(
        self, session: Session | str, text: str, *, timeout: float | None = None
    ) -> Reply:
        """Send a message and wait for the whole reply.

        Args:
            session: A session or its id.
            text: What the agent is asked.
            timeout: Seconds in all, by default `Timeouts.stream_total`.

        Returns:
            The reply; its text is empty after a silent edit, so read the state.

        Raises:
            InputError: The text is empty, or that is no id of a session.
            InsufficientCreditsError: Out of credits; nothing ran.
            SessionBusyError: Another process is at work in the session; nothing was sent.
            SessionNotFoundError: The service knows no such session for this account.
            APIError: The service refused otherwise.
            TransportError: The network failed before the stream began; `delivered` tells more.
            StreamError: The stream failed; the subclass says how, `text` what came so far.

        Example:
            ```python
            reply = await nemo.chat.send(session, "add a title")
            print(reply.text)
            ```
        """
        async with self.stream(session, text, timeout=timeout) as events:
            return await events.finish()
