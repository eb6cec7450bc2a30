"""Reading sets of questions: what is good, and the place and field of what is bad."""

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.question_records import SetFormat
from dsr1_tui.domain.questions import BenchQuestion, QuestionSet, parse_questions

JSON, CSV = SetFormat.JSON_LINES, SetFormat.CSV


def read(text: str, form: SetFormat = JSON) -> tuple[BenchQuestion, ...]:
    return parse_questions(text, form, file="set")


def test_json_lines() -> None:
    text = (
        '\ufeff{"question": "1+1?", "answer": 2, "id": "one", "tags": ["easy", "easy", " sum "]}\r\n'
        "\r\n"
        '{"question": " 半角\u2028？", "answer": "0.50", "subject": "algebra", "level": 3, "known": true, "x": ""}\n'
        '{"question": "half?", "answer": 0.50, "tags": "a; b;;"}\n'
        '{"question": "who knows?", "answer": null, "id": 7, "url": null}'
    )
    assert read(text) == (
        BenchQuestion(question="1+1?", answer="2", id="one", tags=("easy", "sum")),
        BenchQuestion(
            question=" 半角\u2028？", answer="0.50", id="q2", tags=("subject:algebra", "level:3", "known:true")
        ),
        BenchQuestion(question="half?", answer="0.50", id="q3", tags=("a", "b")),
        BenchQuestion(question="who knows?", answer=None, id="7"),
    )


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv(separator: str) -> None:
    rows = [
        ["Question", "answer", "ID", "tags", "Level"],
        ['two\nlines, with “quotes” and "some"', r"\frac{1}{2}", "x", "a;b", "3"],
        ["", "", "", "", ""],
        ["no answer", "", "", "", ""],
    ]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(rows)
    assert read("\ufeff" + out.getvalue(), CSV) == (
        BenchQuestion(question=rows[1][0], answer=r"\frac{1}{2}", id="x", tags=("a", "b", "level:3")),
        BenchQuestion(question="no answer", answer=None, id="q2"),
    )


GOOD = '{"question": "good"}\n'


@pytest.mark.parametrize(
    ("form", "text", "says"),
    [
        (JSON, "", "set holds no question."),
        (JSON, "\ufeff \r\n\n", "set holds no question."),
        (JSON, GOOD + '\n{"question": "x",}', "set, line 3: not JSON: "),
        (JSON, "[\n" + GOOD + "]", "set, line 1: not JSON: Expecting value at column 2. Each question is one line."),
        (JSON, '[{"question": "x"}]', "set, line 1: a list, not an object"),
        (JSON, GOOD + "17", "set, line 2: a number, not an object"),
        (JSON, "[" * 100_000, "set, line 1: not a question: brackets are nested too deep."),
        (JSON, '{"question": "x", "answer": NaN}', "set, line 1: not JSON: NaN is not a number there."),
        (JSON, '{"problem": "x", "answer": "1"}', "set, line 1: “question” is missing; there is problem, answer."),
        (JSON, '{"question": null}', "set, line 1: “question” is missing"),
        (JSON, '{"question": 5}', "set, line 1: “question” is a number, not a text."),
        (JSON, '{"question": ["x"]}', "set, line 1: “question” is a list, not a text."),
        (JSON, '{"question": " "}', "set, line 1: “question” is empty."),
        (JSON, '{"question": "a\\ud800"}', "set, line 1: “question” holds half a character"),
        (JSON, '{"question": "x", "answer": true}', "set, line 1: “answer” is true or false, not a text or a number."),
        (JSON, '{"question": "x", "answer": ["1"]}', "set, line 1: “answer” is a list"),
        (JSON, '{"question": "x", "anwser": "1"}', "the field “anwser” is not known. Is it to be “answer”?"),
        (JSON, '{"Question": "x"}', "the field “Question” is not known. Is it to be “question”?"),
        (JSON, '{"question": "x", "question": "y"}', "set, line 1: “question” is there twice."),
        (JSON, GOOD + '{"question": "x", "id": "q1"}', "set, line 2: “id” is “q1”, as on line 1."),
        (JSON, '{"question": "x", "id": "a\\u001b[2J"}', "set, line 1: “id” is longer than 100 characters or not one"),
        (JSON, '{"question": "x", "tags": {"a": 1}}', "set, line 1: “tags” is an object, not a list of texts."),
        (JSON, '{"question": "x", "tags": ["a", 1.5, null]}', "set, line 1: “tags” holds null, not only texts."),
        (JSON, '{"question": "x", "solution": "' + "long " * 30 + '"}', "set, line 1: “solution” is longer than 100"),
        (
            JSON,
            '{"question": "x", "meta": {"a": 1}}',
            "set, line 1: the field “meta” is an object, which makes no tag.",
        ),
        (CSV, "", "set holds no question."),
        (CSV, "question,answer\n", "set holds no question."),
        (CSV, "a,b\n1,2", "set, line 1: the header has no column “question”."),
        (CSV, "qestion,answer\n1,2", "the field “qestion” is not known. Is it to be “question”?"),
        (CSV, "question,,answer\n1,2,3", "set, line 1: column 2 of the header has no name."),
        (CSV, "question,ID,id\n1,2,3", "set, line 1: “id” is there twice."),
        (CSV, 'question,answer\n"a\nb",1\nx,y,z', "set, line 4: 3 columns where the header has 2."),
        (CSV, 'question,answer\nx,1\n"a"b,1', "set, line 3: not CSV: "),
        (CSV, 'question,answer\nx,1\n"open,1\n', "set, line 3: not CSV: "),
        (CSV, "question,answer\nx,1\n ,2", "set, line 3: “question” is missing"),
    ],
)
def test_a_bad_line_is_named(form: SetFormat, text: str, says: str) -> None:
    with pytest.raises(FaultError) as caught:
        read(text, form)
    assert caught.value.fault.code is FaultCode.USAGE
    assert says in caught.value.fault.line
    assert "\n" not in caught.value.fault.line
    assert caught.value.fault.message.isprintable()


labels = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(
    lambda text: text.strip() != ""
)


@settings(max_examples=80)
@given(st.lists(st.tuples(texts, st.none() | labels, st.lists(labels.filter(lambda x: ";" not in x))), min_size=1))
def test_what_is_written_is_read(rows: list[tuple[str, str | None, list[str]]]) -> None:
    records = [{"question": text, "answer": answer, "tags": tags} for text, answer, tags in rows]
    found = read("\n".join(json.dumps(record, ensure_ascii=False) for record in records))
    assert [(item.question, item.answer) for item in found] == [(text, answer) for text, answer, _ in rows]
    assert [item.tags for item in found] == [tuple(dict.fromkeys(tags)) for *_, tags in rows]


@settings(max_examples=150)
@given(st.text(alphabet='{}[]":,;\n\r\tquestion anwser0\\\x00é', max_size=60), st.sampled_from(list(SetFormat)))
def test_any_text_is_questions_or_a_fault(text: str, form: SetFormat) -> None:
    found: tuple[BenchQuestion, ...] = ()
    code = None
    try:
        found = read(text, form)
    except FaultError as error:
        code = error.fault.code
    assert bool(found) != (code is FaultCode.USAGE)


def test_the_digest_changes_with_what_is_asked_and_not_with_the_name() -> None:
    one = read('{"question": "x", "answer": "1"}')
    other = read('{"question": "x", "answer": "2"}')
    assert QuestionSet(name="a", questions=one).digest == QuestionSet(name="b", questions=one).digest
    assert QuestionSet(name="a", questions=one).digest != QuestionSet(name="a", questions=other).digest
