"""Looking after a message whose answer was lost, until it is known what became of it."""

import asyncio
from collections.abc import AsyncIterator

import attrs

from nemovideo.errors import AmbiguousSendError, APIError, NemoVideoError, TransportError
from nemovideo.models import Balance, Job, SessionState
from nemovideo.workflows.evidence import Look, Verdict, judge, next_gap
from nemovideo.workflows.toolbox import Toolbox

__all__ = ["Watch", "ambiguous", "look_at"]

_NO_BEFORE = "It was sent without a look at the session before, so that nothing can be compared."


async def look_at(tools: Toolbox, session_id: str) -> tuple[SessionState, Look]:
    """Look at a session and at the credits; without these the look says less.

    Raises:
        APIError: The state cannot be read; the subclass says why.
        TransportError: The network failed.
    """
    balance = asyncio.create_task(_balance(tools))
    try:
        state = await tools.state.latest(session_id)
        return state, Look.at(state, await balance)
    finally:
        balance.cancel()
        await asyncio.wait([balance])


async def _balance(tools: Toolbox) -> Balance | None:
    try:
        return await tools.credits.balance()
    except (APIError, TransportError):
        return None


@attrs.define
class Watch:
    """Looks again and again at what a lost message may have done.

    Attributes:
        verdict: What is known so far.
        state: The session at the last look, None before the first.
    """

    _tools: Toolbox
    _job: Job
    _limit: float
    verdict: Verdict = attrs.field(default="watch", init=False)
    state: SessionState | None = attrs.field(default=None, init=False)

    async def looks(self) -> AsyncIterator[float]:
        """Look until there is a verdict; give the seconds so far at each look.

        Trouble on the way only means that nothing was seen; a session that cannot be found any
        more proves nothing either, for it may be hidden (contract section 2, code 1001).
        """
        if self._job.before is None:
            self.verdict = "unclear"
            return
        before, seen = Look(**self._job.before), list[Look]()
        now = asyncio.get_running_loop().time
        began = now()
        while self.verdict == "watch":
            gap = next_gap(before, seen, self._tools.timeouts.lost_verdict)
            left = began + self._limit - now()
            if left <= 0:
                self.verdict = _last_word(before, seen)
                return
            await asyncio.sleep(min(gap, left))
            yield now() - began
            if not await self._saw(seen):
                return
            if seen:
                alone = await self._tools.ledger.is_alone(self._job)
                self.verdict = judge(before, seen, alone=alone)

    async def _saw(self, seen: list[Look]) -> bool:
        """Look once; False where looking again cannot help."""
        try:
            self.state, look = await look_at(self._tools, self._job.session_id or "")
        except (APIError, TransportError) as error:
            if not error.retryable:
                self.verdict = "unclear"
            return error.retryable
        seen.append(look)
        return True


def _last_word(before: Look, seen: list[Look]) -> Verdict:
    """What counts when the time is over: a change is a change, even while work goes on."""
    return "landed" if seen and seen[-1].digest != before.digest else "unclear"


def ambiguous(job: Job) -> NemoVideoError:
    """Say that nobody can tell what became of a message."""
    why = "" if job.before is not None else f" {_NO_BEFORE}"
    return AmbiguousSendError(
        f"The answer to a message in session {job.session_id} was lost, and nobody can tell yet "
        f"whether it was carried out.{why}",
        send_id=job.job_id,
        hint=f"Look again later with nemo.jobs.resolve({job.job_id!r}); do not send it again.",
    )
