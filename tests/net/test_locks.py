import asyncio
import signal
import sys
from pathlib import Path

import pytest

from nemovideo.net import locks
from nemovideo.net.locks import locked

HOLDER = """
import asyncio, sys
from pathlib import Path
from nemovideo.net.locks import locked

async def main():
    async with locked(Path(sys.argv[1])):
        print("held", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    """The second waits for the first, and gets it then."""
    order = []

    async def work(name: str) -> None:
        async with locked(tmp_path / "lock"):
            order.append(f"{name} in")
            await asyncio.sleep(0.02)
            order.append(f"{name} out")

    await asyncio.gather(work("a"), work("b"))

    assert order in (
        ["a in", "a out", "b in", "b out"],
        ["b in", "b out", "a in", "a out"],
    )


async def test_waiting_for_a_lock_can_be_cancelled(tmp_path: Path) -> None:
    """Whoever waits can be stopped, and the lock is free after its owner."""
    async with locked(tmp_path / "lock"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05), locked(tmp_path / "lock"):
                pass

    async with asyncio.timeout(2), locked(tmp_path / "lock"):
        pass


async def test_a_lock_is_free_once_its_owner_is_dead(tmp_path: Path) -> None:
    """`kill -9` leaves no lock behind: the kernel frees it."""
    path = tmp_path / "lock"
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, str(path), stdout=asyncio.subprocess.PIPE
    )
    assert owner.stdout
    assert await owner.stdout.readline() == b"held\n"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1), locked(path):
            pass

    owner.send_signal(signal.SIGKILL)
    await owner.wait()

    async with asyncio.timeout(2), locked(path):
        pass


async def test_a_lock_that_cannot_be_had_at_all_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system without locks is told instead of waited for."""

    def refuse(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)

    with pytest.raises(OSError, match="No locks"):
        async with asyncio.timeout(0.3), locked(tmp_path / "lock"):
            pass


async def test_a_lock_that_is_never_freed_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its owner is stuck, and we are not to be."""
    monkeypatch.setattr(locks, "_PATIENCE", 0.05)

    async with locked(tmp_path / "lock"):
        with pytest.raises(TimeoutError):
            async with locked(tmp_path / "lock"):
                pass
