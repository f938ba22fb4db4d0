"""What is installed here: Python, the packages of each extra, and fonts for titles."""

import importlib.metadata
import importlib.util
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Self

import attrs

from nemovideo.cli.doctor.check import Check
from nemovideo.settings import VERSION

__all__ = ["Requirement", "extra", "extras", "fonts", "fonts_for", "packages", "versions"]

_PURPOSES: Final[Mapping[str, str]] = {
    "emulator": "To work offline",
    "cli": "For this command",
    "heic": "For HEIC photos",
    "fast": "To read long answers of the agent faster",
}
_NAME: Final = re.compile(r"[\w.-]+")
_FLOOR: Final = re.compile(r">=\s*([\w.]+)")
_EXTRA: Final = re.compile(r"""extra\s*==\s*["']([\w-]+)["']""")
_LATIN, _CHINESE = "Aa", "中文"


@attrs.frozen
class Requirement:
    """A package that is needed, and what is there of it.

    Attributes:
        name: As an index of packages has it.
        floor: The oldest version that will do, empty where all do.
        extra: Which extra needs it; empty for what is always needed.
        installed: The version that is there, None where none is.
    """

    name: str
    floor: str = ""
    extra: str = ""
    installed: str | None = None

    @classmethod
    def read(cls, line: str) -> Self:
        """Read a requirement as the metadata of a package has it (PEP 508), and look for it."""
        name = _NAME.match(line)
        floor = _FLOOR.search(line.partition(";")[0])
        found = name[0] if name else ""
        return cls(found, floor[1] if floor else "", _needed_by(line), _version(found))

    @property
    def is_old(self) -> bool:
        """Whether what is there is older than it may be."""
        if not self.installed:
            return False
        return _numbers(self.installed) < _numbers(self.floor)

    def __str__(self) -> str:
        return f"{self.name} {self.installed or 'missing'}"


def versions() -> Check:
    """Judge Python and what is always needed."""
    needed = [one for one in _requirements() if not one.extra]
    return packages(f"Python {platform.python_version()}, nemovideo {VERSION}", needed)


def packages(own: str, needed: Sequence[Requirement]) -> Check:
    """Judge the packages that nothing works without."""
    if not needed:
        return Check("python", "warning", f"{own}, unknown to pip", "pip install -U nemovideo")
    found = ", ".join([own, *map(str, needed)])
    wrong = [one for one in needed if one.is_old or not one.installed]
    if wrong:
        asked = " ".join(f"'{one.name}>={one.floor}'" for one in wrong)
        return Check("python", "failure", found, f"Too old or missing: pip install -U {asked}")
    return Check("python", "ok", found)


def extras() -> Iterator[Check]:
    """Judge each extra that people install."""
    known = _requirements()
    for name in _PURPOSES:
        yield extra(name, [one for one in known if one.extra == name])


def extra(name: str, needed: Sequence[Requirement]) -> Check:
    """Judge an extra; what is optional may be missing."""
    install = f"pip install -U 'nemovideo[{name}]'"
    missing = [one.name for one in needed if not one.installed]
    if missing or not needed:
        lacks = f", without {' and '.join(missing)}" if missing else ""
        return Check(
            "extras", "ok", f"{name}: not installed{lacks}", f"{_PURPOSES[name]}: {install}"
        )
    found = f"{name}: {', '.join(map(str, needed))}"
    if old := [f"{one.name} is older than {one.floor}" for one in needed if one.is_old]:
        return Check("extras", "warning", found, f"{' and '.join(old)}: {install}")
    return Check("extras", "ok", found)


def fonts() -> Check:
    """Judge the fonts that the emulator can draw titles with."""
    if importlib.util.find_spec("PIL") is None:
        return Check("fonts", "ok", "not looked for: without the emulator nothing is drawn here")
    from nemovideo.emulator.render.fonts import cast

    faces = cast(_LATIN + _CHINESE)
    return fonts_for({letter: face.path for letter, face in faces.items()})


def fonts_for(faces: Mapping[str, Path | None]) -> Check:
    """Judge the font of each letter; None is the one that Pillow carries."""
    found = {
        script: {faces[letter] for letter in letters if letter in faces}
        for script, letters in (("Latin", _LATIN), ("Chinese", _CHINESE))
        if all(letter in faces for letter in letters)
    }
    told = ", ".join(
        f"{script}: {' and '.join(sorted(path.name if path else 'of Pillow' for path in paths))}"
        for script, paths in found.items()
    )
    if len(found) == 2:
        return Check("fonts", "ok", told)
    lacking = "Chinese" if "Latin" in found else "Latin"
    return Check(
        "fonts",
        "warning",
        f"{told or 'none'}; none has the letters of {lacking} titles",
        "Offline renders cannot draw such titles. Install a font, such as Debian's "
        "fonts-wqy-microhei (Chinese) or fonts-dejavu-core (Latin).",
    )


def _requirements() -> list[Requirement]:
    """Look for what people install, and for none of the tools that develop it."""
    try:
        lines = importlib.metadata.requires("nemovideo") or ()
    except importlib.metadata.PackageNotFoundError:
        return []
    judged = {"", *_PURPOSES}
    return [Requirement.read(line) for line in lines if _needed_by(line) in judged]


def _needed_by(line: str) -> str:
    found = _EXTRA.search(line)
    return found[1] if found else ""


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> list[int]:
    return [*map(int, re.findall(r"\d+", version))]
