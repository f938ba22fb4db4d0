"""Every Python block of the README and the documentation runs as it stands there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nemovideo.emulator import Emulator
from tests.edges.blocks import BLOCK, compiled, lay_out, run, unkept_promises

ROOT = Path(__file__).parents[2]


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
