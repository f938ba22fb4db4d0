"""Renders: a timeline becomes an MP4 on this disk."""

import os
import secrets
import time
from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path

import attrs

from nemovideo.draft import Draft
from nemovideo.errors import ConfigurationError, DownloadError
from nemovideo.models import Output, Progress, Render, Session
from nemovideo.net.deadlines import within
from nemovideo.net.downloads import download
from nemovideo.net.polling import until_finished
from nemovideo.net.progress import OnProgress, Reporter
from nemovideo.net.transport import Transport
from nemovideo.wire import replies, requests

__all__ = ["Renders"]


@attrs.frozen
class Renders:
    """`nemo.renders`: order, wait, fetch."""

    _transport: Transport = attrs.field(repr=False)

    async def submit(
        self, session: Session | str, draft: Draft, *, output: Output | None = None
    ) -> Render:
        """Order a render, under an id that is chosen here.

        Args:
            session: A session or its id.
            draft: The timeline, as the state gave it.
            output: Container and quality; by default MP4 in high quality.

        Returns:
            The render as the service took it, with its id.

        Raises:
            ConfigurationError: The timeline is empty.
            ExportBlockedError: The plan blocks the export, or attribution is missing.
            SessionNotFoundError: The service knows no such session for this account.
            APIError: The service refused otherwise.
            TransportError: The network failed; `delivered` tells whether the job may exist.

        Example:
            ```python
            state = await nemo.state.latest(session)
            render = await nemo.renders.submit(session, state.draft)
            print(render.render_id)
            ```
        """
        if not draft.is_exportable:
            raise ConfigurationError(
                "The timeline is empty: there is nothing to render.",
                hint="Ask the agent for a video first.",
            )
        render_id = _new_id()
        request = requests.submit_render(render_id, session, draft.to_wire(), output or Output())
        return replies.render(await self._transport.call(request), render_id)

    async def get(self, render: Render | str) -> Render:
        """Ask how far a render is.

        Args:
            render: A render or its id.

        Returns:
            The render as it is now.

        Raises:
            RenderNotFoundError: The service knows no such render for this account.
            APIError: The service refused otherwise.
            TransportError: The network failed.

        Example:
            ```python
            render = await nemo.renders.get(render)
            print(render.status, render.progress)
            ```
        """
        request = requests.get_render(render)
        return replies.render(await self._transport.call(request), requests.identify(render))

    async def wait(
        self,
        render: Render | str,
        *,
        on_progress: OnProgress | None = None,
        timeout: float | None = None,
    ) -> Render:
        """Wait until the file of a render can be fetched.

        Network trouble on the way only means that the same id is asked for again. Leaving the
        wait, by `timeout` or by cancelling, loses nothing: the render goes on at the service.

        Args:
            render: A render or its id.
            on_progress: Gets `Progress` with `stage` `render` and `unit` `percent`.
            timeout: Seconds in all, by default `Timeouts.render`.

        Returns:
            The finished render, with its `url`.

        Raises:
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
        timeouts = self._transport.timeouts
        if isinstance(render, str):
            render, timeouts = Render(render), attrs.evolve(timeouts, render_first_look=0.0)
        async with Reporter(on_progress) as reporter:
            return await until_finished(
                partial(self.get, render.render_id),
                render,
                timeouts,
                timeout=timeout,
                on_render=partial(_report_render, reporter),
            )

    async def cancel(self, render: Render | str) -> Render:
        """Take back a render; the service promises it only for one that has not begun.

        Args:
            render: A render or its id.

        Returns:
            The render as the service left it; look at `status`.

        Raises:
            RenderNotFoundError: The service knows no such render for this account.
            APIError: The service refused otherwise.
            TransportError: The network failed.

        Example:
            ```python
            print((await nemo.renders.cancel(render)).status)
            ```
        """
        request = requests.cancel_render(render)
        return replies.render(await self._transport.call(request), requests.identify(render))

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
            DownloadError: The file could not be fetched whole.
            RenderNotFoundError: The service knows no such render for this account.
            APIError: The service refused otherwise.
            RequestTimeoutError: It took longer than `timeout`.

        Example:
            ```python
            path = await nemo.renders.download(render, "out.mp4")
            print(path.stat().st_size)
            ```
        """
        async with Reporter(on_progress) as reporter, within(timeout, "The download"):
            return await download(
                self._transport,
                partial(self._addresses, render),
                Path(path),
                on_bytes=partial(_report_bytes, reporter),
            )

    async def _addresses(self, render: Render | str) -> AsyncGenerator[str, None]:
        """The address we know, a fresh one where it is stale, then the way through the API."""
        known = render.url if isinstance(render, Render) else None
        if known:
            yield known
        fresh = await self.get(render)
        if fresh.status != "completed":
            raise DownloadError(
                f"The render is not finished: it is {fresh.status}.", hint="Wait for it first."
            )
        if fresh.url and fresh.url != known:
            yield fresh.url
        yield requests.download_path(render)


def _new_id() -> str:
    """Unique, and sorted by the time of its making."""
    return f"render_{time.time_ns() // 1_000_000:012x}{secrets.token_hex(6)}"


def _report_render(reporter: Reporter, render: Render) -> None:
    reporter.report(Progress("render", render.progress or 0, 100, "percent", render.status))


def _report_bytes(reporter: Reporter, done: int, total: int | None) -> None:
    reporter.report(Progress("download", done, total, "bytes"))
