"""What a conversation yields: typed values with ready-made words and the data beside them."""

from typing import TypeAlias

import attrs

from nemovideo.assistant.gui import Action
from nemovideo.draft import Change, Draft
from nemovideo.errors import NemoVideoError
from nemovideo.models import Balance, Session, UploadedFile
from nemovideo.skills import Skill
from nemovideo.workflows.video import Video

__all__ = [
    "Asked",
    "BalanceShown",
    "Changed",
    "Connecting",
    "Exporting",
    "Problem",
    "Ready",
    "Said",
    "TimelineShown",
    "Update",
    "VideoReady",
    "Working",
]


@attrs.frozen
class Connecting:
    """The first contact has begun; nothing else is known yet.

    Attributes:
        words: That it connects.
    """

    words: str


@attrs.frozen
class Ready:
    """The conversation has its session.

    Attributes:
        words: The skill's greeting, and what to try.
        session: The session; a link to it is `nemo.auth.claim_link`.
        skill: On whose behalf the assistant works.
    """

    words: str
    session: Session
    skill: Skill


@attrs.frozen
class Said:
    """The agent said something.

    Attributes:
        words: What to show: its text, and what to say here instead of clicking somewhere.
        text: Its text without instructions for a screen that is not there; empty where it said
            nothing else.
        actions: What those instructions were for.
    """

    words: str
    text: str
    actions: tuple[Action, ...] = ()


@attrs.frozen
class Working:
    """Nothing came for a while, and the work goes on.

    Attributes:
        words: That it does.
        elapsed: Seconds since it began.
    """

    words: str
    elapsed: float


@attrs.frozen
class Changed:
    """The timeline has changed.

    Attributes:
        words: The changes in words, or a new timeline in one line.
        changes: Each change.
        timeline: The timeline as it is now; `timeline.to_svg()` draws it.
        silent: Whether the agent itself said nothing about it.
    """

    words: str
    changes: tuple[Change, ...]
    timeline: Draft
    silent: bool


@attrs.frozen
class TimelineShown:
    """The timeline as it is now.

    Attributes:
        words: The timeline in one line, or that there is none yet.
        timeline: The timeline, None before the first edit.
    """

    words: str
    timeline: Draft | None


@attrs.frozen
class BalanceShown:
    """The credits of the account.

    Attributes:
        words: How many there are.
        balance: The same in numbers.
    """

    words: str
    balance: Balance


@attrs.frozen
class Asked:
    """The assistant needs something from the person before it can go on.

    Attributes:
        words: The question.
        files: What was received just now.
        suggestion: What the person might say; empty where files are wanted.
    """

    words: str
    files: tuple[UploadedFile, ...] = ()
    suggestion: str = ""


@attrs.frozen
class Exporting:
    """A video is rendered or fetched; these come often, for a message that is edited.

    Attributes:
        words: How far it is.
        percent: 0 to 100 of what is under way, None where nobody knows.
    """

    words: str
    percent: float | None = None


@attrs.frozen
class VideoReady:
    """A finished video lies on the disk.

    Attributes:
        words: What it is.
        video: The video with its path, duration and timeline.
    """

    words: str
    video: Video


@attrs.frozen
class Problem:
    """Something went wrong; it is the last update.

    Attributes:
        words: What happened, whether it cost anything, and what to do next.
        error: The error itself, for programs; its own words are for developers.
        link: A page that helps, such as the one to register at.
    """

    words: str
    error: NemoVideoError = attrs.field(eq=False)
    link: str | None = None


Update: TypeAlias = (
    Connecting
    | Ready
    | Said
    | Working
    | Changed
    | TimelineShown
    | BalanceShown
    | Asked
    | Exporting
    | VideoReady
    | Problem
)
"""Everything that a conversation yields; `match` over it is exhaustive."""
