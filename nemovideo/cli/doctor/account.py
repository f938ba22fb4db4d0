"""What requests would carry and which way they would go: settings, token, proxy, headers."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from nemovideo.cli.doctor.check import Check
from nemovideo.cli.doctor.place import Place
from nemovideo.models import AnonymousToken
from nemovideo.settings import Settings
from nemovideo.wire.refusals import TOKEN_PREFIX

__all__ = ["headers", "proxy", "settings", "token"]

_FIRST_COMMAND: Final = "The first command that needs one gets a free one, for 7 days."
_SPELL: Final = "In a password write %40 for @, %2F for /, %3F for ? and %23 for #."


def settings(place: Place, environment: Mapping[str, str]) -> Check:
    """Say where the API is, and who said so."""
    address = place.settings.base_url
    if place.offline:
        found = "offline, with the emulator of this machine"
    elif environment.get("NEMO_API_URL"):
        found = f"{address}, from NEMO_API_URL"
    else:
        found = f"{address}, the hosted service"
    return Check("settings", "ok", found)


def token(place: Place, kept: AnonymousToken | None) -> Check:
    """Say where the token comes from; the token itself is never shown."""
    known = place.settings
    if known.remarks:
        return Check(
            "token",
            "warning",
            " ".join(known.remarks),
            "Unset it to work with a free account, or give it the token of yours.",
        )
    if known.token and known.token.startswith(TOKEN_PREFIX):
        return Check("token", "ok", "set in NEMO_TOKEN")
    if known.token:
        found = f"NEMO_TOKEN does not begin with {TOKEN_PREFIX}"
        return Check("token", "warning", found, "If the service refuses it, copy it again.")
    if kept is not None:
        until = f" until {kept.expires_at:%Y-%m-%d}" if kept.expires_at else ""
        return Check("token", "ok", f"of a free account, kept{until}")
    if place.gives_tokens:
        return Check("token", "ok", "none yet; the service on this machine gives a free one")
    return Check("token", "ok", "none yet", _FIRST_COMMAND)


def proxy(address: str | None, known: Settings) -> Check:
    """Say through which proxy requests go, without its user and password."""
    if address:
        shown = _without_password(address)
        if _is_clear(address, shown):
            return Check("proxy", "ok", shown)
        return Check("proxy", "failure", f"{shown}, whose address cannot be read", _SPELL)
    why = ": the service is on this machine" if known.is_loopback else ""
    return Check("proxy", "ok", f"none{why}")


def headers(known: Settings) -> Check:
    """Say on whose behalf requests are made; without these headers nothing can be exported."""
    sent = known.skill.headers().items()
    return Check("headers", "ok", ", ".join(f"{name}: {value}" for name, value in sent))


def _without_password(address: str) -> str:
    """Show scheme, host and port; whatever may belong to a password is before the last `@`."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2].partition('/')[0]}"


def _is_clear(address: str, shown: str) -> bool:
    """Tell whether others read an address as it was meant."""
    try:
        parts = urlsplit(address)
        known = parts.hostname and (parts.port or True)
    except ValueError:
        return False
    return bool(known) and f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" == shown
