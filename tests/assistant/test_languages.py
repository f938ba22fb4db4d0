"""The language of a text, by its script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.assistant import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "en"),
        ("123 😀 !?", "en"),
        ("make a video", "en"),
        ("une vidéo de dix secondes", "en"),
        ("做一个视频", "zh"),
        ("做一個影片", "zh"),
        ("把标题改成 Summer Vacation 2024", "zh"),
        ("make a video of 北京 and 上海", "en"),
        ('add the title "你好"', "en"),
        ("加上标题“Hello world, this is a long title”", "zh"),
        ("“你好”", "zh"),
        ("写真で動画を作って", "ja"),
        ("ビデオ", "ja"),
        ("사진으로 영상을 만들어 줘", "ko"),
        ("сделай видео", "ru"),
        ("зроби відео з моїх світлин", "uk"),
        ("اصنع فيديو", "ar"),
        ("یک ویدیو بساز", "fa"),
        ("ویڈیو بنائیں", "ur"),
        ("תעשה סרטון", "he"),
        ("ทำวิดีโอ", "th"),
        ("वीडियो बनाओ", "hi"),
        ("ভিডিও বানান", "bn"),
        ("வீடியோ", "ta"),
        ("φτιάξε ένα βίντεο", "el"),
        ("ვიდეო", "ka"),
    ],
)
def test_the_script_tells_the_language(text: str, language: str) -> None:
    """Latin is not guessed from, and what is quoted says nothing of who quotes it."""
    assert detect_language(text) == language


@given(st.text(max_size=200))
def test_any_text_has_a_language(text: str) -> None:
    """There is always a tag, of two letters."""
    assert len(detect_language(text)) == 2
