"""Who is calling: what every request says of the program behind it."""

from collections.abc import Mapping
from typing import Final

import attrs

__all__ = ["UNKNOWN", "Attribution"]

UNKNOWN: Final = "unknown"
"""The platform of a program that nobody installed by one (contract section 1)."""


@attrs.frozen
class Attribution:
    """The program on whose behalf requests are made.

    The service refuses exports that do not say who they are for (contract section 1).

    Attributes:
        name: Goes out as `X-Skill-Source`.
        version: Goes out as `X-Skill-Version`.
        platform: Goes out as `X-Skill-Platform`, such as `clawhub` or `cursor`.
    """

    name: str
    version: str = "1.0"
    platform: str = UNKNOWN

    def headers(self) -> Mapping[str, str]:
        """The three headers that go on every request to the API's origin."""
        return {
            "X-Skill-Source": self.name,
            "X-Skill-Version": self.version,
            "X-Skill-Platform": self.platform,
        }
