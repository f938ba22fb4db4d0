"""The pytest plugin: the whole service, for the tests of programs that make videos.

pytest loads it in every run, wherever nemovideo is installed: what is heavy is imported by the
fixtures that need it.
"""

import inspect
import os
import site
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from nemovideo import NemoVideo
    from nemovideo.emulator import Emulator

__all__ = ["nemovideo_client", "nemovideo_emulator", "pytest_configure"]

_MARKER = (
    "nemovideo(credits=100, render_scale=1/6, silent=0, ...): what the emulator of this test is "
    "like; the options are those of `nemovideo.emulator.Emulator`."
)
_MISSING = 'nemovideo_emulator needs an extra: pip install "nemovideo[emulator]"'


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def nemovideo_emulator(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> "Iterator[Emulator]":
    """The NemoVideo service on this machine, running, and a new one for each test.

    An `Emulator` in a thread of its own: sync tests and tests on any event loop can use all of it,
    `await nemovideo_emulator.settled()` included. Renders are small and no edit is silent, unless
    the marker `nemovideo` says otherwise: `@pytest.mark.nemovideo(credits=10)`.

    `NEMO_API_URL` names it, so code that calls `NemoVideo()` reaches it as well. HOME is empty,
    and tokens, proxies and other settings of the machine are out of sight until the test ends.
    """
    emulator = _emulator(request)
    _isolate(monkeypatch, tmp_path_factory.mktemp("home"))
    from nemovideo.emulator.threads import in_thread

    with in_thread(emulator):
        monkeypatch.setenv("NEMO_API_URL", emulator.url)
        yield emulator


@pytest.fixture
def nemovideo_client(nemovideo_emulator: "Emulator") -> "Callable[..., NemoVideo]":
    """Make clients of the emulator, to be entered with `async with`.

    ```python
    async with nemovideo_client() as nemo:
        print(await nemo.credits.balance())
    ```

    It takes what `NemoVideo` takes, such as `token=nemovideo_emulator.register(credits=500)`. Each
    client without a token has a free account of its own. What it would wait for at the real
    service is short here, unless you give `timeouts=` or `retry=`.
    """
    from nemovideo import NemoVideo, RetryPolicy, Timeouts

    return partial(
        NemoVideo,
        base_url=nemovideo_emulator.url,
        retry=RetryPolicy(wait_initial=0.05, jitter=0.05),
        timeouts=Timeouts(
            request=20,
            transfer=20,
            stream_silence=10,
            stream_progress=10,
            stream_total=60,
            still_working=1,
            render=60,
            render_first_look=0.1,
            render_near_end=0.05,
            render_missing=0.2,
            rate_limit=0.2,
            cost=1,
            lost_verdict=1,
            lost_answer=20,
        ),
    )


def _emulator(request: pytest.FixtureRequest) -> "Emulator":
    from nemovideo.emulator import Emulator
    from nemovideo.emulator.rendering import can_render

    if not can_render():
        pytest.fail(_MISSING, pytrace=False)
    options = {"render_scale": 1 / 6, "silent": 0, **_marked(request)}
    known = inspect.signature(Emulator).parameters
    if unknown := sorted(options.keys() - known):
        pytest.fail(
            f"@pytest.mark.nemovideo has no option {unknown[0]!r}: it takes {', '.join(known)}",
            pytrace=False,
        )
    return Emulator(**options)


def _marked(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Give the options of all markers; the one that is closest to the test has the last word."""
    options: dict[str, Any] = {}
    for mark in reversed([*request.node.iter_markers("nemovideo")]):
        if mark.args:
            pytest.fail("@pytest.mark.nemovideo takes options by name only", pytrace=False)
        options |= mark.kwargs
    return options


def _isolate(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Hide what programs keep and set on this machine."""
    # Python finds what was installed with `pip install --user` by HOME: renders run in processes.
    monkeypatch.setenv("PYTHONUSERBASE", site.getuserbase())
    for name in [*os.environ]:
        if name.startswith(("NEMO_", "XDG_")) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    for name in ("SKILL_SOURCE", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
