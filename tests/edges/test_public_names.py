"""The public names: lazy, complete, and the same for people, programs and type checkers."""

import ast
import importlib
from pathlib import Path
from types import ModuleType

import pytest

import nemovideo
from nemovideo import errors, events, jobs, models
from nemovideo.settings import VERSION

PACKAGE = Path(nemovideo.__file__).parent


def stub_names() -> dict[str, str]:
    """Each name of the stub with the module that it comes from."""
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text("utf-8"))
    return {
        name.name: node.module or ""
        for node in ast.walk(stub)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }


def test_the_stub_names_what_the_package_loads() -> None:
    """Type checkers see exactly the names that are there, from where they come."""
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text("utf-8"))
    seen = stub_names()

    [exported] = [
        ast.literal_eval(node.value) for node in stub.body if isinstance(node, ast.Assign)
    ]

    assert sorted(exported) == sorted(nemovideo.__all__) == sorted(seen)
    for name, module in seen.items():
        assert getattr(nemovideo, name) is getattr(importlib.import_module(module), name)


def test_dir_shows_every_public_name() -> None:
    """Completion in a notebook finds what is not loaded yet."""
    assert set(nemovideo.__all__) <= set(dir(nemovideo))


@pytest.mark.parametrize(
    "module", [errors, events, jobs, models], ids=lambda module: module.__name__
)
def test_whole_rooms_are_public(module: ModuleType) -> None:
    """Every error, event and model can be had from the package itself."""
    assert set(module.__all__) <= set(nemovideo.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A misspelt name fails as it does on every module."""
    with pytest.raises(AttributeError, match="no attribute 'Nemo'"):
        nemovideo.__getattr__("Nemo")


def test_every_public_name_is_in_the_reference() -> None:
    """The reference pages name each module of a public name, or the name itself."""
    pages = (PACKAGE.parent / "docs" / "reference").glob("*.md")
    shown = {line[4:].strip() for page in pages for line in page.read_text("utf-8").splitlines()}

    homes = stub_names()

    assert {name for name, home in homes.items() if not {home, f"{home}.{name}"} & shown} == set()


def test_the_version_is_the_same_everywhere() -> None:
    """`__version__` is what requests are attributed with."""
    assert nemovideo.__version__ == VERSION
