"""The five skills that the service is known by, in words of our own (contract section 6)."""

from collections.abc import Mapping
from typing import Final

__all__ = ["BUILTIN", "COMMON_EXAMPLES"]

COMMON_EXAMPLES: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        "add calm music at half volume",
        "put the title “Our summer” on the first photo",
        "make it 9:16 for my story",
    ),
    "zh": ("加上轻柔的音乐，音量一半", "在第一张照片上加标题“我们的夏天”", "改成9:16的竖屏"),
}
"""What can be tried with each of them, once there is a video."""

BUILTIN: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    "image-to-video-free-online": {
        "en": {
            "promise": "Turns photos into videos.",
            "greeting": "Send me some photos and tell me in a sentence what video they should "
            "become. You get it as an MP4 in 1080p.",
            "wish": "turn my photos into a short video with transitions and music",
            "advice": "A few sharp photos look smoother than many small ones.",
        },
        "zh": {
            "promise": "把照片变成视频。",
            "greeting": "发几张照片给我，用一句话说说想要什么样的视频，我会做成1080p的MP4。",
            "wish": "把我的照片做成一个带转场和音乐的短视频",
            "advice": "少而清晰的照片，比多而模糊的照片更流畅。",
        },
    },
    "image-to-video-maker-ai": {
        "en": {
            "promise": "Turns images into a video of 30 seconds.",
            "greeting": "Send me your images; in about a minute they can be a video of half a "
            "minute, with transitions and music under it.",
            "wish": "turn these photos into a 30-second video with transitions and background "
            "music",
            "advice": "Five to ten images are enough for transitions that flow.",
        },
        "zh": {
            "promise": "把图片变成30秒的视频。",
            "greeting": "把图片发给我，大约一分钟就能变成半分钟的视频，配上转场和音乐。",
            "wish": "把这些照片做成30秒的视频，带转场和背景音乐",
            "advice": "五到十张图片，转场会很自然。",
        },
    },
    "free-video-maker-from-photo": {
        "en": {
            "promise": "Turns photos into slideshows, as MP4.",
            "greeting": "Send me your photos and I lay them out as a slideshow with music that "
            "plays everywhere.",
            "wish": "turn my photos into a slideshow video with music and transitions",
            "advice": "Five to ten photos give a short video the best pace.",
        },
        "zh": {
            "promise": "把照片变成MP4幻灯片。",
            "greeting": "把照片发给我，我来编成配乐的幻灯片，在哪里都能播放。",
            "wish": "把我的照片做成带音乐和转场的幻灯片视频",
            "advice": "短视频用五到十张照片，节奏最好。",
        },
    },
    "image-to-video-local": {
        "en": {
            "promise": "Turns the images on your device into a video.",
            "greeting": "Send me images from your device and say what the video should be like; "
            "I upload them, have them edited and bring the MP4 back.",
            "wish": "turn my local photos into a 15-second video with smooth transitions",
            "advice": "Fewer images at a time are faster, and PNG keeps the most quality.",
        },
        "zh": {
            "promise": "把设备里的图片变成视频。",
            "greeting": "把设备里的图片发给我，说说视频该是什么样的；我负责上传、剪辑，再把MP4带"
            "回来。",
            "wish": "把我的本地照片做成15秒的视频，转场要流畅",
            "advice": "一次少发几张会更快，PNG的画质最好。",
        },
    },
    "free-photo-to-video-ai": {
        "en": {
            "promise": "Turns photos into a slideshow of photos.",
            "greeting": "Send me the photos you like and a word about the mood; they come back "
            "as a slideshow with transitions and music.",
            "wish": "turn these photos into a slideshow video with music and transitions",
            "advice": "With five to ten photos the pace is right.",
        },
        "zh": {
            "promise": "把照片变成照片幻灯片。",
            "greeting": "把喜欢的照片发给我，说说想要的气氛，我把它们变成带转场和音乐的幻灯片。",
            "wish": "把这些照片做成幻灯片视频，带音乐和转场",
            "advice": "五到十张照片，节奏刚刚好。",
        },
    },
}
"""The words of each skill by its name and language."""
