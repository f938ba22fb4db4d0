"""What comes out at the end: a video with its file."""

import os
from base64 import b64encode
from pathlib import Path
from typing import Final
from urllib.parse import quote

import attrs

from nemovideo.draft import Draft
from nemovideo.draft.markup import escaped
from nemovideo.models import Render, Session

__all__ = ["Video"]

_LARGEST: Final = 32_000_000


@attrs.frozen
class Video:
    """A finished video on this disk.

    Attributes:
        path: The MP4.
        duration: Seconds, as the service or else the timeline says.
        timeline: The draft that was rendered; `str()` of it is the summary.
        session: The session it came from, to go on with.
        render: The render job.
        cost: The credits that its message cost, see `Reply.cost`; a render costs none. None where
            they cannot tell, and for an export, whose messages tell it themselves.
        text: What the agent said to the wish, also which part of it was not understood; as far as
            it was heard where its answer was cut. Empty for an export, and where a recovery found
            the message answered.
        recovered: Whether the agent's answer was cut, so that it may have said more than `text`.
    """

    path: Path
    duration: float
    timeline: Draft
    session: Session
    render: Render
    cost: float | None = None
    text: str = attrs.field(default="", repr=False)
    recovered: bool = False

    def _repr_html_(self) -> str:
        """Play the video in a notebook, over its timeline.

        The file goes into the page, because a notebook's server may not serve it; one of more
        than 32 MB is only linked.
        """
        name = escaped(self.path.as_posix())
        try:
            size = self.path.stat().st_size
            shown = _player(self.path) if size <= _LARGEST else _link(self.path, size)
        except (OSError, ValueError):  # a path with a zero byte is a ValueError
            shown = f"{name} cannot be read any more."
        return f"<p>{shown}</p>{self.timeline._repr_html_()}"


def _link(path: Path, size: int) -> str:
    """Link a file; whatever its name holds stands for itself, and never for another scheme."""
    address = path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
    return (
        f'<a href="{address}">{escaped(path.as_posix())}</a>'
        f" is too large to be shown here ({size / 1e6:.0f} MB)."
    )


def _player(path: Path) -> str:
    content = b64encode(path.read_bytes()).decode()
    style = "max-width:100%;max-height:30em"
    return f'<video controls style="{style}" src="data:video/mp4;base64,{content}"></video>'
