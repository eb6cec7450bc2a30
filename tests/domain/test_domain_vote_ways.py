import pytest

from dsr1_tui.domain.fault import Fault, FaultCode, FaultError
from dsr1_tui.domain.request import ChatRequest, ModelInfo
from dsr1_tui.domain.sampling import SERVER, Sampling
from dsr1_tui.domain.steering import GuardRules, LoopPolicy
from dsr1_tui.domain.vote.ways import (
    Way,
    check_samples,
    check_temperature,
    first_way,
    next_way,
    requests_of,
    sample_guards,
)

REQUEST = ChatRequest(model="m", messages=(), sampling=Sampling(temperature=0.6, seed=40))


def refused(words: str) -> Fault:
    return Fault(FaultCode.REFUSED, words)


@pytest.mark.parametrize(("samples", "interval"), [(2, 2), (8, 2), (16, 4), (64, 16)])
def test_one_request_in_larger_chunks_the_more_samples_there_are(samples: int, interval: int) -> None:
    (joined,) = requests_of(Way.JOINED, REQUEST, samples)
    assert (joined.samples, joined.stream_interval, joined.sampling.seed) == (samples, interval, 40)
    (together,) = requests_of(Way.TOGETHER, REQUEST, samples)
    assert (together.samples, together.stream_interval) == (samples, None)


def test_single_requests_have_seeds_of_their_own() -> None:
    apart = requests_of(Way.APART, REQUEST, 3)
    assert [(one.samples, one.stream_interval, one.sampling.seed) for one in apart] == [
        (1, None, 40),
        (1, None, 41),
        (1, None, 42),
    ]
    unseeded = ChatRequest(model="m", messages=(), sampling=Sampling())
    assert {one.sampling.seed for one in requests_of(Way.APART, unseeded, 3)} == {None}


def test_what_is_tried_first_and_after_a_refusal() -> None:
    assert first_way(ModelInfo(id="m", owned_by="vllm")) is Way.JOINED
    assert first_way(ModelInfo(id="m", owned_by="llamacpp")) is Way.APART
    unknown_field = refused("Unknown field stream_interval.")
    assert next_way(Way.JOINED, unknown_field) is Way.TOGETHER
    assert next_way(Way.TOGETHER, refused("n must be at most 4, got 8")) is Way.APART
    assert next_way(Way.JOINED, refused("Only one completion choice is allowed: choices")) is Way.APART
    assert next_way(Way.JOINED, refused("n must be 1 when using greedy sampling, got 8.")) is None
    assert next_way(Way.JOINED, refused("temperature must be non-negative")) is None
    assert next_way(Way.APART, refused("n is wrong")) is None
    assert next_way(Way.JOINED, Fault(FaultCode.UNREACHABLE, "n stream_interval")) is None


def test_what_watches_a_sample() -> None:
    rules = GuardRules(loop_policy=LoopPolicy.ANSWER, budget_tokens=800, budget_s=9.0, want_thought=True)
    here = sample_guards(rules, served=False)
    assert here == GuardRules(loop_policy=LoopPolicy.STOP, budget_tokens=800, budget_s=9.0)
    assert sample_guards(rules, served=True).budget_tokens == 900, "the server closes the thought before"
    assert sample_guards(GuardRules(loop_policy=LoopPolicy.TELL), served=True).loop_policy is LoopPolicy.TELL


@pytest.mark.parametrize("samples", [-1, 0, 1, 65])
def test_too_few_or_too_many(samples: int) -> None:
    with pytest.raises(FaultError, match=f"2 to 64 samples, not {samples}") as caught:
        check_samples(samples)
    assert caught.value.fault.code is FaultCode.USAGE


def test_chance_is_needed() -> None:
    for fine in (0.1, None, SERVER):
        check_temperature(fine)
    check_samples(2)
    check_samples(64)
    with pytest.raises(FaultError, match="temperature 0") as caught:
        check_temperature(0.0)
    assert caught.value.fault.code is FaultCode.USAGE
