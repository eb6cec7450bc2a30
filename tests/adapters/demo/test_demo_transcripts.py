import ast
import itertools
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.adapters.demo.library import load, questions, unknown
from dsr1_tui.adapters.demo.pieces import count, pieces
from dsr1_tui.adapters.demo.reply import Channel, tokens
from dsr1_tui.adapters.demo.transcript import Ending, Sample, Transcript, TranscriptError, parse

TRANSCRIPTS = {item.name: item for item in load()}
SAMPLES = [
    pytest.param(item, sample, id=f"{item.name}-{number}")
    for item in (*TRANSCRIPTS.values(), unknown(load()))
    for number, sample in enumerate(item.samples)
]
BOXES = {
    "01-quadratic": [r"x = 2 \text{ or } x = 3"],
    "02-follow-up": [r"x = 2 \text{ or } x = -3"],
    "03-series": [r"\frac{3}{4}"],
    "04-chinese": [r"72 \text{ 平方厘米}"],
    "10-long-thought": [r"\frac{1}{8}"],
    "11-vote": ["6", "6", "7", "6", r"6 \text{ ways}", None, "N = 6", "5"],
}


def box(text: str) -> str | None:
    """The body of the last box, by counting braces."""
    start = text.rfind(r"\boxed{")
    if start < 0:
        return None
    body = text[start + len(r"\boxed{") :]
    depth = itertools.accumulate(1 if char == "{" else -1 if char == "}" else 0 for char in body)
    return body[: next(at for at, level in enumerate(depth) if level == -1)]


def test_the_list_of_suggestions_names_every_recording_once() -> None:
    listed = questions()
    assert (
        len({question.text for question in listed}) == len({question.title for question in listed}) == len(TRANSCRIPTS)
    )
    assert [question.text for question in listed] == [item.question for item in TRANSCRIPTS.values()]


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_boxes_are_where_they_should_be(name: str) -> None:
    found = [box(sample.answer) for sample in TRANSCRIPTS[name].samples]
    assert found == BOXES.get(name, [None])


@pytest.mark.parametrize(("transcript", "sample"), SAMPLES)
def test_mathematics_is_balanced_and_the_text_is_safe(transcript: Transcript, sample: Sample) -> None:
    for text in (sample.thought, sample.answer, sample.again):
        assert all(char == "\n" or unicodedata.category(char)[0] != "C" for char in text)
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
        marks = re.findall(r"\\[()\[\]]", prose)
        if transcript.ending is Ending.LENGTH and len(marks) % 2:
            marks.pop()
        assert set(zip(marks[::2], marks[1::2], strict=True)) <= {(r"\(", r"\)"), (r"\[", r"\]")}
        for formula in re.findall(r"\\\((.*?)\\\)|\\\[(.*?)\\\]", prose, flags=re.DOTALL):
            body = "".join(formula)
            bare = re.sub(r"\\[{}]", "", body)
            levels = list(itertools.accumulate(1 if c == "{" else -1 if c == "}" else 0 for c in bare))
            assert levels[-1] == 0
            assert min(levels) >= 0
            assert body.count(r"\left") == body.count(r"\right")
            assert re.findall(r"\\begin\{(\w+)\}", body) == re.findall(r"\\end\{(\w+)\}", body)
            assert "\n\n" not in body


@pytest.mark.parametrize(("transcript", "sample"), SAMPLES)
def test_the_tokens_of_a_sample_are_its_text_and_end_once(transcript: Transcript, sample: Sample) -> None:
    drawn = list(tokens(transcript, sample))
    assert [token.finish for token in drawn[:-1]] == [None] * (len(drawn) - 1)
    thought = "".join(token.text for token in drawn if token.channel is Channel.REASONING)
    answer = "".join(token.text for token in drawn if token.channel is Channel.CONTENT)
    if sample.again:
        assert (drawn[-1].finish, len(drawn), answer) == ("length", transcript.limit, "")
        assert thought.startswith(sample.thought + sample.again * 5)
    else:
        assert (thought, answer) == (f"{sample.thought}\n", f"\n\n{sample.answer}")
        assert drawn[-1].finish == transcript.ending.value


def test_the_recordings_show_what_they_are_for() -> None:
    by = TRANSCRIPTS
    assert by["07-loop"].limit == 6000
    assert by["07-loop"].samples[0].again
    assert by["08-no-thought"].samples[0].thought == ""
    assert by["09-cut-off"].ending is Ending.LENGTH
    assert not by["09-cut-off"].samples[0].answer.endswith((".", "\n"))
    assert count(by["10-long-thought"].samples[0].thought) > 1500
    assert re.search("[\u4e00-\u9fff]{10}", re.sub(r"\W", "", by["04-chinese"].samples[0].thought))
    assert all(rf"\begin{{{name}}}" in by["03-series"].samples[0].answer for name in ("cases", "pmatrix"))
    assert "|---" in by["06-table"].samples[0].answer


def test_the_recorded_code_runs() -> None:
    [code] = re.findall(r"```python\n(.*?)```", TRANSCRIPTS["05-code"].samples[0].answer, flags=re.DOTALL)
    exec(compile(ast.parse(code), "recorded", "exec"), {})  # its asserts are the check


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_limit_at_the_hidden_end_of_the_thought_still_ends_the_sample(limit: int) -> None:
    transcript = Transcript(name="t", title="t", question="q", samples=(Sample("", "Yes."),))
    drawn = list(tokens(transcript, transcript.samples[0], limit))
    assert len(drawn) == limit
    assert (drawn[-1].finish, drawn[-1].channel is Channel.HIDDEN) == ("length", False)


@settings(deadline=None)
@given(st.text())
def test_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no head", "no head"),
        ("+++\ntitle = \n+++\n<think>\n", "Invalid value"),
        ('+++\ntitle = "t"\n+++\n<think>\na\n</think>\n\nb\n', "question must be a text"),
        ('+++\ntitle = "t"\nquestion = "q"\nlimt = 3\n+++\n', "unknown field 'limt'"),
        ('+++\ntitle = "t"\nquestion = "q"\nlimit = 0\n+++\n', "limit must be"),
        ('+++\ntitle = "t"\nquestion = "q"\nalso = [1]\n+++\n', "also must be"),
        ('+++\ntitle = "t"\nquestion = "q"\n+++\nHello\n', "must begin with <think>"),
        ('+++\ntitle = "t"\nquestion = "q"\n+++\n<think>\nHm.\n', "neither an end"),
    ],
)
def test_a_file_that_is_no_transcript_is_named_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(TranscriptError, match=rf"^my-file: .*{re.escape(said)}"):
        parse("my-file", text)
