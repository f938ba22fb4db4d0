"""What users may watch of each attempt: hooks and log records, free of secrets."""

import contextlib
import inspect
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Final, TypeAlias

import attrs

from nemovideo.errors import ConfigurationError, NemoVideoError
from nemovideo.models import RequestEnded, RequestStarted
from nemovideo.net.calls import Call

__all__ = ["Hooks", "OnRequest", "OnResponse", "tell_repeat"]

OnRequest: TypeAlias = Callable[[RequestStarted], Any]
"""What callers pass as `on_request`; a plain function, called just before each attempt."""

OnResponse: TypeAlias = Callable[[RequestEnded], Any]
"""What callers pass as `on_response`; a plain function, called when the answer's head is there."""

_Ended: TypeAlias = Callable[[int, Mapping[str, str]], None]
"""To be called with the status and the headers of the answer."""

_SECRET: Final = frozenset({"authorization", "x-client-id"})
_log = logging.getLogger("nemovideo")


def _require_plain(_: Any, attribute: "attrs.Attribute[Any]", hook: Any) -> None:
    if inspect.iscoroutinefunction(hook) or inspect.iscoroutinefunction(type(hook).__call__):
        raise ConfigurationError(
            f"{attribute.name} is an async function.", hint="Give a plain one; it must not wait."
        )


_UNWATCHED: Final = contextlib.nullcontext[_Ended](lambda *_: None)


@attrs.define(eq=False)
class Hooks:
    """The functions of one client that hear of each attempt, and the log that always does.

    What a hook raises is logged once and never costs the request.
    """

    on_request: OnRequest | None = attrs.field(default=None, validator=_require_plain)
    on_response: OnResponse | None = attrs.field(default=None, validator=_require_plain)
    _complained: bool = attrs.field(default=False, init=False)

    def watching(self, call: Call) -> AbstractContextManager[_Ended]:
        """Tell of one attempt: that it starts, and how it ends, by an answer or by an error."""
        if self.on_request or self.on_response or _log.isEnabledFor(logging.DEBUG):
            return self._watching(call)
        return _UNWATCHED

    @contextlib.contextmanager
    def _watching(self, call: Call) -> Iterator[_Ended]:
        shown = {
            name: ".." if name.lower() in _SECRET else call.headers[name] for name in call.headers
        }
        request = RequestStarted(call.method, call.origin + call.path, shown)
        self._call(self.on_request, request)
        began, answered = time.perf_counter(), False

        def ended(status: int, headers: Mapping[str, str]) -> None:
            nonlocal answered
            answered = True
            request_id = headers.get("X-Request-Id")
            self._tell(RequestEnded(request, time.perf_counter() - began, status, request_id))

        try:
            yield ended
        except BaseException as error:
            if not answered:
                kind = type(error).__name__
                self._tell(RequestEnded(request, time.perf_counter() - began, error=kind))
            raise

    def _tell(self, end: RequestEnded) -> None:
        _log.debug(
            "%s %s: %s after %.3f s",
            end.request.method,
            end.request.url,
            end.status or end.error,
            end.seconds,
            extra={
                "nemo_method": end.request.method,
                "nemo_url": end.request.url,
                "nemo_status": end.status,
                "nemo_error": end.error,
                "nemo_seconds": end.seconds,
                "nemo_request_id": end.request_id,
            },
        )
        self._call(self.on_response, end)

    def _call(self, hook: Callable[[Any], Any] | None, told: Any) -> None:
        if hook is None:
            return
        try:
            hook(told)
        except Exception:  # noqa: BLE001  # whatever a user's function raises
            if not self._complained:
                _log.exception("A hook failed; the request goes on")
            self._complained = True


def tell_repeat(failure: NemoVideoError, seconds: float) -> None:
    """Log that a request is made again after a pause, and why."""
    extra = {"nemo_error": type(failure).__name__, "nemo_pause": seconds}
    _log.info("%s; again in %.1f s", failure.message.rstrip("."), seconds, extra=extra)
