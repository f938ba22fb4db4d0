"""The resources in one bundle: workflows get this and never the client."""

from collections.abc import Awaitable, Callable

import attrs

from nemovideo.net.ledger import Ledger
from nemovideo.net.sending import Sender
from nemovideo.net.turns import Turns
from nemovideo.resources import Auth, Chat, Credits, Renders, Sessions, State, Uploads
from nemovideo.settings import Timeouts

__all__ = ["Toolbox"]


@attrs.frozen
class Toolbox:
    """Everything that a workflow may call.

    Attributes:
        sender: Sends messages, one at a time to each session.
        ledger: What was begun, written down before it is done.
        turns: Who is at work on what.
        timeouts: Every wait.
        owner: Names the account in the ledger.
    """

    auth: Auth
    sessions: Sessions
    uploads: Uploads
    chat: Chat
    state: State
    credits: Credits
    renders: Renders
    sender: Sender
    ledger: Ledger
    turns: Turns
    timeouts: Timeouts
    owner: Callable[[], Awaitable[str]]
