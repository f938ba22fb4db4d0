"""One message of a conversation, carried out: files, chat, export, credits, timeline."""

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

from nemovideo.assistant.gui import Action, translate_gui
from nemovideo.assistant.plain import for_people
from nemovideo.assistant.routing import Intent, Request
from nemovideo.assistant.updates import (
    Asked,
    BalanceShown,
    Changed,
    Exporting,
    Said,
    TimelineShown,
    Update,
    VideoReady,
)
from nemovideo.assistant.words import Words, words_in
from nemovideo.draft import Change, Draft
from nemovideo.draft.languages import clean
from nemovideo.errors import AmbiguousSendError, NemoVideoError
from nemovideo.events import TextDelta, TextDone
from nemovideo.figures import in_figures
from nemovideo.jobs import Job
from nemovideo.models import Progress, Reply, UploadedFile
from nemovideo.net.ledger import LONGEST_RUN
from nemovideo.net.sources import Media, Source
from nemovideo.skills import Skill
from nemovideo.wire.refusals import SUPPORTED_FORMATS
from nemovideo.workflows.conversing import ProjectStream
from nemovideo.workflows.project import Project
from nemovideo.workflows.video import Video

if TYPE_CHECKING:
    from nemovideo.client import NemoVideo

__all__ = ["Handling"]

_CHANGES: Final = 5
"""Changes that are told; nobody reads more."""
_NAMED: Final = 3
"""Files that are called by their names; more would be no message."""


@attrs.define(eq=False)
class Handling:
    """Carries out one message in a session that is there."""

    _nemo: "NemoVideo"
    _project: Project
    _skill: Skill
    _folder: Path
    _language: str
    _budget: float | None
    _tell: Callable[[Update], None]
    _spoken: str = attrs.field(default="", init=False)
    _agent: list[Action] = attrs.field(factory=list, init=False)

    async def carry_out(self, request: Request, files: Sequence[Media | Source]) -> None:
        """Send the files, then do what was asked for, then what was asked for after it."""
        received = await self._project.add(*files) if files else []
        match request.intent:
            case "chat" if request.wish:
                await self._settle()
                await self._chat(request)
            case "chat":
                self._tell(Asked(self._say("want_wish", wish=self._wish), (), self._wish))
        for action in _following(request, self._agent):
            await self._act(action)
        if request.intent == "upload":
            self._ask_for_wish(received)

    async def resume(self) -> None:
        """Go on with everything of this session that is open; what is in doubt keeps none back."""
        doubt = await self._settle()
        videos, errors = await self._recovered()
        for video in videos:
            self._tell_video(video)
        if failure := doubt or next(iter(errors), None):
            raise failure

    @property
    def _words(self) -> Words:
        return words_in(self._language)

    @property
    def _wish(self) -> str:
        return self._skill.wish or Skill.builtin(Skill.names()[0], self._language).wish

    def _say(self, sentence: str, **facts: object) -> str:
        return self._words[sentence].format(**facts)

    async def _act(self, action: Intent | Action) -> None:
        match action:
            case "export":
                await self._export()
            case "credits":
                await self._show_credits()
            case "status":
                await self._show_timeline()

    def _ask_for_wish(self, received: Sequence[UploadedFile]) -> None:
        if not received:
            self._tell(Asked(self._say("want_files", formats=", ".join(SUPPORTED_FORMATS))))
            return
        words = self._say("received", names=self._names(received), wish=self._wish)
        self._tell(Asked(words, tuple(received), self._wish))

    def _names(self, received: Sequence[UploadedFile]) -> str:
        names = [self._say("quoted", name=clean(file.filename)) for file in received[:_NAMED]]
        more = len(received) - len(names)
        rest = self._say("more", more=more, count=len(received)) if more else ""
        return self._words["comma"].join(names) + rest

    async def _settle(self, *, since: float = 0.0) -> AmbiguousSendError | None:
        """Find out what became of earlier messages, before anything is built on them.

        A doubt that will never end is told once; the ledger has it among what has ended.

        Args:
            since: When the oldest message was sent that may be in doubt, in seconds since the
                epoch.

        Returns:
            Why nobody can tell, if that is so.
        """
        doubt = None
        for job in await self._open():
            if job.kind == "message" and job.phase == "sending" and job.before is not None:
                try:
                    await self._tell_landed(await self._nemo.jobs.resolve(job.job_id))
                except AmbiguousSendError as error:
                    if job.job_id not in [known.job_id for known in await self._open()]:
                        self._tell(Asked(self._words["never_known"]))
                    elif job.changed >= since:
                        doubt = error
        return doubt

    async def _open(self) -> list[Job]:
        session_id = self._project.session.session_id
        return [job for job in await self._nemo.jobs.list() if job.session_id == session_id]

    async def _tell_landed(self, reply: Reply | None) -> None:
        """Tell what became of a message whose answer nobody has read."""
        if reply is None:
            self._tell(Asked(self._words["not_landed"]))
        elif reply.changes and (timeline := await self._project.timeline()):
            words = self._say("silent", changes=self._listed(reply.changes))
            self._tell(Changed(words, reply.changes, timeline, silent=True))

    async def _chat(self, request: Request) -> None:
        """Ask the agent, and tell what it says and what has changed."""
        unfinished = ""
        async with self._project.stream(request.wish, budget=self._budget) as events:
            before = events.timeline
            async for event in events:
                match event:
                    case TextDelta(piece):
                        unfinished += piece
                    case TextDone(whole):
                        unfinished = ""
                        self._tell_said(whole, request)
        if not events.reply.recovered:
            self._tell_said(unfinished, request)
        self._tell_changed(events, before)

    def _tell_said(self, said: str, request: Request) -> None:
        """Tell what the agent said, and what to say instead of what it wants to be clicked."""
        found = translate_gui(for_people(said))
        self._agent += found.actions
        self._spoken += found.text.strip()
        done = {*request.wanted, *request.hinted}
        ways = [self._words[f"say_{action}"] for action in found.actions if action not in done]
        shown = "\n".join(filter(None, (found.text.strip(), *ways)))
        if shown:
            self._tell(Said(shown, found.text.strip(), found.actions))

    def _tell_changed(self, events: ProjectStream, before: Draft | None) -> None:
        changes, timeline = events.reply.changes, events.timeline
        if changes and timeline is not None:
            is_silent = not self._spoken
            words = self._say("silent" if is_silent else "changed", changes=self._listed(changes))
            if before is None:
                words = timeline.summary(self._language)
            self._tell(Changed(words, changes, timeline, is_silent))
        elif not self._spoken and not self._agent:
            self._tell(Asked(self._words["nothing"], (), self._wish))

    def _listed(self, changes: Sequence[Change]) -> str:
        """Tell changes, and of many how many more there are."""
        told = self._words["gap"].join(
            change.words(self._language) for change in changes[:_CHANGES]
        )
        more = len(changes) - _CHANGES
        return told + (self._say("more_changes", more=more) if more > 0 else "")

    async def _show_credits(self) -> None:
        balance = await self._nemo.credits.balance()
        words = self._say("balance", available=in_figures(balance.available))
        if balance.frozen:
            words += self._words["gap"] + self._say("reserved", frozen=in_figures(balance.frozen))
        self._tell(BalanceShown(words, balance))

    async def _show_timeline(self) -> None:
        await self._settle()
        timeline = await self._project.timeline()
        if timeline is None or not timeline.is_exportable:
            self._tell(TimelineShown(self._say("no_timeline", wish=self._wish), timeline))
        else:
            self._tell(TimelineShown(timeline.summary(self._language), timeline))

    async def _export(self) -> None:
        """Fetch what is ordered already, and order the timeline as it is now if it is not."""
        if doubt := await self._settle(since=time.time() - LONGEST_RUN):
            raise doubt
        timeline = await self._project.timeline()
        if timeline is None or not timeline.is_exportable:
            words = self._say("no_timeline", wish=self._wish)
            self._tell(Asked(words, (), self._wish))
            return
        self._tell(Exporting(self._words["rendering"]))
        videos, _ = await self._recovered()
        for video in videos:
            self._tell_video(video)
        if not any(video.timeline == timeline for video in videos):
            target = self._target()
            self._tell_video(
                await self._project.export(target, draft=timeline, on_progress=self._progress)
            )

    async def _recovered(self) -> tuple[list[Video], list[NemoVideoError]]:
        """Fetch what an earlier message or process has ordered, and give what failed of it."""
        if not any(job.kind != "message" for job in await self._open()):
            return [], []
        outcomes = await self._nemo.jobs.recover(
            self._folder,
            session=self._project.session,
            budget=self._budget,
            on_progress=self._progress,
        )
        videos = [outcome.video for outcome in outcomes if outcome.video is not None]
        return videos, [outcome.error for outcome in outcomes if outcome.error is not None]

    def _target(self) -> Path:
        """Give a name that no video has yet."""
        name, count = self._project.session.session_id, 1
        while (target := self._folder / f"{name}-{count}.mp4").exists():
            count += 1
        return target

    def _progress(self, progress: Progress) -> None:
        known = progress.total and progress.done / progress.total * 100
        match progress.stage:
            case "render":
                percent = f"{known or 0:.0f}"
                self._tell(Exporting(self._say("rendering_percent", percent=percent), known))
            case "download" if known is not None:
                percent = f"{known:.0f}"
                self._tell(Exporting(self._say("fetching", percent=percent), known))

    def _tell_video(self, video: Video) -> None:
        summary = video.timeline.summary(self._language)
        words = self._say("video", seconds=f"{video.duration:.4g}", timeline=summary)
        self._tell(VideoReady(words, video))


def _following(request: Request, spoken: Iterable[Action]) -> Iterable[Intent | Action]:
    """Give what is to be done, each once: what was asked for, and what was spoken of by both."""
    agreed = [action for action in spoken if action in request.hinted]
    return dict.fromkeys((*request.wanted, *agreed))
