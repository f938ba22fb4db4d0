"""What importing costs a fresh interpreter, CPU above an interpreter that imports nothing.

Goals, against `import aiohttp`: `import nemovideo` 0.15 times, `from nemovideo import NemoVideo`
1.3 times. Everything is imported from bytecode, which a round that does not count has written: an
editable installation, unlike the others, would be compiled anew where writing it is forbidden.
"""

import importlib.util
import os
import subprocess
import sys
import tempfile

from tests.benchmarks._figures import Row, show
from tests.benchmarks._peers import label

OURS = ("import nemovideo", "from nemovideo import NemoVideo")
BASE = "import aiohttp"
PEERS = ("fal_client", "replicate", "runwayml", "openai", "anthropic")
ROUNDS = 15
PEER_ROUNDS = 4


def spent(statement: str, cache: str) -> float:
    """CPU of an interpreter that does this alone, in ms."""
    surroundings = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)
    process = subprocess.Popen([sys.executable, "-c", statement], env=surroundings)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, statement
    return (usage.ru_utime + usage.ru_stime) * 1000


def main() -> None:
    """Prints the table."""
    peers = [name for name in PEERS if importlib.util.find_spec(name)]
    for name in sorted({*PEERS} - {*peers}):
        print(f"  ({name} is not installed: left out)")
    slow = [f"import {name}" for name in peers]
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as cache:
        for statement in (BASE, *OURS, *slow):
            spent(statement, cache)
        for turn in range(ROUNDS):
            for statement in ("pass", BASE, *OURS, *(slow if turn < PEER_ROUNDS else ())):
                times.setdefault(statement, []).append(spent(statement, cache))
    best = {statement: min(taken) - min(times["pass"]) for statement, taken in times.items()}
    others = {label(name): best[f"import {name}"] for name in peers}
    rows = [
        Row(OURS[0], best[OURS[0]], best[BASE], 0.15, peers=others),
        Row(OURS[1], best[OURS[1]], best[BASE], 1.3),
    ]
    show("importing in a fresh interpreter, CPU, against import aiohttp", rows)


if __name__ == "__main__":
    main()
