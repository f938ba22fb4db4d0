"""Reading a timeline from the wire with cattrs, and finding what cannot be read."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from operator import eq
from typing import TYPE_CHECKING, Any, get_type_hints

from nemovideo.draft.parts import Number, Segment, Track, number
from nemovideo.errors import DraftError

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = ["structured"]

Hook = Callable[[Any, Any], Any]


def structured(value: Any, whole: type[Any]) -> Any:
    """Read a draft; each part keeps the mapping that it came from.

    Args:
        value: What came.
        whole: The class of drafts, which is a floor above.

    Raises:
        DraftError: A list, an object or a number is something else; `path` tells where.
    """
    try:
        converter = _converter(whole)  # type: ignore[arg-type]  # a class can be hashed
        return converter.structure(value, whole)
    except Exception as error:
        path, expected = _fault(value)
        message = f"This timeline cannot be read: {path or 'the draft'} is not {expected}."
        raise DraftError(message, path=path) from error


def _mapping(value: Any, _: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(value)
    return value


def _duration(value: Any, _: Any) -> Number:
    if (duration := number(value)) is None:
        raise TypeError(value)
    return duration


def _whole(value: Any, _: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
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
def _converter(whole: type[Any]) -> "Converter":
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
    converter.register_structure_hook(whole, _part(whole, converter))
    return converter


_SHAPES: Mapping[str, tuple[Any, str]] = {
    "t": ((list, tuple), "a list"),
    "sg": ((list, tuple), "a list"),
    "m": ((Mapping,), "an object"),
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
