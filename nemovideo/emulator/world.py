"""Everything one emulator knows: what the two ports share."""

import asyncio
import contextlib
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final, TypeVar

import aiohttp
from aiohttp import web
from attrs import define, field

from nemovideo.emulator.accounts import Account, Accounts
from nemovideo.emulator.answers import Refusal, closing_down, no_session, no_session_adk
from nemovideo.emulator.bill import Bill
from nemovideo.emulator.docket import Docket
from nemovideo.emulator.rendering import RenderQueue
from nemovideo.emulator.sessions import Session, Sessions, Upload

__all__ = ["ACCOUNT", "WORLD", "World"]

_T = TypeVar("_T")


@define(eq=False)
class World:
    """The state behind the routes.

    Args:
        folder: where uploads and results lie.
        silent: the share of follow-up edits that end without a word, 0..1.
        bill: what has been done and charged.
        docket: what was ordered to go wrong.
        accounts: who may come in.
        sessions: what they work on.
        renders: the jobs, and the queue that makes them.
        http: fetches uploads given by URL.
        closing: set once the end has begun.
    """

    folder: Path
    silent: float
    bill: Bill
    docket: Docket
    accounts: Accounts
    sessions: Sessions
    renders: RenderQueue
    http: aiohttp.ClientSession = field(repr=False)
    media_url: str = field(default="", init=False)
    media: dict[str, Upload] = field(factory=dict, init=False, repr=False)
    leaked_tokens: list[str] = field(factory=list, init=False)
    unattributed: list[str] = field(factory=list, init=False)
    closing: asyncio.Event = field(factory=asyncio.Event, init=False, repr=False)
    _tasks: set[asyncio.Task[Any]] = field(factory=set, init=False, repr=False)

    def session(self, account: Account, session_id: str) -> Session:
        """Return the account's session, or refuse with 1002."""
        session = self.sessions.find(session_id, account)
        if session is None:
            raise no_session()
        return session

    def adk_session(self, account: Account, session_id: str) -> Session:
        """Return the account's session, or refuse as the agent's own routes do."""
        session = self.sessions.find(session_id, account)
        if session is None:
            raise no_session_adk()
        return session

    def require_open(self) -> None:
        """Refuse with 503 once the end has begun: what began after it would outlive it."""
        if self.closing.is_set():
            raise closing_down()

    def start(self, work: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        """Run `work` beside the request that asked for it, until it ends or the world does."""
        try:
            self.require_open()
        except Refusal:
            work.close()
            raise
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def see_through(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Do `work` to its end, also when the client that asked for it leaves."""
        task = self.start(work)
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            task.add_done_callback(_unheard)
            raise
        return task.result()

    async def pause(self, seconds: float) -> None:
        """Wait so long, but not beyond the end of the world."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.closing.wait(), seconds)

    async def settled(self) -> None:
        """Wait until nothing is under way; what begins meanwhile is waited for as well."""
        while working := [task for task in (*self._tasks, *self.renders.tasks) if not task.done()]:
            await asyncio.wait(working)

    async def aclose(self) -> None:
        """Let nothing begin any more, cancel all running work and wait for it."""
        self.closing.set()
        while tasks := [task for task in self._tasks if not task.done()]:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        await self.renders.aclose()
        await self.http.close()


def _unheard(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()


WORLD: Final = web.AppKey("WORLD", World)
ACCOUNT: Final = web.RequestKey("ACCOUNT", Account)
