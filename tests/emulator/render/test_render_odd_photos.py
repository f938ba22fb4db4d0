"""Photos that are not what one expects a photo to be."""

import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw, ImageOps

from nemovideo.emulator.render.animations import Animation
from nemovideo.emulator.render.mounting import mount
from nemovideo.emulator.render.outcome import RenderError
from nemovideo.emulator.render.photos import read_photo, reduced
from tests.emulator.render.films import PHOTOS, decoded, rendered, slideshow
from tests.emulator.render.sources import animation

SEEN = {
    1: ("red", "blue", "dark", "dark"),
    2: ("blue", "red", "dark", "dark"),
    3: ("dark", "dark", "blue", "red"),
    4: ("dark", "dark", "red", "blue"),
    5: ("red", "dark", "blue", "dark"),
    6: ("dark", "red", "dark", "blue"),
    7: ("dark", "blue", "dark", "red"),
    8: ("blue", "dark", "red", "dark"),
}
"""The quarters of a photo as they should be seen, row by row, by its EXIF orientation."""


def quarters(pixels: np.ndarray) -> tuple[str, ...]:
    """What colour the middle of each quarter has."""
    tall, wide = pixels.shape[0] // 4, pixels.shape[1] // 4
    middles = (pixels[y * tall, x * wide].astype(int) for y in (1, 3) for x in (1, 3))
    return tuple(
        "dark" if max(seen) < 80 else ("red", "green", "blue")[int(seen.argmax())]
        for seen in middles
    )


def photographed(path: Path, orientation: int) -> Path:
    """A photo red at its stored top left, blue at its top right, dark below."""
    image = Image.new("RGB", (320, 200), "#202020")
    image.paste("red", (0, 0, 160, 100))
    image.paste("blue", (160, 0, 320, 100))
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(path, exif=exif, quality=95)
    return path


def read(path: Path) -> np.ndarray:
    return read_photo(path, path.name, at_least=(320, 180))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_orientation_is_honoured(orientation: int, tmp_path: Path) -> None:
    """Whichever way the camera was held, the photo stands upright."""
    pixels = read(photographed(tmp_path / "a.jpg", orientation))

    assert pixels.shape == ((320, 200, 3) if orientation > 4 else (200, 320, 3))
    assert quarters(pixels) == SEEN[orientation]


ODD = {
    "width is a word": (0x0100, 2, b"abc\0"),
    "resolution unit is a word": (0x0128, 2, b"abc\0"),
    "version is a number": (0x9000, 3, b"\1\0\0\0"),
}


def with_exif(path: Path, *entries: tuple[int, int, bytes]) -> Path:
    """A photo with the given EXIF entries: tag, type, four bytes."""
    packed = b"".join(
        struct.pack("<HHI", tag, kind, 4 if kind == 2 else 1) + value
        for tag, kind, value in entries
    )
    head = b"Exif\0\0II*\0" + struct.pack("<IH", 8, len(entries))
    with Image.open(photographed(path, 1)) as image:
        image.load()
        image.save(path, exif=head + packed + bytes(4), quality=95)
    return path


@pytest.mark.parametrize("entry", ODD.values(), ids=ODD)
def test_odd_entries_beside_the_orientation_do_no_harm(
    entry: tuple[int, int, bytes], tmp_path: Path
) -> None:
    """Only the orientation is read, and nothing is written."""
    path = with_exif(tmp_path / "a.jpg", (0x0112, 3, b"\6\0\0\0"), entry)

    assert quarters(read(path)) == SEEN[6]


@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0nonsense", b"Exif\0\0II*\0\xff\xff\xff"])
def test_unreadable_exif_counts_as_upright(exif: bytes, tmp_path: Path) -> None:
    """The pixels are fine, and they are what counts."""
    path = photographed(tmp_path / "a.jpg", 1)
    with Image.open(path) as image:
        image.load()
        image.save(path, exif=exif, quality=95)

    assert quarters(read(path)) == SEEN[1]


def test_orientations_look_alike_in_a_film(tmp_path: Path) -> None:
    """Eight files of one scene, each stored another way, show the same picture."""
    with Image.open(PHOTOS / "cat.jpg") as cat:
        scene = cat.convert("RGB")
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    sources = {}
    for orientation in range(1, 9):
        stored = scene
        if orientation in undo:
            stored = scene.transpose(Image.Transpose(undo[orientation]))
        exif = Image.Exif()
        exif[0x0112] = orientation
        sources[f"{orientation}.jpg"] = tmp_path / f"{orientation}.jpg"
        stored.save(tmp_path / f"{orientation}.jpg", exif=exif, quality=95)

    draft = slideshow([*sources], 1600, motion="none", transition="cut")
    film = decoded(rendered(draft, sources, tmp_path / "film.mp4").path)

    first = film.at(0.1)
    assert all(np.abs(film.at(0.2 * place + 0.1) - first).mean() < 4 for place in range(8))


@pytest.mark.parametrize("size", [(1, 1), (3, 5000), (8000, 40), (200, 150)], ids=str)
@pytest.mark.parametrize("ending", ["jpg", "png"])
def test_photos_of_any_size_fill_the_canvas(
    size: tuple[int, int], ending: str, tmp_path: Path
) -> None:
    """One pixel, a hair or a ribbon: each is shown whole, over itself, never over black."""
    path = tmp_path / f"odd.{ending}"
    Image.new("RGB", size, (200, 120, 80)).save(path)

    card = mount(read(path), 320, 180)

    assert card.shape == (180, 320, 3)
    assert card.min() > 30
    middle = card[85:95, 155:165].reshape(-1, 3).max(axis=0)
    assert middle.tolist() == pytest.approx([200, 120, 80], abs=3)


def test_a_small_photo_is_enlarged_smoothly_and_stays_crisp() -> None:
    """No staircase at a slanted edge, hardly a halo beside it, and the edge is not a blur."""
    image = Image.new("L", (800, 600), 40)
    ImageDraw.Draw(image).polygon([(300, 0), (800, 0), (800, 600), (500, 600)], 200)
    small = np.asarray(image.resize((200, 150), Image.Resampling.BOX).convert("RGB"))

    card = mount(small, 1440, 1080)[..., 0].astype(float)

    assert 20 <= card.min() <= card.max() <= 220
    places = np.array([np.argmax(row > 120) for row in card[200:880]])
    line = np.polyval(np.polyfit(np.arange(680), places, 1), np.arange(680))
    assert np.abs(places - line).max() < 2.0
    widths = [np.count_nonzero((row > 60) & (row < 180)) for row in card[200:880]]
    assert np.mean(widths) < 9


@pytest.mark.parametrize("mode", ["LAB", "F", "I;16 flat", "RGBA palette", "NaN"])
def test_rare_modes_keep_their_brightness(mode: str, tmp_path: Path) -> None:
    """What scanners and laboratories write is shown as bright as it is."""
    path = tmp_path / "odd.tif"
    grey = Image.new("RGB", (64, 48), (128, 128, 128))
    match mode:
        case "LAB":
            space = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
            converted = ImageCms.profileToProfile(grey, *space, outputMode="LAB")
            assert converted is not None
            converted.save(path)
        case "F":
            half = np.tile(np.linspace(0, 1, 64, dtype=np.float32), (48, 1))
            Image.fromarray(half).save(path)
        case "I;16 flat":
            path = tmp_path / "odd.png"
            Image.fromarray(np.full((48, 64), 32896, np.uint16)).save(path)
        case "RGBA palette":
            path = tmp_path / "odd.png"
            grey.quantize(4).save(path, transparency=255)
        case "NaN":
            values = np.tile(np.linspace(0, 1, 64, dtype=np.float32), (48, 1))
            values[0] = np.nan
            Image.fromarray(values).save(path)

    assert read(path).mean() == pytest.approx(127, abs=4)


def test_a_photo_of_a_large_telephone_camera_is_read(tmp_path: Path) -> None:
    """Two hundred million pixels are no attack."""
    Image.new("L", (16320, 12240), 90).save(tmp_path / "large.jpg", quality=10)

    assert read(tmp_path / "large.jpg").mean() == pytest.approx(90, abs=2)


def test_far_too_many_pixels_are_refused_by_name(tmp_path: Path) -> None:
    """The reason is the photo's size, not the memory that ran out."""
    Image.new("1", (16_000, 14_000)).save(tmp_path / "wall.png")

    with pytest.raises(
        RenderError,
        match=r"^wall\.png cannot be read as a picture: "
        r"its 16,000 x 14,000 pixels are too many: a PNG file may have 200 million$",
    ):
        Animation.found(tmp_path / "wall.png", "wall.png") or read(tmp_path / "wall.png")


MEASURED = """
import sys
from pathlib import Path
from nemovideo.emulator.render.photos import read_photo

def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024

before = peak()
read_photo(Path(sys.argv[1]), "a.png", at_least=(1920, 1080))
print(peak() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "I;16", "F"])
def test_a_large_picture_is_in_memory_once(mode: str, tmp_path: Path) -> None:
    """Beside its own pixels there is little more than what is needed of them."""
    path = tmp_path / ("a.tif" if mode == "F" else "a.png")
    Image.new(mode, (8000, 5000)).save(path, compress_level=1)

    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=True
    )

    assert int(done.stdout) < 1.6 * 4 * 8000 * 5000


@pytest.mark.parametrize("mode", ["RGBA", "LA", "L", "P", "P clear", "1", "I;16", "I", "F", "CMYK"])
def test_a_large_picture_looks_as_a_small_one(mode: str, tmp_path: Path) -> None:
    """Reducing it early changes nothing that is seen."""
    ramp = np.tile(np.linspace(0, 255, 320, dtype=np.uint8), (180, 1))
    ramp[60:120] = 255
    small = Image.fromarray(ramp)
    match mode:
        case "RGBA" | "LA":
            small = small.convert(mode)
            small.putalpha(Image.fromarray(ramp).rotate(180))
        case "P" | "P clear":
            small = small.convert("P")
        case "I;16":
            small = Image.fromarray(ramp.astype(np.uint16) * 257)
        case "1":
            small = small.point(lambda level: 255 * (level > 127)).convert("1")
        case _:
            small = small.convert(mode)
    options: dict[str, Any] = {"transparency": 255} if mode == "P clear" else {}
    ending = "tif" if mode in {"F", "CMYK", "I"} else "png"
    small.save(tmp_path / f"small.{ending}", **options)
    small.resize((3200, 1800), Image.Resampling.NEAREST).save(tmp_path / f"a.{ending}", **options)

    large, wanted = read(tmp_path / f"a.{ending}"), read(tmp_path / f"small.{ending}")

    assert large.size < 3200 * 1800
    fitted = np.asarray(Image.fromarray(large).resize((320, 180), Image.Resampling.BOX))
    assert np.abs(fitted.astype(int) - wanted.astype(int)).mean() < 3


def test_a_reduced_picture_has_enough_pixels_for_its_card() -> None:
    """However it lies and whatever its shape, it is never enlarged again."""
    for size in [(3000, 2000), (2000, 3000), (9000, 700), (700, 9000), (1299, 733), (640, 360)]:
        photo = Image.new("RGB", size)
        kept = reduced(photo, (320, 180))
        scale = max(320 / size[0], 180 / size[1])
        if 0.8 <= (size[0] / size[1]) / (320 / 180) <= 1.25:
            assert kept.width >= size[0] * scale - 1
        assert max(kept.width / 320, kept.height / 180) >= 1
        assert kept.width / kept.height == pytest.approx(size[0] / size[1], rel=0.01)


@pytest.mark.parametrize("disposal", [0, 1, 2, 3])
def test_an_animation_keeps_its_times_and_its_ground(disposal: int, tmp_path: Path) -> None:
    """Pictures of different lengths, laid on each other or not, over one steady ground."""
    played = Animation.found(animation(tmp_path / "a.gif", disposal), "a.gif")
    assert played is not None

    pictures = [played.at(moment) for moment in (0.05, 0.35, 1.0, 1.55)]

    assert [int(picture[45, 30 + 50 * (n % 3)].argmax()) for n, picture in enumerate(pictures)] == [
        0,
        1,
        2,
        0,
    ]
    assert np.ptp([picture[5, 5] for picture in pictures], axis=0).max() == 0
    stays = pictures[2][45, 30].astype(int)
    assert (stays[0] - stays[2] > 100) == (disposal < 2)


@pytest.mark.parametrize("ending", ["webp", "png"])
def test_a_half_transparent_animation_is_blended(ending: str, tmp_path: Path) -> None:
    """The ground shines through where a picture is half there."""
    played = Animation.found(animation(tmp_path / f"a.{ending}", last=128), f"a.{ending}")
    assert played is not None

    ground, blue = played.at(1.0)[5, 5].astype(int), played.at(1.0)[45, 130].astype(int)

    assert blue == pytest.approx((ground + np.array([0, 0, 255])) / 2, abs=4)


def test_the_ground_of_an_animation_does_not_flicker(tmp_path: Path) -> None:
    """Light and dark pictures in turn stand on the same colour."""
    frames = []
    for level in (255, 0):
        frame = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
        frame.paste((level, level, level, 255), (16, 16, 48, 48))
        frames.append(frame)
    path = tmp_path / "blink.png"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)

    played = Animation.found(path, "blink.png")

    assert played is not None
    assert (played.at(0.05)[2, 2] == played.at(0.15)[2, 2]).all()


@pytest.mark.parametrize("ending", ["gif", "webp", "png"])
def test_a_truncated_animation_is_refused_by_name(ending: str, tmp_path: Path) -> None:
    """What broke off on the way is not shown in part."""
    path = animation(tmp_path / f"a.{ending}")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])

    with pytest.raises(RenderError, match=rf"^a\.{ending} cannot be read as a picture: \w"):
        Animation.found(path, path.name) or read(path)


def test_an_upright_photo_is_shown_whole(tmp_path: Path) -> None:
    """A turned photo is mounted by the shape it has once it stands upright."""
    card = mount(read(photographed(tmp_path / "a.jpg", 6)), 320, 180)

    with Image.open(tmp_path / "a.jpg") as image:
        upright = np.asarray(ImageOps.exif_transpose(image))
    assert upright.shape[0] > upright.shape[1]
    assert card[30, 180].argmax() == 0
    assert card[150, 180].argmax() == 2
