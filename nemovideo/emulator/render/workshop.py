"""What a render worker can do: encode a stretch of frames, make the sound, join the parts."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2

from nemovideo.emulator.render.encoding import FilmWriter, join, write_sound
from nemovideo.emulator.render.fonts import undrawable
from nemovideo.emulator.render.reading import shortened
from nemovideo.emulator.render.soundtrack import soundtrack
from nemovideo.emulator.render.stage import Stage
from nemovideo.emulator.render.storyboard import storyboard

__all__ = ["Workshop"]


class Workshop:
    """The tools for one job: every order belongs to the same film."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._board = storyboard(job["draft"], job["scale"])
        self._sources = {source: Path(path) for source, path in job["sources"].items()}
        self._quality, self._threads = job["quality"], job["threads"]
        cv2.setNumThreads(self._threads)

    def work(self, order: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Does one order; yields what there is to report on the way."""
        file = Path(order["file"])
        match order["do"]:
            case "film":
                yield from self._film(range(*order["frames"]), file)
            case "sound":
                write_sound(file, soundtrack(self._board, self._sources))
            case "join":
                join(map(Path, order["films"]), Path(order["sound"]), file, self._board.fps)

    def _film(self, frames: range, file: Path) -> Iterator[dict[str, Any]]:
        yield from self._warnings(frames)
        board = self._board
        writer = FilmWriter(board.width, board.height, board.fps, self._quality, self._threads)
        for encoded in writer.write(file, self._stage.pictures(frames)):
            if encoded:
                yield {"encoded": encoded}

    def _warnings(self, frames: range) -> Iterator[dict[str, str]]:
        for title in self._board.titles:
            missing = undrawable(title.text) if title.first in frames else ""
            if missing:
                yield {"note": f"no installed font can draw: {shortened(missing)}"}

    @cached_property
    def _stage(self) -> Stage:
        return Stage(self._board, self._sources)
