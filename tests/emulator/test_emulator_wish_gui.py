"""Talk of a screen: the real agent believes in one."""

import pytest

from nemovideo.emulator.agent.sentences import GUI, GUI_AFTER, SENTENCES
from tests.emulator.boards import followed, fresh


@pytest.mark.parametrize(
    ("message", "talk"),
    [
        pytest.param("reverse the order", "drag and drop", id="drag"),
        pytest.param("make it vertical", "Check your account or billing", id="billing"),
        pytest.param("change the title to 'New'", "Open the preview", id="preview"),
        pytest.param("倒序", "拖拽", id="zh-drag"),
        pytest.param("换成竖屏", "账户", id="zh-billing"),
        pytest.param("把标题改成“新”", "打开", id="zh-preview"),
    ],
)
def test_some_edits_end_with_talk_of_a_screen(message: str, talk: str) -> None:
    """It is a sentence of its own, at the end: who takes it off loses nothing."""
    turn = followed(message)
    language = "en" if message.isascii() else "zh"
    said = GUI[language][GUI_AFTER[turn.calls[-1].tool]]
    assert talk in said
    assert turn.after.endswith(said)
    content = turn.after.removesuffix(said).rstrip()
    assert content.endswith((".", "。"))
    assert not any(one in content for one in GUI[language].values())


def test_a_new_video_is_followed_by_talk_of_export() -> None:
    """The first answer sends the user to a button."""
    assert fresh("make a slideshow").after.endswith("click the Export button.")
    assert fresh("做成幻灯片").after.endswith("请点击“导出”按钮。")


@pytest.mark.parametrize("message", ["no music", "remove the title", "trim it to 10 seconds"])
def test_other_edits_do_not_talk_of_a_screen(message: str) -> None:
    """Most answers are content only."""
    assert not any(one in followed(message).after for one in GUI["en"].values())


@pytest.mark.parametrize(
    "message",
    [
        "reverse the order, frobnicate",
        "reverse the order and remove the ninth photo",
        "make it vertical in 4k",
        "reverse the order and make it better",
        "quux",
        "make it 15 seconds",
    ],
)
def test_no_talk_of_a_screen_beside_a_complaint(message: str) -> None:
    """Where something was not done, that is the last word."""
    after = followed(message).after
    assert not any(one in after for one in GUI["en"].values())


def test_the_same_edit_gets_the_same_words() -> None:
    """Talk of a screen depends on the edit alone."""
    assert followed("reverse the order").after == followed("reverse the order").after


def test_every_kind_of_talk_exists_in_both_languages() -> None:
    """Each is there in English and in Chinese, after tools that there are."""
    assert GUI["en"].keys() == GUI["zh"].keys() == set(GUI_AFTER.values())
    assert GUI_AFTER.keys() <= SENTENCES["en"].keys()
