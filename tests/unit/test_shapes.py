import contextlib
from collections.abc import Callable, Iterator, Mapping
from types import UnionType
from typing import Any, get_type_hints

import pytest

from nemovideo.draft import Draft
from nemovideo.draft.parts import Segment, Track
from nemovideo.errors import ServerError
from nemovideo.wire import replies, shapes
from nemovideo.wire.shapes import Differences, Shape, differences

SHAPES = {
    "anonymous token": shapes.TOKEN,
    "session": shapes.SESSION,
    "upload": shapes.UPLOAD,
    "balance": shapes.BALANCE,
    "state": shapes.STATE,
    "render": shapes.RENDER,
}
every_shape = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())


def example(known: Any) -> Any:
    """A value with everything that a shape may hold."""
    match known:
        case Mapping():
            return {name.removesuffix("?"): example(inner) for name, inner in known.items()}
        case [item]:
            return [example(item), example(item)]
        case UnionType():
            return example(known.__args__[0])
    return {str: "text", int: 1, float: 1.5, dict: {}, list: [1], object: True}[known]


@every_shape
def test_what_is_all_known_does_not_differ(shape: Shape) -> None:
    """Neither with all that may be there nor with as little as must be."""
    whole = example(shape)
    least = {name: whole[name] for name in shape if not name.endswith("?")}

    assert differences(whole, shape) == differences(least, shape) == Differences()


@every_shape
def test_a_new_field_is_told(shape: Shape) -> None:
    """A service may add what it likes; nothing else is made of it."""
    assert differences({**example(shape), "plan": {"a": 1}}, shape) == Differences(("plan",))


@every_shape
def test_a_field_that_is_always_there_is_missed(shape: Shape) -> None:
    """Whether it is not there or null; one that is optional is not missed."""
    whole = example(shape)
    always = tuple(name for name in shape if not name.endswith("?"))

    assert differences({}, shape) == Differences((), always)
    assert differences(dict.fromkeys(whole), shape) == Differences((), always)


def test_differences_inside_lists_are_told_once() -> None:
    """The path says where, without counting."""
    segments = [{"d": 1, "seed": 1}, {"d": 2, "seed": 2}, {"d": "3"}]
    draft = {
        "t": [{"tt": 0, "sg": segments}, {"sg": [], "aa": 1}],
        "zz": {"inner": 1},
        "m": {"x": 1},
    }

    found = differences({"state": {"draft": draft, "canvas_config": {"any": 1}}}, shapes.STATE)

    assert found == Differences(
        ("state.draft.zz", "state.draft.t[].sg[].seed", "state.draft.t[].aa"),
        ("state.draft.t[].sg[].d", "state.draft.t[].tt"),
    )


@pytest.mark.parametrize("odd", ["80", True, [80], {"n": 80}], ids=repr)
def test_another_kind_cannot_be_read(odd: Any) -> None:
    """The reader refuses it, or passes over it."""
    assert differences(
        {"available": odd, "frozen": 0, "total": 80.5}, shapes.BALANCE
    ) == Differences((), ("available",))


@pytest.mark.parametrize("odd", ["x", [1], 1], ids=repr)
def test_what_should_be_an_object_or_a_list_is_told(odd: Any) -> None:
    """Nothing is looked for inside."""
    assert differences({"state": odd}, shapes.STATE).unreadable == ("state",)
    assert differences({"files": {}}, shapes.UPLOAD).unreadable == ("files",)
    assert differences({"files": odd if isinstance(odd, list) else [odd]}, shapes.UPLOAD) == (
        Differences((), ("files[]",))
    )


class Noted(dict[str, Any]):
    """An object that notes which of its fields are asked for, those inside included."""

    def __init__(self, data: Mapping[str, Any], asked: set[str], path: str = "") -> None:
        super().__init__(
            {name: noted(inner, asked, f"{path}{name}") for name, inner in data.items()}
        )
        self._asked, self._path = asked, path

    def get(self, name: str, default: Any = None) -> Any:
        """Give a field, and note its path."""
        self._asked.add(f"{self._path}{name}")
        return super().get(name, default)


def noted(value: Any, asked: set[str], path: str) -> Any:
    """Let a value note what it is asked for."""
    if isinstance(value, dict):
        return Noted(value, asked, f"{path}.")
    return [noted(one, asked, f"{path}[]") for one in value] if isinstance(value, list) else value


def paths(known: Any, path: str = "") -> Iterator[str]:
    """All fields of a shape by their paths."""
    match known:
        case Mapping():
            for name, inner in known.items():
                here = f"{path}{name.removesuffix('?')}"
                yield here
                yield from paths(inner, f"{here}." if isinstance(inner, Mapping) else here)
        case [item]:
            yield from paths(item, f"{path}[].")


READERS: list[tuple[str, Callable[[Mapping[str, Any]], object]]] = [
    ("anonymous token", replies.anonymous_token),
    ("session", replies.session),
    ("upload", replies.uploaded_files),
    ("balance", replies.balance),
    ("state", replies.session_state),
    ("render", lambda data: replies.render(data, "render_1")),
]


@pytest.mark.parametrize(("name", "reader"), READERS, ids=[name for name, _ in READERS])
def test_no_reader_asks_for_a_field_that_its_shape_does_not_know(
    name: str, reader: Callable[[Mapping[str, Any]], object]
) -> None:
    """Of a whole answer and of an empty one, where each spelling is tried in turn."""
    shape, asked = SHAPES[name], set[str]()

    reader(Noted(example(shape), asked))
    with contextlib.suppress(ServerError):
        reader(Noted({}, asked))

    assert asked
    assert asked <= set(paths(shape))


@pytest.mark.parametrize(
    ("part", "path"),
    [(Draft, "state.draft."), (Track, "state.draft.t[]."), (Segment, "state.draft.t[].sg[].")],
    ids=["draft", "track", "segment"],
)
def test_the_shape_of_a_timeline_has_all_that_the_timeline_reads(part: type, path: str) -> None:
    """Its keys are in the annotations of its classes."""
    hints = get_type_hints(part, include_extras=True).values()
    keys = {f"{path}{hint.__metadata__[0]}" for hint in hints if hasattr(hint, "__metadata__")}

    assert keys
    assert keys <= set(paths(shapes.STATE))
