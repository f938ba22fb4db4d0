"""A timeline of 200 segments: from the wire's form to `Draft`, and back.

Ours is `Draft.from_wire` against `orjson.loads` of the same JSON, and `to_wire` against
`orjson.dumps`. Goals: 3.2 and 1.2 times.
"""

import asyncio

import orjson

from nemovideo import Draft
from tests.benchmarks._figures import Row, best_cpu, show
from tests.benchmarks._server import draft

SEGMENTS = 200
TIMES = 100
ROUNDS = 9


def main() -> None:
    """Prints the table."""
    document = draft(SEGMENTS)
    content = orjson.dumps(document)
    read = Draft.from_wire(document)
    assert sum(len(track.segments) for track in read.tracks) == SEGMENTS
    works = {
        "loads": lambda: [orjson.loads(content) for _ in range(TIMES)],
        "from_wire": lambda: [Draft.from_wire(document) for _ in range(TIMES)],
        "dumps": lambda: [orjson.dumps(document) for _ in range(TIMES)],
        "to_wire": lambda: [read.to_wire() for _ in range(TIMES)],
    }
    best = asyncio.run(best_cpu(works, rounds=ROUNDS))
    each = {name: spent * 1000 / TIMES for name, spent in best.items()}
    rows = [
        Row("from_wire, against orjson.loads", each["from_wire"], each["loads"], 3.2, unit="us"),
        Row("to_wire, against orjson.dumps", each["to_wire"], each["dumps"], 1.2, unit="us"),
    ]
    show(f"a draft of {SEGMENTS} segments ({len(content) / 1024:.0f} KiB), CPU", rows)


if __name__ == "__main__":
    main()
