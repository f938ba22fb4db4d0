"""A web server of a few lines that says what a test wants: as the API, as a proxy, over TLS."""

import contextlib
import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import attrs

Answers: TypeAlias = Mapping[str, tuple[int, Any]]
"""Status and body by path; a body that is no bytes is sent as JSON."""

CREDITS = "/api/credits/balance/simple"
CERTIFICATES = Path(__file__).with_name("certificates")


@attrs.frozen
class Canned:
    """A server that runs.

    Attributes:
        url: Its address.
        asked: Method, path and token of each request.
    """

    url: str
    asked: list[tuple[str, str, str | None]] = attrs.field(factory=list)


@contextlib.contextmanager
def answering(
    answers: Answers, *, date: str | None = None, certificate: str | None = None
) -> Iterator[Canned]:
    """Answer while the block runs.

    Args:
        answers: What to say; of all else nothing is known.
        date: What time it is there.
        certificate: The name of the certificate with which it speaks TLS.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path  # a proxy is asked with the whole address
            canned.asked.append((self.command, path, self.headers["Authorization"]))
            status, body = answers.get(path, (404, {"detail": "Not Found"}))
            self.send_response(status)
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_header("Content-Type", "text/html" if content is body else "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            self.do_GET()

        def date_time_string(self, timestamp: float | None = None) -> str:
            return date or super().date_time_string(timestamp)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "https" if certificate else "http"
    canned = Canned(f"{scheme}://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield canned
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
