"""Advice: a table of settings and what speaks against them, each with its source."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.advice import Advice, Level, Plan, Source, advise, is_greedy, worst
from dsr1_tui.domain.presets import BUILT_IN, Presets
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import Sampling, resolve
from dsr1_tui.domain.sampling_fields import BY_NAME
from dsr1_tui.domain.steering import ForcedThinking

GOOD = Sampling(temperature=0.6, top_p=0.95)
R1 = Plan(sampling=GOOD, rules=Rules.R1)
OTHER = Plan(sampling=GOOD, rules=Rules.OFF)
NOTE, CAUTION, HARM, CONFLICT = Level


def sampled(plan: Plan = R1, **values: object) -> Plan:
    return replace(plan, sampling=replace(plan.sampling, **values))  # type: ignore[arg-type]  # names are in the table


def told(plan: Plan) -> list[tuple[str, Level]]:
    return [(one.field, one.level) for one in advise(plan)]


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (R1, []),
        (OTHER, []),
        (Plan(sampling=Sampling(), rules=Rules.R1), []),
        (sampled(temperature=0.0), [("top_p", NOTE), ("temperature", HARM)]),
        (sampled(temperature=0.0, top_p=None), [("temperature", HARM)]),
        (sampled(temperature=0.0, seed=3, top_p=None), [("seed", NOTE), ("temperature", HARM)]),
        (sampled(temperature=0.3), [("temperature", HARM)]),
        (sampled(temperature=0.45), [("temperature", CAUTION)]),
        (sampled(temperature=0.75), [("temperature", CAUTION)]),
        (sampled(temperature=1.0), [("temperature", HARM)]),
        (replace(sampled(temperature=0.9), preset=Presets().named("creative")), [("temperature", CAUTION)]),
        (sampled(OTHER, temperature=1.2), []),
        (sampled(top_p=0.85), [("top_p", CAUTION)]),
        (sampled(top_p=0.5), [("top_p", HARM)]),
        (sampled(top_k=1), [("top_p", NOTE), ("top_k", HARM)]),
        (sampled(top_k=5), [("top_k", CAUTION)]),
        (sampled(top_k=0), []),
        (sampled(min_p=0.1), [("min_p", CAUTION)]),
        (sampled(min_p=0.0), []),
        (sampled(repetition_penalty=1.1), []),
        (replace(sampled(repetition_penalty=1.1), maths=True), []),
        (sampled(repetition_penalty=1.15), [("repetition_penalty", CAUTION)]),
        (replace(sampled(repetition_penalty=1.15), maths=True), [("repetition_penalty", HARM)]),
        (sampled(repetition_penalty=1.5), [("repetition_penalty", HARM)]),
        (sampled(repetition_penalty=0.97), [("repetition_penalty", CAUTION)]),
        (sampled(repetition_penalty=0.5), [("repetition_penalty", HARM)]),
        (sampled(presence_penalty=0.5), [("presence_penalty", CAUTION)]),
        (sampled(presence_penalty=1.5), [("presence_penalty", HARM)]),
        (sampled(presence_penalty=0.0), []),
        (replace(sampled(frequency_penalty=0.5), maths=True), [("frequency_penalty", HARM)]),
        (sampled(frequency_penalty=-0.5), [("frequency_penalty", HARM)]),
        (
            sampled(repetition_penalty=1.05, presence_penalty=0.2),
            [("presence_penalty", CAUTION), ("presence_penalty", CAUTION)],
        ),
        (sampled(max_tokens=100), [("max_tokens", HARM)]),
        (sampled(max_tokens=800), [("max_tokens", CAUTION)]),
        (sampled(max_tokens=2048), []),
        (replace(sampled(max_tokens=2048), maths=True), [("max_tokens", CAUTION)]),
        (replace(sampled(max_tokens=2048), maths=True, thinking_budget=1024), []),
        (replace(sampled(max_tokens=2048), thinking_budget=4096), [("thinking_budget", CONFLICT)]),
        (replace(sampled(max_tokens=2048), thinking_budget=2048), [("thinking_budget", CONFLICT)]),
        (replace(sampled(OTHER, max_tokens=20), thinking_budget=40), [("thinking_budget", CONFLICT)]),
        (replace(R1, thinking_budget=40), [("thinking_budget", CAUTION)]),
        (replace(R1, thinking_budget=2048, reasoning_parser=False), [("thinking_budget", NOTE)]),
        (replace(sampled(max_tokens=9000), limit=8192), [("max_tokens", NOTE)]),
        (replace(R1, instructions="Be kind."), []),
        (replace(OTHER, instructions="Be kind."), []),
        (replace(OTHER, instructions="Be kind.", r1_model=True), [("instructions", HARM)]),
        (sampled(replace(OTHER, r1_model=True), temperature=1.0), [("temperature", HARM)]),
        (replace(OTHER, thinking=ForcedThinking.PREFILL), [("thinking", NOTE)]),
        (replace(R1, thinking=ForcedThinking.PREFILL), []),
        (replace(R1, samples=8), []),
        (replace(sampled(OTHER, temperature=0.0, top_p=None), samples=8), [("samples", CONFLICT)]),
        (replace(sampled(stop=("END",)), reasoning_parser=True), [("stop", HARM)]),
        (replace(sampled(OTHER, stop=("END",)), reasoning_parser=True), [("stop", HARM)]),
        (replace(sampled(stop=("END",)), reasoning_parser=False), [("stop", CAUTION)]),
        (sampled(stop=("END",)), [("stop", CAUTION)]),
        (sampled(OTHER, stop=("END",)), []),
        (sampled(stop=("\n\n",)), [("stop", HARM), ("stop", CAUTION)]),
        (sampled(stop=()), []),
    ],
)
def test_advice(plan: Plan, expected: list[tuple[str, Level]]) -> None:
    assert told(plan) == expected


def test_advice_reads_well() -> None:
    assert advise(sampled(temperature=0.0, seed=3)) == (
        Advice("top_p", NOTE, "top_p and seed do nothing while only the likeliest token is drawn.", Source.VLLM_DOC),
        Advice("temperature", HARM, "Greedy: R1 falls into endless loops; 0.6 is recommended.", Source.PAPER),
    )
    assert advise(replace(sampled(max_tokens=2048), thinking_budget=4096))[0].text == (
        "The thinking budget (4,096) leaves no room for an answer within max_tokens (2,048)."
    )


def test_the_built_in_presets_are_wise() -> None:
    for preset in BUILT_IN:
        plan = Plan(
            sampling=resolve(preset.layer(Rules.R1)), rules=Rules.R1, preset=preset, maths=preset.directive is True
        )
        expected = [("temperature", CAUTION)] if preset.name == "marking" else []
        assert told(plan) == expected, preset.name


def test_the_gravest_level() -> None:
    assert worst(()) is None
    assert worst(advise(sampled(temperature=0.0))) is HARM
    assert worst(advise(replace(sampled(temperature=0.0), samples=2))) is CONFLICT


def test_greedy() -> None:
    assert is_greedy(Sampling(temperature=0.0))
    assert is_greedy(Sampling(temperature=0.9, top_k=1))
    assert not is_greedy(Sampling())
    assert not is_greedy(GOOD)


plans = st.builds(
    Plan,
    sampling=st.builds(
        Sampling,
        temperature=st.none() | st.floats(0, 2),
        top_p=st.none() | st.floats(0.01, 1),
        top_k=st.none() | st.integers(0, 50),
        min_p=st.none() | st.floats(0, 1),
        max_tokens=st.none() | st.integers(1, 40_000),
        repetition_penalty=st.none() | st.floats(0.01, 2),
        presence_penalty=st.none() | st.floats(-2, 2),
        frequency_penalty=st.none() | st.floats(-2, 2),
        stop=st.none() | st.just(("END", "\n")),
    ),
    rules=st.sampled_from(Rules),
    preset=st.sampled_from(BUILT_IN),
    maths=st.booleans(),
    thinking_budget=st.none() | st.integers(1, 40_000),
    reasoning_parser=st.none() | st.booleans(),
    samples=st.integers(1, 8),
    limit=st.none() | st.just(32_768),
)


@given(plans)
def test_each_piece_is_one_line_with_a_place_and_a_source(plan: Plan) -> None:
    for one in advise(plan):
        assert one.text
        assert one.text.isprintable()
        assert len(one.text) <= 120
        assert one.field in {*BY_NAME, "thinking_budget", "samples", "instructions", "thinking"}
        assert one.source.value


@given(plans)
def test_only_conflicts_and_notes_hold_for_other_models(plan: Plan) -> None:
    other = replace(plan, rules=Rules.OFF, r1_model=False, sampling=replace(plan.sampling, stop=None))
    assert {one.level for one in advise(other)} <= {NOTE, CONFLICT}
