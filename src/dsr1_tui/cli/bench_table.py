"""The report as Markdown: for the README of whoever measured, and laid out as tables on a terminal."""

from collections.abc import Iterable, Sequence
from typing import Final

from dsr1_tui.domain.bench.plan import BenchPlan
from dsr1_tui.domain.bench.report import BenchReport, SettingReport
from dsr1_tui.domain.published import CONDITIONS
from dsr1_tui.domain.sampling import Value
from dsr1_tui.domain.sampling_fields import BY_NAME, shown
from dsr1_tui.domain.stats import Estimate, Summary
from dsr1_tui.render.safe import safe

_NONE: Final = "–"
_PLAIN: Final = "all"
"""The name of the only setting."""


def report_markdown(report: BenchReport) -> str:
    """Title, conditions, and three tables: the answers, how alike they are, the times."""
    measured = [(name_of(report.plan, at), run) for at, run in enumerate(report.runs) if run.requests]
    parts = [f"## {_cell(report.plan.model)} on {_cell(report.plan.questions.name)}", _conditions(report)]
    if measured:
        parts += [_answers(measured), _alike(measured), _tokens(measured), _times(measured)]
    whys = dict.fromkeys(run.why_not for _, run in measured if run.why_not)
    parts += [f"No accuracy: {why}." for why in whys]
    if report.published:
        parts.append(_published(report))
    return "\n\n".join(parts) + "\n"


def name_of(plan: BenchPlan, setting: int) -> str:
    """A setting by what is swept: `temperature 0.3, top_p 0.9`."""
    values = plan.values(setting)
    return ", ".join(f"{name} {_value(name, value)}" for name, value in values.items()) or _PLAIN


def _value(name: str, value: Value | None) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return safe(shown(BY_NAME[name], value))


def _conditions(report: BenchReport) -> str:
    plan = report.plan
    number = len(plan.questions.questions)
    of = "" if number == plan.set_size else f" of {plan.set_size}"
    asked = "question" if plan.set_size == 1 else "questions"
    sent = {name: value for name, value in plan.settings[0].sent().items() if name not in plan.swept}
    sent.pop("seed", None)
    settings = ", ".join(f"{name} {_value(name, value)}" for name, value in sent.items())
    seed = plan.settings[0].seed
    parts = [
        f"{number}{of} {asked} × {plan.repeats}, {plan.concurrency} at once",
        settings or "sampling as the server has it",
        "seed swept" if "seed" in plan.swept else "no seed" if seed is None else f"seed {seed} + repeat",
    ]
    words = "; ".join(parts) + f". Run {report.run_id}"
    whole = "" if report.complete else f", not complete: {report.done} of {plan.total} samples"
    return f"{_cell(words)}{whole}."


_Rows = Sequence[tuple[str, SettingReport]]


def _answers(rows: _Rows) -> str:
    head = ("Setting", "Accuracy (95 %)", "pass@1", "cons@k", "Cut off", "Looped", "No box", "Samples", "Failed")
    return _table(
        head,
        (
            (
                name,
                _estimate(run.accuracy),
                _share(run.pass_at_1),
                _NONE if run.cons_at_k is None else f"{_estimate(run.cons_at_k.estimate)} k={run.cons_at_k.k}",
                _share(run.rates.truncated if run.rates else None),
                _share(run.rates.looped if run.rates else None),
                _share(run.rates.no_box if run.rates else None),
                f"{run.requests:,}",
                str(run.failures),
            )
            for name, run in rows
        ),
    )


def _alike(rows: _Rows) -> str:
    head = ("Setting", "Equal boxes", "ROUGE-L", "BLEU", "1 − ROUGE-L", "distinct-1", "distinct-2", "distinct-3")
    return _table(
        head,
        (
            (
                name,
                _share(run.alike.boxes),
                _part(run.alike.rouge_l),
                _part(run.alike.bleu),
                _part(run.alike.diversity),
                *(_part(one) for one in run.alike.distinct or (None, None, None)),
            )
            for name, run in rows
        ),
    )


def _tokens(rows: _Rows) -> str:
    head = (
        "Setting",
        "Tokens an answer, mean",
        "P50",
        "P95",
        "Tokens in all",
        "Tokens/s a request",
        "Tokens/s overall",
    )
    return _table(
        head,
        (
            (
                name,
                *_numbers(run.output_tokens),
                f"{'' if run.exact else '≈'}{run.output_tokens_total:,}",
                _numbers(run.tokens_per_s)[0],
                _number(run.tokens_per_s_overall),
            )
            for name, run in rows
        ),
    )


def _times(rows: _Rows) -> str:
    head = ("Setting", "Time", "Mean", "P50", "P95", "P99")
    return _table(
        head,
        (
            (name, what, *_summary(found, scale))
            for name, run in rows
            for what, found, scale in (
                ("first token, ms", run.ttft_s, 1000),
                ("per token, ms", run.tpot_s, 1000),
                ("whole answer, s", run.latency_s, 1),
            )
        ),
    )


def _published(report: BenchReport) -> str:
    part = len(report.plan.questions.questions) < report.plan.set_size
    runs = [run for run in report.runs if run.requests]
    ours = [(f"ours, {name_of(report.plan, at)}", run) for at, run in enumerate(report.runs) if run in runs]
    rows = [(f"DeepSeek's, {one.model}", one.metric.value, f"{one.value:g}") for one in report.published]
    for name, run in ours:
        rows.append((name, "pass@1", _NONE if run.pass_at_1 is None else f"{100 * run.pass_at_1:.1f}"))
        if (cons := run.cons_at_k) is not None:
            rows.append((name, f"cons@{cons.k}", f"{100 * cons.estimate.value:.1f}"))
    c = CONDITIONS
    note = (
        f"DeepSeek's figures were measured at temperature {c.temperature:g}, top_p {c.top_p:g}, max_tokens "
        f"{c.max_tokens:,} with {c.samples} samples a question{', on the whole set' if part else ''}."
    )
    known = report.published[0].known_set.value
    return _table((f"{known}", "Metric", "Value"), rows, left=2) + f"\n\n{note}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> str:
    marks = ["---" if at < left else "---:" for at in range(len(head))]
    return "\n".join("| " + " | ".join(map(_cell, row)) + " |" for row in (head, marks, *rows))


def _cell(text: str) -> str:
    return " ".join(safe(text).split()).replace("|", "\\|")


def _estimate(found: Estimate | None) -> str:
    if found is None:
        return _NONE
    if found.ci95 is None:
        return _share(found.value)
    low, high = found.ci95
    return f"{100 * found.value:.1f} % ({100 * low:.1f}–{100 * high:.1f})"


def _share(value: float | None) -> str:
    return _NONE if value is None else f"{100 * value:.1f} %"


def _part(value: float | None) -> str:
    return _NONE if value is None else f"{value:.3f}"


def _number(value: float | None) -> str:
    return _NONE if value is None else f"{value:,.0f}"


def _numbers(found: Summary | None) -> tuple[str, str, str]:
    """Mean, P50 and P95 as whole numbers."""
    if found is None:
        return _NONE, _NONE, _NONE
    return _number(found.mean), _number(found.p50), _number(found.p95)


def _summary(found: Summary | None, scale: float) -> tuple[str, str, str, str]:
    if found is None:
        return _NONE, _NONE, _NONE, _NONE
    mean, p50, p95, p99 = (_time(one * scale) for one in (found.mean, found.p50, found.p95, found.p99))
    return mean, p50, p95, p99


def _time(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"  # noqa: PLR2004  digits
