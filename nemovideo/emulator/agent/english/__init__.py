"""How English says its wishes: one table, read from top to bottom, the most special first."""

import re
from typing import Final

from nemovideo.emulator.agent.english.content import LENGTHS, MAKING, PHOTOS
from nemovideo.emulator.agent.english.limits import LIMITS
from nemovideo.emulator.agent.english.look import (
    SHAPES,
    TITLE_LEAD,
    TITLE_WORDS,
    TITLES,
    TRANSITIONS,
)
from nemovideo.emulator.agent.english.sound import SOUND
from nemovideo.emulator.agent.phrases import Phrase

__all__ = ["ADDING", "BREAKS", "FILLERS", "PHRASES", "TITLE_LEAD", "TITLE_WORDS"]

PHRASES: Final[tuple[Phrase, ...]] = (
    *LIMITS,
    *TITLES,
    *SHAPES,
    *PHOTOS,
    *SOUND,
    *TRANSITIONS,
    *LENGTHS,
    *MAKING,
)

BREAKS: Final = re.compile(
    r"[,.;!?:()\n]+|\b(?:and|then|but|also|plus|with|while)\b", re.IGNORECASE
)
"""Where one clause ends and the next begins."""

ADDING: Final = re.compile(
    r"\b(?:add|insert|put|place|draw|generate|imagine|animate|include|paint)\b", re.IGNORECASE
)
"""What a clause begins with that asks for something new in the pictures."""

_NEUTRAL = """
a about actually after again all along also am an another any are as aspect at be beautiful because
beginning between both build but by can change clip clips cool could create cut do does done
duration each edit end entire every everyone everything film finally fine first five for format
four from fun get give go good great have hello hey hi how i i'd i'll i'm image images in
instead into is it it's its just kindly length let like little local long look looking lovely
make making maybe me media mine montage more movie mp4 my need new nice no now of ok okay on one
only opening or other our output over photo photograph photographs photos pic pics picture
pictures please put quick quickly ratio ready really reel replace same set share shared short
shots should show showing simple slide slides slideshow so social some start starts stuff styled
sure switch than thank thanks that the their them there these they this those three to too total
turn two up upload uploaded uploads us use using version very video videos want way we while
whole will with would you your yours
"""
FILLERS: Final = frozenset(_NEUTRAL.split())
"""Words that ask for nothing by themselves."""
