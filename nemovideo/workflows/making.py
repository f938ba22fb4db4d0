"""Photos and a sentence in, a finished MP4 out: the whole way in one call."""

import os
from collections.abc import Iterable
from pathlib import Path

from nemovideo.draft import Draft
from nemovideo.errors import AgentError, InputError
from nemovideo.models import Output, Progress, Reply
from nemovideo.net.deadlines import within
from nemovideo.net.files import check_target
from nemovideo.net.progress import OnProgress, Reporter
from nemovideo.net.sources import Media, as_list, prepared
from nemovideo.workflows.project import Projects
from nemovideo.workflows.toolbox import Toolbox
from nemovideo.workflows.video import Video

__all__ = ["make_video"]


async def make_video(
    tools: Toolbox,
    photos: Media | Iterable[Media],
    prompt: str,
    path: str | os.PathLike[str],
    *,
    language: str | None = None,
    output: Output | None = None,
    on_progress: OnProgress | None = None,
    timeout: float | None = None,
) -> Video:
    """Connect, start a session, upload, ask, render and download.

    Everything that can be wrong on this side is found before the service is asked for anything.
    Arguments and errors are those of `NemoVideo.make_video`.
    """
    if not prompt.strip():
        raise InputError("The prompt is empty.", hint="Say what the video should be.")
    check_target(Path(path))
    async with (
        Reporter(on_progress) as reporter,
        within(timeout, "The video"),
        prepared(as_list(photos)) as sources,
    ):
        reporter.report(Progress("connect"))
        project = await Projects(tools).create(language=language)
        reporter.report(Progress("session", text=project.session.session_id))
        await project.add(*sources, on_progress=reporter.report)
        reply = await project.ask(prompt, on_progress=reporter.report)
        reporter.report(Progress("state"))
        draft = _require(await project.timeline(), reply)
        return await project.export(path, draft=draft, output=output, on_progress=reporter.report)


def _require(draft: Draft | None, reply: Reply) -> Draft:
    """Tell the agent's own words where it made nothing that can be rendered."""
    if draft is not None and draft.is_exportable:
        return draft
    said = reply.text.strip() or "it said nothing"
    raise AgentError(
        f"The agent made no video: {said}",
        text=reply.text,
        hint="Say it in other words, or name duration, music and transitions.",
    )
