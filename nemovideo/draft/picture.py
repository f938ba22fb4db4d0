"""The timeline as an SVG that needs nothing beside it.

Everything lies at shares of the width and letters have one size, so that the picture is as
readable in a narrow column as on a wide screen.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, get_args

import attrs

from nemovideo.draft.chart import Block, Chart, Colour, Strip
from nemovideo.draft.markup import escaped
from nemovideo.draft.parts import Theme, number, shown
from nemovideo.errors import InputError

__all__ = ["draw"]

_HEAD: Final = 36
_RULER: Final = 22
_HEADING: Final = 20
_BLOCK: Final = 36
_GAP: Final = 3
_FOOT: Final = 14
_FADE: Final = 28
_ROOM: Final = 44
"""Pixels that a block needs for words."""
_WIDEST: Final = 1400
"""Pixels that a picture may have which fills what it is put in."""
_SLIM: Final = 800
"""Where such a picture has no more pixels than these, what would need more shows no words."""
_TITLE: Final = "72%"
_INNER: Final = 0.96
"""The share of the picture that the timeline takes."""
_LETTER: Final = 0.012
"""About the share of a narrow picture that a letter of the ruler takes."""
_NARROWER: Final = 0.01
_NARROW: Final = '<rect class="edge" width="65%" height="100%" rx="1"/>'
_WIDE: Final = (
    '<rect class="fill" width="100%" height="100%" rx="4"/>'
    '<rect class="edge" width="3" height="100%" rx="1.5"/>'
)

Palette = Mapping[str, str]

_LIGHT: Final[Palette] = {
    "ground": "#ffffff",
    "line": "#e4e8ed",
    "ink": "#1d2733",
    "soft": "#5d6b7a",
    "video": "#cfece7 #0f8578 #0a463f",
    "audio": "#fde8c8 #d2861a #623c05",
    "text": "#e6defb #7a58d4 #3b2783",
    "other": "#e7ebef #84919e #36414c",
}
_DARK: Final[Palette] = {
    "ground": "#13171c",
    "line": "#2b333c",
    "ink": "#edf1f5",
    "soft": "#9aa7b5",
    "video": "#123f3a #2fb7a7 #c6f3ec",
    "audio": "#45300f #e2a440 #fde6bf",
    "text": "#31275a #a18aed #e2d9fd",
    "other": "#2a323a #7e8b98 #d7dee5",
}
_FONTS: Final = (
    'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","PingFang SC","Microsoft YaHei",'
    '"Noto Sans CJK SC",sans-serif'
)
_COLOURS: Final[tuple[Colour, ...]] = ("video", "audio", "text", "other")


def draw(chart: Chart, summary: str, *, width: int | None, theme: Theme) -> str:
    """Draw a chart.

    Args:
        chart: What to draw.
        summary: The same in words, for those who cannot see it.
        width: Pixels; None fills whatever it is put in.
        theme: The colours.

    Raises:
        InputError: The width is no number above 0, or the theme is unknown.
    """
    if width is not None and (number(width) is None or not 0 < width < math.inf):
        raise InputError(f"{shown(width)} is no width.", hint="Give pixels, or None to fill.")
    if theme not in get_args(Theme):
        raise InputError(f"{shown(theme)} is no theme.", hint="There are auto, light and dark.")
    pen = _Pen(f"nemo-timeline-{theme}", width)
    lanes = [_height(strip) for strip in chart.strips]
    bottom = _HEAD + (_RULER + sum(lanes) if lanes else 0)
    height = bottom + (_HEADING if chart.note else 0) + _FOOT
    size = f'width="{width or "100%"}" height="{height}"'
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{pen.name}" role="img" {size}',
        f' aria-label="{escaped(summary)}">',
        f"<style>{_style(pen, theme)}</style>",
        f"<defs>{''.join(pen.fade(colour) for colour in (*_COLOURS, 'ground'))}</defs>",
        '<rect class="ground" width="100%" height="100%" rx="8"/>',
        f'<svg x="2%" width="{_INNER:.0%}" height="{height}">',
        *_head(chart, pen),
        *(_body(chart, lanes, pen) if lanes else ()),
        _text(0, bottom + 12, "soft", chart.note),
        "</svg></svg>",
    ]
    return "".join(drawn)


@attrs.frozen
class _Pen:
    """What draws the blocks of one picture.

    Attributes:
        name: The picture's class, with which its colours and ids begin.
        width: Pixels, None where it fills what it is put in.
    """

    name: str
    width: int | None

    def block(self, block: Block, colour: Colour, y: int) -> str:
        """Draw a block, with its words where there is room."""
        share = block.end - block.start
        hint = " ".join(filter(None, (block.label, block.facts)))
        return (
            f'<svg class="{colour}" x="{block.start:.3%}" y="{y}" width="{share:.3%}"'
            f' height="{_BLOCK}"><title>{escaped(hint)}</title>'
            f"{_NARROW if share < _NARROWER else _WIDE}{self._told(block, colour)}</svg>"
        )

    def veil(self, colour: str, height: int) -> str:
        """Cover the end of what is clipped, under which letters vanish that have no room.

        Its edges stay off those of the block: two soft edges would make a hard one.
        """
        place = f'x="100%" y="2" width="{_FADE + 1}" height="{height - 4}"'
        return (
            f'<rect {place} transform="translate(-{_FADE} 0)" fill="url(#{self.name}-{colour})"/>'
        )

    def fade(self, colour: str) -> str:
        """Define the veil of a colour."""
        return (
            f'<linearGradient id="{self.name}-{colour}" class="{colour}">'
            '<stop offset="0" stop-opacity="0"/><stop offset="0.8"/></linearGradient>'
        )

    def _told(self, block: Block, colour: Colour) -> str:
        least = _ROOM / ((block.end - block.start) * _INNER)
        if least > (self.width or _WIDEST):
            return ""
        words = (
            _text(9, 16, "name", block.label),
            _text(9, 29 if block.label else 22, "mark", block.facts),
            self.veil(colour, _BLOCK),
        )
        tight = ' class="tight"' if self.width is None and least > _SLIM else ""
        return f"<g{tight}>{''.join(words)}</g>"


def _head(chart: Chart, pen: _Pen) -> Iterator[str]:
    if chart.title:
        told = _text(0, 24, "title", chart.title) + pen.veil("ground", _HEAD)
        yield f'<svg width="{_TITLE}" height="{_HEAD}">{told}</svg>'
    yield f'<text class="soft" x="100%" y="24" text-anchor="end">{escaped(chart.facts)}</text>'


def _body(chart: Chart, lanes: Sequence[int], pen: _Pen) -> Iterator[str]:
    bottom = _HEAD + _RULER + sum(lanes)
    for tick in chart.ticks:
        room = 1 - _LETTER * len(tick.label)
        place, anchor = f"{tick.place:.3%}", "end" if tick.place > room else "start"
        yield f'<line class="line" x1="{place}" x2="{place}" y1="{_HEAD}" y2="{bottom}"/>'
        shift = -4 if anchor == "end" else 4
        yield (
            f'<text class="mark" x="{place}" dx="{shift}" y="{_HEAD + 12}"'
            f' text-anchor="{anchor}">{tick.label}</text>'
        )
    top = _HEAD + _RULER
    for strip, tall in zip(chart.strips, lanes, strict=True):
        yield from _strip(strip, top, pen)
        top += tall


def _strip(strip: Strip, top: int, pen: _Pen) -> Iterator[str]:
    yield _text(0, top + 13, "soft", strip.heading)
    if not strip.rows:
        y, tall = top + _HEADING, _BLOCK
        yield f'<rect class="gap" x="0.5" y="{y}" width="99.8%" height="{tall}" rx="4"/>'
    for place, row in enumerate(strip.rows):
        y = top + _HEADING + place * (_BLOCK + _GAP)
        yield from (pen.block(block, strip.colour, y) for block in row)


def _text(x: int, y: int, style: str, words: str) -> str:
    return f'<text class="{style}" x="{x}" y="{y}">{escaped(words)}</text>' if words else ""


def _height(strip: Strip) -> int:
    return _HEADING + max(len(strip.rows), 1) * (_BLOCK + _GAP) + 8


def _style(pen: _Pen, theme: Theme) -> str:
    """The colours, bound to this picture: a page may show others beside it."""
    name = pen.name
    fixed = (
        f".{name} text{{font:12px {_FONTS}}}.{name} .title{{font-size:15px;font-weight:600}}"
        f".{name} .name{{font-weight:600}}.{name} .mark{{font-size:10.5px}}"
    )
    if pen.width is None:
        fixed += (
            f".{name}{{container-type:inline-size}}"
            f"@container(max-width:{_SLIM}px){{.{name} .tight{{display:none}}}}"
        )
    if theme != "auto":
        return fixed + _colours(name, _DARK if theme == "dark" else _LIGHT)
    dark = _colours(name, _DARK)
    return f"{fixed}{_colours(name, _LIGHT)}@media (prefers-color-scheme:dark){{{dark}}}"


def _colours(name: str, palette: Palette) -> str:
    rules = [
        f".ground{{fill:{palette['ground']}}}",
        f".ground stop{{stop-color:{palette['ground']}}}",
        f".line{{stroke:{palette['line']}}}",
        f".gap{{fill:none;stroke:{palette['line']};stroke-dasharray:4 4}}",
        f".fill{{stroke:{palette['ground']}}}",
        f".title{{fill:{palette['ink']}}}",
        f".soft,.{name} .mark{{fill:{palette['soft']}}}",
    ]
    for colour in _COLOURS:
        fill, edge, ink = palette[colour].split()
        rules += [
            f".{colour} .fill{{fill:{fill}}}",
            f".{colour} .edge{{fill:{edge}}}",
            f".{colour} text{{fill:{ink}}}",
            f".{colour} stop{{stop-color:{fill}}}",
        ]
    return "".join(f".{name} {rule}" for rule in rules)
