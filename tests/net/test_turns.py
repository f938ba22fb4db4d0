"""One at a time: in order here, and alone among processes."""

import asyncio
import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from nemovideo.errors import ConfigurationError
from nemovideo.net import locks
from nemovideo.net.turns import Taken, Turns

HOLDING = """
import asyncio, sys
from pathlib import Path
from nemovideo.net.turns import Turns

async def main():
    async with Turns(Path(sys.argv[1])).of("s"):
        print("held", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""
FORKING = """
import asyncio, os, sys, time
from pathlib import Path
from nemovideo.net.turns import Turns

async def main():
    async with Turns(Path(sys.argv[1])).of("s"):
        child = os.fork()
        if child == 0:
            os.close(1)
            time.sleep(60)
        print(child, flush=True)
        os._exit(0)

asyncio.run(main())
"""


async def test_turns_come_in_the_order_of_asking() -> None:
    """Nobody overtakes, and two never have it at once."""
    turns, seen = Turns(None), list[str]()

    async def take(name: str) -> None:
        async with turns.of("s"):
            seen.append(f"{name} in")
            await asyncio.sleep(0.01)
            seen.append(f"{name} out")

    await asyncio.gather(take("a"), take("b"), take("c"))

    assert seen == ["a in", "a out", "b in", "b out", "c in", "c out"]


async def test_different_names_do_not_wait_for_each_other() -> None:
    """Each session has its own turn."""
    turns = Turns(None)

    async with turns.of("s"), turns.of("t"):
        assert turns.is_taken("s")
        assert turns.is_taken("t")

    assert not turns.is_taken("s")


async def test_who_stops_waiting_holds_nobody_up(tmp_path: Path) -> None:
    """A cancelled wait leaves the queue, and the turn passes on."""
    turns = Turns(tmp_path)

    async def take() -> None:
        async with turns.of("s"):
            await asyncio.sleep(0)

    async with turns.of("s"):
        waiting = [asyncio.create_task(take()) for _ in range(2)]
        await asyncio.sleep(0.01)
        waiting[0].cancel()
    await waiting[1]

    assert not turns.is_taken("s")
    assert waiting[0].cancelled()
    assert list(tmp_path.iterdir()) == []


async def test_what_is_held_alone_is_never_waited_for() -> None:
    """The second is told at once, also without a file."""
    turns = Turns(None)

    with turns.alone("j"), pytest.raises(Taken) as caught, turns.alone("j"):
        pass

    assert caught.value.owner == os.getpid()
    with turns.alone("j"):
        assert turns.is_taken("j")


async def test_another_client_is_told_at_once(tmp_path: Path) -> None:
    """Two of one process are as strange to each other as two processes."""
    async with Turns(tmp_path).of("s"):
        with pytest.raises(Taken) as caught:
            async with Turns(tmp_path).of("s"):
                pass

    assert caught.value.owner == os.getpid()


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL here")
def test_the_turn_of_a_killed_process_is_free(tmp_path: Path) -> None:
    """It is held as long as its owner lives, and not a moment longer."""
    words = [sys.executable, "-c", HOLDING, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        assert owner.stdout.readline() == "held\n"
        with pytest.raises(Taken) as caught, Turns(tmp_path).alone("s"):
            pass
        owner.send_signal(signal.SIGKILL)
        owner.wait(20)

    assert caught.value.owner == owner.pid
    with Turns(tmp_path).alone("s"):
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_does_not_keep_the_turn_of_its_dead_parent(tmp_path: Path) -> None:
    """A fork inherits no ownership."""
    words = [sys.executable, "-c", FORKING, str(tmp_path)]
    shown = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True, timeout=20)
    child = int(shown.stdout)

    try:
        with Turns(tmp_path).alone("s"):
            os.kill(child, 0)
    finally:
        os.kill(child, signal.SIGKILL)


async def test_a_folder_that_cannot_be_is_done_without(tmp_path: Path) -> None:
    """Then the turn holds in this process."""
    (tmp_path / "file").write_text("")
    turns = Turns(tmp_path / "file" / "locks")

    async with turns.of("s"):
        assert turns.is_taken("s")


def test_a_turn_survives_the_loop_that_was_waited_in() -> None:
    """What a closed loop left behind is made anew."""
    turns = Turns(None)

    async def take() -> None:
        async with turns.of("s"):
            await asyncio.sleep(0)

    async def leave() -> None:
        await turns.of("s").__aenter__()

    asyncio.run(leave())
    asyncio.run(take())

    assert turns.is_taken("s") is False


def test_a_second_loop_does_not_take_a_turn_away(tmp_path: Path) -> None:
    """While the first one lives, its turn is its own."""
    turns = Turns(tmp_path)

    async def enter() -> None:
        async with turns.of("s"):
            pass

    async def hold() -> None:
        async with turns.of("s"):
            with pytest.raises(ConfigurationError, match="in use on another event loop"):
                await asyncio.to_thread(asyncio.run, enter())
            with pytest.raises(Taken), Turns(tmp_path).alone("s"):
                pass

    asyncio.run(hold())
    asyncio.run(enter())


async def test_a_task_does_not_wait_for_itself(tmp_path: Path) -> None:
    """It is told that it has the turn already; others wait in line as before."""
    turns, seen = Turns(tmp_path), list[str]()

    async def other() -> None:
        async with turns.of("s"):
            seen.append("other")

    async with turns.of("s"):
        waiting = asyncio.create_task(other())
        await asyncio.sleep(0)
        with pytest.raises(Taken) as caught:
            async with asyncio.timeout(1):
                await other()
        seen.append("ours")
    await waiting

    assert (caught.value.owner, caught.value.is_own) == (os.getpid(), True)
    assert seen == ["ours", "other"]
    async with turns.of("s"):
        seen.append("again")


FORKED = """
import asyncio, os, sys
from pathlib import Path
from nemovideo.net.turns import Taken, Turns

turns = Turns(Path(sys.argv[1]))

async def main():
    turns.take("job")
    async with turns.of("s"):
        if os.fork() == 0:
            asyncio.run(look())
            os._exit(0)
        os.wait()

async def look():
    for name in ("s", "job"):
        try:
            async with turns.of(name):
                print("entered")
        except Taken as taken:
            print(taken.owner == os.getppid(), flush=True)

asyncio.run(main())
turns.give_back("job")
print(list(Path(sys.argv[1]).iterdir()))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_sees_the_turns_of_its_parent_as_a_stranger(tmp_path: Path) -> None:
    """It neither counts them as its own nor frees them."""
    words = [sys.executable, "-W", "error", "-c", FORKED, str(tmp_path)]

    shown = subprocess.run(words, capture_output=True, text=True, check=True, timeout=20)

    assert shown.stdout.splitlines() == ["True", "True", "[]"]
    assert shown.stderr == ""


def test_elsewhere_all_lock_the_same_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is far behind the owner's id, which others may read, and behind what they read ahead."""
    locked_at = list[int]()

    def locking(descriptor: int, _: int, length: int) -> None:
        locked_at.append(os.lseek(descriptor, 0, os.SEEK_CUR))
        assert length == 1

    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_NBLCK=2))
    monkeypatch.setattr(sys, "platform", "win32")
    elsewhere = runpy.run_path(locks.__file__)

    for mode, content in (("a+b", b""), ("a+b", b"4711"), ("ab", b"4711")):
        (tmp_path / "s.lock").write_bytes(content)
        with (tmp_path / "s.lock").open(mode) as file:
            assert elsewhere["try_lock"](file)
            file.truncate(0)
            file.write(b"12")
        assert (tmp_path / "s.lock").read_bytes() == b"12"

    assert len(set(locked_at)) == 1
    assert 100_000 < locked_at[0] < 2**31
