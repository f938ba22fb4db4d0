"""Makes the pictures of the documentation, of a video that the emulator renders.

Run by hand, `.venv/bin/python scripts/make_pictures.py`, where a timeline or a render has come to
look different; then look at them, and commit docs/pictures. It needs no account and no network.
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Final

import av
from PIL import Image

from nemovideo import NemoVideo, Video
from nemovideo.emulator import Emulator

ROOT: Final = Path(__file__).parents[1]
PICTURES: Final = ROOT / "docs" / "pictures"
WISH: Final = (
    "turn these photos into a 15-second slideshow with calm piano music, smooth transitions "
    "and a title 'Small Wonders'"
)
MOMENTS: Final = {"title": 1.5, "transition": 6.0, "photo": 10.5}  # seconds into the video
SIZE: Final = (480, 270)


async def main() -> None:
    """Make the video, its timeline in both themes, and three of its frames."""
    PICTURES.mkdir(exist_ok=True)
    photos = sorted((ROOT / "examples" / "photos").glob("*.jpg"))
    with tempfile.TemporaryDirectory() as folder:
        async with Emulator() as emulator, NemoVideo(base_url=emulator.url) as nemo:
            video = await nemo.make_video(photos, WISH, Path(folder) / "wonders.mp4")
        draw_timeline(video)
        for name, seconds in MOMENTS.items():
            frame_at(video.path, seconds).save(PICTURES / f"frame-{name}.jpg", quality=82)
    for picture in sorted(PICTURES.iterdir()):
        print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size / 1000:.0f} kB")


def draw_timeline(video: Video) -> None:
    """Write the timeline as a picture, once for each theme of the pages."""
    (PICTURES / "timeline-light.svg").write_text(video.timeline.to_svg(theme="light"), "utf-8")
    (PICTURES / "timeline-dark.svg").write_text(video.timeline.to_svg(theme="dark"), "utf-8")


def frame_at(path: Path, seconds: float) -> Image.Image:
    """Give the first frame that is shown at a time or after it, small."""
    with av.open(str(path)) as container:
        frame = next(frame for frame in container.decode(video=0) if (frame.time or 0) >= seconds)
        shown = Image.fromarray(frame.to_ndarray(format="rgb24"))
    return shown.resize(SIZE, Image.Resampling.LANCZOS)


if __name__ == "__main__":
    asyncio.run(main())
