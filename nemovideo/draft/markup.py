"""Text inside of XML and HTML."""

import re
from html import escape

__all__ = ["escaped"]

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escaped(text: str) -> str:
    """Give a text that can stand anywhere in XML and HTML; what XML does not know is left out."""
    return escape(_FORBIDDEN.sub("", text))
