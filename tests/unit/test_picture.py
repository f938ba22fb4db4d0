import itertools
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nemovideo.draft import Draft
from nemovideo.draft.chart import Block, Chart, chart
from nemovideo.draft.parts import Theme
from nemovideo.draft.picture import _DARK, _LIGHT
from nemovideo.errors import InputError
from tests.unit.drafts import DOCUMENTED, DRAFTS, WISHES, Json, agents
from tests.unit.work import seconds, steps

NAMESPACE = "{http://www.w3.org/2000/svg}"
THEMES: tuple[Theme, ...] = get_args(Theme)
WIDTHS = (None, 600, 1400)
HOSTILE = {
    "markup": "<script>alert(1)</script>",
    "end of a style": "</style></svg><script>",
    "entity": "&lt;&#60;&nope;",
    "quotes": "\" onload='alert(1)' x=\"",
    "end of data": "]]>",
    "control characters": "a\x00b\x0bc\x1b[31m\x7f\x85",
    "lone surrogates": "a\ud83db\udc00",
    "no characters": "\ufffe\uffff\U0001ffff",
    "bidi marks": "\u202eabc\u2066def",
    "emoji": "🎉👨‍👩‍👧🏴",
    "right to left": "صور العطلة",
    "combining": "e" + "\u0301" * 500,
    "address": "http://evil.example/x.js url(http://evil.example) javascript:alert(1)",
    "10,000 letters": "long " * 2000,
    "10,000 wide letters": "长" * 10_000,
}


def tree(svg: str) -> ET.Element:
    """The picture, parsed."""
    return ET.fromstring(svg)


def words(svg: str) -> list[str]:
    """Everything that is written in the picture."""
    return ["".join(one.itertext()) for one in tree(svg).iter(f"{NAMESPACE}text")]


ELEMENTS = {"svg", "g", "style", "defs", "linearGradient", "stop", "rect", "line", "text", "title"}


def is_alone(svg: str) -> bool:
    """Whether nothing outside is asked for, and nothing can run."""
    elements = list(tree(svg).iter())
    names = {element.tag.removeprefix(NAMESPACE) for element in elements}
    attributes = [pair for element in elements for pair in element.attrib.items()]
    styles = "".join(element.text or "" for element in elements if element.tag.endswith("style"))
    return (
        names <= ELEMENTS
        and not any(key.lower().startswith("on") or "href" in key for key, _ in attributes)
        and all("url(#" in text for _, text in attributes if text.startswith("url"))
        and not re.search(r"url|@import|http", styles)
    )


def blocks(drawn: Chart) -> Iterator[Block]:
    """All that is drawn."""
    rows = itertools.chain.from_iterable(strip.rows for strip in drawn.strips)
    return itertools.chain.from_iterable(rows)


def fits(drawn: Chart) -> bool:
    """Whether blocks lie inside of the picture, can be seen, and cover nothing of each other."""
    rows = itertools.chain.from_iterable(strip.rows for strip in drawn.strips)
    return all(
        0 <= block.start < block.start + 0.0012 <= block.end <= 1 + 1e-9
        and (after is None or block.end <= after.start + 1e-9)
        for row in rows
        for block, after in itertools.zip_longest(row, list(row)[1:])
    )


def named(name: str) -> Draft:
    """A draft that says a text wherever it can."""
    segments = [{"d": 2000, "m": {"name": name}}, {"d": 1, "m": {"name": name}}]
    texts = [{"d": 2000, "m": {"text": name, "name": name}}]
    tracks = [{"tt": 0, "m": {"name": name}, "sg": segments}, {"tt": 7, "sg": texts}]
    return Draft.from_wire({"m": {"title": name, "width": name}, "t": tracks})


@given(wire=DRAFTS, theme=st.sampled_from(THEMES), width=st.sampled_from(WIDTHS))
def test_any_readable_draft_can_be_drawn(wire: Json, theme: Theme, width: int | None) -> None:
    """As XML that is well formed, needs nothing beside it and cannot do anything."""
    draft = Draft.from_wire(wire)

    assert is_alone(draft.to_svg(width=width, theme=theme))
    assert is_alone(draft.to_svg(language="zh"))


@given(DRAFTS)
def test_blocks_lie_in_their_rows(wire: Json) -> None:
    """Inside of the picture, wide enough to be seen, none over another."""
    assert fits(chart(Draft.from_wire(wire), "en"))


TIMES = st.integers(0, 40) | st.sampled_from([0, 1, 10_000, 99_999])
CROWDS = st.lists(st.tuples(TIMES, st.none() | TIMES), min_size=1, max_size=40)


@example([(1, 0), (1, 0), (1, 0), (0, 0), (1, 0), (10_000, None), (0, 0)])
@given(CROWDS)
def test_no_segment_of_a_crowd_is_lost(crowd: list[tuple[int, int | None]]) -> None:
    """Short ones beside long ones, many at once, unordered: each is counted in one block."""
    segments = [{"d": lasts, "m": {"start_ms": start}} for lasts, start in crowd]

    drawn = chart(Draft.from_wire({"t": [{"tt": 7, "sg": segments}]}), "en")

    counted = [re.match(r"\d+(?= segments)", block.label) for block in blocks(drawn)]
    assert sum(int(found[0]) if found else 1 for found in counted) == len(crowd)
    assert fits(drawn)
    assert len(drawn.strips[0].rows) <= 4


def test_segments_in_no_order_share_a_row() -> None:
    """Where they lie decides, and not where they stand in the list."""
    starts = (8000, 0, 4000, 2000, 6000)
    segments = [{"d": 1500, "m": {"start_ms": start}} for start in starts]

    drawn = chart(Draft.from_wire({"t": [{"tt": 7, "sg": segments}]}), "en")

    assert [len(row) for row in drawn.strips[0].rows] == [5]


@given(DRAFTS)
def test_the_ruler_has_few_marks_evenly_apart(wire: Json) -> None:
    """From the beginning on; there is none where there is nothing to measure."""
    drawn = chart(Draft.from_wire(wire), "en")

    places = [tick.place for tick in drawn.ticks]
    gaps = [later - sooner for sooner, later in itertools.pairwise(places)]
    assert bool(places) == bool(drawn.strips)
    assert len(places) <= 9
    assert places[:1] in ([], [0])
    assert gaps == pytest.approx([gaps[0]] * len(gaps) if gaps else [])
    assert all(0 <= place <= 1 + 1e-9 for place in places)


@pytest.mark.parametrize(
    ("ms", "labels"),
    [
        (0, ["0.0s"]),
        (700, ["0.0s", "0.1s", "0.2s", "0.3s", "0.4s", "0.5s", "0.6s", "0.7s"]),
        (15_000, ["0s", "2s", "4s", "6s", "8s", "10s", "12s", "14s"]),
        (90_000, ["0s", "15s", "30s", "45s", "1:00", "1:15", "1:30"]),
        (5_400_000, ["0s", "20:00", "40:00", "1:00:00", "1:20:00"]),
        (36_000_000, ["0s", "2:00:00", "4:00:00", "6:00:00", "8:00:00", "10:00:00"]),
    ],
    ids=["nothing", "a moment", "usual", "minutes", "an hour", "a day's work"],
)
def test_the_ruler_counts_in_round_steps(ms: int, labels: list[str]) -> None:
    """Seconds, then minutes, then hours, as people read them."""
    drawn = chart(Draft.from_wire({"t": [{"tt": 0, "sg": [{"d": ms}]}]}), "en")

    assert [tick.label for tick in drawn.ticks][: len(labels)] == labels


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("width", WIDTHS, ids=str)
def test_hostile_names_are_harmless(name: str, width: int | None) -> None:
    """They are letters, few, and nothing else, wherever a draft can say them."""
    svg = named(name).to_svg(width=width)

    assert is_alone(svg)
    assert "<script" not in svg
    assert svg.encode().decode() == svg
    assert len(svg) < 12_000
    assert all(len(line) < 150 for line in words(svg))


def test_a_name_is_drawn_as_it_is() -> None:
    """Markup is shown and not obeyed."""
    assert "<b>&" in words(named("<b>&").to_svg())


def test_a_name_from_right_to_left_turns_nothing_around_it() -> None:
    """It is isolated inside of its heading."""
    assert "1 Video · \u2068صور\u2069 · 2 segments" in words(named("صور").to_svg())


@pytest.mark.parametrize("wish", WISHES)
def test_every_track_has_a_lane_with_its_heading(wish: str) -> None:
    """Place, type, and what else there is to say; every segment is in its lane."""
    draft = agents(wish)

    drawn, written = chart(draft, "en"), words(draft.to_svg())

    assert len(drawn.strips) == len(draft.tracks)
    assert {strip.heading for strip in drawn.strips} <= set(written)
    assert [sum(map(len, strip.rows)) for strip in drawn.strips] == [
        len(track.segments) for track in draft.tracks
    ]


def test_the_colours_tell_the_types_apart() -> None:
    """Unknown types have one for themselves."""
    wire = {"t": [{"tt": kind, "sg": [{"d": 1000}]} for kind in (0, 1, 7, 42)] + [{}]}

    drawn = chart(Draft.from_wire(wire), "en")

    assert [strip.colour for strip in drawn.strips] == ["video", "audio", "text", "other", "other"]


def test_the_picture_speaks_chinese() -> None:
    """Headings and what is read aloud."""
    svg = Draft.from_wire(DOCUMENTED).to_svg(language="zh")

    assert "2 音乐" in words(svg)
    assert tree(svg).get("aria-label", "").startswith("时间线（3条轨道）")


def test_an_empty_timeline_is_drawn_as_such() -> None:
    """A picture that says why it shows nothing."""
    assert words(Draft.from_wire({}).to_svg()) == ["0s", "empty"]


def tracks(kind: int, *lanes: list[Json], **details: Any) -> Json:
    """A draft of lanes of one kind."""
    return {"t": [{"tt": kind, "m": details, "sg": lane} for lane in lanes]}


CROWDED: dict[str, Callable[[int], Json]] = {
    "one after the other": lambda count: tracks(
        0, [{"d": 900, "m": {"name": '"' * 80}} for _ in range(count)]
    ),
    "all at once": lambda count: tracks(
        7, [{"d": 10**9, "m": {"start_ms": n}} for n in range(count)]
    ),
    "on thirty tracks": lambda count: tracks(
        0, *[[{"d": 900, "m": {"name": "n"}}] * (count // 30)] * 30
    ),
    "on as many tracks": lambda count: tracks(0, *[[{"d": 900}]] * count, name='"' * 99),
    "long and short": lambda count: tracks(
        0, *[[{"d": 1 + n % 2 * 2999, "m": {"name": "<" * 80}} for n in range(count // 24)]] * 24
    ),
    "scattered": lambda count: tracks(
        7, [{"d": 1 + n % 5 * 3000, "m": {"start_ms": n * 7919 % 10**6}} for n in range(count)]
    ),
}


crowds = pytest.mark.parametrize("crowded", CROWDED.values(), ids=CROWDED)


@crowds
def test_the_work_grows_with_the_segments(crowded: Callable[[int], Json]) -> None:
    """Where no more can be drawn, as many more segments are as many more steps."""
    drafts = [Draft.from_wire(crowded(count)) for count in (780, 1560, 2340)]

    few, some, many = (steps(draft.to_svg) for draft in drafts)

    assert many - some < 1.25 * (some - few)


@crowds
@pytest.mark.parametrize("count", [1_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_thousands_of_segments_are_a_small_picture(
    crowded: Callable[[int], Json], count: int
) -> None:
    """Small enough for a page."""
    draft = Draft.from_wire(crowded(count))

    assert len(draft.to_svg().encode()) < 500_000
    assert fits(chart(draft, "en"))


@pytest.mark.slow
@crowds
def test_the_time_grows_with_the_segments(crowded: Callable[[int], Json]) -> None:
    """Nor does C do with whole lists, unseen by the interpreter's steps, what takes a square."""
    few, many = (Draft.from_wire(crowded(count)).to_svg for count in (2_000, 20_000))

    assert min(seconds(many) for _ in range(2)) < 25 * max(seconds(few) for _ in range(3))


def test_of_hundreds_of_tracks_the_first_are_drawn() -> None:
    """And the others are counted."""
    svg = Draft.from_wire({"t": [{"tt": 0, "sg": [{"d": 900}]}] * 300}).to_svg()

    assert words(svg)[-1] == "… and 276 more tracks"
    assert "24 Video" in words(svg)


@pytest.mark.parametrize(
    ("photos", "width", "told"),
    [(5, 600, True), (12, 600, True), (20, 600, False), (20, 1400, True), (40, 1400, False)],
)
def test_words_are_written_where_there_is_room(photos: int, width: int, told: bool) -> None:  # noqa: FBT001 - a parameter
    """A block of a few letters says nothing, and its veil would hide the block."""
    track = {"tt": 0, "sg": [{"d": 1000, "m": {"name": "IMG"}}] * photos}

    assert ("IMG" in words(Draft.from_wire({"t": [track]}).to_svg(width=width))) is told


def test_a_picture_that_fills_a_page_leaves_words_to_the_page() -> None:
    """Where it turns out to be narrow, blocks with little room hide theirs."""
    track = {"tt": 0, "sg": [{"d": 1000, "m": {"name": "IMG"}}] * 20}
    svg = Draft.from_wire({"t": [track, {"tt": 1, "sg": [{"d": 20_000}]}]}).to_svg(width=None)

    assert svg.count('<g class="tight">') == 20
    assert svg.count("<g>") == 1
    assert "@container(max-width:800px){.nemo-timeline-auto .tight{display:none}}" in svg


def media(svg: str) -> list[str]:
    """The conditions of the style."""
    style = tree(svg).find(f"{NAMESPACE}style")
    assert style is not None
    return re.findall(r"@media \(([^)]*)\)", style.text or "")


@pytest.mark.parametrize(
    ("theme", "grounds", "asked"),
    [
        ("auto", {_LIGHT["ground"], _DARK["ground"]}, ["prefers-color-scheme:dark"]),
        ("light", {_LIGHT["ground"]}, []),
        ("dark", {_DARK["ground"]}, []),
    ],
)
def test_a_theme_has_its_colours(theme: Theme, grounds: set[str], asked: list[str]) -> None:
    """`auto` asks the reader's system, the others never do."""
    svg = Draft.from_wire(DOCUMENTED).to_svg(theme=theme)

    assert {ground for ground in (_LIGHT["ground"], _DARK["ground"]) if ground in svg} == grounds
    assert media(svg) == asked


def test_pictures_of_several_themes_share_a_page() -> None:
    """No id is used twice, and no rule of one is about another."""
    pictures = {theme: Draft.from_wire(DOCUMENTED).to_svg(theme=theme) for theme in THEMES}
    ids = [name for svg in pictures.values() for name in re.findall(r' id="([^"]+)"', svg)]

    assert len(ids) == len(set(ids))
    for theme, svg in pictures.items():
        style = re.sub(r"@media[^{]*\{", "", svg.partition("<style>")[2].partition("</style>")[0])
        rules = [
            part for rule in style.split("}") if rule for part in rule.split("{")[0].split(",")
        ]
        assert all(part.startswith(f".nemo-timeline-{theme} ") for part in rules)
        assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(re.findall(r' id="([^"]+)"', svg))


def luminance(colour: str) -> float:
    """How bright a colour is, as WCAG 2 counts."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 to 21, as WCAG 2 counts."""
    darker, brighter = sorted((luminance(one), luminance(other)))
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("palette", [_LIGHT, _DARK], ids=["light", "dark"])
def test_every_letter_can_be_read_on_its_ground(palette: Mapping[str, str]) -> None:
    """At 4.5 to 1 at least, which WCAG asks of small letters."""
    pairs = [(palette[ink], palette["ground"]) for ink in ("ink", "soft")]
    for colour in ("video", "audio", "text", "other"):
        fill, _, ink = palette[colour].split()
        pairs.append((ink, fill))

    assert min(contrast(*pair) for pair in pairs) >= 4.5


@pytest.mark.parametrize(("width", "said"), [(None, "100%"), (600, "600"), (1400, "1400")])
def test_the_picture_is_as_wide_as_asked(width: int | None, said: str) -> None:
    """Or as wide as what it is put in."""
    assert tree(Draft.from_wire(DOCUMENTED).to_svg(width=width)).get("width") == said


BAD: list[Any] = [0, -1, math.nan, math.inf, True, "600", '"><script>']


@pytest.mark.parametrize("width", BAD, ids=repr)
def test_a_width_that_is_none_is_refused(width: Any) -> None:
    """It would else stand in the picture as it is."""
    with pytest.raises(InputError, match="width"):
        Draft.from_wire(DOCUMENTED).to_svg(width=width)


@pytest.mark.parametrize("theme", ["blue", "", None, '"><script>'], ids=repr)
def test_a_theme_that_is_none_is_refused(theme: Any) -> None:
    """The error names those that there are."""
    with pytest.raises(InputError, match="no theme") as caught:
        Draft.from_wire(DOCUMENTED).to_svg(theme=theme)

    assert "auto, light and dark" in caught.value.hint


def test_numbers_that_json_cannot_say_are_drawn() -> None:
    """What Python's parser reads and others do not."""
    wire = json.loads('{"d":NaN,"t":[{"tt":0,"sg":[{"d":Infinity},{"d":NaN},{"d":-Infinity}]}]}')

    svg = Draft.from_wire(wire).to_svg()

    assert is_alone(svg)
    assert "nan%" not in svg
