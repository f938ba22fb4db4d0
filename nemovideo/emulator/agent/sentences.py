"""The agent's sentences, by tool, problem or occasion: one table for each language."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["GUI", "GUI_AFTER", "SENTENCES"]

_EN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "opening_create": "I am laying out your {photos} photos.",
        "opening_create_one": "I am laying out your photo.",
        "opening_edit": "I am changing the timeline.",
        "create_timeline": "Your video is laid out: {pictures}, {total} s, {ratio}, "
        "{style}, {music}, {title}.",
        "pictures": "{photos} pictures",
        "one_picture": "one picture",
        "style_crossfade": "with cross-fades",
        "style_dip": "fading through black",
        "style_cut": "with hard cuts",
        "music": "{name} at {percent} %",
        "no_music_now": "no music",
        "title": "title “{text}”",
        "no_title_now": "no title",
        "captions_too": ", {captions} captions",
        "append_media": "I added {photos} at the end; the video now lasts {total} s.",
        "set_duration": "The video now lasts {total} s.",
        "set_photo_duration": "Each picture now stays for {seconds} s; the video lasts {total} s.",
        "hold_photo": "Picture {photo} now stays for {seconds} s; the video lasts {total} s.",
        "remove_photos": "I removed {names}; the video now lasts {total} s.",
        "move_photo": "Picture {photo} is now number {to}.",
        "swap_photos": "Pictures {photo} and {other} have changed places.",
        "reverse_order": "The pictures now come in the opposite order.",
        "set_aspect_ratio": "The video is now {aspect_ratio}.",
        "set_resolution": "The picture is now {width}x{height}.",
        "set_frame_rate": "The video now has {fps} frames a second.",
        "set_transitions": "The pictures now change {style}.",
        "set_motion": "The camera move is now: {motion}.",
        "motion_none": "none",
        "motion_varied": "varied",
        "motion_zoom_in": "zoom in",
        "motion_zoom_out": "zoom out",
        "motion_pan_left": "pan left",
        "motion_pan_right": "pan right",
        "motion_pan_up": "pan up",
        "motion_pan_down": "pan down",
        "set_music": "The music is now {name}.",
        "remove_music": "The music is gone.",
        "set_volume": "The music now plays at {percent} %.",
        "set_title": "The title now reads “{text}”.",
        "set_title_duration": "The title now stays for {seconds} s.",
        "place_title": "The title is now at the {position}.",
        "position_top": "top",
        "position_center": "center",
        "position_bottom": "bottom",
        "remove_title": "The title is gone.",
        "set_caption": "The caption of picture {photo} now reads “{text}”.",
        "set_captions": "The first {captions} pictures now have captions.",
        "remove_captions": "The captions are gone.",
        "remove_some_captions": "The caption of picture {numbers} is gone.",
        "already": "The timeline already is like that, so I changed nothing.",
        "no_photos": "There are no photos yet: upload some first, then ask again.",
        "nothing_new": "There is no new photo to add: all of them have been used.",
        "no_such_photo": "There is no picture {photo}: the video has {photos}.",
        "only_photo": "I removed nothing: a video needs at least one picture.",
        "no_music": "There is no music whose volume could change.",
        "no_title": "There is no title to change.",
        "no_captions": "There are no captions to remove.",
        "many_captions": "I wrote no captions: there are {captions} of them for {pictures}.",
        "long_caption": "That caption is too long: {limit} characters at most.",
        "miscounted": "You speak of {counted}, and there are {pictures}: I used all of them.",
        "long_title": "That title is too long: {limit} characters at most.",
        "too_short": "That is too short: it takes at least {seconds} s to show {pictures}.",
        "too_long": "That is too long: I make videos of up to {seconds} s.",
        "cannot_generate": "I cannot draw or film anything new; I only arrange what you upload. "
        "Not done: {words}.",
        "cannot_link": "I cannot fetch music from a link or a streaming service. "
        "Not done: {words}.",
        "cannot_song": "I have no songs by name, only music of my own. Not done: {words}.",
        "cannot_mood": "I have lo-fi, calm, upbeat and cinematic music only. Not done: {words}.",
        "cannot_voice": "I cannot speak. Not done: {words}.",
        "cannot_captions": "I cannot hear what is said; I write captions that you put in quotes. "
        "Not done: {words}.",
        "cannot_caption": "I write a caption once I know for which picture: caption photo 2 “…”. "
        "Not done: {words}.",
        "cannot_ratio": "I make 16:9, 9:16 and 1:1 only. Not done: {words}.",
        "cannot_quality": "I render 720p or 1080p at 24, 25, 30, 50 or 60 frames a second. "
        "Not done: {words}.",
        "cannot_effect": "I have no colour or speed effects. Not done: {words}.",
        "cannot_transition": "I only know cross-fades, fades through black and hard cuts. "
        "Not done: {words}.",
        "cannot_part": "I set the length of the whole video or of one photo; I cut no piece out. "
        "Not done: {words}.",
        "cannot_lettering": "A title has one look: I choose only its words, place and length. "
        "Not done: {words}.",
        "unread": "I did not understand: {words}.",
        "nothing": "There was nothing in it that I could do. Ask for a length, a shape, "
        "transitions, music or a title, for example.",
    }
)
_ZH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "opening_create": "我来编排您的{photos}张照片。",
        "opening_create_one": "我来编排您的照片。",
        "opening_edit": "我来修改时间线。",
        "create_timeline": "视频已经编排好：{pictures}，{total}秒，{ratio}，"
        "{style}，{music}，{title}。",
        "pictures": "{photos}个画面",
        "one_picture": "1个画面",
        "style_crossfade": "淡入淡出",
        "style_dip": "经黑场过渡",
        "style_cut": "硬切",
        "music": "音乐 {name}（{percent}%）",
        "no_music_now": "没有音乐",
        "title": "标题“{text}”",
        "no_title_now": "没有标题",
        "captions_too": "，{captions}条字幕",
        "append_media": "已在末尾加入{photos}个画面，视频现在长{total}秒。",
        "set_duration": "视频现在长{total}秒。",
        "set_photo_duration": "每个画面现在停留{seconds}秒，视频长{total}秒。",
        "hold_photo": "第{photo}个画面现在停留{seconds}秒，视频长{total}秒。",
        "remove_photos": "已去掉{names}，视频现在长{total}秒。",
        "move_photo": "第{photo}个画面现在排在第{to}位。",
        "swap_photos": "第{photo}个和第{other}个画面已经对调。",
        "reverse_order": "画面的顺序已经反过来。",
        "set_aspect_ratio": "画面比例现在是{aspect_ratio}。",
        "set_resolution": "画面尺寸现在是{width}x{height}。",
        "set_frame_rate": "视频现在每秒{fps}帧。",
        "set_transitions": "画面之间现在{style}。",
        "set_motion": "镜头运动现在是：{motion}。",
        "motion_none": "无",
        "motion_varied": "多种变化",
        "motion_zoom_in": "放大",
        "motion_zoom_out": "缩小",
        "motion_pan_left": "向左平移",
        "motion_pan_right": "向右平移",
        "motion_pan_up": "向上平移",
        "motion_pan_down": "向下平移",
        "set_music": "音乐现在是 {name}。",
        "remove_music": "音乐已经去掉。",
        "set_volume": "音乐音量现在是{percent}%。",
        "set_title": "标题现在是“{text}”。",
        "set_title_duration": "标题现在停留{seconds}秒。",
        "place_title": "标题的位置现在是：{position}。",
        "position_top": "顶部",
        "position_center": "中间",
        "position_bottom": "底部",
        "remove_title": "标题已经去掉。",
        "set_caption": "第{photo}个画面的字幕现在是“{text}”。",
        "set_captions": "前{captions}个画面现在有字幕。",
        "remove_captions": "字幕已经去掉。",
        "remove_some_captions": "第{numbers}个画面的字幕已经去掉。",
        "already": "时间线本来就是这样，我没有改动。",
        "no_photos": "还没有照片：请先上传，再告诉我。",
        "nothing_new": "没有新的照片可加：都已经用上了。",
        "no_such_photo": "没有第{photo}个画面：视频一共有{photos}个。",
        "only_photo": "我没有去掉任何画面：视频至少要有一个。",
        "no_music": "现在没有音乐，音量无从调整。",
        "no_title": "现在没有标题可以修改。",
        "no_captions": "现在没有字幕可以去掉。",
        "many_captions": "我没有加字幕：{pictures}，却有{captions}条字幕。",
        "long_caption": "这条字幕太长：最多{limit}个字符。",
        "miscounted": "您说的是{counted}个，而视频里有{pictures}：我用了全部。",
        "long_title": "这个标题太长：最多{limit}个字符。",
        "too_short": "时间太短：{pictures}至少需要{seconds}秒。",
        "too_long": "时间太长：我最多做{seconds}秒的视频。",
        "cannot_generate": "我不会画出或拍出新的内容，只能编排您上传的素材。没有做：{words}。",
        "cannot_link": "我不能从链接或音乐平台取音乐。没有做：{words}。",
        "cannot_song": "我没有指定的歌曲，只有自己的音乐。没有做：{words}。",
        "cannot_mood": "我只有低保真、舒缓、轻快和史诗这几种音乐。没有做：{words}。",
        "cannot_voice": "我不会说话。没有做：{words}。",
        "cannot_captions": "我听不懂讲话，只能写上您放在引号里的字幕。没有做：{words}。",
        "cannot_caption": "请告诉我字幕属于哪一张，比如：给第二张加字幕“…”。没有做：{words}。",
        "cannot_ratio": "我只做16:9、9:16和1:1。没有做：{words}。",
        "cannot_quality": "我只输出720p或1080p，每秒24、25、30、50或60帧。没有做：{words}。",
        "cannot_effect": "我没有调色或变速效果。没有做：{words}。",
        "cannot_transition": "我只会淡入淡出、经黑场过渡和硬切。没有做：{words}。",
        "cannot_part": "我只能定整个视频或单张照片的时长，不会剪掉其中一段。没有做：{words}。",
        "cannot_lettering": "标题只有一种样式：我只能改文字、位置和时长。没有做：{words}。",
        "unread": "我没有听懂：{words}。",
        "nothing": "里面没有我能做的事。比如可以说时长、画面比例、转场、音乐或标题。",
    }
)
SENTENCES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({"en": _EN, "zh": _ZH})
"""Each language's sentences by tool, problem, or occasion."""

GUI_AFTER: Final[Mapping[str, str]] = MappingProxyType(
    {
        "create_timeline": "export",
        "hold_photo": "drag",
        "move_photo": "drag",
        "reverse_order": "drag",
        "swap_photos": "drag",
        "set_aspect_ratio": "billing",
        "set_captions": "preview",
        "set_title": "preview",
        "set_transitions": "preview",
    }
)
"""After which tool the agent talks of a screen, and of what there."""
GUI: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "en": MappingProxyType(
            {
                "export": "When you are happy with it, click the Export button.",
                "drag": "You can also drag and drop the clips on the timeline panel.",
                "billing": "Check your account or billing page for the credits left.",
                "preview": "Open the preview in the timeline to watch it.",
            }
        ),
        "zh": MappingProxyType(
            {
                "export": "满意的话，请点击“导出”按钮。",
                "drag": "您也可以在时间线面板里拖拽片段。",
                "billing": "剩余积分请在账户页面查看。",
                "preview": "请打开时间线里的预览观看。",
            }
        ),
    }
)
"""Sentences for a screen that the agent believes in; none carries content."""
