"""The list of what was ordered to go wrong, and which request meets what."""

import re
import threading
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
            ValueError: it begins with neither a slash nor a method.
        """
        found = _SHAPE.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no path: write '/run_sse', 'POST /run_sse' or ''")
        pieces = (found["path"] or "").split("*")
        return cls(found["method"] or "", re.compile(".*".join(map(re.escape, pieces)), re.DOTALL))

    def fits(self, method: str, path: str) -> bool:
        """Tell whether a request is meant."""
        return self.method in {"", method} and self.path.match(path) is not None


@define(eq=False)
class Fault:
    """One thing that was ordered to go wrong.

    Args:
        name: the method of `Faults` that ordered it.
        mishap: what happens.
        patterns: the requests that it is meant for; one that fits is enough.
        times: how many requests meet it; `None` means all until it is cleared.
        number: its place among all that was ever ordered, from 1.
        hits: how many requests have met it.
    """

    name: str
    mishap: Mishap = field(repr=False)
    patterns: tuple[Pattern, ...] = field(repr=False)
    times: int | None
    number: int = field(repr=False)
    hits: int = field(default=0, init=False)
    _cleared: bool = field(default=False, init=False, repr=False)

    @property
    def stands(self) -> bool:
        """Whether the next request that fits will meet it."""
        return not self._cleared and (self.times is None or self.hits < self.times)

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
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)

    def add(self, name: str, mishap: Mishap, *patterns: Pattern, times: int | None = None) -> Fault:
        """Put a mishap at the end of the list."""
        with self._lock:
            self.ordered += 1
            fault = Fault(name, mishap, patterns, times, self.ordered)
            self._standing = [one for one in self._standing if one.stands] + [fault]
        return fault

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            for fault in self._standing:
                fault.clear()
            self._standing = []

    def meet(
        self,
        method: str,
        path: str,
        *kinds: type[_Kind],
        behind: tuple[type[Mishap], ...] = (),
    ) -> _Kind | None:
        """Return the first mishap of these kinds that is meant for a request, and count it.

        Args:
            method: the request's method.
            path: the request's path.
            kinds: what may happen at this place.
            behind: kinds that let nothing through: what was ordered after one of these, for the
                same request, waits for the next.
        """
        with self._lock:
            for fault in self._standing:
                if not isinstance(fault.mishap, kinds + behind) or not fault.fits(method, path):
                    continue
                if not isinstance(fault.mishap, kinds):
                    return None
                fault.hits += 1
                return fault.mishap
        return None

    def latest(self, kind: type[_Kind]) -> _Kind | None:
        """Return the last mishap of a kind that still stands, and count it."""
        with self._lock:
            for fault in reversed(self._standing):
                if isinstance(fault.mishap, kind) and fault.stands:
                    fault.hits += 1
                    return fault.mishap
        return None

    def expiries(self, since: int) -> list[Expiry]:
        """Return what has made a token worthless that was given out when `since` were ordered."""
        return [fault.mishap for fault in self._expired(since) if isinstance(fault.mishap, Expiry)]

    def refuses(self, since: int) -> bool:
        """Tell whether a token is worthless, and count the refusal."""
        with self._lock:
            expired = self._expired(since)
            for fault in expired[:1]:
                fault.hits += 1
        return bool(expired)

    def _expired(self, since: int) -> list[Fault]:
        return [
            fault
            for fault in self._standing
            if isinstance(fault.mishap, Expiry) and fault.stands and fault.number > since
        ]
