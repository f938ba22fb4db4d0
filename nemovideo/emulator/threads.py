"""An emulator in a thread of its own, for programs that have another loop, or none."""

import asyncio
import contextlib
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from nemovideo.emulator.server import Emulator

__all__ = ["in_thread"]


@contextlib.contextmanager
def in_thread(emulator: Emulator) -> Iterator[Emulator]:
    """Run an emulator in a thread of its own while the block runs; the thread ends with it.

    Args:
        emulator: one that is not running.

    Raises:
        RuntimeError: the emulator is running already, or another one works in its folder.
        OSError: the port is taken, or the folder cannot be used.

    Example:
        ```python
        from nemovideo.emulator import Emulator
        from nemovideo.emulator.threads import in_thread

        with in_thread(Emulator(credits=500)) as emulator:
            print(emulator.url)
        ```
    """
    opened, closing = Future[None](), Future[None]()
    with ThreadPoolExecutor(1, "nemovideo-emulator") as thread:
        served = thread.submit(asyncio.run, _serve(emulator, opened, closing))
        try:
            wait({opened, served}, return_when=FIRST_COMPLETED)
            if opened.done():
                yield emulator
        finally:
            closing.set_result(None)
        served.result()


async def _serve(emulator: Emulator, opened: Future[None], closing: Future[None]) -> None:
    async with emulator:
        opened.set_result(None)
        await asyncio.wrap_future(closing)
