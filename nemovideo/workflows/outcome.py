"""How a piece of work ended: with a video, or with the reason why there is none."""

import logging
from typing import Literal

import attrs

from nemovideo.errors import AmbiguousSendError, NemoVideoError
from nemovideo.jobs import JobPhase, VideoJob
from nemovideo.workflows.video import Video

__all__ = ["Outcome", "OutcomeStatus", "failure_of"]

_log = logging.getLogger("nemovideo")

OutcomeStatus = Literal["done", "waiting", "not_started", "not_landed", "ambiguous", "failed"]
"""How a job ended, see `Outcome.status`."""


@attrs.frozen
class Outcome:
    """How one job of a batch, or one that was recovered, ended.

    Attributes:
        job: What was ordered; None for a message or a render of its own.
        video: The video, None where there is none.
        error: Why there is none.
        job_id: What the ledger calls it; empty where it was not begun.
        phase: How far it came.
        is_open: Whether `nemo.jobs.recover` will go on with it.
        cost: The credits that its message cost, also where there is no video; None where they
            cannot tell, see `Reply.cost`.
    """

    job: VideoJob | None
    video: Video | None = None
    error: NemoVideoError | None = attrs.field(default=None, eq=False)
    job_id: str = ""
    phase: JobPhase = "planned"
    is_open: bool = False
    cost: float | None = None

    @property
    def status(self) -> OutcomeStatus:
        """How it ended.

        | status | meaning |
        | --- | --- |
        | `done` | the video is there, or the message was carried out |
        | `waiting` | no message was sent, and the job waits: `nemo.jobs.recover` carries it out |
        | `not_started` | no message was sent: order it again as you like |
        | `not_landed` | the message was lost and did nothing: order it again as you like |
        | `ambiguous` | nobody can tell what became of the message: `nemo.jobs.resolve` |
        | `failed` | `error` says why; what is left to go on with, `nemo.jobs.recover` takes up |
        """
        if self.error is None:
            return "done"
        if isinstance(self.error, AmbiguousSendError):
            return "ambiguous"
        if self.phase == "planned":
            return "waiting" if self.is_open else "not_started"
        if self.phase == "sending" and getattr(self.error, "delivered", "") == "no":
            return "not_landed"
        return "failed"


def failure_of(error: Exception) -> NemoVideoError:
    """Give what a job failed with; what nobody foresaw is its own failure too, and logged."""
    if isinstance(error, NemoVideoError):
        return error
    _log.error("A job failed unexpectedly", exc_info=error)
    failure = NemoVideoError(f"The job failed unexpectedly: {error!r}.")
    failure.__cause__ = error
    return failure
