"""Frames of the event stream, shaped as the agent's server shapes them (contract section 4)."""

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import field, frozen

__all__ = ["AUTHOR", "HEARTBEAT", "HEARTBEATS", "Invocation", "frame", "pieces"]

AUTHOR: Final = "nemo_agent"
HEARTBEAT: Final = b'event: heartbeat\ndata: {"type":"heartbeat"}\n\n'
HEARTBEATS: Final = (
    b"event: heartbeat\ndata: {}\n\n",
    b'data: {"type":"heartbeat"}\n\n',
    b"data:\n\n",
    b": heartbeat\n\n",
)
"""A heartbeat in each form that the contract knows (section 4)."""

_LATIN_PIECE = 14
_HAN_PIECE = 6


def frame(event: Mapping[str, Any]) -> bytes:
    """Return one `data:` frame: compact JSON, non-ASCII characters as they are."""
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    return b"data: " + text.encode("utf-8", "replace") + b"\n\n"


def pieces(text: str) -> Iterator[str]:
    """Cut a text as a model streams it: a few words at a time."""
    size = _LATIN_PIECE if text.isascii() else _HAN_PIECE
    start = 0
    while start < len(text):
        space = text.find(" ", start + size)
        end = space if 0 <= space <= start + 2 * size else start + size
        yield text[start:end]
        start = end


@frozen
class Invocation:
    """One run: the events of it share an invocation id."""

    id: str = field(factory=lambda: f"e-{uuid.uuid4()}")

    def text(self, text: str) -> Iterator[dict[str, Any]]:
        """Yield the partial events of one model call, then the final with the whole text."""
        shared = self._event("model", [])
        for piece in pieces(text):
            yield shared | {"content": _content("model", [{"text": piece}]), "partial": True}
        yield shared | {"content": _content("model", [{"text": text}]), "partial": False}

    def tool(
        self, name: str, args: Mapping[str, Any], state: Mapping[str, Any]
    ) -> Iterator[dict[str, Any]]:
        """Yield a tool's call, then its response, which carries what it wrote into the state."""
        call = {"id": f"adk-{uuid.uuid4()}", "name": name}
        asked = self._event("model", [{"functionCall": call | {"args": dict(args)}}])
        yield asked | {"partial": False, "longRunningToolIds": []}
        answer = {"functionResponse": call | {"response": {"status": "success"}}}
        yield self._event("user", [answer], state)

    def failure(self, message: str, form: str) -> bytes:
        """Return the frame in which a run tells that it failed.

        Args:
            message: what went wrong.
            form: `error`, `unescaped`, `system` or `flat`.
        """
        match form:
            case "unescaped":
                torn = f'data: {{"error": "{message}: tool "cut" failed\nat line 3"}}\n\n'
                return torn.encode("utf-8", "replace")
            case "system":
                told = self._event("system", [{"text": f"Error: {message}"}])
                return frame(told | {"author": "system"})
            case "flat":
                return frame({"type": "error", "content": message})
        return frame({"error": message, "error_details": {"code": 500, "status": "INTERNAL"}})

    def _event(
        self, role: str, parts: list[dict[str, Any]], state: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        return {
            "content": _content(role, parts),
            "invocationId": self.id,
            "author": AUTHOR,
            "actions": {
                "stateDelta": dict(state or {}),
                "artifactDelta": {},
                "requestedAuthConfigs": {},
                "requestedToolConfirmations": {},
            },
            "id": str(uuid.uuid4()),
            "timestamp": time.time(),
        }


def _content(role: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {"parts": parts, "role": role}
