"""One client across a fork and across two event loops, as servers and scripts have it."""

import subprocess
import sys

from nemovideo.emulator import Emulator

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


def said(program: str, service: Emulator) -> tuple[list[str], str]:
    """What a program prints with all warnings on, and what it complains about."""
    words = [sys.executable, "-W", "default", "-c", program, service.url]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines(), done.stderr


def test_a_fork_gets_a_session_of_its_own(service: Emulator) -> None:
    """The child makes its own connections; the parent's go on working."""
    out, complaints = said(FORKED, service)

    assert out == ["before 100", "child 100", "parent 100"]
    assert complaints == ""


def test_one_client_serves_one_loop_after_the_other(service: Emulator) -> None:
    """What belonged to a loop that is closed is remade; only its sockets die with it."""
    out, complaints = said(LOOPS, service)

    assert out == ["100", "100"]
    assert "Traceback" not in complaints
    assert "Unclosed client session" not in complaints
