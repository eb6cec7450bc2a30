"""Captured and made-up streams become the right events, whatever their form."""

import json
from typing import Any

import pytest

from dsr1_tui.domain.events import (
    AnswerDelta,
    AnswerEvent,
    Failed,
    Finished,
    FinishReason,
    ReasoningDelta,
    Started,
    UsageTick,
)
from dsr1_tui.domain.fault import FaultCode
from support.fault_server import capture
from support.replay import answer_of, reasoning_of, replay, tokens_of

DONE = b"data: [DONE]\n\n"


def chunk(*, finish: str | None = None, index: int = 0, more: dict[str, Any] | None = None, **delta: Any) -> bytes:
    choice = {"index": index, "delta": delta, "finish_reason": finish}
    body = {"id": "chatcmpl-1", "model": "tiny-r1", "choices": [choice]} | (more or {})
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def usage(completion: int) -> dict[str, Any]:
    return {"usage": {"prompt_tokens": 13, "completion_tokens": completion}}


def end_of(events: list[AnswerEvent]) -> Finished | Failed:
    last = events[-1]
    assert isinstance(last, Finished | Failed)
    return last


def fault_of(events: list[AnswerEvent]) -> FaultCode:
    last = end_of(events)
    assert isinstance(last, Failed)
    return last.error.code


def test_a_captured_stream_with_continuous_usage_is_counted_exactly() -> None:
    events = replay([capture("rp_stream_continuous_usage.txt")])
    assert isinstance(events[0], Started)
    assert (events[0].model, events[0].request_id) == ("tiny-r1", "chatcmpl-bbcc63393b8d934e")
    assert reasoning_of(events) == "2 plus 3 is 5.\n"
    assert answer_of(events) == "The answer is \\boxed{5}."
    assert tokens_of(events) == (18, True)  # the 19th is the end token, which has no text
    ticks = [(e.prompt_tokens, e.completion_tokens) for e in events if isinstance(e, UsageTick)]
    assert ticks == [(13, 0), (13, 19)]
    assert end_of(events) == Finished(at=1.0, reason=FinishReason.STOP)


def test_a_captured_stream_with_usage_at_the_end_is_estimated() -> None:
    events = replay([capture("rp_stream_usage.txt")])
    assert answer_of(events) == "The answer is \\boxed{5}."
    tokens, exact = tokens_of(events)
    assert not exact
    assert tokens == 17  # a chunk each; the closing tag has none
    assert [e.completion_tokens for e in events if isinstance(e, UsageTick)] == [19]


def test_captured_samples_are_kept_apart() -> None:
    events = replay([capture("rp_stream_n3_thinned.txt")], samples=3)
    assert [e.sample for e in events if isinstance(e, Started)] == [0, 1, 2]
    assert sorted(e.sample for e in events if isinstance(e, Finished)) == [0, 1, 2]
    ends = [answer_of(events, sample)[-8:] for sample in range(3)]
    assert len(set(ends)) == 3
    assert all(ends)
    assert [e.completion_tokens for e in events if isinstance(e, UsageTick)] == [212]
    last = end_of(events)
    early = [e for e in events if isinstance(e, Finished) and e is not last]
    tick = next(e for e in events if isinstance(e, UsageTick))
    assert all(events.index(e) < events.index(tick) < events.index(last) for e in early)


@pytest.mark.parametrize("opens_in_thought", [True, False])
def test_a_captured_stream_without_a_parser(opens_in_thought: bool) -> None:
    events = replay([capture("inline_stream.txt")], opens_in_thought=opens_in_thought)
    thought, answer = "2 plus 3 is 5.\n", "The answer is \\boxed{5}."
    assert reasoning_of(events) == (thought if opens_in_thought else "")
    assert answer_of(events) == (answer if opens_in_thought else f"{thought}\n\n{answer}")
    assert tokens_of(events) == (18, True)


@pytest.mark.parametrize("opens_in_thought", [True, False])
def test_a_captured_empty_thought_of_a_server_with_a_parser(opens_in_thought: bool) -> None:
    events = replay([capture("rp_thinking_budget_0.txt")], opens_in_thought=opens_in_thought)
    assert reasoning_of(events) == ""
    assert answer_of(events).startswith("The answer is")


def test_a_captured_loop_and_a_captured_stop_string() -> None:
    loop = end_of(replay([capture("rp_loop_repdetect.txt")]))
    assert loop == Finished(at=1.0, reason=FinishReason.LOOP, stop_reason="repetition_detected")
    stop = end_of(replay([capture("rp_stop_in_think.txt")]))
    assert stop == Finished(at=1.0, reason=FinishReason.STOP, stop_reason="product")


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content"])
def test_both_names_of_the_reasoning_field(name: str) -> None:
    thought: dict[str, Any] = {name: "\nWhy"}
    pieces = [chunk(**thought), chunk(content="\n\nSo </think>", finish="stop"), DONE]
    events = replay(pieces, opens_in_thought=True)
    assert (reasoning_of(events), answer_of(events)) == ("Why", "So </think>")


def test_one_delta_may_carry_both() -> None:
    events = replay([chunk(reasoning="four", content="\n\nfive", more=usage(4)), chunk(finish="stop"), DONE])
    deltas = [e for e in events if isinstance(e, ReasoningDelta | AnswerDelta)]
    assert deltas == [
        ReasoningDelta(at=1.0, text="four", tokens=2, exact=False),
        AnswerDelta(at=1.0, text="five", tokens=2, exact=False),
    ]


def test_tokens_without_text_are_counted_with_the_next_text() -> None:
    counted = [("a", 1), ("", 4), ("b", 5)]
    events = replay(chunk(content=text, more=usage(tokens)) for text, tokens in counted)
    assert [e.tokens for e in events if isinstance(e, AnswerDelta)] == [1, 4]


def test_vllms_counts_are_each_samples_own() -> None:
    counts = [(0, 1), (1, 1), (0, 2), (1, 4)]
    events = replay([chunk(index=i, content="a", more=usage(n)) for i, n in counts], samples=2)
    assert [(e.sample, e.tokens) for e in events if isinstance(e, AnswerDelta)] == [(0, 1), (1, 1), (0, 1), (1, 3)]
    assert tokens_of(events) == (6, True)
    ticks = [(e.prompt_tokens, e.completion_tokens) for e in events if isinstance(e, UsageTick)]
    assert ticks == [(13, 0)], "the prompt is known at once, what all of them took is not"


def test_estimates_take_the_stream_interval() -> None:
    events = replay([chunk(content="a b c d"), chunk(content="e", finish="stop"), DONE], per_chunk=4)
    assert tokens_of(events) == (8, False)


def test_a_stream_without_a_role_chunk_or_a_model_name() -> None:
    body = b'data:{"choices":[{"delta":{"content":"Hi"},"finish_reason":"length"}]}\n\n'
    events = replay([body + DONE])
    assert events[0] == Started(at=1.0, model="asked")
    assert end_of(events) == Finished(at=1.0, reason=FinishReason.LENGTH)


@pytest.mark.parametrize("reason", ["content_filter", "tool_calls", "e\x1b[2Jof"])
def test_an_unknown_reason_is_a_stop_with_its_name(reason: str) -> None:
    last = end_of(replay([chunk(content="Hi", finish=reason), DONE]))
    assert isinstance(last, Finished)
    assert (last.reason, last.stop_reason) == (FinishReason.STOP, reason.replace("\x1b", " "))


@pytest.mark.parametrize("reason", ["abort", "error"])
def test_what_the_server_gave_up_is_no_answer(reason: str) -> None:
    events = replay([chunk(content="Hi"), chunk(finish=reason), DONE])
    assert fault_of(events) is FaultCode.STREAM_BROKEN


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"error": {"message": "EngineCore encountered an issue.", "code": 500}}, FaultCode.ENGINE_DIED),
        ({"error": {"message": "Internal error", "type": "InternalServerError", "code": 500}}, FaultCode.SERVER_ERROR),
        ({"error": "out of luck"}, FaultCode.SERVER_ERROR),
        ({"object": "error", "message": "out of luck", "code": 500}, FaultCode.SERVER_ERROR),
        ({"error": {"message": "n must be 1.", "code": 400}}, FaultCode.REFUSED),
        ({"error": {"message": "maximum context length is 4096", "code": 400}}, FaultCode.CONTEXT_OVERFLOW),
    ],
)
def test_an_error_before_done_is_a_failure(error: dict[str, Any], code: FaultCode) -> None:
    events = replay([chunk(content="Hi"), b"data: " + json.dumps(error).encode() + b"\n\n", DONE])
    assert answer_of(events) == "Hi"
    assert fault_of(events) is code


def test_done_without_an_end_is_a_failure() -> None:
    assert fault_of(replay([chunk(content="Hi"), DONE])) is FaultCode.STREAM_BROKEN
    assert fault_of(replay([DONE])) is FaultCode.STREAM_BROKEN


def test_the_end_of_the_stream_after_the_answers_end_is_no_failure() -> None:
    assert isinstance(end_of(replay([chunk(content="Hi", finish="stop")])), Finished)


def test_a_failure_after_some_samples_ended_fails_the_others_only() -> None:
    events = replay([chunk(content="a"), chunk(index=1, content="b"), chunk(finish="stop")], samples=3)
    ends = [(e.sample, type(e).__name__) for e in events if isinstance(e, Finished | Failed)]
    assert ends == [(0, "Finished"), (1, "Failed"), (2, "Failed")]


def test_what_was_held_back_comes_out_at_the_end() -> None:
    assert answer_of(replay([chunk(content="a </thi", finish="stop"), DONE])) == "a </thi"
    assert answer_of(replay([chunk(content="a </thi")])) == "a </thi"


def test_nothing_comes_after_the_last_event() -> None:
    events = replay([chunk(content="a", finish="stop"), chunk(content="b", finish="stop"), DONE, chunk(content="c")])
    assert answer_of(events) == "a"
    assert sum(isinstance(e, Finished | Failed) for e in events) == 1


@pytest.mark.parametrize(
    "odd",
    [
        b": a comment\n\n",
        b"event: ping\ndata:\n\n".replace(b"data:", b"id: 7"),
        b"data: null\n\ndata: 5\n\ndata: []\n\n",
        b'data: {"choices": null, "usage": null}\n\n',
        b'data: {"choices": [5, null, {"index": "x"}, {"index": 9, "delta": {"content": "no"}}], "usage": {}}\n\n',
        b'data: {"choices": [{"index": 0, "delta": null}]}\n\n',
        b'data: {"choices": [{"index": 0, "delta": {"content": 5, "reasoning": {"a": 1}}}], "error": null}\n\n',
    ],
)
def test_what_says_nothing_is_passed_over(odd: bytes) -> None:
    events = replay([odd, chunk(content="Hi"), odd, chunk(finish="stop"), odd, DONE])
    assert answer_of(events) == "Hi"
    assert isinstance(end_of(events), Finished)


def test_what_is_not_json_breaks_the_stream() -> None:
    assert (
        fault_of(replay([chunk(content="Hi"), b'data: {"choices": [\n\n', chunk(finish="stop")]))
        is FaultCode.STREAM_BROKEN
    )
    assert fault_of(replay([b"data: " + b"[" * 100_000 + b"\n\n"])) is FaultCode.STREAM_BROKEN


def test_halves_of_a_surrogate_pair_do_not_survive() -> None:
    pair = replay([b'data: {"choices":[{"delta":{"content":"\\ud83d\\ude42"},"finish_reason":"stop"}]}\n\n', DONE])
    assert answer_of(pair) == "🙂"
    half = replay([b'data: {"choices":[{"delta":{"content":"a\\ud83d"},"finish_reason":"stop"}]}\n\n', DONE])
    assert answer_of(half) == "a\ufffd"
