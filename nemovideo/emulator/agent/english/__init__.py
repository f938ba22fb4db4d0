"""How English says its wishes: one table, read from top to bottom, the most special first."""

import re
from typing import Final

from nemovideo.emulator.agent.english.captions import CAPTIONS
from nemovideo.emulator.agent.english.content import LENGTHS, MAKING, PHOTOS
from nemovideo.emulator.agent.english.guard import BREAKS, GUARD
from nemovideo.emulator.agent.english.limits import LATER, LIMITS
from nemovideo.emulator.agent.english.look import (
    NO_TITLE,
    ORDERS,
    SHAPES,
    TITLE_LEAD,
    TITLE_WORDS,
    TITLES,
    TRANSITIONS,
)
from nemovideo.emulator.agent.english.sound import SOUND
from nemovideo.emulator.agent.phrases import Phrase
from nemovideo.emulator.agent.quantities import ORDINALS

__all__ = [
    "ADDING",
    "BREAKS",
    "FILLERS",
    "GUARD",
    "NO_TITLE",
    "ORDERS",
    "PHRASES",
    "TAKEN",
    "TITLE_LEAD",
    "TITLE_WORDS",
]

PHRASES: Final[tuple[Phrase, ...]] = (
    *LIMITS,
    *CAPTIONS,
    *LATER,
    *TITLES,
    *SHAPES,
    *PHOTOS,
    *SOUND,
    *TRANSITIONS,
    *LENGTHS,
    *MAKING,
)

ADDING: Final = re.compile(
    r"\b(?:add|insert|put|place|draw|generate|imagine|animate|include|paint)\b", re.IGNORECASE
)
"""What a clause begins with that asks for something new in the pictures."""

_NEUTRAL = """
a about actually again all along also am an and any are as aspect at be beautiful because
beginning between bit both build but by can change clip clips cool could create do does done
duration each edit enough entire every everyone everything film finally fine first five for format
four from fun get gimme give gonna good great have hello hey hi how i i'd i'll i'm image images in
instead into is it it's its just kindly length let let's like little local long look looking
lovely make making maybe me media mine montage more movie mp4 my need needs new nice nicer no
now of oh ok okay on one opening or our out output over photo photograph photographs photos pic
pics picture pictures please pls plz put quick quickly rather ratio ready really reel same set
share shared short shots should show showing simple slide slides slideshow so social some styled
sure switch than thank thanks that thats the their them there these they this those three to
together too total turn two u up upload uploaded uploads us use using version very vid video
videos vids w wait want way we while whole will with would yes you your yours
"""
FILLERS: Final = frozenset(_NEUTRAL.split())
"""Words that ask for nothing by themselves."""
_NAMED = """
last final music title titles caption captions transition transitions sound volume vertical portrait
landscape square horizontal cover background static still next previous best
"""
TAKEN: Final = frozenset([*ORDINALS, *_NAMED.split()])
"""Words that no file's name may take for itself."""
