"""How often and after how long a request is repeated: values and arithmetic, no sleeping."""

import attrs

__all__ = ["RetryPolicy"]


@attrs.frozen
class RetryPolicy:
    """How requests that may be repeated are repeated.

    Reads and polls are repeated after every passing failure. Calls that create something are
    repeated only where the failure proves that nothing ran, and a chat message at most once.

    Attributes:
        attempts: Attempts in all; 1 switches repeats off.
        wait_initial: Seconds before the second attempt; doubled for each one after it.
        wait_max: The longest wait that is chosen here, in seconds.
        jitter: Up to so many seconds are added at random.
        retry_after_max: A longer `Retry-After` of the service is cut to this, in seconds.

    Example:
        ```python
        from nemovideo import NemoVideo, RetryPolicy

        nemo = NemoVideo(retry=RetryPolicy(attempts=2))
        ```
    """

    attempts: int = attrs.field(default=4, validator=attrs.validators.ge(1))
    wait_initial: float = 0.5
    wait_max: float = 8.0
    jitter: float = 0.5
    retry_after_max: float = 60.0
