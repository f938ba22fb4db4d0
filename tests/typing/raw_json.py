"""The places where a user meets raw JSON, which is whatever the service sends."""
# ruff: noqa: F841  # as in every_call.py

from collections.abc import Mapping
from typing import TypeAlias, assert_never

from nemovideo import (
    ArtifactSaved,
    Change,
    Draft,
    Event,
    Heartbeat,
    Job,
    Notice,
    Reply,
    Segment,
    SessionState,
    StateChanged,
    StillWorking,
    TextDelta,
    TextDone,
    Thought,
    ToolCall,
    ToolResult,
    Track,
    UnknownEvent,
    VideoJob,
)

JSON: TypeAlias = Mapping[str, object]


def timeline(draft: Draft, track: Track, segment: Segment) -> None:
    metadata: list[JSON] = [draft.metadata, track.metadata, segment.metadata]
    raw: list[JSON] = [draft.raw, track.raw, segment.raw]
    wire: JSON = draft.to_wire()
    again: Draft = Draft.from_wire(wire)


def state(known: SessionState) -> None:
    canvas: JSON | None = known.canvas_config
    uploaded: tuple[object, ...] = known.video_infos
    generated: tuple[object, ...] = known.generated_media
    raw: JSON = known.raw


def answer(reply: Reply, call: ToolCall, result: ToolResult, change: Change) -> None:
    delta: JSON = reply.state_delta
    artifacts: JSON = reply.artifacts
    arguments: JSON = call.args
    response: object = result.response
    values: tuple[object, object] = (change.before, change.after)


def remembered(known: Job) -> None:
    before: JSON | None = known.before


def events(changed: StateChanged, saved: ArtifactSaved, unknown: UnknownEvent) -> None:
    seen: list[JSON] = [changed.delta, saved.delta, unknown.raw]


def happened(event: Event) -> str:
    """A `match` over all kinds of events leaves nothing over."""
    match event:
        case TextDelta(text) | TextDone(text) | Thought(text):
            return text
        case ToolCall(name) | ToolResult(name):
            return name
        case StillWorking(elapsed):
            return f"{elapsed:.0f} s"
        case Notice(code, message):
            return f"{code}: {message}"
        case StateChanged(delta) | ArtifactSaved(delta) | UnknownEvent(delta):
            return str(delta)
        case Heartbeat():
            return ""
        case _:
            assert_never(event)


def job(wish: VideoJob) -> None:
    kept: JSON = wish.to_json()
    again: VideoJob = VideoJob.from_json(kept)
