"""A time limit that the caller set, told as an error of ours."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from nemovideo.errors import RequestTimeoutError

__all__ = ["within"]


@contextlib.asynccontextmanager
async def within(seconds: float | None, what: str) -> AsyncIterator[None]:
    """Limit a block to so many seconds; None sets no limit.

    Raises:
        RequestTimeoutError: The time is over.
    """
    try:
        async with asyncio.timeout(seconds) as clock:
            yield
    except TimeoutError as error:
        if not clock.expired():
            raise
        raise RequestTimeoutError(f"{what} took longer than {seconds:g} s.") from error
