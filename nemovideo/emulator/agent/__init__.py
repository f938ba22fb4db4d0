"""The editing agent: pure functions from a message and a timeline to a new timeline and words.

It knows tables of phrases in English and Chinese. What is in no table it admits not
to understand; it never pretends.
"""

from nemovideo.emulator.agent.timeline import Clip
from nemovideo.emulator.agent.turns import Board, Calling, Saying, Turn, take_turn

__all__ = ["Board", "Calling", "Clip", "Saying", "Turn", "take_turn"]
