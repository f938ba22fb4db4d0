"""A service in a thread of its own, for commands and scripts that run outside of this loop."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from nemovideo.emulator import Emulator

ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def serving(service: Emulator) -> Iterator[Emulator]:
    """Run a service in a thread while the block runs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(service.start(), loop).result(20)
        try:
            yield service
        finally:
            asyncio.run_coroutine_threadsafe(service.aclose(), loop).result(20)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture(scope="session")
def service() -> Iterator[Emulator]:
    """A service with small pictures and plenty of credits."""
    with serving(Emulator(render_scale=1 / 16, silent=0)) as running:
        yield running


@pytest.fixture(scope="session")
def poor_service() -> Iterator[Emulator]:
    """A service whose accounts cannot afford one edit."""
    with serving(Emulator(credits=10)) as running:
        yield running


@pytest.fixture
def photos() -> list[Path]:
    """The five example photos in the order of their names."""
    return sorted((ROOT / "examples" / "photos").glob("*.jpg"))
