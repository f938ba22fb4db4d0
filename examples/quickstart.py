"""Turn photos and a sentence into an MP4: `python quickstart.py [PHOTO ...]`.

Without photos it takes those in the folder `photos` beside it. It asks the hosted service, or
the one at `NEMO_API_URL`, such as the address that `nemovideo emulator` prints.
"""

import asyncio
import sys
from pathlib import Path

from nemovideo import NemoVideo

EXAMPLES = Path(__file__).parent.glob("photos/*.jpg")
WISH = "turn my photos into a 15-second slideshow with music and smooth transitions"


async def main() -> None:
    """Make the video in the current folder and say what it is."""
    photos = [Path(name) for name in sys.argv[1:]] or sorted(EXAMPLES)
    async with NemoVideo() as nemo:
        video = await nemo.make_video(photos, WISH, "slideshow.mp4")
    print(video.path, f"{video.duration:.1f} s", video.timeline, sep="\n")


asyncio.run(main())
