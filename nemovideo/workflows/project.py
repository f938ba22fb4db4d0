"""A project: one session with its work, step by step."""

import asyncio
import os
from pathlib import Path

import attrs

from nemovideo.draft import Draft
from nemovideo.errors import ConfigurationError
from nemovideo.events import Event, StillWorking, TextDelta, TextDone, ToolCall
from nemovideo.models import Output, Progress, Reply, Session, SessionState, UploadedFile
from nemovideo.net.deadlines import within
from nemovideo.net.files import check_target
from nemovideo.net.progress import OnProgress, Reporter
from nemovideo.net.sources import Media, Source
from nemovideo.workflows.toolbox import Toolbox
from nemovideo.workflows.video import Video

__all__ = ["Project", "Projects"]


@attrs.define(eq=False)
class Project:
    """One session and what is done with it: add, ask, export, and again.

    Attributes:
        session: The session; keep its id to come back with `projects.get`.

    Example:
        ```python
        project = await nemo.projects.create()
        await project.add("beach.jpg", "market.jpg")
        await project.ask("turn these into a 10-second slideshow")
        video = await project.export("v1.mp4")
        await project.ask("no music")
        video = await project.export("v2.mp4")
        ```
    """

    session: Session
    _tools: Toolbox = attrs.field(repr=False)
    _asking: asyncio.Lock = attrs.field(factory=asyncio.Lock, init=False, repr=False)

    async def add(
        self,
        *files: Media | Source,
        on_progress: OnProgress | None = None,
        timeout: float | None = None,
    ) -> list[UploadedFile]:
        """Send photos, clips or sounds; ask for them to be used afterwards.

        Args:
            files: Paths, bytes, open binary files, async iterators of bytes or PIL images.
            on_progress: Gets `Progress` with `stage` `upload` and `unit` `bytes`.
            timeout: Seconds for everything.

        Raises:
            InputError: No file was given.
            MediaError: A file is missing, empty, unreadable or of an unknown type.
            APIError: The service refused; the subclass says why.
            TransportError: The network failed.
        """
        return await self._tools.uploads.files(
            self.session, files, on_progress=on_progress, timeout=timeout
        )

    async def ask(
        self, text: str, *, on_progress: OnProgress | None = None, timeout: float | None = None
    ) -> Reply:
        """Ask the agent for something and wait for its reply.

        One message at a time: two runs in one session would mix, so a second call of this
        project waits for the first.

        Args:
            text: The wish in words.
            on_progress: Gets `Progress` with `stage` `agent`; its `text` is what the agent says
                or does.
            timeout: Seconds in all, by default `Timeouts.stream_total`.

        Raises:
            InputError: The text is empty.
            InsufficientCreditsError: Out of credits; nothing ran.
            APIError: The service refused otherwise.
            TransportError: The network failed; `delivered` tells whether the message ran.
            StreamError: The stream failed; the subclass says how.
        """
        async with self._asking, Reporter(on_progress) as reporter:
            reporter.report(Progress("agent"))
            async with self._tools.chat.stream(self.session, text, timeout=timeout) as events:
                words = _Words()
                async for event in events:
                    if said := words.of(event):
                        reporter.report(Progress("agent", text=said))
                return events.reply

    async def state(self) -> SessionState:
        """Read the session's state, with the timeline as it is now.

        Raises:
            APIError: The service refused; the subclass says why.
            TransportError: The network failed.
        """
        return await self._tools.state.latest(self.session)

    async def timeline(self) -> Draft | None:
        """Read the timeline as it is now; None before the first edit.

        Raises:
            APIError: The service refused; the subclass says why.
            TransportError: The network failed.
        """
        return (await self.state()).draft

    async def export(
        self,
        path: str | os.PathLike[str],
        *,
        draft: Draft | None = None,
        output: Output | None = None,
        on_progress: OnProgress | None = None,
        timeout: float | None = None,
    ) -> Video:
        """Render a timeline and fetch the file.

        Args:
            path: The file to write; its folder must exist, an existing file is replaced only
                on success.
            draft: The timeline to render; by default the session's own as it is now.
            output: Container and quality; by default MP4 in high quality.
            on_progress: Gets `Progress` of the stages `state`, `render` and `download`.
            timeout: Seconds for everything.

        Raises:
            ConfigurationError: The timeline is empty, or the file cannot be written there.
            ExportBlockedError: The plan blocks the export.
            RenderFailedError: The service gave up on the render.
            RenderTimeoutError: The render is not finished in time; it goes on at the service.
            DownloadError: The file could not be fetched whole.
            APIError: The service refused otherwise.
            TransportError: The network failed.
        """
        target = Path(path)
        check_target(target)
        renders = self._tools.renders
        async with Reporter(on_progress) as reporter, within(timeout, "The export"):
            if draft is None:
                reporter.report(Progress("state"))
                draft = await self.timeline()
            if draft is None or not draft.is_exportable:
                raise ConfigurationError(
                    "The timeline is empty: there is nothing to export.",
                    hint="Ask the agent for a video first.",
                )
            reporter.report(Progress("render", 0, 100, "percent", str(draft)))
            render = await renders.submit(self.session, draft, output=output)
            render = await renders.wait(render, on_progress=reporter.report)
            await renders.download(render, target, on_progress=reporter.report)
        duration = draft.length_ms / 1000 if render.duration is None else render.duration
        return Video(target, duration, draft, self.session, render)


@attrs.frozen
class Projects:
    """`nemo.projects`: sessions with their work."""

    _tools: Toolbox = attrs.field(repr=False)

    async def create(self, *, name: str = "project", language: str | None = None) -> Project:
        """Start a project in a new session.

        Args:
            name: What the service calls its task.
            language: What the agent speaks; by default the language of the client.

        Raises:
            APIError: The service refused; the subclass says why.
            TransportError: The network failed.

        Example:
            ```python
            project = await nemo.projects.create(language="en")
            ```
        """
        return Project(await self._tools.sessions.create(name=name, language=language), self._tools)

    def get(self, session: Session | str) -> Project:
        """Go on with a session that exists; nothing is asked of the service yet.

        Args:
            session: A session or its id.

        Example:
            ```python
            project = nemo.projects.get(session.session_id)
            ```
        """
        known = session if isinstance(session, Session) else Session(session)
        return Project(known, self._tools)


@attrs.define
class _Words:
    """What to show of a stream: the sentence so far, or what the agent is at."""

    _sentence: str = ""

    def of(self, event: Event) -> str:
        match event:
            case TextDelta(text):
                self._sentence = (self._sentence + text).rsplit("\n", 1)[-1]
                return self._sentence
            case TextDone():
                self._sentence = ""
            case ToolCall(name):
                self._sentence = ""
                return f"{name.replace('_', ' ')} .."
            case StillWorking(elapsed):
                return f"Still working after {elapsed:.0f} s .."
        return ""
