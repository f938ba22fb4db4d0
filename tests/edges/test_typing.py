"""What type checkers make of the package: every public call, as a user of it writes it."""

import ast
import importlib
import inspect
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from nemovideo.emulator.bill import Bill
from nemovideo.emulator.docket import Fault
from nemovideo.emulator.faults import Faults
from nemovideo.emulator.threads import in_thread
from nemovideo.workflows import Jobs, Projects

pytestmark = pytest.mark.slow

PROGRAMS: Final = Path(__file__).parents[1] / "typing"
MODULES: Final = ("nemovideo", "nemovideo.assistant", "nemovideo.resources", "nemovideo.skills")
FIXTURES: Final = {"nemovideo_client", "nemovideo_emulator"}
STRICT: Final = """
[mypy]
strict = True
disallow_any_decorated = True
disallow_any_unimported = True
warn_unreachable = True

[mypy-every_call]
disallow_any_expr = True

[mypy-raw_json]
disallow_any_explicit = True
"""
WRONG: Final = """
from nemovideo import Nemo, NemoVideo, Session, VideoJob  # attr-defined
from nemovideo.emulator import Emulatr  # attr-defined


async def use(nemo: NemoVideo, session: Session) -> None:
    reply: str = await nemo.chat.send(session, "no music")  # assignment
    await nemo.make_video("beach.jpg", "a video", "v1.mp4", buget=5)  # call-arg
    await nemo.renders.wait(5)  # arg-type
    nemo.chat.sned(session, "no music")  # attr-defined
    VideoJob([b"a photo"], "a video", "v1.mp4")  # list-item
    VideoJob("beach.jpg", "a video", 1)  # arg-type
    NemoVideo(on_request=1)  # arg-type
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder far from the package, which is found where it is installed."""
    pytest.importorskip("mypy", reason="it is in the extra dev")
    place = tmp_path_factory.mktemp("typing")
    (place / "mypy.ini").write_text(STRICT, "utf-8")
    for program in PROGRAMS.glob("*.py"):
        shutil.copy(program, place)
    return place


def checked(folder: Path, *programs: str) -> "subprocess.CompletedProcess[str]":
    """Let mypy read programs there; what it learns of the package it learns once."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary", *programs]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def public() -> dict[str, Any]:
    """Give each public name with what it stands for."""
    named = {
        name: getattr(module, name)
        for module in map(importlib.import_module, MODULES)
        for name in module.__all__
    }
    served = (Bill, Fault, Faults, Jobs, Projects, in_thread)
    emulator = importlib.import_module("nemovideo.emulator")
    return named | {one.__name__: one for one in (*served, emulator.Emulator)}


def members(owner: type) -> Iterator[str]:
    """Give the methods and properties of a class, and the attributes that it tells of."""
    for name, value in vars(owner).items():
        is_call = inspect.isfunction(getattr(value, "__func__", value))
        if not name.startswith("_") and (is_call or isinstance(value, property)):
            yield name
    told = re.search(
        r"\nAttributes:\n((?:    .*\n)+)", inspect.cleandoc(owner.__doc__ or "") + "\n"
    )
    if told:
        yield from re.findall(r"(?m)^    (\w+):", told[1])
    elif attrs.has(owner):
        yield from (field.name for field in attrs.fields(owner) if field.name[0] != "_")


class Uses(ast.NodeVisitor):
    """The names that a program uses, and the members of what it says the type of."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.members: set[tuple[str, str]] = set()
        self._types: dict[str, list[str]] = {}

    def visit_Name(self, node: ast.Name) -> None:
        """Note a name."""
        self.names.add(node.id)

    def visit_arg(self, node: ast.arg) -> None:
        """An argument has a type."""
        self._types[node.arg] = [ast.unparse(node.annotation)] if node.annotation else []
        self.names.add(node.arg)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """So has a variable."""
        self.generic_visit(node)
        self._types[ast.unparse(node.target)] = [ast.unparse(node.annotation)]

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        """An error has one or several."""
        kinds = getattr(node.type, "elts", [node.type])
        self._types[node.name or ""] = [ast.unparse(kind) for kind in kinds if kind]
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Note a member, of `nemo.chat` as of a `Chat`."""
        of = node.value.attr.capitalize() if isinstance(node.value, ast.Attribute) else ""
        of = node.value.id if isinstance(node.value, ast.Name) else of
        self.members |= {(kind, node.attr) for kind in [of, *self._types.get(of, [])]}
        self.generic_visit(node)


def test_every_call_has_the_types_that_are_promised(folder: Path) -> None:
    """A user's own strict checker finds nothing in any call, and nowhere an `Any` but raw JSON."""
    seen = checked(folder, "every_call.py", "raw_json.py")

    assert (seen.stdout, seen.stderr, seen.returncode) == ("", "", 0)


def test_a_wrong_call_is_found(folder: Path) -> None:
    """A misspelt name, a wrong argument and a wrong result are each told, and nothing else is."""
    (folder / "wrong.py").write_text(WRONG, "utf-8")

    seen = checked(folder, "wrong.py")

    lines = enumerate(WRONG.splitlines(), 1)
    expected = [(line, text.rpartition("  # ")[2]) for line, text in lines if "  # " in text]
    found = re.findall(r"(?m)^wrong\.py:(\d+): error: .*\[([\w-]+)\]$", seen.stdout)
    assert [(int(line), code) for line, code in found] == expected
    assert seen.returncode == 1


def test_no_call_is_left_out() -> None:
    """Every public name, and every member of a public class, is in the programs."""
    uses = Uses()
    for program in sorted(PROGRAMS.glob("*.py")):
        uses.visit(ast.parse(program.read_text("utf-8")))
    known = public()
    kinds = {name: value for name, value in known.items() if inspect.isclass(value)}

    used = {
        f"{owner}.{member}"
        for owner, kind in kinds.items()
        for name, member in uses.members
        if name in kinds and kind in kinds[name].__mro__
    }
    wanted = {f"{owner}.{name}" for owner, kind in kinds.items() for name in members(kind)}
    names = known.keys() | FIXTURES
    assert sorted(names - uses.names | wanted - used) == []


def test_the_programs_hide_nothing() -> None:
    """No cast, no `Any` and no silencer makes a type fit."""
    for program in PROGRAMS.glob("*.py"):
        text = program.read_text("utf-8")
        assert re.findall(r"\bAny\b|\bcast\b|type: ignore", text) == []
