"""Timelines of five photos to wish things of, and what a viewer sees of them."""

from typing import Any

import pytest

from nemovideo.emulator.agent import Board, Clip, Turn, take_turn

PHOTOS = tuple(Clip(f"p{n}.jpg", "image", f"http://127.0.0.1/{n}") for n in range(1, 6))
NAMES = ("cat.jpg", "dog.jpg", "beach.png", "rome.jpg", "cake.jpg")
NAMED = tuple(Clip(name, "image", f"http://127.0.0.1/{name}") for name in NAMES)
RATIOS = {16 / 9: "16:9", 9 / 16: "9:16", 1.0: "1:1"}
FIRST = "turn these photos into a 15-second slideshow with lo-fi music and a title 'Old'"

FOLLOWING = {
    "ms": ("slots", "blend", "title_ms"),
    "slots": ("ms", "blend", "title_ms"),
    "order": ("ms", "slots", "moves", "blend", "title_ms"),
    "style": ("blend",),
    "mood": ("volume",),
    "title": ("title_ms", "place"),
    "ratio": ("size",),
}
"""What else a viewer sees change with each."""


def fresh(message: str, photos: tuple[Clip, ...] = PHOTOS) -> Turn:
    """Say something first."""
    return take_turn(message, Board(None, photos, frozenset(), "project", paid=False))


def followed(message: str, first: str = FIRST, photos: tuple[Clip, ...] = PHOTOS) -> Turn:
    """Say something after another message."""
    before = fresh(first, photos)
    return take_turn(
        message, Board(before.calls[-1].draft, photos, before.placed, "project", paid=True)
    )


def seen(turn: Turn) -> dict[str, Any]:
    """Return what a viewer would notice of the timeline."""
    draft = turn.calls[-1].draft
    tracks = {track["m"]["name"]: track["sg"] for track in draft["t"] if "m" in track}
    pictures = tracks["Photos"]
    music = tracks["BGM"][0] if "BGM" in tracks else None
    title = tracks["Title"][0] if "Title" in tracks else None
    ids = [piece["m"]["id"] for piece in pictures]
    width, height = draft["m"]["width"], draft["m"]["height"]
    assert sum(piece["d"] for piece in pictures) == draft["d"]
    return {
        "ms": draft["d"],
        "size": (width, height),
        "fps": draft["m"]["fps"],
        "captions": {
            ids.index(piece["m"]["of"]) + 1: piece["m"]["text"]
            for piece in tracks.get("Captions", ())
        },
        "ratio": RATIOS[width / height],
        "style": {piece["m"]["transition"]["kind"] for piece in pictures[1:]},
        "blend": max(
            (piece["m"]["transition"]["duration_ms"] for piece in pictures[1:]), default=0
        ),
        "moves": {piece["m"]["motion"] for piece in pictures},
        "order": "".join(name[1:] for name in ids),
        "slots": [piece["d"] for piece in pictures],
        "mood": music["m"]["mood"] if music else None,
        "volume": music["m"]["volume"] if music else None,
        "title": title["m"]["text"] if title else None,
        "title_ms": title["d"] if title else None,
        "place": title["m"]["position"] if title else None,
    }


def rows(table: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    """Give a table to pytest, each row named by its message."""
    return [pytest.param(message, wanted, id=message[:48]) for message, wanted in table]
