import random

import pytest

from nemovideo.emulator.render.workload import Workload


def drained(work: Workload, order: list[int]) -> list[range]:
    return [frames for frames in map(work.take, order) if frames is not None]


@pytest.mark.parametrize("frames", [1, 2, 13, 14, 29, 60, 450, 1801])
@pytest.mark.parametrize("workers", [1, 2, 3, 4])
def test_every_frame_is_handed_out_once(frames: int, workers: int) -> None:
    """Whoever asks and in whichever order, the film is whole."""
    order = [random.Random(frames).randrange(workers) for _ in range(200)]

    taken = drained(Workload(frames, workers), order)

    assert sorted(frame for part in taken for frame in part) == list(range(frames))


def test_a_worker_begins_with_its_own_part_in_order() -> None:
    """Neighbouring stretches go to the same worker, which has their pictures at hand."""
    work = Workload(450, 2)

    assert work.take(0) == range(113)
    assert work.take(1) == range(225, 338)
    assert work.take(0) == range(113, 169)


def test_an_idle_worker_takes_the_end_of_the_longest_part() -> None:
    """The slower worker is helped from behind, where it would come last."""
    work = Workload(450, 2)
    while (taken := work.take(0)) and taken.stop <= 225:
        pass

    assert taken == range(436, 450)


def test_the_last_stretches_are_short() -> None:
    """What one worker still does while the others have nothing left is little."""
    work = Workload(450, 1)
    stretches = [taken for taken in iter(lambda: work.take(0), None) if taken]

    assert len(stretches[-1]) < 28
    assert len(stretches) <= 6
