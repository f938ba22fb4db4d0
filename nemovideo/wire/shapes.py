"""What the answers of the service are known to hold, and how one of them differs from that."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

import attrs

from nemovideo.draft.parts import NAMES, STARTS, TEXTS, VOLUMES

__all__ = [
    "BALANCE",
    "RENDER",
    "SESSION",
    "STATE",
    "TOKEN",
    "UPLOAD",
    "Differences",
    "Shape",
    "differences",
]

Shape: TypeAlias = Mapping[str, Any]
"""The fields of an object, as the contract writes them: with `?` behind the name of one that may
be missing. Each is a type, another shape, or a list that holds the one shape of its items."""

_ANYTHING: Final = object
_NUMBER: Final = int | float


def _answer(fields: Shape) -> Shape:
    """Add what an envelope leaves beside the fields: a reason, null where nothing is wrong."""
    return {"error?": _ANYTHING, **fields}


BALANCE: Final = _answer({"available": _NUMBER, "frozen": _NUMBER, "total": _NUMBER})
TOKEN: Final = _answer({"token": str, "user_id?": str, "expires_at?": str, "credits?": int})
SESSION: Final = _answer({"session_id": str | int, "task_id": str, "user_id?": str})
_FILE: Final[Shape] = {
    "filename": str,
    "file_type": str,
    "cdn_url": str,
    "duration?": _NUMBER,
    "width?": int,
    "height?": int,
    "fps?": _NUMBER,
    "hash?": str,
}
UPLOAD: Final = _answer({"files": [_FILE], "session_state_applied?": _ANYTHING})
_OUTPUT: Final[Shape] = {"url?": str, "duration?": _NUMBER, "size?": int}
RENDER: Final = _answer(
    {
        "status": str,
        "progress?": _NUMBER,
        "output?": _OUTPUT,
        **dict.fromkeys(("id?", "taskId?", "createdAt?", "completedAt?"), _ANYTHING),
        **dict.fromkeys(("outputUrl?", "output_url?"), str),
        **_OUTPUT,
    }
)
_BESIDE: Final = (*NAMES, *TEXTS, *VOLUMES, *STARTS)
_SEGMENT: Final[Shape] = {"d?": _NUMBER, "m?": dict, **{f"{one}?": _ANYTHING for one in _BESIDE}}
_TRACK: Final[Shape] = {
    "tt": int,
    "sg": [_SEGMENT],
    "d?": _NUMBER,
    "m?": dict,
    "name?": _ANYTHING,
}
_STATE: Final[Shape] = {
    "draft?": {"t?": [_TRACK], "d?": _NUMBER, "m?": dict},
    "video_infos?": list,
    "generated_media?": list,
    "canvas_config?": dict,
    "video_analyses?": _ANYTHING,
}
STATE: Final = _answer(
    {
        "state": _STATE,
        **dict.fromkeys(("session_id?", "task_id?", "task_name?", "user_id?"), _ANYTHING),
    }
)

_Kind: TypeAlias = Literal["unknown", "unreadable"]


@attrs.frozen
class Differences:
    """How an answer differs from what is known of its kind; paths such as `state.draft.t[].zz`.

    Attributes:
        unknown: Fields that nobody here reads; of what is in them nothing is said.
        unreadable: Fields that are read, but are of another kind, or are always there and missing.
    """

    unknown: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


def differences(data: Mapping[str, Any], shape: Shape) -> Differences:
    """Compare the data of an answer, out of its envelope, with what is known of its kind.

    Of the items of a list each difference is told once.
    """
    found: dict[_Kind, dict[str, None]] = {"unknown": {}, "unreadable": {}}
    for kind, path in _inside(data, shape, ""):
        found[kind][path] = None
    return Differences(tuple(found["unknown"]), tuple(found["unreadable"]))


def _differing(value: Any, known: Any, path: str) -> Iterator[tuple[_Kind, str]]:
    match known, value:
        case Mapping(), Mapping():
            yield from _inside(value, known, f"{path}.")
        case [item], list():
            for one in value:
                yield from _differing(one, item, f"{path}[]")
        case _ if not _is(value, known):
            yield "unreadable", path


def _inside(value: Mapping[str, Any], shape: Shape, path: str) -> Iterator[tuple[_Kind, str]]:
    """Compare an object; a null counts as missing."""
    names = {name.removesuffix("?"): name for name in shape}
    for name in value:
        if name not in names:
            yield "unknown", f"{path}{name}"
    for name, spelled in names.items():
        inner = value.get(name)
        if inner is not None:
            yield from _differing(inner, shape[spelled], f"{path}{name}")
        elif not spelled.endswith("?"):
            yield "unreadable", f"{path}{name}"


def _is(value: Any, known: Any) -> bool:
    """Tell whether a value is of a kind; to Python truth is a number, to JSON it is none."""
    if isinstance(known, Mapping | list) or (isinstance(value, bool) and known is not _ANYTHING):
        return False
    return isinstance(value, known)
