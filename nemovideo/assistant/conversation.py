"""One chat with one person: its session, its language, and one message after the other."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from nemovideo.assistant.handling import Handling
from nemovideo.assistant.languages import detect_language
from nemovideo.assistant.problems import problem
from nemovideo.assistant.routing import read_request
from nemovideo.assistant.telling import Updates, telling
from nemovideo.assistant.updates import Connecting, Ready, Update, Working
from nemovideo.assistant.words import words_in
from nemovideo.errors import NemoVideoError, SessionNotFoundError
from nemovideo.net.sources import Media, Source, media_list
from nemovideo.skills import Skill
from nemovideo.workflows.project import Project

if TYPE_CHECKING:
    from nemovideo.client import NemoVideo

__all__ = ["Conversation"]

_SECONDS = 60.0
_GREETINGS = frozenset({"/start", "/help"})
_log = logging.getLogger("nemovideo")


@attrs.define(eq=False, weakref_slot=True)
class Conversation:
    """What one person says to an assistant, and what comes of it.

    It costs next to nothing: keep it as long as you like, or ask the assistant for it again. With
    a name it finds its session in the ledger, also in a later process; without one it ends with
    the object.

    Attributes:
        name: What it is called, such as the id of a chat; empty where it is not kept.
        skill: On whose behalf it works.

    Example:
        ```python
        from nemovideo.assistant import Assistant

        conversation = Assistant(nemo).conversation("telegram:1234")
        async with conversation.handle("a 10-second video", ["beach.jpg"]) as updates:
            async for update in updates:
                print(update.words)
        ```
    """

    name: str
    skill: Skill
    _nemo: "NemoVideo" = attrs.field(repr=False)
    _folder: Path = attrs.field(repr=False)
    _language: str | None = attrs.field(repr=False)
    _budget: float | None = attrs.field(repr=False)
    _spoken: str | None = attrs.field(default=None, init=False, repr=False)
    _project: Project | None = attrs.field(default=None, init=False, repr=False)
    _turn: asyncio.Lock = attrs.field(factory=asyncio.Lock, init=False, repr=False)

    @property
    def language(self) -> str:
        """The language that it is in: as given, else as last detected, else `en`."""
        return self._language or self._spoken or "en"

    def handle(
        self,
        text: str | None = "",
        files: Media | Source | Iterable[Media | Source] = (),
        *,
        language: str | None = None,
    ) -> AbstractAsyncContextManager[Updates]:
        """Do what a person asks for, and tell how it goes.

        At the first contact a session is made. Files are sent before anything else is done. What
        is asked for is told by `route`: a chat with the agent, the export, the credits, the
        timeline; a wish that ends with "and send it to me" is followed by the export. Messages of
        one conversation wait for each other.

        Args:
            text: What the person wrote; empty for files alone. Without files too, or with the
                command `/start` or `/help`, a new conversation greets.
            files: Photos, clips and sounds, as for `nemo.uploads.files`.
            language: What to speak from now on; by default as detected.

        Returns:
            What is entered with `async with`; it gives an async iterator of `Update`. Errors of
                this package come as a last `Problem`; the rest is yours. Leaving the block ends
                the wait. What was sent to the agent or ordered by then is not lost: the next
                message, or `resume`, goes on with it; before that, send it again.

        Example:
            ```python
            from nemovideo.assistant import Assistant, Changed

            conversation = Assistant(nemo).conversation("telegram:1234")
            async with conversation.handle("a 2-second video", ["beach.jpg"]) as updates:
                async for update in updates:
                    print(update.words)
                    if isinstance(update, Changed):
                        print(update.timeline.length_ms, "ms")
            ```
        """
        given = media_list(files)
        if language:
            self._language = language
        wish = "" if (text or "").strip() in _GREETINGS else text or ""
        return self._telling(lambda tell: self._handle(wish, given, tell))

    def resume(self) -> AbstractAsyncContextManager[Updates]:
        """Go on with what an earlier process began, and tell what became of it.

        Returns:
            As of `handle`; nothing comes where nothing is open.

        Example:
            ```python
            from nemovideo.assistant import Assistant

            conversation = Assistant(nemo).conversation("telegram:1234")
            async with conversation.resume() as updates:
                async for update in updates:
                    print(update.words)
            ```
        """
        return self._telling(self._resume)

    async def forget(self) -> None:
        """Begin anew with the next message; what is open stays in the ledger.

        The session stays at the service.

        Example:
            ```python
            from nemovideo.assistant import Assistant

            await Assistant(nemo).conversation("telegram:1234").forget()
            ```
        """
        async with self._turn:
            await self._forget()

    async def _forget(self) -> None:
        self._project = None
        if self.name:
            await self._nemo.projects.forget(self.name)

    def _telling(
        self, work: Callable[[Callable[[Update], None]], Awaitable[None]]
    ) -> AbstractAsyncContextManager[Updates]:
        async def run(tell: Callable[[Update], None]) -> None:
            async with self._turn:
                try:
                    await work(tell)
                except NemoVideoError as error:
                    if isinstance(error, SessionNotFoundError):
                        await self._forget()
                    _log.warning("Conversation %r met a problem: %s", self.name, error)
                    tell(problem(error, self.language))

        return telling(run, self._nemo.timeouts.still_working, self._still)

    def _still(self, elapsed: float) -> Working:
        minutes = f"{elapsed / _SECONDS:.0f}"
        return Working(words_in(self.language)["working"].format(minutes=minutes), elapsed)

    async def _handle(
        self, text: str, files: list[Media | Source], tell: Callable[[Update], None]
    ) -> None:
        request = read_request(text, has_files=bool(files))
        project = await self._known()
        self._hear(text)
        if project is not None and project.language != self.language:
            project.language = self.language
            await self._keep(project)
        if project is None:
            project = await self._connected(tell, is_greeted=not (text.strip() or files))
            if not (text.strip() or files):
                return
        await self._handling(project, tell).carry_out(request, files)

    async def _resume(self, tell: Callable[[Update], None]) -> None:
        if project := await self._known():
            await self._handling(project, tell).resume()

    def _handling(self, project: Project, tell: Callable[[Update], None]) -> Handling:
        skill = self.skill.spoken(self.language)
        return Handling(self._nemo, project, skill, self._folder, self.language, self._budget, tell)

    def _hear(self, text: str) -> None:
        """Take up the language of a message; Latin letters say nothing of it."""
        detected = detect_language(text)
        if detected != "en":
            self._spoken = detected

    async def _known(self) -> Project | None:
        """Find the session again, if there is one; it knows the language that was spoken."""
        if self._project is None and self.name:
            self._project = await self._nemo.projects.find(self.name)
            if self._project is not None:
                self._spoken = self._spoken or self._project.language
        return self._project

    async def _connected(self, tell: Callable[[Update], None], *, is_greeted: bool) -> Project:
        """Begin: the first words, a session, and the words that it is there."""
        words = words_in(self.language)
        tell(Connecting(words["connecting"]))
        project = await self._nemo.projects.create(language=self.language)
        await self._keep(project)
        self._project = project
        greeting = self._greeting() if is_greeted else words["ready"]
        tell(Ready(greeting, project.session, self.skill))
        return project

    async def _keep(self, project: Project) -> None:
        if self.name:
            await self._nemo.projects.keep(project, self.name)

    def _greeting(self) -> str:
        skill, words = self.skill.spoken(self.language), words_in(self.language)
        tries = [words["try"].format(example=example) for example in skill.examples[:1]]
        parts = (words["ready"], skill.greeting or words["greeting"], *tries, skill.advice)
        return "\n".join(filter(None, parts))
