"""The lines of a run's file: a plan, then a sample each; pure ASCII, so that looking into it steers no terminal."""

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Final

from dsr1_tui.adapters.bench_fields import BadLineError, Fields, Json, loaded, wrong
from dsr1_tui.domain.bench.plan import BenchPlan, SampleKey
from dsr1_tui.domain.bench.result import Run, SampleResult
from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.questions import BenchQuestion, QuestionSet
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import Sampling, Value
from dsr1_tui.domain.sampling_fields import BY_NAME, SettingError, check
from dsr1_tui.domain.steering import ByPreset, ForcedThinking, LoopPolicy, Steering

VERSION: Final = 1


def run_line(run: Run) -> str:
    """The first line, without its end."""
    plan = run.plan
    return _dumped(
        {
            "v": VERSION,
            "kind": "plan",
            "id": run.id,
            "created": run.created,
            "program": run.program,
            "set": {"name": plan.questions.name, "digest": plan.set_digest, "size": plan.set_size},
            "questions": [
                {"id": one.id, "question": one.question, "answer": one.answer, "tags": list(one.tags)}
                for one in plan.questions.questions
            ],
            "settings": [one.sent() for one in plan.settings],
            "swept": list(plan.swept),
            "repeats": plan.repeats,
            "concurrency": plan.concurrency,
            "warm_up": plan.warm_up,
            "model": plan.model,
            "rules": plan.rules.value,
            "steering": _said(plan.steering),
            "prompts": plan.prompts,
            "address": plan.address,
            "endpoint": plan.endpoint,
        }
    )


def parse_run(line: str) -> Run:
    """The run that the first line begins, without results.

    Raises:
        BadLineError: it is none.
    """
    found = Fields(loaded(line))
    if found.text("kind") != "plan" or found.whole("v") != VERSION:
        raise BadLineError("it begins no run that this version can read")
    chosen = Fields(found.table("set"))
    plan = BenchPlan(
        questions=QuestionSet(name=chosen.text("name"), questions=tuple(_questions(found))),
        set_digest=chosen.text("digest"),
        set_size=chosen.whole("size"),
        settings=tuple(_sampling(raw) for raw in found.listed("settings")),
        swept=found.texts("swept"),
        repeats=found.whole("repeats"),
        concurrency=found.whole("concurrency"),
        warm_up=found.whole("warm_up"),
        model=found.text("model"),
        rules=Rules(found.one_of("rules", tuple(rule.value for rule in Rules))),
        steering=_steering(found.table("steering")),
        prompts=found.text("prompts"),
        address=found.text("address"),
        endpoint=found.text("endpoint"),
    )
    if not plan.settings or not plan.questions.questions or plan.repeats < 1:
        raise BadLineError("its plan asks for nothing")
    return Run(id=found.text("id"), created=found.number("created"), program=found.text("program"), plan=plan)


def result_line(result: SampleResult) -> str:
    """A sample's line, without its end."""
    error = result.error
    return _dumped(
        {
            "kind": "sample",
            "setting": result.key.setting,
            "question": result.key.question,
            "repeat": result.key.repeat,
            "seed": result.seed,
            "began": result.began,
            "finish_reason": None if result.finish_reason is None else result.finish_reason.value,
            "error": error and {"code": error.code.value, "message": error.message, "hint": error.hint},
            "answer": result.answer,
            "boxed": result.boxed,
            "vote": result.vote,
            "right": result.right,
            "ttft_s": result.ttft_s,
            "latency_s": result.latency_s,
            "tpot_s": result.tpot_s,
            "output_tokens": result.output_tokens,
            "reasoning_tokens": result.reasoning_tokens,
            "prompt_tokens": result.prompt_tokens,
            "exact": result.exact,
        }
    )


def parse_result(line: str) -> SampleResult:
    """The sample of a line.

    Raises:
        BadLineError: it is none.
    """
    found = Fields(loaded(line))
    if found.text("kind") != "sample":
        raise BadLineError("it is no sample")
    reason = found.maybe_text("finish_reason")
    error = found.raw("error")
    if (reason is None) == (error is None):
        raise BadLineError("it needs either “finish_reason” or “error”")
    return SampleResult(
        key=SampleKey(found.whole("setting"), found.text("question"), found.whole("repeat")),
        seed=found.maybe_whole("seed"),
        began=found.number("began"),
        finish_reason=None
        if reason is None
        else FinishReason(found.one_of("finish_reason", tuple(one.value for one in FinishReason))),
        error=None if error is None else _fault(Fields(found.table("error"))),
        answer=found.text("answer"),
        boxed=found.maybe_text("boxed"),
        vote=found.maybe_text("vote"),
        right=found.maybe_flag("right"),
        ttft_s=found.maybe_number("ttft_s"),
        latency_s=found.number("latency_s"),
        tpot_s=found.maybe_number("tpot_s"),
        output_tokens=found.whole("output_tokens"),
        reasoning_tokens=found.whole("reasoning_tokens"),
        prompt_tokens=found.maybe_whole("prompt_tokens"),
        exact=found.maybe_flag("exact") is True,
    )


def _questions(found: Fields) -> Iterator[BenchQuestion]:
    ids: set[str] = set()
    for raw in found.listed("questions"):
        one = Fields(raw)
        question = BenchQuestion(
            question=one.text("question"), answer=one.maybe_text("answer"), id=one.text("id"), tags=one.texts("tags")
        )
        if question.id in ids:
            raise BadLineError("two questions have one “id”")
        ids.add(question.id)
        yield question


def _sampling(raw: object) -> Sampling:
    if not isinstance(raw, dict) or not raw.keys() <= BY_NAME.keys():
        raise wrong("settings")
    try:
        values: dict[str, Value] = {name: check(BY_NAME[name], value) for name, value in raw.items()}
    except (SettingError, OverflowError) as error:
        raise BadLineError(f"“settings”: {error}") from None
    return Sampling(**values)  # type: ignore[arg-type]  # `check` held each value to its field's type


def _said(steering: Steering) -> Json:
    values = {field.name: getattr(steering, field.name) for field in fields(steering)}
    return {name: value for name, value in values.items() if value is not None}


def _steering(raw: object) -> Steering:
    found = Fields(raw if not isinstance(raw, dict) else {field.name: None for field in fields(Steering)} | raw)
    thinking, policy = found.maybe_text("thinking"), found.maybe_text("loop_policy")
    return Steering(
        preset=found.maybe_text("preset"),
        instructions=found.maybe_text("instructions"),
        thinking=None
        if thinking is None
        else ForcedThinking(found.one_of("thinking", tuple(one.value for one in ForcedThinking))),
        directive=_directive(found),
        loop_policy=None
        if policy is None
        else LoopPolicy(found.one_of("loop_policy", tuple(one.value for one in LoopPolicy))),
        budget_tokens=found.maybe_whole("budget_tokens"),
        budget_s=found.maybe_number("budget_s"),
    )


def _directive(found: Fields) -> bool | ByPreset | None:
    if isinstance(found.raw("directive"), str):
        return ByPreset(found.one_of("directive", (ByPreset.AUTO.value,)))
    return found.maybe_flag("directive")


def _fault(found: Fields) -> Fault:
    code = found.text("code")
    known = next((one for one in FaultCode if one.value == code), FaultCode.SERVER_ERROR)
    return Fault(known, found.text("message"), found.text("hint"))


def _dumped(line: Json) -> str:
    return json.dumps(line, allow_nan=False, separators=(",", ":"))
