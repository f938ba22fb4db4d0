"""What a folder's file holds of a world: its rows, as they stand in JSON."""

from typing import Any, Final, TypedDict

__all__ = [
    "VERSION",
    "AccountRow",
    "Kept",
    "RenderRow",
    "SessionRow",
    "UploadRow",
    "VideoRow",
    "blank",
]

VERSION: Final = 1


class AccountRow(TypedDict):
    """An account.

    Of its `tokens` the last is the newest. `expires_at` is `None` for one that does not expire,
    since JSON has no infinity.
    """

    user_id: str
    tokens: list[str]
    client_ids: list[str]
    total: int
    expires_at: float | None


class UploadRow(TypedDict):
    """An upload; `file` is its name in the folder of uploads."""

    id: str
    name: str
    kind: str
    file: str
    digest: str
    width: int | None
    height: int | None
    duration: float | None
    fps: float | None


class SessionRow(TypedDict):
    """A session; `owner` is a `user_id`, `placed` holds ids of its uploads."""

    id: str
    task_id: str
    name: str
    language: str
    owner: str
    silence: float
    uploads: list[UploadRow]
    placed: list[str]
    paid: bool
    draft: dict[str, Any] | None
    claim: str


class VideoRow(TypedDict):
    """What is known of a finished video."""

    duration: float
    size: int


class RenderRow(TypedDict):
    """A render; `owner` is a `user_id`, and its file is named by its `key`."""

    id: str
    owner: str
    key: str
    status: str
    progress: float
    error: str
    created_at: float
    completed_at: float | None
    video: VideoRow | None


class Kept(TypedDict):
    """A world, and where it was served; of `media_urls` the first was the last in use."""

    version: int
    url: str
    media_urls: list[str]
    accounts: list[AccountRow]
    addresses: dict[str, list[float]]
    sessions: list[SessionRow]
    renders: list[RenderRow]


def blank() -> Kept:
    """Return what is known of a world that has not begun."""
    return Kept(
        version=VERSION,
        url="",
        media_urls=[],
        accounts=[],
        addresses={},
        sessions=[],
        renders=[],
    )
