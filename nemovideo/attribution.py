"""Who is calling: the skill that every request names."""

from collections.abc import Mapping

import attrs

__all__ = ["Skill"]


@attrs.frozen
class Skill:
    """The program on whose behalf requests are made.

    The service refuses exports that do not say who they are for (contract section 1).

    Attributes:
        name: Goes out as `X-Skill-Source`.
        version: Goes out as `X-Skill-Version`.
        platform: Goes out as `X-Skill-Platform`, such as `clawhub` or `cursor`.

    Example:
        ```python
        from nemovideo import NemoVideo, Skill

        nemo = NemoVideo(skill=Skill("holiday-bot", "2.1"))
        ```
    """

    name: str
    version: str = "1.0"
    platform: str = "unknown"

    def headers(self) -> Mapping[str, str]:
        """The three headers that go on every request to the API's origin."""
        return {
            "X-Skill-Source": self.name,
            "X-Skill-Version": self.version,
            "X-Skill-Platform": self.platform,
        }
