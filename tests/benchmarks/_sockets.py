"""How many sockets a process may have, and raw sockets as the lower bound of every transfer."""

import contextlib
import socket
from urllib.parse import urlsplit

__all__ = ["connected", "many_sockets"]


def many_sockets() -> None:
    """Allow as many open sockets as the system grants."""
    with contextlib.suppress(ImportError):  # Windows counts otherwise
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def connected(address: str) -> socket.socket:
    """A plain connection to the host of an address."""
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname or "", parts.port or 80))
