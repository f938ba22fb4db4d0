import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.errors import AgentError, StreamError
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
from nemovideo.wire.agent_events import GROUP_BREAK, EventReader, ReplyBuilder
from nemovideo.wire.sse import Frame, FrameDecoder

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


def read(*documents: Any, end: bool = True) -> list[Event]:
    """The events of a stream of JSON documents."""
    reader = EventReader()
    frames = [Frame("", json.dumps(document).encode()) for document in documents]
    events = [event for frame in frames for event in reader.read(frame)]
    return events + ([*reader.finish()] if end else [])


def reply(events: list[Event]) -> Reply:
    """What the events come to."""
    builder = ReplyBuilder()
    for event in events:
        builder.add(event)
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


def recorded(path: Path) -> list[Event]:
    """The events of a recording."""
    decoder, reader = FrameDecoder(), EventReader()
    frames = [*decoder.feed(path.read_bytes()), *decoder.flush()]
    return [event for frame in frames for event in reader.read(frame)] + [*reader.finish()]


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

    (event,) = EventReader().read(Frame("", data))

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
    assert [*EventReader().read(frame)] == [Heartbeat()]


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
        [*EventReader().read(Frame("", data))]


def test_a_payload_nested_too_deep_is_a_stream_error() -> None:
    """What no parser can read is a typed error, never the parser's own."""
    with pytest.raises(StreamError):
        [*EventReader().read(Frame("", b"[" * 100_000))]


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

    assert [*EventReader().read(Frame("", data))] == [TextDelta("\ud83d")]


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


def test_a_recorded_edit_is_read_whole(recordings: Path) -> None:
    """Deltas, a call with its result, state, artifacts and heartbeats in one stream."""
    events = recorded(recordings / "edit_with_partials_tools_and_state.sse")

    assert reply(events) == Reply(
        text="I'll add music.\n\nDone.",
        tool_calls=(ToolCall("add_bgm", {"mood": "lo-fi"}, "c1"),),
        tool_results=(ToolResult("add_bgm", {"ok": True}, "c1"),),
        state_delta={"draft": {"t": [{"tt": 1, "sg": [{"d": 10000}]}]}},
        artifacts={"mix.mp3": 1},
    )
    assert events.count(Heartbeat()) == 3


def test_a_recorded_silent_edit_has_no_text(recordings: Path) -> None:
    """The state is what tells of it."""
    answer = reply(recorded(recordings / "silent_edit.sse"))

    assert answer.text == ""
    assert answer.state_delta == {"draft": {"d": 5000}}
    assert answer.notices == (Notice("MODEL_RETURNED_NO_CONTENT", "no content"),)


def test_a_recording_in_the_flat_form_is_read(recordings: Path) -> None:
    """With CRLF line ends and U+2028 inside."""
    answer = reply(recorded(recordings / "flat_form.sse"))

    assert answer.text == "Adding a title.\n\nThere."
    assert answer.tool_calls == (ToolCall("add_title", {"text": "日本\u2028"}),)


def test_a_recorded_error_that_breaks_its_line_is_told(recordings: Path) -> None:
    """Old servers do not escape what failed."""
    with pytest.raises(AgentError, match="cut"):
        recorded(recordings / "unescaped_error.sse")


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
