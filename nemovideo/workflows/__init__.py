"""Whole pieces of work over the resources: a project, and videos in one call."""

from nemovideo.workflows.batch import Outcomes, make_videos
from nemovideo.workflows.conversing import ProjectStream
from nemovideo.workflows.jobs import Jobs
from nemovideo.workflows.making import make_video
from nemovideo.workflows.outcome import Outcome, OutcomeStatus
from nemovideo.workflows.project import Project, Projects
from nemovideo.workflows.toolbox import Toolbox
from nemovideo.workflows.video import Video

__all__ = [
    "Jobs",
    "Outcome",
    "OutcomeStatus",
    "Outcomes",
    "Project",
    "ProjectStream",
    "Projects",
    "Toolbox",
    "Video",
    "make_video",
    "make_videos",
]
