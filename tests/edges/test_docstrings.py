"""Every Python block of the docstrings runs as it stands there."""

import ast
import contextlib
import functools
import re
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from textwrap import dedent

import pytest

import nemovideo
from nemovideo import NemoVideo, Timeouts
from nemovideo.emulator import Emulator
from tests.edges.blocks import BLOCK, compiled, lay_out, run_here, unkept_promises

PACKAGE = Path(nemovideo.__file__).parent
SKILL = "---\nname: holiday\nversion: 2.1.0\n---\n# Holiday videos\n"
IMPATIENT = Timeouts(render_first_look=0.2, render_near_end=0.2)


def docstrings(node: ast.AST, name: str) -> Iterator[tuple[str, str]]:
    """Give the docstrings in a module, each with the name of what it describes."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from docstrings(child, f"{name}.{child.name}")
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        yield name, ast.get_docstring(node) or ""


def examples() -> Iterator[object]:
    """Give each example with the name of what it shows."""
    for path in sorted(PACKAGE.rglob("*.py")):
        module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        for name, text in docstrings(ast.parse(path.read_text("utf-8")), module):
            for number, found in enumerate(BLOCK.findall(text), 1):
                yield pytest.param(dedent(found), id=f"{name}:{number}")


@contextlib.asynccontextmanager
async def given(names: tuple[str, ...], service: Emulator) -> AsyncIterator[dict[str, object]]:
    """Give what an example takes for granted: the living things that it names."""
    async with NemoVideo(base_url=service.url, timeouts=IMPATIENT) as nemo:
        living: dict[str, object] = {"nemo": nemo, "emulator": service}
        if {"project", "render", "session"} & {*names}:
            project = await nemo.projects.create()
            await project.add("beach.jpg", "market.jpg")
            await project.ask("a 2-second slideshow with music")
            living |= {"project": project, "session": project.session}
        if "render" in names:
            living["render"] = await nemo.renders.submit(project.session, await project.timeline())
        yield living


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """The address of a web server that has the photos."""
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("source", list(examples()))
async def test_an_example_runs(
    source: str,
    service: Emulator,
    web: str,
    photos: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A reader who copies an example gets what it says, and a whole file where it makes one."""
    lay_out(photos, tmp_path)
    (tmp_path / "skills" / "holiday").mkdir(parents=True)
    (tmp_path / "skills" / "holiday" / "SKILL.md").write_text(SKILL, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEMO_API_URL", service.url)
    code = compiled(source.replace("https://example.com", web))

    async with given(code.co_names, service) as living:
        await run_here(code, living)

    assert unkept_promises(source, capsys.readouterr().out) == []
    for name in re.findall(r'"(\w+\.mp4)"', source) if "await" in source else []:
        assert (tmp_path / name).stat().st_size > 10_000
