"""What comes out at the end: a video with its file."""

from pathlib import Path

import attrs

from nemovideo.draft import Draft
from nemovideo.models import Render, Session

__all__ = ["Video"]


@attrs.frozen
class Video:
    """A finished video on this disk.

    Attributes:
        path: The MP4.
        duration: Seconds, as the service or else the timeline says.
        timeline: The draft that was rendered; `str()` of it is the summary.
        session: The session it came from, to go on with.
        render: The render job.
    """

    path: Path
    duration: float
    timeline: Draft
    session: Session
    render: Render
