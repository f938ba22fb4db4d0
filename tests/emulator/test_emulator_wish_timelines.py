"""What an edit leaves alone, what it costs, and how it deals with odd timelines."""

import copy
from itertools import pairwise

import pytest

from nemovideo.emulator.agent import Board, Clip, take_turn
from nemovideo.emulator.agent.changes import change
from nemovideo.emulator.agent.sentences import SENTENCES
from nemovideo.emulator.agent.wishes import MOODS, Keep
from tests.emulator.boards import FIRST, PHOTOS, followed, fresh, seen


@pytest.mark.parametrize(
    ("message", "told"),
    [
        pytest.param("make a 4 second video", "laid out: one picture, 4 s", id="made"),
        pytest.param("make it 0.1 seconds", "0.2 s to show one picture", id="too-short"),
        pytest.param("做一个4秒的视频", "编排好：1个画面，4秒", id="made-zh"),
    ],
)
def test_one_picture_is_told_as_one(message: str, told: str) -> None:
    """A single photo is not spoken of in the plural."""
    before = fresh(FIRST, PHOTOS[:1])
    board = Board(before.calls[-1].draft, PHOTOS[:1], before.placed, "project", paid=True)
    turn = take_turn(message, board) if "0.1" in message else fresh(message, PHOTOS[:1])
    assert told in turn.after


@pytest.mark.parametrize(
    "message", ["add the new photo", "turn these into a slideshow", "把新照片加到最后"]
)
def test_new_uploads_go_to_the_end(message: str) -> None:
    """Files uploaded since are appended, and the rest is kept."""
    before = fresh(FIRST, PHOTOS[:3])
    board = Board(before.calls[-1].draft, PHOTOS, before.placed, "project", paid=True)
    turn = take_turn(message, board)
    assert seen(turn)["order"] == "12345"
    assert seen(turn)["slots"] == [5000] * 5
    assert seen(turn)["title"] == "Old"


def test_a_removed_photo_does_not_come_back_as_new() -> None:
    """Only files that never had a place are new."""
    removed = followed("remove the third photo")
    board = Board(removed.calls[-1].draft, PHOTOS, removed.placed, "project", paid=True)
    assert "no new photo" in take_turn("add the new photo", board).after


def test_clips_never_last_longer_than_they_are() -> None:
    """A short video clip keeps its length, and the photos fill the rest."""
    clips = (*PHOTOS[:2], Clip("clip.mp4", "video", "http://127.0.0.1/c", 1500))
    draft = fresh("make it 10 seconds", clips).calls[-1].draft
    assert [piece["d"] for piece in draft["t"][0]["sg"]] == [4300, 4200, 1500]


def test_an_uploaded_sound_becomes_the_music() -> None:
    """Who uploads a sound gets it under the pictures, and no other music."""
    sound = Clip("song.mp3", "audio", "http://127.0.0.1/s", 8000)
    draft = fresh("make a 15 second slideshow", (*PHOTOS, sound)).calls[-1].draft
    piece = draft["t"][1]["sg"][0]
    assert (piece["m"]["kind"], piece["m"]["source"], piece["d"]) == ("file", sound.source, 8000)


@pytest.mark.parametrize("count", [1, 2, 7, 12])
def test_slots_add_up_and_leave_room_for_transitions(count: int) -> None:
    """Slots are whole milliseconds with an exact sum; a transition takes at most 40 % of one."""
    photos = tuple(Clip(f"{n}.jpg", "image", str(n)) for n in range(count))
    draft = fresh("make an 8 second video", photos).calls[-1].draft
    pictures = draft["t"][0]["sg"]
    assert sum(piece["d"] for piece in pictures) == 8000
    assert [piece["m"]["start_ms"] for piece in pictures] == [
        sum(other["d"] for other in pictures[:place]) for place in range(count)
    ]
    assert "transition" not in pictures[0]["m"]
    for one, other in pairwise(pictures):
        assert 0 < other["m"]["transition"]["duration_ms"] <= 0.4 * min(one["d"], other["d"])


def test_photos_move_in_different_ways() -> None:
    """Neighbours never share a camera move."""
    moves = [piece["m"]["motion"] for piece in fresh(FIRST).calls[-1].draft["t"][0]["sg"]]
    assert all(one != other for one, other in pairwise(moves))


def test_a_turn_changes_nothing_it_was_given() -> None:
    """The agent is pure: the draft on the board stays as it was."""
    before = fresh(FIRST)
    draft = before.calls[-1].draft
    kept = copy.deepcopy(draft)
    board = Board(draft, PHOTOS, before.placed, "project", paid=True)
    take_turn("reverse the order, 9:16, no music, title 'Z', 9 seconds", board)
    assert draft == kept


@pytest.mark.parametrize(
    ("message", "price"),
    [("make it vertical", 100), ("make it 16:9", 0), ("no music", 0), ("hello", 0)],
)
def test_prices_of_follow_ups(message: str, price: int) -> None:
    """Only a new shape costs: a shape the video has already is none."""
    assert followed(message).price == price


def test_the_answer_is_in_the_language_of_the_words_outside_quotes() -> None:
    """A Chinese title in an English sentence is answered in English, and the reverse."""
    assert fresh("make a video titled “小奇迹”").after.startswith("Your video")
    assert fresh("做成视频，标题“Small Wonders”").after.startswith("视频")


def test_every_sentence_exists_in_both_languages() -> None:
    """What can be said can be said in English and in Chinese."""
    assert SENTENCES["en"].keys() == SENTENCES["zh"].keys()
    assert set(MOODS) == {"lofi", "calm", "upbeat", "cinematic"}


@pytest.mark.parametrize(
    "message", ["\x00" * 50, "'" * 5000, "\ue000\uf8ff", "第" * 3000, "title ' '", "a" * 100_000]
)
def test_odd_messages_are_survived(message: str) -> None:
    """Whatever is sent, the agent answers something."""
    assert fresh(message).after


def test_a_title_cannot_be_moved_where_there_is_none() -> None:
    """What concerns a title needs one."""
    turn = followed("put the title at the top", "make a slideshow")
    assert "no title" in turn.after


def test_moving_pictures_keep_their_own_motion() -> None:
    """A camera move is for photos; a clip moves by itself."""
    clips = (*PHOTOS[:1], Clip("clip.mp4", "video", "http://127.0.0.1/c", 4000))
    draft = fresh("make a slideshow and zoom in", clips).calls[-1].draft
    assert [piece["m"]["motion"] for piece in draft["t"][0]["sg"]] == ["zoom_in", "none"]


def test_tracks_of_other_kinds_live_on() -> None:
    """What a person put on the timeline stays there through an edit."""
    draft = fresh(FIRST).calls[-1].draft
    draft = {**draft, "t": [*draft["t"], {"tt": 9, "sg": [{"d": 1, "x": 2}]}], "y": 3}
    turn = take_turn("make it 10 seconds", Board(draft, PHOTOS, frozenset(), "project", paid=True))
    after = turn.calls[-1].draft
    assert after["t"][-1] == {"tt": 9, "sg": [{"d": 1, "x": 2}]}
    assert after["y"] == 3


def test_a_wish_without_a_timeline_is_no_change() -> None:
    """Only wishes about a timeline's contents are changes."""
    with pytest.raises(TypeError, match="Keep"):
        change(Keep(), {})


@pytest.mark.parametrize(
    "message", ["use this music", "add my song", "use song.mp3 as the music", "把音乐换成song.mp3"]
)
def test_a_sound_uploaded_later_becomes_the_music(message: str) -> None:
    """Who uploads a sound and asks for it hears it instead of the music that was there."""
    before = fresh(FIRST)
    song = Clip("song.mp3", "audio", "http://127.0.0.1/s", 60_000)
    board = Board(before.calls[-1].draft, (*PHOTOS, song), before.placed, "project", paid=True)

    turn = take_turn(message, board)

    (piece,) = next(track for track in turn.calls[-1].draft["t"] if track["tt"] == 1)["sg"]
    assert (piece["m"]["source"], piece["d"]) == (song.source, 15_000)
    assert song.source in turn.placed


def with_files(*names: str) -> Board:
    """A timeline of five photos, and files that were uploaded since."""
    before = fresh(FIRST)
    new = [
        Clip(name, "image" if name.endswith("jpg") else "audio", f"http://127.0.0.1/{name}", 60_000)
        for name in names
    ]
    return Board(before.calls[-1].draft, (*PHOTOS, *new), before.placed, "project", paid=True)


def test_a_sound_in_quotation_marks_is_content() -> None:
    """A title may be called like a file."""
    turn = take_turn("change the title to 'song.mp3'", with_files("song.mp3"))

    assert seen(turn)["title"] == "song.mp3"
    assert seen(turn)["mood"] == "lofi"


def test_a_sound_is_known_by_its_whole_name_only() -> None:
    """A file of a short name leaves the words alone that hold its letters."""
    turn = take_turn("make the second photo longer", with_files("longer", "e.mp3"))

    assert seen(turn)["slots"] == [3000, 4500, 3000, 3000, 3000]


def test_new_photos_and_a_new_sound_are_used_together() -> None:
    """Neither is dropped because the other was asked for too."""
    turn = take_turn("add the new photo and use this music", with_files("p6.jpg", "song.mp3"))

    tracks = {track["m"]["name"]: track["sg"] for track in turn.calls[-1].draft["t"]}
    assert [piece["m"]["name"] for piece in tracks["Photos"]][-1] == "p6.jpg"
    assert tracks["BGM"][0]["m"]["name"] == "song.mp3"
