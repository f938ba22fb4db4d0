import asyncio
import os
import signal
import stat
import sys
from pathlib import Path

import pytest

from nemovideo.errors import ConfigurationError
from nemovideo.net.files import check_target, is_whole_mp4, locked, write_private

HOLDER = """
import asyncio, sys
from pathlib import Path
from nemovideo.net.files import locked

async def main():
    async with locked(Path(sys.argv[1])):
        print("held", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


def box(kind: bytes, content: bytes = b"") -> bytes:
    """A box of an MP4."""
    return (8 + len(content)).to_bytes(4, "big") + kind + content


WHOLE = box(b"ftyp", b"isom") + box(b"moov", b"m" * 30) + box(b"mdat", b"d" * 50)
LONG = (1).to_bytes(4, "big") + b"mdat" + (20).to_bytes(8, "big") + b"dddd"
ENDLESS = (0).to_bytes(4, "big") + b"mdat" + b"d" * 9


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        (WHOLE, True),
        (box(b"ftyp") + LONG + box(b"moov"), True),
        (box(b"ftyp") + box(b"moov") + ENDLESS, True),
        (WHOLE[:-1], False),
        (WHOLE + b"xx", False),
        (box(b"ftyp") + box(b"mdat"), False),
        (box(b"ftyp") + box(b"moov"), False),
        (box(b"moov") + box(b"mdat"), False),
        (b"<html>not found</html>", False),
        (b"", False),
        (b"\x00" * 64, False),
        (b"\x00\x00\x00\x04ftyp", False),
    ],
    ids=[
        "whole",
        "64-bit size",
        "size to the end",
        "cut",
        "more behind",
        "no moov",
        "no mdat",
        "no ftyp",
        "HTML",
        "empty",
        "zeros",
        "size too small",
    ],
)
def test_a_whole_mp4_is_told_from_a_broken_one(
    content: bytes, tmp_path: Path, *, whole: bool
) -> None:
    """Its boxes fill the file, and its index is there."""
    path = tmp_path / "a.mp4"
    path.write_bytes(content)

    assert is_whole_mp4(path) is whole


def test_a_target_in_a_folder_is_fine(tmp_path: Path) -> None:
    """Also where a file is already."""
    (tmp_path / "a.mp4").touch()

    check_target(tmp_path / "a.mp4")
    check_target(tmp_path / "b.mp4")


@pytest.mark.parametrize(
    ("name", "reason"),
    [("", "is a folder"), ("none/a.mp4", "no folder"), ("file/a.mp4", "no folder")],
)
def test_a_target_that_cannot_be_is_told_first(name: str, reason: str, tmp_path: Path) -> None:
    """Before anything is paid for."""
    (tmp_path / "file").touch()

    with pytest.raises(ConfigurationError, match=reason):
        check_target(tmp_path / name)


def test_a_name_that_no_file_can_have_is_told_first(tmp_path: Path) -> None:
    """Not after the render, when it is to be written."""
    with pytest.raises(ConfigurationError):
        check_target(tmp_path / ("x" * 300 + ".mp4"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_right_to_write_is_told_first(tmp_path: Path) -> None:
    """A read-only folder is found before anything is paid for."""
    tmp_path.chmod(0o500)

    with pytest.raises(ConfigurationError, match="cannot be written"):
        check_target(tmp_path / "a.mp4")


def test_a_private_file_is_private_and_whole(tmp_path: Path) -> None:
    """0600, in a folder that is made, with nothing left beside it."""
    path = tmp_path / "new" / "secret"

    write_private(path, "one")
    write_private(path, "two")

    assert path.read_text() == "two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [*path.parent.iterdir()] == [path]


def test_a_write_that_fails_leaves_the_old_content(tmp_path: Path) -> None:
    """And no half-written file beside it."""
    path = tmp_path / "secret"
    write_private(path, "one")

    with pytest.raises(UnicodeEncodeError):
        write_private(path, "two\ud83d")

    assert path.read_text() == "one"
    assert [found for found in tmp_path.iterdir() if found.is_file()] == [path]


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


async def test_a_lock_that_is_never_freed_is_given_up(tmp_path: Path) -> None:
    """Its owner is stuck, and we are not to be."""
    async with locked(tmp_path / "lock"):
        with pytest.raises(TimeoutError):
            async with locked(tmp_path / "lock", patience=0.05):
                pass
