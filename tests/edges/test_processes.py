"""Clients across forks, event loops and processes, as servers and scripts have them."""

import json
import stat
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from nemovideo.emulator import Emulator

pytestmark = pytest.mark.slow

FORKED = """
import asyncio, os, sys
from nemovideo import NemoVideo

async def total(who):
    print(who, (await nemo.credits.balance()).total, flush=True)

async def main():
    await total("before")
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(total("child"))
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    await total("parent")
    await nemo.aclose()

nemo = NemoVideo(base_url=sys.argv[1])
asyncio.run(main())
"""
LOOPS = """
import asyncio, sys
from nemovideo import NemoVideo

async def total():
    print((await nemo.credits.balance()).total)

nemo = NemoVideo(base_url=sys.argv[1])
asyncio.run(total())
asyncio.run(total())
asyncio.run(nemo.aclose())
"""

STREAMING = """
import asyncio, os, sys
from nemovideo import NemoVideo

async def use_and_close():
    await nemo.credits.balance()
    await nemo.aclose()

async def main():
    session = await nemo.sessions.create()
    async with nemo.chat.stream(session, "hello there, who are you?") as events:
        await anext(events)
        child = os.fork()
        if child == 0:
            try:
                asyncio.run(use_and_close())
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        print(bool((await events.finish()).text))
    await nemo.aclose()

nemo = NemoVideo(base_url=sys.argv[1])
asyncio.run(main())
"""
FIRST = """
import asyncio, sys
from nemovideo import FileTokenStore, NemoVideo

async def main():
    print("ready", flush=True)
    sys.stdin.readline()
    async with NemoVideo(base_url=sys.argv[1], token_store=FileTokenStore()) as nemo:
        await asyncio.gather(*(nemo.credits.balance() for _ in range(3)))
        print((await nemo.auth.anonymous_token()).user_id)

asyncio.run(main())
"""


def said(program: str, service: Emulator) -> tuple[list[str], str]:
    """What a program prints with all warnings on, and what it complains about."""
    forking = "ignore:This process:DeprecationWarning"  # of every one with threads, from 3.12 on
    words = [sys.executable, "-W", "default", "-W", forking, "-c", program, service.url]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines(), done.stderr


def test_a_fork_gets_a_session_of_its_own(service: Emulator) -> None:
    """The child makes its own connections; the parent's go on working."""
    out, complaints = said(FORKED, service)

    assert out == ["before 100", "child 100", "parent 100"]
    assert complaints == ""


def test_a_fork_that_closes_leaves_the_stream_of_its_parent(service: Emulator) -> None:
    """What the parent reads is not the child's to close."""
    assert said(STREAMING, service) == (["True"], "")


def test_one_client_serves_one_loop_after_the_other(service: Emulator) -> None:
    """What belonged to a loop that is closed is remade; only its sockets die with it."""
    out, complaints = said(LOOPS, service)

    assert out == ["100", "100"]
    assert "Traceback" not in complaints
    assert "Unclosed client session" not in complaints


def test_processes_that_start_together_share_one_account(service: Emulator, home: Path) -> None:
    """With an empty HOME: one client id, one token, in files that only their owner can read."""
    words = [sys.executable, "-W", "error", "-c", FIRST, service.url]
    pipe = subprocess.PIPE
    begun = [subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True) for _ in range(3)]
    for process in begun:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    service.faults.delay_answer(0.1, path="/api/auth/anonymous-token")
    for process in begun:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()

    accounts = {process.communicate(timeout=60)[0].strip() for process in begun}

    assert [process.returncode for process in begun] == [0, 0, 0]
    assert len(accounts) == 1
    folder = home / ".config" / "nemovideo"
    assert str(UUID((folder / "client_id").read_text())) == (folder / "client_id").read_text()
    kept = json.loads((folder / "tokens.json").read_text())
    assert [token["user_id"] for token in kept.values()] == list(accounts)
    for name in ("client_id", "tokens.json"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
