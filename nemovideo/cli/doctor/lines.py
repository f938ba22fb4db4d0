"""A report for people: one line for each look, and what to do below it."""

from collections.abc import Mapping
from typing import Final

from rich.console import Console
from rich.text import Text

from nemovideo.cli.doctor.check import Check, Verdict
from nemovideo.cli.telling import say

__all__ = ["show"]

_COLOURS: Final[Mapping[Verdict, str]] = {"ok": "green", "warning": "yellow", "failure": "bold red"}
_VERDICT, _NAME = 9, 10


def show(check: Check) -> None:
    """Write what was found; in colours where a terminal shows it."""
    verdict, name = check.verdict.ljust(_VERDICT), check.name.ljust(_NAME)
    room = " " * (_VERDICT + _NAME)
    advice = f"\n{room}{check.advice}" if check.advice else ""
    console = Console()
    if not console.is_terminal:
        say(f"{verdict}{name}{check.found}{advice}")
        return
    line = Text.assemble(
        (verdict, _COLOURS[check.verdict]), f"{name}{check.found}", (advice, "dim")
    )
    console.print(line, soft_wrap=True)
