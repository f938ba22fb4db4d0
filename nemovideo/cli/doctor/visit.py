"""A visit to the service: is it reached, trusted and on time, and does it let the account in?"""

import datetime as dt
import email.utils
import ssl
import time
from typing import Final

from nemovideo.cli.doctor.check import Check, Report
from nemovideo.cli.doctor.contract import compared
from nemovideo.cli.doctor.service import Service
from nemovideo.cli.failures import advice
from nemovideo.errors import APIError, AuthenticationError, ServerError, TransportError
from nemovideo.figures import in_figures
from nemovideo.models import Balance
from nemovideo.settings import Settings
from nemovideo.wire import replies, requests, shapes
from nemovideo.wire.refusals import Account, Refusal, error_for
from nemovideo.wire.replies import Answer
from nemovideo.workflows.budget import FIRST_EDIT

__all__ = ["clock", "credits_left", "enter", "reach", "refused", "tls", "unreached"]

_MOST_SKEW: Final = 60.0
_NOT_YET_VALID, _EXPIRED = 9, 10  # as OpenSSL numbers what is wrong with a certificate


async def reach(report: Report, service: Service, *, authorized: bool) -> Answer | None:
    """Ask for the credits, which costs nothing, and judge the way there.

    Args:
        report: Takes what is found.
        service: Whom to ask.
        authorized: Whether there is a token to go along; without one the answer is a refusal,
            which proves as much of the way.

    Returns:
        The answer, None where the API gave none.
    """
    known, began = service.settings, time.perf_counter()
    try:
        answer = await service.ask(requests.balance(), authorized=authorized)
    except TransportError as error:
        report.add(*unreached(known, error))
        return None
    seconds, date = time.perf_counter() - began, answer.headers.get("Date")
    stranger = _stranger(service, answer)
    found = f"{known.origin} answers in {1000 * seconds:.0f} ms"
    report.add(stranger or Check("service", "ok", found))
    report.add(tls(known), clock(date, dt.datetime.now(dt.UTC)))
    return None if stranger else answer


def enter(report: Report, service: Service, answer: Answer) -> bool:
    """Judge what the credits say of the account; tell whether it was let in."""
    try:
        data = service.read(requests.balance(), answer)
    except APIError as error:
        report.add(refused(error, service.settings))
        return False
    with report.trying("credits"):
        report.add(credits_left(replies.balance(data), service.credentials.account))
    report.add(compared("credits", shapes.differences(data, shapes.BALANCE)))
    return True


def _stranger(service: Service, answer: Answer) -> Check | None:
    """Tell the answer of somebody else, such as the page of a proxy, or of another address."""
    try:
        service.read(requests.balance(), answer)
    except ServerError as error:
        return Check("service", "failure", error.message, advice(error))
    except APIError as error:
        if error.status == 404:
            return Check("service", "failure", error.message, _ADDRESS)
    return None


_LISTENER: Final = (
    "Somebody may be listening in. Where it is a proxy of your company, let SSL_CERT_FILE name its "
    "certificate."
)
_ADDRESS: Final = "Give the address of the API itself in NEMO_API_URL."


def unreached(known: Settings, error: TransportError) -> list[Check]:
    """Say why no answer came, and what is wrong with TLS if that is why."""
    lines = [Check("service", "failure", error.message, advice(error))]
    if isinstance(error.__cause__, ssl.SSLError):
        lines.append(tls(known, error.__cause__))
    return lines


def tls(known: Settings, error: ssl.SSLError | None = None) -> Check:
    """Say whether the service can be trusted to be itself."""
    if known.base_url.startswith("http:"):
        if known.is_loopback:
            return Check("tls", "ok", "not needed on this machine")
        found = "none: all that is sent can be read on its way"
        return Check("tls", "warning", found, "Give an https address in NEMO_API_URL.")
    if error is None:
        return Check("tls", "ok", "the certificate is valid")
    return Check("tls", "failure", *_distrust(error))


def _distrust(error: ssl.SSLError) -> tuple[str, str]:
    """Say what is wrong with a certificate, or why there is none, and what to do."""
    match error:
        case ssl.SSLCertVerificationError(verify_code=code, verify_message=reason):
            found = f"certificate verify failed: {reason}"
            if code not in {_NOT_YET_VALID, _EXPIRED}:
                return found, _LISTENER
            today = f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC"
            return found, f"Is it {today}? If not, set the clock of this machine."
    words = getattr(error, "reason", None) or "unknown reason"
    found = f"no TLS that can be understood ({words.replace('_', ' ').lower()})"
    return found, "Check the address and its port in NEMO_API_URL."


def clock(date: str | None, now: dt.datetime) -> Check:
    """Compare the clock of this machine with the `Date` of an answer (RFC 9110, section 6.6.1)."""
    try:
        theirs = email.utils.parsedate_to_datetime(date or "")
    except ValueError:
        return Check("clock", "ok", "not compared: the service does not say what time it is")
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=dt.UTC)
    skew = (now - theirs).total_seconds()
    if abs(skew) <= _MOST_SKEW:
        return Check("clock", "ok", "as the service's, to the minute")
    found = f"{abs(skew):,.0f} s {'ahead of' if skew > 0 else 'behind'} the service's"
    return Check(
        "clock",
        "warning",
        found,
        "Set the clock of this machine: tokens and certificates end by it.",
    )


def credits_left(balance: Balance, account: Account) -> Check:
    """Say what can be spent, and what to do where it is less than an edit costs."""
    free, reserved = in_figures(balance.available), in_figures(balance.frozen)
    found = f"{free} available, {reserved} reserved"
    if balance.available >= FIRST_EDIT:
        return Check("credits", "ok", found)
    what_then = error_for(requests.balance(), Refusal(200, 2001), account).hint
    less = f"The first edit of a session costs about {FIRST_EDIT}. {what_then}"
    return Check("credits", "warning", found, less)


def refused(error: APIError, known: Settings) -> Check:
    """Say why the account was not let in; a free one is replaced by the next command."""
    if isinstance(error, AuthenticationError) and known.token is None:
        return Check(
            "credits",
            "warning",
            "the token of the free account is refused",
            "The next command gets a new one; what the old one made may be out of its sight.",
        )
    return Check("credits", "failure", error.message, advice(error))
