"""What is measured comes back from its line as it was, whatever a model said; no other line breaks the reader."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.adapters.bench_codec import parse_result, parse_run, result_line, run_line
from dsr1_tui.adapters.bench_fields import BadLineError
from dsr1_tui.domain.bench.plan import SampleKey
from dsr1_tui.domain.bench.result import SampleResult
from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.fault import Fault, FaultCode
from support.bench_samples import bench_plan, bench_run

RAW = st.text(st.characters(codec=None), max_size=40)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
COUNTS = st.integers(0, 10**9)


@st.composite
def samples(draw: st.DrawFn) -> SampleResult:
    error = draw(st.none() | st.builds(Fault, st.sampled_from(FaultCode), RAW, RAW))
    return SampleResult(
        key=SampleKey(draw(COUNTS), draw(RAW), draw(COUNTS)),
        seed=draw(st.none() | st.integers(-(2**63), 2**63 - 1)),
        began=draw(NUMBERS),
        finish_reason=draw(st.sampled_from(FinishReason)) if error is None else None,
        error=error,
        answer=draw(RAW),
        boxed=draw(st.none() | RAW),
        vote=draw(st.none() | RAW),
        right=draw(st.none() | st.booleans()),
        ttft_s=draw(st.none() | NUMBERS),
        latency_s=draw(NUMBERS),
        tpot_s=draw(st.none() | NUMBERS),
        output_tokens=draw(COUNTS),
        reasoning_tokens=draw(COUNTS),
        prompt_tokens=draw(st.none() | COUNTS),
        exact=draw(st.booleans()),
    )


@settings(max_examples=60)
@given(samples())
def test_a_sample_comes_back_from_its_line(result: SampleResult) -> None:
    line = result_line(result)
    assert line.isascii()
    assert line.isprintable()
    assert parse_result(line) == result


@given(st.text(max_size=60) | st.recursive(st.none() | st.booleans() | st.integers(), st.lists, max_leaves=4).map(str))
def test_any_other_line_is_refused(line: str) -> None:
    assert all(refused(parse, line) for parse in (parse_result, parse_run))


def refused(parse: object, line: str) -> bool:
    assert callable(parse)
    try:
        parse(line)
    except BadLineError as error:
        return bool(str(error))
    return False


@given(st.integers(0, 400))
def test_a_run_cut_anywhere_is_refused(cut: int) -> None:
    line = run_line(bench_run(bench_plan()))
    assert refused(parse_run, line[: cut % len(line)])
    assert parse_run(line) == bench_run(bench_plan())
