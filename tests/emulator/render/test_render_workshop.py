"""What a render worker does with its orders, done in this process."""

from pathlib import Path
from typing import Any

import numpy as np

from nemovideo.emulator.render.workshop import Workshop
from tests.emulator.render.films import (
    decoded,
    examples,
    level,
    music,
    slideshow,
    title,
    unlikeness,
)

SHOWN = ("cat.jpg", "rocket.jpg")


def job(**changes: Any) -> dict[str, Any]:
    """A job for a small film of two seconds, as a worker reads it."""
    draft = slideshow(SHOWN, 2000, size=(320, 180), motion="none", transition="cut", **changes)
    sources = {name: str(path) for name, path in examples().items() if name in SHOWN}
    return {"draft": draft, "scale": 1.0, "quality": "low", "sources": sources, "threads": 1}


def test_stretches_become_one_film_in_any_order(tmp_path: Path) -> None:
    """The later half is made first; each picture is where it belongs, and music is heard."""
    workshop = Workshop(job(tracks=[music(2000)]))
    sound, film = str(tmp_path / "sound.mp4"), tmp_path / "film.mp4"
    halves = [str(tmp_path / "0.nut"), str(tmp_path / "30.nut")]

    told = [*workshop.work({"do": "sound", "file": sound})]
    told += workshop.work({"do": "film", "frames": [30, 60], "file": halves[1]})
    told += workshop.work({"do": "film", "frames": [0, 30], "file": halves[0]})
    told += workshop.work({"do": "join", "films": halves, "sound": sound, "file": str(film)})

    made = decoded(film)
    first, last = (np.asarray(made.frames[at], np.float64) for at in (5, 55))
    cat, rocket = (examples()[name] for name in SHOWN)
    assert sum(report["encoded"] for report in told) == len(made.frames) == 60
    assert unlikeness(first, cat) < unlikeness(first, rocket)
    assert unlikeness(last, rocket) < unlikeness(last, cat)
    assert level(made.sound) > -40


def test_what_no_font_can_draw_is_told_once(tmp_path: Path) -> None:
    """By the worker that draws where the title begins, and by no other."""
    workshop = Workshop(job(tracks=[title("\U000e0fff ok")]))

    told = [
        [*workshop.work({"do": "film", "frames": frames, "file": str(tmp_path / "part.nut")})]
        for frames in ([0, 10], [10, 20])
    ]

    assert [["note" in report for report in reports].count(True) for reports in told] == [1, 0]
