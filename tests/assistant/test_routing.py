"""What a person wants, told from content that only speaks of it."""

import json
import time
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.assistant import Intent, route
from nemovideo.assistant.routing import read_request

PHRASES = Path(__file__).parent / "phrases"
ROWS = [
    json.loads(line)
    for page in ("routes_english.jsonl", "routes_chinese.jsonl")
    for line in (PHRASES / page).read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"] or "(nothing)")
def test_a_phrase_is_what_a_careful_person_takes_it_for(row: dict[str, str]) -> None:
    """Ordinary wording of an action is one; content that speaks of it is chat."""
    assert route(row["text"], bool(row["files"])) == row["intent"]


def test_half_of_the_phrases_are_traps() -> None:
    """The table is tested from both sides."""
    chats = sum(row["intent"] == "chat" for row in ROWS)

    assert len(ROWS) >= 150
    assert 0.45 < chats / len(ROWS) < 0.6


@pytest.mark.parametrize(
    ("text", "wanted", "wish"),
    [
        ("make it 10 seconds and send me the mp4", ("export",), "make it 10 seconds"),
        ("Make it 10 s, then export it. Thanks!", ("export",), "Make it 10 s. Thanks!"),
        ("把时长改成10秒，然后导出", ("export",), "把时长改成10秒"),
        ("把时长改成10秒，导出发给我", ("export",), "把时长改成10秒"),
        ("a video titled 'Hi' - send it to me", ("export",), "a video titled 'Hi'"),
        ("add “Fin”; show the tracks and check my balance", ("status", "credits"), "add “Fin”"),
        ("a video about work, balance, credits", (), "a video about work, balance, credits"),
        ("a title that says Hello, download it", (), "a title that says Hello, download it"),
        ("a video titled 'Hi', send it to me", ("export",), "a video titled 'Hi'"),
        ("标题“你好”，发给我", ("export",), "标题“你好”"),
        (
            "“Hi” is the photo, its title is Hello, download it",
            (),
            "“Hi” is the photo, its title is Hello, download it",
        ),
        ("title it Hello, then download it", ("export",), "title it Hello"),
        ("show the credits and export the video", ("credits", "export"), ""),
        ("add the title “then export it”", (), "add the title “then export it”"),
    ],
)
def test_what_is_asked_for_after_a_wish_is_not_for_the_agent(
    text: str, wanted: tuple[str, ...], wish: str
) -> None:
    """The agent gets the wish alone, in the person's own words; names in a list ask for nothing."""
    request = read_request(text)

    assert (request.wanted, request.wish) == (wanted, wish)


@pytest.mark.parametrize(
    "text",
    [
        "put a title on “Hi” that says Hello, download it",
        "title “A” with the caption Hello, download it",
        "the caption for 'beach.jpg' is Wish you were here, send it to me",
        "the caption for 'beach.jpg': Wish you were here, send it to me",
        "a title on 'beach.jpg' - Wish you were here, send it to me",
        "replace the title “Old” with New, send it to me",
        "标题放在“猫”上写着你好，发给我",
        "把标题“旧”改成你好，导出",
        "标题写着导出发给我",
    ],
)
def test_words_that_may_be_of_a_title_are_no_action(text: str) -> None:
    """A quotation ends a title, unless words such as "that says" or "with" go on from it."""
    request = read_request(text)

    assert (request.intent, request.wanted, request.wish) == ("chat", (), text)


@pytest.mark.parametrize(
    "text",
    [
        'Add the title "Hello" at the top. Export it.',
        'Add the title "Hello" at the top, export it',
        'Caption "Hi" on photo 2. Export please.',
        'Title "Hello" in white, give me the mp4',
        "加标题“你好”在顶部，导出",
    ],
)
def test_a_title_in_quotation_marks_holds_up_no_export(text: str) -> None:
    """What follows its place or its colour is asked for."""
    assert read_request(text).wanted == ("export",)


def test_what_is_only_spoken_of_is_no_reason_to_act() -> None:
    """It becomes one if the agent speaks of it too."""
    request = read_request("a 5-second video; how would I download that from your site?")

    assert request.intent == "chat"
    assert request.wanted == ()
    assert "export" in request.hinted


@pytest.mark.parametrize(
    "text",
    [
        "a 4-second slideshow, but don't export it yet",
        "a 4-second slideshow about how to download our app",
        "a video about the cost of living and a bank account balance",
        "a slideshow of train tracks for a status page",
        "不要导出视频，先做一个4秒的幻灯片",
        "一个4秒的幻灯片，主题是下载我们的应用",
    ],
)
def test_content_and_refusals_are_no_hint(text: str) -> None:
    """Even if the agent speaks of a button, nothing is done that was not asked for."""
    request = read_request(text)

    assert (request.intent, request.wanted, request.hinted) == ("chat", (), frozenset())


@given(st.text(max_size=300), st.booleans())
def test_any_text_has_an_intent(text: str, has_files: bool) -> None:  # noqa: FBT001  # as drawn
    """Whatever is typed is one of the five; a wish that is for the agent is never empty."""
    request = read_request(text, has_files=has_files)

    assert request.intent in get_args(Intent)
    if request.intent == "chat" and text.strip():
        assert request.wish.strip() or request.wanted


@given(
    st.text(max_size=80).filter(lambda text: not set(text) & set("\"“”„«»‘’'「」『』《》〈〉`＂\n"))
)
def test_a_quotation_is_never_an_action(text: str) -> None:
    """Whatever stands in quotation marks is content of a wish."""
    assert route(f"add the title “export {text}”") == "chat"


@pytest.mark.parametrize(
    "text",
    [
        "ok now " * 57,
        "please " * 57,
        "my the my the photos " * 19,
        "show me the the the the credits left left left left left left left left x",
        "我想要我想要把视频" * 40,
        "的的的的的的的的的的的的的的的的的的的的的的的的的的视频" * 10,
        "how many credits do do do do i i i have have left left now now on on x",
        "a, " * 130,
    ],
    ids=lambda text: text[:20],
)
def test_words_that_fit_in_many_ways_take_no_time(text: str) -> None:
    """A message cannot hold a bot up: it is read in much less time than a person needs to type."""
    route("warm up"), route("热身")

    began = time.process_time()
    route(text)

    assert time.process_time() - began < 1


def test_a_very_long_message_is_a_wish() -> None:
    """Nobody asks for an action in so many words."""
    assert route("export it. " * 1_000) == "chat"
