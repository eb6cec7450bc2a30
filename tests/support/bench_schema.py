"""The object of `bench --json` as it is documented."""

import json
from typing import Any

from support.cli import Said


def one_object(said: Said) -> dict[str, Any]:
    assert said.out.count("\n") == 1
    parsed: dict[str, Any] = json.loads(said.out)
    return parsed


SUMMARY = {"mean": float, "p50": float, "p95": float, "p99": float, "n": int}
ESTIMATE = {"value": float, "ci95": list, "n": int, "questions": int, "method": str}
SCHEMA: dict[str, Any] = {
    "run_id": str,
    "complete": bool,
    "samples": {"planned": int, "done": int},
    "set": {"name": str, "digest": str, "questions": int, "of": int},
    "model": str,
    "endpoint": str,
    "rules": str,
    "preset": str,
    "repeats": int,
    "concurrency": int,
    "warm_up": int,
    "swept": list,
    "runs": [
        {
            "settings": {"temperature": float, "top_p": float, "seed": int},
            "planned": int,
            "requests": int,
            "failures": int,
            "faults": {},
            "answers": int,
            "ttft_s": SUMMARY,
            "latency_s": SUMMARY,
            "tpot_s": SUMMARY,
            "output_tokens": {**SUMMARY, "total": int, "exact": bool},
            "tokens_per_s": {"per_request": SUMMARY, "overall": float},
            "accuracy": {**ESTIMATE, "why_not": type(None)},
            "pass_at_1": float,
            "cons_at_k": {"k": int, **ESTIMATE},
            "rates": {"truncated": float, "looped": float, "no_box": float, "n": int},
            "agreement": {"boxes": float, "rouge_l": float, "bleu": float, "questions": int},
            "diversity": {"distinct_1": float, "distinct_2": float, "distinct_3": float, "one_minus_rouge_l": float},
        }
    ],
    "published": list,
}


def conforms(found: object, schema: object, where: str = "report") -> None:
    """Every field that is documented is there, of its type, and no other."""
    if isinstance(schema, dict):
        assert isinstance(found, dict), where
        assert list(found) == list(schema), where
        for name, kind in schema.items():
            conforms(found[name], kind, f"{where}.{name}")
    elif isinstance(schema, list):
        assert isinstance(found, list), where
        for one in found:
            conforms(one, schema[0], where)
    else:
        assert isinstance(schema, type)
        assert type(found) is schema, where
