"""How Chinese says its wishes: one table, read from top to bottom, the most special first."""

import re
from typing import Final

from nemovideo.emulator.agent.chinese.captions import CAPTIONS
from nemovideo.emulator.agent.chinese.content import LENGTHS, MAKING, PHOTOS
from nemovideo.emulator.agent.chinese.guard import BREAKS, GUARD
from nemovideo.emulator.agent.chinese.limits import LATER, LIMITS
from nemovideo.emulator.agent.chinese.look import (
    NO_TITLE,
    SHAPES,
    TITLE_LEAD,
    TITLES,
    TRANSITIONS,
)
from nemovideo.emulator.agent.chinese.sound import SOUND
from nemovideo.emulator.agent.chinese.traditional import simplified
from nemovideo.emulator.agent.phrases import Phrase

__all__ = [
    "ADDING",
    "BREAKS",
    "FILLERS",
    "GUARD",
    "NO_TITLE",
    "PHRASES",
    "TITLE_LEAD",
    "simplified",
]

PHRASES: Final[tuple[Phrase, ...]] = (
    *LIMITS,
    *CAPTIONS,
    *LATER,
    *TITLES,
    *SHAPES,
    *PHOTOS,
    *SOUND,
    *TRANSITIONS,
    *LENGTHS,
    *MAKING,
)

ADDING: Final = re.compile(r"加|添|画|生成|插入")
"""What a clause begins with that asks for something new in the pictures."""

_NEUTRAL = """
请 帮我 帮忙 帮 我的 我们的 我 你 您 它 他们 把 将 用 以 让 给 这些 那些 这个 那个 这几 这 那 几
所有 全部 一下 照片 图片 相片 图像 视频 短片 影片 片子 电影 格式 比例 版本 风格 效果 时长 长度
总时长 做成 制作成 制作 做 变成 变为 改成 改为 换成 设为 设成 调成 调到 加上 加个 加入 添加 加 配上
配 带上 带有 带 想要 想 需要 希望 使用 有 要 的 地 得 了 吧 呢 啊 吗 哦 谢谢 你好 您好 好 可以
能不能 可不可以 能 一个 一段 一部 一条 一份 个 张 段 部 条 一 上 里 成 为 和 与 及 并 再 也 都 就
还 是 在 到 从 中 来 去 现在 整个 整体 之间 适合 短 小 简单 漂亮 好看 美丽 上传 刚才 刚 音量 声音
首 曲 调整 个 先 同样 但是 但 麻烦 呗 哈 嘛 啦 一点 另外 就够了 够了 就够 就行 行 画面 随便 vlog
"""
FILLERS: Final = frozenset(_NEUTRAL.split())
"""Words that ask for nothing by themselves."""
