"""`NemoVideo`: settings in, resources and workflows out, over one shared session."""

import copy
import enum
import os
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import aiohttp

from nemovideo.attribution import Attribution
from nemovideo.jobs import VideoJob
from nemovideo.models import Output
from nemovideo.net.credentials import Credentials
from nemovideo.net.door import Door
from nemovideo.net.hooks import Hooks, OnRequest, OnResponse
from nemovideo.net.ledger import Ledger
from nemovideo.net.places import usual_ledger, usual_store
from nemovideo.net.progress import OnProgress
from nemovideo.net.sending import Sender
from nemovideo.net.sources import Media
from nemovideo.net.stores import TokenStore
from nemovideo.net.transport import Transport
from nemovideo.net.turns import Turns
from nemovideo.resources import Auth, Chat, Credits, Renders, Sessions, State, Uploads
from nemovideo.retries import RetryPolicy
from nemovideo.settings import Settings, Timeouts

if TYPE_CHECKING:  # they are loaded with the first piece of work
    from nemovideo.skills import Skill
    from nemovideo.workflows import Jobs, Outcomes, Projects, Toolbox, Video

__all__ = ["NemoVideo"]


class _Usual(enum.Enum):
    """What is done where nothing was said; `None` says something."""

    PLACE = "the usual place"


class NemoVideo:
    """A client of the NemoVideo service.

    Nothing is sent and nothing is opened before the first call; entering it does no I/O. One
    client serves one event loop, and any number of tasks in it.

    Args:
        token: Your token; by default `NEMO_TOKEN`, else a free anonymous account whose token is
            kept for its seven days. `NEMO_TOKEN` belongs to `NEMO_API_URL`: a `base_url` given
            here never gets it.
        base_url: Where the API is; by default `NEMO_API_URL`, else the hosted service.
        http: An aiohttp session whose connections, proxy and tracing are used; it is not
            closed. Its own headers, cookies, logins and middleware are left out.
        skill: On whose behalf the requests are made, a `Skill` or its name.
        language: What the agent speaks unless a call says otherwise, such as `en` or `zh-CN`.
        token_store: Where the client id and the anonymous token are kept; by default in
            `~/.config/nemovideo`, and in memory where the API is on loopback.
        ledger: The file in which jobs are written down, so that nothing is orphaned; None keeps
            them in memory. By default in the user's state folder, and in memory where the API is
            on loopback. Without a file, other processes do not know who works in a session.
        timeouts: Every wait for the service.
        retry: How reads are repeated.
        trust_env: Whether proxies are taken from the environment; `.netrc` never is.
        on_request: Called with a `RequestStarted` just before each attempt, repeats included.
        on_response: Called with a `RequestEnded` when its answer begins, or when it failed.

    Raises:
        ConfigurationError: An address or a token that cannot work.

    Attributes:
        auth: Accounts and browser links.
        sessions: Where work begins.
        uploads: Files from here or from the web.
        chat: Messages to the agent.
        state: Timelines.
        credits: The balance.
        renders: Order, wait, fetch.

    Example:
        ```python
        from nemovideo import NemoVideo

        async with NemoVideo() as nemo:
            video = await nemo.make_video(
                ["beach.jpg", "market.jpg"], "a 10-second slideshow with music", "holiday.mp4"
            )
        print(video.path, video.duration, video.timeline)
        ```
    """

    def __init__(
        self,
        *,
        token: str | None = None,
        base_url: str | None = None,
        http: aiohttp.ClientSession | None = None,
        skill: "Skill | str | None" = None,
        language: str = "en",
        token_store: TokenStore | None = None,
        ledger: str | os.PathLike[str] | _Usual | None = _Usual.PLACE,
        timeouts: Timeouts | None = None,
        retry: RetryPolicy | None = None,
        trust_env: bool = True,
        on_request: OnRequest | None = None,
        on_response: OnResponse | None = None,
    ) -> None:
        settings = Settings.resolve(os.environ, base_url=base_url, token=token, skill=skill)
        timeouts, retry = timeouts or Timeouts(), retry or RetryPolicy()
        door = Door(timeouts, http, trust_env=trust_env, hooks=Hooks(on_request, on_response))
        store = token_store or usual_store(settings)
        credentials = Credentials(settings, timeouts, store, door, retry)
        books = Ledger(_ledger_path(ledger, settings))
        transport = Transport(settings, timeouts, credentials, door, retry, ledger=books)
        self._turns = Turns(books.path and books.path.with_name(f"{books.path.name}.locks"))
        self._furnish(transport, language)

    def _furnish(self, transport: Transport, language: str) -> None:
        self._transport = transport
        self._sender = Sender(transport, self._turns)
        self._language = language
        self.auth = Auth(transport)
        self.sessions = Sessions(transport, language)
        self.uploads = Uploads(transport)
        self.chat = Chat(self._sender)
        self.state = State(transport)
        self.credits = Credits(transport)
        self.renders = Renders(transport)

    @property
    def projects(self) -> "Projects":
        """Sessions with their work, step by step."""
        from nemovideo.workflows import Projects

        return Projects(self._tools)

    @property
    def jobs(self) -> "Jobs":
        """What was begun and is not finished, also by a process that is no more."""
        from nemovideo.workflows import Jobs

        return Jobs(self._tools)

    @property
    def _tools(self) -> "Toolbox":
        from nemovideo.workflows import Toolbox

        return Toolbox(
            self.auth,
            self.sessions,
            self.uploads,
            self.chat,
            self.state,
            self.credits,
            self.renders,
            self._sender,
            self._transport.ledger,
            self._turns,
            self._transport.timeouts,
            self._transport.credentials.owner,
        )

    def __repr__(self) -> str:
        return f"<NemoVideo at {self._transport.settings.base_url}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections that are ours; a session that was lent stays open."""
        await self._transport.aclose()

    def with_token(self, token: str) -> Self:
        """Give a client for another account that shares everything else with this one.

        It costs next to nothing, so a web app can make one for each request of its many users.
        The connections are this client's: closing the other one leaves them open, closing this
        one ends both.

        Args:
            token: The token of the other account; it is never replaced.

        Returns:
            The other client; it has this one's hooks too, and need not be closed.

        Raises:
            ConfigurationError: A token that cannot work, or that would travel over plain http.

        Example:
            ```python
            from nemovideo import NemoVideo

            async with NemoVideo(token=emulator.register()) as nemo:
                theirs = nemo.with_token(emulator.register(credits=500))
                print((await theirs.credits.balance()).available)
            ```
        """
        settings = self._transport.settings.with_token(token)
        return self._beside(self._transport.for_account(settings))

    def with_skill(self, skill: "Skill | str") -> Self:
        """Give a client that works for another skill and shares everything else with this one.

        Args:
            skill: On whose behalf its requests are made, a `Skill` or its name.

        Returns:
            The other client, for the same account; it need not be closed.

        Raises:
            ConfigurationError: A name that cannot be sent.

        Example:
            ```python
            theirs = nemo.with_skill("holiday-bot")
            print(theirs.skill.name)
            ```
        """
        settings = self._transport.settings.with_skill(skill, os.environ)
        return self._beside(self._transport.for_skill(settings))

    def _beside(self, transport: Transport) -> Self:
        client = copy.copy(self)
        client._furnish(transport, self._language)  # noqa: SLF001  # ours
        return client

    @property
    def skill(self) -> Attribution:
        """On whose behalf the requests are made; a `Skill` where one was given."""
        return self._transport.settings.skill

    @property
    def language(self) -> str:
        """What the agent speaks unless a call says otherwise."""
        return self._language

    @property
    def timeouts(self) -> Timeouts:
        """Every wait of this client for the service."""
        return self._transport.timeouts

    async def make_video(
        self,
        photos: Media | Iterable[Media],
        prompt: str,
        path: str | os.PathLike[str],
        *,
        language: str | None = None,
        output: Output | None = None,
        budget: float | None = None,
        on_progress: OnProgress | None = None,
        timeout: float | None = None,
    ) -> "Video":
        """Make a video of photos and a sentence: connect, upload, ask, render, download.

        Photos, prompt and output folder are checked before the service is asked for anything.

        Args:
            photos: Paths, bytes, open binary files, async iterators of bytes or PIL images, or
                one of them alone.
            prompt: What the video should be, in words.
            path: The MP4 to write; its folder must exist, an existing file is replaced only on
                success.
            language: What the agent speaks; by default the language of the client.
            output: Container and quality; by default MP4 in high quality.
            budget: Credits that may be spent in all, as for `make_videos`; one without room for
                the 50 that a first edit is believed to cost is refused before anything is
                uploaded. By default as many as there are.
            on_progress: Gets `Progress` of the stages `connect`, `session`, `upload`, `agent`,
                `state`, `render` and `download`; sync or async, at most ten a second.
            timeout: Seconds for everything; by default each step has its own limit.

        Returns:
            The video with its path, duration, timeline and, where credits can tell, cost.

        Raises:
            InputError: No photo, an empty prompt, or a budget below 0 or of another
                type than int or float.
            MediaError: A photo is missing, empty, unreadable or of an unknown type.
            ConfigurationError: The file cannot be written there.
            BudgetError: The message would cost more than the budget; it was not sent.
            InsufficientCreditsError: Out of credits; nothing ran.
            UnsupportedFileError: The service does not accept a photo.
            AgentError: The agent made nothing; its words are in `text`.
            AmbiguousSendError: The agent's answer was lost, and nobody can tell what became of it.
            StreamError: The agent's answer broke off, and the message did nothing.
            RenderFailedError: The service gave up on the render, twice.
            RenderTimeoutError: The render is not finished in time; it goes on at the service.
            DownloadError: The file could not be fetched whole.
            APIError: The service refused otherwise.
            TransportError: The network failed.

        Example:
            ```python
            video = await nemo.make_video(
                "beach.jpg", "an 8-second video titled 'Summer'", "summer.mp4", on_progress=print
            )
            print(video.timeline)
            ```
        """
        from nemovideo.workflows import make_video

        return await make_video(
            self._tools,
            photos,
            prompt,
            path,
            language=language,
            output=output,
            budget=budget,
            on_progress=on_progress,
            timeout=timeout,
        )

    def make_videos(
        self,
        jobs: Iterable[VideoJob],
        *,
        limit: int = 4,
        budget: float | None = None,
        on_progress: OnProgress | None = None,
        timeout: float | None = None,
    ) -> "AbstractAsyncContextManager[Outcomes]":
        """Make many videos, some at a time; give each outcome as it comes.

        One failure never stops the rest. Jobs that name the same session are made in it one
        after the other, each with its own render. Leaving the block cancels what is not done;
        what was begun stays in the ledger. The budget does not: give `nemo.jobs.recover` its own.

        Args:
            jobs: What to make.
            limit: How many at a time.
            budget: Credits that may be spent in all; it is checked before each message, and what
                is reserved or under way counts. Nobody tells a price before it is paid: the
                first edit of a session is believed to cost 50, a follow-up nothing. So what is
                under way at once may cost more than was left, with `limit=1` one message. By
                default as many as there are.
            on_progress: Gets `Progress` with `stage` `videos` for the whole, and for each video
                its own stages, with `job` its path.
            timeout: Seconds for each video; by default each step has its own limit.

        Returns:
            What is entered with `async with`; it gives an async iterator of `Outcome`, as they
                finish.

        Raises:
            InputError: Two jobs write the same file, one has neither photo nor session, `limit`
                is below 1, or `budget` below 0 or of another type than int or float.
            ConfigurationError: A file cannot be written.

        Example:
            ```python
            from nemovideo import VideoJob

            jobs = [
                VideoJob(["beach.jpg"], "an 8-second video", "beach.mp4"),
                VideoJob(["market.jpg"], "a 5-second video, no music", "market.mp4"),
            ]
            async with nemo.make_videos(jobs, limit=2, budget=100) as outcomes:
                async for outcome in outcomes:
                    print(outcome.status, outcome.job.path, outcome.error)
            ```
        """
        from nemovideo.workflows import make_videos

        return make_videos(
            self._tools, jobs, limit=limit, budget=budget, on_progress=on_progress, timeout=timeout
        )


def _ledger_path(given: str | os.PathLike[str] | _Usual | None, settings: Settings) -> Path | None:
    if isinstance(given, _Usual):
        return usual_ledger(settings)
    return None if given is None else Path(given).absolute()
