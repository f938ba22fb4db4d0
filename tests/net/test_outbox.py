import io
import os
from pathlib import Path

import pytest

from nemovideo.models import UploadedFile
from nemovideo.net.outbox import Outbox
from nemovideo.net.sources import Media, Source, prepared

JPEG = b"\xff\xd8\xff\xe0" + b"j" * 200
OTHER = b"\xff\xd8\xff\xe0" + b"k" * 200
BEACH = UploadedFile("beach.jpg", "image")


async def source(media: Media) -> Source:
    """The source of one photo."""
    async with prepared([media]) as (made,):
        return made


@pytest.fixture
async def outbox(tmp_path: Path) -> Outbox:
    """The session 1 has beach.jpg."""
    (tmp_path / "beach.jpg").write_bytes(JPEG)
    made = Outbox()
    await made.note("1", await source(tmp_path / "beach.jpg"), BEACH)
    return made


async def test_a_file_is_known_by_its_path(outbox: Outbox, tmp_path: Path) -> None:
    """Without a second look at its content."""
    known = await source(tmp_path / "beach.jpg")
    (tmp_path / "beach.jpg").unlink()

    assert await outbox.find("1", known) is BEACH


async def test_a_file_is_known_by_its_content(outbox: Outbox) -> None:
    """Under any name."""
    assert await outbox.find("1", await source(JPEG)) is BEACH


async def test_content_is_known_after_it_is_gone(outbox: Outbox) -> None:
    """What came as bytes is not held in memory for it."""
    file = io.BytesIO(OTHER)
    await outbox.note("1", await source(file), UploadedFile("other.jpg", "image"))
    file.close()

    found = await outbox.find("1", await source(OTHER))

    assert found is not None
    assert found.filename == "other.jpg"


@pytest.mark.parametrize("media", [OTHER, JPEG + b"j"], ids=["same size", "other size"])
async def test_other_content_is_new(media: bytes, outbox: Outbox) -> None:
    """Equal size alone proves nothing."""
    assert await outbox.find("1", await source(media)) is None


async def test_another_session_has_nothing(outbox: Outbox) -> None:
    """Files belong to the session that got them."""
    assert await outbox.find("2", await source(JPEG)) is None


async def test_a_file_that_changed_since_is_new(outbox: Outbox, tmp_path: Path) -> None:
    """Also where its size is the same; what it was then can no longer be told."""
    (tmp_path / "beach.jpg").write_bytes(OTHER)

    assert await outbox.find("1", await source(tmp_path / "beach.jpg")) is None
    assert await outbox.find("1", await source(JPEG)) is None


async def test_a_file_that_hides_its_change_is_new(outbox: Outbox, tmp_path: Path) -> None:
    """Copying keeps size and time of change; the inode's own time cannot be set."""
    before = (tmp_path / "beach.jpg").stat()
    (tmp_path / "beach.jpg").write_bytes(OTHER)
    os.utime(tmp_path / "beach.jpg", ns=(before.st_atime_ns, before.st_mtime_ns))

    assert await outbox.find("1", await source(tmp_path / "beach.jpg")) is None


async def test_a_file_that_is_gone_costs_nothing(outbox: Outbox, tmp_path: Path) -> None:
    """The same content is simply sent again."""
    (tmp_path / "beach.jpg").unlink()

    assert await outbox.find("1", await source(JPEG)) is None


async def test_old_sessions_are_forgotten(outbox: Outbox) -> None:
    """A bot that runs for months does not grow."""
    for number in range(300):
        await outbox.note(f"s{number}", await source(OTHER), BEACH)

    assert await outbox.find("1", await source(JPEG)) is None
    assert len(outbox._sessions) < 300
