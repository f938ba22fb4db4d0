"""Talk of a screen goes, content stays, also where one sentence has both."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.assistant import Action, Translation, translate_gui
from nemovideo.emulator.agent.sentences import GUI, SENTENCES

PHRASES = Path(__file__).parent / "phrases"
ROWS = [
    json.loads(line)
    for page in ("gui_english.jsonl", "gui_chinese.jsonl")
    for line in (PHRASES / page).read_text("utf-8").splitlines()
]
TRAPS = [row["text"] for row in ROWS if not row["actions"]]


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row["actions"]], ids=lambda row: row["text"][:60]
)
def test_an_instruction_goes_and_content_stays(row: dict[str, list[str]]) -> None:
    """What it was for is told; what else was said is there."""
    found = translate_gui(str(row["text"]))

    assert list(found.actions) == row["actions"]
    assert all(content in found.text for content in row["keeps"])
    assert not any(instruction in found.text for instruction in row["drops"])
    if not row["keeps"]:
        assert found.text == ""


@pytest.mark.parametrize("text", TRAPS, ids=lambda text: text[:60] or "(nothing)")
def test_content_comes_back_as_it_is(text: str) -> None:
    """Quoted titles, described pictures and ordinary verbs are no instructions."""
    assert translate_gui(text) == Translation(text)


def test_half_of_the_phrases_are_traps() -> None:
    """The table is tested from both sides."""
    assert len(ROWS) >= 150
    assert 0.45 < len(TRAPS) / len(ROWS) < 0.6


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("I added music, click Export to get it.", "I added music."),
        ("When you are done, click Export; the title stays.", "The title stays."),
        ("The video (click the canvas icon) is 9:16.", "The video is 9:16."),
        ("Done!  Click Export.\n\n- drag the clips\n\nEnjoy.", "Done!\n\nEnjoy."),
        ("  - **Music**: calm.\n  - Click *Export*.", "- **Music**: calm."),
        ("已添加音乐，点击导出即可。时长10秒。", "已添加音乐。时长10秒。"),
        ("满意的话，请点击导出，标题保持不变。", "标题保持不变。"),
    ],
)
def test_what_is_left_reads_well(said: str, text: str) -> None:
    """Sentences begin with a capital and end as they did; empty lines do not pile up."""
    assert translate_gui(said).text == text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_all_talk_of_a_screen_by_the_emulator_goes(language: str) -> None:
    """Its four sentences for a screen vanish whole, and each is for the right action."""
    actions: dict[str, Action] = {
        "export": "export",
        "drag": "edit",
        "billing": "credits",
        "preview": "status",
    }

    for occasion, said in GUI[language].items():
        assert translate_gui(said) == Translation("", (actions[occasion],))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_other_sentence_of_the_emulator_is_touched(language: str) -> None:
    """What it says of its work is content; the names of camera moves are no sentences."""
    sentences = [said for said in SENTENCES[language].values() if said.endswith((".", "。"))]

    assert [translate_gui(said) for said in sentences] == [Translation(said) for said in sentences]
    assert len(sentences) > 40


@given(st.text(max_size=400))
def test_any_text_can_be_translated(text: str) -> None:
    """What has no instruction comes back as it is; what has one only loses letters."""
    found = translate_gui(text)

    if found.actions:
        assert len(found.text) <= len(text)
    else:
        assert found.text == text


@given(
    st.text(max_size=60).filter(lambda text: not set(text) & set("“”\n\"„«»‘’'「」『』《》〈〉`＂"))
)
def test_a_quotation_is_never_touched(text: str) -> None:
    """Whatever a title says, it is told as it is."""
    said = f"The title now reads “{text}”. Click Export to download it."

    assert translate_gui(said) == Translation(f"The title now reads “{text}”.", ("export",))


@pytest.mark.parametrize(
    "text",
    [
        "please just now then also " * 200,
        "you can also drag " * 200,
        "can be can be can be " * 200 + "in the timeline",
        "Open " + "the very " * 300 + "panel",
        "如果" * 1_000,
        "请您可以" * 500 + "点击",
        "a, " * 3_000,
        "(" * 5_000,
        "\n" * 5_000,
        "word " * 20_000,
    ],
    ids=lambda text: text[:12].strip(),
)
def test_no_text_takes_long(text: str) -> None:
    """A bot that serves many is not held up by what an agent says to one."""
    translate_gui("warm up"), translate_gui("热身")

    began = time.process_time()
    translate_gui(text)

    assert time.process_time() - began < 2
