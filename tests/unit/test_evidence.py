"""What became of a lost message, judged by what can be seen."""

from collections.abc import Sequence

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.draft import Draft
from nemovideo.models import Balance, SessionState
from nemovideo.workflows.evidence import Look, Verdict, judge, next_gap

BEFORE = Look("a", 100, 0)
SAME = BEFORE
RUNNING = Look("a", 50, 50)
PAID = Look("a", 50, 0)
CHANGED = Look("b", 50, 0)
CHANGING = Look("b", 50, 50)
BLIND = Look("a")

looks = st.lists(
    st.builds(
        Look,
        st.sampled_from("ab"),
        st.sampled_from([None, 50, 100]),
        st.sampled_from([None, 0, 50]),
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        pytest.param([CHANGED], "watch", id="one look is not enough"),
        pytest.param([CHANGED, CHANGED], "landed", id="changed, and stays so"),
        pytest.param([CHANGING, CHANGING], "watch", id="changed, and work goes on"),
        pytest.param([CHANGED, Look("c", 50, 0)], "watch", id="changes on"),
        pytest.param([PAID], "watch", id="paid, seen once"),
        pytest.param([PAID, PAID], "landed", id="paid, and stays so"),
        pytest.param([SAME] * 4, "watch", id="four looks"),
        pytest.param([SAME] * 5, "not_landed", id="five looks"),
        pytest.param([RUNNING] * 9, "watch", id="reserved"),
        pytest.param([RUNNING, *[SAME] * 4], "watch", id="four looks since it was reserved"),
        pytest.param([RUNNING, *[SAME] * 5], "not_landed", id="five looks since it was reserved"),
        pytest.param([SAME] * 4 + [RUNNING], "watch", id="reserved late"),
        pytest.param([BLIND] * 5, "unclear", id="credits unread"),
        pytest.param([Look("a", 120, 0)] * 5, "unclear", id="credits came"),
        pytest.param([Look("a", 100)] * 5, "unclear", id="nobody says what is reserved"),
    ],
)
def test_five_looks_decide(seen: list[Look], verdict: Verdict) -> None:
    """The state and what was spent prove that it ran, five quiet looks that it did not."""
    assert judge(BEFORE, seen, alone=True) == verdict


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        pytest.param([CHANGED, CHANGED], "landed", id="changed"),
        pytest.param([CHANGING] * 4, "watch", id="changed, and work goes on"),
        pytest.param([CHANGING] * 5, "landed", id="changed, and others work"),
        pytest.param([PAID] * 4, "watch", id="paid by whom"),
        pytest.param([PAID] * 5, "unclear", id="still paid by whom"),
        pytest.param([SAME] * 5, "not_landed", id="nobody paid"),
        pytest.param([RUNNING] * 9, "watch", id="reserved by whom"),
    ],
)
def test_beside_other_messages_the_credits_prove_less(seen: list[Look], verdict: Verdict) -> None:
    """What others may have spent or reserved says nothing of this message."""
    assert judge(BEFORE, seen, alone=False) == verdict


def test_credits_that_were_not_read_before_prove_nothing() -> None:
    """Five quiet looks with nothing to compare are no proof."""
    assert judge(BLIND, [SAME] * 5, alone=True) == "unclear"


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "beside others"])
@given(seen=looks)
def test_it_is_never_called_undone_where_anything_changed(
    seen: Sequence[Look], *, alone: bool
) -> None:
    """Whatever is seen: to say "send it again" takes five looks without any trace."""
    if judge(BEFORE, seen, alone=alone) == "not_landed":
        assert seen[-5:] == [SAME] * 5


def test_five_quiet_looks_take_the_span() -> None:
    """Each gap is twice the one before, so that what is over is seen soon."""
    gaps = [next_gap(BEFORE, [SAME] * count, 270) for count in range(5)]

    assert sum(gaps) == pytest.approx(270)
    assert gaps == [pytest.approx(270 / 31 * 2**count) for count in range(5)]


@pytest.mark.parametrize(
    ("seen", "gap"),
    [
        pytest.param([SAME, SAME, CHANGED], 270 / 31, id="news"),
        pytest.param([SAME, SAME, RUNNING], 54, id="reserved"),
        pytest.param([RUNNING, SAME], 2 * 270 / 31, id="quiet again"),
        pytest.param([SAME] * 9, 16 * 270 / 31, id="long quiet"),
    ],
)
def test_the_gap_follows_what_was_seen(seen: list[Look], gap: float) -> None:
    """News are looked at again soon, running work is let run."""
    assert next_gap(BEFORE, seen, 270) == pytest.approx(gap)


def test_a_look_tells_what_a_message_can_change() -> None:
    """A new timeline counts; what uploads leave beside it, and the order of keys, do not."""
    draft = {"d": 1, "t": []}
    plain = SessionState(raw={"draft": draft})
    beside = SessionState(raw={"video_infos": [1], "draft": {"t": [], "d": 1}, "at": 5})
    other = SessionState(raw={"draft": {"d": 2, "t": []}})

    assert Look.at(plain, None) == Look.at(beside, None)
    assert Look.at(plain, None) != Look.at(other, None)


def test_a_look_can_be_written_down() -> None:
    """What the ledger keeps is read back as it was."""
    state = SessionState(Draft.from_wire({"d": 1}), raw={"draft": {"d": 1}})
    look = Look.at(state, Balance(50, 25, 75))

    assert Look.kept(attrs.asdict(look) | {"newer": 1}) == look
    assert look.draft == {"d": 1}
    assert not look.is_quiet


@pytest.mark.parametrize(
    ("before", "after", "spent"),
    [
        pytest.param(BEFORE, CHANGED, 50, id="paid"),
        pytest.param(BEFORE, SAME, 0, id="free"),
        pytest.param(Look("a", 100.1, 0), Look("a", 50.1, 0), 50, id="fractions"),
        pytest.param(BEFORE, CHANGING, None, id="reserved still"),
        pytest.param(CHANGING, PAID, None, id="reserved before"),
        pytest.param(PAID, BEFORE, None, id="topped up"),
        pytest.param(BLIND, PAID, None, id="not read before"),
        pytest.param(BEFORE, BLIND, None, id="not read after"),
    ],
)
def test_two_looks_tell_what_was_spent(before: Look, after: Look, spent: float | None) -> None:
    """Only where both know the credits, no work runs, and none came."""
    assert before.spent_until(after) == spent
