"""Every public call and name as a user writes them, each result under the type that is promised.

It is only read, by type checkers: `tests/edges/test_typing.py` tells them how strictly, and finds
out whether something public is missing. Whatever can hold raw JSON is in `raw_json.py`.
"""
# ruff: noqa: D102, F841, T201  # a result has nothing to do here but to be annotated, or printed

import datetime as dt
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Literal, assert_never

import aiohttp
from PIL import Image

import nemovideo
from nemovideo import (
    AgentError,
    AmbiguousSendError,
    AnonymousToken,
    APIError,
    AuthenticationError,
    Balance,
    BudgetError,
    Change,
    ClaimLink,
    ConfigurationError,
    ConnectError,
    ConnectionLostError,
    ConnectTimeoutError,
    Delivered,
    DownloadError,
    Draft,
    DraftError,
    Event,
    EventStream,
    ExportBlockedError,
    FileTokenStore,
    FileTooLargeError,
    Heartbeat,
    InputError,
    InsufficientCreditsError,
    Job,
    JobKind,
    JobPhase,
    Media,
    MediaError,
    MemoryTokenStore,
    MissingClientIdError,
    NemoVideo,
    NemoVideoError,
    Notice,
    OnProgress,
    OnRequest,
    OnResponse,
    Outcome,
    Outcomes,
    OutcomeStatus,
    Output,
    Progress,
    Project,
    ProjectEvent,
    ProjectStream,
    RateLimitError,
    Render,
    RenderFailedError,
    RenderNotFoundError,
    RenderStatus,
    RenderTimeoutError,
    Reply,
    RequestEnded,
    RequestStarted,
    RequestTimeoutError,
    RetryPolicy,
    Segment,
    ServerError,
    Session,
    SessionBusyError,
    SessionNotFoundError,
    SessionState,
    Skill,
    StillWorking,
    StreamError,
    StreamInterruptedError,
    StreamSilentError,
    StreamStalledError,
    StreamTimeoutError,
    TextDelta,
    TextDone,
    Thought,
    TimelineChanged,
    Timeouts,
    TokenStore,
    ToolCall,
    ToolResult,
    Track,
    TrackType,
    TransportError,
    UnsupportedFileError,
    UploadedFile,
    Video,
    VideoJob,
)
from nemovideo.assistant import (
    Action,
    Asked,
    Assistant,
    BalanceShown,
    Changed,
    Connecting,
    Conversation,
    Exporting,
    Intent,
    Problem,
    Ready,
    Said,
    TimelineShown,
    Translation,
    Update,
    Updates,
    VideoReady,
    Working,
    detect_language,
    route,
    translate_gui,
)
from nemovideo.attribution import Attribution
from nemovideo.emulator import Emulator
from nemovideo.emulator.bill import Bill
from nemovideo.emulator.docket import Fault
from nemovideo.emulator.faults import Faults
from nemovideo.emulator.threads import in_thread
from nemovideo.net.sources import Source
from nemovideo.resources import Auth, Chat, Credits, Renders, Sessions, State, Uploads
from nemovideo.workflows import Jobs, Projects


def show(progress: Progress) -> None:
    stage: str = progress.stage
    done: float = progress.done
    total: float | None = progress.total
    unit: str = progress.unit
    text: str = progress.text
    job: str = progress.job


async def show_and_wait(progress: Progress) -> None:
    print(progress.stage)


def begun(request: RequestStarted) -> None:
    method: str = request.method
    url: str = request.url
    headers: Mapping[str, str] = request.headers


def ended(end: RequestEnded) -> None:
    request: RequestStarted = end.request
    seconds: float = end.seconds
    status: int | None = end.status
    request_id: str | None = end.request_id
    error: str | None = end.error


async def handed_on(
    emulator: Emulator, on_progress: OnProgress, on_request: OnRequest, on_response: OnResponse
) -> None:
    async with NemoVideo(
        base_url=emulator.url, on_request=on_request, on_response=on_response
    ) as nemo:
        await nemo.make_video("beach.jpg", "a slideshow", "v1.mp4", on_progress=on_progress)


class RememberingStore:
    """A token store of one's own."""

    async def client_id(self) -> str:
        return "01234567-89ab-cdef-0123-456789abcdef"

    async def load(self, origin: str) -> AnonymousToken | None:
        print(origin)
        return None

    async def save(self, origin: str, token: AnonymousToken) -> None:
        print(origin, token)

    def lock(self) -> AbstractAsyncContextManager[None]:
        return MemoryTokenStore().lock()


async def stores(store: TokenStore, folder: FileTokenStore, memory: MemoryTokenStore) -> None:
    client_id: str = await store.client_id()
    token: AnonymousToken | None = await store.load("https://example.com")
    if token is not None:
        await store.save("https://example.com", token)
        await folder.save("https://example.com", token)
        await memory.save("https://example.com", token)
    async with store.lock(), folder.lock(), memory.lock():
        kept: AnonymousToken | None = await folder.load("https://example.com")
        known: AnonymousToken | None = await memory.load("https://example.com")
    ids: tuple[str, str] = (await folder.client_id(), await memory.client_id())
    place: Path = folder.folder
    others: list[TokenStore] = [RememberingStore(), MemoryTokenStore(), FileTokenStore(place)]


def clock(timeouts: Timeouts, policy: RetryPolicy) -> None:
    waits: list[float] = [
        timeouts.connect,
        timeouts.request,
        timeouts.transfer,
        timeouts.stream_silence,
        timeouts.stream_progress,
        timeouts.stream_total,
        timeouts.still_working,
        timeouts.render,
        timeouts.render_first_look,
        timeouts.render_near_end,
        timeouts.render_missing,
        timeouts.rate_limit,
        timeouts.cost,
        timeouts.lost_verdict,
        timeouts.lost_answer,
    ]
    attempts: int = policy.attempts
    pauses: list[float] = [
        policy.wait_initial,
        policy.wait_max,
        policy.jitter,
        policy.retry_after_max,
    ]
    pause: float = policy.wait(1, asked=30)
    patient: Timeouts = Timeouts(connect=30, request=120)
    brief: RetryPolicy = RetryPolicy(attempts=2, wait_initial=0.1)


async def client(http: aiohttp.ClientSession, emulator: Emulator) -> None:
    version: str = nemovideo.__version__
    on_progress: list[OnProgress] = [show, show_and_wait, print]
    nemo: NemoVideo = NemoVideo(
        token=emulator.register(),
        base_url=emulator.url,
        http=http,
        skill=Skill("holiday-bot", "2.1"),
        language="en",
        token_store=MemoryTokenStore(),
        ledger="jobs.sqlite3",
        timeouts=Timeouts(),
        retry=RetryPolicy(),
        trust_env=False,
        on_request=begun,
        on_response=ended,
    )
    plain: NemoVideo = NemoVideo(ledger=None, skill="holiday-bot")
    here: NemoVideo = NemoVideo(ledger=Path("jobs.sqlite3"))
    theirs: NemoVideo = nemo.with_token("nmv_usr_0")
    other: NemoVideo = nemo.with_skill(Skill.builtin("image-to-video-local"))
    skill: Attribution = other.skill
    language: str = nemo.language
    timeouts: Timeouts = nemo.timeouts
    async with nemo as entered:
        same: NemoVideo = entered
    await plain.aclose()


def parts(nemo: NemoVideo) -> None:
    auth: Auth = nemo.auth
    sessions: Sessions = nemo.sessions
    uploads: Uploads = nemo.uploads
    chat: Chat = nemo.chat
    state: State = nemo.state
    balances: Credits = nemo.credits
    renders: Renders = nemo.renders
    projects: Projects = nemo.projects
    jobs: Jobs = nemo.jobs


async def account(nemo: NemoVideo) -> None:
    token: AnonymousToken = await nemo.auth.anonymous_token()
    secret: str = token.token
    user_id: str | None = token.user_id
    expires_at: dt.datetime | None = token.expires_at
    began_with: int | None = token.credits
    session: Session = await nemo.sessions.create(name="project", language="zh-CN")
    session_id: str = session.session_id
    task_id: str | None = session.task_id
    owner: str | None = session.user_id
    link: ClaimLink = await nemo.auth.claim_link(session)
    link = await nemo.auth.claim_link(session.session_id)
    url: str = link.url
    expires_in: int | None = link.expires_in
    balance: Balance = await nemo.credits.balance()
    amounts: tuple[float, float, float] = (balance.available, balance.frozen, balance.total)


async def pieces() -> AsyncIterator[bytes]:
    yield b"a photo"


async def upload(nemo: NemoVideo, session: Session, file: BinaryIO) -> None:
    picture: Image.Image = Image.new("RGB", (8, 8))
    photos: list[Media] = ["beach.jpg", Path("market.jpg"), b"a photo", bytearray(b"a photo")]
    files: list[UploadedFile] = await nemo.uploads.files(session, photos)
    files = await nemo.uploads.files(
        session.session_id,
        ["a.jpg", Path("b.jpg"), memoryview(b""), BytesIO(), pieces(), picture],
        on_progress=show_and_wait,
        timeout=60,
    )
    files = await nemo.uploads.files(session, file)
    source: Source = Source("beach.jpg", "image/jpeg", 7, lambda: BytesIO(b"a photo"))
    is_large: bool = source.is_large
    told: tuple[str, str, int] = (source.name, source.content_type, source.size)
    again: bytes = source.open().read()
    files = await nemo.uploads.files(session, [source, "market.jpg"])
    files = await nemo.uploads.urls(session, "https://example.com/beach.jpg")
    files = await nemo.uploads.urls(session, ["https://example.com/beach.jpg"])


def uploaded(file: UploadedFile) -> None:
    filename: str = file.filename
    file_type: str = file.file_type
    cdn_url: str | None = file.cdn_url
    duration: float | None = file.duration
    size: tuple[int | None, int | None] = (file.width, file.height)
    fps: float | None = file.fps
    checksum: str | None = file.hash


async def talk(nemo: NemoVideo, session: Session) -> None:
    stream: EventStream
    async with nemo.chat.stream(session, "add lo-fi music", timeout=60) as stream:
        event: Event
        async for event in stream:
            print(event)
        reply: Reply = stream.reply
        reply = await stream.finish()
        is_over: bool = stream.is_over
        failure: NemoVideoError | None = stream.failure
        stream.close()
    async with nemo.chat.stream(session.session_id, "a title") as stream:
        word: str
        async for word in stream.text:
            print(word)
    reply = await nemo.chat.send(session, "no music", timeout=60)


def events(
    delta: TextDelta,
    done: TextDone,
    thought: Thought,
    call: ToolCall,
    result: ToolResult,
    still: StillWorking,
    notice: Notice,
    changed: TimelineChanged,
) -> None:
    alive: Event = Heartbeat()
    texts: list[str] = [delta.text, done.text, thought.text, notice.code, notice.message]
    names: list[str] = [call.name, result.name]
    ids: list[str | None] = [call.call_id, result.call_id]
    elapsed: float = still.elapsed
    draft: Draft = changed.draft
    changes: tuple[Change, ...] = changed.changes


def answered(reply: Reply) -> None:
    text: str = reply.text
    thoughts: str = reply.thoughts
    calls: tuple[ToolCall, ...] = reply.tool_calls
    results: tuple[ToolResult, ...] = reply.tool_results
    notices: tuple[Notice, ...] = reply.notices
    changes: tuple[Change, ...] = reply.changes
    recovered: bool = reply.recovered
    cost: float | None = reply.cost
    summary: str = reply.summary


async def look(nemo: NemoVideo, session: Session) -> None:
    state: SessionState = await nemo.state.latest(session)
    draft: Draft | None = state.draft
    render: Render = await nemo.renders.submit(session, state.draft)
    state = await nemo.state.latest(session.session_id)


async def order(nemo: NemoVideo, session: Session, draft: Draft) -> None:
    async def again() -> Render:
        return await nemo.renders.submit(session, draft, render_id="render_1")

    output: Output = Output(format="mp4", quality="medium")
    asked_for: tuple[str, str] = (output.format, output.quality)
    render: Render = await nemo.renders.submit(session, draft, output=output)
    render = await nemo.renders.get(render)
    render = await nemo.renders.get(render.render_id)
    render = await nemo.renders.wait(render, on_progress=show, timeout=60, on_lost=again)
    path: Path = await nemo.renders.download(render, "out.mp4", on_progress=show, timeout=60)
    render = await nemo.renders.cancel(render)
    status: RenderStatus = render.status
    progress: float | None = render.progress
    url: str | None = render.url
    duration: float | None = render.duration
    size: int | None = render.size
    error: str | None = render.error
    is_finished: bool = render.is_finished


async def make(nemo: NemoVideo) -> None:
    video: Video = await nemo.make_video(["beach.jpg", b"a photo"], "a slideshow", "holiday.mp4")
    video = await nemo.make_video(
        "beach.jpg",
        "a slideshow",
        Path("holiday.mp4"),
        language="ja",
        output=Output(quality="low"),
        budget=50,
        on_progress=show,
        timeout=600,
    )
    path: Path = video.path
    duration: float = video.duration
    timeline: Draft = video.timeline
    session: Session = video.session
    render: Render = video.render
    cost: float | None = video.cost
    told: str = video.text
    broke_off: bool = video.recovered
    deeper: tuple[str, str, str | None] = (
        video.session.session_id,
        video.render.render_id,
        video.timeline.tracks[0].segments[0].name,
    )


async def make_many(nemo: NemoVideo, photos: Sequence[str]) -> None:
    jobs: list[VideoJob] = [
        VideoJob(["beach.jpg"], "a slideshow", "beach.mp4", session="trip", language="en"),
        VideoJob(photos, "no music", Path("silent.mp4"), output=Output()),
        VideoJob("beach.jpg", "a slideshow", "other.mp4"),
        VideoJob(Path("beach.jpg"), "a slideshow", "third.mp4"),
    ]
    outcomes: Outcomes
    async with nemo.make_videos(
        jobs, limit=2, budget=100, on_progress=print, timeout=600
    ) as outcomes:
        outcome: Outcome
        async for outcome in outcomes:
            came_of_it(outcome)
        await outcomes.aclose()


def wished(wish: VideoJob) -> None:
    photos: tuple[str, ...] = wish.photos
    prompt: str = wish.prompt
    path: str = wish.path
    session: str | None = wish.session
    language: str | None = wish.language
    output: Output = wish.output


def came_of_it(outcome: Outcome) -> None:
    status: OutcomeStatus = outcome.status
    job: VideoJob | None = outcome.job
    video: Video | None = outcome.video
    error: NemoVideoError | None = outcome.error
    job_id: str = outcome.job_id
    phase: JobPhase = outcome.phase
    is_open: bool = outcome.is_open
    cost: float | None = outcome.cost


async def step_by_step(nemo: NemoVideo) -> None:
    project: Project = await nemo.projects.create(name="trip", language="en")
    files: list[UploadedFile] = await project.add(
        "beach.jpg", Path("market.jpg"), b"a photo", on_progress=show, timeout=60
    )
    reply: Reply = await project.ask("a slideshow", budget=50, on_progress=show, timeout=900)
    stream: ProjectStream
    async with project.stream("add a title", budget=0, timeout=900) as stream:
        event: ProjectEvent
        async for event in stream:
            if isinstance(event, TimelineChanged):
                print(*event.changes)
            else:
                print(event)
        reply = await stream.finish()
        reply = stream.reply
        timeline: Draft | None = stream.timeline
        job: Job = stream.job
        owner: str = job.owner
        digest: str = job.digest
        await stream.aclose()
    state: SessionState = await project.state()
    draft: Draft | None = await project.timeline()
    video: Video = await project.export(
        "v1.mp4", draft=draft, output=Output(), on_progress=show, timeout=600
    )
    session: Session = project.session
    language: str | None = project.language


async def keep(nemo: NemoVideo, project: Project) -> None:
    await nemo.projects.keep(project, "trip")
    found: Project | None = await nemo.projects.find("trip")
    kept: Mapping[str, Project] = await nemo.projects.kept()
    await nemo.projects.forget("trip")
    known: Project = nemo.projects.get(project.session)
    known = nemo.projects.get(project.session.session_id)


async def go_on(nemo: NemoVideo, session: Session) -> None:
    durable: bool = nemo.jobs.durable
    jobs: Sequence[Job] = await nemo.jobs.list()
    jobs = await nemo.jobs.list(ended=True)
    last: str | None = await nemo.jobs.last_session()
    await nemo.jobs.forget("job_1")
    reply: Reply | None = await nemo.jobs.resolve("send_1", timeout=60)
    outcomes: Sequence[Outcome] = await nemo.jobs.recover()
    outcomes = await nemo.jobs.recover("videos", session=session, on_progress=show, timeout=900)
    outcomes = await nemo.jobs.recover(Path("videos"), session=session.session_id)


def begun_job(job: Job) -> None:
    job_id: str = job.job_id
    kind: JobKind = job.kind
    phase: JobPhase = job.phase
    session_id: str | None = job.session_id
    render_id: str | None = job.render_id
    path: str | None = job.path
    wish: VideoJob | None = job.wish
    output: Output = job.output
    times: tuple[float, float] = (job.began, job.changed)
    how: str = job.ended
    is_open: bool = job.is_open


def edit(draft: Draft, track: Track, segment: Segment) -> None:
    tracks: tuple[Track, ...] = draft.tracks
    length: float = draft.duration_ms
    whole: float = draft.length_ms
    is_exportable: bool = draft.is_exportable
    words: str = draft.summary("zh")
    picture: str = draft.to_svg(width=None, theme="dark", language="zh")
    changes: list[Change] = draft.changes_since(None)
    changes = draft.changes_since(draft)
    edited: Draft = (
        draft.without_track(track)
        .without_track(TrackType.TEXT)
        .with_title("Summer")
        .with_metadata(width=1280, height=720)
    )
    edited = draft.with_volume(0.2)
    edited = draft.with_volume(1, track=track)
    edited = draft.with_title("Summer")
    edited = draft.trimmed(5000, segment=segment)
    edited = draft.with_metadata(title="Summer")


def parts_of_it(track: Track, segment: Segment) -> None:
    kind: int = track.type
    is_music: bool = track.type == TrackType.AUDIO
    segments: tuple[Segment, ...] = track.segments
    lane: str | None = track.name
    is_captions: bool = track.is_captions
    spans: Iterator[tuple[Segment, float, float]] = track.spans()
    name: str | None = segment.name
    text: str | None = segment.text
    volume: float | None = segment.volume
    start: float | None = segment.start_ms
    length: float = segment.duration_ms


def told(change: Change) -> None:
    kind: str = change.kind
    part: Literal["draft", "track", "segment"] = change.part
    track: int | None = change.track
    subject: str = change.subject
    position: int | None = change.position
    count: int = change.count
    captions: bool = change.captions
    key: str = change.key
    sentence: str = change.words("zh-CN")


def speaking(skill: Skill) -> None:
    names: tuple[str, ...] = Skill.names()
    local: Skill = Skill.builtin("image-to-video-local", "zh")
    named: Skill = Skill.named("holiday-bot")
    loaded: Skill = Skill.load(Path("SKILL.md"))
    chinese: Skill = skill.spoken("zh")
    sent: tuple[str, str, str] = (skill.name, skill.version, skill.platform)
    said: tuple[str, str, str, str] = (skill.promise, skill.greeting, skill.wish, skill.advice)
    examples: tuple[str, ...] = skill.examples


async def assist(nemo: NemoVideo, folder: os.PathLike[str]) -> None:
    assistant: Assistant = Assistant(
        nemo, skill="image-to-video-local", folder=folder, language="en", budget=100
    )
    skill: Skill = assistant.skill
    updates: Updates
    update: Update
    async with assistant.handle("a slideshow", ["beach.jpg"], language="en") as updates:
        async for update in updates:
            words: str = shown(update)
    conversation: Conversation = assistant.conversation("telegram:1234")
    async with conversation.handle(None, b"a photo") as updates:
        async for update in updates:
            words = update.words
    async with conversation.resume() as updates:
        await updates.aclose()
    await conversation.forget()
    name: str = conversation.name
    language: str = conversation.language
    same: Skill = conversation.skill
    left: Sequence[Conversation] = await assistant.unfinished()


def shown(update: Update) -> str:
    """A `match` over all kinds of updates leaves nothing over."""
    match update:
        case Connecting() | Ready() | Said() | Working() | Changed() | TimelineShown():
            words: str = update.words
        case BalanceShown() | Asked() | Exporting() | VideoReady() | Problem():
            words = update.words
        case _:
            assert_never(update)
    return words


def first_words(connecting: Connecting, ready: Ready, said: Said, working: Working) -> None:
    words: list[str] = [connecting.words, ready.words, said.words, working.words]
    session: Session = ready.session
    skill: Skill = ready.skill
    text: str = said.text
    actions: tuple[Action, ...] = said.actions
    elapsed: float = working.elapsed


def what_changed(changed: Changed, timeline: TimelineShown, balance: BalanceShown) -> None:
    words: list[str] = [changed.words, timeline.words, balance.words]
    changes: tuple[Change, ...] = changed.changes
    after: Draft = changed.timeline
    silent: bool = changed.silent
    now: Draft | None = timeline.timeline
    amount: Balance = balance.balance


def last_words(asked: Asked, exporting: Exporting, ready: VideoReady, problem: Problem) -> None:
    words: list[str] = [asked.words, exporting.words, ready.words, problem.words]
    files: tuple[UploadedFile, ...] = asked.files
    suggestion: str = asked.suggestion
    percent: float | None = exporting.percent
    video: Video = ready.video
    error: NemoVideoError = problem.error
    link: str | None = problem.link


def understood() -> None:
    intent: Intent = route("export it", has_files=False)
    language: str = detect_language("把标题改成 Summer")
    translation: Translation = translate_gui("Click Export.")
    text: str = translation.text
    actions: tuple[Action, ...] = translation.actions


async def offline() -> None:
    emulator: Emulator = Emulator(
        credits=500, seed=1, ip_limit=3, silent=0, render_scale=1 / 6, folder="offline", port=0
    )
    running: Emulator = await emulator.start()
    await emulator.settled()
    await emulator.aclose()
    entered: Emulator
    async with Emulator(folder=Path("offline")) as entered:
        addresses: tuple[str, str] = (entered.url, entered.media_url)
        leaked: list[str] = entered.leaked_tokens
        unattributed: list[str] = entered.unattributed
        token: str = entered.register(credits=50)
        faults: Faults = entered.faults
        bill: Bill = entered.bill
        counts: tuple[int, int, int] = (bill.runs, bill.renders, bill.credits)
    likeness: tuple[int, int, int | None, int] = (
        emulator.credits,
        emulator.seed,
        emulator.ip_limit,
        emulator.port,
    )
    shares: tuple[float, float] = (emulator.silent, emulator.render_scale)
    folder: Path | str | None = emulator.folder
    with in_thread(Emulator()) as beside:
        url: str = beside.url


def misbehave(faults: Faults, fault: Fault) -> None:
    ordered: list[Fault] = [
        faults.drop_before_request("/run_sse", times=None),
        faults.drop_after_request("POST /run_sse"),
        faults.cut_stream(after=3),
        faults.delay_answer(0.1, "GET"),
        faults.duplicate_frames(times=2),
        faults.heartbeats_only(every=1),
        faults.expire_token(keep_sessions=False),
        faults.rate_limit(dt.datetime.now(dt.UTC), "GET /api/credits"),
        faults.html_502("/api", carried_out=True),
        faults.refuse(2001, "/run_sse", status=402, shape="detail", message="Refused"),
        faults.fail_run("Overloaded", form="refusal", code=2001),
        faults.fail_render("Out of memory"),
        faults.lose_render(),
        faults.slow(1024, "/media"),
        faults.cut_download(after=1024),
        faults.answer_shape("mixed"),
        faults.client_gone("cancel"),
    ]
    faults.clear()
    name: str = fault.name
    mishap: object = fault.mishap
    patterns: tuple[object, ...] = fault.patterns
    times: int | None = fault.times
    counts: tuple[int, int, int] = (fault.number, fault.hits, fault.held)
    verdicts: tuple[bool, bool, bool] = (fault.stands, fault.over, fault.fits("GET", "/api"))
    fault.clear()


async def fail(nemo: NemoVideo, project: Project) -> None:
    try:
        await project.ask("a slideshow")
    except InsufficientCreditsError as error:
        page: str | None = error.registration_url
    except UnsupportedFileError as error:
        endings: tuple[str, ...] = error.supported
    except AmbiguousSendError as error:
        reply: Reply | None = await nemo.jobs.resolve(error.send_id)
    except BudgetError as error:
        amounts: tuple[float, float] = (error.budget, error.spent)
    except SessionBusyError as error:
        busy: tuple[str, int | None] = (error.session_id, error.owner)
    except NemoVideoError as error:
        words: tuple[str, str] = (error.message, error.hint)


async def fail_to_export(project: Project) -> None:
    try:
        await project.export("v1.mp4")
    except RenderFailedError as error:
        failed: tuple[str, str] = (error.render_id, error.session_id)
    except RenderTimeoutError as error:
        late: str = error.render_id
        builtin: TimeoutError = error
    except MediaError as error:
        name: str = error.name
    except InputError as error:
        value: ValueError = error
    except DraftError as error:
        where: str = error.path
    except (ConfigurationError, DownloadError) as error:
        print(error)


async def fail_otherwise(project: Project) -> None:
    try:
        await project.ask("a slideshow")
    except (RateLimitError, ServerError, AuthenticationError, SessionNotFoundError) as error:
        refused(error)
    except (FileTooLargeError, MissingClientIdError, ExportBlockedError) as error:
        refused(error)
    except RenderNotFoundError as error:
        refused(error)
    except ConnectTimeoutError as error:
        limit: TimeoutError = error
    except (ConnectError, ConnectionLostError, RequestTimeoutError) as error:
        broken(error)
    except (StreamInterruptedError, StreamSilentError, StreamStalledError) as error:
        cut(error)
    except (StreamTimeoutError, AgentError) as error:
        cut(error)


def refused(error: APIError) -> None:
    code: int | None = error.code
    status: int = error.status
    delivered: Delivered = error.delivered
    retryable: bool = error.retryable
    retry_after: float | None = error.retry_after
    request: tuple[str, str, str | None] = (error.method, error.path, error.request_id)


def broken(error: TransportError) -> None:
    delivered: Delivered = error.delivered
    retryable: bool = error.retryable
    request: tuple[str, str] = (error.method, error.path)


def cut(error: StreamError) -> None:
    text: str = error.text
    delivered: Delivered = error.delivered


async def test_a_bot(
    nemovideo_client: Callable[..., NemoVideo], nemovideo_emulator: Emulator
) -> None:
    async with nemovideo_client(token=nemovideo_emulator.register(credits=500)) as nemo:
        balance: Balance = await nemo.credits.balance()
    assert balance.available == 500
