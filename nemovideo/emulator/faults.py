"""Faults by name: how a test orders a request to fail in the way that it wants to see."""

from datetime import datetime
from typing import Final, Literal, get_args

from attrs import define, field

from nemovideo.emulator import arguments, refusing
from nemovideo.emulator.answers import OUT_OF_CREDITS
from nemovideo.emulator.docket import Docket, Fault, Pattern
from nemovideo.emulator.mishaps import (
    AnswerShape,
    ClientGone,
    CutDownload,
    CutStream,
    Delay,
    Drop,
    Duplicate,
    Expiry,
    FailRender,
    FailRun,
    HeartbeatsOnly,
    LoseRender,
    Mishap,
    Slow,
)

__all__ = ["Fault", "Faults"]

Shape = Literal["code", "success", "detail", "detail_list", "text", "html", "empty", "cut"]
FailureForm = Literal["error", "unescaped", "system", "flat", "refusal"]

_CHAT: Final = (Pattern.parse("POST /run_sse"),)
_SUBMIT: Final = (Pattern.parse("POST /api/render/proxy/lambda"),)
_FILES: Final = tuple(
    Pattern.parse(path) for path in ("GET /media/", "GET /renders/", "GET /api/render/*/download")
)


@define(eq=False)
class Faults:
    """What goes wrong in an emulator, by order.

    Each method orders one fault and returns it: `fault.hits` counts the requests that met it,
    `fault.clear()` ends it, `emulator.faults.clear()` ends all. Faults may be ordered before the
    emulator starts and from any thread, and they outlive a restart.

    Most take a `path`: a path's beginning in which `*` stands for anything, with or without a
    method in front (`"POST /api/render/*/cancel"`, `"/run_sse"`, `"GET"`); `""` means every
    request, those to the second port included. Most take `times`, how many requests meet the
    fault; `None` means all until it is cleared.

    Faults are tried in the order in which they were given. Of those that decide what becomes of
    an answer (`drop_before_request`, `drop_after_request`, `cut_stream`, `heartbeats_only`,
    `rate_limit`, `html_502`, `refuse`, `cut_download`) a request meets one, and the next request
    the next, also of requests under way at once; the others come beside it. Which one it is, is
    settled when the request arrives: one that finds no stream or file to strike, since the request
    was refused, is given back for the next to arrive. Every method raises `ValueError` for an
    argument that cannot be meant.

    Example:
        ```python
        from nemovideo import NemoVideo
        from nemovideo.emulator import Emulator

        async with Emulator() as emulator, NemoVideo(base_url=emulator.url) as nemo:
            fault = emulator.faults.rate_limit(0.1, "GET /api/credits")
            balance = await nemo.credits.balance()
            assert fault.hits == 1
        ```
    """

    _docket: Docket = field(repr=False)

    def clear(self) -> None:
        """End all faults; the counts of those that were returned stay."""
        self._docket.clear()

    def drop_before_request(self, path: str = "", *, times: int | None = 1) -> Fault:
        """Reset the connection once a request's head was read; nothing is carried out.

        Args:
            path: which requests.
            times: how many of them.
        """
        return self._requests("drop_before_request", Drop(carried_out=False), path, times)

    def drop_after_request(self, path: str = "", *, times: int | None = 1) -> Fault:
        """Carry a request out, then reset the connection before any byte of the answer.

        A run goes on, a session is made, an upload is stored, a render exists. A request that the
        service refuses is refused, and nobody hears of that either.

        Args:
            path: which requests.
            times: how many of them.
        """
        return self._requests("drop_after_request", Drop(carried_out=True), path, times)

    def cut_stream(self, after: int = 3, *, times: int | None = 1) -> Fault:
        """Cut a chat stream in the middle of a frame; the run goes on.

        Args:
            after: how many whole frames come first, heartbeats included; 0 leaves the headers and
                some bytes. A stream that has no more frames than that is cut at its end.
            times: how many streams.
        """
        mishap = CutStream(arguments.whole(0, after, "after"))
        return self._add("cut_stream", mishap, _CHAT, times)

    def delay_answer(self, seconds: float, path: str = "", *, times: int | None = 1) -> Fault:
        """Carry a request out at once and send the head of its answer so much later.

        Args:
            seconds: how much later.
            path: which requests.
            times: how many of them.
        """
        mishap = Delay(arguments.at_least(0, seconds, "seconds"))
        return self._requests("delay_answer", mishap, path, times)

    def duplicate_frames(self, *, times: int | None = 1) -> Fault:
        """Send each frame of a chat stream twice, byte for byte.

        Args:
            times: how many streams.
        """
        return self._add("duplicate_frames", Duplicate(), _CHAT, times)

    def heartbeats_only(self, *, every: float = 5.0, times: int | None = 1) -> Fault:
        """Carry a run out and send nothing of it: heartbeats without end, in all forms in turn.

        The stream goes on until the client leaves, and is cut when the emulator closes.

        Args:
            every: seconds between two of them.
            times: how many streams.
        """
        mishap = HeartbeatsOnly(arguments.above_zero(every, "every"))
        return self._add("heartbeats_only", mishap, _CHAT, times)

    def expire_token(self, *, keep_sessions: bool = True) -> Fault:
        """Refuse with 1001, from now on, every token that is out: free and registered ones.

        A client id with a free account gets a new token when it asks; `ip_limit` counts that
        token too. `hits` counts the refusals; clearing lets the old tokens in again.

        Args:
            keep_sessions: whether the new token opens the old account, with its sessions, renders
                and remaining credits, or a new one that sees none of them. The contract
                (section 2) leaves both possible.
        """
        return self._add("expire_token", Expiry(keep_sessions), (), None)

    def rate_limit(
        self,
        retry_after: float | datetime | None = 1.0,
        path: str = "",
        *,
        times: int | None = 1,
    ) -> Fault:
        """Refuse with 429 in the service's own JSON; nothing is carried out.

        Args:
            retry_after: the `Retry-After` header: seconds, or a moment that is sent as an HTTP
                date (one without a time zone is local time); `None` leaves it out. Fractions of
                a second go out as they are, for quick tests, though RFC 9110 (section 10.2.3)
                knows whole seconds only.
            path: which requests.
            times: how many of them.
        """
        mishap = refusing.rate_limited(arguments.retry_after(retry_after))
        return self._requests("rate_limit", mishap, path, times)

    def html_502(
        self, path: str = "", *, times: int | None = 1, carried_out: bool = False
    ) -> Fault:
        """Answer with a proxy's HTML page and status 502.

        Args:
            path: which requests.
            times: how many of them.
            carried_out: whether the request is carried out first.
        """
        mishap = refusing.proxy_page(carried_out=carried_out)
        return self._requests("html_502", mishap, path, times)

    def refuse(
        self,
        code: int,
        path: str = "",
        *,
        status: int | None = None,
        shape: Shape = "code",
        message: str = "Refused by order",
        times: int | None = 1,
    ) -> Fault:
        """Refuse in any shape of contract section 2; nothing is carried out.

        Each refusal has an `X-Request-Id` header, the same for all of one fault.

        | shape | body | status |
        | --- | --- | --- |
        | `code` | `{"code": .., "message": ".."}` | 200 |
        | `success` | `{"success": false, "error": "..", "code": ..}` | 200 |
        | `detail` | `{"detail": ".."}` | as the code suggests |
        | `detail_list` | `{"detail": [{"type": .., "loc": .., "msg": ".."}]}` | 422 |
        | `text` | the message, as plain text | as the code suggests |
        | `html` | a page with the message | as the code suggests |
        | `empty` | nothing | as the code suggests |
        | `cut` | the first half of `code`'s, whole as far as HTTP can tell | 200 |

        As the code suggests: 1001 is 401, 1002 is 404, 4001 is 415, 4002 is 413, a code of 400 to
        599 is that status, any other is 400. A client whose token was refused with 1001 gets
        another one when it asks, as after `expire_token`.

        Args:
            code: the business code, not 0; it is in the body where the shape has room for it.
            path: which requests.
            status: the HTTP status, where not the usual one: 200 to 599, but for 204 and 304,
                which have no body.
            shape: the form of the body.
            message: what the service says.
            times: how many requests.
        """
        mishap = refusing.refusal(
            arguments.code(code),
            None if status is None else arguments.status(status),
            arguments.one_of(shape, get_args(Shape), "shape"),
            arguments.text(message, "message"),
        )
        return self._requests("refuse", mishap, path, times)

    def fail_run(
        self,
        message: str = "The model is overloaded",
        *,
        form: FailureForm = "error",
        code: int | None = None,
        times: int | None = 1,
    ) -> Fault:
        """Let a run fail inside its stream: after its first tool, or its words where it has none.

        What that tool wrote stays, nothing is charged, and the body ends cleanly (contract
        section 4). A `refusal` comes before any event: nothing is carried out, and the message is
        not on the bill.

        Args:
            message: what the service says.
            form: `error` is an error object, `unescaped` one that is no JSON and breaks the
                line, `system` an event of the system whose text is `Error: ..`, `flat` one of
                the flat form, `refusal` the frame `{"code": .., "message": ..}`.
            code: the business code of a `refusal`, not 0; `None` is 2001. Other forms have none.
            times: how many runs.
        """
        arguments.one_of(form, get_args(FailureForm), "form")
        if form != "refusal" and code is not None:
            raise ValueError("code must be left out: only the form 'refusal' has one")
        refused = arguments.code(OUT_OF_CREDITS if code is None else code)
        mishap = FailRun(arguments.text(message, "message"), form, refused)
        return self._add("fail_run", mishap, _CHAT, times)

    def fail_render(
        self, error: str = "The renderer ran out of memory", *, times: int | None = 1
    ) -> Fault:
        """Let the next render that is accepted fail, after it has shown some progress.

        Args:
            error: the text beside the status `failed`.
            times: how many renders.
        """
        return self._add("fail_render", FailRender(arguments.text(error, "error")), _SUBMIT, times)

    def lose_render(self, *, times: int | None = 1) -> Fault:
        """Answer the next good order as accepted, then know nothing of it.

        Nothing is made and nothing is on the bill; the same id can be ordered again.

        Args:
            times: how many renders.
        """
        return self._add("lose_render", LoseRender(), _SUBMIT, times)

    def slow(self, bytes_per_second: float, path: str = "", *, times: int | None = None) -> Fault:
        """Let bodies travel at most so fast, each for itself.

        Answers and chat streams, files of both ports, and multipart uploads as they are read. An
        answer without a body is left alone.

        Args:
            bytes_per_second: how fast.
            path: which requests.
            times: how many of them.
        """
        mishap = Slow(arguments.above_zero(bytes_per_second, "bytes_per_second"))
        return self._requests("slow", mishap, path, times)

    def cut_download(self, after: int = 65536, *, times: int | None = 1) -> Fault:
        """Cut an answer that is a file: an upload or a render, from either port.

        A client that asks for the rest, as `renders.download` does, goes on as long as each
        attempt brings something: with `times=None` that may be very long.

        Args:
            after: how many bytes of its body come first; a body that is not longer is cut in its
                middle.
            times: how many files.
        """
        mishap = CutDownload(arguments.whole(0, after, "after"))
        return self._add("cut_download", mishap, _FILES, times)

    def answer_shape(self, shape: Literal["A", "B", "mixed"]) -> Fault:
        """Tell of renders in another shape from now on (contract section 3).

        The last order counts; clearing it brings back the one before. `hits` counts the answers.

        Args:
            shape: `A` is bare, `B` has the envelope and names of its own, `mixed` is A's fields
                in B's envelope.
        """
        mishap = AnswerShape(arguments.one_of(shape, ("A", "B", "mixed"), "shape"))
        return self._add("answer_shape", mishap, (), None)

    def client_gone(self, mode: Literal["finish", "cancel"]) -> Fault:
        """Decide what becomes of a run whose client leaves before its end.

        A connection that another fault broke counts as left: the service cannot tell. Another
        answer in place of the stream (`html_502`) breaks nothing. The last order counts; clearing
        it brings back the one before. `hits` counts the runs.

        Args:
            mode: `finish` lets it go on, as without this order; `cancel` ends it at once: its
                credits are free again, nothing is charged, what its tools wrote stays.
        """
        mishap = ClientGone(arguments.one_of(mode, ("finish", "cancel"), "mode"))
        return self._add("client_gone", mishap, (), None)

    def _requests(self, name: str, mishap: Mishap, path: str, times: int | None) -> Fault:
        return self._add(name, mishap, (Pattern.parse(path),), times)

    def _add(
        self, name: str, mishap: Mishap, patterns: tuple[Pattern, ...], times: int | None
    ) -> Fault:
        if times is not None:
            arguments.whole(1, times, "times")
        return self._docket.add(name, mishap, *patterns, times=times)
