"""Every error of the package, told to people in both languages."""

from collections.abc import Iterator

import pytest

from nemovideo import (
    APIError,
    InsufficientCreditsError,
    MediaError,
    NemoVideoError,
    RateLimitError,
    StreamError,
    errors,
)
from nemovideo.assistant.problems import problem

SECRET = "nmv_usr_secret {'raw': 1}"


def classes(root: type[NemoVideoError]) -> Iterator[type[NemoVideoError]]:
    """A class and everything below it."""
    yield root
    for below in root.__subclasses__():
        yield from classes(below)


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize("error", sorted(set(classes(NemoVideoError)), key=str))
def test_each_error_has_words_of_our_own(error: type[NemoVideoError], language: str) -> None:
    """Nothing of what a service or a developer wrote is among them."""
    found = problem(error(SECRET, hint=SECRET), language)

    assert SECRET not in found.words
    assert "{" not in found.words
    assert found.words[-1] in ".。"
    is_chinese = any("\u4e00" <= sign <= "\u9fff" for sign in found.words)
    assert is_chinese == language.startswith("zh")


def test_all_classes_are_met() -> None:
    """The tree of the package is the one that is walked here."""
    known = {getattr(errors, name) for name in errors.__all__ if name != "Delivered"}

    assert known == {one for one in classes(NemoVideoError) if one.__module__ == errors.__name__}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RateLimitError(retry_after=90, delivered="no"), "Try again in 2 minutes. Nothing was"),
        (RateLimitError(retry_after=3), "Try again in a minute."),
        (RateLimitError(retry_after=90_000), "Try again in 2 days."),
        (RateLimitError(path="/api/auth/anonymous-token", retry_after=80_000), "in 1 day, or"),
        (RateLimitError(path="/api/auth/anonymous-token"), "Come back in 7 days, or register"),
        (MediaError(name="/home/me/secret/a\x1b[2J.txt"), "“a [2J.txt” cannot be used"),
        (MediaError(name=""), "A file cannot be used"),
        (StreamError(delivered="no"), "say it again"),
        (StreamError(delivered="yes"), "Do not repeat your wish yet"),
        (APIError(delivered="no"), "did not accept this. Say it in other words. Nothing was"),
    ],
    ids=lambda value: getattr(type(value), "__name__", ""),
)
def test_what_is_known_is_said(error: NemoVideoError, words: str) -> None:
    """How long to wait, which file it was, and whether it may be said again."""
    assert words in problem(error, "en").words


def test_out_of_credits_names_the_way_on() -> None:
    """An anonymous account gets its link; it is in the words and beside them."""
    error = InsufficientCreditsError()
    error.registration_url = "https://nemovideo.com/register?bind=anon_1"
    found = problem(error, "zh")

    assert found.link == error.registration_url
    assert found.words.endswith("https://nemovideo.com/register?bind=anon_1")
