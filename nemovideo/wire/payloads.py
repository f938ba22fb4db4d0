"""The JSON inside of frames, read fast and exactly, and what is no JSON told in words."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from nemovideo.errors import AgentError, StreamError, StreamInterruptedError
from nemovideo.wire.refusals import READ_THE_STATE, without_tokens, words_of
from nemovideo.wire.sse import Frame

__all__ = ["exact", "failure", "parsed", "string"]

_MOST_WORDS: Final = 10_000
"""What is kept of the words of a failure: a traceback, not a megabyte."""
_OPENING_SCRAP: Final = re.compile(r'\s*\{\s*"error"\s*:\s*"')
_CLOSING_SCRAP: Final = re.compile(r'"\s*(?:,\s*"error_details"\s*:.*)?\}?\s*\Z', re.DOTALL)


def _fastest_loads() -> Callable[[bytes], Any]:
    try:
        from orjson import loads
    except ImportError:
        return json.loads
    return loads


_fast_loads = _fastest_loads()
_DIGITS: Final = bytes(0x30 if 0x30 <= byte <= 0x39 else 0x20 for byte in range(256))
_LONG_NUMBER: Final = b"0" * 19


def exact(document: Mapping[str, Any], data: bytes) -> Mapping[str, Any]:
    """Parse once more where numbers may have suffered: orjson makes floats beyond 64 bits."""
    # Nine times as fast as a search for nineteen digits.
    if data.translate(_DIGITS).find(_LONG_NUMBER) < 0:
        return document
    try:
        again = json.loads(data)
    except (ValueError, RecursionError):  # too long or too deep for exactness
        return document
    return again if isinstance(again, dict) else {"value": again}


def parsed(frame: Frame, data: bytes) -> Mapping[str, Any] | None:
    """Read the JSON of a frame; None for the end marks that other services send."""
    try:
        document = _fast_loads(data)
    except (ValueError, RecursionError):
        return _leniently_parsed(frame, data)
    return document if isinstance(document, dict) else {"value": document}


def _leniently_parsed(frame: Frame, data: bytes) -> Mapping[str, Any] | None:
    """Take NaN and lone surrogates too, which other servers send."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        if frame.event == "done" or data.strip() == b"[DONE]":
            return None
        raise _unreadable(frame, data) from error
    return document if isinstance(document, dict) else {"value": document}


def _unreadable(frame: Frame, data: bytes) -> StreamError:
    """Tell words from half an event: proxies end a body cleanly when its source broke off."""
    words = _unescaped(frame.broken or data)
    if not frame.is_cut or not words.startswith("{"):
        return failure(words)
    return StreamInterruptedError(
        "The stream ended in the middle of an event. The work may go on at the service.",
        hint=READ_THE_STATE,
    )


def _unescaped(data: bytes) -> str:
    """Take the words out of an error whose server did not escape them, be they several lines."""
    text = data[: 8 * _MOST_WORDS].decode("utf-8", "replace")
    if opening := _OPENING_SCRAP.match(text):
        return _CLOSING_SCRAP.sub("", text[opening.end() :])
    return text


def failure(said: Any) -> AgentError:
    """Build the error of an agent that failed, in its own words as far as there are any."""
    words = without_tokens(string(words_of(said) or said)[:_MOST_WORDS])
    return AgentError(
        f"The agent failed: {words}" if words else "The agent failed without a word.",
        hint=READ_THE_STATE,
    )


def string(value: Any) -> str:
    """Give a value in words, where words are due but anything may stand."""
    if value is None or isinstance(value, str):
        return value or ""
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "(nested too deep to be shown)"
