"""What a skill does in front of people, for bots, web apps and notebooks."""

from nemovideo.assistant.assistant import Assistant
from nemovideo.assistant.conversation import Conversation
from nemovideo.assistant.gui import Action, Translation, translate_gui
from nemovideo.assistant.languages import detect_language
from nemovideo.assistant.routing import Intent, route
from nemovideo.assistant.telling import Updates
from nemovideo.assistant.updates import (
    Asked,
    BalanceShown,
    Changed,
    Connecting,
    Exporting,
    Problem,
    Ready,
    Said,
    TimelineShown,
    Update,
    VideoReady,
    Working,
)

__all__ = [
    "Action",
    "Asked",
    "Assistant",
    "BalanceShown",
    "Changed",
    "Connecting",
    "Conversation",
    "Exporting",
    "Intent",
    "Problem",
    "Ready",
    "Said",
    "TimelineShown",
    "Translation",
    "Update",
    "Updates",
    "VideoReady",
    "Working",
    "detect_language",
    "route",
    "translate_gui",
]
