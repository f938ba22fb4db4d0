"""Shares the frames of a film among workers so that all of them finish together."""

from collections import deque
from itertools import pairwise

__all__ = ["Workload"]

_SHORTEST = 14
"""Frames in the smallest stretch: every stretch costs a whole picture."""


class Workload:
    """The stretches still to be encoded.

    Each worker has a contiguous part of the film, cut into stretches that get shorter
    towards its end. A worker that is done takes the last stretch of whoever has most left.
    """

    def __init__(self, frames: int, workers: int) -> None:
        marks = [round(frames * part / workers) for part in range(workers + 1)]
        self._parts = [deque(_stretches(range(start, end))) for start, end in pairwise(marks)]

    def take(self, worker: int) -> range | None:
        """Hands out the next stretch for a worker, or nothing if none is left."""
        if self._parts[worker]:
            return self._parts[worker].popleft()
        fullest = max(self._parts, key=lambda part: sum(map(len, part)))
        return fullest.pop() if fullest else None


def _stretches(frames: range) -> list[range]:
    """Halves of what remains, down to the shortest."""
    if len(frames) < 2 * _SHORTEST:
        return [frames] if frames else []
    half = (len(frames) + 1) // 2
    return [frames[:half], *_stretches(frames[half:])]
