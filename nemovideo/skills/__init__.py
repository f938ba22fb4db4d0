"""Skills: what a program is to its people, and the pages by which agents learn it."""

from nemovideo.skills.skill import Skill

__all__ = ["Skill"]
