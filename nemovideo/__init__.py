"""Photos and a sentence in, a finished MP4 out: the async SDK for NemoVideo.

Every name below is loaded when it is first used, so that `import nemovideo` costs nothing.
"""

import importlib

_HOMES = {
    "nemovideo.client": ("NemoVideo",),
    "nemovideo.draft": ("Change", "Draft", "Segment", "Track", "TrackType"),
    "nemovideo.errors": (
        "APIError",
        "AgentError",
        "AmbiguousSendError",
        "AuthenticationError",
        "BudgetError",
        "ConfigurationError",
        "ConnectError",
        "ConnectTimeoutError",
        "ConnectionLostError",
        "Delivered",
        "DownloadError",
        "DraftError",
        "ExportBlockedError",
        "FileTooLargeError",
        "InputError",
        "InsufficientCreditsError",
        "MediaError",
        "MissingClientIdError",
        "NemoVideoError",
        "RateLimitError",
        "RenderFailedError",
        "RenderNotFoundError",
        "RenderTimeoutError",
        "RequestTimeoutError",
        "ServerError",
        "SessionBusyError",
        "SessionNotFoundError",
        "StreamError",
        "StreamInterruptedError",
        "StreamSilentError",
        "StreamStalledError",
        "StreamTimeoutError",
        "TransportError",
        "UnsupportedFileError",
    ),
    "nemovideo.events": (
        "ArtifactSaved",
        "Event",
        "Heartbeat",
        "Notice",
        "ProjectEvent",
        "StateChanged",
        "StillWorking",
        "TextDelta",
        "TextDone",
        "Thought",
        "TimelineChanged",
        "ToolCall",
        "ToolResult",
        "UnknownEvent",
    ),
    "nemovideo.jobs": ("Job", "JobKind", "JobPhase", "VideoJob"),
    "nemovideo.models": (
        "AnonymousToken",
        "Balance",
        "ClaimLink",
        "Output",
        "Progress",
        "Render",
        "RenderStatus",
        "Reply",
        "RequestEnded",
        "RequestStarted",
        "Session",
        "SessionState",
        "UploadedFile",
    ),
    "nemovideo.net.hooks": ("OnRequest", "OnResponse"),
    "nemovideo.net.progress": ("OnProgress",),
    "nemovideo.net.sources": ("Media",),
    "nemovideo.net.stores": ("FileTokenStore", "MemoryTokenStore", "TokenStore"),
    "nemovideo.net.streaming": ("EventStream",),
    "nemovideo.retries": ("RetryPolicy",),
    "nemovideo.settings": ("Timeouts",),
    "nemovideo.skills": ("Skill",),
    "nemovideo.workflows": (
        "Outcome",
        "OutcomeStatus",
        "Outcomes",
        "Project",
        "ProjectStream",
        "Video",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__version__ = "0.1.0"
__all__ = list(_HOME_OF)


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
