"""Orders of renders whose answers are lost, by the resource itself."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import attrs
import pytest

from nemovideo import (
    ConnectionLostError,
    Draft,
    NemoVideo,
    Render,
    RenderNotFoundError,
    ServerError,
    Session,
    Timeouts,
)
from nemovideo.emulator import Emulator

QUICK = Timeouts(render_first_look=0.05, render_near_end=0.02, render_missing=0.1)


@attrs.frozen
class Edited:
    """A session with a timeline."""

    nemo: NemoVideo
    session: Session
    draft: Draft

    async def submit(self, render_id: str | None = None) -> Render:
        """Order a render of it."""
        return await self.nemo.renders.submit(self.session, self.draft, render_id=render_id)


@pytest.fixture
async def edited(emulator: Emulator, photos: list[Path]) -> AsyncIterator[Edited]:
    """A client with a session with a timeline."""
    async with NemoVideo(base_url=emulator.url, timeouts=QUICK) as nemo:
        project = await nemo.projects.create()
        await project.add(photos[0])
        await project.ask("a 1-second slideshow")
        draft = await project.timeline()
        assert draft
        yield Edited(nemo, project.session, draft)


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(lambda faults, path: faults.drop_after_request(path), id="dropped"),
        pytest.param(lambda faults, path: faults.html_502(path, carried_out=True), id="502"),
    ],
)
async def test_the_id_is_asked_for_where_the_answer_is_lost(
    edited: Edited, emulator: Emulator, order: Callable[..., object]
) -> None:
    """A render that the service has is given as if it had answered."""
    order(emulator.faults, "POST /api/render/proxy/lambda")

    render = await edited.submit()

    assert (await edited.nemo.renders.wait(render)).is_finished
    assert emulator.bill.renders == 1


async def test_an_order_that_was_lost_names_its_id(edited: Edited, emulator: Emulator) -> None:
    """The service does not know it: the failure says what to ask for, and the ledger has it."""
    emulator.faults.drop_before_request("POST /api/render/proxy/lambda")

    with pytest.raises(ConnectionLostError) as caught:
        await edited.submit()

    (job,) = await edited.nemo.jobs.list()
    assert job.render_id
    assert f"Ask for {job.render_id}" in caught.value.hint
    assert caught.value.delivered == "maybe"
    assert emulator.bill.renders == 0


async def test_one_id_is_one_render(edited: Edited, emulator: Emulator) -> None:
    """To order again under one's own id is safe, and keeps no job."""
    first = await edited.submit("render_mine")
    second = await edited.submit("render_mine")

    assert first.render_id == second.render_id == "render_mine"
    assert emulator.bill.renders == 1
    assert await edited.nemo.jobs.list() == []


async def test_a_lost_render_is_told(edited: Edited, emulator: Emulator) -> None:
    """Accepted and then unknown, twice: without an order to repeat that is an error."""
    emulator.faults.lose_render()

    render = await edited.submit()

    with pytest.raises(RenderNotFoundError):
        await edited.nemo.renders.wait(render)


async def test_a_lost_render_is_ordered_again_where_that_is_wished(
    edited: Edited, emulator: Emulator
) -> None:
    """Under the same id."""
    emulator.faults.lose_render()
    render = await edited.submit("render_mine")

    found = await edited.nemo.renders.wait(render, on_lost=lambda: edited.submit("render_mine"))

    assert found.is_finished
    assert found.render_id == "render_mine"
    assert emulator.bill.renders == 1


async def test_a_refused_order_is_no_open_job(edited: Edited, emulator: Emulator) -> None:
    """What was not carried out leaves nothing behind."""
    emulator.faults.refuse(402, "POST /api/render", status=402)

    with pytest.raises(Exception, match="blocks this export"):
        await edited.submit()

    assert await edited.nemo.jobs.list() == []


async def test_a_service_that_knows_neither_order_nor_id_is_told(
    edited: Edited, emulator: Emulator
) -> None:
    """Trouble at the look as well: the first failure counts."""
    emulator.faults.html_502("POST /api/render")
    emulator.faults.refuse(403, "GET /api/render", status=403)

    with pytest.raises(ServerError, match="Ask for render_"):
        await edited.submit()
