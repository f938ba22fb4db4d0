"""A file of 200 MB from a `Path` to the service.

Ours is `uploads.files`, against a raw socket that sends the same file. Goals: 1.5 times its CPU; at
most 10 MB above idle, and for 200 MB less than 2 MB more than for 20 MB.
"""

import asyncio
import contextlib
import itertools
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

from nemovideo import NemoVideo
from tests.benchmarks._figures import MB
from tests.benchmarks._sockets import connected
from tests.benchmarks._transfers import Transfer, compare

ROUTE = "/api/upload-video/nemo_agent/me/s"


def film(folder: Path, size: int) -> Path:
    """A file that looks like an MP4."""
    path = folder / f"film-{size}.mp4"
    if not path.exists():
        piece = secrets.token_bytes(MB // 16)
        with path.open("wb") as file:
            file.write(b"\x00\x00\x00\x10ftypisom" + piece[12:])
            for _ in range(size // len(piece) - 1):
                file.write(piece)
    return path


@contextlib.asynccontextmanager
async def ours(address: str, folder: Path) -> AsyncIterator[Transfer]:
    """Ours; a session of its own for each time, because none is sent the same file twice."""
    sessions = itertools.count()
    async with NemoVideo(base_url=address, token="t") as nemo:
        yield lambda size: nemo.uploads.files(f"s{next(sessions)}", film(folder, size))


@contextlib.asynccontextmanager
async def bare(address: str, folder: Path) -> AsyncIterator[Transfer]:
    """Nothing but `read` and `sendall`, a megabyte at a time."""

    def send(size: int) -> bytes:
        head = f"POST {ROUTE} HTTP/1.1\r\nContent-Length: {size}\r\n\r\n"
        with connected(address) as sending, film(folder, size).open("rb") as file:
            sending.sendall(head.encode())
            while piece := file.read(MB):
                sending.sendall(piece)
            return sending.recv(65536)

    yield send


@contextlib.asynccontextmanager
async def with_aiohttp(address: str, folder: Path) -> AsyncIterator[Transfer]:
    """A form of aiohttp with an open file."""
    import aiohttp

    async with aiohttp.ClientSession() as session:

        async def send(size: int) -> None:
            with film(folder, size).open("rb") as file:
                form = aiohttp.FormData()
                form.add_field("files", file, filename="film.mp4", content_type="video/mp4")
                async with session.post(f"{address}{ROUTE}", data=form) as response:
                    await response.read()

        yield send


@contextlib.asynccontextmanager
async def with_openai(address: str, folder: Path) -> AsyncIterator[Transfer]:
    """`files.create` of openai with a `Path`."""
    import openai

    async with openai.AsyncOpenAI(api_key="key", base_url=address) as client:
        yield lambda size: client.files.create(file=film(folder, size), purpose="user_data")


@contextlib.asynccontextmanager
async def with_requests(address: str, folder: Path) -> AsyncIterator[Transfer]:
    """`files=` of requests."""
    import requests

    def send(size: int) -> None:
        with film(folder, size).open("rb") as file:
            requests.post(f"{address}{ROUTE}", files={"files": file}, timeout=100)

    yield lambda size: asyncio.to_thread(send, size)


if __name__ == "__main__":
    peers = {"aiohttp": with_aiohttp, "openai": with_openai, "requests": with_requests}
    compare("upload from disk", {"ours": ours, "bare": bare, **peers}, goal=1.5)
