"""Drafts that a person's own edits leave behind: short, bare, odd, and still a film or a word."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nemovideo.emulator.render import RenderError
from nemovideo.emulator.render.storyboard import Music, Recording, storyboard
from tests.emulator.render.films import (
    FIVE,
    decoded,
    examples,
    level,
    music,
    rendered,
    slideshow,
    title,
)


def frames(draft: dict[str, Any]) -> int:
    return storyboard(draft).frames


@pytest.mark.parametrize("fps", [24, 25, 30, 50, 60])
@pytest.mark.parametrize("ms", [100, 1001, 2999, 3333, 10_017])
def test_the_length_is_within_a_frame_at_every_speed(ms: int, fps: int) -> None:
    """A length that is no whole number of frames is rounded, never more."""
    draft = slideshow(FIVE[:1], ms)
    draft["m"]["fps"] = fps

    assert frames(draft) / fps == pytest.approx(ms / 1000, abs=0.5 / fps + 1e-9)


@pytest.mark.parametrize("each", [1, 7, 33, 34])
def test_hundreds_of_moments_are_as_long_as_their_sum(each: int) -> None:
    """Segments shorter than a frame lose no time, and every frame shows one of them."""
    board = storyboard(slideshow([f"{n}.jpg" for n in range(500)], 500 * each))

    assert board.frames == round(500 * each * 30 / 1000)
    assert all(board.layers(frame) for frame in range(board.frames))
    assert all(two.start == one.end for one, two in zip(board.shots, board.shots[1:], strict=False))


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        ({"t": []}, "the timeline holds no segments"),
        (slideshow(FIVE[:1], 1), "1 ms are less than one frame"),
        (slideshow(FIVE[:1], 7_200_000), "too long: 120 minutes, at most 60"),
        ({"d": 10**30, "t": [title("Hello")]}, "too long"),
    ],
    ids=["nothing", "a millisecond", "two hours", "for ever"],
)
def test_what_is_no_film_is_told_in_words(draft: dict[str, Any], reason: str) -> None:
    """The reason says what to change."""
    with pytest.raises(RenderError, match=reason):
        storyboard(draft)


@pytest.mark.parametrize("missing", ["d", "m"])
def test_a_root_without_its_facts_is_still_a_film(missing: str) -> None:
    """The segments know how long it is."""
    draft = slideshow(FIVE[:2], 4000, tracks=[music(9000), title("Hello", ms=9000)])
    del draft[missing]

    assert frames(draft) == 120


def film_of(draft: dict[str, Any], folder: Path) -> Any:
    return decoded(rendered(draft, examples(), folder / "film.mp4", 0.1).path)


def test_music_and_a_title_alone_are_a_film_on_black(tmp_path: Path) -> None:
    """Without a picture track the words stand on black, and the music plays."""
    film = film_of({"t": [music(2000, volume=1.0), title("Hello", 500, 1000)]}, tmp_path)

    assert len(film.frames) == 60
    assert film.at(0.2).max() < 20
    assert film.at(1.0).max() > 150
    assert level(film.sound) > -30


def test_a_title_alone_is_a_silent_film(tmp_path: Path) -> None:
    """Even one word is something to show."""
    film = film_of({"t": [title("Hello", 0, 1234)]}, tmp_path)

    assert len(film.frames) == 37
    assert level(film.sound) < -80


@pytest.mark.slow
@pytest.mark.parametrize("size", [(64, 64), (1, 1), (101, 999), (4096, 64), (1281, 721)], ids=str)
def test_canvases_of_odd_sizes_are_filmed(size: tuple[int, int], tmp_path: Path) -> None:
    """Tiny, odd and narrow ones too: even, and as large as they can be."""
    tracks = [title("A long word or two", ms=300)]
    draft = slideshow(FIVE[:2], 300, size=size, tracks=tracks)

    made = rendered(draft, examples(), tmp_path / "film.mp4", 0.25)

    height, width, _ = decoded(made.path).frames[0].shape
    assert (width % 2, height % 2) == (0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("ms", [33, 100, 1017, 1984])
def test_odd_lengths_are_kept_by_picture_and_sound(ms: int, tmp_path: Path) -> None:
    """The film is as long as the draft to a frame, its sound as long as its picture."""
    film = film_of(slideshow(FIVE[:1], ms, tracks=[music(ms)]), tmp_path)

    assert len(film.frames) / 30 == pytest.approx(ms / 1000, abs=1 / 30)
    assert film.sound.shape[1] / 48000 == pytest.approx(len(film.frames) / 30, abs=0.03)


def test_a_segment_without_a_source_is_told_in_words(tmp_path: Path) -> None:
    """There is nothing to show for it, and that is said."""
    with pytest.raises(RenderError, match="a segment without a source was never uploaded"):
        rendered({"t": [{"tt": 0, "sg": [{"d": 1000}]}]}, {}, tmp_path / "film.mp4")


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**7),
    st.floats(),
    st.text(max_size=12),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
NUMBERS = st.one_of(st.integers(0, 20_000), st.floats(0, 20_000), VALUES)
WORDS = st.one_of(
    st.sampled_from(
        ["image", "video", "music", "file", "calm", "lofi", "Caption", "top", "bottom"]
    ),
    VALUES,
)
FACTS = {
    **dict.fromkeys(
        ["start_ms", "trim_start_ms", "volume", "fade_ms", "fade_in_ms", "fade_out_ms"], NUMBERS
    ),
    **dict.fromkeys(["name", "kind", "source", "motion", "mood", "text", "position"], WORDS),
    "transition": st.one_of(
        st.fixed_dictionaries(
            {},
            optional={"kind": st.sampled_from(["dip", "crossfade", "x"]), "duration_ms": NUMBERS},
        ),
        VALUES,
    ),
}
SEGMENTS = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={"d": NUMBERS, "m": st.one_of(st.fixed_dictionaries({}, optional=FACTS), VALUES)},
    ),
    VALUES,
)
TRACKS = st.one_of(
    st.fixed_dictionaries(
        {"tt": st.one_of(st.sampled_from([0, 1, 7]), VALUES)},
        optional={"sg": st.one_of(st.lists(SEGMENTS, max_size=5), VALUES), "m": VALUES},
    ),
    VALUES,
)
DRAFTS = st.fixed_dictionaries(
    {"t": st.one_of(st.lists(TRACKS, max_size=4), VALUES)},
    optional={
        "d": NUMBERS,
        "m": st.one_of(
            st.fixed_dictionaries(
                {}, optional={"fps": NUMBERS, "width": NUMBERS, "height": NUMBERS}
            ),
            VALUES,
        ),
    },
)


def pictured_ms(draft: dict[str, Any]) -> float | None:
    """How long the first track of pictures is, if its lengths are plain numbers."""
    tracks = draft["t"] if isinstance(draft["t"], list) else []
    for track in tracks:
        if isinstance(track, dict) and track.get("tt") == 0 and isinstance(track.get("sg"), list):
            lengths: list[Any] = [one.get("d") for one in track["sg"] if isinstance(one, dict)]
            plain = [ms for ms in lengths if type(ms) in {int, float} and 0 <= ms <= 10**7]
            return float(sum(plain)) if len(plain) == len(lengths) and sum(plain) > 0 else None
    return None


@settings(deadline=None)
@example(
    draft={
        "d": float("inf"),
        "m": {"fps": float("nan"), "width": float("-inf")},
        "t": [{"tt": 0, "sg": [{"d": float("nan"), "m": {"volume": float("nan")}}]}],
    },
    scale=1.0,
)
@given(draft=DRAFTS, scale=st.sampled_from([1.0, 1 / 6]))
def test_any_draft_is_a_plan_or_a_clear_word(draft: dict[str, Any], scale: float) -> None:
    """Never another exception; what is planned fits together and is as long as the draft."""
    try:
        board = storyboard(draft, scale)
    except RenderError as refused:
        said = str(refused)
        board = None
    if board is None:
        assert said.startswith(("there is nothing to render", "the film is too long"))
        return

    assert board.frames > 0
    assert board.width % 2 == board.height % 2 == 0
    assert all(0 <= words.first < words.last <= board.frames for words in board.titles)
    heard: list[Music | Recording] = [*board.music, *board.recordings]
    assert all(part.start + part.length <= board.duration + 1 / board.fps for part in heard)
    assert all(part.start >= 0 and part.length > 0 for part in heard)
    for frame in {0, board.frames // 2, board.frames - 1}:
        assert sum(weight for _, weight in board.layers(frame)) <= 1.001
        assert all(words.opacity(frame) <= 1 for words in board.titles)
    if ms := pictured_ms(draft):
        assert abs(board.duration - ms / 1000) <= 1 / board.fps


def random_draft(seed: int) -> dict[str, Any]:
    """A short film of pieces thrown together."""
    dice = random.Random(seed)
    segments = [
        {
            "d": dice.choice([1, 40, 133, 250, 400]),
            "m": {
                "source": dice.choice(FIVE),
                "motion": dice.choice(["none", "zoom_in", "zoom_out", "pan_left", "pan_up", 7]),
                "transition": {
                    "kind": dice.choice(["cut", "crossfade", "dip"]),
                    "duration_ms": dice.choice([0, 100, 700, 9000]),
                },
            },
        }
        for _ in range(dice.randint(1, 8))
    ]
    segments[0]["d"] = 300
    words = [
        {
            "d": dice.choice([1, 300, 9000]),
            "m": {
                "start_ms": dice.choice([0, 100, 5000]),
                "text": dice.choice(["Hi", "小奇迹", "x" * 200, "\n\n", "a\nb"]),
                "position": dice.choice(["top", "center", "bottom", None]),
                "name": dice.choice(["Title", "Caption"]),
            },
        }
        for _ in range(dice.randint(0, 5))
    ]
    sizes = [(1920, 1080), (1080, 1920), (1080, 1080), (999, 77)]
    width, height = dice.choice(sizes)
    meta = {"width": width, "height": height, "fps": dice.choice([24, 25, 30, 60])}
    tracks = [
        {"tt": 0, "sg": segments},
        {"tt": 7, "sg": words},
        music(dice.choice([50, 700, 9000])),
    ]
    return {"m": meta, "t": tracks[: dice.randint(1, 3)]}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_films_of_pieces_thrown_together(seed: int, tmp_path: Path) -> None:
    """Each becomes a file of its length, picture and sound alike."""
    draft = random_draft(seed)
    board = storyboard(draft)

    film = film_of(draft, tmp_path)

    assert len(film.frames) == board.frames
    assert film.sound.shape[1] / 48000 == pytest.approx(board.duration, abs=0.03)
