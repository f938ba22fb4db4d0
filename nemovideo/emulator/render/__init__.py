"""Makes real MP4 files from drafts: the emulator's cutting room.

Nothing heavy is imported here: pixels and samples are handled in worker processes.
"""

from nemovideo.emulator.render.outcome import Rendered, RenderError
from nemovideo.emulator.render.rendering import render

__all__ = ["RenderError", "Rendered", "render"]
