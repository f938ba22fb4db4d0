"""Rules of the house that no linter knows."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from nemovideo.settings import VERSION

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "nemovideo").rglob("*.py"))
EXAMPLES = sorted([*(ROOT / "examples").glob("*.py"), *(ROOT / "examples").glob("*.html")])
TEST_FILES = sorted((ROOT / "tests").rglob("test_*.py"))
VAGUE_NAMES = {"base", "common", "helpers", "manager", "utils"}

every_module = pytest.mark.parametrize(
    "module", MODULES, ids=[str(module.relative_to(ROOT)) for module in MODULES]
)


def assigned_names(tree: ast.Module) -> set[str]:
    """Names that a module assigns at its top level."""
    targets = [
        target
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def packaged_version() -> str:
    """The version in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["version"])


@pytest.mark.parametrize(
    "test_file", TEST_FILES, ids=[str(path.relative_to(ROOT)) for path in TEST_FILES]
)
def test_every_test_has_a_docstring(test_file: Path) -> None:
    """A failing test says in a sentence what it stands for."""
    silent = [
        node.name
        for node in ast.walk(ast.parse(test_file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]

    assert not silent


@every_module
def test_a_module_says_what_it_is_for_and_what_it_offers(module: Path) -> None:
    """Each module has a docstring and lists its public names in `__all__`."""
    tree = ast.parse(module.read_text("utf-8"))

    assert ast.get_docstring(tree)
    assert "__all__" in assigned_names(tree)


@every_module
def test_a_module_is_short_enough_to_read(module: Path) -> None:
    """A module of more than 400 lines holds more than one noun."""
    assert len(module.read_text("utf-8").splitlines()) <= 400


@pytest.mark.parametrize("example", EXAMPLES, ids=[path.name for path in EXAMPLES])
def test_an_example_is_short_enough_to_copy(example: Path) -> None:
    """An example stays under 150 lines, so that it can be read before it is used."""
    assert len(example.read_text("utf-8").splitlines()) < 150


@every_module
def test_a_module_is_named_after_what_it_holds(module: Path) -> None:
    """Names that fit every content are not used."""
    assert VAGUE_NAMES.isdisjoint(module.relative_to(ROOT).with_suffix("").parts)


def test_importing_the_package_loads_no_dependency() -> None:
    """`import nemovideo` is light: dependencies come with the first name that needs them."""
    loaded = "sorted({'aiohttp', 'attr', 'attrs', 'cattrs', 'tenacity'} & set(sys.modules))"
    program = f"import nemovideo, sys; print({loaded})"

    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert shown.stdout.strip() == b"[]"


def test_the_readme_is_short() -> None:
    """The README stays under 100 lines; the rest is in the documentation."""
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) < 100


def test_the_readme_names_targets_that_exist() -> None:
    """Each `make` command of the README is a target of the Makefile, the two main ones included."""
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8")))
    named = set(re.findall(r"(?m)(?:^|`)make ([a-z-]+)", (ROOT / "README.md").read_text("utf-8")))

    assert {"demo", "test"} <= named
    assert named <= targets


def test_the_package_knows_its_version() -> None:
    """The version that requests carry is the version that is released."""
    assert packaged_version() == VERSION


def test_the_changelog_tells_of_this_version() -> None:
    """The version of the package has its heading in the changelog."""
    headings = re.findall(r"(?m)^## \[?([^\]\s]+)", (ROOT / "CHANGELOG.md").read_text("utf-8"))

    assert packaged_version() in headings
