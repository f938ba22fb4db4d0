"""Composes the frames of a film: pictures under the camera, transitions, titles."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from nemovideo.emulator.render.lettering import Lettering, blend, letter
from nemovideo.emulator.render.motion import view
from nemovideo.emulator.render.mounting import card_size
from nemovideo.emulator.render.pixels import Planes, fill, mix, shoot
from nemovideo.emulator.render.reels import Reel
from nemovideo.emulator.render.storyboard import Storyboard, Title

__all__ = ["Stage"]

_KEPT = 4
"""Neighbours in a transition, and what a stolen stretch may ask for again."""

_SEEN = 32
"""Titles seen at once: more than find a place of their own; each costs some megabytes."""


class Stage:
    """Draws any frame of a film; keeps the few pictures at hand that are needed next."""

    def __init__(self, board: Storyboard, sources: Mapping[str, Path]) -> None:
        self._board, self._sources = board, sources
        self._reel = lru_cache(_KEPT)(self._open)
        self._lettering = lru_cache(_SEEN)(self._set)
        self._spare = _blank(board.width, board.height)

    def pictures(self, frames: range) -> Iterator[Planes]:
        """Yields the frames of a stretch; each is overwritten by the next."""
        picture = _blank(self._board.width, self._board.height)
        for frame in frames:
            self._compose(frame, picture)
            yield picture

    def _compose(self, frame: int, into: Planes) -> None:
        match self._board.layers(frame):
            case ():
                fill(into)
            case ((index, weight),):
                self._film(index, frame, into)
                if weight < 1:
                    mix(into, weight, None, into)
            case ((index, weight), (other, _)):
                self._film(index, frame, into)
                self._film(other, frame, self._spare)
                mix(into, weight, self._spare, into)
        for title in self._board.titles:
            lettering = self._lettering(title) if title.opacity(frame) else None
            if lettering:
                blend(lettering, title.opacity(frame), into)

    def _film(self, index: int, frame: int, into: Planes) -> None:
        shot, board = self._board.shots[index], self._board
        seen = view(
            shot.motion,
            shot.progress(frame),
            frames=shot.last - shot.first,
            width=board.width,
            height=board.height,
        )
        moment = (frame - shot.start) / board.fps + shot.trim
        shoot(self._reel(index).at(moment), seen, into)

    def _open(self, index: int) -> Reel:
        shot, size = self._board.shots[index], (self._board.width, self._board.height)
        if shot.motion != "none":
            size = card_size(*size)
        return Reel.of(self._sources[shot.source], shot.name, shot.kind, size)

    def _set(self, title: Title) -> Lettering | None:
        return letter(title.text, title.position, self._board.width, self._board.height)


def _blank(width: int, height: int) -> Planes:
    half = (height // 2, width // 2)
    return np.empty((height, width), np.uint8), np.empty(half, np.uint8), np.empty(half, np.uint8)
