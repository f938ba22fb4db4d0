"""A service in a thread of its own, for commands and scripts that run outside of this loop."""

import asyncio
import contextlib
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, TypeVar

import pytest

from nemovideo.emulator import Emulator
from tests.rendered_once import remembered

ROOT = Path(__file__).parents[2]


class Server(Protocol):
    """What can be started and closed on a loop of its own."""

    async def start(self) -> object:
        """Open the ports."""

    async def aclose(self) -> None:
        """Close them."""


AnyServer = TypeVar("AnyServer", bound=Server)


@contextlib.contextmanager
def serving(service: AnyServer) -> Iterator[AnyServer]:
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


@pytest.fixture(scope="package", autouse=True)
def _temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What commands keep between two calls is not the machine's own."""
    with pytest.MonkeyPatch.context() as patch:
        _keep_in(tmp_path_factory.mktemp("temporary"), patch)
        yield


@pytest.fixture(scope="module", autouse=True)
def _films(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What was rendered once in this test run is not rendered again."""
    with remembered(tmp_path_factory):
        yield


@pytest.fixture
def kept(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder, not made yet, in which the commands of one test keep what they need."""
    place = tmp_path_factory.mktemp("temporary")
    _keep_in(place, monkeypatch)
    return place / f"nemovideo-{os.getuid()}"


def _keep_in(place: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("TMPDIR", str(place))
    patch.setattr(tempfile, "tempdir", str(place))


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A shell that runs tests in the background has children ignore Ctrl-C; not ours."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


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
