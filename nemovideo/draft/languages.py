"""The words for timelines and their changes, and how values look in them, per language."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import attrs

from nemovideo.draft.parts import Number, Segment, Track, TrackType, number

__all__ = ["Language", "clean", "is_chinese", "spoken"]

_LONGEST: Final = 60
_JOINER: Final = "\u200d"
_LARGE: Final = 1e9


@attrs.frozen
class Language:
    """How one language tells timelines and their changes.

    Attributes:
        headings: The tracks of the documented types, where a timeline is listed.
        listing: The pieces of such a list.
        sentences: Of changes, by aspect: the sentence, then what is said where nothing can be
            compared.
        nouns: The other pieces of sentences, and the subjects.
        labels: The lanes of the documented track types.
        keys: Keys of the metadata; others are shown as they are.
        values: Values of the metadata; likewise.
        quotes: What stands between the name and what is around it.
    """

    headings: Mapping[int, str]
    listing: Mapping[str, str]
    sentences: Mapping[str, tuple[str, str]]
    nouns: Mapping[str, str]
    labels: Mapping[int, str]
    keys: Mapping[str, str]
    values: Mapping[str, str]
    quotes: tuple[str, str]

    def heading(self, track: Track) -> str:
        """Name a track in a list."""
        if track.is_captions:
            return self.listing["captions"]
        other = self.listing["other"].format(type=_plain(track.type))
        return self.headings.get(track.type, other)

    def named(self, segment: Segment) -> str:
        """Name a segment: by its text in quotation marks or its name; empty where it has none."""
        return self.name(segment.text or "") or clean(segment.name or "")

    def label(self, track: int | None) -> str:
        """Name the lane of a track type, None being the draft itself."""
        if track is None:
            return self.nouns["whole"]
        return self.labels.get(track) or self.nouns["lane"].format(track=_plain(track))

    def name(self, text: str) -> str:
        """Put a name between quotation marks; empty where there is none to be read."""
        return self.quoted(text) if clean(text) else ""

    def quoted(self, text: str) -> str:
        """Put a text between quotation marks, on one line and not too long."""
        return f"{self.quotes[0]}{clean(text)}{self.quotes[1]}"

    def key(self, key: str) -> str:
        """Name a key of the metadata; empty where it says nothing to a reader."""
        words = key.removesuffix("_ms").replace("_", " ").replace(".", " ").split()
        readable = all(word.isalnum() for word in words) and 1 < len("".join(words)) <= _LONGEST
        return self.keys.get(key, " ".join(words)) if readable else ""

    def seconds(self, milliseconds: Number, digits: int = 1) -> str:
        """Give milliseconds as seconds, as a summary does."""
        return self.nouns["seconds"].format(seconds=_seconds(milliseconds, digits))

    def span(self, ends: tuple[Number, Number]) -> str:
        """Give a start and an end, as a sentence does."""
        return self.nouns["span"].format(seconds=_ends(ends))

    def listed_span(self, ends: tuple[Number, Number]) -> str:
        """Give a start and an end, as a list does."""
        return self.listing["seconds"].format(seconds=_ends(ends))

    def volume(self, volumes: Collection[Number]) -> str:
        """Give a loudness in percent, or the least and the greatest of several."""
        least, most = (_percent(volume, 0) for volume in (min(volumes), max(volumes)))
        return most if least == most else f"{least[:-1]}-{most}"

    def compared(self, before: Any, after: Any, *, key: str) -> str:
        """Tell what is and what was, with as many digits as tell them apart; empty if none do."""
        for digits in (1, 3, 9):
            was, now = (self.value(one, key, digits) for one in (before, after))
            if now and now != was:
                return self.nouns["instead" if was else "alone"].format(now=now, was=was)
        return ""

    def value(self, value: Any, key: str, digits: int) -> str:
        """Show a value in a few words; empty where that cannot be."""
        match value:
            case bool():
                return self.nouns["yes" if value else "no"]
            case str():
                shown = clean(self.values.get(value, value.replace("_", " ")))
                return self.quoted(shown if key not in {"text", "name"} else value)
            case (width, height) if key == "canvas":
                sides = [number(side) for side in (width, height)]
                return "x".join("?" if side is None else _plain(side) for side in sides)
        amount = number(value)
        return "" if amount is None else self._number(amount, key, digits)

    def _number(self, value: Number, key: str, digits: int) -> str:
        if key.endswith(("_ms", "duration")):
            return self.seconds(value, digits)
        return _percent(value, digits - 1) if key == "volume" else _plain(value, digits + 2)


def clean(text: str) -> str:
    """Give a text on one line, without what a terminal cannot print, at most 60 characters."""
    shown = "".join(sign if sign.isprintable() or sign == _JOINER else " " for sign in text[:999])
    line = " ".join(shown.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _seconds(milliseconds: Number, digits: int) -> str:
    try:
        return _plain(milliseconds / 1000, digits)
    except OverflowError:  # JSON sets no limit to numbers
        return _endless(milliseconds)


def _ends(ends: tuple[Number, Number]) -> str:
    return "-".join(_seconds(milliseconds, 1) for milliseconds in ends)


def _percent(volume: Number, digits: int) -> str:
    try:
        return f"{_plain(volume * 100.0, digits)}%"
    except OverflowError:
        return f"{_endless(volume)}%"


def _plain(value: Number, digits: int = 0) -> str:
    if abs(value) < _LARGE:
        shown = f"{round(value, digits) or 0:.{digits}f}"
        return shown.rstrip("0").rstrip(".") if digits else shown
    try:
        return f"{value:.3g}".replace("inf", "∞")
    except OverflowError:
        return _endless(value)


def _endless(value: Number) -> str:
    return "-∞" if value < 0 else "∞"


_ENGLISH: Final = Language(
    headings={TrackType.VIDEO: "Video", TrackType.AUDIO: "BGM", TrackType.TEXT: "Title"},
    listing={
        "whole": "Timeline ({count} tracks): {tracks}",
        "one": "Timeline ({count} track): {tracks}",
        "lane": "{position}. {heading}: {content}",
        "facts": " ({facts})",
        "comma": ", ",
        "empty": "empty",
        "more": "… and {more} more tracks",
        "captions": "Captions",
        "other": "Track of type {type}",
        "seconds": "{seconds}s",
        "segments": "{count} segments",
        "several": "{name} and {more} more",
        "unnamed": "unnamed",
    },
    sentences={
        "added": ("Added {what} to {lane}{span}.", "Added an empty timeline."),
        "added alone": ("Added {lane}{what}{span}.", "Added {lane}, which is empty."),
        "removed": ("Removed {what} from {lane}{span}.", "Removed the timeline."),
        "removed alone": ("Removed {lane}{what}.", "Removed {lane}, which was empty."),
        "moved": ("{subject} moved from place {was} to place {now}.", "{subject} moved."),
        "lane": ("{subject} moved from {was} to {now}.", "{subject} moved to another track."),
        "order": ("{subject} are now in reverse order.", ""),
        "trimmed": ("{subject} now last{s} {tail}.", "The length of {subject} changed."),
        "total": ("{subject} now last {tail} in all.", "The lengths of {subject} changed."),
        "start": ("{subject} now begin{s} at {tail}.", "The start of {subject} changed."),
        "text": ("{subject} now read{s} {tail}.", "The text of {subject} changed."),
        "name": ("{subject} {be} now called {tail}.", "The name of {subject} changed."),
        "music": ("{subject} {be} now {tail}.", "The name of {subject} changed."),
        "louder": ("{subject} {be} louder: {tail}.", "{subject} {be} louder."),
        "quieter": ("{subject} {be} quieter: {tail}.", "{subject} {be} quieter."),
        "restyled": ("The {key} of {subject} is now {tail}.", "The {key} of {subject} changed."),
        "gone": ("The {key} of {subject} is gone.", "Details of {subject} changed."),
        "canvas": ("The picture is now {tail}.", "The size of the picture changed."),
    },
    nouns={
        "whole": "the whole video",
        "lane": "the track of type {track}",
        "track": "{lane} track",
        "segment": "segment {position} of {lane}",
        "caption": "the caption",
        "named caption": "the caption {name}",
        "captions": "the captions",
        "only": "the only segment of {lane}",
        "segments": "{count} segments of {lane}",
        "several": "{name} and {more} more",
        "one": "a segment",
        "many": "{count} segments",
        "beside": " {name}",
        "seconds": "{seconds} s",
        "span": " ({seconds} s)",
        "instead": "{now} instead of {was}",
        "alone": "{now}",
        "yes": "on",
        "no": "off",
    },
    labels={
        TrackType.VIDEO: "the video",
        TrackType.AUDIO: "the music",
        TrackType.TEXT: "the title",
    },
    keys={"transition.kind": "transition", "transition.type": "transition", "fps": "frame rate"},
    values={},
    quotes=('"', '"'),
)

_CHINESE: Final = Language(
    headings={TrackType.VIDEO: "视频", TrackType.AUDIO: "音乐", TrackType.TEXT: "标题"},
    listing={
        "whole": "时间线（{count}条轨道）：{tracks}",
        "one": "时间线（{count}条轨道）：{tracks}",
        "lane": "{position}. {heading}：{content}",
        "facts": "（{facts}）",
        "comma": "，",
        "empty": "空",
        "more": "……另有{more}条轨道",
        "captions": "字幕",
        "other": "类型{type}的轨道",
        "seconds": "{seconds}秒",
        "segments": "{count}个片段",
        "several": "{name}等{count}个片段",
        "unnamed": "未命名",
    },
    sentences={
        "added": ("在{lane}中添加了{what}{span}。", "添加了空的时间线。"),
        "added alone": ("添加了{lane}{what}{span}。", "添加了空的{lane}。"),
        "removed": ("从{lane}中删除了{what}{span}。", "删除了时间线。"),
        "removed alone": ("删除了{lane}{what}。", "删除了空的{lane}。"),
        "moved": ("{subject}从第{was}位移到了第{now}位。", "{subject}换了位置。"),
        "lane": ("{subject}从{was}移到了{now}。", "{subject}移到了另一条轨道。"),
        "order": ("{subject}的顺序颠倒了。", ""),
        "trimmed": ("{subject}的时长{tail}。", "{subject}的时长变了。"),
        "total": ("{subject}的总时长{tail}。", "{subject}的时长变了。"),
        "start": ("{subject}的开始时间{tail}。", "{subject}的开始时间变了。"),
        "text": ("{subject}的文字{tail}。", "{subject}的文字变了。"),
        "name": ("{subject}的名称{tail}。", "{subject}的名称变了。"),
        "music": ("{subject}{tail}。", "{subject}的名称变了。"),
        "louder": ("{subject}的音量调高了，{tail}。", "{subject}的音量调高了。"),
        "quieter": ("{subject}的音量调低了，{tail}。", "{subject}的音量调低了。"),
        "restyled": ("{subject}的{key}{tail}。", "{subject}的{key}变了。"),
        "gone": ("{subject}的{key}去掉了。", "{subject}的细节变了。"),
        "canvas": ("画面尺寸{tail}。", "画面尺寸变了。"),
    },
    nouns={
        "whole": "整个视频",
        "lane": "类型{track}的轨道",
        "track": "{lane}轨道",
        "segment": "{lane}的第{position}个片段",
        "caption": "字幕",
        "named caption": "字幕{name}",
        "captions": "字幕",
        "only": "{lane}的唯一片段",
        "segments": "{lane}的{count}个片段",
        "several": "{name}等{count}个片段",
        "one": "一个片段",
        "many": "{count} 个片段",
        "beside": "{name}",
        "seconds": "{seconds}秒",
        "span": "（{seconds}秒）",
        "instead": "从{was}变为{now}",
        "alone": "变为{now}",
        "yes": "开",
        "no": "关",
    },
    labels={TrackType.VIDEO: "视频", TrackType.AUDIO: "音乐", TrackType.TEXT: "标题"},
    keys={
        "transition": "转场",
        "transition.kind": "转场",
        "transition.type": "转场",
        "transition.duration_ms": "转场时长",
        "motion": "镜头运动",
        "position": "位置",
        "filter": "滤镜",
        "mood": "风格",
        "kind": "种类",
        "volume": "音量",
        "speed": "速度",
        "opacity": "不透明度",
        "font": "字体",
        "color": "颜色",
        "size": "大小",
        "fps": "帧率",
        "source": "来源",
        "id": "编号",
        "duration": "时长",
    },
    values={
        "crossfade": "交叉淡化",
        "dip": "黑场过渡",
        "cut": "硬切",
        "none": "无",
        "top": "上方",
        "center": "居中",
        "bottom": "下方",
        "zoom_in": "放大",
        "zoom_out": "缩小",
        "pan_left": "左移",
        "pan_right": "右移",
        "pan_up": "上移",
        "pan_down": "下移",
    },
    quotes=("“", "”"),
)


def spoken(tag: str) -> Language:
    """Give the language of a tag: Chinese where it begins with `zh`, else English."""
    return _CHINESE if is_chinese(tag) else _ENGLISH


def is_chinese(tag: str) -> bool:
    """Tell whether a tag such as `zh` or `zh-Hant-TW` is one of Chinese, in either case."""
    return tag.lower().startswith("zh")
