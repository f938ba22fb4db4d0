"""Every Python block of the README and the documentation runs as it stands there."""

import ast
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nemovideo.emulator import Emulator
from tests.edges.blocks import BLOCK, compiled, lay_out, run, unkept_promises

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def blocks() -> Iterator[object]:
    """Give each block with a name that finds it again."""
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        text = page.read_text("utf-8")
        for found in BLOCK.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield pytest.param(found[1], id=f"{page.relative_to(ROOT)}:{line}")


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    """What a block does to the log ends with it."""
    log = logging.getLogger("nemovideo")
    level, handlers = log.level, log.handlers[:]
    yield
    log.setLevel(level)
    log.handlers[:] = handlers


@pytest.mark.parametrize("source", list(blocks()))
def test_a_block_runs(
    source: str,
    service: Emulator,
    photos: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A reader who copies a block gets what the page says, and a whole file where it makes one."""
    lay_out(photos, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEMO_API_URL", service.url)

    run(compiled(source))

    assert unkept_promises(source, capsys.readouterr().out) == []
    made = re.findall(r'"(\w+\.mp4)"', source) if "NemoVideo(" in source else []
    for name in made:
        assert (tmp_path / name).stat().st_size > 10_000


def test_the_page_of_the_logs_names_every_field() -> None:
    """The table has the fields that records carry, and no others."""
    page = (ROOT / "docs" / "howto" / "logging.md").read_text("utf-8")
    sent = {
        key.value
        for node in parsed()
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and str(key.value).startswith("nemo_")
    }

    assert set(re.findall(r"(?m)^\| `(nemo_\w+)`", page)) == sent


def test_the_page_of_the_environment_names_every_variable() -> None:
    """What is read by its name is listed, and what is listed is read."""
    page = (ROOT / "docs" / "reference" / "environment.md").read_text("utf-8")
    read = {
        argument.value
        for node in parsed()
        if isinstance(node, ast.Call) and re.search(r"environ\w*\.get$", ast.unparse(node.func))
        for argument in node.args[:1]
        if isinstance(argument, ast.Constant)
    }
    by_python = {"HOME", "USERPROFILE", "TMPDIR", "TEMP"}
    proxies = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}

    rows = re.findall(r"(?m)^\| (`.*?) \|", page)
    listed = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert listed == read - {"PYTHONPATH"} | by_python | proxies


def test_the_first_page_leads_to_all_others() -> None:
    """Nobody needs the menu to find a page."""
    docs = ROOT / "docs"
    links = set(re.findall(r"\]\(([\w/-]+\.md)\)", (docs / "index.md").read_text("utf-8")))

    pages = {str(page.relative_to(docs)) for page in docs.rglob("*.md")}
    assert links == pages - {"index.md"}


def test_the_pictures_are_small() -> None:
    """A page with all of them is there at once, and the source does not grow by them."""
    sizes = {path.name: path.stat().st_size for path in (ROOT / "docs/pictures").iterdir()}

    assert {name for name, size in sizes.items() if size > 60_000} == set()


def parsed() -> Iterator[ast.AST]:
    """Every node of the package's code."""
    for path in sorted((ROOT / "nemovideo").rglob("*.py")):
        yield from ast.walk(ast.parse(path.read_text("utf-8")))
