"""A file of 200 MB from the service to the disk.

Ours is `renders.download`, against a raw socket that receives the same bytes into a file. Goals: 2
times its CPU; at most 10 MB above idle, and for 200 MB less than 2 MB more than for 20 MB.
"""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from nemovideo import NemoVideo
from nemovideo.models import Render
from tests.benchmarks._figures import MB
from tests.benchmarks._sockets import connected
from tests.benchmarks._transfers import Transfer, compare


def target(folder: Path) -> Path:
    """Where a film goes; what lies there from before is gone."""
    path = folder / "out.mp4"
    path.unlink(missing_ok=True)
    return path


@contextlib.asynccontextmanager
async def ours(address: str, folder: Path) -> AsyncIterator[Transfer]:
    """Ours."""
    async with NemoVideo(base_url=address, token="t") as nemo:

        async def fetch(size: int) -> None:
            render = Render("r", "completed", url=f"{address}/film/{size}")
            path = await nemo.renders.download(render, target(folder))
            assert path.stat().st_size == size

        yield fetch


@contextlib.asynccontextmanager
async def bare(address: str, folder: Path) -> AsyncIterator[Transfer]:
    """Nothing but `recv_into` and `write`."""

    def fetch(size: int) -> None:
        held = memoryview(bytearray(MB // 4))
        with connected(address) as receiving, target(folder).open("wb", buffering=0) as file:
            receiving.sendall(f"GET /film/{size} HTTP/1.1\r\n\r\n".encode())
            count = receiving.recv_into(held)
            left = size - file.write(bytes(held[:count]).partition(b"\r\n\r\n")[2])
            while left:
                left -= file.write(held[: receiving.recv_into(held)])

    yield fetch


@contextlib.asynccontextmanager
async def with_aiohttp(address: str, folder: Path) -> AsyncIterator[Transfer]:
    """`iter_chunked` of aiohttp, written in the loop."""
    import aiohttp

    async with aiohttp.ClientSession() as session:

        async def fetch(size: int) -> None:
            async with session.get(f"{address}/film/{size}") as response:
                with target(folder).open("wb") as file:
                    async for piece in response.content.iter_chunked(65536):
                        file.write(piece)

        yield fetch


@contextlib.asynccontextmanager
async def with_httpx(address: str, folder: Path) -> AsyncIterator[Transfer]:
    """`stream` of httpx, written in the loop."""
    import httpx

    async with httpx.AsyncClient() as client:

        async def fetch(size: int) -> None:
            async with client.stream("GET", f"{address}/film/{size}") as response:
                with target(folder).open("wb") as file:
                    async for piece in response.aiter_bytes():
                        file.write(piece)

        yield fetch


if __name__ == "__main__":
    peers = {"aiohttp": with_aiohttp, "httpx": with_httpx}
    compare("download to disk", {"ours": ours, "bare": bare, **peers}, goal=2.0)
