"""What the service answers now beside what nemovideo knows of its answers."""

from typing import Final

from nemovideo.cli.doctor.check import Check, Report
from nemovideo.cli.doctor.service import Service
from nemovideo.cli.failures import advice
from nemovideo.errors import RenderNotFoundError, SessionNotFoundError
from nemovideo.jobs import Job
from nemovideo.net.ledger import Ledger
from nemovideo.wire import replies, requests, shapes
from nemovideo.wire.shapes import Differences

__all__ = ["compared", "look_back"]

_MANY: Final = 12


def compared(what: str, found: Differences) -> Check:
    """Judge the differences of one answer.

    A new field is no warning: it is passed over or kept as it came, nothing can be done about it,
    and services add some with every release. One that cannot be read changes what nemovideo says.
    """
    new = f"nemovideo does not know {_listed(found.unknown)}" if found.unknown else ""
    if not found.unreadable:
        harmless = "Harmless: it is passed over. A newer nemovideo may make use of it."
        told = f"{what}: {new or 'all fields are known'}"
        return Check("contract", "ok", told, harmless if new else "")
    lost = f"missing or of another kind: {_listed(found.unreadable)}"
    return Check(
        "contract",
        "warning",
        f"{what}: {'; '.join(filter(None, (lost, new)))}",
        "Update: pip install -U nemovideo. If it is the newest, tell its developers.",
    )


async def look_back(report: Report, service: Service, ledger: Ledger) -> None:
    """Read again what the account worked in last: the state of a session, and a render."""
    jobs = sorted(await ledger.jobs(await service.credentials.owner()), key=_changed)
    sessions = [job.session_id for job in jobs if job.session_id]
    renders = [job.render_id for job in jobs if job.render_id]
    if sessions:
        with report.trying("contract"):
            report.add(await _state(service, sessions[-1]))
    if renders:
        with report.trying("contract"):
            report.add(await _render(service, renders[-1]))


async def _state(service: Service, session_id: str) -> Check:
    try:
        data = await service.data(requests.latest_state(session_id))
    except SessionNotFoundError as error:
        found = "state: the service does not know the last session any more"
        return Check("contract", "warning", found, advice(error))
    replies.session_state(data)  # raises where the timeline cannot be read
    return compared("state", shapes.differences(data, shapes.STATE))


async def _render(service: Service, render_id: str) -> Check:
    try:
        data = await service.data(requests.get_render(render_id))
    except RenderNotFoundError:
        return Check("contract", "ok", "render: the service does not keep the last one any more")
    return compared("render", shapes.differences(data, shapes.RENDER))


def _changed(job: Job) -> float:
    return job.changed


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
    return f"{', '.join(names[:_MANY])}{more}"
