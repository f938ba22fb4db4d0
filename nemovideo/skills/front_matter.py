"""The head of a SKILL.md, read as text: as it was published, and whatever it holds."""

import re
from typing import Final

__all__ = ["front_matter"]

_FENCE: Final = "---"
_KEY: Final = re.compile(r"([A-Za-z_][\w .-]*?)\s*:(?:\s+(.*))?$")
_BLOCK: Final = re.compile(r"[|>][+-]?\d?$")
_COMMENT: Final = re.compile(r"\s#.*$")
_ESCAPE: Final = re.compile(r"\\(.)")


def front_matter(text: str) -> dict[str, str]:
    """Read the keys at the top level of a page's front matter, each value as the text it is.

    What YAML would make of a value is of no use here: a version `1.10` is no number, and a
    description with a colon in it is no mapping, though it stands unquoted in pages that are
    published. So each line is a key and the rest of it; lines that are set in belong to the key
    above them. The first of two equal keys counts. Without a front matter, or where it does not
    end, there are no keys.

    Args:
        text: The whole page; a byte order mark and any kind of line end are taken.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    marks = [place for place, line in enumerate(lines) if line.rstrip() == _FENCE]
    if len(marks) < 2 or any(line.strip() for line in lines[: marks[0]]):
        return {}
    found: dict[str, list[str]] = {}
    known: list[str] = []
    for line in lines[marks[0] + 1 : marks[1]]:
        if line[:1].isspace() or not line.strip():
            known.append(line.strip())
        elif key := _KEY.match(line):
            known = found.setdefault(key[1].lower(), [])
            if not known:
                known.append((key[2] or "").strip())
            else:
                known = []
    return {key: _value(*parts) for key, parts in found.items()}


def _value(first: str, *below: str) -> str:
    if _BLOCK.fullmatch(first):
        return ("\n" if first[0] == "|" else " ").join(below).strip()
    if first[:1] in {'"', "'"}:
        return _unquoted(first)
    return " ".join(filter(None, (_COMMENT.sub("", first).strip(), *below)))


def _unquoted(value: str) -> str:
    """Give what stands in quotes; a quote that does not end is a letter like others."""
    quote = value[0]
    if quote == '"':
        inside = re.match(r'"((?:[^"\\]|\\.)*)"', value)
        return _ESCAPE.sub(r"\1", inside[1]) if inside else value
    inside = re.match(r"'((?:[^']|'')*)'", value)
    return inside[1].replace("''", "'") if inside else value
