"""Films that the real renderer made once, for every later order of the same in a test run.

A test of the client needs a real MP4, not a new one: an order for the same timeline of the same
files at the same size gets a copy. What is about rendering itself is not among these tests.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import attrs
import pytest

from nemovideo.emulator import rendering
from nemovideo.emulator.render import Rendered
from nemovideo.emulator.rendering import Order, Renderer

__all__ = ["remembered"]

_STEPS: Final = (0.25, 0.5, 0.75)
_PAUSE: Final = 0.1


@contextlib.contextmanager
def remembered(factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have the emulators of this process copy what was rendered before in this test run."""
    own = factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    films = Films(shared / "films")
    films.folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nemovideo.emulator.server.renderer", films.renderer)
        yield


@attrs.frozen
class Films:
    """The films in a folder, which all processes of a test run share."""

    folder: Path

    def renderer(self, scale: float) -> Renderer:
        """Return the real renderer with a memory; takes the place of `rendering.renderer`."""
        make = rendering.renderer(scale)

        async def render(
            order: Order, target: Path, on_progress: Callable[[float], None]
        ) -> Rendered:
            kept = self.folder / f"{_fingerprint(order, scale)}.json"
            if not kept.exists():
                made = await make(order, target, on_progress)
                self._keep(made, kept)
                return made
            for step in _STEPS:  # who orders a render wants to see it under way
                on_progress(step)
                await asyncio.sleep(_PAUSE)
            shutil.copyfile(kept.with_suffix(".mp4"), target)
            facts = json.loads(kept.read_text())
            return Rendered(target, **facts | {"notes": tuple(facts["notes"])})

        return render

    def _keep(self, made: Rendered, kept: Path) -> None:
        """Keep a film; its facts come last, since they tell others that it is there."""
        facts = {"duration": made.duration, "size": made.size, "notes": made.notes}
        own = kept.with_suffix(f".{os.getpid()}")
        shutil.copyfile(made.path, own)
        own.replace(kept.with_suffix(".mp4"))
        own.write_text(json.dumps(facts))
        own.replace(kept)


def _fingerprint(order: Order, scale: float) -> str:
    """What decides how a film looks: addresses and names of files do not, their content does."""
    draft = json.dumps(order.draft)
    for source, path in order.sources.items():
        draft = draft.replace(source, hashlib.sha256(path.read_bytes()).hexdigest())
    return hashlib.sha256(f"{draft} {order.quality} {scale}".encode()).hexdigest()
