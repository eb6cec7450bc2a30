"""The object that `bench --json` prints, and its rows as CSV. The README documents it field by field."""

import csv
import io
from collections.abc import Mapping
from typing import Final

from dsr1_tui.domain.bench.report import Alike, BenchReport, ConsAtK, SettingReport
from dsr1_tui.domain.fault import Fault
from dsr1_tui.domain.published import CONDITIONS
from dsr1_tui.domain.sampling import Value
from dsr1_tui.domain.stats import Estimate, Summary

Json = dict[str, object]

DIGITS: Final = 6


def report_fields(report: BenchReport, *, fault: Fault | None = None) -> Json:
    """The whole object; `fault` is why it ended before its end."""
    plan = report.plan
    fields: Json = {
        "run_id": report.run_id,
        "complete": report.complete,
        "samples": {"planned": plan.total, "done": report.done},
        "set": {
            "name": plan.questions.name,
            "digest": plan.set_digest,
            "questions": len(plan.questions.questions),
            "of": plan.set_size,
        },
        "model": plan.model,
        "endpoint": plan.endpoint,
        "rules": plan.rules.value,
        "preset": plan.steering.preset or "auto",
        "repeats": plan.repeats,
        "concurrency": plan.concurrency,
        "warm_up": plan.warm_up,
        "swept": list(plan.swept),
        "runs": [_run(one) for one in report.runs],
        "published": [
            {
                "model": one.model,
                "set": one.known_set.value,
                "metric": one.metric.value,
                "value": one.value,
                "temperature": CONDITIONS.temperature,
                "top_p": CONDITIONS.top_p,
                "max_tokens": CONDITIONS.max_tokens,
                "samples": CONDITIONS.samples,
            }
            for one in report.published
        ],
    }
    if fault is not None:
        fields["error"] = {"code": fault.code.value, "message": fault.message, "hint": fault.hint}
    return fields


def report_csv(report: BenchReport) -> str:
    """A header, and a row a setting; a field in a field is `ttft_s.p50`. What was not measured is empty."""
    rows = [_flat({"run_id": report.run_id, "model": report.plan.model, **_run(one)}) for one in report.runs]
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _flat(fields: Mapping[str, object], before: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in fields.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{before}{name}.")
        elif isinstance(value, list):
            flat[before + name] = " ".join(map(str, value))
        else:
            flat[before + name] = value
    return flat


def _run(run: SettingReport) -> Json:
    rates = run.rates
    return {
        "settings": _settings(run.settings.sent()),
        "planned": run.planned,
        "requests": run.requests,
        "failures": run.failures,
        "faults": {code.value: number for code, number in run.faults.items()},
        "answers": run.answers,
        "ttft_s": _summary(run.ttft_s),
        "latency_s": _summary(run.latency_s),
        "tpot_s": _summary(run.tpot_s),
        "output_tokens": {**_summary(run.output_tokens), "total": run.output_tokens_total, "exact": run.exact},
        "tokens_per_s": {"per_request": _summary(run.tokens_per_s), "overall": _rounded(run.tokens_per_s_overall)},
        "accuracy": {**_estimate(run.accuracy), "why_not": run.why_not or None},
        "pass_at_1": _rounded(run.pass_at_1),
        "cons_at_k": _cons(run.cons_at_k),
        "rates": {
            "truncated": _rounded(rates.truncated) if rates else None,
            "looped": _rounded(rates.looped) if rates else None,
            "no_box": _rounded(rates.no_box) if rates else None,
            "n": rates.n if rates else 0,
        },
        **_alike(run.alike),
    }


def _settings(sent: Mapping[str, Value]) -> Json:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in sent.items()}


def _summary(found: Summary | None) -> Json:
    if found is None:
        return {"mean": None, "p50": None, "p95": None, "p99": None, "n": 0}
    return {
        "mean": _rounded(found.mean),
        "p50": _rounded(found.p50),
        "p95": _rounded(found.p95),
        "p99": _rounded(found.p99),
        "n": found.n,
    }


def _estimate(found: Estimate | None) -> Json:
    if found is None:
        return {"value": None, "ci95": None, "n": 0, "questions": 0, "method": None}
    return {
        "value": _rounded(found.value),
        "ci95": None if found.ci95 is None else [_rounded(found.ci95[0]), _rounded(found.ci95[1])],
        "n": found.n,
        "questions": found.clusters,
        "method": found.method.value,
    }


def _cons(found: ConsAtK | None) -> Json:
    k = None if found is None else found.k
    return {"k": k, **_estimate(None if found is None else found.estimate)}


def _alike(alike: Alike) -> Json:
    one, two, three = alike.distinct or (None, None, None)
    return {
        "agreement": {
            "boxes": _rounded(alike.boxes),
            "rouge_l": _rounded(alike.rouge_l),
            "bleu": _rounded(alike.bleu),
            "questions": alike.questions,
        },
        "diversity": {
            "distinct_1": _rounded(one),
            "distinct_2": _rounded(two),
            "distinct_3": _rounded(three),
            "one_minus_rouge_l": _rounded(alike.diversity),
        },
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
