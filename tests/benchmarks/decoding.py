r"""Cutting server-sent events of 200 bytes out of memory, with their JSON.

Ours is `FrameDecoder` with orjson, against `bytes.split(b"\n\n")` with orjson. Goal: 1.4 times.
Beside it both with the json of the standard library, and what the decoders of others take with
orjson. The bytes come in pieces of 16 KiB.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import orjson

from nemovideo.wire.sse import FrameDecoder
from tests.benchmarks._figures import Row, Work, best_cpu, show
from tests.benchmarks._peers import installed, label
from tests.benchmarks._server import adk_frame

EVENTS = 20_000
PIECE = 16 * 1024
ROUNDS = 9

Loads = Callable[[Any], Any]


def bare(pieces: list[bytes], loads: Loads) -> int:
    """The least that any decoder has to do."""
    rest, count = b"", 0
    for piece in pieces:
        *frames, rest = (rest + piece).split(b"\n\n")
        for frame in frames:
            loads(frame[6:])
            count += 1
    return count


def ours(pieces: list[bytes], loads: Loads) -> int:
    """The same with our decoder."""
    decoder, count = FrameDecoder(), 0
    for piece in pieces:
        for frame in decoder.feed(piece):
            loads(frame.data)
            count += 1
    return count


def with_httpx_sse(module: Any, pieces: list[bytes]) -> int:
    """The same with httpx-sse, without its transport."""
    lines, decoder, count = module.SSELineDecoder(), module.SSEDecoder(), 0
    for piece in pieces:
        for line in lines.decode(piece.decode()):
            if (event := decoder.decode(line)) is not None:
                orjson.loads(event.data)
                count += 1
    return count


def with_openai(module: Any, pieces: list[bytes]) -> int:
    """The same with openai, without its transport."""
    count = 0
    for event in module._streaming.SSEDecoder().iter_bytes(iter(pieces)):
        orjson.loads(event.data)
        count += 1
    return count


def with_genai(module: Any, httpx: Any, pieces: list[bytes]) -> int:
    """The same with google-genai, over a response of httpx that lies in memory."""
    response = httpx.Response(200, content=iter(pieces))
    answer = module._api_client.HttpResponse({}, response)
    return sum(1 for document in answer._iter_response_stream() if orjson.loads(document))


def main() -> None:
    """Prints the table."""
    deltas = [place for place in range(EVENTS * 2) if place % 22 < 19][:EVENTS]
    whole = b"".join(map(adk_frame, deltas))
    pieces = [whole[at : at + PIECE] for at in range(0, len(whole), PIECE)]
    works: dict[str, Work] = {
        "bare": lambda: bare(pieces, orjson.loads),
        "ours": lambda: ours(pieces, orjson.loads),
        "bare, stdlib": lambda: bare(pieces, json.loads),
        "ours, stdlib": lambda: ours(pieces, json.loads),
    }
    peers = installed("httpx_sse", "openai", "google.genai", "httpx")
    if module := peers.get("httpx_sse"):
        works["httpx_sse"] = lambda: with_httpx_sse(module._decoders, pieces)
    if openai := peers.get("openai"):
        works["openai"] = lambda: with_openai(openai, pieces)
    if (genai := peers.get("google.genai")) and (httpx := peers.get("httpx")):
        works["google.genai"] = lambda: with_genai(genai, httpx, pieces)
    counted = {name: work() for name, work in works.items()}
    assert set(counted.values()) == {EVENTS}, counted
    best = asyncio.run(best_cpu(works, rounds=ROUNDS))
    others = {label(name): best[name] for name in peers if name in best}
    rows = [
        Row("orjson", best["ours"], best["bare"], 1.4, peers=others),
        Row("json of the standard library", best["ours, stdlib"], best["bare, stdlib"]),
    ]
    show(f"decoding {EVENTS} events of {len(whole) // EVENTS} B in memory, CPU", rows)


if __name__ == "__main__":
    main()
