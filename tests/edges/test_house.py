"""Rules of the house that no linter knows."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from nemovideo.settings import VERSION

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "nemovideo").rglob("*.py"))
EXAMPLES = sorted([*(ROOT / "examples").glob("*.py"), *(ROOT / "examples").glob("*.html")])
TEST_FILES = sorted((ROOT / "tests").rglob("test_*.py"))
VAGUE_NAMES = {"base", "common", "helpers", "manager", "utils"}


def lines(path: Path) -> int:
    """How long a text is."""
    return len(path.read_text("utf-8").splitlines())


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


def test_every_test_has_a_docstring() -> None:
    """A failing test says in a sentence what it stands for."""
    silent = [
        (test_file.name, node.name)
        for test_file in TEST_FILES
        for node in ast.walk(ast.parse(test_file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]

    assert TEST_FILES
    assert silent == []


def test_modules_say_what_they_are_for_and_what_they_offer() -> None:
    """Each has a docstring and lists its public names in `__all__`."""
    trees = {module: ast.parse(module.read_text("utf-8")) for module in MODULES}

    assert [module for module, tree in trees.items() if not ast.get_docstring(tree)] == []
    assert [m for m, tree in trees.items() if "__all__" not in assigned_names(tree)] == []


def test_modules_are_short_enough_to_read() -> None:
    """A module of more than 400 lines holds more than one noun."""
    assert MODULES
    assert [module for module in MODULES if lines(module) > 400] == []


def test_examples_are_short_enough_to_copy() -> None:
    """An example stays under 150 lines, so that it can be read before it is used."""
    assert EXAMPLES
    assert [example for example in EXAMPLES if lines(example) >= 150] == []


def test_modules_are_named_after_what_they_hold() -> None:
    """Names that fit every content are not used."""
    named = {module: module.relative_to(ROOT).with_suffix("").parts for module in MODULES}

    assert [module for module, parts in named.items() if VAGUE_NAMES & {*parts}] == []


def test_importing_the_package_loads_no_dependency() -> None:
    """`import nemovideo` is light: dependencies come with the first name that needs them."""
    loaded = "sorted({'aiohttp', 'attr', 'attrs', 'cattrs', 'tenacity'} & set(sys.modules))"
    program = f"import nemovideo, sys; print({loaded})"

    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert shown.stdout.strip() == b"[]"


def test_the_readme_is_short() -> None:
    """The README stays under 100 lines; the rest is in the documentation."""
    assert lines(ROOT / "README.md") < 100


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
