"""Nothing that is for programs reaches people through the agent's own words."""

import pytest

from nemovideo.assistant.plain import for_people


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ('Done.\n```json\n{"t": []}\n```\nThe music is softer.', "Done.\n\nThe music is softer."),
        ('Here: \n{"draft": {"t": []}}\nDone.', "Here: \n\nDone."),
        (
            'Oops.\nTraceback (most recent call last):\n  File "a.py", line 1\nKeyError: 1\nSorry.',
            "Oops.\n\nSorry.",
        ),
        ("I used Bearer nmv_usr_abc for it.", "I used  for it."),
        ("Your token is nmv_usr_1234.", "Your token is"),
        ("```\nno end", ""),
    ],
)
def test_what_is_for_programs_goes(said: str, shown: str) -> None:
    """Blocks, JSON, traces and tokens; the sentences around them stay."""
    assert for_people(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "The title now reads “{Summer}”.",
        "Captions: [1] sea, [2] sand.",
        "",
        "a\n\n\n\nb",
        "用时：5秒",
    ],
)
def test_what_people_read_stays(said: str) -> None:
    """Brackets in a sentence are no JSON."""
    assert for_people(said) == said
