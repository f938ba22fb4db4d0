"""Blocks of Python in pages and docstrings, run as a reader would who copies them."""

import ast
import asyncio
import inspect
import re
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import CodeType
from typing import Final

from PIL import Image

BLOCK: Final = re.compile(r"^ *```python\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_PROMISED: Final = re.compile(r"^ *print\(.*\)  # (?:\.\. )?(.+)$", re.MULTILINE)


def lay_out(photos: list[Path], folder: Path) -> None:
    """Put the photos that all examples speak of into the folder where they run."""
    shutil.copy(photos[3], folder / "beach.jpg")
    shutil.copy(photos[1], folder / "market.jpg")
    shutil.copy(photos[0], folder / "sunset.jpg")
    shutil.copy(photos[0].with_name("sample.heic"), folder / "beach.heic")
    Image.open(photos[4]).save(folder / "sunset.png")


def compiled(source: str) -> CodeType:
    """Compile a block that renders small; `await` at its top level stands for a notebook cell."""
    small = source.replace("Emulator()", "Emulator(render_scale=1 / 16)")
    code: CodeType = compile(small, "block", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    return code


def run(code: CodeType) -> None:
    """Run a block in a thread, where `asyncio.run` leaves the loops of pytest alone."""
    with ThreadPoolExecutor(1) as thread:
        if code.co_flags & inspect.CO_COROUTINE:
            thread.submit(asyncio.run, run_here(code, {})).result()
        else:
            thread.submit(exec, code, {"__name__": "__main__"}).result()


async def run_here(code: CodeType, given: Mapping[str, object]) -> None:
    """Run a block in this loop, with what it takes for granted."""
    names = {"__name__": "__main__", **given}
    if code.co_flags & inspect.CO_COROUTINE:
        await eval(code, names)
    else:
        exec(code, names)


def unkept_promises(source: str, printed: str) -> list[str]:
    """Give what comments say that a block prints, and it does not."""
    return [promised for promised in _PROMISED.findall(source) if promised not in printed]
