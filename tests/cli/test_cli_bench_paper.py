"""What a report looks like, and what is said while it is made."""

from dataclasses import replace

import pytest

from dsr1_tui.cli.bench_json import report_csv, report_fields
from dsr1_tui.cli.bench_table import name_of, report_markdown
from dsr1_tui.cli.bench_talk import BenchTalk, duration
from dsr1_tui.domain.bench.plan import BenchPlan
from dsr1_tui.domain.bench.reporting import report_of
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.questions import QuestionSet
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.services.bench_events import BenchEnded, BenchStarted, Progress, SampleDone
from support.bench_samples import bench_plan, bench_run, sample
from support.bench_schema import conforms
from support.fake_clock import FakeClock

Capture = pytest.CaptureFixture[str]
CLEAR = "\r\x1b[K"


def aime(plan: BenchPlan) -> BenchPlan:
    named = QuestionSet(name="AIME_2024", questions=plan.questions.questions)
    return replace(plan, questions=named, model="DeepSeek-R1-Distill-Qwen-1.5B")


def test_deepseeks_figures_stand_beside_ours() -> None:
    plan = aime(bench_plan(["4"], temperatures=(0.3, 0.6), repeats=1))
    report = report_of(bench_run(plan, sample("q1", setting=1, box="4", right=True)))
    text = report_markdown(report)
    assert "| DeepSeek's, DeepSeek-R1-Distill-Qwen-1.5B | pass@1 | 28.9 |" in text
    assert "| DeepSeek's, DeepSeek-R1-Distill-Qwen-1.5B | cons@64 | 52.7 |" in text
    assert "| ours, temperature 0.6 | pass@1 | 100.0 |" in text
    assert "ours, temperature 0.3" not in text, "nothing of it was measured"
    assert "temperature 0.6, top_p 0.95, max_tokens 32,768 with 64 samples a question." in text
    published = {
        "model": str,
        "set": str,
        "metric": str,
        "value": float,
        "temperature": float,
        "top_p": float,
        "max_tokens": int,
        "samples": int,
    }
    conforms(report_fields(report)["published"], [published])


def test_a_part_of_a_set_is_told() -> None:
    plan = replace(aime(bench_plan(["4"], repeats=1)), set_size=30)
    text = report_markdown(report_of(bench_run(plan, sample("q1", box="4", right=True))))
    assert "1 of 30 questions × 1" in text
    assert "on the whole set." in text


def test_a_report_that_is_not_complete_says_so() -> None:
    report = report_of(bench_run(bench_plan(repeats=2), sample("q1")))
    assert "not complete: 1 of 4 samples." in report_markdown(report)
    fields = report_fields(report, fault=Fault(FaultCode.UNREACHABLE, "Gone.", "Start it."))
    assert fields["error"] == {"code": "unreachable", "message": "Gone.", "hint": "Start it."}
    assert "No accuracy: no answer has a box." in report_markdown(report)


def test_names_from_outside_break_no_table_and_steer_no_terminal() -> None:
    plan = replace(bench_plan(["4"], repeats=1), model="evil|model\x1b[2J\n# big")
    text = report_markdown(report_of(bench_run(plan, sample("q1", box="4", right=True))))
    assert "\x1b" not in text
    assert text.splitlines()[0].startswith("## evil\\|model")
    assert "\n# big" not in text


def test_a_setting_is_named_by_what_is_swept() -> None:
    plan = replace(
        bench_plan(),
        settings=(Sampling(temperature=0.3, stop=("\n", "a")), Sampling()),
        swept=("temperature", "stop"),
    )
    assert name_of(plan, 0) == "temperature 0.3, stop \\n, a"
    assert name_of(plan, 1) == "temperature server default, stop –"
    assert name_of(bench_plan(), 0) == "all"


def test_every_row_of_the_csv_has_every_column() -> None:
    plan = bench_plan(["4"], temperatures=(0.3, 0.6), repeats=1)
    rows = report_csv(report_of(bench_run(plan, sample("q1", box="4", right=True)))).splitlines()
    assert len(rows) == 3
    assert len({row.count(",") for row in rows}) == 1


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "0 s"), (89, "89 s"), (150, "2 min"), (9000, "2.5 h")])
def test_a_duration_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_the_line_on_a_terminal(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("TERM", "xterm"), ("NO_COLOR", "1"), ("COLUMNS", "100")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    talk = BenchTalk(FakeClock())
    talk.draw()
    assert capfd.readouterr().err == f"{CLEAR}connecting 0 s · ctrl+c stops"
    run = bench_run(bench_plan(temperatures=(0.3, 1.2)), sample("q1"))
    talk.feed(BenchStarted(run))
    told = capfd.readouterr().err
    assert told == f"{CLEAR}dsr1-chat: 8 samples of tiny-r1, 1 of them are there. Run {run.id}\n"
    talk.draw()
    assert capfd.readouterr().err == f"{CLEAR}warming up 0 s · ctrl+c stops"
    talk.feed(SampleDone(sample("q1", setting=1)))
    talk.feed(Progress(done=3, total=8, right=1, graded=3, tokens_per_s=123.4, left_s=150.0))
    talk.draw()
    line = "3/8 · 33.3 % right · ≈123 tok/s · ≈2 min left · temperature 1.2 · ctrl+c stops"
    assert capfd.readouterr().err == f"{CLEAR}{line}"
    talk.draw()
    assert capfd.readouterr().err == "", "what has not changed is not drawn again"
    talk.feed(BenchEnded(report=report_of(run)))
    assert capfd.readouterr().err == CLEAR
