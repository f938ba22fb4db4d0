"""The chat route: one message in, a stream of agent events out.

A run lives in a task of its own. It goes on when the client leaves (unless it was
ordered to end then), and its writes are in the state whether anyone listens or not.
A run that is cancelled, by that order or by the end of the world, has its stream cut.
"""

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from aiohttp import web
from attrs import define, field

from nemovideo.emulator.adk import HEARTBEAT, Invocation, frame
from nemovideo.emulator.agent import Board, Calling, Clip, Saying, Turn, take_turn
from nemovideo.emulator.answers import (
    TOKEN_INVALID,
    Refusal,
    body_invalid,
    broken_down,
    no_session_adk,
)
from nemovideo.emulator.bodies import clean, json_object, member
from nemovideo.emulator.mishaps import ClientGone, FailRun
from nemovideo.emulator.sessions import Session
from nemovideo.emulator.strikes import Dropped, hang_up
from nemovideo.emulator.telling import tell
from nemovideo.emulator.world import ACCOUNT, WORLD, World

__all__ = ["routes"]

routes = web.RouteTableDef()

_HEARTBEAT_SECONDS: Final = 5.0
_BEAT_SECONDS: Final = 0.004


class _FailedError(Exception):
    """A run that fails because it was ordered to."""

    def __init__(self, frame: bytes) -> None:
        super().__init__(frame)
        self.frame = frame


@define(eq=False)
class _Run:
    """A message being executed, and what a listener may still read of it."""

    session: Session
    text: str
    admitted: asyncio.Future[Refusal | None] = field(
        factory=lambda: asyncio.get_running_loop().create_future()
    )
    frames: asyncio.Queue[bytes | None] = field(factory=asyncio.Queue)
    cancelled: bool = False

    def end(self, work: asyncio.Task[None]) -> None:
        """Let the listener know that no more comes, and why."""
        self.cancelled = work.cancelled()
        self.admitted.cancel()
        self.frames.put_nowait(None)


@routes.post("/run_sse")
async def run_sse(request: web.Request) -> web.StreamResponse:
    """Run the agent on one message; a second one waits for its turn, then is judged."""
    world, body = request.app[WORLD], await json_object(request)
    text = _message(body)
    if (member(body, "app_name", str), member(body, "user_id", str)) != ("nemo_agent", "me"):
        raise no_session_adk()
    session = world.adk_session(request[ACCOUNT], member(body, "session_id", str))
    run = _Run(session, text)
    work = world.start(_execute(world, run))
    # Also a task that is cancelled before its first step ends like this.
    work.add_done_callback(run.end)
    try:
        # Who leaves while the message waits for its turn must not cancel the verdict on it.
        refusal = await asyncio.shield(run.admitted)
        if refusal is not None:
            raise refusal
        return await tell(request, partial(_next, request, run))
    except (asyncio.CancelledError, ConnectionError, Dropped):
        _abandon(world, work)
        raise


def _abandon(world: World, work: asyncio.Task[None]) -> None:
    if work.done():
        return
    order = world.docket.latest(ClientGone)
    if order is not None and order.mode == "cancel":
        work.cancel()


def _message(body: dict[str, Any]) -> str:
    message = member(body, "new_message", dict)
    parts = member(message, "parts", list, "new_message")
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    spoken = "\n".join(text for text in texts if isinstance(text, str))
    if not spoken:
        raise body_invalid("new_message", "parts")
    return clean(spoken)


async def _next(request: web.Request, run: _Run) -> bytes | None:
    try:
        frame = await asyncio.wait_for(run.frames.get(), _HEARTBEAT_SECONDS)
    except TimeoutError:
        return HEARTBEAT
    if frame is None and run.cancelled:
        hang_up(request)  # a clean end would mean "finished" (contract section 4)
    return frame


async def _execute(world: World, run: _Run) -> None:
    try:
        async with run.session.turn:
            turn = take_turn(run.text, _board(run.session))
            if _admit(run, turn):
                await _perform(world, run, turn)
    except _FailedError as failure:
        run.frames.put_nowait(failure.frame)
    except Exception:
        _break_down(run)
        raise
    finally:
        world.changed()


def _break_down(run: _Run) -> None:
    if not run.admitted.done():
        run.admitted.set_result(broken_down())
    run.frames.put_nowait(frame({"error": "The agent broke down"}))


def _admit(run: _Run, turn: Turn) -> bool:
    try:
        run.session.owner.require(turn.price)
    except Refusal as refusal:
        run.admitted.set_result(refusal)
        return False
    run.admitted.set_result(None)
    return True


async def _perform(world: World, run: _Run, turn: Turn) -> None:
    session, invocation = run.session, Invocation()
    failure = world.docket.meet("POST", "/run_sse", FailRun)
    if failure and failure.form == "refusal":
        raise _FailedError(_refused(world, run, failure))
    world.bill.runs += 1
    silent = turn.may_be_silent and session.falls_silent(world.silent)
    with session.owner.reserved(turn.price):
        for act in turn.script(silent=silent):
            for event in _events(invocation, act):
                await asyncio.sleep(_BEAT_SECONDS)
                run.frames.put_nowait(frame(event))
                if isinstance(act, Calling):
                    # Files are placed by the first tool of a turn, if by any.
                    session.draft, session.placed = act.draft, turn.placed
            if failure and (isinstance(act, Calling) or not turn.calls):
                raise _FailedError(invocation.failure(failure.message, failure.form))
    world.bill.credits += turn.price
    session.paid |= turn.price > 0


def _refused(world: World, run: _Run, failure: FailRun) -> bytes:
    if failure.code == TOKEN_INVALID:
        world.accounts.disown(run.session.owner.token)
    return frame({"code": failure.code, "message": failure.message})


def _events(invocation: Invocation, act: Saying | Calling) -> Iterator[dict[str, Any]]:
    if isinstance(act, Saying):
        return invocation.text(act.text)
    return invocation.tool(act.tool, act.args, {"draft": act.draft})


def _board(session: Session) -> Board:
    clips = [
        Clip(upload.name, upload.kind, upload.url, round((upload.duration or 0) * 1000))
        for upload in session.uploads
    ]
    return Board(
        session.draft,
        tuple(clips),
        session.placed,
        session.name,
        session.paid,
        session.language,
    )
