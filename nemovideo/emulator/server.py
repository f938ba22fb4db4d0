"""The emulator itself: two ports on loopback, opened and closed together."""

import asyncio
import shutil
import tempfile
import warnings
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from attrs import Factory, define, field

from nemovideo.emulator import arguments, desk, gate, media, renders, runs, strikes, uploads
from nemovideo.emulator.accounts import Accounts
from nemovideo.emulator.archive import Archive
from nemovideo.emulator.bill import Bill
from nemovideo.emulator.bodies import JSON_LIMIT
from nemovideo.emulator.docket import Docket
from nemovideo.emulator.faults import Faults
from nemovideo.emulator.records import blank
from nemovideo.emulator.rendering import RenderQueue, renderer
from nemovideo.emulator.sessions import Sessions
from nemovideo.emulator.world import WORLD, World

__all__ = ["Emulator"]

_HOST: Final = "127.0.0.1"
_KEEPALIVE_SECONDS: Final = 5.0
_SHUTDOWN_SECONDS: Final = 1.0


@define(eq=False, kw_only=True)
class Emulator:
    """The whole NemoVideo service on this machine's loopback.

    It keeps accounts, sessions, credits and timelines, its agent edits in English
    and Chinese, and its renders are real MP4s. It is not the service: what the agent
    understands is a table, not a model. What it did is counted in `bill`; what is to go
    wrong is ordered from `faults`, before the start or at any time after.

    It works on the loop that started it. Other threads, and loops in them, may use everything but
    `start`: `settled` and `aclose` are done on its own loop, whichever awaits them.

    Attributes:
        credits: what a free account starts with.
        seed: makes it repeatable which follow-up edits are silent.
        ip_limit: free tokens per address and week; `None` sets no limit.
        silent: the share of follow-up edits that end without a word, 0..1.
        render_scale: size of rendered videos, as a share of 1080p; small is fast.
        folder: where all of it is kept between runs: accounts and their credits, sessions,
            uploads, timelines, renders. A later emulator with this folder goes on with them, also
            after a process that was killed, which loses the last moments at most. Runs and renders
            that were under way have failed then; `bill` and `faults` are not kept. One emulator
            at a time can have a folder. `None` uses a temporary folder that goes with the emulator.
        port: the API's port; 0 takes the one that it had last time in this folder, if it is free,
            else any free one.
        bill: what it has done and charged.
        faults: orders what is to go wrong.

    Raises:
        ValueError: an option cannot be meant, such as a `silent` of 7 or a `render_scale` of 0.

    Example:
        ```python
        from nemovideo.emulator import Emulator

        async with Emulator() as emulator:
            print(emulator.url)
        ```
    """

    credits: int = 100
    seed: int = 0
    ip_limit: int | None = None
    silent: float = 1 / 3
    render_scale: float = 1.0
    folder: Path | str | None = None
    port: int = 0
    bill: Bill = field(factory=Bill, init=False)
    _docket: Docket = field(factory=Docket, init=False, repr=False)
    faults: Faults = field(
        default=Factory(lambda self: Faults(self._docket), takes_self=True), init=False, repr=False
    )
    _world: World | None = field(default=None, init=False, repr=False)
    _loop: asyncio.AbstractEventLoop | None = field(default=None, init=False, repr=False)
    _runners: list[web.AppRunner] = field(factory=list, init=False, repr=False)
    _urls: list[str] = field(factory=list, init=False, repr=False)
    _rented: Path | None = field(default=None, init=False, repr=False)
    _archive: Archive | None = field(default=None, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        arguments.whole(0, self.credits, "credits")
        if self.ip_limit is not None:
            arguments.whole(0, self.ip_limit, "ip_limit")
        arguments.share(self.silent, "silent")
        arguments.above_zero(self.render_scale, "render_scale")

    @property
    def url(self) -> str:
        """The API's address, for `base_url`.

        Raises:
            RuntimeError: the emulator is not running.
        """
        self._running()
        return self._urls[1]

    @property
    def media_url(self) -> str:
        """The address of the second port, which serves uploads and results without a token.

        Raises:
            RuntimeError: the emulator is not running.
        """
        self._running()
        return self._urls[0]

    @property
    def leaked_tokens(self) -> list[str]:
        """Tokens that reached the second port, masked: a careful client leaves this empty."""
        return list(self._running().leaked_tokens)

    @property
    def unattributed(self) -> list[str]:
        """Requests that lacked an `X-Skill-*` header, as `"POST /run_sse"`."""
        return list(self._running().unattributed)

    def register(self, credits: int = 100) -> str:  # noqa: A002 - the unit's only name
        """Open a registered account and return its token, which does not expire.

        Args:
            credits: what the account starts with.

        Raises:
            RuntimeError: the emulator is not running.
            ValueError: less than no credits.
        """
        world = self._running()
        account = world.accounts.registered(arguments.whole(0, credits, "credits"))
        world.changed()
        return account.token

    async def start(self) -> Self:
        """Open both ports, with the world that `folder` holds.

        A file in it that cannot be read, since it is damaged or of a later version, is set aside
        under another name; a log record says so, and the world begins anew.

        Raises:
            RuntimeError: the emulator is running already, or another one works in its folder.
            OSError: the port is taken, or the folder cannot be used.
        """
        if self._world is not None:
            raise RuntimeError("This emulator is running already")
        self._loop = asyncio.get_running_loop()
        self._world = world = self._new_world()
        try:
            await self._open(world)
        except BaseException:
            await self.aclose()
            raise
        return self

    async def _open(self, world: World) -> None:
        last = blank() if self._archive is None else self._archive.last
        media_url = await self._serve(_media_app(world), *_ports(0, *last["media_urls"][:1]))
        earlier = [url for url in last["media_urls"] if url != media_url]
        world.media_urls = [media_url, *earlier]
        world.restore(last)
        world.url = await self._serve(_api_app(world), *_ports(self.port, last["url"]))
        if self._archive is not None:
            self._archive.keep(world.kept)

    async def settled(self) -> None:
        """Wait until no run, no upload and no render is under way any more.

        What a broken connection left behind has ended then, and `bill` is final.

        Raises:
            RuntimeError: the emulator is not running.
        """
        await self._at_home(self._running().settled())

    async def aclose(self) -> None:
        """End all runs and renders and close both ports; closing twice does nothing.

        A stream whose run has not ended is cut, and a request that still comes is answered with
        503. Nothing goes on afterwards.
        """
        world, self._world = self._world, None
        if world is not None:
            await self._at_home(self._end(world))

    async def _at_home(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work` on the loop to which the ports and the runs belong, while that one runs."""
        home = self._loop
        if home is None or home is asyncio.get_running_loop() or not home.is_running():
            await work
        else:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, home))

    async def _end(self, world: World) -> None:
        try:
            await self._close(world)
        finally:
            await self._let_go()

    async def _close(self, world: World) -> None:
        for runner in self._runners:
            for site in list(runner.sites):
                await site.stop()
        await world.aclose()
        while self._runners:
            await self._runners.pop().cleanup()
        self._urls.clear()

    async def _let_go(self) -> None:
        archive, self._archive = self._archive, None
        if archive is not None:
            await archive.aclose()
        if self._rented is not None:
            shutil.rmtree(self._rented, ignore_errors=True)
            self._rented = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __del__(self) -> None:
        if getattr(self, "_world", None) is not None:
            warnings.warn(f"Unclosed {self!r}", ResourceWarning, stacklevel=2, source=self)

    def _running(self) -> World:
        if self._world is None:
            raise RuntimeError("This emulator is not running: enter it with `async with`")
        return self._world

    def _new_world(self) -> World:
        folder = self._rent() if self.folder is None else Path(self.folder)
        for name in ("uploads", "renders"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        if self.folder is not None:
            self._archive = Archive.open(folder)
        changed = self._archive.note if self._archive else _unnoted
        return World(
            folder=folder,
            silent=self.silent,
            bill=self.bill,
            docket=self._docket,
            accounts=Accounts(self.credits, self.ip_limit, docket=self._docket),
            sessions=Sessions(self.seed),
            renders=RenderQueue(folder / "renders", renderer(self.render_scale), changed),
            http=aiohttp.ClientSession(trust_env=False),
            changed=changed,
            written=self._archive.written if self._archive else _kept_by_nobody,
        )

    def _rent(self) -> Path:
        self._rented = Path(tempfile.mkdtemp(prefix="nemovideo-emulator-"))
        return self._rented

    async def _serve(self, app: web.Application, *ports: int) -> str:
        runner = web.AppRunner(
            app,
            access_log=None,
            keepalive_timeout=_KEEPALIVE_SECONDS,
            shutdown_timeout=_SHUTDOWN_SECONDS,
            handler_cancellation=True,
        )
        self._runners.append(runner)
        await runner.setup()
        await _listen(runner, *ports)
        url = f"http://{_HOST}:{runner.addresses[0][1]}"
        self._urls.append(url)
        return url


async def _listen(runner: web.AppRunner, first: int, *others: int) -> None:
    """Open the first of the ports that is free."""
    try:
        await web.TCPSite(runner, _HOST, first).start()
    except OSError:
        if not others:
            raise
        await _listen(runner, *others)


def _ports(asked: int, *last_urls: str) -> list[int]:
    """Return the ports to try: without a wish the last one, since clients keep its address."""
    if asked:
        return [asked]
    return [*filter(None, (urlsplit(url).port for url in last_urls)), 0]


def _unnoted() -> None:
    """Nobody keeps a world that has no folder of its own."""


async def _kept_by_nobody() -> None:
    """Likewise: nothing is to be waited for."""


def _api_app(world: World) -> web.Application:
    app = web.Application(
        middlewares=[strikes.struck, gate.remembered, gate.refusals, gate.credentials],
        client_max_size=JSON_LIMIT,
    )
    app[WORLD] = world
    for rooms in (desk, uploads, runs, renders):
        app.add_routes(rooms.routes)
    return app


def _media_app(world: World) -> web.Application:
    app = web.Application(middlewares=[media.leaks, strikes.struck, gate.refusals])
    app[WORLD] = world
    app.add_routes(media.routes)
    return app
