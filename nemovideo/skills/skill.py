"""A skill: who calls, and what it says to people."""

import os
import re
from pathlib import Path
from typing import Final, Self

import attrs

from nemovideo.attribution import UNKNOWN, Attribution
from nemovideo.draft.languages import is_chinese
from nemovideo.errors import ConfigurationError, InputError
from nemovideo.skills.builtin import BUILTIN, COMMON_EXAMPLES
from nemovideo.skills.front_matter import front_matter

__all__ = ["Skill"]

_PAGE: Final = "SKILL.md"
_LARGEST: Final = 1 << 20
_NO_HEADER: Final = re.compile(r"[^!-~]+")
_PLATFORMS: Final = (("clawhub", (".clawhub",)), ("cursor", (".cursor", "skills")))


@attrs.frozen
class Skill(Attribution):
    """The program on whose behalf requests are made, and its words for people.

    The first three attributes go out with every request; the others are what an assistant says.
    A program of your own needs no more than a name.

    Attributes:
        name: Goes out as `X-Skill-Source`.
        version: Goes out as `X-Skill-Version`.
        platform: Goes out as `X-Skill-Platform`; where it is `unknown`, `SKILL_SOURCE` counts.
        promise: What it does, in one sentence.
        greeting: What it says first.
        examples: What may be tried.
        wish: What is asked for where files come without words.
        advice: What makes the result better.

    Example:
        ```python
        from nemovideo import NemoVideo, Skill

        nemo = NemoVideo(skill=Skill("holiday-bot", "2.1"))
        nemo = NemoVideo(skill=Skill.builtin("image-to-video-local"))
        ```
    """

    promise: str = ""
    greeting: str = ""
    examples: tuple[str, ...] = ()
    wish: str = ""
    advice: str = ""

    @classmethod
    def builtin(cls, name: str, language: str = "en") -> Self:
        """Give one of the five skills that the service is known by.

        Args:
            name: Its name, see `names`.
            language: Chinese words where it begins with `zh`, else English.

        Returns:
            The skill with its words.

        Raises:
            InputError: There is no such skill.

        Example:
            ```python
            from nemovideo import Skill

            skill = Skill.builtin("image-to-video-local")
            print(skill.greeting)
            ```
        """
        if name not in BUILTIN:
            raise InputError(
                f"There is no built-in skill {name!r}.", hint=f"There are {', '.join(BUILTIN)}."
            )
        spoken = "zh" if is_chinese(language) else "en"
        words = BUILTIN[name][spoken]
        examples = (words["wish"], *COMMON_EXAMPLES[spoken])
        return cls(name=name, examples=examples, **words)

    @classmethod
    def named(cls, name: str) -> Self:
        """Give the skill of a name: with its words where it is built in, else with its name alone.

        Args:
            name: That of a built-in skill, or of a program of your own.

        Returns:
            The skill; a built-in one speaks English.

        Example:
            ```python
            from nemovideo import Skill

            assert Skill.named("image-to-video-local").greeting
            assert Skill.named("holiday-bot") == Skill("holiday-bot")
            ```
        """
        return cls(name).spoken("en")

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Give the names of the five.

        Returns:
            Them, in the order in which they are listed.

        Example:
            ```python
            from nemovideo import Skill

            assert "image-to-video-local" in Skill.names()
            ```
        """
        return tuple(BUILTIN)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a skill from its SKILL.md.

        Name, version and description are taken from the front matter, each as the text that it
        is; what is missing there or cannot go into a header is done without. The platform is
        `SKILL_SOURCE` if that is set, else it follows from where the page is installed: below
        `~/.clawhub` or `~/.cursor/skills` (contract section 1).

        Args:
            path: The page, or its folder.

        Returns:
            The skill; its `promise` is the page's description, other words it has none.

        Raises:
            ConfigurationError: It cannot be read.

        Example:
            ```python
            from nemovideo import Skill

            skill = Skill.load("skills/holiday/SKILL.md")
            print(skill.name, skill.version, skill.platform)
            ```
        """
        page = Path(os.path.abspath(path))  # noqa: PTH100  # a link in ~/.clawhub is installed there
        if page.is_dir():
            page /= _PAGE
        head = front_matter(_read(page))
        return cls(
            _sendable(head.get("name", "")) or _sendable(page.parent.name) or "skill",
            _sendable(head.get("version", "")) or "1.0",
            _sendable(os.environ.get("SKILL_SOURCE", "")) or _platform(page),
            head.get("description", ""),
        )

    def spoken(self, language: str) -> Self:
        """Give this skill with its words in another language, where it is built in.

        Args:
            language: Chinese words where it begins with `zh`, else English.

        Returns:
            The skill with the same name, version and platform; one of your own is itself.

        Example:
            ```python
            from nemovideo import Skill

            skill = Skill.builtin("image-to-video-local").spoken("zh-CN")
            print(skill.greeting)
            ```
        """
        if self.name not in BUILTIN:
            return self
        return attrs.evolve(
            self.builtin(self.name, language), version=self.version, platform=self.platform
        )


def _read(page: Path) -> str:
    """Read a page, or the beginning of one that is too large to be meant."""
    try:
        with page.open("rb") as file:
            return file.read(_LARGEST).decode("utf-8", "replace")
    except OSError as error:
        raise ConfigurationError(
            f"{page} cannot be read ({error.strerror}).", hint="Give a SKILL.md or its folder."
        ) from error


def _sendable(value: str) -> str:
    """Give what can go into a header; a name in other letters is left to the folder's."""
    return _NO_HEADER.sub("-", value.strip()).strip("-")[:100]


def _platform(page: Path) -> str:
    try:
        below_home = page.relative_to(Path.home()).parts
    except (ValueError, RuntimeError):  # elsewhere, or nobody has a home
        return UNKNOWN
    places = (name for name, folder in _PLATFORMS if below_home[: len(folder)] == folder)
    return next(places, UNKNOWN)
