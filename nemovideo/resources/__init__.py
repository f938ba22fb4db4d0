"""The calls of the API, one class for each group; all share one transport."""

from nemovideo.resources.auth import Auth
from nemovideo.resources.chat import Chat
from nemovideo.resources.credits import Credits
from nemovideo.resources.renders import Renders
from nemovideo.resources.sessions import Sessions
from nemovideo.resources.state import State
from nemovideo.resources.uploads import Uploads

__all__ = ["Auth", "Chat", "Credits", "Renders", "Sessions", "State", "Uploads"]
