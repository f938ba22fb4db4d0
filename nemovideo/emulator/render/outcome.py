"""What a render ends in: a finished file, or a reason a user can act on."""

from pathlib import Path

import attrs

__all__ = ["RenderError", "Rendered", "complaint"]


class RenderError(Exception):
    """A render that cannot be finished.

    The message is meant for the user: it names the source and says what is wrong with it.
    """


@attrs.frozen
class Rendered:
    """A finished MP4 and its facts.

    Attributes:
        path: The file, complete.
        duration: Length in seconds, a whole number of frames.
        size: Bytes.
        notes: Sentences about what could not be shown as asked; usually empty.
    """

    path: Path
    duration: float
    size: int
    notes: tuple[str, ...] = ()


def complaint(path: Path, error: Exception, *known: tuple[type[Exception], str]) -> str:
    """Says in plain words why a file cannot be read; no path of this machine is in it.

    Args:
        path: The file.
        error: What reading it raised.
        known: What errors of certain kinds mean.
    """
    if not path.is_file():
        return "the file is missing"
    if path.stat().st_size == 0:
        return "the file is empty"
    meant = next((words for kind, words in known if isinstance(error, kind)), "")
    return meant or getattr(error, "strerror", None) or str(error) or type(error).__name__
