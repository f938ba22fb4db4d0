"""Projects under names, and recovery of one session alone."""

import sqlite3
from pathlib import Path

import pytest

from nemovideo import InputError, NemoVideo
from nemovideo.emulator import Emulator
from tests.service.conftest import QUICK


async def test_a_project_is_found_by_its_name(nemo: NemoVideo) -> None:
    """With its session and its language, until it is forgotten or the name is given away."""
    first, second = [await nemo.projects.create(language=tag) for tag in ("en", "zh")]
    await nemo.projects.keep(first, "a")
    await nemo.projects.keep(second, "b")

    found = await nemo.projects.find("b")
    assert found is not None
    assert (found.session.session_id, found.language) == (second.session.session_id, "zh")
    assert list(await nemo.projects.kept()) == ["a", "b"]

    await nemo.projects.keep(second, "a")
    known = await nemo.projects.kept()
    assert known["a"].session.session_id == second.session.session_id
    await nemo.projects.forget("a")
    await nemo.projects.forget("never there")
    assert await nemo.projects.find("a") is None


async def test_a_name_belongs_to_its_account(nemo: NemoVideo, emulator: Emulator) -> None:
    """Two accounts of one ledger never meet."""
    await nemo.projects.keep(await nemo.projects.create(), "a")

    assert await nemo.with_token(emulator.register()).projects.find("a") is None


async def test_an_empty_name_is_refused(nemo: NemoVideo) -> None:
    """It would be found by everybody who forgets to name something."""
    with pytest.raises(InputError):
        await nemo.projects.keep(nemo.projects.get("1"), "")


async def test_a_ledger_of_the_first_version_is_taken_over(
    emulator: Emulator, tmp_path: Path
) -> None:
    """Its jobs stay, and names can be kept in it."""
    ledger = tmp_path / "jobs.sqlite3"
    async with NemoVideo(base_url=emulator.url, ledger=ledger) as nemo:
        await nemo.chat.send(await nemo.sessions.create(), "hello")
        [job] = await nemo.jobs.list(ended=True)
        store = nemo._transport.credentials._store
    with sqlite3.connect(ledger) as file:
        file.execute("DROP TABLE projects")
        file.execute("PRAGMA user_version = 1")
    file.close()

    async with NemoVideo(base_url=emulator.url, ledger=ledger, token_store=store) as nemo:
        await nemo.projects.keep(nemo.projects.get("1"), "a")
        assert [one.job_id for one in await nemo.jobs.list(ended=True)] == [job.job_id]
        assert nemo.jobs.durable
        assert await nemo.projects.find("a") is not None


async def test_one_session_is_recovered_alone(
    nemo: NemoVideo, photos: list[Path], tmp_path: Path
) -> None:
    """What is open elsewhere stays open."""
    names = {}
    for name in ("a", "b"):
        project = await nemo.projects.create()
        await project.add(photos[0])
        if name == "a":
            await project.ask("a 2-second video")
        names[name] = project
    with pytest.raises(TimeoutError):
        await names["a"].export(tmp_path / "a.mp4", timeout=0.05)

    nothing = await nemo.jobs.recover(session=names["b"].session)
    found = await nemo.jobs.recover(session=names["a"].session.session_id)

    assert nothing == []
    assert [outcome.status for outcome in found] == ["done"]


async def test_another_skill_shares_the_account(emulator: Emulator) -> None:
    """The same token and connections, other headers, and one free account in all."""
    async with NemoVideo(base_url=emulator.url, timeouts=QUICK) as first:
        before = await first.credits.balance()
        session = await first.sessions.create()
        other = first.with_skill("holiday-bot")
        state = await other.state.latest(session)

    assert before.available == 100
    assert state.draft is None
    assert (first.skill.name, other.skill.name) == ("nemovideo-python", "holiday-bot")
    assert repr(other) == repr(first)
