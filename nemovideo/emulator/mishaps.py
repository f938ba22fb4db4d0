"""What may befall a request, as plain facts."""

from collections.abc import Mapping

from attrs import field, frozen

__all__ = [
    "AnswerShape",
    "ClientGone",
    "CutDownload",
    "CutStream",
    "Delay",
    "Drop",
    "Duplicate",
    "Expiry",
    "FailRender",
    "FailRun",
    "HeartbeatsOnly",
    "InBody",
    "LoseRender",
    "Mishap",
    "OtherAnswer",
    "Slow",
    "Verdict",
]


@frozen
class Mishap:
    """Something that an emulator can be ordered to let happen."""


@frozen
class Verdict(Mishap):
    """The request's own answer is not sent; the request itself may be carried out."""

    carried_out: bool


@frozen
class Drop(Verdict):
    """The connection is reset in place of an answer."""


@frozen
class OtherAnswer(Verdict):
    """Another answer takes the place."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str]
    disowns: bool = False
    """Whether the token of the request is told to be worthless."""


@frozen
class InBody(Mishap):
    """The answer begins as it should, and goes wrong in its body."""


@frozen
class CutStream(InBody):
    """A chat stream ends in the middle of a frame."""

    after: int


@frozen
class HeartbeatsOnly(InBody):
    """A chat stream tells nothing."""

    every: float


@frozen
class CutDownload(InBody):
    """A file ends too early."""

    after: int


@frozen
class Delay(Mishap):
    """An answer comes late."""

    seconds: float


@frozen
class Slow(Mishap):
    """A body travels slowly."""

    bytes_per_second: float


@frozen
class Duplicate(Mishap):
    """Each frame of a chat stream comes twice."""


@frozen
class FailRun(Mishap):
    """The agent fails inside its stream."""

    message: str
    form: str
    code: int


@frozen
class FailRender(Mishap):
    """A render fails on its way."""

    error: str


@frozen
class LoseRender(Mishap):
    """A render is accepted and forgotten."""


@frozen
class Expiry(Mishap):
    """The tokens that are out are worth nothing any more."""

    keep_sessions: bool


@frozen
class AnswerShape(Mishap):
    """The shape in which renders are told of."""

    shape: str


@frozen
class ClientGone(Mishap):
    """What becomes of a run that nobody listens to any more."""

    mode: str
