"""Every Python block of the README and the documentation runs as it stands there."""

import ast
import asyncio
import inspect
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import CodeType

import pytest
from PIL import Image

from nemovideo.emulator import Emulator

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks() -> Iterator[object]:
    """Give each block with a name that finds it again."""
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        text = page.read_text("utf-8")
        for found in BLOCK.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield pytest.param(found[1], id=f"{page.relative_to(ROOT)}:{line}")


@pytest.mark.parametrize("source", list(blocks()))
def test_a_block_runs(
    source: str,
    service: Emulator,
    photos: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A reader who copies a block gets what the page says, and a whole file where it makes one."""
    shutil.copy(photos[3], tmp_path / "beach.jpg")
    shutil.copy(photos[1], tmp_path / "market.jpg")
    shutil.copy(photos[0], tmp_path / "sunset.jpg")
    Image.open(photos[4]).save(tmp_path / "sunset.png")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEMO_API_URL", service.url)
    small = source.replace("Emulator()", "Emulator(render_scale=1 / 16)")

    with ThreadPoolExecutor(1) as thread:
        thread.submit(run, compile(small, "page", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)).result()

    made = re.findall(r'"(\w+\.mp4)"', source) if "NemoVideo(" in source else []
    for name in made:
        assert (tmp_path / name).stat().st_size > 10_000


def run(code: CodeType) -> None:
    """Run a block; `await` at its top level stands for an async notebook cell."""
    if code.co_flags & inspect.CO_COROUTINE:
        asyncio.run(eval(code, {"__name__": "__main__"}))
    else:
        exec(code, {"__name__": "__main__"})
