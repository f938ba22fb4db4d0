"""The resources in one bundle: workflows get this and never the client."""

import attrs

from nemovideo.resources import Auth, Chat, Credits, Renders, Sessions, State, Uploads

__all__ = ["Toolbox"]


@attrs.frozen
class Toolbox:
    """Everything that a workflow may call."""

    auth: Auth
    sessions: Sessions
    uploads: Uploads
    chat: Chat
    state: State
    credits: Credits
    renders: Renders
