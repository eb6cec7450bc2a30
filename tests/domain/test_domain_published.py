"""DeepSeek's figures: found for the right model and set, and for no other."""

import pytest

from dsr1_tui.domain.published import CONDITIONS, KnownSet, Metric, Published, figures_for, known_set

SMALL = "DeepSeek-R1-Distill-Qwen-1.5B"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("AIME 2024", KnownSet.AIME_2024),
        ("aime24", KnownSet.AIME_2024),
        ("aime_2024_test", KnownSet.AIME_2024),
        ("MATH-500", KnownSet.MATH_500),
        ("math500.test", KnownSet.MATH_500),
        ("gpqa_diamond", KnownSet.GPQA_DIAMOND),
        ("LiveCodeBench", KnownSet.LIVE_CODE_BENCH),
        ("codeforces-questions", KnownSet.CODEFORCES),
        ("aime2025", None),
        ("math", None),
        ("math5000", None),
        ("dsr1-chat-40", None),
        ("", None),
    ],
)
def test_sets_are_known_by_name(name: str, found: KnownSet | None) -> None:
    assert known_set(name) is found


def test_figures_of_the_smallest_model() -> None:
    assert figures_for(f"deepseek-ai/{SMALL}", "aime_2024") == (
        Published(SMALL, KnownSet.AIME_2024, Metric.PASS_1, 28.9),
        Published(SMALL, KnownSet.AIME_2024, Metric.CONS_64, 52.7),
    )
    assert figures_for(f"/models/{SMALL.lower()}-awq/", "math-500") == (
        Published(SMALL, KnownSet.MATH_500, Metric.PASS_1, 83.9),
    )
    assert CONDITIONS.max_tokens == 32_768


@pytest.mark.parametrize(
    ("model", "rating"),
    [
        ("Qwen-1.5B", 954),
        ("Qwen-7B", 1189),
        ("Qwen-14B", 1481),
        ("Qwen-32B", 1691),
        ("Llama-8B", 1205),
        ("Llama-70B", 1633),
    ],
)
def test_all_six_have_all_figures(model: str, rating: float) -> None:
    name = f"DeepSeek-R1-Distill-{model}"
    assert [figure.value for figure in figures_for(name, "codeforces")] == [rating]
    metrics = [figure.metric for known in KnownSet for figure in figures_for(name, known)]
    assert metrics == [Metric.PASS_1, Metric.CONS_64, Metric.PASS_1, Metric.PASS_1, Metric.PASS_1, Metric.RATING]


def test_other_models_and_sets_have_none() -> None:
    assert figures_for(SMALL, "my-questions") == ()
    assert figures_for("Qwen2.5-Math-1.5B", "aime24") == ()
    assert figures_for("DeepSeek-R1-Distill-Qwen-1.5Beta", "aime24") == ()
    assert figures_for("", "aime24") == ()
