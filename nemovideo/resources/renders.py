"""Renders: a timeline becomes an MP4 on this disk."""

import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from nemovideo.draft import Draft
from nemovideo.errors import ConfigurationError, DownloadError
from nemovideo.jobs import Job
from nemovideo.models import Output, Progress, Render, Session
from nemovideo.net.deadlines import within
from nemovideo.net.downloads import download, unless_troubled
from nemovideo.net.ledger import new_id
from nemovideo.net.ordering import ordered
from nemovideo.net.progress import OnProgress, Reporter
from nemovideo.net.transport import Transport
from nemovideo.wire import replies, requests
from nemovideo.wire.requests import identify

if TYPE_CHECKING:
    from nemovideo.net.polling import Poller

__all__ = ["Renders"]


@attrs.frozen
class Renders:
    """`nemo.renders`: order, wait, fetch."""

    _transport: Transport = attrs.field(repr=False)
    _poller: "Poller" = attrs.field(
        default=attrs.Factory(lambda self: _new_poller(self._transport), takes_self=True),
        init=False,
        repr=False,
    )

    async def submit(
        self,
        session: Session | str,
        draft: Draft | None,
        *,
        output: Output | None = None,
        render_id: str | None = None,
    ) -> Render:
        """Order a render, under an id that is chosen here and written down before.

        Where the answer is lost, the id is asked for. To order under the same id again is safe:
        it is one render, however often it is ordered.

        Args:
            session: A session or its id.
            draft: The timeline, as the state gave it; None, as before the first edit, is an
                empty one.
            output: Container and quality; by default MP4 in high quality.
            render_id: An id of your own, unique, that you keep yourself; by default one is made
                and kept in the ledger until the file was fetched.

        Returns:
            The render as the service took it, with its id.

        Raises:
            ConfigurationError: The timeline is empty.
            InputError: That is no id of a session, or yours is none for a render.
            ExportBlockedError: The plan blocks the export, or attribution is missing.
            SessionNotFoundError: The service knows no such session for this account.
            APIError: The service refused otherwise.
            TransportError: The network failed; `delivered` tells whether the job may exist,
                and the hint names its id.

        Example:
            ```python
            state = await nemo.state.latest(session)
            render = await nemo.renders.submit(session, state.draft)
            print(render.render_id)
            ```
        """
        if draft is None or not draft.is_exportable:
            raise ConfigurationError(
                "The timeline is empty: there is nothing to render.",
                hint="Ask the agent for a video first.",
            )
        output = output or Output()
        chosen = render_id or await self._written_down(identify(session), draft, output)
        request = requests.submit_render(chosen, session, draft.to_wire(), output)
        return await ordered(
            partial(self._read, request, chosen),
            partial(self.get, chosen),
            chosen,
            when_refused=None if render_id else partial(self._over, chosen, "refused"),
        )

    async def get(self, render: Render | str) -> Render:
        """Ask how far a render is.

        Args:
            render: A render or its id.

        Returns:
            The render as it is now.

        Raises:
            InputError: That is no id of a render.
            RenderNotFoundError: The service knows no such render for this account.
            APIError: The service refused otherwise.
            TransportError: The network failed.

        Example:
            ```python
            render = await nemo.renders.get(render)
            print(render.status, render.progress)
            ```
        """
        return await self._read(requests.get_render(render), identify(render))

    async def wait(
        self,
        render: Render | str,
        *,
        on_progress: OnProgress | None = None,
        timeout: float | None = None,
        on_lost: Callable[[], Awaitable[Render]] | None = None,
    ) -> Render:
        """Wait until the file of a render can be fetched.

        Network trouble on the way only means that the same id is asked for again. A service that
        does not know the render is asked once more, `Timeouts.render_missing` later: only then it
        counts as lost. Leaving the wait, by `timeout` or by cancelling, loses nothing: the render
        goes on at the service.

        Args:
            render: A render or its id.
            on_progress: Gets `Progress` with `stage` `render` and `unit` `percent`.
            timeout: Seconds in all, by default `Timeouts.render`.
            on_lost: Called once where the render was lost, to order it again under the same id;
                by default that is an error.

        Returns:
            The finished render, with its `url`.

        Raises:
            InputError: That is no id of a render.
            RenderFailedError: The service gave up on it.
            RenderTimeoutError: It is not finished in time.
            RenderNotFoundError: The service knows no such render for this account.
            APIError: The service refused otherwise.
            TransportError: The network failed in a way that does not pass.

        Example:
            ```python
            render = await nemo.renders.wait(render, on_progress=print)
            print(render.duration, "seconds")
            ```
        """
        known = Render(render) if isinstance(render, str) else render
        credentials = self._transport.credentials
        if on_lost is not None:
            await credentials.headers()  # whose render it is must be known before it can be lost
        async with Reporter(on_progress) as reporter:
            return await self._poller.until_finished(
                partial(self._read, _one_look(known), known.render_id),
                known,
                timeout=timeout,
                is_new=not isinstance(render, str),
                on_render=partial(_report_render, reporter),
                account=lambda: credentials.identity,
                submit_again=on_lost,
            )

    async def cancel(self, render: Render | str) -> Render:
        """Take back a render; the service promises it only for one that has not begun.

        Args:
            render: A render or its id.

        Returns:
            The render as the service left it; look at `status`.

        Raises:
            InputError: That is no id of a render.
            RenderNotFoundError: The service knows no such render for this account.
            APIError: The service refused otherwise.
            TransportError: The network failed.

        Example:
            ```python
            print((await nemo.renders.cancel(render)).status)
            ```
        """
        render_id = identify(render)
        answer = await self._read(requests.cancel_render(render), render_id)
        if not answer.is_finished:
            await self._over(render_id, "cancelled")
        return answer

    async def download(
        self,
        render: Render | str,
        path: str | os.PathLike[str],
        *,
        on_progress: OnProgress | None = None,
        timeout: float | None = None,
    ) -> Path:
        """Fetch the file of a finished render, in constant memory.

        It is written to a `.part` beside it, checked, and renamed: an existing file is replaced
        only on success. The token goes to the API alone, never to the host of the file.

        Args:
            render: A render or its id.
            path: The file to write; its folder must exist.
            on_progress: Gets `Progress` with `stage` `download` and `unit` `bytes`.
            timeout: Seconds for everything; by default it may take as long as it moves.

        Returns:
            The path.

        Raises:
            ConfigurationError: The file cannot be written there.
            InputError: That is no id of a render.
            DownloadError: The file could not be fetched whole.
            RenderNotFoundError: The service knows no such render for this account.
            APIError: The service refused otherwise.
            RequestTimeoutError: It took longer than `timeout`.

        Example:
            ```python
            render = await nemo.renders.wait(render)
            path = await nemo.renders.download(render, "out.mp4")
            print(path.stat().st_size)
            ```
        """
        async with Reporter(on_progress) as reporter, within(timeout, "The download"):
            fetched = await download(
                self._transport,
                partial(self._addresses, render),
                Path(path),
                name=identify(render),
                on_bytes=partial(_report_bytes, reporter),
            )
        await self._over(identify(render), "done")
        return fetched

    async def _read(self, request: requests.Request, render_id: str) -> Render:
        return replies.render(await self._transport.call(request), render_id)

    async def _written_down(self, session_id: str, draft: Draft, output: Output) -> str:
        """Choose an id, and keep it before anything is sent."""
        job = Job(
            render_id := new_id("render"),
            "render",
            "submitted",
            session_id,
            render_id,
            output=output,
            owner=await self._transport.credentials.owner(),
            before={"draft": draft.to_wire()},
        )
        await self._transport.ledger.begin(job)
        return render_id

    async def _over(self, render_id: str, how: str) -> None:
        owner = await self._transport.credentials.owner()
        await self._transport.ledger.end_render(owner, render_id, how)

    async def _addresses(self, render: Render | str) -> AsyncGenerator[str, None]:
        """The address we know, a fresh one where it is stale, then the way through the API."""
        known = render.url if isinstance(render, Render) else None
        if known:
            yield known
        fresh = await unless_troubled(self.get(render))
        if fresh and fresh.status != "completed":
            raise DownloadError(
                f"The render is not finished: it is {fresh.status}.", hint="Wait for it first."
            )
        if fresh and fresh.url and fresh.url != known:
            yield fresh.url
        yield requests.download_path(render)


def _new_poller(transport: Transport) -> "Poller":
    from nemovideo.net.polling import Poller  # loaded with the first client, not with the module

    return Poller(transport.timeouts)


def _one_look(render: Render) -> requests.Request:
    """Ask once: who waits asks again in good time, and the others wait behind it."""
    return attrs.evolve(requests.get_render(render), repeats="undelivered")


def _report_render(reporter: Reporter, render: Render) -> None:
    reporter.report(Progress("render", render.progress or 0, 100, "percent", render.status))


def _report_bytes(reporter: Reporter, done: int, total: int | None) -> None:
    reporter.report(Progress("download", done, total, "bytes"))
