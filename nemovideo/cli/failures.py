"""What a failure looks like on the command line: one line and an exit code by kind."""

from typing import Any

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
    RenderTimeoutError,
    SessionBusyError,
    StreamError,
    TransportError,
    UnsupportedFileError,
)

__all__ = ["INTERRUPTED", "as_json", "exit_code", "one_line"]

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


def one_line(error: NemoVideoError) -> str:
    """Say what is wrong and what to do."""
    words = " ".join(str(error).split())
    return "".join(letter for letter in words if letter.isprintable())


def as_json(error: NemoVideoError) -> dict[str, Any]:
    """Give the same for programs."""
    return {
        "error": type(error).__name__,
        "message": error.message,
        "hint": error.hint,
        "exit_code": exit_code(error),
    }
