"""Judges a server by its answers to tiny requests: reachable, clock, template, reasoning, and vLLM's extras. Pure."""

from dataclasses import dataclass
from typing import Final

from dsr1_tui.domain.doctor import Check, CheckId, failed, passed, skipped, warned
from dsr1_tui.domain.doctor_facts import Heard, Hello
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.domain.rules import is_r1
from dsr1_tui.domain.target import Target
from dsr1_tui.domain.thinking import CLOSE, OPEN

TOKENS: Final = 6
"""Tokens of the first trial: enough to see chunks being joined."""
ROOM: Final = 12
"""Tokens in which a thought of `BUDGET` tokens must have ended."""
BUDGET: Final = 2
_SKEW_S: Final = 60.0
_SLOW_S: Final = 10.0
_AGAIN: Final = "Run the doctor again; if it stays so, look at the server's log."
_NAMES: Final = 4
_NOT_UNDERSTOOD: Final = frozenset({FaultCode.REFUSED, FaultCode.NOT_AN_API, FaultCode.SERVER_ERROR})
"""Faults by which a server says that it does not know a page or a field; the others say that something is wrong."""


@dataclass(frozen=True, slots=True)
class Served:
    """The server, and the model on it that is tried."""

    hello: Hello
    model: ModelInfo
    wanted: str | None
    """The model that was asked for, where it is not served."""

    @property
    def is_vllm(self) -> bool:
        """Whether the extras can be expected."""
        return self.model.is_vllm


def choose(hello: Hello, *wanted: str | None) -> Served | None:
    """The first model that is asked for by its name, what it was loaded from, or a part of its name; else the first."""
    if not hello.models:
        return None
    given = next((one for one in wanted if one), None)
    if given is None:
        return Served(hello, hello.models[0], None)
    low = given.rstrip("/").lower()
    for fits in (
        lambda model: model.id == given or model.root.rstrip("/") == given.rstrip("/"),
        lambda model: low in model.id.lower() or model.root.rstrip("/").lower().endswith(f"/{low}"),
        lambda model: low.rsplit("/", 1)[-1] in {model.id.lower(), model.root.rstrip("/").rsplit("/", 1)[-1].lower()},
    ):
        found = next((model for model in hello.models if fits(model)), None)
        if found is not None:
            return Served(hello, found, None)
    return Served(hello, hello.models[0], given)


def judge_reachable(target: Target, hello: Hello, served: Served | None) -> Check:
    """What answers, and how soon."""
    kind = f"vLLM {hello.version}".strip() if served is not None and served.is_vllm else "not vLLM"
    found = f"{target.label}: {kind}, {1000 * hello.took_s:.0f} ms"
    if served is None:
        return failed(CheckId.ENDPOINT, f"{found}, serves no model", "Load a model there.")
    names = [model.id for model in hello.models]
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    length = f", {served.model.max_model_len:,} tokens" if served.model.max_model_len else ""
    lines = (f"serves {', '.join(names[:_NAMES])}{more}", f"tried: {served.model.id}{length}")
    if served.wanted is not None:
        remedy = f"Name one that is served: --model {names[0]}"
        return warned(CheckId.ENDPOINT, f"{found}, does not serve {served.wanted}", remedy, *lines)
    return passed(CheckId.ENDPOINT, found, *lines)


def judge_clock(hello: Hello) -> Check:
    """The server's clock against this machine's."""
    if hello.skew_s is None:
        return skipped(CheckId.CLOCK, "the server does not date its answers", "It needs an answer with a Date header.")
    off = hello.skew_s
    if abs(off) < _SKEW_S:
        return passed(CheckId.CLOCK, "as here" if abs(off) < 2 else f"{off:+.0f} s against this machine's")  # noqa: PLR2004  a date has whole seconds
    remedy = "Set the clock of one of the two (timedatectl set-ntp true): times in logs do not go together."
    return warned(CheckId.CLOCK, f"{off:+,.0f} s against this machine's", remedy)


def judge_template(served: Served, *, by_template: bool, rendered: bool | None) -> Check:
    """Whether R1's rules hold, and by what that is known.

    Args:
        served: the model.
        by_template: whether the rendered prompt says so where the name does not.
        rendered: whether the rendered prompt is R1's; `None` where the server does not tell.
    """
    named = is_r1(served.model)
    if named and rendered is False:
        remedy = "Its prompts are not R1's: start vLLM with the model's own chat template, or use --rules off."
        return warned(CheckId.TEMPLATE, f"{served.model.id} is called R1, but is prompted otherwise", remedy)
    if named:
        how = "by the model's name and the rendered prompt" if rendered else "by the model's name"
        return passed(CheckId.TEMPLATE, f"DeepSeek-R1's, {how}")
    if by_template:
        return passed(CheckId.TEMPLATE, "DeepSeek-R1's, by the rendered prompt")
    if rendered is None:
        remedy = "Only vLLM shows the rendered prompt; if it is an R1, say --rules r1."
        return skipped(CheckId.TEMPLATE, "not told by the model's name, and the server shows no prompt", remedy)
    return passed(CheckId.TEMPLATE, "not DeepSeek-R1's")


def judge_first(heard: Heard) -> Check:
    """How soon the first token comes."""
    if heard.first_s is None:
        return failed(CheckId.FIRST_WORD, "the answer is empty", _AGAIN)
    found = f"after {heard.first_s:.2f} s"
    if heard.first_s > _SLOW_S:
        remedy = "The server is busy or still warming up: look at its log, or ask again in a minute."
        return warned(CheckId.FIRST_WORD, found, remedy)
    return passed(CheckId.FIRST_WORD, found)


def judge_reasoning(heard: Heard, *, r1: bool, vllm: bool) -> Check:
    """In which field the thought comes."""
    parser = "Start vLLM with --reasoning-parser deepseek_r1; a thinking budget needs it too."
    match heard.field:
        case "reasoning":
            return passed(CheckId.REASONING, "`reasoning`: the server takes the thought out itself")
        case "reasoning_content":
            return passed(CheckId.REASONING, "`reasoning_content`, the older name: understood")
        case _:
            pass
    if OPEN in heard.content or CLOSE in heard.content:
        found = "`<think>` in the content: dsr1-chat takes the thought out itself"
        return warned(CheckId.REASONING, found, parser) if vllm else passed(CheckId.REASONING, found)
    if not heard.content:
        return failed(CheckId.REASONING, "the answer is empty", _AGAIN)
    if r1:
        found = "the thought comes as content without its `<think>`: dsr1-chat takes it out itself"
        return warned(CheckId.REASONING, found, parser) if vllm else passed(CheckId.REASONING, found)
    return passed(CheckId.REASONING, f"no thought within {TOKENS} tokens: the model may not think")


def judge_tokenize(count: int | Fault, *, vllm: bool) -> Check:
    """Whether the server counts tokens."""
    if isinstance(count, Fault):
        return _without(CheckId.TOKENIZE, count, "token counts are estimated", vllm=vllm)
    return passed(CheckId.TOKENIZE, "counts exactly")


def judge_completions(fault: Fault | None, *, vllm: bool) -> Check:
    """Whether a text can be gone on with."""
    if fault is not None:
        return _without(CheckId.COMPLETIONS, fault, "an answer that was cut off is asked anew", vllm=vllm)
    return passed(CheckId.COMPLETIONS, "answers: a cut-off answer can be gone on with")


def judge_budget(plain: Heard, heard: Heard | Fault, *, vllm: bool) -> Check:
    """Whether a thought ends where it is told to."""
    without = "dsr1-chat counts the thought and closes it itself"
    if isinstance(heard, Fault):
        if vllm and heard.code is FaultCode.REFUSED:
            remedy = "Start vLLM with --reasoning-parser deepseek_r1."
            return warned(CheckId.BUDGET, f"refused; {without}", remedy, heard.message)
        return _without(CheckId.BUDGET, heard, without, vllm=vllm)
    if not plain.field or plain.content or not (heard.thought or heard.content):
        return passed(CheckId.BUDGET, "accepted (may be ignored: no long thought was there to see it by)")
    if heard.content:
        return passed(CheckId.BUDGET, f"kept: told to think {BUDGET} tokens it went on to the answer")
    return warned(CheckId.BUDGET, f"accepted and ignored; {without}", _newer(vllm=vllm))


def judge_repetition(heard: Heard | Fault | None, *, vllm: bool) -> Check:
    """Whether the server ends what repeats itself.

    Args:
        heard: one token said again and again; `None` where there was no token to have it say.
        vllm: whether the server is vLLM.
    """
    without = "dsr1-chat's own guard watches for loops"
    if heard is None:
        remedy = "It takes /tokenize to see it: serve the model with vLLM."
        return skipped(CheckId.REPETITION, f"cannot be tried without /tokenize; {without}", remedy)
    if isinstance(heard, Fault):
        return _without(CheckId.REPETITION, heard, without, vllm=vllm)
    if heard.finish == "repetition":
        return passed(CheckId.REPETITION, "kept: a repeated token was ended")
    return warned(CheckId.REPETITION, f"accepted and ignored; {without}", _newer(vllm=vllm))


def judge_interval(plain: Heard, heard: Heard | Fault, *, vllm: bool) -> Check:
    """Whether tokens are joined into fewer chunks."""
    without = "every token comes by itself, which costs more over SSH and in votes"
    if isinstance(heard, Fault):
        return _without(CheckId.INTERVAL, heard, without, vllm=vllm)
    if plain.chunks < 4:  # noqa: PLR2004  too few to see some of them joined
        return passed(CheckId.INTERVAL, "accepted (may be ignored: the answer was too short to see it by)")
    if 2 * heard.chunks <= plain.chunks:
        return passed(CheckId.INTERVAL, f"kept: {heard.chunks} chunks in place of {plain.chunks}")
    return warned(CheckId.INTERVAL, f"accepted and ignored; {without}", _newer(vllm=vllm))


def _without(known: CheckId, fault: Fault, instead: str, *, vllm: bool) -> Check:
    if fault.code not in _NOT_UNDERSTOOD:
        return failed(known, fault.message, fault.hint or _AGAIN)
    return warned(known, f"not there; {instead}", _newer(vllm=vllm), fault.message)


def _newer(*, vllm: bool) -> str:
    return "Update vLLM on the server." if vllm else "Nothing breaks; to have it, serve the model with vLLM."
