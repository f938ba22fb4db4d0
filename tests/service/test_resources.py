"""Each call of each resource, against the emulator."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from nemovideo import (
    AnonymousToken,
    AuthenticationError,
    ConfigurationError,
    DownloadError,
    Draft,
    DraftError,
    EventStream,
    InputError,
    NemoVideo,
    RenderNotFoundError,
    RenderTimeoutError,
    RequestTimeoutError,
    Session,
    SessionNotFoundError,
    StateChanged,
    TextDelta,
    TextDone,
    ToolCall,
    ToolResult,
)
from nemovideo.emulator import Emulator

WISH = "a 4-second slideshow with music and a title 'Hello'"


@pytest.fixture
async def session(nemo: NemoVideo, photos: list[Path]) -> Session:
    """A session with two photos in it."""
    made = await nemo.sessions.create()
    await nemo.uploads.files(made, photos[:2])
    return made


async def test_the_anonymous_token_is_asked_for_once(nemo: NemoVideo) -> None:
    """All calls of a client share one account, also when they begin together."""
    tokens = await asyncio.gather(*(nemo.auth.anonymous_token() for _ in range(5)))

    assert len({token.token for token in tokens}) == 1
    assert isinstance(tokens[0], AnonymousToken)
    assert tokens[0].user_id is not None
    assert tokens[0].user_id.startswith("anon_")
    assert tokens[0].token not in repr(tokens[0])


async def test_a_claim_link_holds_no_api_token(nemo: NemoVideo) -> None:
    """The browser link holds a claim token and never the token of the account."""
    session = await nemo.sessions.create()

    link = await nemo.auth.claim_link(session)

    account = await nemo.auth.anonymous_token()
    assert link.url.startswith("https://nemovideo.com/workspace/claim?ct=clm_")
    assert account.token not in link.url
    assert link.expires_in == 604800


async def test_a_session_id_is_a_string_of_19_digits(nemo: NemoVideo) -> None:
    """Session ids are strings, because an int of that size breaks in other languages."""
    session = await nemo.sessions.create(name="holiday", language="ja")

    assert len(session.session_id) == 19
    assert session.session_id.isdigit()
    assert session.task_id


async def test_a_stream_yields_typed_events(nemo: NemoVideo, session: Session) -> None:
    """A first edit calls tools, changes the state and speaks, each text once."""
    async with nemo.chat.stream(session, WISH) as events:
        seen = [event async for event in events]
        reply = await events.finish()

    kinds = {type(event) for event in seen}
    assert {ToolCall, ToolResult, StateChanged, TextDelta, TextDone} <= kinds
    deltas = [event.text for event in seen if isinstance(event, TextDelta)]
    done = [event.text for event in seen if isinstance(event, TextDone)]
    assert "".join(deltas) == "".join(done)
    assert len(deltas) > len(done)
    assert reply.text == "\n\n".join(done)
    assert "draft" in reply.state_delta


async def test_the_text_of_a_stream_is_the_text_of_its_reply(
    nemo: NemoVideo, session: Session
) -> None:
    """The words as they come, joined, are the reply's text."""
    async with nemo.chat.stream(session, WISH) as events:
        said = "".join([text async for text in events.text])

        assert isinstance(events, EventStream)
        assert said == events.reply.text != ""


async def test_send_gives_the_whole_reply(nemo: NemoVideo, session: Session) -> None:
    """`send` reads the stream to its end."""
    reply = await nemo.chat.send(session, WISH)

    assert "4 s" in reply.text
    assert [call.name for call in reply.tool_calls] == [
        result.name for result in reply.tool_results
    ]


async def test_an_empty_message_is_not_sent(
    nemo: NemoVideo, emulator: Emulator, session: Session
) -> None:
    """A message of blanks costs nothing."""
    with pytest.raises(InputError):
        await nemo.chat.send(session, " \n")

    assert emulator.bill.runs == 0


async def test_leaving_a_stream_early_is_clean(nemo: NemoVideo, session: Session) -> None:
    """After breaking out of a stream the client goes on working."""
    async with nemo.chat.stream(session, WISH) as events:
        async for _ in events:
            break

    assert (await nemo.credits.balance()).total > 0


async def test_the_state_has_no_draft_before_the_first_edit(
    nemo: NemoVideo, session: Session
) -> None:
    """A fresh session has a state without a timeline."""
    state = await nemo.state.latest(session)

    assert state.draft is None


async def test_a_draft_goes_back_as_it_came(nemo: NemoVideo, session: Session) -> None:
    """The draft of the state is the mapping that the service gave."""
    await nemo.chat.send(session, WISH)

    state = await nemo.state.latest(session)

    assert isinstance(state.draft, Draft)
    assert state.draft.to_wire() == state.raw["draft"]
    assert [segment.text for segment in state.draft.tracks[2].segments] == ["Hello"]


async def test_a_render_is_waited_for_and_fetched(
    nemo: NemoVideo, session: Session, tmp_path: Path
) -> None:
    """Submit, get, wait and download go together by the id."""
    await nemo.chat.send(session, WISH)
    draft = (await nemo.state.latest(session)).draft
    assert draft is not None

    submitted = await nemo.renders.submit(session, draft)
    seen = await nemo.renders.get(submitted.render_id)
    finished = await nemo.renders.wait(submitted.render_id)
    path = await nemo.renders.download(finished.render_id, tmp_path / "a.mp4")

    assert submitted.render_id == seen.render_id == finished.render_id
    assert finished.is_finished
    assert path.stat().st_size == finished.size


async def test_render_ids_sort_by_time_and_never_repeat(nemo: NemoVideo, session: Session) -> None:
    """Two renders of one timeline are two jobs."""
    await nemo.chat.send(session, WISH)
    draft = (await nemo.state.latest(session)).draft
    assert draft is not None

    first = await nemo.renders.submit(session, draft)
    await asyncio.sleep(0.002)
    second = await nemo.renders.submit(session, draft)

    assert first.render_id < second.render_id


@pytest.mark.parametrize("draft", [None, Draft()], ids=["none", "empty"])
async def test_an_empty_timeline_is_not_rendered(
    nemo: NemoVideo, session: Session, draft: Draft | None
) -> None:
    """Nothing to render is found before the service is asked, also where the state has no draft."""
    with pytest.raises(ConfigurationError, match="empty"):
        await nemo.renders.submit(session, draft)


async def test_a_wait_has_a_limit_and_loses_nothing(nemo: NemoVideo, session: Session) -> None:
    """A wait that is over names the render, which goes on and can be waited for again."""
    await nemo.chat.send(session, WISH)
    draft = (await nemo.state.latest(session)).draft
    assert draft is not None
    render = await nemo.renders.submit(session, draft)

    with pytest.raises(RenderTimeoutError) as caught:
        await nemo.renders.wait(render, timeout=0.01)

    assert caught.value.render_id == render.render_id
    assert (await nemo.renders.wait(caught.value.render_id)).is_finished


@pytest.mark.usefixtures("rendered_anew")
async def test_a_render_can_be_cancelled(nemo: NemoVideo, session: Session) -> None:
    """A cancelled render ends as failed."""
    await nemo.chat.send(session, WISH)
    draft = (await nemo.state.latest(session)).draft
    assert draft is not None
    render = await nemo.renders.submit(session, draft)

    cancelled = await nemo.renders.cancel(render)

    assert cancelled.status == "failed"


async def test_unknown_ids_have_their_own_errors(nemo: NemoVideo) -> None:
    """An unknown session and an unknown render are told apart."""
    await nemo.auth.anonymous_token()

    with pytest.raises(SessionNotFoundError):
        await nemo.state.latest("1234567890123456789")
    with pytest.raises(SessionNotFoundError) as chat:
        await nemo.chat.send("1234567890123456789", "hello")
    with pytest.raises(RenderNotFoundError):
        await nemo.renders.get("render_unknown")
    assert chat.value.delivered == "no"


async def test_a_session_of_another_account_is_not_found(
    emulator: Emulator, session: Session
) -> None:
    """Another account sees nothing of a session."""
    async with NemoVideo(base_url=emulator.url) as stranger:
        with pytest.raises(SessionNotFoundError):
            await stranger.state.latest(session)


def client_of(server: BaseTestServer) -> NemoVideo:
    """A client with a token of its own."""
    return NemoVideo(base_url=str(server.make_url("")), token="t")


@pytest.mark.parametrize("known", ["id", "bare session"])
async def test_a_link_is_made_of_an_id_alone(nemo: NemoVideo, session: Session, known: str) -> None:
    """The session's task is asked for where it is not known."""
    given = session.session_id if known == "id" else Session(session.session_id)

    link = await nemo.auth.claim_link(given)

    assert "ct=clm_" in link.url


async def test_a_link_needs_a_task() -> None:
    """A service that does not name the task of a session is not asked for a link without one."""

    async def state(_: web.Request) -> web.Response:
        return web.json_response({"code": 0, "data": {"state": {}}})

    app = web.Application()
    app.router.add_get("/api/state/nemo_agent/me/1/latest", state)
    async with TestServer(app) as server, client_of(server) as nemo:
        with pytest.raises(InputError, match=r"as sessions\.create\(\) gave it"):
            await nemo.auth.claim_link("1")


@pytest.mark.usefixtures("rendered_anew")
async def test_an_unfinished_render_is_not_fetched(
    nemo: NemoVideo, session: Session, tmp_path: Path
) -> None:
    """The error says how far it is, instead of what a wrong address answers."""
    await nemo.chat.send(session, WISH)
    draft = (await nemo.state.latest(session)).draft
    assert draft is not None
    render = await nemo.renders.submit(session, draft)

    with pytest.raises(DownloadError, match="not finished"):
        await nemo.renders.download(render, tmp_path / "a.mp4")


async def test_a_timeline_put_together_by_hand_is_not_sent(
    nemo: NemoVideo, session: Session
) -> None:
    """What has no source mapping would go out empty."""
    await nemo.chat.send(session, WISH)
    draft = (await nemo.state.latest(session)).draft
    assert draft is not None

    with pytest.raises(DraftError, match="by hand"):
        await nemo.renders.submit(session, Draft(tracks=draft.tracks))


async def test_a_message_without_any_answer_has_a_limit() -> None:
    """The time in all counts from the sending on, also before the stream has begun."""

    async def never(_: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    app = web.Application()
    app.router.add_post("/run_sse", never)
    async with TestServer(app) as server, client_of(server) as nemo:
        with pytest.raises(RequestTimeoutError):
            await nemo.chat.send("1", "hello", timeout=0.2)


async def test_a_token_that_is_refused_while_polling_is_renewed_once() -> None:
    """A service that refuses every token is not asked for one after the other."""
    asked: list[str] = []

    async def refuse(request: web.Request) -> web.Response:
        asked.append(request.path)
        if request.path.endswith("anonymous-token"):
            return web.json_response({"code": 0, "data": {"token": f"nmv_usr_{len(asked)}"}})
        return web.json_response({"code": 1001, "message": "expired"}, status=401)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", refuse)
    async with TestServer(app) as server, NemoVideo(base_url=str(server.make_url(""))) as nemo:
        with pytest.raises(AuthenticationError):
            await nemo.renders.wait("render_1", timeout=5)

    assert [path.rsplit("/", 1)[-1] for path in asked] == [
        "anonymous-token",
        "render_1",
        "anonymous-token",
        "render_1",
    ]


async def test_a_time_limit_while_nothing_has_run_says_so() -> None:
    """A message that was refused with 429 and waits for its repeat has cost nothing."""

    async def later(_: web.Request) -> web.Response:
        return web.json_response({"code": 429, "message": "slow down"}, status=429)

    app = web.Application()
    app.router.add_post("/run_sse", later)
    async with TestServer(app) as server, client_of(server) as nemo:
        with pytest.raises(RequestTimeoutError) as caught:
            await nemo.chat.send("1", "hello", timeout=0.3)

    assert (caught.value.delivered, caught.value.path) == ("no", "/run_sse")


async def test_a_short_wait_looks_before_it_gives_up(nemo: NemoVideo, session: Session) -> None:
    """A finished render is found also by a wait that is shorter than the first gap."""
    await nemo.chat.send(session, WISH)
    draft = (await nemo.state.latest(session)).draft
    assert draft is not None
    finished = await nemo.renders.wait(await nemo.renders.submit(session, draft))

    again = await nemo.renders.wait(finished.render_id, timeout=0.5)

    assert again.is_finished
