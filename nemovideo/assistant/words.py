"""The assistant's own sentences, in English and Chinese."""

from collections.abc import Mapping
from typing import Final

from nemovideo.draft.languages import is_chinese

__all__ = ["Words", "words_in"]

Words = Mapping[str, str]
"""Sentences by what they are said for, with places for the facts."""

_ENGLISH: Final[Words] = {
    "connecting": "Connecting..",
    "ready": "Ready.",
    "greeting": "Send me photos, clips or sounds and tell me what video they should become.",
    "try": "Try: “{example}”",
    "working": "Still working .. ({minutes} min)",
    "silent": "Done. {changes}",
    "changed": "{changes}",
    "nothing": "Nothing has changed. Say it in other words, or name length, music and transitions.",
    "no_timeline": "There is no video yet. Send photos and say what it should be, for example: "
    "“{wish}”",
    "balance": "{available} credits left.",
    "reserved": "{frozen} more are reserved for work under way.",
    "received": "Received: {names}. What should the video be? For example: “{wish}”",
    "want_files": "Send me the files to use: {formats}, up to 200 MB each.",
    "want_wish": "What should the video be? For example: “{wish}”",
    "rendering": "Rendering the video ..",
    "rendering_percent": "Rendering the video: {percent} %",
    "fetching": "Fetching the video: {percent} %",
    "video": "Your video is ready ({seconds} s). {timeline}",
    "not_landed": "Your last wish got lost on the way and nothing was charged. Say it again.",
    "never_known": "What became of an earlier wish of yours nobody can tell any more. Say “status” "
    "to see the timeline, and say again what it lacks.",
    "say_export": "Say “export” and you get the MP4.",
    "say_status": "Say “status” to see the timeline.",
    "say_edit": "Tell me in words what to change.",
    "say_credits": "Say “credits” to see how many are left.",
    "quoted": "“{name}”",
    "comma": ", ",
    "gap": " ",
    "more": " and {more} more",
    "more_changes": " … and {more} more changes.",
}
_CHINESE: Final[Words] = {
    "connecting": "正在连接……",
    "ready": "准备好了。",
    "greeting": "把照片、视频片段或音频发给我，说说想做成什么样的视频。",
    "try": "可以试试：“{example}”",
    "working": "还在处理中……（{minutes}分钟）",
    "silent": "完成。{changes}",
    "changed": "{changes}",
    "nothing": "没有任何改动。请换个说法，或者说明时长、音乐和转场。",
    "no_timeline": "还没有视频。请先发照片，再说说想要什么样的视频，比如：“{wish}”",
    "balance": "剩余积分：{available}。",
    "reserved": "另有{frozen}积分为进行中的任务预留。",
    "received": "已收到：{names}。想做成什么样的视频？比如：“{wish}”",
    "want_files": "请把要用的文件发给我：{formats}，每个最大200 MB。",
    "want_wish": "想做成什么样的视频？比如：“{wish}”",
    "rendering": "正在渲染视频……",
    "rendering_percent": "正在渲染视频：{percent}%",
    "fetching": "正在获取视频：{percent}%",
    "video": "视频做好了（{seconds}秒）。{timeline}",
    "not_landed": "上一个要求在途中丢失了，没有扣积分。请再说一遍。",
    "never_known": "之前有一个要求，已经无法知道有没有做成。说“状态”看看时间线，少了什么再说一遍。",
    "say_export": "说“导出”，就能拿到MP4。",
    "say_status": "说“状态”，就能看到时间线。",
    "say_edit": "想改什么，直接用文字告诉我。",
    "say_credits": "说“积分”，就能看到余额。",
    "quoted": "“{name}”",
    "comma": "、",
    "gap": "",
    "more": "等{count}个文件",
    "more_changes": "……另有{more}处改动。",
}


def words_in(language: str) -> Words:
    """Give the sentences of a language: Chinese where its tag begins with `zh`, else English."""
    return _CHINESE if is_chinese(language) else _ENGLISH
