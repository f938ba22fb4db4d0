"""Pieces of work as plain values: what was ordered, and how far it is."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, Protocol, Self, runtime_checkable

import attrs

from nemovideo.errors import InputError
from nemovideo.models import Output

__all__ = ["Job", "JobKind", "JobPhase", "VideoJob"]

JobKind = Literal["video", "message", "render"]
"""What a job is: a whole video, a message to the agent, or a render with its file."""

JobPhase = Literal["planned", "sending", "answered", "submitted", "fetched"]
"""How far a job is; each phase is written down before its act (`fetched` after it)."""


@runtime_checkable
class _OnDisk(Protocol):
    def __fspath__(self) -> str: ...


def _path(path: str | _OnDisk) -> str:
    """Take a path as text; what lies in memory could not be found again after a crash."""
    given: Any = path  # whoever checks no types hears of it here
    if isinstance(given, _OnDisk):
        given = given.__fspath__()
    if not isinstance(given, str):
        kind = type(given).__name__
        raise InputError(f"A video job names files, not {kind}.", hint="Give paths.")
    return given


def _paths(paths: str | _OnDisk | Iterable[str | _OnDisk]) -> tuple[str, ...]:
    given: Any = paths
    is_one = isinstance(given, str | bytes | _OnDisk) or not isinstance(given, Iterable)
    return tuple(map(_path, [given] if is_one else given))


def _output(given: Any) -> Output:
    try:
        made = Output(**given) if isinstance(given, Mapping) else given
    except TypeError as error:
        raise InputError(f"This is no output: {error}.") from error
    if not isinstance(made, Output):
        raise InputError(f"An output is no {type(given).__name__}.", hint="Give an Output.")
    return made


def _require_text(_: Any, attribute: "attrs.Attribute[Any]", given: Any) -> None:
    if given is not None and not isinstance(given, str):
        raise InputError(f"{attribute.name} is no text.", hint="Put it in quotes.")


@attrs.frozen
class VideoJob:
    """One video of a batch: a plain value, which JSON can carry.

    Attributes:
        photos: Paths of photos, clips or sounds, or one of them alone; none where `session` has
            what is needed.
        prompt: What the video should be, in words.
        path: The MP4 to write; its folder must exist.
        session: None for a session of its own; the id of a session that exists; any other name
            for one new session that all jobs of the batch with this name share, one after the
            other.
        language: What the agent speaks, by default the language of the client.
        output: Container and quality; by default MP4 in high quality.

    Raises:
        InputError: Something else than paths, or an empty prompt.

    Example:
        ```python
        from nemovideo import VideoJob

        job = VideoJob(["beach.jpg"], "an 8-second video", "summer.mp4")
        assert VideoJob.from_json(job.to_json()) == job
        ```
    """

    photos: tuple[str, ...] = attrs.field(converter=_paths)
    prompt: str = attrs.field()
    path: str = attrs.field(converter=_path)
    session: str | None = attrs.field(default=None, validator=_require_text)
    language: str | None = attrs.field(default=None, validator=_require_text)
    output: Output = attrs.field(factory=Output, converter=_output)

    @prompt.validator
    def _require_words(self, _: Any, prompt: Any) -> None:
        if not isinstance(prompt, str) or not prompt.strip():
            raise InputError("The prompt is empty.", hint="Say what the video should be.")

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read a job as `to_json` gave it.

        Args:
            value: The fields by their names; `output` is an object of its own.

        Returns:
            The job.

        Raises:
            InputError: A field is missing, unknown, or of the wrong type.

        Example:
            ```python
            import json

            from nemovideo import VideoJob

            line = '{"photos": ["beach.jpg"], "prompt": "an 8-second video", "path": "v.mp4"}'
            job = VideoJob.from_json(json.loads(line))
            ```
        """
        try:
            return cls(**value)
        except TypeError as error:
            raise InputError(f"This is no video job: {error}.") from error

    def to_json(self) -> dict[str, Any]:
        """Give the job as JSON has it: text, lists and objects.

        Returns:
            The fields by their names, all of them.

        Example:
            ```python
            import json

            from nemovideo import VideoJob

            print(json.dumps(VideoJob("beach.jpg", "an 8-second video", "v.mp4").to_json()))
            ```
        """
        return attrs.asdict(self) | {"photos": list(self.photos)}


@attrs.frozen
class Job:
    """A piece of work as the ledger keeps it.

    Attributes:
        job_id: Unique, and sorted by the time of its making; a message's `send_id`.
        kind: See `JobKind`.
        phase: See `JobPhase`.
        session_id: The session it belongs to, None before there is one.
        render_id: The render that was ordered for it.
        path: Where the video is to go.
        wish: The order of a `video` as it was given, until its file is there; without photos
            where these were only in memory. None for other kinds.
        output: Container and quality of the render.
        began: Seconds since the epoch.
        changed: Likewise, of the last phase.
        ended: How it ended, empty while it is open: `done`, or what went wrong; `unclear` if nobody
            will ever tell.
        owner: Stands for the account: a digest, in which there is no token.
        digest: Stands for the words of the message; empty before it is sent, and for a render.
        before: What later looks are compared with, and a render is made of: the session and the
            credits just before the message, then the timeline that was ordered. None where that
            is not known, and when the job has ended.
    """

    job_id: str
    kind: JobKind
    phase: JobPhase = "planned"
    session_id: str | None = None
    render_id: str | None = None
    path: str | None = None
    wish: VideoJob | None = None
    output: Output = attrs.field(factory=Output)
    began: float = 0.0
    changed: float = 0.0
    ended: str = ""
    owner: str = attrs.field(default="", repr=False)
    digest: str = attrs.field(default="", repr=False)
    before: Mapping[str, Any] | None = attrs.field(default=None, repr=False)

    @property
    def is_open(self) -> bool:
        """Whether something is left to be done or to be found out."""
        return not self.ended
