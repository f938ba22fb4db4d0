"""What went wrong, told to people: whether it cost anything, and what to do next."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Final

from nemovideo.assistant.updates import Problem
from nemovideo.draft.languages import clean, is_chinese
from nemovideo.errors import (
    AgentError,
    AmbiguousSendError,
    APIError,
    AuthenticationError,
    BudgetError,
    ConfigurationError,
    DownloadError,
    ExportBlockedError,
    FileTooLargeError,
    InsufficientCreditsError,
    MediaError,
    NemoVideoError,
    RateLimitError,
    RenderFailedError,
    RenderNotFoundError,
    RenderTimeoutError,
    ServerError,
    SessionBusyError,
    SessionNotFoundError,
    StreamError,
    TransportError,
    UnsupportedFileError,
)
from nemovideo.wire.refusals import SUPPORTED_FORMATS
from nemovideo.wire.requests import MESSAGE_PATH, TOKEN_PATH

__all__ = ["problem"]

_KINDS: Final[tuple[tuple[str, type[NemoVideoError]], ...]] = (
    ("credits", InsufficientCreditsError),
    ("plan", ExportBlockedError),
    ("format", UnsupportedFileError),
    ("size", FileTooLargeError),
    ("file", MediaError),
    ("access", AuthenticationError),
    ("session", SessionNotFoundError),
    ("rate", RateLimitError),
    ("render_gone", RenderNotFoundError),
    ("server", ServerError),
    ("refused", APIError),
    ("agent", AgentError),
    ("stream", StreamError),
    ("network", TransportError),
    ("ambiguous", AmbiguousSendError),
    ("busy", SessionBusyError),
    ("budget", BudgetError),
    ("render_failed", RenderFailedError),
    ("render_late", RenderTimeoutError),
    ("download", DownloadError),
    ("setup", ConfigurationError),
    ("unknown", NemoVideoError),
)
"""Which sentence tells an error; the first class that it is counts."""

_ENGLISH: Final[Mapping[str, str]] = {
    "credits": "There are too few credits left for this; nothing was done and nothing was charged.",
    "credits_anonymous": "Register and go on with what you have: {link}",
    "credits_registered": "Top up credits in your account, then say it again.",
    "plan": "Your plan does not include this export; the video itself is safe. Register or "
    "upgrade your plan to unlock export.",
    "format": "This kind of file is not accepted. Send one of these: {formats}. Send photos "
    "in HEIC as JPEG.",
    "size": "This file is too large. Compress or trim it: up to 200 MB go through.",
    "file": "{name} cannot be used: it is empty, broken or of another kind. Send one of these: "
    "{formats}. Send photos in HEIC as JPEG.",
    "a_file": "A file",
    "access": "The access to the service is not valid any more. Whoever runs "
    "this assistant must renew it.",
    "session": "The session of this video is gone, and its timeline with it. Send your photos "
    "again, and I begin anew.",
    "week": "A free account is given once in 7 days, and this one's is used up. Come back in "
    "{wait}, or register for an account of your own.",
    "rate": "There are too many requests at the moment. Try again in {wait}.",
    "days": "{count} days",
    "day": "1 day",
    "minutes": "{count} minutes",
    "minute": "a minute",
    "render_gone": "This render is not known any more. Say “export”, and it is made again.",
    "server": "The service has trouble at the moment. Try again in a few minutes.",
    "refused": "The service did not accept this. Say it in other words.",
    "agent": "The agent could not finish this; what it had done by then is kept. Say “status” to "
    "see it, or say it in other words.",
    "stream": "The connection broke, and your wish was not carried out. Nothing was charged: say "
    "it again.",
    "stream_maybe": "The answer broke off. Do not repeat your wish yet: say “status” to see what "
    "was done.",
    "network": "The service cannot be reached at the moment. Send it again in a minute.",
    "ambiguous": "The answer got lost, and it is not known yet whether your wish was carried out. "
    "Do not repeat it: say “status” in a few minutes.",
    "busy": "Something is still at work on this video; your wish was not sent. Try again in a few "
    "minutes.",
    "budget": "That would cost more than is allowed here; nothing was sent.",
    "render_failed": "The service could not render this video. The timeline is safe: say “export” "
    "to try again.",
    "render_late": "The render takes longer than usual and goes on. Say “export” in a few minutes "
    "to get it.",
    "download": "The video is rendered, but could not be fetched whole. Say “export” to fetch it "
    "again.",
    "setup": "This assistant is not set up well; nothing was charged. Whoever runs it finds the "
    "reason in its log.",
    "free": "Nothing was charged.",
    "unknown": "Something went wrong. Say “status” to see where your video stands.",
}
_CHINESE: Final[Mapping[str, str]] = {
    "credits": "积分不够；没有执行，也没有扣费。",
    "credits_anonymous": "注册后即可接着做：{link}",
    "credits_registered": "请在账户中充值积分，然后再说一遍。",
    "plan": "您的套餐不包含导出；视频本身是安全的。请注册或升级套餐以解锁导出。",
    "format": "不支持这种文件。请发送以下格式之一：{formats}。HEIC照片请转成JPEG。",
    "size": "文件太大了，请压缩或裁剪，最大200 MB。",
    "file": "{name}无法使用：它是空的、已损坏或格式不对。请发送以下格式之一：{formats}。"
    "HEIC照片请转成JPEG。",
    "a_file": "这个文件",
    "access": "访问权限已失效。请让本助手的管理者更新权限。",
    "session": "这个视频的会话已经不在了，时间线也随之消失。请重新发送照片，我重新开始。",
    "week": "免费账户每7天只发放一次，本周的已经用完。请{wait}后再来，或者注册自己的账户。",
    "rate": "现在请求太多，请{wait}后再试。",
    "days": "{count}天",
    "day": "1天",
    "minutes": "{count}分钟",
    "minute": "一分钟",
    "render_gone": "这次渲染已经找不到了。说“导出”，我重新渲染。",
    "server": "服务暂时有问题。请过几分钟再试。",
    "refused": "服务没有接受这个要求，请换个说法。",
    "agent": "剪辑助手没能做完；已经做的会保留。说“状态”查看，或者换个说法。",
    "stream": "连接中断，您的要求没有执行，也没有扣费：请再说一遍。",
    "stream_maybe": "回答中断了。请先不要重复：说“状态”，看看做了什么。",
    "network": "暂时连接不上服务。请一分钟后再发一次。",
    "ambiguous": "回答丢失了，还不知道您的要求是否已经执行。请不要重复：过几分钟说“状态”查看。",
    "busy": "这个视频还在处理中，您的要求没有发送。请过几分钟再试。",
    "budget": "这会超出允许的积分，没有发送。",
    "render_failed": "服务没能渲染这个视频。时间线是安全的：说“导出”再试一次。",
    "render_late": "渲染比平时久，还在继续。过几分钟说“导出”就能拿到。",
    "download": "视频已经渲染好，但没有完整取回。说“导出”再取一次。",
    "setup": "本助手没有设置好，没有扣费。管理者可以在日志里找到原因。",
    "free": "没有扣费。",
    "unknown": "出了点问题。说“状态”，看看视频现在怎么样。",
}
_SILENT_OF_COST: Final = frozenset({"access", "network", "rate", "refused", "server", "size"})
_DAY: Final = 86_400
_WEEK: Final = 7 * _DAY


def problem(error: NemoVideoError, language: str) -> Problem:
    """Tell an error in the words of a language.

    Nothing of the error's own text goes into them but a file's name: it is written for
    developers, and may quote what a service said.
    """
    table = _CHINESE if is_chinese(language) else _ENGLISH
    link = getattr(error, "registration_url", None)
    words = _told(error, link, table)
    separator = "" if table is _CHINESE else " "
    return Problem(separator.join(words), error, link)


def _told(error: NemoVideoError, link: str | None, table: Mapping[str, str]) -> list[str]:
    kind = next(kind for kind, known in _KINDS if isinstance(error, known))
    if isinstance(error, InsufficientCreditsError):
        way = "credits_anonymous" if link else "credits_registered"
        return [table[kind], table[way].format(link=link)]
    if isinstance(error, RateLimitError) and error.path == TOKEN_PATH:
        return [table["week"].format(wait=_wait(error.retry_after or _WEEK, table))]
    if kind == "network" and getattr(error, "path", "") == MESSAGE_PATH:
        kind = "stream"
    if kind == "stream" and getattr(error, "delivered", "") != "no":
        return [table["stream_maybe"]]
    return [table[kind].format_map(_facts(error, table)), *_cost(kind, error, table)]


def _facts(error: NemoVideoError, table: Mapping[str, str]) -> Mapping[str, str]:
    """Give what a sentence may name of an error: of a file no more than its name."""
    name = clean(PurePath(getattr(error, "name", "")).name)
    formats = getattr(error, "supported", ()) or SUPPORTED_FORMATS
    return {
        "name": f"“{name}”" if name else table["a_file"],
        "formats": ", ".join(formats),
        "wait": _wait(getattr(error, "retry_after", None) or 60, table),
    }


def _cost(kind: str, error: NemoVideoError, table: Mapping[str, str]) -> list[str]:
    """Say that it cost nothing, where that is known and not said anyway."""
    is_free = getattr(error, "delivered", "") == "no" and kind in _SILENT_OF_COST
    return [table["free"]] if is_free else []


def _wait(seconds: float, table: Mapping[str, str]) -> str:
    """Say how long to wait, never too short."""
    unit, length = ("day", _DAY) if seconds > _DAY / 2 else ("minute", 60)
    count = max(1, -int(-seconds // length))
    return table[unit if count == 1 else f"{unit}s"].format(count=count)
