"""How often and after how long a request is repeated: values and arithmetic, no sleeping."""

import random
from typing import Any

import attrs

from nemovideo.draft.parts import number, shown
from nemovideo.errors import InputError

__all__ = ["RetryPolicy"]


def _require(_: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    least = 1 if attribute.name == "attempts" else 0
    if number(value) is None or not value >= least:  # `NaN` is not, either
        raise InputError(
            f"{attribute.name} is {shown(value)}.", hint=f"It must be {least} or more."
        )


@attrs.frozen
class RetryPolicy:
    """How requests that may be repeated are repeated.

    Reads are repeated after every passing failure. Calls that create something are repeated only
    where the failure proves that nothing ran, and a chat message at most once.

    Attributes:
        attempts: Attempts in all; of a download, those from one address that come no further. 1
            switches repeats off, with two exceptions: a free token that has ended is replaced
            once, and whoever waits for a render goes on asking.
        wait_initial: Seconds before the second attempt; doubled for each one after it.
        wait_max: The longest wait that is chosen here, in seconds.
        jitter: Up to so many seconds are added at random.
        retry_after_max: A longer `Retry-After` of the service is cut to this, in seconds.

    Raises:
        InputError: Less than one attempt, a wait below 0, or no int or float.

    Example:
        ```python
        from nemovideo import NemoVideo, RetryPolicy

        nemo = NemoVideo(retry=RetryPolicy(attempts=2))
        ```
    """

    attempts: int = attrs.field(default=4, validator=_require)
    wait_initial: float = attrs.field(default=0.5, validator=_require)
    wait_max: float = attrs.field(default=8.0, validator=_require)
    jitter: float = attrs.field(default=0.5, validator=_require)
    retry_after_max: float = attrs.field(default=60.0, validator=_require)

    def wait(self, failures: int, asked: float | None = None) -> float:
        """Give the seconds until the next attempt.

        Args:
            failures: How many attempts have failed.
            asked: For how long the service asked to wait, None where it did not.
        """
        if asked is not None:
            return min(asked, self.retry_after_max)
        spread = self.jitter * random.random()  # noqa: S311  # keeps clients apart, keeps no secret
        return min(self.wait_initial * 2.0 ** min(failures - 1, 100) + spread, self.wait_max)
