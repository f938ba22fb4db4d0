"""The assistant: one skill in front of many people."""

import os
from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from nemovideo.assistant.conversation import Conversation
from nemovideo.assistant.telling import Updates
from nemovideo.attribution import Attribution
from nemovideo.errors import InputError
from nemovideo.net.sources import Media, Source
from nemovideo.skills import Skill
from nemovideo.workflows.budget import require_credits

if TYPE_CHECKING:
    from nemovideo.client import NemoVideo

__all__ = ["Assistant"]


class Assistant:
    """What a skill does in front of people, for bots, web apps and notebooks.

    It connects at the first contact, tells what a person wants, has the agent do it, speaks where
    the agent is silent, exports, and says what to do where something goes wrong. Everything that
    it tells has ready-made words in the person's language, English or Chinese, and the data
    beside them. No token, no JSON and no word for developers is ever among the words.

    Args:
        nemo: The client whose account is used; `nemo.with_token` gives others.
        skill: On whose behalf the requests are made and what is said first: a `Skill`, or the
            name of one; by default the skill of the client.
        folder: Where the videos are written; it must exist.
        language: What to speak and to ask the agent in; by default the client's if that is not
            English, else each conversation's own, as `detect_language` tells it.
        budget: Credits that each message to the agent may cost, as for `Project.ask`; by default
            as many as there are. What would cost more is not sent, and comes as a `Problem`.

    Raises:
        InputError: The budget is below 0.

    Example:
        ```python
        from nemovideo.assistant import Assistant, VideoReady

        assistant = Assistant(nemo, skill="image-to-video-local")
        async with assistant.handle("a 5-second video, then export it", ["beach.jpg"]) as updates:
            async for update in updates:
                print(update.words)
                if isinstance(update, VideoReady):
                    print(update.video.path)
        ```
    """

    def __init__(
        self,
        nemo: "NemoVideo",
        *,
        skill: Skill | str | None = None,
        folder: str | os.PathLike[str] = ".",
        language: str | None = None,
        budget: float | None = None,
    ) -> None:
        if budget is not None:
            require_credits(budget)
        self._skill = _skill(nemo.skill if skill is None else skill)
        self._nemo = nemo if skill is None else nemo.with_skill(self._skill)
        self._folder = Path(folder)
        self._language = language or (None if nemo.language == "en" else nemo.language)
        self._budget = budget
        self._known: WeakValueDictionary[str, Conversation] = WeakValueDictionary()
        self._own = self._new("")

    @property
    def skill(self) -> Skill:
        """On whose behalf it works."""
        return self._skill

    def conversation(self, name: str) -> Conversation:
        """Give the conversation of one chat.

        It costs next to nothing and is the same object as long as somebody holds it. By its name
        it finds its session again, also in a later process.

        Args:
            name: Which one, such as `telegram:1234`; an empty one is never kept. One process at a
                time should have it: two would not wait for each other.

        Raises:
            InputError: It has letters that cannot be kept, such as line ends.

        Example:
            ```python
            from nemovideo.assistant import Assistant

            conversation = Assistant(nemo).conversation("telegram:1234")
            ```
        """
        if not name.isprintable():
            raise InputError(f"{name!r} is no name of a chat.", hint="Give text on one line.")
        known = self._known.get(name) if name else None
        if known is None:
            known = self._new(name)
            if name:
                self._known[name] = known
        return known

    def handle(
        self,
        text: str | None = "",
        files: Media | Source | Iterable[Media | Source] = (),
        *,
        language: str | None = None,
    ) -> AbstractAsyncContextManager[Updates]:
        """Do what a person asks for, in the assistant's own conversation.

        For one person, as in a notebook; it is not kept. Arguments and result are those of
        `Conversation.handle`.

        Example:
            ```python
            from nemovideo.assistant import Assistant

            async with Assistant(nemo).handle("a 2-second video", "beach.jpg") as updates:
                async for update in updates:
                    print(update.words)
            ```
        """
        return self._own.handle(text, files, language=language)

    async def unfinished(self) -> Sequence[Conversation]:
        """Give the conversations in which something is open, such as after a crash.

        Example:
            ```python
            from nemovideo.assistant import Assistant

            for conversation in await Assistant(nemo).unfinished():
                async with conversation.resume() as updates:
                    async for update in updates:
                        print(conversation.name, update.words)
            ```
        """
        sessions = {job.session_id for job in await self._nemo.jobs.list()}
        kept = await self._nemo.projects.kept()
        return [
            self.conversation(name)
            for name, project in kept.items()
            if project.session.session_id in sessions
        ]

    def _new(self, name: str) -> Conversation:
        return Conversation(
            name, self._skill, self._nemo, self._folder, self._language, self._budget
        )


def _skill(given: Attribution | str) -> Skill:
    match given:
        case Skill():
            return given
        case Attribution():
            return Skill(given.name, given.version, given.platform).spoken("en")
    return Skill.named(given)
