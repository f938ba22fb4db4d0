"""Whole pieces of work over the resources: a project, and a video in one call."""

from nemovideo.workflows.making import make_video
from nemovideo.workflows.project import Project, Projects
from nemovideo.workflows.toolbox import Toolbox
from nemovideo.workflows.video import Video

__all__ = ["Project", "Projects", "Toolbox", "Video", "make_video"]
