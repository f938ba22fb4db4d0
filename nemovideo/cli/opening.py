"""The client of a command: for the service or offline, with what it keeps between two calls."""

import contextlib
import os
import shlex
import time
from collections.abc import AsyncIterator
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from nemovideo.errors import ConfigurationError
from nemovideo.settings import Settings, Timeouts

if TYPE_CHECKING:
    from nemovideo import NemoVideo, Project, Skill

__all__ = ["ENDING", "Ending", "known_project", "note_way_on", "opened"]

_OFFLINE: Final = Timeouts(lost_verdict=3.0, render_missing=1.0)
"""An emulator ends with its command: what it does not know any more is not under way elsewhere."""


@attrs.define
class Ending:
    """What there is to say when a command has ended badly.

    Attributes:
        way_on: What to type to go on with what was begun; empty where nothing is open.
        offline: Whether the command works with the emulator.
    """

    way_on: str = ""
    offline: bool = False

    def facts(self) -> dict[str, str]:
        """Put the way on into JSON, if there is one."""
        return {"go_on": self.way_on} if self.way_on else {}


ENDING: Final[ContextVar[Ending]] = ContextVar("ENDING")
"""The ending of the command that runs."""


@contextlib.asynccontextmanager
async def opened(
    *, emulator: bool, skill: str | None = None, since: float | None = None
) -> "AsyncIterator[NemoVideo]":
    """Give a client; if the block fails, look for what it leaves open.

    Args:
        emulator: Whether the whole service runs on this machine, for as long as the block does.
        skill: A skill's name, or where its SKILL.md is.
        since: Of which moment on open jobs count; by default those of this block.
    """
    ENDING.get().offline = emulator
    began = time.time() if since is None else since
    async with contextlib.AsyncExitStack() as stack:
        try:
            nemo = await _client(stack, skill, emulator=emulator)
        except Exception:
            raise
        except BaseException:  # stopped while the emulator starts
            if emulator and since is not None:
                await _note_earlier(since)
            raise
        try:
            yield nemo
        except BaseException:
            await note_way_on(nemo, emulator=emulator, since=began)
            raise


async def note_way_on(nemo: "NemoVideo", *, emulator: bool, since: float) -> None:
    """Remember how to go on, if something is open that another command can go on with."""
    is_open = any(job.began >= since for job in await nemo.jobs.list())
    if is_open and nemo.jobs.durable:
        ENDING.get().way_on = _way_on(emulator=emulator)


async def known_project(nemo: "NemoVideo", session: str | None, *, emulator: bool) -> "Project":
    """Give the project of a session, by default of the last one.

    Raises:
        ConfigurationError: There is none.
    """
    known = session or await nemo.jobs.last_session()
    if not known:
        offline = " --emulator" if emulator else ""
        raise ConfigurationError(
            "There is no session to go on with.",
            hint=f"Begin one: nemovideo make PHOTO.. --prompt TEXT -o FILE{offline}, or nemovideo "
            f"chat TEXT --new --add PHOTO..{offline}; or name one with --session.",
        )
    return nemo.projects.get(known)


async def _client(
    stack: contextlib.AsyncExitStack, skill: str | None, *, emulator: bool
) -> "NemoVideo":
    from nemovideo import NemoVideo

    known = None if skill is None else _skill(skill)
    kept = await _kept(stack, emulator=emulator)
    return await stack.enter_async_context(NemoVideo(skill=known, **kept))


def _skill(given: str) -> "Skill":
    """Give the skill of a page or its folder, a built-in one, or one that has only a name."""
    from nemovideo import Skill

    return Skill.load(given) if Path(given).exists() else Skill.named(given)


async def _note_earlier(since: float) -> None:
    """Look for open jobs without the emulator: accounts and jobs are kept by its address."""
    from nemovideo import NemoVideo
    from nemovideo.cli.offline import kept_folder, kept_in, known_url

    folder = kept_folder()
    if url := known_url(folder):
        async with NemoVideo(base_url=url, **kept_in(folder)) as nemo:
            await note_way_on(nemo, emulator=True, since=since)


async def _kept(stack: contextlib.AsyncExitStack, *, emulator: bool) -> dict[str, Any]:
    """Keep account and ledger where commands find them again: for a loopback not under HOME."""
    if not emulator and not Settings.resolve(os.environ).is_loopback:
        return {}
    from nemovideo.cli.offline import kept_emulator, kept_folder, kept_in

    folder = kept_folder()
    kept = kept_in(folder)
    if not emulator:
        return kept
    url = await stack.enter_async_context(kept_emulator(folder))
    return {**kept, "base_url": url, "timeouts": _OFFLINE}


def _way_on(*, emulator: bool) -> str:
    address = "" if emulator else os.environ.get("NEMO_API_URL", "")
    place = f"NEMO_API_URL={shlex.quote(address)} " if address else ""
    return f"{place}nemovideo jobs --recover{' --emulator' if emulator else ''}"
