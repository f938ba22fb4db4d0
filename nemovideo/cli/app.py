"""The commands in one program, and how it ends."""

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from types import FrameType

from cyclopts import App, CycloptsError

from nemovideo.cli.doctor import doctor
from nemovideo.cli.failures import INTERRUPTED, as_json, exit_code, one_line
from nemovideo.cli.jobs import jobs
from nemovideo.cli.making import export, make
from nemovideo.cli.opening import ENDING, Ending
from nemovideo.cli.serving import kill_signs, serve
from nemovideo.cli.sessions import balance, chat, status
from nemovideo.cli.skills import skill
from nemovideo.cli.telling import remark, say_json
from nemovideo.errors import InputError, NemoVideoError
from nemovideo.settings import VERSION

__all__ = ["app", "run"]

app = App(
    name="nemovideo",
    help="Photos and a sentence in, a finished MP4 out.",
    help_format="plaintext",  # Markdown would take longer to load than all commands
    version=VERSION,
    exit_on_error=False,
    print_error=False,
    suppress_keyboard_interrupt=False,
)
for command in (make, chat, status, export, jobs, doctor):
    app.command(command)
app.command(balance, name="credits")
app.command(serve, name="emulator")
app.command(skill)
_COMMANDS = {*app}


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code.

    Args:
        arguments: What was typed behind `nemovideo`, by default of this process.
    """
    typed = list(sys.argv[1:] if arguments is None else arguments)
    ending = Ending()
    ENDING.set(ending)
    in_json = "--json" in typed
    with _polite_kill():
        try:
            code = app(typed, result_action="return_value") or 0
        except NemoVideoError as error:
            return _complained(error, ending, in_json=in_json)
        except CycloptsError as error:
            return _complained(_misused(error, typed), ending, in_json=in_json)
        except KeyboardInterrupt:
            return _stopped(ending, in_json=in_json)
    if not in_json:
        _say_way_on(ending)
    return int(code)


def _misused(error: CycloptsError, typed: Sequence[str]) -> InputError:
    command = f"{typed[0]} " if typed and typed[0] in _COMMANDS else ""
    return InputError(" ".join(str(error).split()), hint=f"See nemovideo {command}--help.")


def _stopped(ending: Ending, *, in_json: bool) -> int:
    if in_json:
        found = {"error": "Interrupted", "message": "stopped", "hint": ""}
        say_json({**found, "exit_code": INTERRUPTED, **ending.facts()})
    else:
        remark("nemovideo: stopped")
        _say_way_on(ending)
    return INTERRUPTED


def _complained(error: NemoVideoError, ending: Ending, *, in_json: bool) -> int:
    if in_json:
        say_json(as_json(error) | ending.facts())
    else:
        remark(f"nemovideo: {one_line(error)}")
        _say_way_on(ending)
    return exit_code(error)


def _say_way_on(ending: Ending) -> None:
    if ending.way_on:
        remark(f"nemovideo: to go on: {ending.way_on}")


@contextlib.contextmanager
def _polite_kill() -> Iterator[None]:
    """Let SIGTERM and a terminal's end do what Ctrl-C does; only the main thread may say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {sign: signal.signal(sign, _as_ctrl_c) for sign in kill_signs()}
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


def _as_ctrl_c(number: int, frame: FrameType | None) -> None:
    """Cancel the work where a loop runs, as its own handler of Ctrl-C does."""
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):
        handler = signal.default_int_handler
    handler(number, frame)
