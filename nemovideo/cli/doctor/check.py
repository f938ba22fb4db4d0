"""What one look finds, and the report that all of them make."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Literal, TypeAlias

import attrs

from nemovideo.cli.failures import advice
from nemovideo.cli.telling import harmless
from nemovideo.errors import NemoVideoError
from nemovideo.wire.refusals import without_tokens

__all__ = ["Check", "Report", "Verdict", "failed"]

Verdict: TypeAlias = Literal["ok", "warning", "failure"]
"""What is judged: it works; it works, but could be better or safer; something does not work."""

_A_MISTAKE: Final = "This is a mistake of nemovideo itself; tell its developers."


@attrs.frozen
class Check:
    """What one look found.

    Attributes:
        name: What was looked at, in a word.
        verdict: See `Verdict`.
        found: What is there, in one line without secrets.
        advice: What to do; empty where nothing is to be done.
    """

    name: str
    verdict: Verdict
    found: str
    advice: str = ""


@attrs.define
class Report:
    """All that was found, told as it is found; whatever is secret is taken out before."""

    _tell: Callable[[Check], None]
    checks: list[Check] = attrs.field(factory=list, init=False)
    _secrets: set[str] = attrs.field(factory=set, init=False, repr=False)

    def add(self, *checks: Check) -> None:
        """Take what was found into the report."""
        for check in checks:
            clean = attrs.evolve(
                check, found=self._clean(check.found), advice=self._clean(check.advice)
            )
            self.checks.append(clean)
            self._tell(clean)

    def hide(self, secret: str | None) -> None:
        """Let a secret be in no line, also where a service repeats it in words of its own."""
        if secret and secret.strip():
            self._secrets.add(secret.strip())

    def trying(self, name: str) -> "_Trying":
        """Make a line of whatever fails in the block; what is behind it goes on."""
        return _Trying(self, name)

    @property
    def exit_code(self) -> int:
        """Give 1 if something does not work; warnings count for nothing."""
        return int(any(check.verdict == "failure" for check in self.checks))

    def facts(self) -> dict[str, Any]:
        """Put the report into JSON."""
        code = self.exit_code
        return {"checks": [*map(attrs.asdict, self.checks)], "ok": not code, "exit_code": code}

    def _clean(self, text: str) -> str:
        for secret in sorted(self._secrets, key=len, reverse=True):  # one may hold another
            text = text.replace(secret, "..")
        return " ".join(without_tokens(harmless(text)).split())


@attrs.frozen
class _Trying:
    _report: Report
    _name: str

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        self._report.add(failed(self._name, error))
        return True


def failed(name: str, error: Exception) -> Check:
    """Say in a line that a look could not be taken, whatever was in its way."""
    match error:
        case NemoVideoError():
            return Check(name, "failure", error.message, advice(error))
        case TimeoutError():
            return Check(name, "failure", "it took too long", "Run it again.")
        case OSError():
            return Check(name, "failure", str(error), "See what stands in the way there.")
    return Check(name, "failure", f"{type(error).__name__}: {error}", _A_MISTAKE)
