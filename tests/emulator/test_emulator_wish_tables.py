"""Wishes as people type them, checked on the timeline that results."""

from typing import Any

import pytest

from tests.emulator import wishes_chinese as chinese
from tests.emulator import wishes_english as english
from tests.emulator.boards import FIRST, FOLLOWING, NAMED, followed, fresh, rows, seen

REFUSED = [*english.REFUSED, *chinese.REFUSED]
NO_FIRST_WISHES = [*english.NO_FIRST_WISHES, *chinese.NO_FIRST_WISHES]


@pytest.mark.parametrize(
    ("message", "wanted"), rows([*english.FIRST_WISHES, *chinese.FIRST_WISHES])
)
def test_a_first_wish_is_met(message: str, wanted: dict[str, Any]) -> None:
    """What people type first is on the timeline that results."""
    found = seen(fresh(message, NAMED))
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize(("message", "wanted"), rows([*english.NEXT_WISHES, *chinese.NEXT_WISHES]))
def test_a_later_wish_is_met_and_nothing_else(message: str, wanted: dict[str, Any]) -> None:
    """What people type next changes that, and nothing that it does not touch."""
    before, after = seen(fresh(FIRST, NAMED)), seen(followed(message, photos=NAMED))
    touched = {other for key in wanted for other in (key, *FOLLOWING.get(key, ()))}
    assert {key: after[key] for key in wanted} == wanted
    assert {key: after[key] for key in after.keys() - touched} == {
        key: before[key] for key in before.keys() - touched
    }


@pytest.mark.parametrize("message", REFUSED, ids=[message[:48] for message in REFUSED])
def test_what_is_not_certain_is_not_done(message: str) -> None:
    """Doubt, questions, nonsense and the impossible change nothing, cost nothing, and are told."""
    turn = followed(message, photos=NAMED)
    assert turn.calls == ()
    assert turn.price == 0
    assert turn.after


@pytest.mark.parametrize("message", NO_FIRST_WISHES, ids=NO_FIRST_WISHES)
def test_a_first_word_that_is_no_wish_makes_no_video(message: str) -> None:
    """Who only asks or tells something first pays for no timeline."""
    turn = fresh(message, NAMED)

    assert turn.calls == ()
    assert turn.price == 0
    assert turn.after
