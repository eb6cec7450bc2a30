"""What is known to hurt: settings, alone and together, that spoil an R1 answer or cannot work, each with its source."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dsr1_tui.domain.presets import AUTO, Preset, grade_in
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.domain.sampling_fields import BY_NAME, Grade
from dsr1_tui.domain.steering import ForcedThinking


class Level(StrEnum):
    """How much a setting matters."""

    NOTE = "note"
    """It has no effect as it stands."""
    CAUTION = "caution"
    """It may hurt; amber."""
    HARM = "harm"
    """It is known to hurt; red."""
    CONFLICT = "conflict"
    """It cannot work: the server refuses it, or no answer can come of it."""


class Source(StrEnum):
    """Where a piece of advice comes from, as the help shows it."""

    MODEL_CARD = "DeepSeek-R1 model card, Usage Recommendations"
    EVALUATION = "DeepSeek-R1 model card, Evaluation: at most 32,768 tokens a reply"
    PAPER = "DeepSeek-R1 paper, arXiv:2501.12948: greedy decoding repeats itself in long reasoning"
    DEGENERATION = "Holtzman et al. 2020, arXiv:1904.09751: likeliest-token text repeats itself"
    QWEN = "Qwen3 model card, Best Practices: a higher presence_penalty mixes languages and costs quality"
    VLLM_DOC = "vLLM documentation, SamplingParams"
    MIN_P = "Nguyen et al. 2024, arXiv:2407.01082 (min_p), made for high temperatures"
    MEASURED = "measured on vLLM 0.32"
    ARITHMETIC = "arithmetic of the settings themselves"


@dataclass(frozen=True, slots=True)
class Advice:
    """One warning."""

    field: str
    """The setting it stands beside: a sampling field, or `thinking_budget`, `samples`, `instructions`, `thinking`."""
    level: Level
    text: str
    """One plain line."""
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that is about to be sent, as far as advice depends on it."""

    sampling: Sampling
    rules: Rules
    r1_model: bool | None = None
    """Whether the model is an R1, whatever rules are in force; `None`: as the rules say."""
    preset: Preset = AUTO
    maths: bool = False
    """Whether the question is mathematics, or the preset is for it."""
    instructions: str = ""
    thinking: ForcedThinking = ForcedThinking.OFF
    thinking_budget: int | None = None
    """Tokens."""
    reasoning_parser: bool | None = None
    """Whether the server takes the reasoning out itself; `None`: not known."""
    samples: int = 1
    limit: int | None = None
    """Context length in tokens."""

    @property
    def is_r1(self) -> bool:
        """Whether R1's bands hold."""
        return self.rules is Rules.R1 if self.r1_model is None else self.r1_model


GREEDY_BELOW: Final = 1e-5
"""vLLM takes a lower temperature for greedy decoding."""
_HARDLY_A_REPLY: Final = 256
_SHORT_REPLY: Final = 1_024
_SHORT_MATHS: Final = 4_096
_SHORT_THOUGHT: Final = 128
_NARROW_TOP_K: Final = 10
_MOST_REPETITION: Final = 1.1


def advise(plan: Plan) -> tuple[Advice, ...]:
    """What speaks against these settings, by field; nothing where all is well."""
    found = [*_contradictions(plan)]
    if plan.is_r1:
        found += [*_drawing(plan), *_penalties(plan), *_lengths(plan), *_prompt(plan)]
    found += _stops(plan)
    return tuple(found)


def worst(advice: tuple[Advice, ...]) -> Level | None:
    """The gravest level among them."""
    order = tuple(Level)
    return max((one.level for one in advice), key=order.index, default=None)


def is_greedy(sampling: Sampling) -> bool:
    """Whether only the likeliest token is ever drawn."""
    return sampling.top_k == 1 or (sampling.temperature is not None and sampling.temperature < GREEDY_BELOW)


def _contradictions(plan: Plan) -> Iterator[Advice]:
    """What cannot work, or does nothing, with any model."""
    sampling, budget, most = plan.sampling, plan.thinking_budget, plan.sampling.max_tokens
    if budget is not None and most is not None and budget >= most:
        text = f"The thinking budget ({budget:,}) leaves no room for an answer within max_tokens ({most:,})."
        yield Advice("thinking_budget", Level.CONFLICT, text, Source.ARITHMETIC)
    if budget is not None and plan.reasoning_parser is False:
        text = "Without a reasoning parser the server refuses a thinking budget; it is kept on this side."
        yield Advice("thinking_budget", Level.NOTE, text, Source.MEASURED)
    if most is not None and plan.limit is not None and most >= plan.limit:
        text = f"max_tokens is not below the context of {plan.limit:,}; what fits is sent."
        yield Advice("max_tokens", Level.NOTE, text, Source.ARITHMETIC)
    if plan.thinking is not ForcedThinking.OFF and plan.rules is Rules.OFF:
        text = "Forced thinking does nothing while R1's rules are off."
        yield Advice("thinking", Level.NOTE, text, Source.ARITHMETIC)
    if not is_greedy(sampling):
        return
    if plan.samples > 1:
        text = "Several samples without chance are all the same; vLLM refuses them at temperature 0."
        yield Advice("samples", Level.CONFLICT, text, Source.MEASURED)
    idle = [name for name in ("top_p", "min_p", "seed") if sampling.get(name) not in (None, 0.0, 1.0)]
    if idle:
        verb = "does" if len(idle) == 1 else "do"
        text = f"{' and '.join(idle)} {verb} nothing while only the likeliest token is drawn."
        yield Advice(idle[0], Level.NOTE, text, Source.VLLM_DOC)


def _drawing(plan: Plan) -> Iterator[Advice]:
    """Temperature, top_p, top_k and min_p for R1."""
    sampling = plan.sampling
    heat, top_k = sampling.temperature, sampling.top_k
    if heat is not None and heat < GREEDY_BELOW:
        yield Advice(
            "temperature", Level.HARM, "Greedy: R1 falls into endless loops; 0.6 is recommended.", Source.PAPER
        )
    elif heat is not None and (level := _level(plan, "temperature", heat)):
        low = heat < 0.5  # noqa: PLR2004  the lower end of the model card's band
        text = "Low: R1 repeats itself; 0.5–0.7 is best." if low else "High: R1 loses the thread; 0.5–0.7 is best."
        yield Advice("temperature", level, text, Source.MODEL_CARD)
    if sampling.top_p is not None and (level := _level(plan, "top_p", sampling.top_p)):
        yield Advice("top_p", level, "Low: R1 was tuned for 0.95, a smaller share repeats itself.", Source.MODEL_CARD)
    if top_k == 1:
        yield Advice("top_k", Level.HARM, "1 is greedy at any temperature: R1 falls into loops.", Source.DEGENERATION)
    elif top_k is not None and 0 < top_k < _NARROW_TOP_K:
        text = f"{top_k} leaves R1 little to choose from, which is near to greedy."
        yield Advice("top_k", Level.CAUTION, text, Source.DEGENERATION)
    if sampling.min_p:
        text = "Not among the settings recommended for R1; it was made for temperatures above its band."
        yield Advice("min_p", Level.CAUTION, text, Source.MIN_P)


def _penalties(plan: Plan) -> Iterator[Advice]:
    sampling = plan.sampling
    repetition = sampling.repetition_penalty
    if repetition is not None and repetition > _MOST_REPETITION:
        if plan.maths:
            text = "Above 1.1 it spoils mathematics: digits and names must repeat, and those of the question count too."
            yield Advice("repetition_penalty", Level.HARM, text, Source.VLLM_DOC)
        elif level := _level(plan, "repetition_penalty", repetition):
            text = "High: it punishes every word used, the question's too; 1.0–1.1 is enough against loops."
            yield Advice("repetition_penalty", level, text, Source.VLLM_DOC)
    elif repetition is not None and repetition < 1:
        level = _level(plan, "repetition_penalty", repetition) or Level.CAUTION
        yield Advice("repetition_penalty", level, "Below 1 it rewards repeating.", Source.VLLM_DOC)
    for name in ("presence_penalty", "frequency_penalty"):
        value = sampling.get(name)
        if not isinstance(value, float | int) or value == 0:
            continue
        if value < 0:
            yield Advice(name, Level.HARM, "Below 0 it rewards repeating.", Source.VLLM_DOC)
            continue
        text = "May mix languages and spoil long reasoning, where words must repeat."
        yield Advice(name, Level.HARM if value > 1 or plan.maths else Level.CAUTION, text, Source.QWEN)
        if repetition is not None and repetition > 1:
            text = "Adds to repetition_penalty: the same tokens are punished twice."
            yield Advice(name, Level.CAUTION, text, Source.VLLM_DOC)


def _lengths(plan: Plan) -> Iterator[Advice]:
    most, budget = plan.sampling.max_tokens, plan.thinking_budget
    if budget is not None and budget < _SHORT_THOUGHT:
        text = f"{budget:,} tokens are hardly a thought; R1 answers badly without one."
        yield Advice("thinking_budget", Level.CAUTION, text, Source.MODEL_CARD)
    if most is None or (budget is not None and budget < most):
        return  # the budget sees to it that an answer comes
    if most < _HARDLY_A_REPLY:
        text = "The reasoning counts too: R1 will be cut off before it answers."
        yield Advice("max_tokens", Level.HARM, text, Source.EVALUATION)
    elif most < _SHORT_REPLY or (plan.maths and most < _SHORT_MATHS):
        text = "Short, as the reasoning counts too: hard questions may be cut off before the answer."
        yield Advice("max_tokens", Level.CAUTION, text, Source.EVALUATION)


def _prompt(plan: Plan) -> Iterator[Advice]:
    if plan.rules is Rules.OFF and plan.instructions.strip():
        text = "Sent as a system message, which R1 should not get; with R1's rules on they go into the first question."
        yield Advice("instructions", Level.HARM, text, Source.MODEL_CARD)


def _stops(plan: Plan) -> Iterator[Advice]:
    stop = plan.sampling.stop
    if not stop:
        return
    if plan.is_r1 and any(not text.strip() for text in stop):
        text = "A blank line or a newline stands in every thought and before every answer: R1 ends at once."
        yield Advice("stop", Level.HARM, text, Source.MEASURED)
    if plan.reasoning_parser:
        text = "Loses text between reasoning and answer: a fault of vLLM's with a reasoning parser."
        yield Advice("stop", Level.HARM, text, Source.MEASURED)
    elif plan.is_r1:
        text = "Is met inside the reasoning too, and then no answer comes."
        yield Advice("stop", Level.CAUTION, text, Source.MEASURED)


def _level(plan: Plan, name: str, value: float) -> Level | None:
    """The level of a value outside R1's band."""
    match grade_in(plan.preset, BY_NAME[name], value):
        case Grade.FAIR:
            return Level.CAUTION
        case Grade.BAD:
            return Level.HARM
        case Grade.GOOD | Grade.NONE:
            return None
