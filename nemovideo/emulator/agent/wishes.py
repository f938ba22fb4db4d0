"""What a message can ask for: one value per kind of wish."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen

__all__ = [
    "CANVASES",
    "MOODS",
    "Append",
    "Aspect",
    "Cannot",
    "EachPhoto",
    "Hold",
    "Keep",
    "LengthBy",
    "LengthTimes",
    "Make",
    "Motion",
    "Move",
    "Music",
    "MusicOff",
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
    """The photo at `place` is shown for `ms`; places count from 1, -1 is the last."""

    place: int
    ms: int


@frozen
class Stretch:
    """The photo at `place` is shown `factor` times as long."""

    place: int
    factor: float


@frozen
class Remove:
    """The photos at these places go; all places are those before the first is gone."""

    places: tuple[int, ...]


@frozen
class Move:
    """The photo at `place` goes to another place."""

    place: int
    to: int


@frozen
class Swap:
    """Two photos change places."""

    place: int
    other: int


@frozen
class Reverse:
    """The photos in the opposite order."""


@frozen
class Aspect:
    """The shape of the picture: a key of `CANVASES`."""

    ratio: str


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
class Motion:
    """How the camera moves over a photo; `varied` is a different move for each."""

    kind: str


@frozen
class Music:
    """Music in a mood of `MOODS`; an empty mood means any."""

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
    | Move
    | Swap
    | Reverse
    | Aspect
    | Transition
    | Motion
    | Music
    | MusicOff
    | Volume
    | VolumeTimes
    | Title
    | TitleTime
    | TitlePlace
    | TitleOff
    | Keep
    | Cannot
)
