"""What a killed process left of a file is gone on with."""

import asyncio
from pathlib import Path

import pytest

from nemovideo.net.files import own_part
from tests.net.conftest import MakeTransport, Serve
from tests.net.hosts import LARGE, SMALL, Files, at, fetch


def left_over(target: Path, content: bytes, render: str = "r") -> Path:
    """A part as a process leaves it that is killed in the middle of a render's file."""
    with own_part(target, render) as part:
        pass
    part.write_bytes(content)
    return part


async def test_half_a_file_is_not_fetched_twice(
    tmp_path: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """Only the missing half is asked for."""
    host, target = Files(LARGE), tmp_path / "v.mp4"
    left_over(target, LARGE[: 2 * 1024**2])
    origin = await serve(host.answer)

    await fetch(transport_to(origin), at(f"{origin}/v"), target)

    assert host.asked == [("/v", f"bytes={2 * 1024**2}-", None)]
    assert target.read_bytes() == LARGE
    assert list(tmp_path.iterdir()) == [target]


async def test_a_whole_file_only_wants_its_name(
    tmp_path: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """Killed just before the renaming: nothing is fetched at all."""
    host, target = Files(SMALL), tmp_path / "v.mp4"
    left_over(target, SMALL)
    origin = await serve(host.answer)

    await fetch(transport_to(origin), at(f"{origin}/v"), target)

    assert host.asked == []
    assert target.read_bytes() == SMALL


async def test_what_is_left_of_another_render_is_not_used(
    tmp_path: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """Two renders of one name never mix."""
    host, target = Files(SMALL), tmp_path / "v.mp4"
    left_over(target, LARGE[:1000], render="another")
    origin = await serve(host.answer)

    await fetch(transport_to(origin), at(f"{origin}/v"), target)

    assert host.asked == [("/v", None, None)]
    assert target.read_bytes() == SMALL


@pytest.mark.parametrize(
    "content",
    [pytest.param(b"x" * 1000, id="other bytes"), pytest.param(SMALL + b"x", id="too much")],
)
async def test_what_does_not_fit_is_fetched_anew(
    content: bytes, tmp_path: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """A part that cannot be completed costs another address, not the file."""
    host, target = Files(SMALL), tmp_path / "v.mp4"
    left_over(target, content)
    origin = await serve(host.answer)

    await fetch(transport_to(origin), at(f"{origin}/v", f"{origin}/again"), target)

    assert target.read_bytes() == SMALL
    assert list(tmp_path.iterdir()) == [target]


async def test_two_who_fetch_the_same_do_not_share_a_part(
    tmp_path: Path, serve: Serve, transport_to: MakeTransport
) -> None:
    """The second takes another name, and both files are whole."""
    host, target = Files(LARGE), tmp_path / "v.mp4"
    origin = await serve(host.answer)

    await asyncio.gather(
        *(fetch(transport_to(origin), at(f"{origin}/v"), target) for _ in range(3))
    )

    assert target.read_bytes() == LARGE
    assert list(tmp_path.iterdir()) == [target]
