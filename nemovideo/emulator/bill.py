"""What the emulator's work has cost so far: the figures that a test compares."""

from attrs import define

__all__ = ["Bill"]


@define(eq=False)
class Bill:
    """Counters over all accounts of one emulator.

    Attributes:
        runs: messages that the agent executed.
        renders: renders that were accepted; the same id twice counts once.
        credits: credits charged.
    """

    runs: int = 0
    renders: int = 0
    credits: int = 0
