"""Pictures that must be encoded before they can be sent: HEIC photos and PIL images."""

import io
from typing import Any, Final, Protocol

from nemovideo.errors import MediaError

__all__ = ["Picture", "encoded", "jpeg_of_heic"]

_QUALITY: Final = 92
_ORIENTATION: Final = 0x0112
_TRANSPARENT: Final = frozenset({"RGBA", "RGBa", "LA", "La", "PA"})


class Picture(Protocol):
    """A `PIL.Image.Image`, told by what it can do, so that PIL is not needed to say so."""

    @property
    def mode(self) -> str:
        """How its pixels are stored."""

    @property
    def info(self) -> dict[Any, Any]:
        """What its file said beside the pixels."""

    def convert(self, mode: str) -> Any:
        """Give it with other pixels."""

    def getexif(self) -> Any:
        """Give its EXIF data."""


def encoded(picture: Picture, name: str) -> tuple[bytes, str]:
    """Encode what a PIL image shows: JPEG, or PNG where it is transparent.

    Orientation and colour profile are kept, other metadata such as the place is not.

    Args:
        picture: The image; of an animation, the frame where it stands.
        name: What to call it in an error.

    Returns:
        The file and its ending.

    Raises:
        MediaError: It cannot be encoded.
    """
    try:
        is_opaque = picture.mode not in _TRANSPARENT and "transparency" not in picture.info
        kept = _kept(picture)
        file = io.BytesIO()
        if is_opaque:
            picture.convert("RGB").save(file, "JPEG", quality=_QUALITY, **kept)
        else:
            picture.convert("RGBA").save(file, "PNG", **kept)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise MediaError(f"{name} is a picture that cannot be encoded.", name=name) from error
    return file.getvalue(), "jpg" if is_opaque else "png"


def jpeg_of_heic(content: bytes, name: str) -> bytes:
    """Convert to JPEG: the service recommends HEIC and refuses it (contract section 3).

    Raises:
        MediaError: It is broken, or the `heic` extra is not installed.
    """
    try:
        import pi_heif
    except ImportError as error:
        raise MediaError(
            f"{name} is HEIC, which the service does not take.",
            name=name,
            hint="Install nemovideo[heic] to have it converted, or send JPEG.",
        ) from error
    try:
        photo = pi_heif.open_heif(content).to_pillow()
    except (OSError, ValueError, RuntimeError) as error:
        raise MediaError(f"{name} is a broken HEIC photo.", name=name) from error
    jpeg = io.BytesIO()
    profile = photo.info.get("icc_profile")
    photo.convert("RGB").save(jpeg, "JPEG", quality=_QUALITY, icc_profile=profile)
    return jpeg.getvalue()


def _kept(picture: Picture) -> dict[str, Any]:
    """The metadata without which the picture would look different."""
    from PIL.Image import Exif

    kept: dict[str, Any] = {}
    if picture.mode in {"RGB", "RGBA"} and (profile := picture.info.get("icc_profile")):
        kept["icc_profile"] = profile
    if orientation := picture.getexif().get(_ORIENTATION):
        kept["exif"] = exif = Exif()
        exif[_ORIENTATION] = orientation
    return kept
