"""The pytest plugin: a whole service for each test that asks for one, and clients of it."""

import contextlib
import functools
import importlib.util
import os
from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from nemovideo import NemoVideo
    from nemovideo.emulator import Emulator
    from nemovideo.emulator.bill import Bill
    from nemovideo.emulator.faults import Faults

__all__ = ["ServedEmulator", "nemovideo_client", "nemovideo_emulator", "pytest_configure", "served"]

_Result = TypeVar("_Result")

_MARK = "nemovideo"
_OPTIONS = frozenset({"credits", "seed", "ip_limit", "silent", "render_scale"})
_SMALL = {"render_scale": 1 / 6, "silent": 0.0}
"""Quick, and each edit tells what it did, unless a test says otherwise."""
_PATIENCE = 30.0
_RENDERER = ("av", "cv2", "numpy", "PIL")


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest the marker."""
    config.addinivalue_line(
        "markers",
        f"{_MARK}({', '.join(sorted(_OPTIONS))}): how the service of `nemovideo_emulator` is made.",
    )


class ServedEmulator:
    """A service that runs in a thread of its own; everything here may be used from any thread.

    Attributes:
        url: The address of the API, for `base_url`; `NEMO_API_URL` names it too.
        bill: What it did: `runs`, `renders`, `credits`.
        faults: What is to go wrong, by name.
    """

    url: str
    bill: "Bill"
    faults: "Faults"

    def __init__(self, emulator: "Emulator", loop: "AbstractEventLoop") -> None:
        self._emulator, self._loop = emulator, loop
        self.url, self.bill, self.faults = emulator.url, emulator.bill, emulator.faults

    def __repr__(self) -> str:
        return f"<ServedEmulator at {self.url}>"

    @property
    def leaked_tokens(self) -> list[str]:
        """Tokens that reached another host than the API, masked: it should stay empty."""
        return self._emulator.leaked_tokens

    @property
    def unattributed(self) -> list[str]:
        """Requests that lacked a header which names their skill."""
        return self._emulator.unattributed

    def register(self, credits: int = 100) -> str:  # noqa: A002  # the unit's only name
        """Open a registered account and give its token.

        Args:
            credits: What it starts with.
        """

        async def work() -> str:
            return self._emulator.register(credits)

        return self._run(work())

    def settled(self) -> None:
        """Wait until nothing is under way any more, and `bill` is final."""
        self._run(self._emulator.settled())

    def _run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        import asyncio

        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE)


@contextlib.contextmanager
def served(emulator: "Emulator") -> Iterator[ServedEmulator]:
    """Run an emulator in a thread while the block runs.

    Args:
        emulator: One that is not running yet.

    Example:
        ```python
        from nemovideo.emulator import Emulator
        from nemovideo.pytest_plugin import served

        with served(Emulator(credits=10)) as service:
            print(service.url)
        ```
    """
    import asyncio
    import threading

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="nemovideo-emulator")
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(emulator.start(), loop).result(_PATIENCE)
        try:
            yield ServedEmulator(emulator, loop)
        finally:
            asyncio.run_coroutine_threadsafe(emulator.aclose(), loop).result(_PATIENCE)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def nemovideo_emulator(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[ServedEmulator]:
    """The whole NemoVideo service on loopback, for this test alone.

    `NemoVideo()` without an address finds it. HOME is an empty folder, and no token, skill or
    proxy comes from the machine. Renders are small and edits never silent, unless
    `@pytest.mark.nemovideo(credits=0, silent=1, render_scale=1)` says otherwise.
    """
    options = _options(request)
    _require_renderer()
    from nemovideo.emulator import Emulator

    _isolate(monkeypatch, str(tmp_path_factory.mktemp("home")))
    with served(Emulator(**options)) as service:
        monkeypatch.setenv("NEMO_API_URL", service.url)
        yield service


@pytest.fixture
def nemovideo_client(nemovideo_emulator: ServedEmulator) -> "Callable[..., NemoVideo]":
    """Makes clients of this test's service, to be entered with `async with`.

    It takes what `NemoVideo` takes; its waits are short unless `timeouts=` is given.
    """
    from nemovideo import NemoVideo, Timeouts

    quick = Timeouts(
        connect=5,
        request=20,
        render=60,
        render_first_look=0.1,
        render_near_end=0.05,
        render_missing=0.1,
        rate_limit=0.1,
        lost_verdict=0.5,
        lost_answer=5,
    )
    return functools.partial(NemoVideo, base_url=nemovideo_emulator.url, timeouts=quick)


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Collect what the markers say; the one that is nearest to the test wins."""
    options: dict[str, Any] = dict(_SMALL)
    for mark in [*request.node.iter_markers(_MARK)][::-1]:
        unknown = {*mark.kwargs} - _OPTIONS
        if unknown or mark.args:
            wrong = ", ".join(sorted(unknown)) or "a value without a name"
            known = ", ".join(sorted(_OPTIONS))
            complaint = f"@pytest.mark.{_MARK} does not take {wrong}; it takes {known}."
            pytest.fail(complaint, pytrace=False)
        options |= mark.kwargs
    return options


def _require_renderer() -> None:
    missing = [name for name in _RENDERER if importlib.util.find_spec(name) is None]
    if missing:
        pytest.fail(
            f"The emulator needs {', '.join(missing)}: pip install 'nemovideo[emulator]'",
            pytrace=False,
        )


def _isolate(monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    """Keep the machine's account, settings and proxies out of a test, and the test out of HOME."""
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA"):
        monkeypatch.setenv(name, home)
    for name in [*os.environ]:
        is_ours = name.startswith(("NEMO_", "XDG_")) or name == "SKILL_SOURCE"
        if is_ours or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
