"""All looks in their order: first what is on this machine, then the service."""

import asyncio
import contextlib
import os
from typing import Final

from nemovideo.cli import offline
from nemovideo.cli.doctor import account, machine, storage
from nemovideo.cli.doctor.check import Check, Report
from nemovideo.cli.doctor.contract import look_back
from nemovideo.cli.doctor.place import Place
from nemovideo.cli.doctor.rehearsal import rehearse
from nemovideo.cli.doctor.service import Service
from nemovideo.cli.doctor.visit import enter, reach
from nemovideo.net.door import Door
from nemovideo.net.ledger import Ledger
from nemovideo.settings import Timeouts
from nemovideo.wire import requests
from nemovideo.wire.replies import Answer

__all__ = ["examine"]

_LONGEST: Final = 10.0
_START: Final = 10.0
_SCOPES: Final = Check("scopes", "ok", "reading works; writing and uploading show when tried")
_BUSY: Final = "it does not start: another command seems to be at work with it"


async def examine(report: Report, *, emulator: bool) -> None:
    """Look at everything; what cannot be looked at becomes a line, and costs no other.

    Nothing is spent and nothing is left behind. Only a service on this machine is asked for a
    free account where none is kept, and it is kept then, as the next command would do.
    """
    report.hide(os.environ.get("NEMO_TOKEN"))
    _look_at_machine(report)
    if (place := _look_at_settings(report, emulator=emulator)) is None:
        return
    if await _look_at_disk(report, place):
        async with Service.opened(place.settings, place.store) as service:
            await _look_at_service(report, place, service)
    if place.offline:
        with report.trying("emulator"):
            offline.require_renderer()
            async with asyncio.timeout(_LONGEST):
                await rehearse(report)


def _look_at_machine(report: Report) -> None:
    with report.trying("python"):
        report.add(machine.versions())
    with report.trying("extras"):
        report.add(*machine.extras())
    with report.trying("fonts"):
        report.add(machine.fonts())


def _look_at_settings(report: Report, *, emulator: bool) -> Place | None:
    place = None
    with report.trying("settings"):
        place = Place.found(emulator=emulator)
        report.add(account.settings(place, os.environ), account.headers(place.settings))
    if place is not None:
        with report.trying("proxy"):
            way = Door(Timeouts()).proxy_for(place.settings.base_url)
            report.add(account.proxy(way, place.settings))
    return place


async def _look_at_disk(report: Report, place: Place) -> bool:
    """Tell whether what is kept may be read: a folder of somebody else may not."""
    is_ours = False
    with report.trying("storage"):
        if place.folder is not None:
            offline.is_kept(place.folder)  # it raises where somebody else made the folder
        is_ours = True
    if not is_ours:
        return False
    if not place.folders:
        report.add(storage.nowhere())
    for folder in place.folders:
        with report.trying("storage"):
            report.add(storage.examined_folder(folder))
    with report.trying("ledger"):
        report.add(await asyncio.to_thread(storage.ledger, place.ledger))
    return True


async def _look_at_service(report: Report, place: Place, service: Service) -> None:
    has_token = await _look_at_token(report, place)
    async with contextlib.AsyncExitStack() as stack:
        if not await _is_there(report, place, stack):
            return
        answer = None
        with report.trying("service"):
            async with asyncio.timeout(_LONGEST):
                answer = await reach(report, service, authorized=has_token)
        if answer is None or not (has_token or place.gives_tokens):
            return
        is_in = False
        with report.trying("credits"):
            async with asyncio.timeout(_LONGEST):
                is_in = enter(
                    report, service, answer if has_token else await _asked(report, service)
                )
        if is_in:
            await _look_at_work(report, place, service)


async def _asked(report: Report, service: Service) -> Answer:
    """Ask again, with a free account of its own."""
    report.hide((await service.credentials.anonymous_token()).token)
    return await service.ask(requests.balance())


async def _look_at_token(report: Report, place: Place) -> bool:
    kept = None
    with report.trying("token"):
        if place.settings.token is None:
            kept = await place.store.load(place.settings.origin)
        report.hide(kept.token if kept else None)
        report.add(account.token(place, kept))
    return bool(place.settings.token or kept)


async def _is_there(report: Report, place: Place, stack: contextlib.AsyncExitStack) -> bool:
    """Start the emulator where one was there before; tell whether there is anybody to ask."""
    if not place.offline or place.folder is None:
        return True
    if not place.has_world:
        report.add(Check("emulator", "ok", f"nothing is kept yet in {place.folder}"))
        return False
    with report.trying("emulator"):
        try:
            async with asyncio.timeout(_START):
                await stack.enter_async_context(offline.kept_emulator(place.folder))
        except TimeoutError:
            report.add(Check("emulator", "failure", _BUSY, "Wait for its end, or end it."))
        else:
            found = f"starts with what is kept in {place.folder}"
            report.add(Check("emulator", "ok", found))
            return True
    return False


async def _look_at_work(report: Report, place: Place, service: Service) -> None:
    """Look at what is in the ledger; one that is not there is not made."""
    if not place.offline:  # there it is tried
        report.add(_SCOPES)
    if place.ledger is None or not place.ledger.exists():
        return
    with report.trying("contract"):
        async with contextlib.aclosing(Ledger(place.ledger)) as ledger:
            await look_back(report, service, ledger)
