"""Where to talk to, as whom, and how long to wait: values read from a mapping, no I/O."""

import ipaddress
import re
import uuid
from collections.abc import Mapping
from typing import Final, Self
from urllib.parse import urlsplit

import attrs

from nemovideo.attribution import UNKNOWN, Attribution
from nemovideo.errors import ConfigurationError

__all__ = ["DEFAULT_API_URL", "DEFAULT_WEB_URL", "VERSION", "Settings", "Timeouts", "is_loopback"]

DEFAULT_API_URL = "https://mega-api-prod.nemovideo.ai"
DEFAULT_WEB_URL = "https://nemovideo.com"
VERSION = "0.1.0"
_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[a-z0-9.:_%-]+")
_PRINTABLE: Final = re.compile(r"[!-~]+")


@attrs.frozen
class Timeouts:
    """Every wait for the service, in seconds, so that tests can shrink them all.

    Attributes:
        connect: Until a connection stands.
        request: Until a call that is no stream and no transfer has its whole answer.
        transfer: The longest pause between two pieces of an upload or download, and after an
            upload until the service has answered.
        stream_silence: Without a single byte on a chat stream.
        stream_progress: With nothing but heartbeats on a chat stream.
        stream_total: A chat stream in all (contract section 3: at most 15 minutes).
        still_working: Between two `StillWorking` events.
        render: A render in all.
        render_first_look: Before the first look at a new render.
        render_near_end: The gap between looks when a render should be nearly done.
        render_missing: Between two answers that know nothing of a render, until it counts as lost.
        rate_limit: After a 429 that does not say how long.
        cost: For the credits after a message, when all else of its reply is there.
        lost_verdict: After a lost answer, the time over which five looks are spread before the
            message counts as not carried out; the vendor's own rule takes 30 s and four times 60 s.
        lost_answer: The longest time spent on finding out what a lost message did.
    """

    connect: float = 15.0
    request: float = 60.0
    transfer: float = 120.0
    stream_silence: float = 300.0
    stream_progress: float = 600.0
    stream_total: float = 900.0
    still_working: float = 120.0
    render: float = 900.0
    render_first_look: float = 1.5
    render_near_end: float = 2.0
    render_missing: float = 10.0
    rate_limit: float = 30.0
    cost: float = 5.0
    lost_verdict: float = 270.0
    lost_answer: float = 900.0


@attrs.frozen
class Settings:
    """What one client was told, by its caller or by the environment.

    Attributes:
        base_url: The API without a closing slash.
        web_url: The web front end, for links that people open.
        token: The user's own token, None for an anonymous account.
        client_id: The client id that the environment dictates.
        skill: Who is calling.
        remarks: What the user should know about how these settings came about.
    """

    base_url: str
    web_url: str
    token: str | None = attrs.field(repr=False)
    client_id: str | None = attrs.field(repr=False)
    skill: Attribution
    remarks: tuple[str, ...] = ()

    @classmethod
    def resolve(
        cls,
        environment: Mapping[str, str],
        *,
        base_url: str | None = None,
        token: str | None = None,
        skill: Attribution | str | None = None,
    ) -> Self:
        """Combine what the caller gave with the environment (contract section 7).

        `NEMO_TOKEN` and `NEMO_CLIENT_ID` belong to the origin of `NEMO_API_URL`; a `base_url`
        given in code never gets them. Arguments win over the environment.

        Raises:
            ConfigurationError: An address or a token that cannot work.
        """
        from_environment = base_url is None
        remarks = []
        if base_url is None:
            base_url = environment.get("NEMO_API_URL") or DEFAULT_API_URL
        source = "The token"
        if token is None and from_environment:
            source, token = "NEMO_TOKEN", environment.get("NEMO_TOKEN")
        if token is not None and not token.strip():
            remarks.append(f"{source} is empty and counts as unset.")
        client_id = environment.get("NEMO_CLIENT_ID") if from_environment else None
        settings = cls(
            base_url=_address(base_url),
            web_url=_address(environment.get("NEMO_WEB_URL") or DEFAULT_WEB_URL),
            token=_printable("token", token) or None,
            client_id=_uuid(client_id),
            skill=_skill(skill, environment),
            remarks=tuple(remarks),
        )
        settings.refuse_plain_http()
        return settings

    def with_token(self, token: str) -> Self:
        """Give the same settings for another account.

        Raises:
            ConfigurationError: A token that cannot work, or that would travel readable.
        """
        if not (known := _printable("token", token)):
            raise ConfigurationError("The token is empty.", hint="Give the token of an account.")
        settings = attrs.evolve(self, token=known, client_id=None, remarks=())
        settings.refuse_plain_http()
        return settings

    def with_skill(self, skill: Attribution | str, environment: Mapping[str, str]) -> Self:
        """Give the same settings for another program.

        Raises:
            ConfigurationError: It has a name that cannot be sent.
        """
        return attrs.evolve(self, skill=_skill(skill, environment), remarks=())

    @property
    def origin(self) -> str:
        """Scheme, host and port of the API: the only place that ever sees the token."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    def serves(self, address: str) -> bool:
        """Whether an address lies on the API's origin."""
        return address.startswith(f"{self.origin}/")

    @property
    def is_loopback(self) -> bool:
        """Whether the API is on this machine; then nothing is kept under HOME by itself."""
        return is_loopback(urlsplit(self.base_url).hostname or "")

    def refuse_plain_http(self) -> None:
        """Keep the user's token off a network that everybody can read."""
        if self.token and self.base_url.startswith("http:") and not self.is_loopback:
            raise ConfigurationError(
                f"{self.base_url} is plain http: your token would travel readable.",
                hint="Use https, or leave the token out.",
            )


def _address(url: str) -> str:
    """Spell an address in the one way by which tokens are kept."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _bad_address(url) from None
    known = parts.scheme in _PORTS and _HOST.fullmatch(host)
    if not known or parts.username is not None or not _PRINTABLE.fullmatch(url.strip()):
        raise _bad_address(url)
    shown = f"[{host}]" if ":" in host else host
    place = shown if port in {None, _PORTS[parts.scheme]} else f"{shown}:{port}"
    return f"{parts.scheme}://{place}{parts.path.rstrip('/')}"


def _bad_address(url: str) -> ConfigurationError:
    shown = "The address that was given" if "@" in url else repr(url)  # a password may be in it
    hint = f"An address looks like {DEFAULT_API_URL}."
    return ConfigurationError(f"{shown} is no address of the API.", hint=hint)


def _printable(what: str, value: str | None) -> str:
    """Give what may become a header; anything else could break the headers up."""
    value = (value or "").strip()
    if value and not _PRINTABLE.fullmatch(value):
        raise ConfigurationError(
            f"The {what} holds letters that it cannot have.", hint="Copy it again."
        )
    return value


def _uuid(client_id: str | None) -> str | None:
    if client_id is None or not client_id.strip():
        return None
    try:
        return str(uuid.UUID(client_id.strip()))
    except ValueError:
        raise ConfigurationError(
            "NEMO_CLIENT_ID is no UUID.", hint="Leave it out to have one made."
        ) from None


def _skill(skill: Attribution | str | None, environment: Mapping[str, str]) -> Attribution:
    platform = environment.get("SKILL_SOURCE") or UNKNOWN
    match skill:
        case Attribution():
            is_known = skill.platform != UNKNOWN
            chosen = skill if is_known else attrs.evolve(skill, platform=platform)
        case None:
            chosen = Attribution("nemovideo-python", VERSION, platform)
        case _:
            chosen = Attribution(skill, platform=platform)
    for value in chosen.headers().values():
        if not _printable("skill", value):
            raise ConfigurationError(
                "The skill has an empty name.", hint="Name it, or leave it out."
            )
    return chosen


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
