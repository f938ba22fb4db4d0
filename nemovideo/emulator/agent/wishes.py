"""What a message can ask for: one value per kind of wish."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen

__all__ = [
    "CANVASES",
    "FRAME_RATES",
    "IT",
    "MOODS",
    "Append",
    "Aspect",
    "Cannot",
    "Caption",
    "Captions",
    "CaptionsOff",
    "Count",
    "EachPhoto",
    "Frames",
    "Hold",
    "Keep",
    "LengthBy",
    "LengthTimes",
    "Lines",
    "Make",
    "Motion",
    "Move",
    "Music",
    "MusicOff",
    "Only",
    "Place",
    "Remove",
    "Reverse",
    "Stretch",
    "Swap",
    "Title",
    "TitleOff",
    "TitlePlace",
    "TitleTime",
    "TotalLength",
    "Transition",
    "TransitionTimes",
    "Volume",
    "VolumeTimes",
    "Wish",
]

CANVASES: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {"16:9": (1920, 1080), "9:16": (1080, 1920), "1:1": (1080, 1080)}
)
MOODS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "lofi": "Warm Lo-fi",
        "calm": "Quiet Morning",
        "upbeat": "Bright Steps",
        "cinematic": "Wide Horizon",
    }
)

FRAME_RATES: Final = (24, 25, 30, 50, 60)
"""The frames a second that a video can have."""

Place = int | str
"""Which photo: its number from 1, from the end -1, or the name of its file."""
IT: Final = ""
"""The place of the photo that the message spoke of before."""


@frozen
class Make:
    """A video from the uploaded files."""


@frozen
class Append:
    """The new files, at the end."""


@frozen
class TotalLength:
    """The whole video lasts `ms`."""

    ms: int


@frozen
class LengthBy:
    """The whole video lasts `ms` more, or less."""

    ms: int


@frozen
class LengthTimes:
    """The whole video lasts `factor` times as long."""

    factor: float


@frozen
class EachPhoto:
    """Every photo is shown for `ms`."""

    ms: int


@frozen
class Hold:
    """The photo at `place` is shown for `ms`."""

    place: Place
    ms: int


@frozen
class Stretch:
    """The photo at `place` is shown `factor` times as long."""

    place: Place
    factor: float


@frozen
class Remove:
    """The photos at these places go; all places are those before the first is gone."""

    places: tuple[Place, ...]


@frozen
class Only:
    """All photos but these go."""

    places: tuple[Place, ...]


@frozen
class Count:
    """The message speaks of `photos` photos; that is checked, and nothing to do."""

    photos: int


@frozen
class Move:
    """The photo at `place` goes to another place.

    Args:
        place: the photo.
        to: where it goes.
        beside: whether `to` is a photo that it comes before (-1) or after (1); 0: `to` itself.
    """

    place: Place
    to: Place
    beside: int = 0


@frozen
class Swap:
    """Two photos change places."""

    place: Place
    other: Place


@frozen
class Reverse:
    """The photos in the opposite order."""


@frozen
class Aspect:
    """The shape of the picture: a key of `CANVASES`."""

    ratio: str


@frozen
class Lines:
    """The shorter side of the picture, in pixels: 720 or 1080; the shape stays."""

    lines: int


@frozen
class Frames:
    """Frames a second: one of `FRAME_RATES`."""

    rate: int


@frozen
class Transition:
    """How one photo gives way to the next.

    Args:
        kind: `crossfade`, `dip`, `cut`; empty when the message names none.
        ms: how long it takes; `None` leaves that to the editor.
    """

    kind: str = ""
    ms: int | None = None


@frozen
class TransitionTimes:
    """Transitions take `factor` times as long."""

    factor: float


@frozen
class Motion:
    """How the camera moves over a photo; `varied` is a different move for each."""

    kind: str


@frozen
class Music:
    """Music in a mood of `MOODS`; empty means any, `other` another than now."""

    mood: str = ""


@frozen
class MusicOff:
    """No music."""


@frozen
class Volume:
    """The music at `level` of full volume, 0..1."""

    level: float


@frozen
class VolumeTimes:
    """The music louder or quieter by `factor`."""

    factor: float


@frozen
class Title:
    """A title with this text."""

    text: str


@frozen
class TitleTime:
    """The title is shown for `ms`."""

    ms: int


@frozen
class TitlePlace:
    """The title's position: `center`, `top` or `bottom`."""

    position: str


@frozen
class TitleOff:
    """No title."""


@frozen
class Caption:
    """The photo at `place` has this caption."""

    place: Place
    text: str


@frozen
class Captions:
    """The photos have these captions, one each, from the first on."""

    texts: tuple[str, ...]


@frozen
class CaptionsOff:
    """These photos have no caption; without places, none has."""

    places: tuple[Place, ...] = ()


@frozen
class Keep:
    """Something that shall stay as it is: understood, and nothing to do."""


@frozen
class Cannot:
    """Understood, and beyond this agent.

    Args:
        kind: what it would take; a key of the sentences that admit it.
        words: the message's own words.
    """

    kind: str
    words: str = ""


Wish = (
    Make
    | Append
    | TotalLength
    | LengthBy
    | LengthTimes
    | EachPhoto
    | Hold
    | Stretch
    | Remove
    | Only
    | Count
    | Move
    | Swap
    | Reverse
    | Aspect
    | Lines
    | Frames
    | Transition
    | TransitionTimes
    | Motion
    | Music
    | MusicOff
    | Volume
    | VolumeTimes
    | Title
    | TitleTime
    | TitlePlace
    | TitleOff
    | Caption
    | Captions
    | CaptionsOff
    | Keep
    | Cannot
)
