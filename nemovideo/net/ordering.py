"""A render is ordered under an id that was chosen here, so that a lost answer loses nothing."""

from collections.abc import Awaitable, Callable

from nemovideo.errors import APIError, TransportError
from nemovideo.models import Render

__all__ = ["ordered"]


async def ordered(
    order: Callable[[], Awaitable[Render]],
    look: Callable[[], Awaitable[Render]],
    render_id: str,
    *,
    when_refused: Callable[[], Awaitable[None]] | None,
) -> Render:
    """Order a render; where the answer is lost, ask whether it is there (contract section 3).

    Args:
        order: Sends the order.
        look: Asks for the render.
        render_id: The id of both.
        when_refused: Called where nothing was ordered.

    Raises:
        APIError: The service refused, or answered what nobody understands.
        TransportError: The answer was lost, and the service does not know the render (yet).
    """
    try:
        return await order()
    except (APIError, TransportError) as error:
        if error.delivered == "no":
            if when_refused:
                await when_refused()
            raise
        try:
            return await look()
        except (APIError, TransportError):
            error.hint = f"Ask for {render_id} before you order it again."
        raise
