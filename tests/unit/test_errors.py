import inspect
import pickle
import re

import pytest

from nemovideo import errors
from nemovideo.errors import (
    APIError,
    ConfigurationError,
    ConnectTimeoutError,
    InsufficientCreditsError,
    MediaError,
    NemoVideoError,
    RateLimitError,
    RenderTimeoutError,
    RequestTimeoutError,
    StreamSilentError,
    StreamStalledError,
    StreamTimeoutError,
    UnsupportedFileError,
)

CLASSES = [
    found
    for _, found in inspect.getmembers(errors, inspect.isclass)
    if issubclass(found, NemoVideoError)
]

every_class = pytest.mark.parametrize("kind", CLASSES, ids=[kind.__name__ for kind in CLASSES])


def filled(kind: type[NemoVideoError]) -> NemoVideoError:
    """An error with every keyword and every later attribute set to something of its own."""
    keywords = [
        name
        for name, parameter in inspect.signature(kind).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    ]
    error = kind("what happened", **{name: f"the {name}" for name in keywords})
    for name in ("registration_url", "supported", "retry_after"):
        if hasattr(kind, name):
            setattr(error, name, f"the {name}")
    return error


def drawn() -> dict[str, str]:
    """Each class of the docstring's tree with the class above it."""
    above: dict[int, str] = {-1: "Exception"}
    parents: dict[str, str] = {}
    tree = re.search(r"```text\n(.*?)```", errors.__doc__ or "", re.DOTALL)
    assert tree
    for line in tree[1].splitlines():
        found = re.match(r"([│├└─ ]*)(\w+)", line)
        assert found
        depth = len(found[1]) // 4
        parents[found[2]] = above[depth - 1]
        above[depth] = found[2]
    return parents


@every_class
def test_an_error_travels_between_processes(kind: type[NemoVideoError]) -> None:
    """Every error can be pickled and keeps its class, its words and its attributes."""
    error = filled(kind)

    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is kind
    assert copy.__dict__ == error.__dict__
    assert str(copy) == str(error)
    assert copy.args == error.args


def test_the_tree_of_the_docstring_is_the_tree_of_the_classes() -> None:
    """What the documentation draws is what `except` goes by."""
    real = {kind.__name__: kind.__bases__[0].__name__ for kind in CLASSES}

    assert drawn() == real


def test_every_error_is_exported() -> None:
    """`__all__` names each class of the tree, sorted."""
    assert {kind.__name__ for kind in CLASSES} | {"Delivered"} == set(errors.__all__)


@pytest.mark.parametrize(
    "kind",
    [
        ConnectTimeoutError,
        RequestTimeoutError,
        RenderTimeoutError,
        StreamSilentError,
        StreamStalledError,
        StreamTimeoutError,
    ],
)
def test_a_time_limit_is_also_the_builtin_timeout(kind: type[NemoVideoError]) -> None:
    """`except TimeoutError` catches every limit of time."""
    assert isinstance(kind("late"), TimeoutError)


def test_an_input_that_cannot_be_meant_is_also_a_value_error() -> None:
    """`except ValueError` catches a bad photo, and so does `except ConfigurationError`."""
    error = MediaError("broken", name="a.jpg")

    assert isinstance(error, ValueError)
    assert isinstance(error, ConfigurationError)


def test_an_error_says_what_happened_and_what_to_do() -> None:
    """The text is the message with its hint."""
    assert str(NemoVideoError("It broke.", hint="Mend it.")) == "It broke. Mend it."


def test_an_error_without_hint_ends_with_its_message() -> None:
    """No trailing space where there is nothing to advise."""
    assert str(APIError("Refused.")) == "Refused."


@pytest.mark.parametrize(
    ("error", "attribute", "expected"),
    [
        (InsufficientCreditsError(), "registration_url", None),
        (UnsupportedFileError(), "supported", ()),
        (RateLimitError(), "retry_after", None),
    ],
    ids=["credits", "unsupported", "rate limit"],
)
def test_what_the_service_did_not_say_is_absent(
    error: APIError, attribute: str, expected: object
) -> None:
    """Attributes that only some answers fill are there, empty, on all."""
    assert getattr(error, attribute) == expected


def test_an_api_error_is_doubtful_until_proven() -> None:
    """Without evidence a request counts as perhaps carried out."""
    assert APIError().delivered == "maybe"


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("The agent failed: no model", "The agent failed: no model. Try again."),
        ("It is over.", "It is over. Try again."),
        ("Really?", "Really? Try again."),
        ("", "Try again."),
    ],
)
def test_what_happened_and_what_to_do_are_two_sentences(message: str, shown: str) -> None:
    """Also where somebody else's words end without a stop."""
    assert str(NemoVideoError(message, hint="Try again.")) == shown
