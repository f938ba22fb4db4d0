"""The list of what was ordered to go wrong, and which request meets what."""

import re
import threading
from collections.abc import Iterator
from typing import Final, Self, TypeVar

from attrs import define, field, frozen

from nemovideo.emulator.mishaps import Expiry, Mishap

__all__ = ["Docket", "Fault", "Pattern"]

_METHODS: Final = "GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS"
_SHAPE: Final = re.compile(rf"(?P<method>{_METHODS})?(?:(?<=[A-Z])(?: |$)|^)(?P<path>/.*)?")

_Kind = TypeVar("_Kind", bound=Mishap)


@frozen
class Pattern:
    """Which requests are meant.

    Args:
        method: the HTTP method; empty means any.
        path: matches the beginning of a path.
    """

    method: str
    path: re.Pattern[str]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `"POST /api/render/*/cancel"`: a method, a path's beginning, both, or nothing.

        Raises:
            ValueError: it begins with neither a slash nor a method, or ends with a blank.
        """
        if not isinstance(text, str):
            raise ValueError(  # noqa: TRY004 - as for every other argument
                f"path must be a text such as 'POST /run_sse', not {text!r}"
            )
        if text != text.rstrip():
            raise ValueError(f"{text!r} is no path: leave out the blanks at its end")
        found = _SHAPE.fullmatch(text)
        if found is None:
            method = text.partition(" ")[0]
            capitals = f"the method in capitals, {method.upper()!r}; " if _small(method) else ""
            raise ValueError(
                f"{text!r} is no path: {capitals}write '/run_sse', 'POST /run_sse' or ''"
            )
        pieces = (found["path"] or "").split("*")
        return cls(found["method"] or "", re.compile(".*".join(map(re.escape, pieces)), re.DOTALL))

    def fits(self, method: str, path: str) -> bool:
        """Tell whether a request is meant."""
        return self.method in {"", method} and self.path.match(path) is not None


@define(eq=False)
class Fault:
    """One thing that was ordered to go wrong.

    Attributes:
        name: the method of `Faults` that ordered it.
        mishap: what happens.
        patterns: the requests that it is meant for; one that fits is enough.
        times: how many requests meet it; `None` means all until it is cleared.
        number: its place among all that was ever ordered, from 1.
        hits: how many requests have met it.
        held: how many requests have arrived that may yet meet it.
    """

    name: str
    mishap: Mishap = field(repr=False)
    patterns: tuple[Pattern, ...] = field(repr=False)
    times: int | None
    number: int = field(repr=False)
    hits: int = field(default=0, init=False)
    held: int = field(default=0, init=False, repr=False)
    _cleared: bool = field(default=False, init=False, repr=False)

    @property
    def stands(self) -> bool:
        """Whether the next request that fits will meet it."""
        return not self.over and (self.times is None or self.hits + self.held < self.times)

    @property
    def over(self) -> bool:
        """Whether no request can meet it any more."""
        return self._cleared or (self.times is not None and self.hits >= self.times)

    def clear(self) -> None:
        """Let no further request meet it; `hits` stays. Clearing twice does nothing."""
        self._cleared = True

    def fits(self, method: str, path: str) -> bool:
        """Tell whether it stands and is meant for this request."""
        return self.stands and any(pattern.fits(method, path) for pattern in self.patterns)


@define(eq=False)
class Docket:
    """All that was ordered from one emulator, in order; any thread may add to it and clear it."""

    ordered: int = field(default=0, init=False)
    _standing: list[Fault] = field(factory=list, init=False)
    _issued: dict[str, int] = field(factory=dict, init=False, repr=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)

    def add(self, name: str, mishap: Mishap, *patterns: Pattern, times: int | None = None) -> Fault:
        """Put a mishap at the end of the list."""
        with self._lock:
            self.ordered += 1
            fault = Fault(name, mishap, patterns, times, self.ordered)
            self._standing = [one for one in self._standing if not one.over] + [fault]
        return fault

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            for fault in self._standing:
                fault.clear()
            self._standing = []

    def meet(self, method: str, path: str, *kinds: type[_Kind]) -> _Kind | None:
        """Return the first mishap of these kinds that is meant for a request, and count it."""
        with self._lock:
            for fault in self._fitting(method, path):
                if isinstance(fault.mishap, kinds):
                    fault.hits += 1
                    return fault.mishap
        return None

    def hold(self, method: str, path: str, *kinds: type[Mishap]) -> Fault | None:
        """Return the first fault of these kinds that is meant for a request, and keep it for it.

        No other request meets it in its place, until `settle` has told what became of it.
        """
        with self._lock:
            for fault in self._fitting(method, path):
                if isinstance(fault.mishap, kinds):
                    fault.held += 1
                    return fault
        return None

    def settle(self, fault: Fault, *, met: bool) -> None:
        """Count a fault that was held, or give it back for the next request."""
        with self._lock:
            fault.held -= 1
            fault.hits += met

    def latest(self, kind: type[_Kind]) -> _Kind | None:
        """Return the last mishap of a kind that still stands, and count it."""
        with self._lock:
            for fault in reversed(self._standing):
                if isinstance(fault.mishap, kind) and fault.stands:
                    fault.hits += 1
                    return fault.mishap
        return None

    def issue(self, token: str) -> None:
        """Note a token that is given out: what was ordered before does not touch it."""
        self._issued[token] = self.ordered

    def expiries(self, token: str) -> list[Expiry]:
        """Return what has made a token worthless."""
        return [fault.mishap for fault in self._expired(token) if isinstance(fault.mishap, Expiry)]

    def refuses(self, token: str) -> bool:
        """Tell whether a token is worthless, and count the refusal."""
        with self._lock:
            expired = self._expired(token)
            for fault in expired[:1]:
                fault.hits += 1
        return bool(expired)

    def _fitting(self, method: str, path: str) -> Iterator[Fault]:
        return (fault for fault in self._standing if fault.fits(method, path))

    def _expired(self, token: str) -> list[Fault]:
        # A token of a world that was found again was out before anything was ordered.
        since = self._issued.get(token, 0)
        return [
            fault
            for fault in self._standing
            if isinstance(fault.mishap, Expiry) and fault.stands and fault.number > since
        ]


def _small(method: str) -> bool:
    return method != method.upper() and method.upper() in _METHODS.split("|")
