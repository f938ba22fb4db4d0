"""The timeline on a terminal: one line for each row, coloured blocks as long as they last."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from nemovideo.draft.chart import Block, Chart, Colour

__all__ = ["NARROWEST", "lines"]

NARROWEST: Final = 40
"""Fewer columns than these have no room for a picture."""

_STYLES: Final[Mapping[Colour, str]] = {
    "video": "#c6f3ec on #123f3a",
    "audio": "#fde6bf on #45300f",
    "text": "#e2d9fd on #31275a",
    "other": "#d7dee5 on #2a323a",
}
_SIXTEEN: Final[Mapping[Colour, str]] = {
    "video": "black on cyan",
    "audio": "black on yellow",
    "text": "black on magenta",
    "other": "black on white",
}
"""For a terminal of so few colours that all of the others would become one."""
_EDGE: Final = "▏"


def lines(chart: Chart, width: int, *, few_colours: bool = False) -> Iterator[Text]:
    """Draw a chart for a terminal of so many columns, and of few colours or of all."""
    styles = _SIXTEEN if few_colours else _STYLES
    yield Text(_between(chart.title, chart.facts, width), style="bold")
    if chart.ticks:
        yield Text(_ruler(chart, width), style="dim")
    for strip in chart.strips:
        yield Text(set_cell_size(strip.heading, min(width, cell_len(strip.heading))), style="dim")
        for row in strip.rows:
            yield _row(row, styles[strip.colour], width)
    if chart.note:
        yield Text(chart.note, style="dim")


def _between(left: str, right: str, width: int) -> str:
    room = max(width - cell_len(right), 0)
    return set_cell_size(left, room) + right


def _ruler(chart: Chart, width: int) -> str:
    """Write the marks from left to right; one that would touch another is left out."""
    ruler = ""
    for tick in chart.ticks:
        column = round(tick.place * width)
        if column + len(tick.label) <= width and (not ruler or column > len(ruler)):
            ruler = ruler.ljust(column) + tick.label
    return ruler


def _row(row: Sequence[Block], style: str, width: int) -> Text:
    drawn = Text()
    for block in row:
        start = max(round(block.start * width), drawn.cell_len)
        end = min(max(round(block.end * width), start + 1), width)
        if end > start:
            drawn.append(" " * (start - drawn.cell_len))
            drawn.append(_within(block, end - start), style)
    return drawn


def _within(block: Block, room: int) -> str:
    """Fill a block with its edge and as much of its words as there is room for."""
    words = " ".join(filter(None, (block.label, block.facts)))
    if cell_len(words) < room:
        return _EDGE + set_cell_size(words, room - 1)
    return _EDGE + set_cell_size(words, max(room - 2, 0)) + "…"[: room - 1]
