import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.adapters.demo.library import load
from dsr1_tui.adapters.demo.matching import index, pick, words

TRANSCRIPTS = load()
KNOWN = index(TRANSCRIPTS)
WORDINGS = [(wording, item.name) for item in TRANSCRIPTS for wording in (item.question, *item.also)]
INSTRUCTION = "Please reason step by step, and put your final answer within \\boxed{}."


def picked(text: str) -> str | None:
    found = pick(KNOWN, text)
    return None if found is None else found.name


@pytest.mark.parametrize(("wording", "name"), WORDINGS)
def test_every_wording_finds_its_recording_however_it_is_dressed(wording: str, name: str) -> None:
    for dressed in (
        wording,
        f"  {wording.upper()}\n",
        f"{wording} {INSTRUCTION}",
        f"{INSTRUCTION.replace('Please', 'Do')}\n\n{wording}",
        f"Something stopped before.\n\n{wording}",
    ):
        assert picked(dressed) == name


def test_no_two_recordings_share_a_question() -> None:
    assert len({words(wording) for wording, _ in WORDINGS}) == len({(words(w), name) for w, name in WORDINGS})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("x^2-5x+6=0", "01-quadratic"),
        ("Please solve \\( x^2 - 5x + 6 = 0 \\)", "01-quadratic"),
        ("What are the solutions to the equation x² - 5x + 6 = 0 ?", "01-quadratic"),
        ("hi, and the same for $x^2 + x - 6 = 0$ please", "02-follow-up"),
        ("一个长方形的周长是36厘米,长是宽的2倍,它的面积是多少?", "04-chinese"),
    ],
)
def test_the_same_question_in_other_words_is_found(text: str, name: str) -> None:
    assert picked(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "Solve 3x^2 - 5x + 6 = 0.",
        "Solve x^2 - 5x + 6 = 1.",
        "Solve x^2 - 5x - 6 = 0.",
        "Solve x^3 - 5x + 6 = 0.",
        "Now do the same.",
        "What is the capital of Japan's neighbour?",
        "What is the capital of France?",
        "Four fair dice are rolled. What is the probability that the sum is 10?",
        "Three fair dice are rolled. What is the probability that the sum is not 10?",
        "一个长方形的周长是 48 厘米，长是宽的 2 倍，它的面积是多少？",
    ],
)
def test_another_question_is_not_answered_by_a_recording(text: str) -> None:
    assert picked(text) is None


@settings(deadline=None)
@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    pick(KNOWN, text)
