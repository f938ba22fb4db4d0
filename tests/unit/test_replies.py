import datetime as dt
import json
from typing import Any

import pytest

from nemovideo.draft import Draft
from nemovideo.errors import (
    APIError,
    AuthenticationError,
    DraftError,
    ExportBlockedError,
    FileTooLargeError,
    InsufficientCreditsError,
    MissingClientIdError,
    RateLimitError,
    RenderNotFoundError,
    ServerError,
    SessionNotFoundError,
    UnsupportedFileError,
)
from nemovideo.models import (
    AnonymousToken,
    Balance,
    Render,
    Session,
    SessionState,
    UploadedFile,
)
from nemovideo.wire import replies, requests
from nemovideo.wire.refusals import SUPPORTED_FORMATS, Account
from nemovideo.wire.replies import Answer
from nemovideo.wire.requests import Request

NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
FREE = Account(anonymous=True, user_id="anon_7", web_url="https://web")
OWN = Account(anonymous=False, user_id=None, web_url="https://web")
READ = requests.latest_state("1")
MESSAGE = requests.message("1", "hi")
JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html; charset=utf-8"}


def unwrap(
    body: Any,
    status: int = 200,
    request: Request = READ,
    headers: dict[str, str] | None = None,
    account: Account = OWN,
) -> dict[str, Any]:
    """Read an answer; a body that is no bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return replies.unwrap(request, Answer(status, headers or JSON, content), account, NOW)


def refused(*args: Any, **keywords: Any) -> APIError:
    """The error that an answer becomes."""
    with pytest.raises(APIError) as caught:
        unwrap(*args, **keywords)
    return caught.value


@pytest.mark.parametrize(
    ("body", "data"),
    [
        ({"code": 0, "message": "ok", "data": {"a": 1}}, {"a": 1}),
        ({"code": 0, "data": {"a": 1}}, {"a": 1}),
        ({"code": "0", "data": {"a": 1}}, {"a": 1}),
        ({"success": True, "data": {"a": 1}}, {"a": 1}),
        ({"a": 1, "b": {"c": 2}}, {"a": 1, "b": {"c": 2}}),
        ({"code": 0, "a": 1}, {"a": 1}),
        ({"code": 0, "a": 1, "b": 2, "data": {"a": 3}}, {"a": 3, "b": 2}),
        ({"code": 0, "data": None}, {}),
        ({"code": None, "data": {"a": 1}}, {"a": 1}),
        ({}, {}),
    ],
    ids=[
        "code",
        "no message",
        "code as text",
        "success",
        "bare",
        "beside",
        "inside wins",
        "no data",
        "null code",
        "empty",
    ],
)
def test_three_envelopes_are_opened(body: Any, data: dict[str, Any]) -> None:
    """The data is the same whichever envelope it comes in (contract section 2)."""
    assert unwrap(body) == data


CODES = [
    (1001, AuthenticationError),
    (1002, SessionNotFoundError),
    (2001, InsufficientCreditsError),
    (4001, UnsupportedFileError),
    (4002, FileTooLargeError),
    (402, ExportBlockedError),
    (429, RateLimitError),
]


@pytest.mark.parametrize("status", [200, 400, 401, 404, 422, 500])
@pytest.mark.parametrize(("code", "kind"), CODES, ids=[str(code) for code, _ in CODES])
def test_a_code_means_one_error_whatever_the_status(
    code: int, kind: type[APIError], status: int
) -> None:
    """The code decides first; all of these refuse before anything ran."""
    error = refused({"code": code, "message": "No."}, status)

    assert type(error) is kind
    assert (error.code, error.status, error.delivered) == (code, status, "no")


@pytest.mark.parametrize("code", ["1001", 1001.0], ids=repr)
def test_a_code_may_be_written_otherwise(code: object) -> None:
    """A text or a float is the same number."""
    assert type(refused({"code": code})) is AuthenticationError


@pytest.mark.parametrize("code", ["Infinity", "true", "[]", '"x"', "1e999"])
def test_an_odd_code_is_no_crash(code: str) -> None:
    """What is no code is read as an answer or as a refusal, never as a Python error."""
    body = f'{{"code": {code}, "data": {{"a": 1}}}}'.encode()

    try:
        assert unwrap(body) == {"a": 1}
    except APIError as error:
        assert error.status == 200  # noqa: PT017  # either reading will do


BARE = [
    (401, READ, AuthenticationError, "no"),
    (402, READ, ExportBlockedError, "no"),
    (404, READ, SessionNotFoundError, "no"),
    (404, MESSAGE, SessionNotFoundError, "no"),
    (404, requests.upload_files("1"), SessionNotFoundError, "no"),
    (404, requests.get_render("r"), RenderNotFoundError, "no"),
    (404, requests.balance(), APIError, "no"),
    (400, requests.anonymous_token("c"), MissingClientIdError, "no"),
    (400, MESSAGE, APIError, "no"),
    (413, requests.upload_files("1"), FileTooLargeError, "no"),
    (415, requests.upload_files("1"), UnsupportedFileError, "no"),
    (422, MESSAGE, APIError, "no"),
    (429, MESSAGE, RateLimitError, "no"),
    (408, MESSAGE, APIError, "maybe"),
    (500, MESSAGE, ServerError, "maybe"),
    (503, MESSAGE, ServerError, "maybe"),
    (418, MESSAGE, APIError, "maybe"),
]
bare_statuses = pytest.mark.parametrize(
    ("status", "request_", "kind", "delivered"),
    BARE,
    ids=[f"{status} {request.method} {request.path}" for status, request, _, _ in BARE],
)


@bare_statuses
def test_a_bare_status_maps_by_route(
    status: int, request_: Request, kind: type[APIError], delivered: str
) -> None:
    """Without a code the status decides, and the route says what is missing."""
    error = refused({"detail": "No."}, status, request_)

    assert type(error) is kind
    assert error.delivered == delivered
    assert (error.code, error.method, error.path) == (None, request_.method, request_.path)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"code": 42'], ids=["empty", "HTML", "cut"])
@bare_statuses
def test_a_status_without_words_of_the_service_proves_nothing(
    status: int, request_: Request, kind: type[APIError], delivered: str, body: bytes
) -> None:
    """A proxy's page means what its status means, and nobody knows what ran behind it."""
    error = refused(body, status, request_, HTML)

    assert delivered
    assert type(error) is kind or type(error) is ServerError
    assert error.delivered == "maybe"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(413, FileTooLargeError), (429, RateLimitError), (401, AuthenticationError)],
)
def test_the_page_of_a_proxy_keeps_the_meaning_of_its_status(
    status: int, kind: type[APIError]
) -> None:
    """A 413 or 429 of nginx in HTML says too large, or too many, all the same."""
    assert type(refused(b"<html>no</html>", status, headers=HTML)) is kind


def test_retry_after_of_a_proxy_is_heard() -> None:
    """A rate limit in front of the service names its wait as well."""
    error = refused(b"", 429, headers={"Retry-After": "7"})

    assert getattr(error, "retry_after", None) == 7


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b'{"code": 0, "da', b"[1]", b"null", b"\xff"], ids=repr
)
def test_a_200_that_nobody_can_read_is_a_server_error(body: bytes) -> None:
    """Empty, HTML, cut, or no object: perhaps it ran."""
    error = refused(body, request=MESSAGE)

    assert type(error) is ServerError
    assert error.delivered == "maybe"


def test_a_body_nested_too_deep_is_a_server_error() -> None:
    """A parser's own error never reaches the caller."""
    assert type(refused(b"[" * 100_000)) is ServerError


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("No such session", "No such session"),
        ([{"msg": "field required", "loc": ["body"]}, {"msg": "not a str"}], "field required; not"),
        (["one", "two"], "one; two"),
    ],
    ids=["str", "objects", "list"],
)
def test_the_detail_of_a_refusal_is_told(detail: Any, words: str) -> None:
    """ADK says `detail`, as a text or as a list."""
    assert words in str(refused({"detail": detail}, 422))


def test_a_refusal_in_plain_text_is_told() -> None:
    """ADK's 403 is text/plain, and its own word."""
    error = refused(b"Forbidden: origin", 403, headers={"Content-Type": "text/plain"})

    assert "Forbidden: origin" in str(error)
    assert error.delivered == "no"


def test_success_false_is_a_refusal() -> None:
    """The second envelope has no code."""
    error = refused({"success": False, "error": "boom"})

    assert type(error) is APIError
    assert "boom" in str(error)


def test_the_html_of_a_proxy_is_not_shown() -> None:
    """Nobody wants to read a page."""
    assert "<html>" not in str(refused(b"<html>502</html>", 502, headers=HTML))


@pytest.mark.parametrize(
    ("body", "status", "cost"),
    [
        ({"code": 2001}, 200, "Nothing was charged."),
        (b"<html>", 502, "It may have run and been charged."),
    ],
    ids=["refused", "gateway"],
)
def test_a_refused_message_says_what_it_cost(body: Any, status: int, cost: str) -> None:
    """Every error of a paid call says whether it cost anything."""
    assert cost in str(refused(body, status, MESSAGE))


@pytest.mark.parametrize(
    ("status", "retryable"), [(200, False), (404, False), (408, True), (429, True), (503, True)]
)
def test_only_passing_trouble_is_retryable(status: int, *, retryable: bool) -> None:
    """The same request can succeed later after 408, 429 and 5xx."""
    assert refused({"success": False}, status).retryable is retryable


def test_an_anonymous_account_is_shown_where_to_register() -> None:
    """The link carries the account's id (contract section 2)."""
    error = refused({"code": 2001}, account=FREE)

    assert isinstance(error, InsufficientCreditsError)
    assert error.registration_url == "https://web/register?bind=anon_7"
    assert error.registration_url in error.hint


def test_an_anonymous_account_without_id_can_register_too() -> None:
    """Then the link has no id."""
    error = refused({"code": 2001}, account=Account(True, None, "https://web"))

    assert isinstance(error, InsufficientCreditsError)
    assert error.registration_url == "https://web/register"


def test_a_registered_account_is_told_to_top_up() -> None:
    """It has no registration link."""
    error = refused({"code": 2001})

    assert isinstance(error, InsufficientCreditsError)
    assert error.registration_url is None
    assert "Top up" in error.hint


def test_an_unsupported_file_lists_what_is_accepted() -> None:
    """The endings of contract section 3, HEIC not among them."""
    error = refused({"code": 4001})

    assert isinstance(error, UnsupportedFileError)
    assert error.supported == SUPPORTED_FORMATS
    formats = "mp4 mov avi webm mkv jpg jpeg png gif webp mp3 wav m4a aac"
    assert set(SUPPORTED_FORMATS) == {*formats.split(" ")}


@pytest.mark.parametrize(
    ("account", "advice"), [(FREE, "new free token"), (OWN, "NEMO_TOKEN")], ids=["free", "own"]
)
def test_a_rejected_token_says_what_to_check(account: Account, advice: str) -> None:
    """The advice depends on whose token it is."""
    assert advice in refused({"code": 1001}, account=account).hint


@pytest.mark.parametrize("code", [1001, 1002, 2001, 4001, 4002, 402, 429])
def test_every_refusal_has_a_hint(code: int) -> None:
    """What to do next is always said."""
    assert refused({"code": code}).hint


def test_the_id_of_a_request_is_kept() -> None:
    """Support asks for it."""
    assert refused({"code": 1}, headers={**JSON, "X-Request-Id": "q1"}).request_id == "q1"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3.0),
        (" 2.5 ", 2.5),
        ("0", 0.0),
        ("-4", 0.0),
        ("Fri, 02 Jan 2026 03:04:35 GMT", 30.0),
        ("Fri, 02 Jan 2026 03:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("inf", None),
        ("Fri, 99 Jan 2026 03:04:35 GMT", None),
        ("Fri, 02 Jan 2026 03:04:35", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    """Both forms of RFC 9110, 10.2.3; garbage is nothing."""
    assert replies.seconds_to_wait({"Retry-After": value}, NOW) == seconds


def test_a_rate_limit_carries_its_wait() -> None:
    """The error tells what the header said."""
    error = refused({"code": 429}, 429, headers={**JSON, "Retry-After": "12"})

    assert isinstance(error, RateLimitError)
    assert error.retry_after == 12


def test_an_anonymous_token_is_read() -> None:
    """All fields of contract section 3."""
    data = {"token": "t", "user_id": "anon_1", "expires_at": "2026-01-09T00:00:00Z", "credits": 100}

    assert replies.anonymous_token(data) == AnonymousToken(
        "t", "anon_1", dt.datetime(2026, 1, 9, tzinfo=dt.UTC), 100
    )


@pytest.mark.parametrize("moment", [None, "soon", 5, "2026-13-01"], ids=repr)
def test_an_odd_moment_is_unknown(moment: Any) -> None:
    """Only the token is needed."""
    read = replies.anonymous_token({"token": "t", "expires_at": moment, "credits": "many"})

    assert read == AnonymousToken("t")


def test_a_moment_without_zone_is_utc() -> None:
    """So that it can be compared."""
    read = replies.anonymous_token({"token": "t", "expires_at": "2026-01-09T00:00:00"})

    assert read.expires_at == dt.datetime(2026, 1, 9, tzinfo=dt.UTC)


@pytest.mark.parametrize("data", [{}, {"token": None}, {"token": ""}, {"token": 5}], ids=repr)
def test_an_answer_without_its_main_field_is_unreadable(data: dict[str, Any]) -> None:
    """It names what is missing."""
    with pytest.raises(ServerError, match="token"):
        replies.anonymous_token(data)


def test_a_session_is_read() -> None:
    """With the ids beside it."""
    read = replies.session({"session_id": "1", "task_id": "2", "user_id": "anon_3"})

    assert read == Session("1", "2", "anon_3")


def test_a_session_id_is_text_to_its_last_digit() -> None:
    """A server that sends a number means its 19 digits."""
    data = unwrap(b'{"code":0,"data":{"session_id":1234567890123456789}}')

    assert replies.session(data) == Session("1234567890123456789")


def test_a_claim_token_is_read() -> None:
    """With the seconds that it lasts."""
    read = replies.claim_token({"claim_token": "clm_1", "expires_in": 604800})

    assert read == ("clm_1", 604800)


def test_uploaded_files_are_read() -> None:
    """Optional fields may be missing, unknown ones are left alone."""
    data = {
        "files": [
            {
                "filename": "a.mp4",
                "file_type": "video",
                "cdn_url": "https://c/a",
                "duration": 3.5,
                "width": 4,
                "height": 2,
                "fps": 30,
                "hash": "h",
                "new": 1,
            },
            {"filename": "b.jpg"},
            "odd",
        ]
    }

    assert replies.uploaded_files(data) == [
        UploadedFile("a.mp4", "video", "https://c/a", 3.5, 4, 2, 30, "h"),
        UploadedFile("b.jpg"),
    ]


@pytest.mark.parametrize("data", [{}, {"files": None}, {"files": []}], ids=repr)
def test_no_uploaded_files_are_an_empty_list(data: dict[str, Any]) -> None:
    """A missing list holds nothing."""
    assert replies.uploaded_files(data) == []


@pytest.mark.parametrize("files", [{"a.jpg": {}}, "a.jpg", 5], ids=repr)
def test_an_odd_list_of_files_is_no_crash(files: Any) -> None:
    """Another shape is read as nothing."""
    assert replies.uploaded_files({"files": files}) == []


@pytest.mark.parametrize(
    ("data", "balance"),
    [
        ({"available": 80, "frozen": 20, "total": 100}, Balance(80, 20, 100)),
        ({"available": 80, "frozen": 20}, Balance(80, 20, 100)),
        ({"available": 80}, Balance(80, 0, 80)),
        ({"available": 80, "frozen": "many", "total": None}, Balance(80, 0, 80)),
        ({"available": 0.5, "frozen": 0, "total": 0}, Balance(0.5, 0, 0)),
    ],
    ids=["whole", "no total", "available", "odd", "total of zero"],
)
def test_a_balance_is_read(data: dict[str, Any], balance: Balance) -> None:
    """The total is the sum where nobody says it."""
    assert replies.balance(data) == balance


@pytest.mark.parametrize("data", [{}, *({"available": odd} for odd in (None, "80", True, [80]))])
def test_credits_that_cannot_be_read_are_not_none(data: dict[str, Any]) -> None:
    """An account that seems to have spent all would prove that a lost message was carried out."""
    with pytest.raises(ServerError, match="lacks available") as caught:
        replies.balance(data)

    assert caught.value.hint


def test_what_is_no_number_in_json_is_none_here() -> None:
    """Python reads `NaN`, with which nothing can be counted."""
    with pytest.raises(ServerError, match="lacks available"):
        replies.balance(json.loads('{"available": NaN}'))


def test_a_state_is_read() -> None:
    """The draft is typed, the rest is as it came."""
    state = {
        "draft": {"d": 1},
        "video_infos": [1],
        "generated_media": [{"a": 2}],
        "canvas_config": {"w": 3},
        "video_analyses": [4],
    }

    assert replies.session_state({"state": state}) == SessionState(
        Draft.from_wire({"d": 1}), (1,), ({"a": 2},), {"w": 3}, state
    )


@pytest.mark.parametrize(
    "data",
    [{"state": None}, {"state": {}}, {"state": {"draft": None}}, {"state": {"draft": {}}}],
    ids=repr,
)
def test_a_state_before_the_first_edit_has_no_draft(data: dict[str, Any]) -> None:
    """Empty and null are the same."""
    assert replies.session_state(data).draft is None


@pytest.mark.parametrize("data", [{}, {"states": {}}, {"state": [1]}, {"state": "none"}], ids=repr)
def test_a_state_that_cannot_be_read_is_not_taken_for_an_empty_one(data: dict[str, Any]) -> None:
    """A timeline that seems to be gone would prove that a lost message was carried out."""
    with pytest.raises(ServerError, match="lacks state") as caught:
        replies.session_state(data)

    assert caught.value.hint


def test_a_state_whose_draft_is_no_draft_is_told() -> None:
    """A timeline that cannot be read is never taken for none."""
    with pytest.raises(DraftError):
        replies.session_state({"state": {"draft": [1]}})


@pytest.mark.parametrize(
    ("data", "render"),
    [
        (
            {
                "taskId": "x",
                "status": "completed",
                "progress": 100,
                "output": {"url": "u", "duration": 15.0, "size": 9},
            },
            Render("r", "completed", 100, "u", 15.0, 9),
        ),
        (
            {"id": "r", "status": "completed", "progress": 100, "outputUrl": "u", "createdAt": "c"},
            Render("r", "completed", 100, "u"),
        ),
        (
            {"status": "completed", "output": {"duration": 3}, "outputUrl": "u", "size": 9},
            Render("r", "completed", None, "u", 3, 9),
        ),
        ({"status": "completed", "output": "odd"}, Render("r", "completed")),
        ({"status": "completed", "outputUrl": ""}, Render("r", "completed")),
        (
            {"status": "completed", "output": {"url": ""}, "outputUrl": "", "url": "u"},
            Render("r", "completed", url="u"),
        ),
        ({"status": "COMPLETED", "output_url": "u"}, Render("r", "completed", None, "u")),
        ({"status": "failed", "error": "boom"}, Render("r", "failed", error="boom")),
        (
            {"status": "failed", "error": {"message": "boom"}},
            Render("r", "failed", error="boom"),
        ),
        ({"status": "processing", "progress": 41.5}, Render("r", "processing", 41.5)),
        ({"status": "warming up"}, Render("r", "processing")),
        ({"status": "queued"}, Render("r", "pending")),
        ({"status": None}, Render("r", "processing")),
        ({}, Render("r", "pending")),
    ],
    ids=[
        "shape A",
        "shape B",
        "mixture",
        "no url",
        "empty url",
        "empty urls",
        "upper case",
        "failed",
        "failed with object",
        "half",
        "unknown word",
        "queued",
        "null",
        "nothing",
    ],
)
def test_a_render_is_read_in_every_shape(data: dict[str, Any], render: Render) -> None:
    """Shapes A and B of contract section 3, and what lies between."""
    assert replies.render(data, "r") == render


def test_the_error_beside_a_failed_render_is_kept() -> None:
    """In shape B it stands outside of the data."""
    data = unwrap({"success": True, "data": {"status": "failed"}, "error": "boom"})

    assert replies.render(data, "r") == Render("r", "failed", error="boom")


def test_a_failed_render_may_come_as_no_success() -> None:
    """`success: false` beside a render's status speaks of the render, not of the request."""
    body = {"success": False, "data": {"id": "r", "status": "failed"}, "error": "boom"}

    data = unwrap(body, request=requests.get_render("r"))

    assert replies.render(data, "r") == Render("r", "failed", error="boom")


@pytest.mark.parametrize(
    ("render", "finished"),
    [
        (Render("r", "completed", url="u"), True),
        (Render("r", "completed"), False),
        (Render("r", "processing", url="u"), False),
    ],
    ids=["with url", "without url", "still running"],
)
def test_a_render_is_finished_once_its_file_is_there(render: Render, *, finished: bool) -> None:
    """`completed` without an address is not finished yet (contract section 3)."""
    assert render.is_finished is finished


def test_a_token_that_the_service_echoes_is_masked() -> None:
    """What a service says against a request goes into errors and logs; a token does not."""
    error = refused({"code": 1001, "message": "token nmv_usr_abc123 is unknown"}, 401)

    assert "abc123" not in str(error)
    assert "nmv_usr_.. is unknown" in str(error)
