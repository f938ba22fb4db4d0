"""`Draft`: a whole timeline, read by cattrs and given back as it came."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from operator import eq
from typing import TYPE_CHECKING, Annotated, Any, Self, get_type_hints

import attrs

from nemovideo.draft.change import Change
from nemovideo.draft.parts import Number, Segment, Track, Wire, kept_source, number
from nemovideo.draft.summary import summarize
from nemovideo.errors import DraftError

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = ["Draft"]


@attrs.frozen(str=False)
class Draft:
    """A timeline as the service keeps it.

    `str(draft)` is its summary. Drafts are compared by their tracks, duration and metadata.

    Attributes:
        tracks: The lanes from first to last.
        duration_ms: Length of the whole in milliseconds, 0 where it is not said.
        metadata: The free part: title, width, height.
        raw: The draft as it came, every unknown key kept.

    Example:
        ```python
        from nemovideo import Draft

        title = {"tt": 7, "sg": [{"d": 3000, "m": {"text": "Hi"}}]}
        draft = Draft.from_wire({"d": 3000, "t": [title]})
        print(draft)  # Timeline (1 track): 1. Title: "Hi" (0-3s)
        ```
    """

    tracks: Annotated[tuple[Track, ...], Wire("t")] = ()
    duration_ms: Annotated[Number, Wire("d")] = 0
    metadata: Annotated[Mapping[str, Any], Wire("m")] = attrs.field(factory=dict)
    raw: Mapping[str, Any] = kept_source()

    def __str__(self) -> str:
        return self.summary()

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Self:
        """Read a draft as the state or an event carries it.

        Args:
            value: The mapping as it came; it is kept, not copied.

        Raises:
            DraftError: A list, an object or a number is something else; `path` tells where.
        """
        try:
            return _converter().structure(value, cls)
        except Exception as error:
            path, expected = _fault(value)
            message = f"This timeline cannot be read: {path or 'the draft'} is not {expected}."
            raise DraftError(message, path=path) from error

    def to_wire(self) -> Mapping[str, Any]:
        """Give the mapping that goes to the service: the same keys, order and numbers that came.

        It is the draft's own mapping; copy it before you change it.

        Raises:
            DraftError: The draft was not made by `from_wire`, so that nothing came.
        """
        if self.tracks and not self.raw:
            raise DraftError("This timeline was put together by hand.", hint="Use Draft.from_wire.")
        return self.raw

    @property
    def is_exportable(self) -> bool:
        """Whether a render can be asked for: at least one track has a segment."""
        return any(track.segments for track in self.tracks)

    @property
    def length_ms(self) -> Number:
        """Length in milliseconds: as the draft says, else where its last segment ends."""
        ends = (end for track in self.tracks for _, _, end in track.spans())
        return self.duration_ms or max(ends, default=0)

    def summary(self) -> str:
        """Say the timeline in one line (the form of contract section 5); never fails.

        Returns:
            Such as `Timeline (2 tracks): 1. Video: a.jpg and 4 more (0-15s) 2. BGM: Lo-fi (0-15s)`.
        """
        return summarize(self.tracks)

    def changes_since(self, other: "Draft | None") -> list[Change]:
        """Tell what is not as it was in an earlier draft, in a few changes.

        What only follows from another change is left out: of a photo that went, not that the
        others begin earlier.

        Args:
            other: The earlier draft; None where there was none, so that everything was added.

        Returns:
            Empty exactly where nothing at all differs; `str` of each is a sentence.

        Example:
            ```python
            from nemovideo import Draft

            old = {"tt": 1, "sg": [{"d": 9000, "m": {"name": "Lo-fi", "volume": 0.35}}]}
            new = {"tt": 1, "sg": [{"d": 9000, "m": {"name": "Lo-fi", "volume": 0.2}}]}
            before, after = Draft.from_wire({"t": [old]}), Draft.from_wire({"t": [new]})

            print(*after.changes_since(before))  # The music is quieter: 20% instead of 35%.
            print(*before.changes_since(None))  # Added the music "Lo-fi" (0-9 s).
            ```
        """
        from nemovideo.draft.changes import changes_between

        return changes_between(other, self)


Hook = Callable[[Any, Any], Any]


def _mapping(value: Any, _: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(value)
    return value


def _duration(value: Any, _: Any) -> Number:
    if (duration := number(value)) is None:
        raise TypeError(value)
    return duration


def _whole(value: Any, _: Any) -> int:
    if type(value) is not int:
        raise TypeError(value)
    return value


def _each(structure: Hook) -> Hook:
    def read(value: Any, _: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise TypeError(value)
        return tuple([structure(item, None) for item in value])

    return read


def _part(part: type[Any], converter: "Converter") -> Hook:
    """Read one part and keep the mapping it came from; a null counts as missing."""
    from cattrs.gen import make_dict_structure_fn, override

    keys: dict[str, Any] = {
        name: override(rename=str(hint.__metadata__[0]))
        for name, hint in get_type_hints(part, include_extras=True).items()
        if hasattr(hint, "__metadata__")
    }
    structure = make_dict_structure_fn(part, converter, **keys)

    def read(value: Any, _: Any) -> Any:
        if not isinstance(value, Mapping):
            raise TypeError(value)
        known = value
        if None in value.values():
            known = {key: item for key, item in value.items() if item is not None}
        built = structure(known, part)
        object.__setattr__(built, "raw", value)  # frozen for users; this is its construction
        return built

    return read


@cache
def _converter() -> "Converter":
    """Structure without cattrs' own error tree, which costs time; `_fault` finds the place."""
    from cattrs import Converter

    converter = Converter(detailed_validation=False)
    converter.register_structure_hook_func(partial(eq, Mapping[str, Any]), _mapping)
    converter.register_structure_hook_func(partial(eq, Number), _duration)
    converter.register_structure_hook(int, _whole)
    for part in (Segment, Track):
        items = tuple[part, ...]  # type: ignore[valid-type]  # built for cattrs, not for mypy
        hook = _each(_part(part, converter))
        converter.register_structure_hook_func(partial(eq, items), hook)
    converter.register_structure_hook(Draft, _part(Draft, converter))
    return converter


_SHAPES: Mapping[str, tuple[Any, str]] = {
    "t": ((list, tuple), "a list"),
    "sg": ((list, tuple), "a list"),
    "m": ((dict,), "an object"),
    "d": ((int, float), "a number"),
    "tt": ((int,), "a whole number"),
}


def _fault(value: Any, path: str = "", keys: str = "t d m") -> tuple[str, str]:
    """Find the first place whose shape is wrong, and what belongs there."""
    if not isinstance(value, Mapping):
        return path, "an object"
    for key in keys.split():
        types, expected = _SHAPES[key]
        here = f"{path}.{key}".lstrip(".")
        inner: Any = value.get(key)
        if inner is None:
            continue
        if isinstance(inner, bool) or not isinstance(inner, types):
            return here, expected
        if key in {"t", "sg"}:
            inside = "tt sg d m" if key == "t" else "d m"
            faults = (_fault(item, f"{here}[{index}]", inside) for index, item in enumerate(inner))
            if found := next((fault for fault in faults if fault[1]), None):
                return found
    return "", ""
