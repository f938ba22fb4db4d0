"""A bot in its smallest form: photos and a wish in, a sentence and perhaps a video out."""

from collections.abc import Sequence
from pathlib import Path

from nemovideo import InsufficientCreditsError, NemoVideo, NemoVideoError


async def answer(
    nemo: NemoVideo, wish: str, photos: Sequence[Path], target: Path
) -> tuple[str, Path | None]:
    """Make a video, and say in one sentence what came of it."""
    if not photos:
        return "Send me some photos first.", None
    try:
        video = await nemo.make_video(photos, wish, target)
    except InsufficientCreditsError as error:
        return f"We are out of credits: {error.registration_url}", None
    except NemoVideoError as error:
        return f"That did not work: {error.message}", None
    return f"Here it is, {video.duration:.0f} seconds.", video.path
