import io
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from nemovideo.errors import InputError, MediaError
from nemovideo.net.formats import sniff
from nemovideo.net.sources import Source, prepared, require_media

JPEG = b"\xff\xd8\xff\xe0" + b"j" * 200
HEIC = Path(__file__).parents[2] / "examples" / "photos" / "sample.heic"


async def one(media: Any) -> Source:
    """The one source that a lone thing becomes."""
    (source,) = await several(media)
    return source


async def several(media: Any) -> list[Source]:
    """The sources of what need not be copied: they outlive the preparation."""
    async with prepared(require_media(media)) as sources:
        return sources


def content(source: Source) -> bytes:
    """What the source would send."""
    file = source.open()
    try:
        return file.read()
    finally:
        file.close()


def ftyp(brand: bytes) -> bytes:
    """The beginning of an ISO file."""
    return b"\x00\x00\x00\x18ftyp" + brand + b"\x00\x00\x00\x00mif1"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\xff\xd8\xff\xe1", ("image/jpeg", "jpg")),
        (b"\x89PNG\r\n\x1a\n\x00\x00", ("image/png", "png")),
        (b"GIF89a", ("image/gif", "gif")),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", ("image/webp", "webp")),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", ("audio/wav", "wav")),
        (b"RIFF\x00\x00\x00\x00AVI LIST", ("video/x-msvideo", "avi")),
        (b"RIFF\x00\x00\x00\x00ACON", None),
        (ftyp(b"isom"), ("video/mp4", "mp4")),
        (ftyp(b"mp42"), ("video/mp4", "mp4")),
        (ftyp(b"qt  "), ("video/quicktime", "mov")),
        (b"\x00\x00\x00\x08wide\x00\x12\x34\x56mdat", ("video/quicktime", "mov")),
        (b"\x00\x12\x34\x56mdat\x00\x00\x00\x00", ("video/quicktime", "mov")),
        (b"\x00\x00\x12\x34moov\x00\x00\x00\x6cmvhd", ("video/quicktime", "mov")),
        (ftyp(b"M4A "), ("audio/mp4", "m4a")),
        (ftyp(b"heic"), ("image/heic", "heic")),
        (ftyp(b"mif1"), ("image/heic", "heic")),
        (ftyp(b"avif"), None),
        (b"\x1a\x45\xdf\xa3", ("video/webm", "webm")),
        (b"ID3\x04", ("audio/mpeg", "mp3")),
        (b"\xff\xfb\x90", ("audio/mpeg", "mp3")),
        (b"\xff\xfa\x90", ("audio/mpeg", "mp3")),
        (b"\xff\xf1\x50", ("audio/aac", "aac")),
        (b"hello, world, text", None),
        (b"<svg>", None),
        (b"%PDF-1.7", None),
        (b"", None),
        (b"\xff", None),
    ],
    ids=repr,
)
def test_the_first_bytes_tell_the_type(head: bytes, expected: tuple[str, str] | None) -> None:
    """Names lie; magic bytes do not. What the service does not take is nothing."""
    assert sniff(head) == expected


async def test_a_path_is_sent_under_its_name(tmp_path: Path) -> None:
    """With the type of its bytes and its whole content, opened anew each time."""
    path = tmp_path / "beach.jpg"
    path.write_bytes(JPEG)

    source = await one(path)

    assert (source.name, source.content_type, source.size) == ("beach.jpg", "image/jpeg", 204)
    assert content(source) == content(source) == JPEG


async def test_a_str_is_a_path(tmp_path: Path) -> None:
    """A lone str is one photo, not its letters."""
    path = tmp_path / "beach.jpg"
    path.write_bytes(JPEG)

    assert (await one(str(path))).name == "beach.jpg"


async def test_a_generator_of_paths_is_taken(tmp_path: Path) -> None:
    """Any iterable will do, and it is gone through once."""
    for name in "ab":
        (tmp_path / f"{name}.jpg").write_bytes(JPEG)

    sources = await several(tmp_path / f"{name}.jpg" for name in "ab")

    assert [source.name for source in sources] == ["a.jpg", "b.jpg"]


async def test_bytes_get_a_name() -> None:
    """By their place and their type."""
    sources = await several([JPEG, b"GIF89a" + b"g" * 20])

    assert [source.name for source in sources] == ["file-1.jpg", "file-2.gif"]
    assert content(sources[0]) == JPEG


async def test_a_file_object_is_sent_from_where_it_stands() -> None:
    """It stays open and is left as it was, and each attempt begins at the same place."""
    file = io.BytesIO(b"skip" + JPEG)
    file.seek(4)

    async with prepared([file]) as (source,):
        assert (source.name, source.size) == ("file-1.jpg", len(JPEG))
        assert content(source) == content(source) == JPEG

    assert not file.closed
    assert file.tell() == 4


async def test_an_open_file_keeps_its_name(tmp_path: Path) -> None:
    """A file that was opened by path is sent under it."""
    (tmp_path / "b.jpg").write_bytes(JPEG)

    with (tmp_path / "b.jpg").open("rb") as file:
        source = await one(file)

        assert source.name == "b.jpg"
        assert content(source) == JPEG


class Pipe(io.BytesIO):
    """A file that can be read only once."""

    def seekable(self) -> bool:
        """Say so."""
        return False


class AsyncFile:
    """A file whose `read` must be awaited, and which iterates over its lines."""

    def __init__(self, content: bytes) -> None:
        self.file = io.BytesIO(content)

    async def read(self, size: int = -1) -> bytes:
        """Give up to so many bytes."""
        return self.file.read(size)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for line in self.file:
            yield line


async def flowing(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    """An async iterator of bytes."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


class Attachment:
    """A file of a chat platform: all of it at once."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    async def read(self, *, use_cached: bool = False) -> bytes:
        """Give everything."""
        assert not use_cached
        return self.content


@pytest.mark.parametrize(
    "make", [Pipe, AsyncFile, Attachment, flowing], ids=lambda make: make.__name__
)
@pytest.mark.parametrize("length", [200, 3 * 1024**2 + 17])
async def test_what_can_be_read_once_can_be_sent_twice(make: Any, length: int) -> None:
    """It is copied, in memory or on disk, and each attempt gets all of it."""
    photo = JPEG[:4] + b"\n" * length

    async with prepared(require_media(make(photo))) as (source,):
        assert (source.name, source.content_type) == ("file-1.jpg", "image/jpeg")
        assert source.size == len(photo)
        assert content(source) == content(source) == photo


class Upload(Attachment):
    """A file of a web framework or chat platform, which knows what its sender calls it."""

    def __init__(self, content: bytes, filename: str | None, name: str | None) -> None:
        super().__init__(content)
        self.filename, self.name = filename, name


@pytest.mark.parametrize(
    ("filename", "field", "expected"),
    [
        ("beach.jpg", None, "beach.jpg"),
        ("beach.jpg", "files", "beach.jpg"),
        ("../beach.jpg", None, "beach.jpg"),
        ("/", None, "file-1.jpg"),
        (None, "b.jpg", "b.jpg"),
        (None, None, "file-1.jpg"),
    ],
)
async def test_an_attachment_keeps_its_name(
    filename: str | None, field: str | None, expected: str
) -> None:
    """It is its `filename`; the `name` beside one is that of the field of a form."""
    source = await one(Upload(JPEG, filename, field))

    assert source.name == expected


async def test_an_iterator_without_bytes_is_told() -> None:
    """As an empty file is."""
    with pytest.raises(MediaError, match="empty"):
        await one(flowing(b""))


async def test_an_iterator_of_something_else_is_told() -> None:
    """Letters are no bytes."""

    async def letters() -> AsyncIterator[str]:
        yield "abc"

    with pytest.raises(InputError, match="gives str"):
        await one(letters())


async def test_an_iterator_is_closed_after_a_mistake() -> None:
    """What it holds open is let go of at once."""
    closed = []

    async def odd() -> AsyncIterator[object]:
        try:
            yield 3
        finally:
            closed.append(True)

    with pytest.raises(InputError):
        await one(odd())

    assert closed


async def test_what_an_iterator_raises_comes_through() -> None:
    """It is the caller's own error."""

    async def broken() -> AsyncIterator[bytes]:
        yield JPEG
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        await one(broken())


async def test_a_copy_is_gone_after_the_upload() -> None:
    """Nothing stays open."""
    async with prepared([flowing(JPEG * 9000)]) as (source,):
        file = source.open()
        file.read(1)

    with pytest.raises(ValueError, match="closed"):
        file.read(1)


@pytest.mark.parametrize(
    ("mode", "kind", "ending"),
    [
        ("RGB", "image/jpeg", "jpg"),
        ("L", "image/jpeg", "jpg"),
        ("1", "image/jpeg", "jpg"),
        ("P", "image/jpeg", "jpg"),
        ("CMYK", "image/jpeg", "jpg"),
        ("LAB", "image/jpeg", "jpg"),
        ("RGBA", "image/png", "png"),
        ("LA", "image/png", "png"),
    ],
)
async def test_a_pil_image_is_encoded(mode: str, kind: str, ending: str) -> None:
    """As JPEG, or as PNG where it is transparent; it looks the same."""
    if mode == "LAB":
        image = Image.new("LAB", (40, 30), (200, 128, 128))
    else:
        image = Image.new("RGB", (40, 30), "#c86432").convert(mode)

    source = await one(image)

    assert (source.name, source.content_type) == (f"file-1.{ending}", kind)
    sent = Image.open(io.BytesIO(content(source)))
    assert sent.size == (40, 30)
    if mode in {"RGB", "RGBA"}:
        assert sent.convert("RGB").getpixel((20, 15)) == pytest.approx((200, 100, 50), abs=4)


async def test_a_pil_image_keeps_its_name_and_its_orientation(tmp_path: Path) -> None:
    """But not the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a secret place"
    Image.new("RGB", (40, 30)).save(tmp_path / "beach.webp", exif=exif)

    with Image.open(tmp_path / "beach.webp") as image:
        source = await one(image)

    assert source.name == "beach.jpg"
    sent = Image.open(io.BytesIO(content(source)))
    assert dict(sent.getexif()) == {0x0112: 6}


async def test_a_pil_image_that_cannot_be_encoded_is_told(tmp_path: Path) -> None:
    """A file that was cut short shows itself only now."""
    Image.effect_noise((200, 200), 90).save(tmp_path / "cut.png")
    whole = (tmp_path / "cut.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])

    with Image.open(tmp_path / "cut.png") as image, pytest.raises(MediaError, match="encoded"):
        await one(image)


async def test_a_source_is_taken_as_it_is() -> None:
    """What was looked at before is not looked at again."""
    source = Source("a", "b", 1, io.BytesIO)

    assert await several([source]) == [source]


async def test_an_empty_path_is_an_input_error() -> None:
    """It is not the folder where the program runs."""
    with pytest.raises(InputError, match="empty"):
        await one("")


@pytest.mark.parametrize("nothing", [[], (), iter(())], ids=["list", "tuple", "iterator"])
def test_no_photo_is_an_input_error(nothing: Any) -> None:
    """Before anything is asked of the service."""
    with pytest.raises(InputError, match="photo"):
        require_media(nothing)


def missing(folder: Path) -> Path:
    """A path where nothing is."""
    return folder / "odd.jpg"


def empty(folder: Path) -> Path:
    """A file without bytes."""
    (folder / "odd.jpg").touch()
    return folder / "odd.jpg"


def directory(folder: Path) -> Path:
    """A folder."""
    (folder / "odd.jpg").mkdir()
    return folder / "odd.jpg"


def text(folder: Path) -> Path:
    """A text that calls itself a photo."""
    (folder / "odd.jpg").write_text("I am no photo.")
    return folder / "odd.jpg"


def loop(folder: Path) -> Path:
    """A link to itself: there, and readable for nobody."""
    (folder / "odd.jpg").symlink_to("odd.jpg")
    return folder / "odd.jpg"


def below_a_file(folder: Path) -> Path:
    """A path through something that is no folder."""
    (folder / "file").touch()
    return folder / "file" / "odd.jpg"


def too_long(folder: Path) -> Path:
    """A name that no file system takes."""
    return folder / ("x" * 300 + "odd.jpg")


def null(folder: Path) -> str:
    """A name that no file can have."""
    return f"{folder}/\x00odd.jpg"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (missing, "no file"),
        (empty, "empty"),
        (directory, "folder"),
        (text, "no photo"),
        (loop, "cannot be read"),
        (below_a_file, "cannot be read|no file"),
        (too_long, "cannot be read"),
        (null, "cannot be read"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_a_bad_path_is_told_with_its_reason(make: Any, reason: str, tmp_path: Path) -> None:
    """One line that says which file and why."""
    path = make(tmp_path)

    with pytest.raises(MediaError, match=reason) as caught:
        await one(path)

    assert caught.value.name == str(path)
    assert "odd.jpg" in caught.value.message


@pytest.mark.parametrize(
    "media",
    [b"", b"plain text", io.BytesIO(b""), io.BytesIO(b"plain text")],
    ids=["no bytes", "text", "empty file", "file of text"],
)
async def test_bad_bytes_are_told(media: Any) -> None:
    """Without a path the place in the list is the name."""
    with pytest.raises(MediaError, match="file-1"):
        await one(media)


async def test_a_file_opened_as_text_is_told(tmp_path: Path) -> None:
    """`open(path)` without "b" is an easy mistake."""
    (tmp_path / "a.jpg").write_text("text")

    with (tmp_path / "a.jpg").open(encoding="utf-8") as file, pytest.raises(InputError):
        await one(file)


@pytest.mark.parametrize("media", [5, None, [5], [None], {"a": 1}, [["a.jpg"]]], ids=repr)
async def test_what_is_no_photo_at_all_is_told(media: Any) -> None:
    """A wrong argument is an error of ours with words for people."""
    with pytest.raises(InputError):
        await one(media)


@pytest.mark.parametrize("kind", [bytearray, memoryview])
async def test_other_bytes_are_bytes(kind: Any) -> None:
    """What behaves like bytes is one photo, not its numbers."""
    assert content(await one(kind(JPEG))) == JPEG


@pytest.mark.parametrize("as_file", [False, True], ids=["path", "file object"])
async def test_heic_becomes_jpeg(*, as_file: bool) -> None:
    """The service recommends HEIC and refuses it, so it is converted on the way."""
    source = await one(io.BytesIO(HEIC.read_bytes()) if as_file else HEIC)

    photo = Image.open(io.BytesIO(content(source)))
    assert (source.content_type, Path(source.name).suffix) == ("image/jpeg", ".jpg")
    assert (photo.format, photo.mode) == ("JPEG", "RGB")
    assert source.size == len(content(source))


@pytest.mark.parametrize("length", [40, 500, -200])
async def test_a_broken_heic_is_told(length: int, tmp_path: Path) -> None:
    """A photo that was cut off is found here."""
    path = tmp_path / "cut.heic"
    path.write_bytes(HEIC.read_bytes()[:length])

    with pytest.raises(MediaError, match="broken"):
        await one(path)


async def test_a_heic_without_the_extra_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, "pi_heif", None)

    with pytest.raises(MediaError) as caught:
        await one(HEIC)

    assert "nemovideo[heic]" in caught.value.hint


def test_above_200_mb_a_source_is_large() -> None:
    """The stated limit of the service."""
    assert Source("a", "b", 200 * 1024**2 + 1, io.BytesIO).is_large
    assert not Source("a", "b", 200 * 1024**2, io.BytesIO).is_large


async def test_two_attempts_at_an_open_file_do_not_disturb_each_other(tmp_path: Path) -> None:
    """One that was given up may still read while the next one does; each keeps its place."""
    (tmp_path / "a.jpg").write_bytes(JPEG)
    with (tmp_path / "a.jpg").open("rb") as file:
        source = await one(file)
        given_up, sent = source.open(), source.open()
        pieces = []
        for _ in range(3):
            given_up.read(50)
            pieces.append(sent.read(100))

    assert b"".join(pieces) == JPEG
