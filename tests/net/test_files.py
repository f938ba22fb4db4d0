import os
import stat
from pathlib import Path

import pytest

from nemovideo.errors import ConfigurationError
from nemovideo.net.files import check_target, is_whole_mp4, write_private


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
