import json
from typing import Any

import pytest

from nemovideo.draft import Draft
from nemovideo.emulator.render import RenderError
from nemovideo.emulator.render.storyboard import Storyboard, storyboard
from tests.emulator.render.films import FIVE, music, slideshow, title


def weights(board: Storyboard, frame: int) -> dict[int, float]:
    return dict(board.layers(frame))


def test_slots_lie_end_to_end_and_fill_the_film() -> None:
    """Every frame belongs to one slot, and there are as many as the draft is long."""
    board = storyboard(slideshow(FIVE, 15000))

    assert board.frames == 450
    assert [(shot.start, shot.end) for shot in board.shots] == [
        (0, 90),
        (90, 180),
        (180, 270),
        (270, 360),
        (360, 450),
    ]


@pytest.mark.parametrize(("count", "ms"), [(1, 8000), (2, 8000), (7, 20000), (12, 8000)])
def test_odd_divisions_lose_no_frame(count: int, ms: int) -> None:
    """Slots that are no whole number of frames still meet without a gap."""
    board = storyboard(slideshow([f"{n}.jpg" for n in range(count)], ms))

    ends = [shot.end for shot in board.shots]
    assert ends == [*(shot.start for shot in board.shots[1:]), board.frames]
    assert board.frames == round(ms // count * count * 30 / 1000)


def test_a_crossfade_is_centred_on_the_cut() -> None:
    """Half of a cross-fade lies before the cut, and both pictures weigh the same there."""
    board = storyboard(slideshow(FIVE[:2], 6000))

    assert board.layers(79) == ((0, 1.0),)
    assert board.layers(100) == ((1, 1.0),)
    assert weights(board, 89)[0] == pytest.approx(weights(board, 90)[1])
    assert weights(board, 89)[0] == pytest.approx(0.5, abs=0.08)


def test_weights_of_a_crossfade_sum_to_one_and_never_fall_back() -> None:
    """A cross-fade moves from one picture to the other and nowhere else."""
    board = storyboard(slideshow(FIVE[:2], 6000))
    entering = [weights(board, frame).get(1, 0.0) for frame in range(board.frames)]

    assert entering == sorted(entering)
    assert all(sum(weights(board, f).values()) == pytest.approx(1) for f in range(board.frames))


def test_a_dip_is_black_at_the_cut() -> None:
    """The frames on either side of the cut of a dip show nothing."""
    board = storyboard(slideshow(FIVE[:2], 6000, transition="dip"))

    assert board.layers(89) == ((0, 0.0),)
    assert board.layers(90) == ((1, 0.0),)
    assert weights(board, 83)[0] > 0


def test_a_cut_changes_from_one_frame_to_the_next() -> None:
    """Without a transition each frame shows one picture."""
    board = storyboard(slideshow(FIVE[:2], 6000, transition="cut"))

    assert board.layers(89) == ((0, 1.0),)
    assert board.layers(90) == ((1, 1.0),)


def test_transitions_longer_than_their_slots_are_clamped() -> None:
    """No shot is seen in more than its own slot and half of each neighbour's."""
    draft = slideshow([f"{n}.jpg" for n in range(4)], 2000)
    for segment in draft["t"][0]["sg"]:
        segment["m"]["transition"]["duration_ms"] = 60_000

    board = storyboard(draft)

    assert {shot.entry.half for shot in board.shots[1:]} == {7}
    assert all(len(board.layers(frame)) <= 2 for frame in range(board.frames))


def test_movement_runs_through_the_transitions() -> None:
    """A shot moves from its first visible frame to its last."""
    shot = storyboard(slideshow(FIVE[:3], 9000)).shots[1]

    assert (shot.first, shot.last) == (80, 190)
    assert shot.progress(shot.first) == 0
    assert shot.progress(shot.last - 1) == 1


@pytest.mark.parametrize(
    "draft",
    [
        {},
        {"d": 5000},
        {"t": []},
        {"t": None},
        {"d": 5000, "t": [{"tt": 0, "sg": []}]},
        {"d": 5000, "t": [{"tt": 0, "sg": [{"d": 0, "m": {"source": "a"}}]}]},
        {"d": 5000, "t": [{"tt": 99, "sg": [{"d": 5000}]}]},
    ],
    ids=json.dumps,
)
def test_a_draft_that_shows_nothing_is_refused(draft: dict[str, Any]) -> None:
    """There is a clear word for a timeline without segments."""
    with pytest.raises(RenderError, match="nothing to render"):
        storyboard(draft)


@pytest.mark.parametrize("odd", [None, True, "x", -5, 10**30, float("nan"), [], {}], ids=repr)
@pytest.mark.parametrize(
    "key",
    ["start_ms", "name", "kind", "motion", "transition", "volume", "trim_start_ms", "text"],
)
def test_odd_metadata_never_fails_a_plan(key: str, odd: object) -> None:
    """Whatever a person left in the metadata, a film comes out of it."""
    draft = slideshow(FIVE[:2], 6000, tracks=[music(6000), title("Hello")])
    for track in draft["t"]:
        for segment in track["sg"]:
            segment["m"][key] = odd

    board = storyboard(draft)

    assert board.frames == 180
    assert all(0 <= part.start <= 6 and part.start + part.length <= 6 for part in board.music)
    assert all(0 <= words.first < words.last <= 180 for words in board.titles)


def test_missing_metadata_gets_defaults() -> None:
    """Bare segments are shown for their length, standing still, with hard cuts."""
    draft = {
        "t": [{"tt": 0, "sg": [{"d": 1000}, {"m": {"source": "a/b.jpg"}}, {"d": "x", "m": 5}]}]
    }

    board = storyboard(draft)

    assert (board.width, board.height, board.fps) == (1920, 1080, 30)
    assert [shot.end - shot.start for shot in board.shots] == [30, 90, 90]
    assert {shot.motion for shot in board.shots} == {"none"}
    assert board.shots[1].name == "b.jpg"


def test_titles_and_music_end_with_the_film() -> None:
    """Nothing is planned beyond the last picture."""
    board = storyboard(slideshow(FIVE[:2], 4000, tracks=[music(60_000), title("Late", 3000, 9000)]))

    assert board.titles[0].last == board.frames == 120
    assert board.music[0].length == 4.0


def test_a_title_fades_in_and_out_within_its_seconds() -> None:
    """Outside its seconds it is gone, in the middle it is all there."""
    board = storyboard(slideshow(FIVE[:2], 9000, tracks=[title("Hello", 1000, 3000, fade_ms=400)]))
    opacity = [board.titles[0].opacity(frame) for frame in range(board.frames)]

    assert [opacity[29], opacity[120]] == [0, 0]
    assert 0 < opacity[30] < opacity[35] < opacity[41] < 1
    assert opacity[30] == opacity[119]
    assert opacity[75] == 1


def test_without_pictures_the_draft_still_has_a_length() -> None:
    """Music and titles alone make a film on black."""
    board = storyboard({"d": 5000, "t": [music(4000)]})

    assert (board.frames, board.shots, board.layers(10)) == (150, (), ())


@pytest.mark.parametrize(
    ("size", "scale", "expected"),
    [
        ((1920, 1080), 1 / 6, (320, 180)),
        ((1080, 1920), 1 / 6, (180, 320)),
        ((1081, 1079), 1.0, (1080, 1080)),
        ((1080, 1080), 0.33, (356, 356)),
        (("wide", None), 1.0, (1920, 1080)),
    ],
)
def test_the_canvas_is_scaled_and_even(
    size: tuple[Any, Any], scale: float, expected: tuple[int, int]
) -> None:
    """H.264 wants even sizes, whatever the draft says."""
    board = storyboard(slideshow(FIVE[:1], 1000, size=size), scale)

    assert (board.width, board.height) == expected


def test_the_sound_of_a_clip_swells_with_its_transition() -> None:
    """A clip is heard as long as it is seen, and fades as it does."""
    draft = slideshow(["a.jpg", "b.mp4", "c.jpg"], 9000)
    draft["t"][0]["sg"][1]["m"] |= {"kind": "video", "trim_start_ms": 1000, "volume": 0.5}

    (heard,) = storyboard(draft).recordings

    assert heard.start == pytest.approx(80 / 30)
    assert heard.trim == pytest.approx(1 - 10 / 30)
    assert heard.length == pytest.approx(110 / 30)
    assert heard.fade_in == heard.fade_out == pytest.approx(20 / 30)


def test_what_a_source_is_follows_from_its_name_if_nothing_says_so() -> None:
    """A clip whose kind got lost is still played."""
    draft = {"t": [{"tt": 0, "sg": [{"d": 1000, "m": {"source": "http://x/clip.MP4"}}]}]}

    assert storyboard(draft).shots[0].kind == "video"


PICTURE = {"tt": 0, "sg": [{"d": 9000, "m": {"source": "a", "name": "a.jpg"}}]}


@pytest.mark.parametrize("beside", [False, True], ids=["in m", "beside m"])
@pytest.mark.parametrize("text", ["text", "content"])
@pytest.mark.parametrize("start", ["start_ms", "start"])
def test_a_title_is_read_where_a_draft_reads_it(text: str, start: str, *, beside: bool) -> None:
    """What `Draft` tells about a title is what is seen."""
    told = {text: "Hello", start: 2000}
    segment = {"d": 1000, **told} if beside else {"d": 1000, "m": told}
    wire = {"t": [PICTURE, {"tt": 7, "sg": [segment, {"d": 1000, "m": {"text": "Next"}}]}]}

    board, (first, second) = storyboard(wire), Draft.from_wire(wire).tracks[1].spans()

    assert [title.text for title in board.titles] == [first[0].text, second[0].text]
    assert [title.first for title in board.titles] == [60, 90]
    assert [title.first / 30 * 1000 for title in board.titles] == [first[1], second[1]]


@pytest.mark.parametrize("beside", [False, True], ids=["in m", "beside m"])
@pytest.mark.parametrize("volume", [0.0, 0.2])
def test_a_volume_is_read_where_a_draft_reads_it(volume: float, *, beside: bool) -> None:
    """Music that `Draft` calls muted is muted."""
    segment = {"d": 9000, "volume": volume} if beside else {"d": 9000, "m": {"volume": volume}}
    wire = {"t": [PICTURE, {"tt": 1, "sg": [segment]}]}

    assert storyboard(wire).music[0].volume == volume
    assert Draft.from_wire(wire).tracks[1].segments[0].volume == volume


@pytest.mark.parametrize("key", ["name", "title", "filename"])
@pytest.mark.parametrize("beside", [False, True], ids=["in m", "beside m"])
def test_a_name_is_read_where_a_draft_reads_it(key: str, *, beside: bool) -> None:
    """A shot is called what its segment is called."""
    meta: dict[str, Any] = {"source": "http://x/1"}
    segment = {"d": 1000, "m": meta, key: "cat.jpg"} if beside else {"m": {**meta, key: "cat.jpg"}}

    assert storyboard({"t": [{"tt": 0, "sg": [segment]}]}).shots[0].name == "cat.jpg"


@pytest.mark.parametrize("odd", [True, "x", [], {}, float("nan")], ids=repr)
def test_odd_values_beside_the_metadata_fall_back(odd: object) -> None:
    """They are as harmless there as inside."""
    keys = ("start", "start_ms", "volume", "name", "filename")
    segment = {"d": 1000, **dict.fromkeys(keys, odd), "m": {"kind": "file", "source": "s.mp3"}}

    (heard,) = storyboard({"t": [PICTURE, {"tt": 1, "sg": [segment]}]}).recordings

    assert (heard.start, heard.volume) == (0.0, 1.0)
    assert heard.name == ("x" if odd == "x" else "s.mp3")


def test_a_name_without_end_is_cut() -> None:
    """A message about it stays a message."""
    draft = slideshow(["n" * 2_000_000], 1000)

    assert storyboard(draft).shots[0].name == "n" * 60 + "…"
