"""Every error that nemovideo raises, in one tree.

```text
NemoVideoError
├── ConfigurationError            a setting, a file or a call that cannot work; nothing was sent
│   └── InputError                an argument that is empty or cannot be meant (also ValueError)
│       └── MediaError            a photo or file that is missing, empty, broken or of no known type
├── APIError                      the service answered and refused
│   ├── AuthenticationError       1001  token invalid or expired
│   ├── SessionNotFoundError      1002  no such session
│   ├── InsufficientCreditsError  2001  out of credits (registration_url)
│   ├── UnsupportedFileError      4001  not an accepted format (supported)
│   ├── FileTooLargeError         4002  above the size limit
│   ├── MissingClientIdError      400 on anonymous-token
│   ├── ExportBlockedError        402   the plan blocks the export, or attribution is missing
│   ├── RateLimitError            429   too many requests (retry_after)
│   ├── RenderNotFoundError       no such render
│   └── ServerError               5xx, or an answer that nobody can read
├── TransportError                the network failed
│   ├── ConnectError              no connection; nothing was sent
│   │   └── ConnectTimeoutError   none in time (also TimeoutError)
│   ├── ConnectionLostError       the connection broke after the request had begun
│   └── RequestTimeoutError       no answer in time (also TimeoutError)
├── StreamError                   a chat stream failed; `text` is what came so far
│   ├── StreamInterruptedError    cut in the middle
│   ├── StreamSilentError         no bytes at all for too long (also TimeoutError)
│   ├── StreamStalledError        only heartbeats for too long (also TimeoutError)
│   ├── StreamTimeoutError        longer than the time in all (also TimeoutError)
│   └── AgentError                the agent itself failed
├── AmbiguousSendError            nobody can tell whether a message was carried out (send_id)
├── SessionBusyError              somebody else is at work in the session; nothing was sent
├── BudgetError                   a message would cost more than was allowed; nothing was sent
├── RenderFailedError             the service gave up on a render (render_id)
├── RenderTimeoutError            not finished in time, still running (render_id; also TimeoutError)
├── DownloadError                 a finished file could not be fetched whole
└── DraftError                    a timeline that cannot be read (path)
```

`delivered` tells what a failure cost: `"no"` is a proof that nothing ran, `"maybe"` means that the
request had begun and no answer was understood, `"yes"` that it was accepted. Errors hold plain
values only, so all of them can be pickled.
"""

from typing import Literal

__all__ = [
    "APIError",
    "AgentError",
    "AmbiguousSendError",
    "AuthenticationError",
    "BudgetError",
    "ConfigurationError",
    "ConnectError",
    "ConnectTimeoutError",
    "ConnectionLostError",
    "Delivered",
    "DownloadError",
    "DraftError",
    "ExportBlockedError",
    "FileTooLargeError",
    "InputError",
    "InsufficientCreditsError",
    "MediaError",
    "MissingClientIdError",
    "NemoVideoError",
    "RateLimitError",
    "RenderFailedError",
    "RenderNotFoundError",
    "RenderTimeoutError",
    "RequestTimeoutError",
    "ServerError",
    "SessionBusyError",
    "SessionNotFoundError",
    "StreamError",
    "StreamInterruptedError",
    "StreamSilentError",
    "StreamStalledError",
    "StreamTimeoutError",
    "TransportError",
    "UnsupportedFileError",
]

Delivered = Literal["no", "maybe", "yes"]
"""What is known about a failed request: not carried out, perhaps, or accepted."""


class NemoVideoError(Exception):
    """Root of all errors of this package.

    Attributes:
        message: What happened, in one sentence for people.
        hint: What to do next; may be empty.
    """

    def __init__(self, message: str = "", *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        stop = "." if self.hint and self.message[-1:].isalnum() else ""
        return f"{self.message}{stop} {self.hint}".strip()


class ConfigurationError(NemoVideoError):
    """A setting or a call that cannot work; found before anything was sent."""


class InputError(ConfigurationError, ValueError):
    """An argument that is empty or cannot be meant."""


class MediaError(InputError):
    """A local photo or file that is missing, empty, broken or of no known type.

    Attributes:
        name: The file's name as the caller gave it.
    """

    def __init__(self, message: str = "", *, name: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.name = name


class APIError(NemoVideoError):
    """The service answered and refused (contract section 2).

    Attributes:
        code: The business code of the answer, None where it had none.
        status: The HTTP status.
        delivered: Whether the request may have been carried out.
        retryable: Whether the same request can succeed later.
        retry_after: Seconds to wait as the service asked, None where it did not say.
        method: The HTTP method of the request.
        path: The path of the request, without the origin.
        request_id: The service's id of the request, where it gave one.
    """

    def __init__(
        self,
        message: str = "",
        *,
        code: int | None = None,
        status: int = 0,
        delivered: Delivered = "maybe",
        retryable: bool = False,
        retry_after: float | None = None,
        hint: str = "",
        method: str = "",
        path: str = "",
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.status = status
        self.delivered: Delivered = delivered
        self.retryable = retryable
        self.retry_after = retry_after
        self.method = method
        self.path = path
        self.request_id = request_id


class AuthenticationError(APIError):
    """1001: the token is invalid or expired."""


class SessionNotFoundError(APIError):
    """1002: no such session for this account.

    A new session has an empty timeline, so only the caller can decide to start one.
    """


class InsufficientCreditsError(APIError):
    """2001: the account has too few credits; nothing ran.

    Attributes:
        registration_url: For anonymous accounts, the page that turns the account into a
            registered one; None where the account's id is not known.
    """

    registration_url: str | None = None


class UnsupportedFileError(APIError):
    """4001: the service does not accept this file.

    Attributes:
        supported: The endings that are accepted.
    """

    supported: tuple[str, ...] = ()


class FileTooLargeError(APIError):
    """4002: the file is above the service's limit (200 MB as stated)."""


class MissingClientIdError(APIError):
    """400 on anonymous-token: the request carried no client id."""


class ExportBlockedError(APIError):
    """402: the plan blocks the export, or an attribution header is missing; not about credits."""


class RateLimitError(APIError):
    """429: too many requests; `retry_after` tells for how long."""


class RenderNotFoundError(APIError):
    """No render of this id is known to this account."""


class ServerError(APIError):
    """The service failed (5xx), or gave an answer that nobody can read."""


class TransportError(NemoVideoError):
    """The network failed before an answer was understood.

    Attributes:
        delivered: `"no"` where no connection stood or the body was not begun; without a body
            `"maybe"`.
        retryable: Whether the same request can succeed later: not where an address or a
            certificate is wrong.
        method: The HTTP method of the request.
        path: The path of the request, without the origin.
    """

    def __init__(
        self,
        message: str = "",
        *,
        delivered: Delivered = "maybe",
        retryable: bool = True,
        hint: str = "",
        method: str = "",
        path: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.delivered: Delivered = delivered
        self.retryable = retryable
        self.method = method
        self.path = path


class ConnectError(TransportError):
    """No connection could be made; nothing was sent."""


class ConnectTimeoutError(ConnectError, TimeoutError):
    """No connection stood within `Timeouts.connect` seconds; nothing was sent."""


class ConnectionLostError(TransportError):
    """The connection broke before the whole answer was there."""


class RequestTimeoutError(TransportError, TimeoutError):
    """No answer in time."""


class StreamError(NemoVideoError):
    """A chat stream failed after the message was sent.

    Attributes:
        text: What the agent had said so far.
        delivered: `"yes"` once the stream had begun, else what is known.
    """

    def __init__(
        self, message: str = "", *, text: str = "", delivered: Delivered = "yes", hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.text = text
        self.delivered: Delivered = delivered


class StreamInterruptedError(StreamError):
    """The stream was cut in the middle; the work may go on at the service."""


class StreamSilentError(StreamError, TimeoutError):
    """Not one byte came for `Timeouts.stream_silence` seconds."""


class StreamStalledError(StreamError, TimeoutError):
    """Only heartbeats came for `Timeouts.stream_progress` seconds."""


class StreamTimeoutError(StreamError, TimeoutError):
    """The stream was longer than `Timeouts.stream_total` seconds."""


class AgentError(StreamError):
    """The agent reported a failure of its own inside the stream."""


class AmbiguousSendError(NemoVideoError):
    """A message's answer was lost, and nobody can tell whether it was carried out.

    Attributes:
        send_id: What `nemo.jobs.resolve` takes to look again later.
    """

    def __init__(self, message: str = "", *, send_id: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.send_id = send_id


class SessionBusyError(NemoVideoError):
    """Another program or client is at work in this session; nothing was sent.

    Two messages at once in one session would mix (contract section 4).

    Attributes:
        session_id: The session.
        owner: The process id of whoever is at work, None where it is not known.
    """

    def __init__(
        self,
        message: str = "",
        *,
        session_id: str = "",
        owner: int | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.session_id = session_id
        self.owner = owner


class BudgetError(NemoVideoError):
    """A message would cost more than the budget allows; nothing was sent.

    Attributes:
        budget: What may be spent, in credits.
        spent: What is spent since the work began, reserved, or believed to be the price of what is
            under way.
    """

    def __init__(
        self, message: str = "", *, budget: float = 0, spent: float = 0, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.budget = budget
        self.spent = spent


class RenderFailedError(NemoVideoError):
    """The service gave up on a render.

    Attributes:
        render_id: The id of the failed render.
        session_id: The session whose timeline it was, where that is known.
    """

    def __init__(
        self,
        message: str = "",
        *,
        render_id: str = "",
        session_id: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.render_id = render_id
        self.session_id = session_id


class RenderTimeoutError(NemoVideoError, TimeoutError):
    """A render was not finished in time; it goes on at the service.

    Attributes:
        render_id: The id to ask for later.
    """

    def __init__(self, message: str = "", *, render_id: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.render_id = render_id


class DownloadError(NemoVideoError):
    """A finished file could not be fetched whole; the render itself is safe."""


class DraftError(NemoVideoError):
    """A timeline that cannot be read.

    Attributes:
        path: Where in the draft, such as `t[1].sg[3].d`.
    """

    def __init__(self, message: str = "", *, path: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.path = path
