"""A bot's one handler: a wish and photos come in, a sentence goes back, and a video with it.

Telegram, Discord or whatever else carries the messages is not in here: it hands them to `answer`.
"""

from collections.abc import Sequence
from pathlib import Path

from nemovideo import InsufficientCreditsError, NemoVideo, NemoVideoError, RenderFailedError

VIDEO = "video.mp4"


async def answer(nemo: NemoVideo, text: str, photos: Sequence[Path], folder: Path) -> str:
    """Make the video that somebody asks for.

    Args:
        nemo: The account that pays.
        text: The wish.
        photos: What came with it.
        folder: Where the video goes, as `video.mp4`.

    Returns:
        The sentence to send back; without a video it says why there is none.
    """
    if not photos:
        return "Send me photos, and tell me what video they should become."
    try:
        video = await nemo.make_video(photos, text, folder / VIDEO)
    except InsufficientCreditsError as error:
        return f"I am out of credits. {error.hint}"
    except RenderFailedError:
        return "The service could not render this video. Please ask me again in a while."
    except NemoVideoError as error:
        return f"That did not work: {error}"
    return f"Here it is, {video.duration:.0f} seconds long."
