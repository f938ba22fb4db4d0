"""Options that several commands have."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from cyclopts import Parameter

__all__ = ["AsJson", "OfSession", "OfSkill", "Offline", "Quality", "Target", "WithinBudget"]

AsJson: TypeAlias = Annotated[bool, Parameter(name="--json", negative="", show_default=False)]
Offline: TypeAlias = Annotated[bool, Parameter(name="--emulator", negative="", show_default=False)]
OfSession: TypeAlias = Annotated[str | None, Parameter(name="--session")]
OfSkill: TypeAlias = Annotated[str | None, Parameter(name="--skill")]
Quality: TypeAlias = Literal["low", "medium", "high"]
Target: TypeAlias = Annotated[Path, Parameter(name=["--output", "-o"])]
WithinBudget: TypeAlias = Annotated[float | None, Parameter(name="--budget")]
