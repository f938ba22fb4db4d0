"""What goes wrong in the soak: a seeded plan of troubles, one for each video.

Most troubles must end as an MP4 all the same. These cannot, and are kept to 3 % of the plan:

- a message that was never carried out (`drop_before_request`, `html_502`, or cut while the service
  ends what its client left): it is never sent again by itself, since nobody could tell in time;
- a refusal that a repeat cannot change (`refuse` with 2001 or 4001);
- an agent that fails (`fail_run`): it may have charged for what it did;
- renders that fail one after the other (`fail_render`), if both were of one video;
- a session or an upload whose answer is lost: neither is ordered twice, though both are free.

Left out are only a token request that is lost and `expire_token(keep_sessions=False)`, by which
every video under way loses its session at once: `test_counted.py` and the tests of the
credentials have them one by one.
"""

import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, Literal

import attrs

from nemovideo.emulator.faults import Fault, Faults

__all__ = ["MESSAGE", "ROUTES", "Trouble", "kinds", "planned"]

FATAL_SHARE: Final = 0.03
BEYOND: Final = 0.8
"""Seconds that are more than the soak's `stream_silence`."""
SESSION: Final = "POST /api/tasks"
UPLOAD: Final = "POST /api/upload-video"
STATE: Final = "GET /api/state"
CREDITS: Final = "GET /api/credits"
MESSAGE: Final = "POST /run_sse"
ORDER: Final = "POST /api/render/proxy/lambda"
LOOK: Final = "GET /api/render/proxy/lambda/"
FILE: Final = "GET /renders/"
ROUTES: Final = (SESSION, UPLOAD, STATE, CREDITS, MESSAGE, ORDER, LOOK, FILE)
READS: Final = (STATE, CREDITS, LOOK, FILE)


@attrs.frozen
class Trouble:
    """One thing that goes wrong.

    Attributes:
        name: What it is called, the method of `Faults` first.
        route: The request before which it is ordered.
        order: Orders it.
        is_fatal: Whether the video that meets it cannot come.
    """

    name: str
    route: str
    order: Callable[[Faults], Fault] = attrs.field(repr=False, eq=False)
    is_fatal: bool = False

    @property
    def kind(self) -> str:
        """The method of `Faults`."""
        return self.name.partition(" ")[0]

    @property
    def is_about_token(self) -> bool:
        """Whether it makes the token worthless that all videos share."""
        return self.name.startswith(("expire_token", "refuse 1001"))


def _one(
    kind: str, route: str, *given: object, is_fatal: bool = False, **options: object
) -> Trouble:
    """A trouble by the method of `Faults` and its arguments."""

    def order(faults: Faults) -> Fault:
        fault: Fault = getattr(faults, kind)(*given, **options)
        return fault

    unsaid = {("path", route), ("times", 1)}
    said = (value for key, value in options.items() if (key, value) not in unsaid)
    name = " ".join(map(str, [kind, *given, *said]))
    return Trouble(f"{name} at {route}", route, order, is_fatal)


def _each(
    kind: str, routes: Sequence[str], *given: object, is_fatal: bool = False, **options: object
) -> list[Trouble]:
    """One trouble for each route, of a method that takes a path."""
    options |= {"times": 1}
    return [_one(kind, route, *given, is_fatal=is_fatal, path=route, **options) for route in routes]


def _survivable() -> list[Trouble]:
    """What must end as a video all the same."""
    shapes = ("code", "success", "detail", "text", "html", "empty", "cut")
    return [
        *_each("drop_before_request", [*READS, ORDER]),
        *_each("drop_after_request", [*READS, MESSAGE, ORDER]),
        *(_one("cut_stream", MESSAGE, after) for after in (0, 1, 3, 8, 10_000)),
        *_each("delay_answer", ROUTES, 0.2),
        *_each("delay_answer", [MESSAGE], BEYOND),
        _one("duplicate_frames", MESSAGE),
        _one("heartbeats_only", MESSAGE, every=0.05),
        *(_one("expire_token", route) for route in ROUTES[:-1]),
        *_each("rate_limit", ROUTES[:-1], 0.05),
        *_each("html_502", [*READS, ORDER]),
        *_each("html_502", [MESSAGE, ORDER], carried_out=True),
        *(
            trouble
            for shape in shapes
            for trouble in _each("refuse", [STATE, CREDITS, LOOK], 503, shape=shape, status=503)
        ),
        *_each("refuse", ROUTES[:-1], 1001),
        *_each("refuse", [LOOK], 404, status=404),
        _one("fail_render", ORDER),
        _one("lose_render", ORDER),
        *_each("slow", [STATE, UPLOAD, MESSAGE, FILE], 50_000),
        _one("cut_download", FILE, 2000, times=2),
        *(_one("answer_shape", ORDER, shape) for shape in ("A", "B", "mixed")),
        Trouble("client_gone finish", MESSAGE, partial(_left, mode="finish")),
    ]


def _fatal() -> list[Trouble]:
    """What allows no video, as far as it goes."""
    forms = ("error", "unescaped", "system", "flat", "refusal")
    return [
        *(_one("fail_run", MESSAGE, is_fatal=True, form=form) for form in forms),
        _one("fail_render", ORDER, is_fatal=True, times=2),
        Trouble("client_gone cancel", MESSAGE, partial(_left, mode="cancel"), is_fatal=True),
        *_each("drop_before_request", [MESSAGE, SESSION, UPLOAD], is_fatal=True),
        *_each("drop_after_request", [SESSION, UPLOAD], is_fatal=True),
        *_each("html_502", [MESSAGE, SESSION, UPLOAD], is_fatal=True),
        *_each("refuse", [MESSAGE], 2001, is_fatal=True),
        *_each("refuse", [UPLOAD], 4001, is_fatal=True),
    ]


def _left(faults: Faults, mode: Literal["finish", "cancel"]) -> Fault:
    """Break a stream at its beginning, so that the service has to decide about its run."""
    faults.cut_stream(0)
    return faults.client_gone(mode)


def kinds() -> set[str]:
    """The methods of `Faults` that are in the mix."""
    return {trouble.kind for trouble in (*_survivable(), *_fatal())}


def planned(count: int, seed: int) -> list[Trouble]:
    """One trouble for each video: every kind at least once where there are enough, then any."""
    chance = random.Random(seed)
    fatal, by_kind = _fatal(), dict[str, list[Trouble]]()
    for trouble in _survivable():
        by_kind.setdefault(trouble.kind, []).append(trouble)
    agent = [trouble for trouble in fatal if trouble.kind == "fail_run"]
    ends = [chance.choice(agent), *chance.choices(fatal, k=count)][: int(count * FATAL_SHARE)]
    wanted = [*by_kind, *chance.choices(list(by_kind), k=count)]
    plan = [*ends, *(chance.choice(by_kind[kind]) for kind in wanted)][:count]
    chance.shuffle(plan)
    return plan
