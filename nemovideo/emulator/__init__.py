"""The whole service on loopback: the same program runs, is tested and renders without an account.

The server is loaded on first use, so that a render worker, which lives in this
package too, does not pay for a web framework.
"""

from typing import TYPE_CHECKING

__all__ = ["Emulator"]

if TYPE_CHECKING:
    from nemovideo.emulator.server import Emulator
else:  # to a type checker a module with `__getattr__` has every name, the misspelt ones too

    def __getattr__(name: str) -> object:
        """Load `Emulator` when it is first asked for (PEP 562)."""
        if name != "Emulator":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from nemovideo.emulator.server import Emulator

        return Emulator
