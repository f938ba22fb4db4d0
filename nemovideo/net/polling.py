"""When to look at a render: seldom enough for the service, soon enough for the user."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from nemovideo.errors import APIError, RenderFailedError, RenderTimeoutError, TransportError
from nemovideo.models import Render
from nemovideo.settings import Timeouts

__all__ = ["next_look", "until_finished"]

_USUAL = 60.0


def next_look(elapsed: float, progress: float | None, near_end: float) -> float:
    """Give the seconds until the next look: half of the time that is believed to remain.

    It is at most half of the time elapsed, so that a short render is not overslept.

    Args:
        elapsed: Seconds since the render was ordered.
        progress: From 0 to 100 as the service says; None or 0 means that nobody knows, and
            then a minute in all is assumed.
        near_end: The shortest gap; it grows to a twentieth of the time elapsed.
    """
    if progress and 0 < progress <= 100:
        remaining = elapsed * (100 - progress) / progress
    else:
        remaining = max(0.0, _USUAL - elapsed)
    return max(near_end, elapsed / 20, min(remaining, elapsed) / 2)


async def until_finished(
    look: Callable[[], Awaitable[Render]],
    render: Render,
    timeouts: Timeouts,
    *,
    timeout: float | None = None,
    on_render: Callable[[Render], None],
) -> Render:
    """Look at a render until its file is there.

    While the network or the service has trouble, the same id is simply asked for again. The
    last look is just before the time is over.

    Args:
        look: Asks for the render.
        render: The render as it was submitted.
        timeouts: The waits.
        timeout: Seconds in all instead of `timeouts.render`.
        on_render: Gets each render that was seen.

    Raises:
        RenderFailedError: The service gave up on it.
        RenderTimeoutError: It is not finished in time, and goes on at the service.
    """
    limit = timeouts.render if timeout is None else timeout
    try:
        async with asyncio.timeout(limit) as clock:
            return await _watched(look, render, timeouts, limit, on_render)
    except TimeoutError as error:
        if not clock.expired():
            raise
        raise _late(render, limit) from error


async def _watched(
    look: Callable[[], Awaitable[Render]],
    render: Render,
    timeouts: Timeouts,
    limit: float,
    on_render: Callable[[Render], None],
) -> Render:
    now = asyncio.get_running_loop().time
    start, gap, is_last = now(), timeouts.render_first_look, False
    while not render.is_finished:
        if render.status == "failed":
            raise _failed(render)
        if is_last:
            raise _late(render, limit)
        left = limit - (now() - start)
        is_last = gap >= left
        await asyncio.sleep(left - min(1.0, left / 5) if is_last else gap)
        try:
            render = await look()
        except (TransportError, APIError) as error:
            if not error.retryable:
                raise
        on_render(render)
        gap = next_look(now() - start, render.progress, timeouts.render_near_end)
        gap *= random.uniform(1.0, 1.5)  # noqa: S311  # spreads clients, keeps no secret
    return render


def _failed(render: Render) -> RenderFailedError:
    reason = render.error or "the service gives no reason"
    return RenderFailedError(
        f"The render failed: {reason.rstrip('.')}.",
        render_id=render.render_id,
        hint="The timeline is safe; order a new render.",
    )


def _late(render: Render, limit: float) -> RenderTimeoutError:
    return RenderTimeoutError(
        f"The render was not finished in {limit:g} s; it goes on at the service.",
        render_id=render.render_id,
        hint=f"Ask for {render.render_id} again later; do not order it twice.",
    )
