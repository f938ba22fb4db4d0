"""Looking after a message whose answer was lost, until it is known what became of it."""

import asyncio
import time

import attrs

from nemovideo.errors import AmbiguousSendError, APIError, DraftError, TransportError
from nemovideo.jobs import Job
from nemovideo.models import Balance, SessionState
from nemovideo.net.ledger import LONGEST_RUN
from nemovideo.workflows.evidence import LOOKS, Look, Verdict, judge, next_gap
from nemovideo.workflows.toolbox import Toolbox

__all__ = ["Watch", "ambiguous", "cost_of", "look_at"]

_NO_BEFORE = "It was sent without a look at the session before, so that nothing can be compared."


async def look_at(
    tools: Toolbox, session_id: str, *, patience: float | None = None
) -> tuple[SessionState, Look]:
    """Look at a session and at the credits; without these the look says less.

    Args:
        tools: The resources.
        session_id: The session.
        patience: Seconds for which the credits are still waited for when the session is known.

    Raises:
        APIError: The state cannot be read; the subclass says why.
        DraftError: Its timeline has a shape that no timeline has.
        TransportError: The network failed.
    """
    taken, balance = time.time(), asyncio.create_task(_balance(tools))
    try:
        state = await tools.state.latest(session_id)
        await asyncio.wait([balance], timeout=patience)
        return state, Look.at(state, balance.result() if balance.done() else None, taken)
    finally:
        balance.cancel()
        await asyncio.wait([balance])


async def _balance(tools: Toolbox) -> Balance | None:
    try:
        return await tools.credits.balance()
    except (APIError, TransportError):
        return None


async def cost_of(tools: Toolbox, job: Job, before: Look, after: Look) -> float | None:
    """Tell what a message cost, None where the credits cannot tell.

    They cannot where another message of the account was under way between the two looks.
    """
    is_alone = await tools.ledger.is_alone(job, before.taken or None)
    return before.spent_until(after) if is_alone else None


@attrs.define
class Watch:
    """Looks again and again at what a lost message may have done.

    Attributes:
        verdict: What is known so far.
        state: The session at the last look, None before the first.
        cost: What it cost, where it was carried out and the credits can tell.
        is_closed: Whether nobody will ever tell, so that the ledger has it among what has ended.
    """

    _tools: Toolbox
    _job: Job
    _limit: float
    verdict: Verdict = attrs.field(default="watch", init=False)
    state: SessionState | None = attrs.field(default=None, init=False)
    cost: float | None = attrs.field(default=None, init=False)
    is_closed: bool = attrs.field(default=False, init=False)
    _is_followed: bool = attrs.field(default=False, init=False)
    _seen: list[Look] = attrs.field(factory=list, init=False)
    _began: float = attrs.field(factory=lambda: asyncio.get_running_loop().time(), init=False)

    async def finish(self) -> None:
        """Look until there is a verdict, and write it down."""
        while self.verdict == "watch":
            await self.step()
        if self.verdict == "landed":
            before, after = Look.kept(self._job.before or {}), self._seen[-1]
            self.cost = await cost_of(self._tools, self._job, before, after)
            await self._tools.ledger.answered(self._job)
        elif self.verdict == "not_landed":
            await self._tools.ledger.end(self._job, "not landed")
        elif self._is_over():
            self.is_closed = True
            await self._tools.ledger.close(self._job)

    async def step(self) -> float:
        """Wait for the time of the next look, and look; give the seconds so far.

        Trouble on the way only means that nothing was seen; a session that cannot be found any
        more proves nothing either, for it may be hidden (contract section 2, code 1001).
        """
        now = asyncio.get_running_loop().time
        if self._job.before is None:
            self.verdict = "unclear"
            return 0.0
        before = Look.kept(self._job.before)
        span = self._tools.timeouts.lost_verdict
        limit = min(self._limit, span) if self._is_old else self._limit
        gap, left = next_gap(before, self._seen, span), self._began + limit - now()
        await asyncio.sleep(max(0.0, min(gap, left)))
        if await self._saw():
            self.verdict = await self._judged(before)
        if self.verdict == "watch" and left <= gap:
            self.verdict = _last_word(before, self._seen)
        return now() - self._began

    @property
    def _is_old(self) -> bool:
        """Whether its own run has ended, so that what is reserved belongs to others."""
        return self._job.changed < time.time() - LONGEST_RUN

    def _is_over(self) -> bool:
        """Tell whether a message of its own is so old that a later look would see no more."""
        if self._job.kind != "message" or not self._is_old:
            return False
        known = [look for look in self._seen[-LOOKS:] if look.available is not None]
        is_blind = (self._job.before or {}).get("available") is None
        return self._is_followed or len(self._seen if is_blind else known) >= LOOKS

    async def _saw(self) -> bool:
        """Look once; where looking again cannot help, nobody will ever tell."""
        try:
            self.state, look = await look_at(self._tools, self._job.session_id or "")
        except DraftError:
            self.verdict = "unclear"
            return False
        except (APIError, TransportError) as error:
            if not error.retryable:
                self.verdict = "unclear"
            return False
        self._seen.append(look)
        return True

    async def _judged(self, before: Look) -> Verdict:
        ledger = self._tools.ledger
        is_changed = self._seen[-1].digest != before.digest
        self._is_followed = is_changed and await ledger.is_followed(self._job)
        if self._is_followed:
            return "unclear"  # a later message of the session may have changed it
        alone = await ledger.is_alone(self._job, before.taken or None)
        return judge(before, self._seen, alone=alone)


def _last_word(before: Look, seen: list[Look]) -> Verdict:
    """What counts when the time is over: a change is a change, even while work goes on."""
    return "landed" if seen and seen[-1].digest != before.digest else "unclear"


def ambiguous(job: Job, *, is_closed: bool = False) -> AmbiguousSendError:
    """Say that nobody can tell what became of a message, not yet or never."""
    what = (
        f"The answer to a message in session {job.session_id} was lost, and nobody can tell"
        f"{'' if is_closed else ' yet'} whether it was carried out."
    )
    if is_closed:
        hint = "Too much has happened since: look at the timeline, and say what it lacks."
        return AmbiguousSendError(what, send_id=job.job_id, hint=hint)
    if job.before is None:
        hint = f"Read the state of the session, then nemo.jobs.forget({job.job_id!r})."
        return AmbiguousSendError(f"{what} {_NO_BEFORE}", send_id=job.job_id, hint=hint)
    hint = f"Look again later with nemo.jobs.resolve({job.job_id!r}); do not send it again."
    return AmbiguousSendError(what, send_id=job.job_id, hint=hint)
