"""Everything one emulator knows: what the two ports share."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, Final, TypeVar

import aiohttp
from aiohttp import web
from attrs import define, field

from nemovideo.emulator.accounts import Account, Accounts
from nemovideo.emulator.answers import Refusal, closing_down, no_session, no_session_adk
from nemovideo.emulator.bill import Bill
from nemovideo.emulator.docket import Docket
from nemovideo.emulator.records import VERSION, Kept
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
        changed: told after each change that is to be found again; any thread may call it.
        written: waits until it would be found again.
        url: the API's address.
        media_urls: the media port's address, and those that it had in earlier runs.
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
    changed: Callable[[], None] = field(repr=False)
    written: Callable[[], Awaitable[None]] = field(repr=False)
    url: str = field(default="", init=False)
    media_urls: list[str] = field(factory=list, init=False)
    media: dict[str, Upload] = field(factory=dict, init=False, repr=False)
    leaked_tokens: list[str] = field(factory=list, init=False)
    unattributed: list[str] = field(factory=list, init=False)
    closing: asyncio.Event = field(factory=asyncio.Event, init=False, repr=False)
    _tasks: set[asyncio.Task[Any]] = field(factory=set, init=False, repr=False)

    @property
    def media_url(self) -> str:
        """The media port's address."""
        return self.media_urls[0]

    def sources(self, session: Session) -> dict[str, Path]:
        """Return where a session's uploads lie, by every address that they have ever had.

        A timeline keeps the addresses with which it was made.
        """
        return {
            upload.at(origin): upload.path
            for origin in self.media_urls
            for upload in session.uploads
        }

    def kept(self) -> Kept:
        """Return what is to be found again in a later run."""
        accounts, addresses = self.accounts.kept()
        return Kept(
            version=VERSION,
            url=self.url,
            media_urls=self.media_urls,
            accounts=accounts,
            addresses=addresses,
            sessions=self.sessions.kept(),
            renders=self.renders.kept(),
        )

    def restore(self, kept: Kept) -> None:
        """Go on where an earlier run ended; the media port must be open."""
        owners = self.accounts.restore(kept["accounts"], kept["addresses"])
        folder = self.folder / "uploads"
        sessions = [
            Session.restored(row, owners[row["owner"]], self.media_url, folder)
            for row in kept["sessions"]
        ]
        self.sessions.restore(sessions)
        self.media |= {upload.id: upload for one in sessions for upload in one.uploads}
        self.renders.restore(kept["renders"], owners)

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
