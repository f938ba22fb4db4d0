"""What the pytest plugin costs a run that does not use it, CPU above the same run without it.

The goal is 15 ms. The run collects one test, and pytest finds the plugin as it does anywhere; both
kinds of run take turns. Bytecode is there, which a round that does not count has written.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks._figures import Row, show

ROUNDS = 30
COLLECT = ("-m", "pytest", "--collect-only", "-p", "no:cacheprovider")
WITHOUT = ("-p", "no:nemovideo")


def spent(folder: str, *words: str) -> float:
    """CPU of a run, in ms."""
    surroundings = {**os.environ, "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)
    process = subprocess.Popen(
        [sys.executable, *COLLECT, *words, "test_nothing.py"],
        cwd=folder,
        env=surroundings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, words
    return (usage.ru_utime + usage.ru_stime) * 1000


def main() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_nothing.py").write_text("def test_nothing(): ...\n", "utf-8")
        spent(folder)
        rounds = [(spent(folder), spent(folder, *WITHOUT)) for _ in range(ROUNDS)]
    with_it, without = (min(taken) for taken in zip(*rounds, strict=True))
    show(
        "the pytest plugin in a run that does not use it, CPU",
        [
            Row("above the run without it", with_it - without, goal=15),
            Row("the whole run, against the run without it", with_it, without),
        ],
    )


if __name__ == "__main__":
    main()
