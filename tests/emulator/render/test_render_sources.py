import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from nemovideo.emulator.render import RenderError, render
from tests.emulator.render.films import (
    PHOTOS,
    PREVIEW,
    decoded,
    level,
    rendered,
    slideshow,
)

MODES = ["L", "P", "CMYK", "1", "LA", "I;16"]


def picture(path: Path, left: str, right: str, **options: Any) -> Path:
    """A picture whose halves differ in colour."""
    image = Image.new("RGB", (320, 180), left)
    image.paste(Image.new("RGB", (160, 180), right), (160, 0))
    image.save(path, **options)
    return path


def video(path: Path, seconds: int = 3) -> Path:
    """A clip that is red, green, blue, each for a second, and hums at 440 Hz."""
    with av.open(str(path), "w") as container:
        seen, heard = container.add_stream("libx264", rate=30), container.add_stream("aac", 48000)
        seen.width, seen.height, seen.pix_fmt = 320, 180, "yuv420p"
        for index in range(30 * seconds):
            pixels = np.zeros((180, 320, 3), np.uint8)
            pixels[..., index // 30 % 3] = 220
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            container.mux(seen.encode(frame))
        container.mux(seen.encode(None))
        hum = 0.5 * np.sin(2 * np.pi * 440 * np.arange(48000 * seconds) / 48000)
        sound = av.AudioFrame.from_ndarray(hum[None].astype(np.float32), "fltp", "mono")
        sound.sample_rate = 48000
        container.mux(heard.encode(sound))
        container.mux(heard.encode(None))
    return path


def ramp(path: Path, mode: str) -> Path:
    """A picture in a mode of Pillow's that grows brighter from left to right."""
    levels = np.tile(np.arange(0, 320, dtype=np.uint16) * 200, (180, 1))
    deep = mode == "I;16"
    image = Image.fromarray(levels) if deep else Image.fromarray((levels >> 8).astype("u1"))
    (image if deep else image.convert(mode)).save(path)
    return path


def turned(path: Path) -> Path:
    """A photo that was taken upside down, as its camera noted."""
    exif = Image.Exif()
    exif[0x0112] = 3
    return picture(path, "red", "blue", exif=exif)


def logo(path: Path) -> Path:
    """A white square on nothing."""
    image = Image.new("RGBA", (320, 180), (0, 0, 0, 0))
    image.paste((255, 255, 255, 255), (130, 60, 190, 120))
    image.save(path)
    return path


@pytest.fixture(scope="module")
def stills(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, npt.NDArray[np.float64]]:
    """How each of many kinds of pictures looks in one film, where they stand still in turn."""
    folder = tmp_path_factory.mktemp("stills")
    files = {
        "turned": turned(folder / "turned.jpg"),
        "two": picture(folder / "two.png", "#c03020", "#2060d0"),
        "logo": logo(folder / "logo.png"),
        **{
            mode: ramp(folder / (f"{at}.tif" if mode == "CMYK" else f"{at}.png"), mode)
            for at, mode in enumerate(MODES)
        },
    }
    draft = slideshow([*files], 500 * len(files), motion="none", transition="cut")
    film = decoded(rendered(draft, files, folder / "film.mp4").path)
    return {name: film.at(0.5 * place + 0.2) for place, name in enumerate(files)}


def test_a_photo_is_shown_upright(stills: Mapping[str, npt.NDArray[np.float64]]) -> None:
    """The orientation that a camera noted is honoured."""
    frame = stills["turned"]

    assert np.ptp(frame[90, 60]) > 140
    assert frame[90, 60].argmax() == 2
    assert frame[90, 260].argmax() == 0


def test_colours_are_kept(stills: Mapping[str, npt.NDArray[np.float64]]) -> None:
    """What was red, green or blue in the photo has the same value in the film."""
    frame = stills["two"]

    assert frame[90, 80] == pytest.approx([0xC0, 0x30, 0x20], abs=6)
    assert frame[90, 240] == pytest.approx([0x20, 0x60, 0xD0], abs=6)


def test_a_see_through_picture_gets_a_ground_that_sets_it_off(
    stills: Mapping[str, npt.NDArray[np.float64]],
) -> None:
    """Something light on nothing is shown on charcoal, not on white."""
    frame = stills["logo"]

    assert frame[90, 160].min() > 230
    assert 15 < frame[20, 20].mean() < 60


@pytest.mark.parametrize("mode", MODES)
def test_pictures_of_every_mode_are_shown(
    mode: str, stills: Mapping[str, npt.NDArray[np.float64]]
) -> None:
    """Grey, palette, print and 16-bit pictures all have their bright side on the right."""
    frame = stills[mode]

    assert frame[:, 240:].mean() > frame[:, :80].mean() + 80


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["gif", "webp"])
def test_an_animation_plays(ending: str, tmp_path: Path) -> None:
    """Each of its pictures is shown for its time, over and over."""
    colours = [Image.new("RGB", (320, 180), colour) for colour in ("red", "lime", "blue")]
    name = f"moving.{ending}"
    colours[0].save(tmp_path / name, save_all=True, append_images=colours[1:], duration=500, loop=0)

    draft = slideshow([name], 2000, motion="none")
    film = decoded(rendered(draft, {name: tmp_path / name}, tmp_path / "film.mp4").path)

    shown = [int(film.at(moment)[90, 160].argmax()) for moment in (0.2, 0.7, 1.2, 1.7)]
    assert shown == [0, 1, 2, 0]


@pytest.mark.slow
def test_a_clip_plays_from_its_trim_and_is_heard(tmp_path: Path) -> None:
    """A trimmed clip starts where it was trimmed, and its own sound is in the film."""
    draft = slideshow(["clip.mp4"], 1500, motion="none")
    draft["t"][0]["sg"][0]["m"] |= {"kind": "video", "trim_start_ms": 1000, "volume": 1.0}

    sources = {"clip.mp4": video(tmp_path / "clip.mp4")}
    film = decoded(rendered(draft, sources, tmp_path / "film.mp4").path)

    assert [int(film.at(moment)[90, 160].argmax()) for moment in (0.1, 0.9, 1.2)] == [1, 1, 2]
    assert level(film.sound) == pytest.approx(-12, abs=1)
    assert _loudest(film.sound[0]) == pytest.approx(440, abs=3)


@pytest.mark.slow
def test_a_clip_that_ends_too_early_holds_its_last_picture(tmp_path: Path) -> None:
    """The slot is as long as the draft says."""
    draft = slideshow(["clip.mp4"], 2500, motion="none")
    draft["t"][0]["sg"][0]["m"] |= {"kind": "video", "volume": 0}

    sources = {"clip.mp4": video(tmp_path / "clip.mp4", seconds=1)}
    film = decoded(rendered(draft, sources, tmp_path / "film.mp4").path)

    assert len(film.frames) == 75
    assert film.at(2.4)[90, 160, 0] > 180
    assert level(film.sound) < -80


@pytest.mark.slow
def test_the_sound_of_a_file_is_mixed_in_its_place(tmp_path: Path) -> None:
    """An audio file is heard where the draft puts it, at its volume, and nowhere else."""
    meta = {"kind": "file", "source": "hum", "start_ms": 1000, "volume": 0.5}
    heard = {"tt": 1, "sg": [{"d": 1000, "m": meta}]}
    draft = slideshow(["cat.jpg"], 3000, tracks=[heard])

    sources = {"cat.jpg": PHOTOS / "cat.jpg", "hum": video(tmp_path / "hum.mp4")}
    sound = decoded(rendered(draft, sources, tmp_path / "film.mp4").path).sound

    assert level(sound[:, 0:45000]) < -70
    assert level(sound[:, 50000:94000]) == pytest.approx(-18, abs=1)
    assert level(sound[:, 100000:]) < -70


def _loudest(samples: Any) -> float:
    spectrum = np.abs(np.fft.rfft(samples))
    return float(spectrum.argmax() * 48000 / len(samples))


def broken(path: Path, kind: str) -> None:
    whole = (PHOTOS / "cat.jpg").read_bytes()
    match kind:
        case "empty":
            path.write_bytes(b"")
        case "cut off":
            path.write_bytes(whole[: len(whole) // 2])
        case "text":
            path.write_text("This is no photo.")
        case "noise":
            path.write_bytes(whole[:200] + os.urandom(3000))


@pytest.mark.parametrize("kind", ["empty", "cut off", "text", "noise", "missing"])
async def test_a_broken_photo_fails_with_its_name(kind: str, tmp_path: Path) -> None:
    """The reason says which photo it is; nothing is left in the folder."""
    broken(tmp_path / "beach.jpg", kind)
    before = sorted(tmp_path.iterdir())
    sources = {"cat.jpg": PHOTOS / "cat.jpg", "beach.jpg": tmp_path / "beach.jpg"}

    with pytest.raises(RenderError, match=r"^beach\.jpg cannot be read as a picture: \w") as caught:
        await render(
            slideshow(["cat.jpg", "beach.jpg"], 4000), sources, tmp_path / "o.mp4", scale=PREVIEW
        )

    assert "\n" not in str(caught.value)
    assert sorted(tmp_path.iterdir()) == before


async def test_a_broken_photo_with_an_endless_name_is_a_render_error(tmp_path: Path) -> None:
    """However long the name, the reason reaches the user."""
    broken(tmp_path / "beach.jpg", "text")
    draft = slideshow(["s"], 1000)
    draft["t"][0]["sg"][0]["m"]["name"] = "n" * 2_000_000

    with pytest.raises(RenderError, match=r"^n{60}… cannot be read as a picture: \w"):
        await render(draft, {"s": tmp_path / "beach.jpg"}, tmp_path / "o.mp4", scale=PREVIEW)


@pytest.mark.parametrize("kind", ["empty", "text", "missing"])
async def test_a_broken_clip_fails_with_its_name(kind: str, tmp_path: Path) -> None:
    """A video that cannot be decoded says so."""
    broken(tmp_path / "clip.mp4", kind)
    draft = slideshow(["clip.mp4"], 1000)
    draft["t"][0]["sg"][0]["m"]["kind"] = "video"

    with pytest.raises(RenderError, match=r"^clip\.mp4 cannot be"):
        await render(draft, {"clip.mp4": tmp_path / "clip.mp4"}, tmp_path / "o.mp4", scale=PREVIEW)


async def test_a_source_without_a_file_is_named_before_work_begins(folder: Path) -> None:
    """A photo that was never uploaded is called by its name."""
    with pytest.raises(RenderError, match=r"^beach\.jpg was never uploaded"):
        await render(slideshow(["beach.jpg"], 1000), {}, folder / "o.mp4")

    assert list(folder.iterdir()) == []
