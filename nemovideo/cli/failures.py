"""What a failure looks like on the command line: one line and an exit code by kind."""

from typing import Any

from nemovideo.cli.opening import ENDING, Ending
from nemovideo.errors import (
    AmbiguousSendError,
    AuthenticationError,
    BudgetError,
    ConfigurationError,
    DownloadError,
    ExportBlockedError,
    FileTooLargeError,
    InsufficientCreditsError,
    NemoVideoError,
    RateLimitError,
    RenderFailedError,
    RenderNotFoundError,
    RenderTimeoutError,
    SessionBusyError,
    SessionNotFoundError,
    StreamError,
    TransportError,
    UnsupportedFileError,
)

__all__ = ["INTERRUPTED", "advice", "as_json", "exit_code", "one_line"]

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""

_CODES: tuple[tuple[int, tuple[type[NemoVideoError], ...]], ...] = (
    (2, (ConfigurationError, UnsupportedFileError, FileTooLargeError)),
    (3, (AuthenticationError,)),
    (4, (InsufficientCreditsError, ExportBlockedError, BudgetError)),
    (5, (RateLimitError,)),
    (6, (TransportError,)),
    (7, (StreamError,)),
    (8, (RenderFailedError, RenderTimeoutError, DownloadError)),
    (9, (SessionBusyError,)),
    (10, (AmbiguousSendError,)),
)


def exit_code(error: NemoVideoError) -> int:
    """Give the exit code of an error's kind.

    2 input, 3 token, 4 credits or plan, 5 rate limit, 6 network, 7 agent, 8 render or download,
    9 session in use, 10 a message of which nobody can tell, 1 everything else that was refused.
    """
    return next((code for code, kinds in _CODES if isinstance(error, kinds)), 1)


def one_line(error: NemoVideoError, *, job_id: str = "") -> str:
    """Say what is wrong and what to do.

    Args:
        error: What went wrong.
        job_id: The job that ended with it, if one was gone on with.
    """
    told = NemoVideoError(error.message, hint=advice(error, job_id=job_id))
    return " ".join(str(told).split())


def advice(error: NemoVideoError, *, job_id: str = "") -> str:
    """Say what to type, where the error itself tells what to call."""
    offline = " --emulator" if ENDING.get(Ending()).offline else ""
    match error:
        case SessionNotFoundError():
            return f"Begin a new one: nemovideo chat TEXT --new --add PHOTO..{offline}"
        case RenderNotFoundError() if job_id:
            forget = f"nemovideo jobs --forget {job_id}{offline}"
            return f"If it belongs to another account, strike it out: {forget}"
        case AmbiguousSendError():
            return f"Do not send it again; look again later: nemovideo jobs --recover{offline}"
        case RenderFailedError() if error.session_id:
            export = f"nemovideo export --session {error.session_id} -o FILE{offline}"
            return f"The timeline is safe: {export}"
    if "nemo." in error.hint:
        return f"See what became of it: nemovideo jobs --recover{offline}"
    return error.hint


def as_json(error: NemoVideoError, *, job_id: str = "") -> dict[str, Any]:
    """Give the same for programs."""
    return {
        "error": type(error).__name__,
        "message": error.message,
        "hint": advice(error, job_id=job_id),
        "exit_code": exit_code(error),
    }
