import asyncio
from collections.abc import Iterator

import attrs
import pytest
from aiohttp import web

from nemovideo.errors import (
    APIError,
    ConnectionLostError,
    ExportBlockedError,
    RenderNotFoundError,
    RenderTimeoutError,
    ServerError,
)
from nemovideo.models import AnonymousToken, Render
from nemovideo.net.polling import Poller
from nemovideo.net.stores import MemoryTokenStore
from nemovideo.settings import Timeouts
from nemovideo.wire import requests
from tests.net.conftest import MakeTransport, Serve

RUNNING = Render("r", "processing", 50)
DONE = Render("r", "completed", 100, "u")
MISSING = None
"""The service knows nothing of it."""
AGAIN = Render("r")


@attrs.define
class Lost:
    """A service that answers looks and orders as it was told, and when they came."""

    answers: list[Render | Exception | None]
    orders: list[Render | Exception | None] = attrs.field(factory=lambda: [AGAIN])
    accounts: list[str] = attrs.field(factory=lambda: ["anon_1"])
    looked: list[float] = attrs.field(factory=list)
    ordered: list[float] = attrs.field(factory=list)
    reported: list[Render] = attrs.field(factory=list)

    async def look(self) -> Render:
        """Give the next answer, the last of them for ever."""
        self.looked.append(asyncio.get_running_loop().time())
        return _given(self.answers)

    async def order(self) -> Render:
        """Take the order again."""
        self.ordered.append(asyncio.get_running_loop().time())
        return _given(self.orders)

    def account(self) -> str:
        """Who asks now: before the first answer, after the second, and so on."""
        return self.accounts[min(len(self.looked), len(self.accounts) - 1)]

    async def wait(
        self, *, again: bool = True, timeout: float | None = None, is_new: bool = True
    ) -> Render:
        """Wait for the render, in the default rhythm."""
        return await Poller(Timeouts()).until_finished(
            self.look,
            AGAIN,
            timeout=timeout,
            is_new=is_new,
            on_render=self.reported.append,
            account=self.account,
            submit_again=self.order if again else None,
        )


def _given(left: list[Render | Exception | None]) -> Render:
    found = left.pop(0) if len(left) > 1 else left[0]
    if found is None:
        raise RenderNotFoundError("The service has never heard of it.", status=404)
    if isinstance(found, Exception):
        raise found
    return found


@pytest.mark.looptime
async def test_one_answer_that_knows_nothing_proves_nothing() -> None:
    """The next look comes when the second answer would prove something, and not earlier."""
    service = Lost([MISSING, DONE])

    found = await service.wait()

    assert found is DONE
    assert service.ordered == []
    assert 10 <= service.looked[1] - service.looked[0] <= 10.5


@pytest.mark.looptime
async def test_two_such_answers_mean_that_it_is_ordered_again_once() -> None:
    """The new order is waited for like the first one."""
    service = Lost([MISSING, MISSING, RUNNING, DONE])

    found = await service.wait()

    assert found is DONE
    assert len(service.ordered) == 1
    assert service.looked[2] - service.ordered[0] == pytest.approx(1.5)
    assert service.reported == [AGAIN, RUNNING, DONE]


@pytest.mark.looptime
async def test_what_is_lost_twice_is_given_up() -> None:
    """Nobody orders a third time; nor does a wait without a way to order."""
    service, unable = Lost([MISSING]), Lost([MISSING])

    with pytest.raises(RenderNotFoundError):
        await service.wait()
    with pytest.raises(RenderNotFoundError):
        await unable.wait(again=False)

    assert (len(service.looked), len(service.ordered)) == (4, 1)
    assert (len(unable.looked), len(unable.ordered)) == (2, 0)


@pytest.mark.looptime
async def test_an_answer_that_knows_the_render_begins_the_count_anew() -> None:
    """A server among several may be behind for a while."""
    service = Lost([MISSING, RUNNING, MISSING, RUNNING, MISSING, DONE])

    await service.wait()

    assert service.ordered == []


@pytest.mark.looptime
async def test_trouble_between_two_such_answers_does_not_matter() -> None:
    """It says neither that the render is there nor that it is not."""
    service = Lost([MISSING, ConnectionLostError(), MISSING, DONE])

    await service.wait()

    assert len(service.ordered) == 1


@pytest.mark.looptime
async def test_two_such_answers_too_close_together_prove_nothing() -> None:
    """The last look comes early when the time is over; the render may well exist."""
    service = Lost([MISSING])

    with pytest.raises(RenderTimeoutError, match="did not know of it"):
        await service.wait(timeout=8)

    assert (len(service.looked), len(service.ordered)) == (2, 0)


@pytest.mark.looptime
async def test_at_the_very_end_nothing_is_ordered_again() -> None:
    """Nobody would be there to wait for it."""
    service = Lost([MISSING, ConnectionLostError(), MISSING])

    with pytest.raises(RenderNotFoundError):
        await service.wait(timeout=13)

    assert service.ordered == []


@pytest.mark.looptime
@pytest.mark.parametrize(
    "failure", [ConnectionLostError(), ServerError(retryable=True)], ids=["cut", "5xx"]
)
async def test_when_the_answer_to_the_new_order_is_lost_looking_will_tell(
    failure: Exception,
) -> None:
    """It may have arrived; it is not sent a second time."""
    service = Lost([MISSING, MISSING, RUNNING, DONE], orders=[failure])

    found = await service.wait()

    assert found is DONE
    assert len(service.ordered) == 1


@pytest.mark.looptime
@pytest.mark.parametrize(
    "failure",
    [
        ExportBlockedError(delivered="no"),
        ConnectionLostError(delivered="no"),
        APIError(delivered="maybe"),
    ],
    ids=["refused", "not sent", "for good"],
)
async def test_a_new_order_that_failed_is_told(failure: Exception) -> None:
    """There is nothing left to wait for."""
    service = Lost([MISSING], orders=[failure])

    with pytest.raises(type(failure)) as caught:
        await service.wait()

    assert caught.value is failure


@pytest.mark.looptime
async def test_a_new_order_may_be_finished_at_once() -> None:
    """Then it is not looked at."""
    service = Lost([MISSING], orders=[DONE])

    assert await service.wait() is DONE
    assert len(service.looked) == 2


@pytest.mark.looptime
@pytest.mark.parametrize(
    ("answers", "accounts"),
    [([MISSING], ["anon_1", "anon_2"]), ([MISSING, MISSING], ["anon_1", "anon_1", "anon_2"])],
    ids=["at the first", "at the second"],
)
async def test_another_account_cannot_tell_whether_a_render_is_lost(
    answers: list[Render | Exception | None], accounts: list[str]
) -> None:
    """Renders of the old account may be hidden from the new one: nothing is ordered again."""
    service = Lost([*answers], accounts=accounts)

    with pytest.raises(RenderNotFoundError) as caught:
        await service.wait()

    assert "account" in caught.value.hint
    assert (len(service.looked), len(service.ordered)) == (len(answers), 0)


@pytest.mark.looptime
async def test_an_account_that_was_not_known_at_first_is_no_proof() -> None:
    """Two answers end the wait, but perhaps another account gave the order."""
    service = Lost([MISSING], accounts=["", "anon_1"])

    with pytest.raises(RenderNotFoundError) as caught:
        await service.wait(is_new=False)

    assert not caught.value.hint
    assert (len(service.looked), len(service.ordered)) == (2, 0)


@pytest.mark.looptime
async def test_without_a_name_the_account_counts_as_the_same() -> None:
    """By default nobody asks."""
    service = Lost([MISSING, MISSING, DONE], accounts=[""])

    await service.wait()

    assert len(service.ordered) == 1


async def test_the_token_is_no_part_of_the_identity(transport_to: MakeTransport) -> None:
    """A user's account is told apart by a digest, which is the same in each process."""
    one, same, other = [
        transport_to("http://127.0.0.1:1", token=token).credentials.identity
        for token in ("nmv_usr_one", "nmv_usr_one", "nmv_usr_other")
    ]

    assert one == same != other
    assert len(one) == 16
    assert "one" not in one


async def test_an_anonymous_account_is_known_by_its_id(
    serve: Serve, transport_to: MakeTransport
) -> None:
    """Before there is one, nobody is known; a new token of another account is seen."""
    given: Iterator[int] = iter(range(1, 9))

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/api/auth/anonymous-token":
            number = next(given)
            data = {"token": f"free-{number}", "user_id": f"anon_{number}"}
            return web.json_response({"code": 0, "data": data})
        if request.headers["Authorization"] == "Bearer free-1" and refused:
            return web.json_response({"code": 1001}, status=401)
        return web.json_response({"code": 0, "data": {"available": 1}})

    refused: list[bool] = []
    transport = transport_to(await serve(answer), token=None)
    identities = [transport.credentials.identity]
    for refusal in ([], [True]):
        refused.extend(refusal)
        await transport.call(requests.balance())
        identities.append(transport.credentials.identity)

    assert identities == ["", "anon_1", "anon_2"]


async def test_an_id_that_is_learned_later_is_no_other_account(
    transport_to: MakeTransport,
) -> None:
    """The digest stays as long as the token does."""
    store = MemoryTokenStore()
    await store.save("http://127.0.0.1:1", AnonymousToken("free"))
    credentials = transport_to("http://127.0.0.1:1", token=None, store=store).credentials
    await credentials.headers()
    before = credentials.identity

    credentials.remember("anon_1")

    assert credentials.identity == before != "anon_1"
