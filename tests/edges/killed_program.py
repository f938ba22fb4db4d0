"""A program that makes a video and is killed at a named point, or goes on with what is left.

Each trap lets the real code run up to a point of its own and ends the process there with
SIGKILL: nothing is cleaned up, no `finally` runs, no buffer is flushed.

    killed_program.py make URL FOLDER POINT [bytes]
    killed_program.py recover URL FOLDER    (once for each line that it reads)
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from nemovideo import FileTokenStore, Media, NemoVideo, Outcome, Timeouts
from nemovideo.events import ToolCall
from nemovideo.net import downloads
from nemovideo.net.bodies import FilesBody, JSONBody
from nemovideo.net.ledger import Ledger
from nemovideo.net.streaming import EventStream
from nemovideo.resources import Uploads

PHOTOS: Final = Path(__file__).parents[2] / "examples" / "photos"
PROMPT: Final = "a 2-second slideshow with music"
QUICK: Final = Timeouts(
    request=20,
    render=30,
    render_first_look=0.05,
    render_near_end=0.05,
    render_missing=0.3,
    lost_verdict=0.6,
    lost_answer=10,
)


def die() -> None:
    """End this process at once, as the kernel or a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def dying(
    owner: Any, name: str, *, before: bool = False, here: Callable[..., bool] = lambda *_: True
) -> None:
    """Die just before or just after a coroutine of the package has run, where `here` says so."""
    real = getattr(owner, name)

    async def run(*args: Any, **kwargs: Any) -> Any:
        if before and here(*args):
            die()
        result = await real(*args, **kwargs)
        if here(*args):
            die()
        return result

    put(owner, run, name)


def put(owner: Any, trap: Callable[..., Any], name: str = "") -> None:
    """Put a trap around a function of the package, which it calls."""
    setattr(owner, name or trap.__name__, trap)


def at_first_file() -> None:
    """Die when the first of the files is out, with the second still to be read."""
    real = FilesBody.write

    async def write(body: FilesBody, writer: Any) -> None:
        body._on_sent = lambda _: die()
        await real(body, writer)

    put(FilesBody, write)


def at_event(is_it: Callable[[Any], bool]) -> None:
    """Die when the stream hands out such an event; None is its clean end."""
    real = EventStream.__anext__

    async def step(events: EventStream) -> Any:
        event = None
        try:
            event = await real(events)
        finally:
            if is_it(event):
                die()
        return event

    put(EventStream, step, "__anext__")


def at_half_of_the_file() -> None:
    """Die when half of the file is written; small pieces, since the file is small."""
    real = downloads._write

    async def write(answer: Any, part: Path, have: int, on_bytes: Any) -> None:
        def count(done: int, total: int | None) -> None:
            on_bytes(done, total)
            if total is not None and done * 2 >= total:
                die()

        await real(answer, part, have, count)

    downloads._PIECE = 4096  # type: ignore[misc]  # a size, no behaviour
    put(downloads, write, "_write")


def at_rename() -> None:
    """Die when the file is whole and only its name is missing."""
    put(downloads, lambda *_: die(), "_rename")


def carries(word: str) -> Callable[..., bool]:
    """Tell a body by a word that only it holds."""
    return lambda body, *_: word in body.decode()


def in_phase(phase: str) -> Callable[..., bool]:
    """Tell a row of the ledger by its phase, and by its session being known."""
    return lambda _, __, job: job.phase == phase and job.session_id is not None


TRAPS: Final[dict[str, Callable[[], None]]] = {
    # The token is kept on the disk; nothing else was asked for.
    "token": lambda: dying(FileTokenStore, "save"),
    # The session's id is in the ledger.
    "session": lambda: dying(Ledger, "_update", here=in_phase("planned")),
    "first upload": at_first_file,
    # The answer to the upload was read.
    "last upload": lambda: dying(Uploads, "files"),
    # The row is there, and the right to send was not taken yet.
    "intent": lambda: dying(Ledger, "_update", before=True, here=in_phase("sending")),
    # The right was taken, and nothing was sent.
    "claimed": lambda: dying(Ledger, "_update", here=in_phase("sending")),
    # The last byte of the message went to the kernel.
    "request body": lambda: dying(JSONBody, "write", here=carries('"new_message"')),
    "first event": lambda: at_event(lambda _: True),
    "tool": lambda: at_event(lambda event: isinstance(event, ToolCall)),
    # The clean end of the body was read, and not noted yet.
    "end of stream": lambda: at_event(lambda event: event is None),
    "answered": lambda: dying(Ledger, "answered"),
    # The render's id is in the ledger, and no order is out.
    "render intent": lambda: dying(Ledger, "_update", here=in_phase("submitted")),
    # The last byte of the order went to the kernel.
    "render order": lambda: dying(JSONBody, "write", here=carries('"sessionId"')),
    "half of the part": at_half_of_the_file,
    "rename": at_rename,
}


def client(url: str, folder: Path) -> NemoVideo:
    """Make a client whose token and ledger outlive it."""
    store, books = FileTokenStore(folder / "state"), folder / "state" / "jobs.sqlite3"
    return NemoVideo(base_url=url, token_store=store, ledger=books, timeouts=QUICK)


async def make(url: str, folder: Path, *, in_memory: bool) -> None:
    """Make a video of two photos."""
    paths = sorted(PHOTOS.glob("*.jpg"))[:2]
    photos: list[Media] = [path.read_bytes() if in_memory else path for path in paths]
    async with client(url, folder) as nemo:
        await nemo.make_video(photos, PROMPT, folder / "out" / "out.mp4")


async def recover(url: str, folder: Path) -> None:
    """Go on with what is left, and print how it ended."""
    async with client(url, folder) as nemo:
        outcomes = await nemo.jobs.recover()
        still_open = len(await nemo.jobs.list())
    say(json.dumps({"outcomes": list(map(told, outcomes)), "open": still_open}))


def say(line: str) -> None:
    """Tell whoever started this program."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def told(outcome: Outcome) -> dict[str, Any]:
    """Put an outcome into JSON."""
    error = outcome.error
    return {
        "status": outcome.status,
        "path": str(outcome.video.path) if outcome.video else "",
        "duration": outcome.video.duration if outcome.video else 0,
        "error": [kind.__name__ for kind in type(error).__mro__] if error else [],
        "delivered": getattr(error, "delivered", ""),
    }


def main(what: str, url: str, folder: str, point: str = "", given: str = "") -> None:
    """Do what was asked for."""
    if what == "make":
        TRAPS[point]()
        asyncio.run(make(url, Path(folder), in_memory=given == "bytes"))
        return
    say("ready")
    for _ in sys.stdin:
        asyncio.run(recover(url, Path(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:])
