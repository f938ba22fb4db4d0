"""What the pytest plugin costs a run that does not use it, CPU of a fresh interpreter each time.

The goal is 15 ms. Counted is what pytest does for a plugin that it finds installed: it goes
through the files of the distribution, imports the plugin and registers it. Two whole runs differ
by more than that from each other, so it is not taken from their difference. An editable
installation has a short list of files: a wheel says what users pay. Bytecode is there, which a
round that does not count has written.
"""

import os
import subprocess
import sys
import tempfile

from tests.benchmarks._figures import Row, show

ROUNDS = 20
FOUND = """
import importlib.metadata, time, pytest
manager = pytest.PytestPluginManager()
began = time.process_time()
files = [str(file) for file in importlib.metadata.distribution("nemovideo").files]
listed = time.process_time()
import nemovideo.pytest_plugin
manager.register(nemovideo.pytest_plugin)
print(listed - began, time.process_time() - listed, len(files))
"""


def spent(cache: str) -> tuple[float, float, float]:
    """CPU of the list and of the plugin, in ms, and how many files are in the list."""
    surroundings = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)
    shown = subprocess.check_output([sys.executable, "-c", FOUND], env=surroundings, text=True)
    listed, loaded, files = map(float, shown.split())
    return listed * 1000, loaded * 1000, files


def main() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as cache:
        spent(cache)
        lists, loads, files = zip(*(spent(cache) for _ in range(ROUNDS)), strict=True)
    rows = [
        Row(f"going through its {files[0]:.0f} files", min(lists)),
        Row("importing and registering it", min(loads)),
        Row("both", min(map(sum, zip(lists, loads, strict=True))), goal=15),
    ]
    show("the pytest plugin in a run that does not use it, CPU", rows)


if __name__ == "__main__":
    main()
