"""Other SDKs and clients, as far as they are installed (`pip install 'nemovideo[bench]'`)."""

import importlib
import importlib.metadata
from types import ModuleType
from typing import Any

__all__ = ["installed", "label", "stainless"]


def installed(*names: str) -> dict[str, Any]:
    """The modules of these peers; one that is missing is told and left out."""
    modules = {name: _module(name) for name in names}
    for name, module in modules.items():
        if module is None:
            print(f"  ({name} is not installed: left out)")
    return {name: module for name, module in modules.items() if module is not None}


def label(name: str) -> str:
    """A peer's name with its version."""
    distribution = {"google.genai": "google-genai"}.get(name, name)
    return f"{distribution} {importlib.metadata.version(distribution)}"


def stainless(module: Any, address: str) -> Any:
    """The async client of an SDK that Stainless made, pointed at our server."""
    kind = getattr(module, {"openai": "AsyncOpenAI", "runwayml": "AsyncRunwayML"}[module.__name__])
    return kind(api_key="key", base_url=address)


def _module(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
