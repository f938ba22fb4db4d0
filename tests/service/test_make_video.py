"""Photos and a sentence in, a finished MP4 out, against the emulator."""

import asyncio
import io
from pathlib import Path

import attrs
import av
import pytest

from nemovideo import (
    AgentError,
    ConfigurationError,
    InputError,
    Media,
    MediaError,
    NemoVideo,
    Output,
    Progress,
    RequestTimeoutError,
    UnsupportedFileError,
)
from nemovideo.emulator import Emulator
from tests.service.conftest import QUICK

SHORT = "a 4-second slideshow with music"
NOWHERE = "http://127.0.0.1:9"


async def test_a_video_is_a_whole_mp4_of_the_wished_length(
    nemo: NemoVideo, photos: list[Path], tmp_path: Path
) -> None:
    """The path, the duration and the timeline of a video are those of the file."""
    video = await nemo.make_video(photos[:2], SHORT, tmp_path / "out.mp4")

    with av.open(str(video.path)) as container:
        assert {stream.codec_context.name for stream in container.streams} == {"h264", "aac"}
        assert container.duration is not None
        assert container.duration / 1e6 == pytest.approx(4.0, abs=0.1)
    assert video.path == tmp_path / "out.mp4"
    assert video.duration == pytest.approx(4.0, abs=0.1)
    assert str(video.timeline).startswith(
        "Timeline (2 tracks): 1. Video: cat.jpg and 1 more (0-4s)"
    )


async def test_one_video_costs_one_message_and_one_render(
    nemo: NemoVideo, emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """The bill of one make_video is one run, one render and the first edit."""
    await nemo.make_video(photos[0], SHORT, tmp_path / "out.mp4")

    assert (emulator.bill.runs, emulator.bill.renders, emulator.bill.credits) == (1, 1, 50)
    assert (await nemo.credits.balance()).available == 50


@pytest.mark.usefixtures("rendered_anew")
async def test_progress_walks_through_all_stages(
    nemo: NemoVideo, photos: list[Path], tmp_path: Path
) -> None:
    """Each stage reports in its turn, and what is counted ends at its total."""
    seen: list[Progress] = []

    await nemo.make_video(photos[:2], SHORT, tmp_path / "out.mp4", on_progress=seen.append)

    stages = list(dict.fromkeys(progress.stage for progress in seen))
    assert stages == ["connect", "session", "upload", "agent", "state", "render", "download"]
    last = {progress.stage: progress for progress in seen}
    for stage in ("upload", "render", "download"):
        assert last[stage].done == last[stage].total
    assert last["download"].total == (tmp_path / "out.mp4").stat().st_size
    assert "4 s" in last["agent"].text


async def test_bytes_and_open_files_are_photos_too(
    nemo: NemoVideo, photos: list[Path], tmp_path: Path
) -> None:
    """Photos may come as a path, as bytes, and as an open file, which stays open."""
    with photos[1].open("rb") as file:
        given: list[Media] = [str(photos[0]), photos[2].read_bytes(), file]
        video = await nemo.make_video(given, SHORT, tmp_path / "out.mp4")

        assert not file.closed
    assert len(video.timeline.tracks[0].segments) == 3


async def test_heic_becomes_jpeg_on_the_way(nemo: NemoVideo, tmp_path: Path) -> None:
    """A HEIC photo, which the service refuses, is converted before it is sent."""
    heic = Path(__file__).parents[2] / "examples" / "photos" / "sample.heic"

    video = await nemo.make_video(heic, SHORT, tmp_path / "out.mp4")

    assert video.timeline.tracks[0].segments[0].name == "sample.jpg"


async def test_quality_and_language_reach_the_service(
    nemo: NemoVideo, photos: list[Path], tmp_path: Path
) -> None:
    """A low quality makes a smaller file than a high one of the same wish."""
    low = await nemo.make_video(
        photos[0], SHORT, tmp_path / "low.mp4", output=Output(quality="low"), language="zh-CN"
    )
    high = await nemo.make_video(photos[0], SHORT, tmp_path / "high.mp4")

    assert low.path.stat().st_size < high.path.stat().st_size


async def test_an_existing_file_is_replaced_only_on_success(
    nemo: NemoVideo, photos: list[Path], tmp_path: Path
) -> None:
    """A wish that makes nothing leaves the old file as it was, and nothing beside it."""
    target = tmp_path / "out.mp4"
    target.write_text("old")

    with pytest.raises(AgentError):
        await nemo.make_video(photos[0], "fold me a paper crane", target)

    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


async def test_what_was_left_of_a_wish_comes_with_the_video(
    nemo: NemoVideo, photos: list[Path], tmp_path: Path
) -> None:
    """Credits went into it, and part of the wish is not in it: nobody should have to look."""
    video = await nemo.make_video(
        photos[0], "a 2-second video of our trip to Rome", tmp_path / "rome.mp4"
    )

    assert (video.duration, video.recovered) == (2, False)
    assert "I did not understand: trip to Rome." in video.text


async def test_a_video_says_where_the_agents_words_broke_off(
    emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """Its text is what was heard by then, which may lack the part that was not understood."""
    hasty = attrs.evolve(QUICK, lost_verdict=0.3, lost_answer=2)
    emulator.faults.cut_stream(after=3)

    async with NemoVideo(base_url=emulator.url, timeouts=hasty) as nemo:
        video = await nemo.make_video(
            photos[0], "a 2-second video of our trip to Rome", tmp_path / "rome.mp4"
        )

    assert video.recovered
    assert video.text == "I am laying out your photo."


async def test_what_the_agent_did_not_understand_is_told_in_its_words(
    nemo: NemoVideo, photos: list[Path], tmp_path: Path
) -> None:
    """Where no timeline comes out, the agent's own words are in the error."""
    with pytest.raises(AgentError, match="The agent made no video") as caught:
        await nemo.make_video(photos[0], "fold me a paper crane", tmp_path / "out.mp4")

    assert "paper crane" in caught.value.text


@pytest.mark.parametrize(
    ("photos_given", "expected"),
    [
        pytest.param([], "No photo was given", id="none"),
        pytest.param(["missing.jpg"], "There is no file missing.jpg", id="missing"),
        pytest.param([b""], "is empty", id="empty"),
        pytest.param([b"just words"], "is no photo", id="text"),
        pytest.param(["."], "is a folder", id="folder"),
    ],
)
async def test_a_bad_photo_is_found_before_anything_is_sent(
    tmp_path: Path, photos_given: list[str | bytes], expected: str
) -> None:
    """Bad input is told where no service can be reached at all: none was asked."""
    async with NemoVideo(base_url=NOWHERE) as nemo:
        with pytest.raises(InputError, match=expected):
            await nemo.make_video(photos_given, SHORT, tmp_path / "out.mp4")

    assert list(tmp_path.iterdir()) == []


async def test_a_truncated_photo_is_refused_by_name(
    nemo: NemoVideo, photos: list[Path], tmp_path: Path
) -> None:
    """A photo that breaks off in the middle is refused with its name, and nothing is left."""
    cut = io.BytesIO(photos[3].read_bytes()[:20_000])
    cut.name = "cut.jpg"

    with pytest.raises(UnsupportedFileError, match=r"cut\.jpg"):
        await nemo.make_video([cut], SHORT, tmp_path / "out.mp4")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param("nowhere/out.mp4", "There is no folder", id="no folder"),
        pytest.param("", "is a folder", id="folder"),
    ],
)
async def test_a_bad_target_is_found_before_anything_is_sent(
    photos: list[Path], tmp_path: Path, target: str, expected: str
) -> None:
    """A file that cannot be written is told before the service is asked for anything."""
    async with NemoVideo(base_url=NOWHERE) as nemo:
        with pytest.raises(ConfigurationError, match=expected):
            await nemo.make_video(photos, SHORT, tmp_path / target)


async def test_an_empty_prompt_is_refused(
    nemo: NemoVideo, photos: list[Path], tmp_path: Path
) -> None:
    """A prompt of blanks is no wish."""
    with pytest.raises(InputError, match="prompt is empty"):
        await nemo.make_video(photos, "  ", tmp_path / "out.mp4")


async def test_a_vanished_photo_names_itself(nemo: NemoVideo, tmp_path: Path) -> None:
    """The error of a bad photo holds its name for programs."""
    with pytest.raises(MediaError) as caught:
        await nemo.make_video("gone.jpg", SHORT, tmp_path / "out.mp4")

    assert caught.value.name == "gone.jpg"


@pytest.mark.usefixtures("rendered_anew")
async def test_cancelling_leaves_nothing_behind(
    nemo: NemoVideo, photos: list[Path], tmp_path: Path
) -> None:
    """Cancelling in the middle of a render raises at once and leaves no file."""
    rendering = asyncio.Event()

    def notice(progress: Progress) -> None:
        if progress.stage == "render":
            rendering.set()

    making = asyncio.create_task(
        nemo.make_video(photos, SHORT, tmp_path / "out.mp4", on_progress=notice)
    )
    await rendering.wait()
    making.cancel()

    with pytest.raises(asyncio.CancelledError):
        await making
    assert list(tmp_path.iterdir()) == []


async def test_a_time_limit_is_a_timeout_error(
    nemo: NemoVideo, photos: list[Path], tmp_path: Path
) -> None:
    """A limit for the whole raises ours, which is the builtin TimeoutError too."""
    with pytest.raises(RequestTimeoutError) as caught:
        await nemo.make_video(photos, SHORT, tmp_path / "out.mp4", timeout=0.05)

    assert isinstance(caught.value, TimeoutError)


async def test_two_videos_at_once_on_one_client(
    nemo: NemoVideo, emulator: Emulator, photos: list[Path], tmp_path: Path
) -> None:
    """Two jobs on one client do not mix, and share one anonymous account."""
    first, second = await asyncio.gather(
        nemo.make_video(photos[0], SHORT, tmp_path / "a.mp4"),
        nemo.make_video(photos[1], "a 3-second slideshow", tmp_path / "b.mp4"),
    )

    assert first.session != second.session
    assert (first.timeline.length_ms, second.timeline.length_ms) == (4000, 3000)
    assert emulator.bill.credits == 100


@pytest.mark.parametrize("given", ["beach.jpg", "./beach.jpg"])
async def test_a_photo_is_never_overwritten(
    nemo: NemoVideo,
    photos: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    given: str,
) -> None:
    """A result in the place of a photo is refused before anything is sent."""
    monkeypatch.chdir(tmp_path)
    photo = tmp_path / "beach.jpg"
    photo.write_bytes(photos[0].read_bytes())

    with pytest.raises(ConfigurationError, match="one of the files that are sent"):
        await nemo.make_video([given], "a 2-second video", photo)

    assert photo.read_bytes() == photos[0].read_bytes()
