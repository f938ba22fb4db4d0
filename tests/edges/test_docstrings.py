"""Every Python block of the docstrings runs as it stands there."""

import ast
import contextlib
import functools
import importlib
import inspect
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from textwrap import dedent
from typing import Any

import attrs
import pytest

import nemovideo
from nemovideo import NemoVideo, Timeouts
from nemovideo.emulator import Emulator
from tests.edges.blocks import BLOCK, compiled, lay_out, run_here, unkept_promises

pytestmark = pytest.mark.slow

PACKAGE = Path(nemovideo.__file__).parent
PUBLIC = ["", ".assistant", ".emulator", ".resources", ".workflows", ".pytest_plugin"]
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


def public_names() -> dict[str, Any]:
    """Give what is public, and the public methods and properties of public classes."""
    modules = [importlib.import_module(f"nemovideo{module}") for module in PUBLIC]
    found = {
        f"{value.__module__}.{name}": value
        for module in modules
        for name in module.__all__
        if inspect.isclass(value := getattr(module, name)) or inspect.isfunction(value)
    }
    members = {
        f"{name}.{member}": function
        for name, owner in found.items()
        if inspect.isclass(owner)
        for member, value in vars(owner).items()
        if inspect.isfunction(function := getattr(value, "__func__", value))
        or isinstance(value, property)
        if not member.startswith("_")
    }
    return found | members


def is_explained(function: Callable[..., Any]) -> bool:
    """Tell whether a reader learns of every argument what it is."""
    text = function.__doc__ or ""
    arguments = {*inspect.signature(inspect.unwrap(function)).parameters} - {"self", "cls"}
    described = set(re.findall(r"(?m)^ +(\w+):", text))
    return len(arguments) < 2 or arguments <= described or "rguments" in text


NAMES = public_names()
FUNCTIONS = {name: value for name, value in NAMES.items() if inspect.isfunction(value)}


@contextlib.asynccontextmanager
async def given(names: tuple[str, ...], service: Emulator) -> AsyncIterator[dict[str, object]]:
    """Give what an example takes for granted: the living things that it names."""
    async with NemoVideo(base_url=service.url, timeouts=IMPATIENT) as nemo:
        client = functools.partial(NemoVideo, base_url=service.url)
        living: dict[str, object] = {"nemo": nemo, "emulator": service, "nemovideo_client": client}
        if {"project", "render", "session"} & {*names}:
            project = await nemo.projects.create()
            await project.add("beach.jpg", "market.jpg")
            await project.ask("a 2-second slideshow with music")
            living |= {"project": project, "session": project.session}
        if "render" in names:
            draft = await project.timeline()
            assert draft
            living["render"] = await nemo.renders.submit(project.session, draft)
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


def test_a_public_name_says_what_it_is() -> None:
    """`help()` has a sentence for everything that a user can reach."""
    assert [name for name, value in NAMES.items() if not value.__doc__] == []


def test_arguments_are_described() -> None:
    """One may be told of in the first sentence; several have a line each, or point to it."""
    assert [name for name, value in FUNCTIONS.items() if not is_explained(value)] == []


def test_the_fields_of_a_value_are_described() -> None:
    """What an event, an update or an answer holds has a line each."""
    values = re.compile(r"nemovideo\.(assistant|events|models)\.")

    unsaid = [
        f"{name}.{field.name}"
        for name, value in NAMES.items()
        if values.match(name) and attrs.has(value)
        for field in attrs.fields(value)
        if not field.name.startswith("_")
        and not re.search(rf"(?m)^ +{field.name}:", value.__doc__ or "")
    ]

    assert unsaid == []


def test_a_call_has_an_example() -> None:
    """Every method of a resource, and of what is built of them, is shown at work."""
    calls = re.compile(
        r"nemovideo\.(resources|workflows\.(jobs|project)|skills"
        r"|assistant\.(assistant|conversation))\."
    )

    unseen = [
        name
        for name, value in FUNCTIONS.items()
        if calls.match(name) and not BLOCK.search(value.__doc__ or "")
    ]

    assert unseen == []
