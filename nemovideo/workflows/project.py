"""A project: one session with its work, step by step."""

import os
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import attrs

from nemovideo.draft import Draft
from nemovideo.errors import ConfigurationError, InputError
from nemovideo.jobs import Job
from nemovideo.models import Output, Progress, Reply, Session, SessionState, UploadedFile
from nemovideo.net.deadlines import within
from nemovideo.net.files import absolute, check_target
from nemovideo.net.ledger import new_id
from nemovideo.net.progress import OnProgress, Reporter
from nemovideo.net.sources import Media, Source
from nemovideo.workflows.budget import Budget
from nemovideo.workflows.conversing import ProjectStream, conversing
from nemovideo.workflows.exporting import Export
from nemovideo.workflows.speaking import told
from nemovideo.workflows.toolbox import Toolbox
from nemovideo.workflows.video import Video

__all__ = ["Project", "Projects"]


@attrs.define(eq=False)
class Project:
    """One session and what is done with it: add, ask, export, and again.

    Attributes:
        session: The session; keep its id to come back with `projects.get`.
        language: What the agent speaks in it, None where that is not known.

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
    language: str | None = None

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

        Returns:
            The files as the service took them, in their order.

        Raises:
            InputError: No file was given.
            MediaError: A file is missing, empty, unreadable or of an unknown type.
            APIError: The service refused; the subclass says why.
            TransportError: The network failed.

        Example:
            ```python
            await project.add("beach.jpg", "market.jpg")
            ```
        """
        return await self._tools.uploads.files(
            self.session, files, on_progress=on_progress, timeout=timeout
        )

    async def ask(
        self,
        text: str,
        *,
        budget: float | None = None,
        on_progress: OnProgress | None = None,
        timeout: float | None = None,
    ) -> Reply:
        """Ask the agent for something and wait for its reply.

        One message at a time: two runs in one session would mix, so a second one waits for the
        first. The timeline is read before and after, so that `reply.changes` and `reply.summary`
        tell what was done, also where the agent said nothing; so are the credits, for
        `reply.cost`.

        An answer that is lost on the way is looked after: the session and the credits are
        watched until it is known what became of the message. If it was carried out, the reply is
        rebuilt from what changed; if it did nothing, the failure is raised with `delivered` set
        to `"no"`, and you may send it again. It is never sent twice by itself.

        Args:
            text: The wish in words.
            budget: Credits that it may cost, checked before it is sent. Nobody tells a price
                before it is paid: the first edit of a session is believed to cost 50, a follow-up
                nothing. So one that costs more, such as a generated clip or a new aspect ratio,
                is let through. By default as many as there are.
            on_progress: Gets `Progress` with `stage` `agent`; its `text` is what the agent says
                or does.
            timeout: Seconds in all; by default `Timeouts.stream_total`, and as long again
                where the answer is lost.

        Returns:
            The whole reply, with what it changed and, where credits can tell, what it cost.

        Raises:
            InputError: The text is empty, or the budget below 0 or no int or float.
            BudgetError: It would cost more than the budget; nothing was sent.
            SessionBusyError: Another process is at work in the session; nothing was sent.
            InsufficientCreditsError: Out of credits; nothing ran.
            DraftError: The timeline before it has a shape that no timeline has; nothing was sent.
            AmbiguousSendError: The answer was lost, and nobody can tell what became of it.
            APIError: The service refused otherwise.
            TransportError: The network failed, and the message did nothing.
            StreamError: The stream failed and the message did nothing, or the agent failed.

        Example:
            ```python
            reply = await project.ask("no music")
            print(reply.text or reply.summary)
            ```
        """
        async with Reporter(on_progress) as reporter:
            reporter.report(Progress("agent"))
            async with self.stream(text, budget=budget, timeout=timeout) as events:
                return await told(events, reporter.report)

    def stream(
        self, text: str, *, budget: float | None = None, timeout: float | None = None
    ) -> AbstractAsyncContextManager[ProjectStream]:
        """Ask the agent for something and follow it; the message leaves on entering.

        Args:
            text: The wish in words.
            budget: As for `ask`.
            timeout: As for `ask`.

        Returns:
            What is entered with `async with`; it gives the `ProjectStream`: events of the chat,
                and a `TimelineChanged` for each step of the timeline, such as both stages of a
                generation.

        Raises:
            BudgetError: It would cost more than the budget; nothing was sent.
            SessionBusyError: Another process is at work in the session; nothing was sent.
            DraftError: The timeline before it has a shape that no timeline has; nothing was sent.
            NemoVideoError: As for `ask`; most of them while it is read.

        Example:
            ```python
            async with project.stream("add a title 'Summer'") as events:
                async for event in events:
                    print(event)
            ```
        """
        gate = Budget(self._tools, budget).gate
        return conversing(self._tools, self.session.session_id, text, gate=gate, timeout=timeout)

    async def state(self) -> SessionState:
        """Read the session's state, with the timeline as it is now.

        Returns:
            The state; its `draft` is None before the first edit.

        Raises:
            DraftError: The timeline has a shape that no timeline has.
            APIError: The service refused; the subclass says why.
            TransportError: The network failed.

        Example:
            ```python
            state = await project.state()
            print(state.canvas_config, len(state.generated_media))
            ```
        """
        return await self._tools.state.latest(self.session)

    async def timeline(self) -> Draft | None:
        """Read the timeline as it is now.

        Returns:
            The timeline, None before the first edit.

        Raises:
            DraftError: It has a shape that no timeline has.
            APIError: The service refused; the subclass says why.
            TransportError: The network failed.

        Example:
            ```python
            print(await project.timeline())
            ```
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

        The order is kept under its id until the file is there: what a crash or a cancelling
        leaves behind, `nemo.jobs.recover` fetches. A render that was lost is ordered again under
        its id, one that failed once more under a new one.

        Args:
            path: The file to write; its folder must exist, an existing file is replaced only
                on success.
            draft: The timeline to render; by default the session's own as it is now.
            output: Container and quality; by default MP4 in high quality.
            on_progress: Gets `Progress` of the stages `state`, `render` and `download`.
            timeout: Seconds for everything.

        Returns:
            The video with its path, duration and timeline.

        Raises:
            ConfigurationError: The timeline is empty, or the file cannot be written there.
            DraftError: The timeline has a shape that no timeline has, or was put together by hand.
            ExportBlockedError: The plan blocks the export.
            RenderFailedError: The service gave up on the render.
            RenderTimeoutError: The render is not finished in time; it goes on at the service.
            DownloadError: The file could not be fetched whole.
            APIError: The service refused otherwise.
            TransportError: The network failed.

        Example:
            ```python
            video = await project.export("v1.mp4")
            print(video.path, video.duration)
            ```
        """
        target = Path(path)
        check_target(target)
        async with Reporter(on_progress) as reporter, within(timeout, "The export"):
            if draft is None:
                reporter.report(Progress("state"))
                draft = await self.timeline()
            if draft is None or not draft.is_exportable:
                raise ConfigurationError(
                    "The timeline is empty: there is nothing to export.",
                    hint="Ask the agent for a video first.",
                )
            video = await self._exported(draft, target, output or Output(), reporter)
        return attrs.evolve(video, path=target)

    async def _exported(
        self, draft: Draft, target: Path, output: Output, reporter: Reporter
    ) -> Video:
        job = Job(
            new_id("job"),
            "render",
            "answered",
            self.session.session_id,
            path=absolute(target),
            output=output,
            owner=await self._tools.owner(),
            before={"draft": draft.to_wire()},
        )
        with self._tools.turns.alone(job.job_id):
            job = await self._tools.ledger.begin(job)
            return await Export(self._tools, job, self.session, draft, reporter.report).run()


@attrs.frozen
class Projects:
    """`nemo.projects`: sessions with their work."""

    _tools: Toolbox = attrs.field(repr=False)

    async def create(self, *, name: str = "project", language: str | None = None) -> Project:
        """Start a project in a new session.

        Args:
            name: What the service calls its task.
            language: What the agent speaks; by default the language of the client.

        Returns:
            The project; `project.session` has its id.

        Raises:
            APIError: The service refused; the subclass says why.
            TransportError: The network failed.

        Example:
            ```python
            project = await nemo.projects.create(language="en")
            ```
        """
        session = await self._tools.sessions.create(name=name, language=language)
        return Project(session, self._tools, language)

    def get(self, session: Session | str) -> Project:
        """Go on with a session that exists; nothing is asked of the service yet.

        Args:
            session: A session or its id.

        Returns:
            The project, also where the service knows no such session: its first call tells.

        Example:
            ```python
            project = nemo.projects.get(session.session_id)
            ```
        """
        known = session if isinstance(session, Session) else Session(session)
        return Project(known, self._tools)

    async def keep(self, project: Project, name: str) -> None:
        """Write down a name by which a project is found again, also by a later process.

        The names belong to the account and are in the ledger; without a file they go with the
        client. A name that is known already is given to this project.

        Args:
            project: The project.
            name: Any text, such as the id of a chat.

        Raises:
            InputError: The name is empty.

        Example:
            ```python
            await nemo.projects.keep(project, "telegram:1234")
            project = await nemo.projects.find("telegram:1234")
            ```
        """
        if not name:
            raise InputError("The name is empty.", hint="Name what the project belongs to.")
        owner, session = await self._tools.owner(), project.session.session_id
        await self._tools.ledger.keep_project(owner, name, session, project.language)

    async def find(self, name: str) -> Project | None:
        """Give the project that was kept under a name.

        Args:
            name: As it was given to `keep`.

        Returns:
            The project, None where none was kept under that name.

        Example:
            ```python
            project = await nemo.projects.find("telegram:1234")
            ```
        """
        return (await self.kept()).get(name)

    async def kept(self) -> Mapping[str, Project]:
        """Give all projects that were kept.

        Returns:
            The projects by their names, in the order of these.

        Example:
            ```python
            for name, project in (await nemo.projects.kept()).items():
                print(name, project.session.session_id)
            ```
        """
        known = await self._tools.ledger.projects(await self._tools.owner())
        return {
            name: Project(Session(session_id), self._tools, language)
            for name, (session_id, language) in known.items()
        }

    async def forget(self, name: str) -> None:
        """Strike a name out; its session stays at the service.

        Args:
            name: As it was given to `keep`; nothing happens where it is not known.

        Example:
            ```python
            await nemo.projects.forget("telegram:1234")
            ```
        """
        await self._tools.ledger.forget_project(await self._tools.owner(), name)
