"""The example notebook, executed by a real kernel as a reader would, from top to bottom."""

import asyncio
import os
import re
import shutil
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import av
import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from nemovideo.emulator.accounts import _PREFIX

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "examples"
FILM = re.compile(r'<video [^>]*src="data:video/mp4;base64,([^"]+)"')


class Reader(NotebookClient):
    """Executes a notebook, and remembers how each display looked on the way."""

    def __init__(self, notebook: NotebookNode, **options: Any) -> None:
        super().__init__(notebook, **options)
        self.seen: dict[str, list[str]] = {}

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Keep every state of a display: the notebook has only the last in the end."""
        if msg["msg_type"] == "update_display_data":
            self.seen.setdefault(cell["id"], []).append(msg["content"]["data"]["text/html"])
        return super().process_message(msg, cell, cell_index)


@attrs.frozen
class Reading:
    """What a reader has in the end: the notebook, what moved in it, and a folder with films."""

    notebook: NotebookNode
    seen: dict[str, list[str]]
    folder: Path
    home: list[Path]

    def outputs(self, cell_id: str) -> list[NotebookNode]:
        """What lies below a cell."""
        return next(list(cell.outputs) for cell in self.notebook.cells if cell.id == cell_id)

    def html(self, cell_id: str) -> str:
        """The value of a cell's last line, as the page shows it."""
        (result,) = [one for one in self.outputs(cell_id) if one.output_type == "execute_result"]
        return str(result.data["text/html"])

    def printed(self, cell_id: str) -> str:
        """What a cell printed."""
        return "".join(one.text for one in self.outputs(cell_id) if one.output_type == "stream")


def stored() -> NotebookNode:
    """Read the notebook, in the format that it says it has."""
    notebook = nbformat.read(EXAMPLES / "notebook.ipynb", as_version=nbformat.NO_CONVERT)
    assert isinstance(notebook, NotebookNode)
    return notebook


@pytest.fixture(scope="module")
def source() -> NotebookNode:
    """The notebook as it is stored."""
    return stored()


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reading]:
    """The notebook, executed in a folder of its own, with the photos beside it."""
    folder, home = tmp_path_factory.mktemp("notebook"), tmp_path_factory.mktemp("home")
    kernel = tmp_path_factory.mktemp("kernel")
    shutil.copytree(EXAMPLES / "photos", folder / "photos")
    with pytest.MonkeyPatch.context() as patch:
        for name in [*os.environ]:
            if name.startswith(("NEMO_", "SKILL_", "JUPYTER_", "XDG_")):
                patch.delenv(name)
        patch.setenv("HOME", str(home))
        patch.setenv("IPYTHONDIR", str(kernel))
        patch.setenv("JUPYTER_PLATFORM_DIRS", "1")
        patch.setenv("JUPYTER_RUNTIME_DIR", str(kernel))
        where = {"metadata": {"path": str(folder)}}
        reader = Reader(stored(), kernel_name="python3", timeout=90, resources=where)
        executed = asyncio.run(reader.async_execute())
        yield Reading(executed, reader.seen, folder, list(home.rglob("*")))


def test_the_notebook_is_stored_as_written(source: NotebookNode) -> None:
    """Its format is valid, each cell has an id, and nothing of an execution is left in it."""
    nbformat.validate(source)
    code = [cell for cell in source.cells if cell.cell_type == "code"]

    assert (source.nbformat, source.nbformat_minor) >= (4, 5)
    assert all("metadata" in cell and not cell.metadata for cell in source.cells)
    assert [cell.id for cell in code if cell.outputs or cell.execution_count is not None] == []


def test_every_cell_succeeds_and_complains_of_nothing(reading: Reading) -> None:
    """No cell fails, and nothing is written to the error stream."""
    code = [cell for cell in reading.notebook.cells if cell.cell_type == "code"]
    outputs = [one for cell in code for one in cell.outputs]

    assert all(cell.execution_count for cell in code)
    assert [one for one in outputs if one.output_type == "error"] == []
    assert [one.text for one in outputs if one.get("name") == "stderr"] == []


def test_the_photos_are_shown(reading: Reading) -> None:
    """All five, in one strip, before they are sent."""
    (strip,) = reading.outputs("strip")

    assert b64decode(strip.data["image/png"]).startswith(b"\x89PNG")
    assert "900x135" in strip.data["text/plain"]


@pytest.mark.parametrize(
    ("cell_id", "stages"),
    [("add", ["upload"]), ("ask", ["agent"]), ("export", ["state", "render", "download"])],
)
def test_progress_is_live(cell_id: str, stages: list[str], reading: Reading) -> None:
    """One display goes through the stages in their order, and stays with the last."""
    seen = reading.seen[cell_id]
    named = [re.findall(r"<b>(\w+)</b>", state)[0] for state in seen]
    (display,) = [one for one in reading.outputs(cell_id) if one.output_type == "display_data"]

    assert list(dict.fromkeys(named)) == stages
    assert display.data["text/html"] == seen[-1]


def test_the_bar_of_a_transfer_ends_full(reading: Reading) -> None:
    """Whoever looks at the upload afterwards sees that it is done."""
    done, total = re.findall(r'"(\d+)"', reading.seen["add"][-1])

    assert done == total == str(sum(p.stat().st_size for p in EXAMPLES.glob("photos/*.jpg")))


def test_the_timeline_is_a_picture(reading: Reading) -> None:
    """The draft draws itself, with the photos and the title in it."""
    drawn = reading.html("draw")

    assert drawn.startswith("<svg ")
    assert "cat.jpg" in drawn
    assert "Small Wonders" in drawn


@pytest.mark.parametrize(
    ("cell_id", "file", "seconds"), [("export", "wonders.mp4", 8), ("retitle", "short.mp4", 5)]
)
def test_the_video_plays_in_the_page(
    cell_id: str, file: str, seconds: float, reading: Reading
) -> None:
    """What the page holds is the file, and the file is a whole MP4 of the length asked for."""
    (encoded,) = FILM.findall(reading.html(cell_id))
    path = reading.folder / file

    assert b64decode(encoded) == path.read_bytes()
    with av.open(str(path)) as video:
        assert video.duration is not None
        assert video.duration / av.time_base == pytest.approx(seconds, abs=0.3)
        assert len([*video.decode(video=0)]) == pytest.approx(30 * seconds, abs=1)


def test_both_edits_are_told(reading: Reading) -> None:
    """The agent's and the free one, in words; only the agent's was paid, once for both."""
    assert 'Removed the music "Warm Lo-fi".' in reading.printed("again")
    assert reading.printed("retitle").startswith('The title now reads "Little Wonders"')
    assert "available=50" in reading.printed("close")


def test_nothing_is_kept_and_no_secret_is_shown(reading: Reading) -> None:
    """HOME is as it was, and a notebook that is passed on holds no token."""
    assert reading.home == []
    assert _PREFIX not in nbformat.writes(reading.notebook)
    assert _PREFIX not in str(reading.seen)
