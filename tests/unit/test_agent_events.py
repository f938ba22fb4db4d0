import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.errors import (
    AgentError,
    APIError,
    InsufficientCreditsError,
    SessionNotFoundError,
    StreamError,
    StreamInterruptedError,
)
from nemovideo.events import (
    ArtifactSaved,
    Event,
    Heartbeat,
    Notice,
    StateChanged,
    StillWorking,
    TextDelta,
    TextDone,
    Thought,
    ToolCall,
    ToolResult,
    UnknownEvent,
)
from nemovideo.models import Reply
from nemovideo.wire import requests
from nemovideo.wire.agent_events import EventReader
from nemovideo.wire.refusals import Account, Refusal, error_for
from nemovideo.wire.reply import GROUP_BREAK, ReplyBuilder
from nemovideo.wire.sse import Frame

TROUBLE = "I encountered a temporary issue. Please try again."


def said(text: str, **more: Any) -> dict[str, Any]:
    """An event of the agent with one text."""
    return agent({"text": text}, **more)


def agent(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An event of the agent with these parts."""
    return {"content": {"role": "model", "parts": [*parts]}, "author": "nemo_agent", **more}


def partial(text: str, **more: Any) -> dict[str, Any]:
    """A delta of a text."""
    return said(text, partial=True, **more)


def call(name: str = "cut") -> dict[str, Any]:
    """A part that calls a tool."""
    return {"functionCall": {"id": "c1", "name": name, "args": {"at": 3}}}


def reader() -> EventReader:
    """A reader of the answer to a message of a free account."""
    account = Account(anonymous=True, user_id="anon_7", web_url="https://web")

    def refused(refusal: Refusal) -> APIError:
        return error_for(requests.message("1", "hi"), refusal, account)

    return EventReader(refused)


def read(*documents: Any, end: bool = True) -> list[Event]:
    """The events of a stream of JSON documents."""
    reading = reader()
    frames = [Frame("", json.dumps(document).encode()) for document in documents]
    events = [event for frame in frames for event in reading.read(frame)]
    return events + (reading.finish() if end else [])


def reply(events: list[Event]) -> Reply:
    """What the events come to."""
    builder = ReplyBuilder()
    for event in events:
        builder.add([event])
    return builder.build()


def texts(*documents: Any) -> str:
    """The text of the reply to a stream."""
    return reply(read(*documents)).text


def shown(events: list[Event]) -> str:
    """What a screen has once all deltas came; a break stands between two texts."""
    out, gap = "", ""
    for event in events:
        if isinstance(event, TextDelta):
            out, gap = out + gap + event.text, ""
        elif isinstance(event, TextDone):
            gap = GROUP_BREAK
    return out


def test_deltas_are_shown_and_their_final_counts_once() -> None:
    """The final repeats the whole text, which is not shown again."""
    assert read(partial("Add"), partial("ing."), said("Adding.")) == [
        TextDelta("Add"),
        TextDelta("ing."),
        TextDone("Adding."),
    ]


def test_a_final_without_deltas_is_shown_whole() -> None:
    """A server that does not stream still speaks."""
    assert read(said("Hello.")) == [TextDelta("Hello."), TextDone("Hello.")]


def test_what_a_final_adds_is_shown() -> None:
    """Deltas that were lost on the way come with the final."""
    assert read(partial("Hel"), said("Hello.")) == [
        TextDelta("Hel"),
        TextDelta("lo."),
        TextDone("Hello."),
    ]


def test_deltas_without_a_final_are_the_only_copy() -> None:
    """At the end of the body they are the text."""
    assert read(partial("Hel"), partial("lo.")) == [
        TextDelta("Hel"),
        TextDelta("lo."),
        TextDone("Hello."),
    ]


def test_deltas_without_a_final_end_at_a_tool() -> None:
    """A tool between two texts separates them."""
    assert texts(partial("First."), agent(call()), partial("Second.")) == "First.\n\nSecond."


def test_a_final_after_its_tool_counts_once() -> None:
    """A final that comes late is the text that was closed for want of it."""
    assert texts(partial("First."), agent(call()), said("First.")) == "First."


def test_each_model_call_gives_a_text() -> None:
    """A run has several groups of deltas and finals; all finals together are the reply."""
    documents = [partial("One"), said("One."), agent(call()), partial("Two"), said("Two.")]

    assert texts(*documents) == "One.\n\nTwo."


def test_two_finals_with_the_same_words_are_two_texts() -> None:
    """An agent may say "Done." twice."""
    assert texts(said("Done."), agent(call()), said("Done.")) == "Done.\n\nDone."


def test_two_frames_with_one_id_are_both_read() -> None:
    """Ids of events may repeat and mean nothing."""
    assert texts(said("One.", id="e1"), said("Two.", id="e1")) == "One.\n\nTwo."


def test_text_and_call_in_one_event_both_count() -> None:
    """The text belongs to the deltas before it, the call comes after it."""
    assert read(partial("Now"), agent({"text": "Now I cut."}, call())) == [
        TextDelta("Now"),
        TextDelta(" I cut."),
        TextDone("Now I cut."),
        ToolCall("cut", {"at": 3}, "c1"),
    ]


def test_several_text_parts_are_one_text() -> None:
    """The parts of one event belong together."""
    assert texts(agent({"text": "One, "}, {"text": "two."})) == "One, two."


def test_a_space_that_a_final_changes_keeps_the_screen_true() -> None:
    """What was shown piece by piece is what the reply says, whatever the final does to spaces."""
    events = read(partial("Hello "), said("Hello\nworld"))

    assert shown(events) == reply(events).text


def test_a_final_that_strips_its_text_does_not_repeat_it() -> None:
    """White space around a text makes no second text."""
    assert texts(partial("\nHello."), said("Hello.")).strip() == "Hello."


def test_calls_results_and_state_of_partial_events_do_not_count() -> None:
    """They come again, complete, in the event that is not partial."""
    half = agent(call(), partial=True, actions={"stateDelta": {"draft": {}}})

    assert read(half) == []


def test_a_result_has_the_role_of_the_user_and_counts() -> None:
    """Nothing is filtered by role or author."""
    document = agent({"functionResponse": {"id": "c1", "name": "cut", "response": {"ok": True}}})
    document["content"]["role"] = "user"

    assert read(document) == [ToolResult("cut", {"ok": True}, "c1")]


def test_the_state_delta_rides_on_a_result() -> None:
    """What a tool wrote comes with its result, after it."""
    document = agent(
        {"functionResponse": {"name": "cut", "response": None}},
        actions={"stateDelta": {"draft": {"d": 1}}, "artifactDelta": {"a.mp3": 2}},
    )

    assert read(document) == [
        ToolResult("cut", None, None),
        StateChanged({"draft": {"d": 1}}),
        ArtifactSaved({"a.mp3": 2}),
    ]


def test_state_deltas_merge_by_their_keys() -> None:
    """A later delta replaces a key whole and leaves the others (contract section 4)."""
    first = {"actions": {"stateDelta": {"draft": {"d": 1, "x": 1}, "canvas": 1}}}
    second = {"actions": {"stateDelta": {"draft": {"d": 2}}}}

    assert reply(read(first, second)).state_delta == {"draft": {"d": 2}, "canvas": 1}


def test_a_draft_in_a_state_delta_keeps_its_numbers() -> None:
    """A timeline is as exact in an event as in a state answer."""
    data = b'{"actions":{"stateDelta":{"draft":{"d":18446744073709551616,"f":1.0}}}}'

    (event,) = reader().read(Frame("", data))

    assert isinstance(event, StateChanged)
    assert json.dumps(event.delta["draft"]) == '{"d": 18446744073709551616, "f": 1.0}'


def test_thoughts_are_no_text() -> None:
    """Thinking aloud is apart from the reply."""
    events = read(
        agent({"text": "Let me ", "thought": True}, partial=True),
        agent({"text": "think.", "thought": True}, partial=True),
        agent({"text": "Let me think.", "thought": True}, {"text": "Hello."}),
    )

    assert reply(events) == Reply(text="Hello.", thoughts="Let me think.")
    assert events[:2] == [Thought("Let me "), Thought("think.")]


def test_thoughts_of_two_model_calls_are_both_kept() -> None:
    """A thought that never got its final does not swallow the next one."""
    events = read(
        agent({"text": "Plan A.", "thought": True}, partial=True),
        agent({"text": "Plan B.", "thought": True}, {"text": "Hello."}),
    )

    assert reply(events).thoughts == "Plan A.Plan B."


def test_a_thought_that_begins_like_the_remark_is_kept() -> None:
    """Only texts can be the remark that is left out."""
    events = read(agent({"text": "I", "thought": True}, partial=True), said("Hello."))

    assert reply(events).thoughts == "I"


def test_an_error_code_is_a_notice() -> None:
    """It stands beside the rest and does not mean that the edit failed."""
    document = said("All of it.", errorCode="MAX_TOKENS", errorMessage="cut")

    assert read(document) == [
        TextDelta("All of it."),
        TextDone("All of it."),
        Notice("MAX_TOKENS", "cut"),
    ]


def test_an_error_code_without_content_is_a_notice() -> None:
    """As after a silent edit."""
    assert read({"errorCode": "MODEL_RETURNED_NO_CONTENT"}) == [Notice("MODEL_RETURNED_NO_CONTENT")]


def test_an_error_code_on_a_partial_event_is_a_notice_too() -> None:
    """Whatever it stands on, it is reported beside the rest."""
    assert Notice("SAFETY", "") in read(partial("Hi", errorCode="SAFETY"))


@pytest.mark.parametrize("cut", [1, 5, 20, len(TROUBLE)])
def test_a_trailing_temporary_issue_is_left_out(cut: int) -> None:
    """After an otherwise normal stream it means nothing, and is not shown on the way either."""
    events = read(said("Done."), partial(TROUBLE[:cut]), partial(TROUBLE[cut:]), said(TROUBLE))

    assert reply(events).text == shown(events) == "Done."


def test_a_temporary_issue_alone_is_told() -> None:
    """Where nothing else was said it is the reply."""
    assert texts(said(TROUBLE)) == TROUBLE


def test_a_temporary_issue_in_the_middle_is_told() -> None:
    """Only the last text can be the remark that is left out."""
    assert texts(said(TROUBLE), said("Done.")) == f"{TROUBLE}\n\nDone."


def test_a_text_that_only_begins_alike_is_shown() -> None:
    """An "I" is held for a moment and then released."""
    events = read(partial("I"), partial(" did it."), said("I did it."))

    assert events[0] == TextDelta("I did it.")
    assert reply(events).text == "I did it."


@pytest.mark.parametrize(
    "frame",
    [
        Frame("", None),
        Frame("", b""),
        Frame("heartbeat", b""),
        Frame("heartbeat", b"ping"),
        Frame("", b'{"type":"heartbeat"}'),
    ],
    ids=["comment", "empty data", "event", "event with data", "flat"],
)
def test_heartbeats_come_in_several_forms(frame: Frame) -> None:
    """All of them prove the connection and nothing else."""
    assert [*reader().read(frame)] == [Heartbeat()]


def test_the_flat_form_is_read() -> None:
    """The vendor's own form says the same."""
    events = read(
        {"type": "text", "content": "One "},
        {"type": "text", "content": "two."},
        {"type": "tool_call", "name": "cut", "args": {"at": 3}},
        {"type": "tool_result", "name": "cut", "result": {"ok": True}},
    )

    assert events == [
        TextDelta("One "),
        TextDelta("two."),
        TextDone("One two."),
        ToolCall("cut", {"at": 3}),
        ToolResult("cut", {"ok": True}),
    ]


def test_the_barest_form_is_read() -> None:
    """`{"text": ..}` is a delta."""
    assert texts({"text": "Hel"}, {"text": "lo."}) == "Hello."


@pytest.mark.parametrize(
    "document",
    [
        {"type": "text", "content": None},
        {"type": "text"},
        {"text": None, "type": "text"},
    ],
)
def test_a_flat_text_without_words_says_nothing(document: dict[str, Any]) -> None:
    """A null is no word "None"."""
    assert texts(document) == ""


def test_snake_case_is_read() -> None:
    """Some servers do not write camelCase."""
    document = agent(
        {"function_call": {"id": "c", "name": "cut", "args": {}}},
        {"function_response": {"id": "c", "name": "cut", "response": 1}},
        actions={"state_delta": {"a": 1}, "artifact_delta": {"b": 2}},
        error_code="X",
        error_message="y",
    )

    assert read(document) == [
        ToolCall("cut", {}, "c"),
        ToolResult("cut", 1, "c"),
        StateChanged({"a": 1}),
        ArtifactSaved({"b": 2}),
        Notice("X", "y"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b'{"error": "boom"}',
        b'{"error": "boom", "error_details": {"a": 1}}',
        b'{"error": {"message": "boom"}}',
        b'{"error": "boom", "content": null}',
        b'{"error": "tool "boom" failed"}',
        b'{"error": "boom',
        b'{"type": "error", "error": "boom"}',
        b'{"type": "error", "content": "boom"}',
        b'{"type": "system", "content": "Error: boom"}',
        b'{"author": "system", "content": {"parts": [{"text": "Error: boom"}]}}',
        b"boom",
        b"boom \xff",
    ],
    ids=[
        "words",
        "details",
        "object",
        "null content",
        "not escaped",
        "cut",
        "flat error",
        "flat content",
        "flat system",
        "system event",
        "plain text",
        "no UTF-8",
    ],
)
def test_a_failure_inside_the_stream_is_raised(data: bytes) -> None:
    """A 200 may hold a failure in many forms; each says what the agent said."""
    with pytest.raises(AgentError, match="boom"):
        [*reader().read(Frame("", data))]


def test_a_payload_nested_too_deep_is_a_stream_error() -> None:
    """What no parser can read is a typed error, never the parser's own."""
    with pytest.raises(StreamError):
        [*reader().read(Frame("", b"[" * 100_000))]


def test_a_null_error_is_no_failure() -> None:
    """A server that writes its empty fields has not failed."""
    assert texts({"text": "Hello.", "error": None}) == "Hello."


def test_an_agent_that_speaks_of_errors_has_not_failed() -> None:
    """Only the system reports failures in words."""
    assert texts(said("Error: is what the title says now.")).startswith("Error:")


@pytest.mark.parametrize(
    "document",
    [
        {"type": "surprise", "x": 1},
        {"x": 1},
        {"type": "system", "content": "Hello"},
        agent({"inlineData": {"mimeType": "image/png", "data": "AAAA"}}),
    ],
    ids=["type", "no type", "system", "part"],
)
def test_an_unknown_event_is_kept_as_it_came(document: dict[str, Any]) -> None:
    """New kinds of events reach the caller whole."""
    assert read(document) == [UnknownEvent(document)]


@pytest.mark.parametrize("value", [5, "text", [1], None], ids=repr)
def test_json_that_is_no_object_is_unknown(value: Any) -> None:
    """Legal JSON of another shape is no failure."""
    assert read(value) == [UnknownEvent({"value": value})]


@pytest.mark.parametrize(
    "document",
    [
        {"content": None, "actions": None, "invocationId": "e"},
        {"content": {"parts": None}},
        {"content": {"parts": []}, "turnComplete": True},
        {"content": {"parts": [{"text": ""}]}},
        {"content": {"parts": [None, 3]}},
        {"content": {"parts": 5}},
        {"content": {"parts": {"text": "x"}}},
        {"content": {"parts": [{"functionCall": None}]}},
    ],
    ids=json.dumps,
)
def test_an_odd_shape_is_no_crash(document: dict[str, Any]) -> None:
    """A reader must be tolerant: what has no meaning gives no text and no error."""
    assert texts(document) == ""


def test_nan_and_lone_surrogates_are_read() -> None:
    """What strict parsers refuse is still an event."""
    data = b'{"text":"\\ud83d","x":NaN}'

    assert [*reader().read(Frame("", data))] == [TextDelta("\ud83d")]


def test_an_empty_stream_is_legal() -> None:
    """200 with no bytes is a reply without words."""
    assert reply(read()) == Reply()


def test_still_working_is_no_part_of_a_reply() -> None:
    """What this side says is not what the agent says."""
    assert reply([StillWorking(1.0), Heartbeat(), UnknownEvent({})]) == Reply()


def test_a_reply_can_be_had_before_its_end() -> None:
    """Deltas so far are the text so far."""
    assert reply(read(said("One."), partial("Tw"), end=False)).text == "One.\n\nTw"


WORDS = st.text(alphabet="aI .\n", max_size=6)


@st.composite
def runs(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[str]]:
    """A run of an agent, with deltas or not, and the texts that it meant."""
    documents, meant = [], []
    for pieces in draw(st.lists(st.lists(WORDS, min_size=1, max_size=4), max_size=5)):
        whole = "".join(pieces)
        if draw(st.booleans()):
            documents += [partial(piece) for piece in pieces]
        documents += [agent({"text": whole}, *([call()] if draw(st.booleans()) else []))]
        meant.append(whole)
    return documents, meant


@given(runs())
def test_each_text_counts_once(run: tuple[list[dict[str, Any]], list[str]]) -> None:
    """However a run is cut into deltas, the reply is its finals, and the screen shows the same."""
    documents, meant = run

    events = read(*documents)

    assert reply(events).text == GROUP_BREAK.join(text for text in meant if text)
    assert shown(events) == reply(events).text


STEPS = st.sampled_from(
    [
        partial("a"),
        partial("b"),
        partial(" "),
        partial("I"),
        said("a"),
        said("ab"),
        said(" "),
        said(TROUBLE),
        agent(call()),
        agent({"text": "a"}, call()),
        {"text": "c"},
        {"type": "heartbeat"},
    ]
)


@given(st.lists(STEPS, max_size=8))
def test_the_screen_shows_what_the_reply_says(documents: list[dict[str, Any]]) -> None:
    """Whatever an agent sends in whatever order, deltas and reply agree."""
    events = read(*documents)

    assert shown(events) == reply(events).text


@pytest.mark.parametrize("empty", ["", False, None, {}], ids=repr)
def test_an_empty_error_beside_a_result_is_no_failure(empty: Any) -> None:
    """A server that writes its empty fields has not failed."""
    document = {"type": "tool_result", "name": "cut", "result": 1, "error": empty}

    assert read(document) == [ToolResult("cut", 1)]


def test_an_error_beside_an_empty_content_is_one() -> None:
    """Empty parts say nothing against it."""
    with pytest.raises(AgentError, match="boom"):
        read({"content": {"parts": []}, "error": "boom"})


def test_a_flat_error_says_its_detail() -> None:
    """The error's own words come first."""
    with pytest.raises(AgentError, match="detail"):
        read({"type": "error", "content": "failed", "error": "detail"})


def failure(data: bytes, *, name: str = "", broken: bytes = b"") -> AgentError:
    """The failure of the agent that a frame tells of."""
    with pytest.raises(AgentError) as caught:
        reader().read(Frame(name, data, broken))
    return caught.value


REFUSALS = [
    ({"code": 2001, "message": "no credits"}, InsufficientCreditsError, "no"),
    ({"code": "2001"}, InsufficientCreditsError, "no"),
    ({"code": 2001, "error": "no credits"}, InsufficientCreditsError, "no"),
    ({"success": False, "error": "no credits", "code": 2001}, InsufficientCreditsError, "no"),
    ({"type": "error", "code": 2001, "message": "no"}, InsufficientCreditsError, "no"),
    ({"code": 1002, "detail": "gone"}, SessionNotFoundError, "no"),
    ({"code": 404, "message": "gone"}, SessionNotFoundError, "no"),
    ({"success": False, "error": "boom"}, APIError, "maybe"),
    ({"detail": "boom"}, APIError, "maybe"),
    ({"detail": [{"msg": "boom", "loc": ["body"]}]}, APIError, "maybe"),
    ({"code": 5000, "message": "boom"}, APIError, "maybe"),
]


@pytest.mark.parametrize(("document", "kind", "delivered"), REFUSALS, ids=repr)
def test_a_refusal_inside_the_stream_is_raised(
    document: dict[str, Any], kind: type[APIError], delivered: str
) -> None:
    """It is the error that its code means; a heartbeat before it changes nothing."""
    with pytest.raises(APIError) as caught:
        read({"type": "heartbeat"}, document)

    assert type(caught.value) is kind
    assert caught.value.delivered == delivered


def test_credits_that_end_inside_the_stream_lead_to_the_registration() -> None:
    """The error is whole, as if it had come instead of the stream."""
    with pytest.raises(InsufficientCreditsError) as caught:
        read({"code": 2001, "message": "no credits"})

    assert caught.value.registration_url == "https://web/register?bind=anon_7"
    assert "Nothing was charged." in str(caught.value)


@pytest.mark.parametrize("before", [partial("Let me"), agent(call()), {"x": 1}], ids=repr)
def test_a_refusal_after_events_came_when_work_had_begun(before: dict[str, Any]) -> None:
    """Then nobody may say that nothing ran."""
    with pytest.raises(InsufficientCreditsError) as caught:
        read(before, {"code": 2001})

    assert caught.value.delivered == "yes"
    assert "had begun" in str(caught.value)


@pytest.mark.parametrize(
    "document",
    [
        said("Hello.", code=2001),
        {**agent(call()), "code": 2001, "success": False, "detail": "x"},
        {"content": None, "code": 2001},
        {"actions": {}, "code": 2001},
        {"type": "text", "content": "Hello.", "code": 2001},
        {"type": "surprise", "code": 2001},
        {"text": "Hello.", "code": 2001},
        {"code": 0, "data": {}},
        {"code": None},
        {"code": True},
        {"code": "SAFETY"},
        {"success": True},
        {"detail": ""},
        {"errorCode": 2001},
    ],
    ids=repr,
)
def test_an_event_with_a_code_is_no_refusal(document: dict[str, Any]) -> None:
    """New keys beside an event's own, and envelopes that refuse nothing."""
    read(document)


def test_an_error_with_a_code_of_its_own_is_the_agents() -> None:
    """Models have codes too, which say nothing about our message."""
    with pytest.raises(AgentError, match="overloaded"):
        read({"error": {"code": 503, "message": "overloaded"}, "code": 503})


def test_an_error_that_breaks_its_line_is_told_whole() -> None:
    """All its lines, without the JSON around them."""
    broken = b'{"error": "first line\nsecond line "quoted""}'

    told = failure(broken.split(b"\n")[0], broken=broken)

    assert told.message == 'The agent failed: first line\nsecond line "quoted"'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"error": "tool "cut" failed"}', 'tool "cut" failed'),
        (b' { "error" : "tool "cut"" } ', 'tool "cut"'),
        (b'{"error": "tool "cut"", "error_details": {"a": "b"}}', 'tool "cut"'),
        (b'{"error": "cut here', "cut here"),
        (b"plain words", "plain words"),
        (b'{"other": "a "b""}', '{"other": "a "b""}'),
    ],
    ids=["quotes", "spaces", "details", "cut", "plain", "other key"],
)
def test_an_unescaped_error_is_told_without_its_scraps(data: bytes, words: str) -> None:
    """What old servers build by hand is taken apart by hand."""
    assert failure(data).message == f"The agent failed: {words}"


def test_a_long_failure_is_kept_to_a_bound() -> None:
    """A traceback is kept, a megabyte is not."""
    assert 5_000 < len(failure(b'{"error": "' + b"word " * 500_000).message) < 11_000


def test_a_token_in_a_failure_is_masked() -> None:
    """What a service says goes into errors and logs; a token does not."""
    assert "abc123" not in str(failure(b'{"error": "bad token nmv_usr_abc123"}'))


def test_an_event_that_came_twice_counts_once() -> None:
    """A faulty proxy sends each frame twice, with heartbeats between."""
    documents = [
        partial("Now", id="e1"),
        partial(" I cut.", id="e2"),
        agent({"text": "Now I cut."}, call(), id="e3"),
        agent(
            {"functionResponse": {"id": "c1", "name": "cut", "response": 1}},
            id="e4",
            actions={"stateDelta": {"draft": {}}},
        ),
        said("Done.", id="e5", errorCode="X"),
    ]
    doubled = [twice for one in documents for twice in (one, {"type": "heartbeat"}, one)]

    events = [event for event in read(*doubled) if event != Heartbeat()]

    assert events == read(*documents)


@pytest.mark.parametrize(
    ("documents", "text"),
    [
        ([partial("a"), partial("a")], "aa"),
        ([partial("a", id=""), partial("a", id="")], "aa"),
        ([{"text": "a"}, {"text": "a"}], "aa"),
        ([{"text": "a", "id": "e1"}, {"text": "a", "id": "e1"}], "aa"),
        ([{"type": "text", "content": "a", "id": "e1"}] * 2, "aa"),
        ([partial("a", id="e1", timestamp=1), partial("a", id="e1", timestamp=2)], "aa"),
        ([partial("a", id="e1"), partial("b", id="e1"), partial("a", id="e1")], "aba"),
    ],
    ids=["no id", "empty id", "bare", "bare with id", "flat", "one id", "not in a row"],
)
def test_deltas_that_are_alike_are_all_kept(documents: list[dict[str, Any]], text: str) -> None:
    """Only what is the same to the last byte, in a row and with an id was sent twice."""
    assert texts(*documents) == text


@pytest.mark.parametrize(
    "words", [["ha", "ha"], ["ha", "ha", "!"], ["I", "I", "!"], ["a", "b", "b", "c", "c"]], ids=repr
)
def test_a_final_heals_deltas_that_were_alike(words: list[str]) -> None:
    """Old servers give equal deltas one id and one time; the final knows what was meant."""
    documents = [partial(word, id="e1", timestamp=1) for word in words]

    assert texts(*documents, said("".join(words), id="e1")) == "".join(words)


def test_a_final_that_strips_deltas_that_were_alike_heals_them_too() -> None:
    """White space around a text makes no other text."""
    documents = [partial(word, id="e1") for word in ("ha", "ha", "!\n")]

    assert texts(*documents, said("haha!")) == "haha!"


@pytest.mark.parametrize("words", [["ha", "ha", "!"], ["a", "b", "b", "c"]], ids=repr)
def test_a_late_final_of_deltas_that_were_alike_counts_no_second_time(words: list[str]) -> None:
    """Whichever way they were meant."""
    documents = [partial(word, id="e1") for word in words]
    meant = "".join(dict.fromkeys(words))

    assert texts(*documents, agent(call()), said("".join(words))) == meant
    assert texts(*documents, agent(call()), said(meant)) == meant


def test_thoughts_that_came_twice_count_once() -> None:
    """They are deltas as well."""
    thought = agent({"text": "Hm.", "thought": True}, partial=True, id="e1")

    assert reply(read(thought, thought)).thoughts == "Hm."


@given(runs(), st.lists(st.booleans(), min_size=1))
def test_frames_sent_twice_change_no_reply(
    run: tuple[list[dict[str, Any]], list[str]], twice: list[bool]
) -> None:
    """Whatever frames of a run a proxy doubles, its finals are the reply, each once."""
    documents, meant = run
    sent: list[dict[str, Any]] = []
    for at, document in enumerate(documents):
        sent += [{**document, "id": f"e{at}"}] * (2 if twice[at % len(twice)] else 1)

    assert texts(*sent) == GROUP_BREAK.join(text for text in meant if text)


@given(runs())
def test_deltas_of_one_id_change_no_reply(run: tuple[list[dict[str, Any]], list[str]]) -> None:
    """Old servers give all deltas one id, so that equal ones look like frames sent twice."""
    documents, meant = run

    sent = [{**one, "id": "e1"} if "partial" in one else one for one in documents]

    assert texts(*sent) == GROUP_BREAK.join(text for text in meant if text)


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"[DONE]", ""), (b" [DONE] ", ""), (b"[DONE]", "done"), (b"bye", "done")],
)
def test_the_end_mark_of_other_services_says_nothing(data: bytes, name: str) -> None:
    """A reply that is complete is not lost for the habit of another API."""
    assert reader().read(Frame(name, data)) == []


def test_an_end_mark_does_not_count_as_work() -> None:
    """A refusal after it is still the first word."""
    reading = reader()
    reading.read(Frame("", b"[DONE]"))

    with pytest.raises(APIError) as caught:
        reading.read(Frame("", b'{"code":2001}'))

    assert caught.value.delivered == "no"


@pytest.mark.parametrize(
    "data",
    [b"boom", b'"boom"', b'{"message":"boom"}', b'{"text":"boom"}', b'{"why":"boom"}'],
    ids=["words", "string", "message", "text", "other"],
)
def test_an_event_named_error_is_a_failure(data: bytes) -> None:
    """Whatever stands in it."""
    assert "boom" in str(failure(data, name="error"))


def test_an_event_named_error_without_data_is_a_failure() -> None:
    """It is no heartbeat."""
    assert "without a word" in str(failure(b"", name="error"))


def test_an_event_of_an_agent_may_be_named_error() -> None:
    """Its content speaks for itself."""
    frame = Frame("error", json.dumps(said("Hello.", errorCode="X")).encode())

    assert reader().read(frame)[-1] == Notice("X")


def test_partial_may_be_a_word() -> None:
    """Some serialisers write booleans as text."""
    assert texts(said("He", partial="true"), said("llo.", partial="true")) == "Hello."


@pytest.mark.parametrize(
    "document",
    [
        {"content": "Hello."},
        {"content": 5},
        {"content": {"parts": "Hello."}},
        {"content": {"parts": {"text": "Hello."}}},
        {"content": {"parts": ["Hello."]}},
        {"content": {"text": "Hello."}},
        agent({"executableCode": {"code": "1"}}),
        agent({"inlineData": {"data": "AA=="}}, {"fileData": {"fileUri": "x"}}),
    ],
    ids=json.dumps,
)
def test_a_content_of_another_shape_is_not_lost(document: dict[str, Any]) -> None:
    """What no event tells of reaches the caller as it came."""
    assert read(document) == [UnknownEvent(document)]


@pytest.mark.parametrize(
    "document",
    [
        {"content": None, "invocationId": "e"},
        {"content": {"role": "model"}, "turnComplete": True, "interrupted": True},
        {"content": {"parts": None}, "longRunningToolIds": ["c1"]},
        {"actions": [1], "content": {}},
    ],
    ids=json.dumps,
)
def test_an_event_without_words_says_nothing(document: dict[str, Any]) -> None:
    """Empty shells are legal."""
    assert read(document) == []


def test_a_text_in_the_shape_of_an_agent_may_have_a_type() -> None:
    """Its parts are what counts."""
    assert texts({**said("Hello."), "type": "text"}) == "Hello."


@pytest.mark.parametrize("odd", [None, 5, ["x"], {"a": 1}, True], ids=repr)
def test_odd_names_and_ids_are_no_crash(odd: Any) -> None:
    """Names and ids are words, whatever came."""
    part = {"functionCall": {"name": odd, "args": [1], "id": odd}}
    (called,) = read(agent(part))

    assert isinstance(called, ToolCall)
    assert isinstance(called.name, str)
    assert called.name != "None"
    assert called.call_id is None or isinstance(called.call_id, str)


NESTED = b"[" * 1000 + b"]" * 1000


@pytest.mark.parametrize(
    "data",
    [
        b'{"error": %s}',
        b'{"detail": %s}',
        b'{"code": 2001, "message": %s}',
        b'{"type": "error", "content": %s}',
        b'{"type": "tool_call", "name": %s}',
        b'{"errorCode": %s, "content": {}}',
        b'{"content": {"parts": [{"functionCall": {"name": %s, "id": %s}}]}}',
        b'{"id": %s, "content": {"parts": [{"text": %s}]}}',
    ],
    ids=repr,
)
def test_deep_nesting_is_an_event_or_an_error_of_ours(data: bytes) -> None:
    """No RecursionError reaches the caller, wherever the depth stands."""
    try:
        reader().read(Frame("", data.replace(b"%s", NESTED)))
    except (StreamError, APIError) as error:
        assert str(error)  # noqa: PT017  # either way is fine


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b'{"text":"a","text":"b"}', "b"),
        (b'\xef\xbb\xbf{"text":"a"}', "a"),
        (b'{"text":"a","n":1e999,"m":-Infinity}', "a"),
        (b'{"text":"a","n":%d}' % 10**4000, "a"),
        (b'{"text":"a\\u0000b"}', "a\0b"),
    ],
    ids=["duplicate key", "BOM", "infinite", "huge", "NUL"],
)
def test_odd_json_is_read(data: bytes, text: str) -> None:
    """What strict parsers refuse is still an event."""
    assert reader().read(Frame("", data)) == [TextDelta(text)]


def test_a_number_that_nobody_can_hold_is_a_stream_error() -> None:
    """Python refuses integers of more than 4300 digits; it is told as ours."""
    failure(b'{"text":"a","n":%s}' % (b"9" * 5000))


def test_half_an_event_at_the_end_is_a_cut() -> None:
    """A proxy ends a body cleanly although its source broke off; that is no word of the agent."""
    with pytest.raises(StreamInterruptedError):
        reader().read(Frame("", b'{"content":{"par', is_cut=True))


@pytest.mark.parametrize("data", [b'{"error": "boom', b"boom"], ids=["error", "words"])
def test_half_an_error_at_the_end_is_an_error(data: bytes) -> None:
    """Words that cannot be half an event are the agent's."""
    with pytest.raises(AgentError, match="boom"):
        reader().read(Frame("", data, is_cut=True))


def test_a_last_event_may_lack_its_line_end() -> None:
    """If it is whole, it counts."""
    assert reader().read(Frame("", b'{"text":"a"}', is_cut=True)) == [TextDelta("a")]
