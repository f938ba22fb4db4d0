"""What every test has: a home of its own, and an environment that says nothing."""

import asyncio
import os
from pathlib import Path
from typing import Any

import aiohttp
import hypothesis
import pytest
from aiohttp.abc import AbstractStreamWriter

pytest_plugins = ["pytester"]  # only the topmost conftest may name plugins


# Few examples serve the everyday run; `make test-slow` looks for more. How long one takes says more
# of the machine than of the code.
for name, examples in {"quick": 25, "thorough": 300}.items():
    hypothesis.settings.register_profile(
        name,
        max_examples=examples,
        deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
hypothesis.settings.load_profile("quick")


_STRANGE = ("NEMO_", "SKILL_SOURCE", "COVERAGE_PROCESS_")


def pytest_configure() -> None:
    """Begin without a loop: pytest-asyncio 1.5 would make one to restore, and never close it."""
    asyncio.set_event_loop(None)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty HOME; no token, address, skill or proxy comes from the machine.

    Nor are programs measured that a test starts: each would take twice as long to begin.
    """
    place = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(place))
    for name in [*os.environ]:
        if name.startswith(_STRANGE) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    return place


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of recorded streams and drafts."""
    return Path(__file__).parent / "recordings"


class SentResponse(aiohttp.ClientResponse):
    """A response as aioresponses 0.7.9 builds it: aiohttp 3.14 asks for a writer that it lacks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("stream_writer", _SENT)
        super().__init__(*args, **kwargs)


class _Sent(AbstractStreamWriter):
    output_size = 0

    async def write(self, chunk: Any) -> None: ...

    async def write_eof(self, chunk: bytes = b"") -> None: ...

    async def drain(self) -> None: ...

    def enable_compression(self, *_: Any, **__: Any) -> None: ...

    def enable_chunking(self) -> None: ...

    async def write_headers(self, *_: Any) -> None: ...


_SENT = _Sent()


@pytest.fixture
def sent_response(monkeypatch: pytest.MonkeyPatch) -> type[SentResponse]:
    """The shim, in the place where aioresponses looks for it."""
    monkeypatch.setattr("aioresponses.core.ClientResponse", SentResponse)
    return SentResponse
