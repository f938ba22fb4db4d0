"""A share of `make soak`: many videos while everything goes wrong."""

import inspect
import sys

import pytest

from nemovideo.emulator.faults import Faults
from tests.service.soak import run
from tests.service.troubles import kinds, planned

JOBS = 40


def test_no_kind_of_fault_is_missing_from_the_mix() -> None:
    """Every method by which a fault is ordered; `clear` orders none."""
    methods = {name for name, _ in inspect.getmembers(Faults, inspect.isfunction) if name[0] != "_"}

    assert kinds() == methods - {"clear"}


@pytest.mark.parametrize("jobs", [JOBS, 200])
@pytest.mark.parametrize("seed", range(5))
def test_a_plan_has_every_kind_and_few_that_allow_no_video(jobs: int, seed: int) -> None:
    """The same for the same seed; what allows no video has no more than 3 %."""
    plan = planned(jobs, seed)

    assert plan == planned(jobs, seed)
    assert plan != planned(jobs, seed + 1)
    assert len(plan) == jobs
    assert {trouble.kind for trouble in plan} == kinds()
    assert 1 <= sum(trouble.is_fatal for trouble in plan) <= 0.03 * jobs


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_whatever_goes_wrong_videos_come_and_nothing_is_paid_twice() -> None:
    """Almost all become videos, each paid and rendered once, and nothing is left behind."""
    figures = run(JOBS, at_once=20, seed=1)

    assert figures.complaints() == [], str(figures)
    assert {kind for kind, hits in figures.troubles.items() if hits} == kinds(), str(figures)
