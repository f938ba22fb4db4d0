"""Many videos while everything goes wrong: `make soak`, and its share in `make test-slow`.

The real `make_videos` on tiny photos, against the emulator in the same loop, which counts what it
does. What goes wrong is planned in `troubles.py`, by a seed: the k-th trouble is ordered just
before the k-th call of its route leaves, so that it meets the k-th video or one that is at the
same point. The same seed gives the same plan; which video meets what also depends on the
scheduling of tasks, which nobody can seed.
"""

import argparse
import asyncio
import contextlib
import gc
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import attrs
import av
from PIL import Image

import nemovideo
from nemovideo import (
    MemoryTokenStore,
    NemoVideo,
    Outcome,
    Output,
    RequestStarted,
    RetryPolicy,
    Timeouts,
    VideoJob,
)
from nemovideo.emulator import Emulator
from nemovideo.emulator.faults import Fault, Faults
from tests.service.troubles import MESSAGE, ROUTES, Trouble, planned

__all__ = ["Figures", "run"]

PHOTOS: Final = Path(__file__).parents[2] / "examples" / "photos"
PROMPT: Final = "a 1-second slideshow with music"
PRICE: Final = 50
LEAST_VIDEOS: Final = 0.95
MOST_GROWTH: Final = 6 * 2**20
CALM: Final = 1.0
"""Seconds between two troubles with the token, which every video under way meets."""
# Short, yet longer than a busy machine takes for an answer.
HASTY: Final = Timeouts(
    request=20,
    stream_silence=1.5,
    stream_progress=1.2,
    render=600,
    render_first_look=0.1,
    render_near_end=0.1,
    render_missing=0.5,
    rate_limit=0.05,
    lost_verdict=1.5,
    lost_answer=15,
)


@attrs.define
class Director:
    """Orders each trouble of a plan when its turn has come; a hook of the client.

    What comes on top of another trouble may be one too many, so that a call is struck once: a
    POST that is made again is left alone, and two tokens do not expire in the same second.

    Attributes:
        plan: What is to go wrong.
        is_over: Whether nothing goes wrong any more.
        messages: The messages that left so far.
        ordered: The faults so far, with their counts of hits.
    """

    _faults: Faults
    plan: Sequence[Trouble]
    is_over: bool = attrs.field(default=False, init=False)
    messages: int = attrs.field(default=0, init=False)
    ordered: list[tuple[Trouble, Fault]] = attrs.field(factory=list, init=False)
    _turns: Counter[str] = attrs.field(factory=Counter, init=False)
    _due: defaultdict[str, list[Trouble]] = attrs.field(
        factory=lambda: defaultdict(list), init=False
    )
    _made: set[tuple[int, str]] = attrs.field(factory=set, init=False)
    _calm_until: float = attrs.field(default=0, init=False)

    def __call__(self, request: RequestStarted) -> None:
        """Take note of a request that is about to leave."""
        shown = f"{request.method} {urlsplit(request.url).path}"
        route = max((one for one in ROUTES if shown.startswith(one)), key=len, default="")
        self.messages += route == MESSAGE
        self._end_cancelling()
        if not self.is_over and self._is_first(shown):
            turn = self._turns[route]
            self._turns[route] += 1
            self._due[route] += [one for one in self.plan[turn : turn + 1] if one.route == route]
            self._strike(self._due[route])

    def _is_first(self, shown: str) -> bool:
        """Whether this task makes this call for the first time; each video has its own task."""
        call = id(asyncio.current_task()), shown
        is_first = call not in self._made
        if shown.startswith("POST"):
            self._made.add(call)
        return is_first

    def _strike(self, due: list[Trouble]) -> None:
        """Order the first that may come now; the others wait for the next call."""
        now = time.monotonic()
        for trouble in due:
            if trouble.is_about_token and now < self._calm_until:
                continue
            due.remove(trouble)
            if trouble.is_about_token:
                self._calm_until = now + CALM
            self.ordered.append((trouble, trouble.order(self._faults)))
            return

    def hits(self, name: str) -> int:
        """How many requests met the troubles whose names begin like this."""
        return sum(fault.hits for trouble, fault in self.ordered if trouble.name.startswith(name))

    def _end_cancelling(self) -> None:
        """Let one stream that broke end its run, not all that break from now on."""
        for trouble, fault in self.ordered:
            if trouble.name == "client_gone cancel" and fault.hits:
                fault.clear()


@attrs.define
class Figures:
    """What came of a run.

    Attributes:
        jobs: How many videos were ordered.
        seed: Of the plan.
        seconds: It took.
        at_first: Outcomes by status and error.
        in_the_end: The same, after one `jobs.recover()`.
        troubles: Requests that met a fault, by its kind.
        fatal: The troubles that allow no video, as far as they were ordered.
        messages: Messages that left.
        runs: Messages that were carried out.
        run_twice: Runs beyond one for each session.
        renders: Renders that were made.
        rendered_for_nothing: Renders beyond one for each video and each that failed by order.
        credits: What was charged.
        resident: Resident memory after each twentieth of the outcomes, in bytes.
        left: What was left behind, in words.
    """

    jobs: int
    seed: int
    seconds: float = 0
    at_first: Counter[str] = attrs.field(factory=Counter)
    in_the_end: Counter[str] = attrs.field(factory=Counter)
    troubles: Counter[str] = attrs.field(factory=Counter)
    fatal: list[str] = attrs.field(factory=list)
    messages: int = 0
    runs: int = 0
    run_twice: int = 0
    renders: int = 0
    rendered_for_nothing: int = 0
    credits: int = 0
    resident: list[int] = attrs.field(factory=list)
    left: list[str] = attrs.field(factory=list)

    @property
    def growth(self) -> int:
        """The highest memory of the second half above that of the first, in bytes."""
        half = len(self.resident) // 2
        return max(self.resident[half:]) - max(self.resident[:half])

    def complaints(self) -> list[str]:
        """Say in words what must not be."""
        musts = {
            f"{self.at_first['done']} of {self.jobs} are videos": (
                self.at_first["done"] >= LEAST_VIDEOS * self.jobs
            ),
            f"{self.at_first.total()} outcomes of {self.jobs}": (
                self.at_first.total() == self.in_the_end.total() == self.jobs
            ),
            f"{self.run_twice} runs too many": self.run_twice <= 0,
            f"{self.runs} runs of {self.messages} messages": self.runs <= self.messages,
            f"{self.credits} credits charged": self.credits <= PRICE * self.jobs,
            f"{self.rendered_for_nothing} renders too many": self.rendered_for_nothing == 0,
            f"memory grew by {self.growth / 2**20:.1f} MB": self.growth <= MOST_GROWTH,
        }
        return [*(words for words, holds in musts.items() if not holds), *self.left]

    def __str__(self) -> str:
        """All of it, a line for each."""
        lines = {
            "videos": f"{self.at_first['done']} of {self.jobs}, "
            f"{self.in_the_end['done']} in the end",
            "outcomes": _counted(self.at_first),
            "in the end": _counted(self.in_the_end),
            "troubles": _counted(self.troubles),
            "fatal": ", ".join(sorted(self.fatal)),
            "messages": f"{self.messages}, of which {self.runs} were carried out",
            "renders": f"{self.renders}",
            "credits": f"{self.credits}",
            "memory": f"{self.resident[0] / 2**20:.0f} MB to {self.resident[-1] / 2**20:.0f} MB, "
            f"second half above the first {self.growth / 2**20:+.1f} MB",
            "left behind": ", ".join(self.left) or "nothing",
            "took": f"{self.seconds:.0f} s",
            "seed": f"{self.seed}",
        }
        return "".join(f"{name}: {value}\n" for name, value in lines.items())


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[name]} {name}" for name in sorted(counts))


def run(jobs: int, *, at_once: int, seed: int) -> Figures:
    """Make so many videos in a loop of its own, and count."""
    figures = Figures(jobs, seed)
    with tempfile.TemporaryDirectory(prefix="soak-") as name, _temporary(Path(name) / "tmp") as tmp:
        gc.collect()
        before, began = _held(), time.monotonic()
        asyncio.run(_soaked(figures, at_once, Path(name)))
        figures.seconds = time.monotonic() - began
        gc.collect()
        figures.left += sorted(_held() - before)
        figures.left += [f"temporary {path.name}" for path in tmp.iterdir()]
    return figures


@contextlib.contextmanager
def _temporary(folder: Path) -> Iterator[Path]:
    """Let temporary files go where nobody else's are."""
    folder.mkdir()
    known, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield folder
    finally:
        tempfile.tempdir = known


async def _soaked(figures: Figures, at_once: int, folder: Path) -> None:
    videos = folder / "videos"
    videos.mkdir()
    wishes = _wishes(figures, _thumbnails(folder), videos)
    async with Emulator(credits=PRICE * figures.jobs, render_scale=1 / 24, silent=0) as emulator:
        director = Director(emulator.faults, planned(figures.jobs, figures.seed))
        client = NemoVideo(
            base_url=emulator.url,
            token_store=MemoryTokenStore(),
            ledger=folder / "ledger" / "jobs.sqlite3",
            timeouts=HASTY,
            retry=RetryPolicy(wait_initial=0.05, jitter=0.05),
            on_request=director,
        )
        async with client as nemo:
            ends = await _made(figures, nemo, wishes, at_once)
            director.is_over = True
            emulator.faults.clear()
            later = {outcome.job_id: outcome for outcome in await nemo.jobs.recover()}
            ends = [later.get(outcome.job_id, outcome) for outcome in ends]
            await emulator.settled()
        figures.left += _tasks_of_the_client()
        figures.in_the_end.update(map(_word, ends))
        _count(figures, emulator, director)
    figures.left += [f"task {task}" for task in asyncio.all_tasks() - {asyncio.current_task()}]
    figures.left += _wrong_files(videos, ends)


async def _made(
    figures: Figures, nemo: NemoVideo, wishes: Sequence[VideoJob], at_once: int
) -> list[Outcome]:
    """Make them all, and look at the memory now and then."""
    ends: list[Outcome] = []
    async with nemo.make_videos(wishes, limit=at_once) as outcomes:
        async for outcome in outcomes:
            ends.append(outcome)
            if len(ends) % max(1, len(wishes) // 20) == 0:
                gc.collect()
                figures.resident.append(_resident())
    figures.left += _tasks_of_the_client()
    figures.at_first.update(map(_word, ends))
    return ends


def _count(figures: Figures, emulator: Emulator, director: Director) -> None:
    """Read the bill, and hold it against the sessions and the files."""
    bill, sessions = emulator.bill, emulator._running().sessions
    edited = sum(1 for session in sessions.kept() if session["draft"] is not None)
    figures.runs, figures.renders, figures.credits = bill.runs, bill.renders, bill.credits
    figures.messages = director.messages
    # A run that was ended with its connection may have ended before its first edit.
    figures.run_twice = bill.runs - edited - director.hits("client_gone cancel")
    wanted = figures.in_the_end["done"] + director.hits("fail_render")
    figures.rendered_for_nothing = bill.renders - wanted
    for trouble, fault in director.ordered:
        figures.troubles[trouble.kind] += fault.hits
        figures.fatal += [trouble.name] if trouble.is_fatal else []


def _thumbnails(folder: Path) -> list[Path]:
    """The example photos, tiny."""
    made = []
    for photo in sorted(PHOTOS.glob("*.jpg")):
        with Image.open(photo) as picture:
            picture.thumbnail((96, 96))
            made.append(folder / photo.name)
            picture.save(made[-1])
    return made


def _wishes(figures: Figures, photos: Sequence[Path], videos: Path) -> list[VideoJob]:
    chance = random.Random(figures.seed)
    return [
        VideoJob(
            chance.sample(photos, chance.randint(1, 2)),
            PROMPT,
            videos / f"{number}.mp4",
            output=Output(quality="low"),
        )
        for number in range(figures.jobs)
    ]


def _word(outcome: Outcome) -> str:
    return outcome.status + (f" ({type(outcome.error).__name__})" if outcome.error else "")


def _tasks_of_the_client() -> list[str]:
    """Tasks that run code of the package, the emulator's apart."""
    package = str(Path(nemovideo.__file__).parent)
    wing = str(Path(package, "emulator"))
    places = {
        getattr(getattr(task.get_coro(), "cr_code", None), "co_filename", "")
        for task in asyncio.all_tasks()
    }
    return [f"task in {one}" for one in places if one.startswith(package) and wing not in one]


def _wrong_files(videos: Path, ends: Sequence[Outcome]) -> list[str]:
    """Files that are no whole video, that nobody was told of, or that are missing."""
    told = {outcome.video.path for outcome in ends if outcome.video}
    found = set(videos.iterdir())
    broken = [path for path in told & found if not _is_whole(path)]
    return [f"wrong file {path.name}" for path in (*(told ^ found), *broken)]


def _is_whole(path: Path) -> bool:
    """Decode all of it: a second of H.264 and AAC."""
    try:
        with av.open(str(path)) as container:
            names = {stream.codec_context.name for stream in container.streams}
            pictures = sum(1 for _ in container.decode(video=0))
        with av.open(str(path)) as container:
            seconds = sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))
    except av.FFmpegError:
        return False
    return names == {"h264", "aac"} and pictures == 30 and 0.9 < seconds < 1.15


def _held() -> set[str]:
    """What this process has open: files and sockets, threads, child processes."""
    ours = Path("/proc/self")
    held = {f"thread {thread.name}" for thread in threading.enumerate()}
    for link in (ours / "fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the listing itself
            held.add(f"file {link.name} {link.readlink()}")
    for task in (ours / "task").iterdir():
        with contextlib.suppress(FileNotFoundError):
            held |= {f"process {pid}" for pid in (task / "children").read_text().split()}
    return held


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _main() -> int:
    asked = argparse.ArgumentParser(description="Many videos while everything goes wrong.")
    asked.add_argument("--jobs", type=int, default=200)
    asked.add_argument("--at-once", type=int, default=20)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    figures = run(given.jobs, at_once=given.at_once, seed=given.seed)
    complaints = figures.complaints()
    sys.stdout.write(f"{figures}{''.join(f'NOT SO: {one}' + chr(10) for one in complaints)}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(_main())
