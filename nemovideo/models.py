"""The values that calls take and give: plain, frozen, without behaviour of the network."""

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Literal

import attrs

from nemovideo.draft import Change, Draft
from nemovideo.errors import DraftError
from nemovideo.events import Notice, ToolCall, ToolResult

__all__ = [
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
]

RenderStatus = Literal["pending", "processing", "completed", "failed"]
"""The four states of a render; every other word of the service counts as `processing`."""


@attrs.frozen
class AnonymousToken:
    """A free account for seven days.

    Attributes:
        token: The secret itself; never shown by `repr`.
        user_id: `anon_..`, needed for the registration link.
        expires_at: When the service says that it ends.
        credits: What it began with.
    """

    token: str = attrs.field(repr=False)
    user_id: str | None = None
    expires_at: dt.datetime | None = None
    credits: int | None = None


@attrs.frozen
class ClaimLink:
    """A browser link that opens a session on the web; it holds no API token.

    Attributes:
        url: The page to open.
        expires_in: Seconds until the link ends.
    """

    url: str
    expires_in: int | None = None


@attrs.frozen
class Session:
    """One conversation with its timeline.

    Attributes:
        session_id: 19 digits; a string, because an int of that size breaks in other languages.
        task_id: The task that the service keeps beside it.
        user_id: The account as the service names it.
    """

    session_id: str
    task_id: str | None = None
    user_id: str | None = None


@attrs.frozen
class UploadedFile:
    """A file as the service took it.

    Attributes:
        filename: Its name at the service.
        file_type: `video`, `image` or `audio`.
        cdn_url: Where the service keeps it.
        duration: Length in seconds, for video and audio.
        width: Pixels.
        height: Pixels.
        fps: Frames per second, for video.
        hash: The service's checksum.
    """

    filename: str
    file_type: str = ""
    cdn_url: str | None = None
    duration: float | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    hash: str | None = None


@attrs.frozen
class Balance:
    """Credits of the account; `total` is `available` and `frozen` together.

    Attributes:
        available: What can be spent.
        frozen: What running work has reserved.
        total: Both.
    """

    available: float
    frozen: float
    total: float


@attrs.frozen
class SessionState:
    """What the service knows of a session.

    Attributes:
        draft: The timeline, None before the first edit.
        video_infos: Uploaded videos; the shape of the elements is not documented.
        generated_media: Generated clips; likewise.
        canvas_config: The canvas; likewise.
        raw: The whole state as it came.
    """

    draft: Draft | None = None
    video_infos: tuple[Any, ...] = ()
    generated_media: tuple[Any, ...] = ()
    canvas_config: Mapping[str, Any] | None = None
    raw: Mapping[str, Any] = attrs.field(factory=dict, repr=False)

    def _repr_html_(self) -> str:
        """Show the timeline in a notebook, and how much lies beside it."""
        beside = {"uploaded": self.video_infos, "generated": self.generated_media}
        counted = ", ".join(f"{len(media)} {kind}" for kind, media in beside.items() if media)
        drawn = (self.draft or Draft())._repr_html_()
        return f"{drawn}<p>{counted}</p>" if counted else drawn


@attrs.frozen
class Output:
    """What a render is to become.

    Attributes:
        format: The container, `mp4`.
        quality: `high` is documented; the emulator also takes `low` and `medium`.
    """

    format: str = "mp4"
    quality: str = "high"


@attrs.frozen
class Render:
    """A render job.

    Attributes:
        render_id: The id that this side chose.
        status: See `RenderStatus`.
        progress: From 0 to 100, None where the service does not say.
        url: Where the file can be fetched; a completed render without it is not finished yet.
        duration: Length of the video in seconds.
        size: Length of the file in bytes.
        error: The service's words for a failure.
    """

    render_id: str
    status: RenderStatus = "pending"
    progress: float | None = None
    url: str | None = attrs.field(default=None, repr=False)
    duration: float | None = None
    size: int | None = None
    error: str | None = None

    @property
    def is_finished(self) -> bool:
        """Whether the file can be fetched: False also for a render that failed."""
        return self.status == "completed" and self.url is not None


@attrs.frozen
class Reply:
    """Everything that the agent answered to one message.

    Attributes:
        text: What it said, each text once; empty after a silent edit.
        thoughts: What it thought aloud.
        tool_calls: The tools that it called.
        tool_results: What they answered.
        state_delta: The keys of the state that were replaced.
        artifacts: The files that it saved.
        notices: Error codes beside a stream that went on.
        changes: What the message changed in the timeline; filled in by a project, which compares
            the timeline before and after.
        recovered: Whether the answer was lost on the way and this was rebuilt from the state;
            `text` is then what had come.
        cost: By how many credits the account had less after the message than just before it;
            filled in by a project. None where they cannot tell: they could not be read, or not
            within `Timeouts.cost` and the call's own limit; there are more than before; some are
            still reserved; or another message of the account was under way.
    """

    text: str = ""
    thoughts: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    tool_results: tuple[ToolResult, ...] = ()
    state_delta: Mapping[str, Any] = attrs.field(factory=dict)
    artifacts: Mapping[str, Any] = attrs.field(factory=dict)
    notices: tuple[Notice, ...] = ()
    changes: tuple[Change, ...] = ()
    recovered: bool = False
    cost: float | None = None

    @property
    def summary(self) -> str:
        """The changes in words, one sentence after the other; empty where nothing changed."""
        return " ".join(map(str, self.changes))

    def _repr_html_(self) -> str:
        """Show in a notebook what was said and changed, and the timeline where one came."""
        from nemovideo.draft.markup import escaped

        said = "<br>".join(map(escaped, self.text.splitlines()))
        changed = "".join(f"<li>{escaped(str(change))}</li>" for change in self.changes)
        shown = [f"<p>{said}</p>" if said else "", f"<ul>{changed}</ul>" if changed else ""]
        with suppress(KeyError, DraftError):  # where none came, or one that cannot be read
            shown.append(Draft.from_wire(self.state_delta["draft"])._repr_html_())
        return "".join(shown) or "<p></p>"


@attrs.frozen
class Progress:
    """How far a long piece of work is.

    Attributes:
        stage: `connect`, `session`, `upload`, `agent`, `state`, `render` or `download`; `videos`
            for a batch as a whole.
        done: How much is done, in `unit`.
        total: How much there is in all, None where nobody knows.
        unit: `bytes`, `percent`, `videos` or empty.
        text: One short line: the session's id, what the agent says, or the timeline.
        job: Which job of a batch it is about, by the path of its file.
    """

    stage: str
    done: float = 0
    total: float | None = None
    unit: str = ""
    text: str = ""
    job: str = ""


@attrs.frozen(eq=False)
class RequestStarted:
    """One attempt at a request, as the hook `on_request` hears of it.

    Attributes:
        method: `GET` or `POST`.
        url: The address without its query, which may hold a signature.
        headers: What goes along; the values of secret headers are `..`.
    """

    method: str
    url: str
    headers: Mapping[str, str] = attrs.field(repr=False)


@attrs.frozen(eq=False)
class RequestEnded:
    """How an attempt ended, as the hook `on_response` hears of it.

    Of an answer that is a stream or a file, this is told when its head is there.

    Attributes:
        request: What `on_request` was called with, the same object.
        seconds: Since it started.
        status: The HTTP status, None where no answer came.
        request_id: The service's id of the request, where it gave one.
        error: The name of the exception where no answer came.
    """

    request: RequestStarted
    seconds: float
    status: int | None = None
    request_id: str | None = None
    error: str | None = None
