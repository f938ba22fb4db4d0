import math
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.errors import InputError
from nemovideo.retries import RetryPolicy

EXACT = RetryPolicy(jitter=0)
WAITS = ["wait_initial", "wait_max", "jitter", "retry_after_max"]


NUMBERS: list[Any] = ["3", True, None, Decimal(3)]
"""What looks like a number, and is none."""


@pytest.mark.parametrize("attempts", [0, -1, math.nan, *NUMBERS], ids=repr)
def test_a_retry_policy_makes_at_least_one_attempt(attempts: Any) -> None:
    """Zero attempts would be no call at all; what is refused is told as it was written."""
    with pytest.raises(InputError, match=rf"^attempts is {re.escape(repr(attempts))}\."):
        RetryPolicy(attempts=attempts)


@pytest.mark.parametrize("seconds", [-0.1, math.nan, *NUMBERS], ids=repr)
@pytest.mark.parametrize("name", WAITS)
def test_no_wait_can_be_less_than_nothing(name: str, seconds: Any) -> None:
    """It is told where the policy is made, not where somebody waits."""
    with pytest.raises(InputError, match=name):
        RetryPolicy(**{name: seconds})


@pytest.mark.parametrize("name", WAITS)
def test_every_wait_can_be_left_out(name: str) -> None:
    """Tests do not want to wait."""
    assert getattr(RetryPolicy(**{name: 0.0}), name) == 0  # type: ignore[arg-type]


def test_waits_are_doubled_up_to_the_longest() -> None:
    """The first failure is followed by the first wait."""
    assert [EXACT.wait(failures) for failures in range(1, 7)] == [0.5, 1, 2, 4, 8, 8]


@pytest.mark.parametrize(("asked", "waited"), [(0.0, 0.0), (7.0, 7.0), (3600.0, 60.0)])
def test_what_the_service_asks_for_is_waited(asked: float, waited: float) -> None:
    """Up to a minute, however often it failed."""
    assert RetryPolicy().wait(1, asked) == RetryPolicy().wait(9, asked) == waited


def test_clients_that_failed_together_do_not_come_back_together() -> None:
    """Each waits a little differently."""
    assert len({RetryPolicy().wait(1) for _ in range(20)}) > 1


@given(
    st.integers(1, 10_000),
    st.floats(0, 100),
    st.floats(0, 100),
    st.none() | st.floats(0, 1e9),
)
def test_every_wait_stays_in_its_bounds(
    failures: int, wait_max: float, jitter: float, asked: float | None
) -> None:
    """No wait is negative or longer than the policy allows."""
    policy = RetryPolicy(wait_max=wait_max, jitter=jitter)

    longest = wait_max if asked is None else policy.retry_after_max

    assert 0 <= policy.wait(failures, asked) <= longest
