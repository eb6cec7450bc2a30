"""Starts that fail because of how the server was told to run: flags, port, parsers, quantization."""

import re
from typing import Final

from dsr1_tui.domain.server.causes import Cause, Finding, because, cause
from dsr1_tui.domain.server.diagnosis import Diagnosis, StartCode
from dsr1_tui.domain.server.log_facts import whole
from dsr1_tui.domain.server.remedies import off, on, other_port

_FLAG: Final = re.compile(r"(?<![\w-])--?[A-Za-z][\w.-]{0,80}")
_PARSER: Final = "Take deepseek_r1, which fits DeepSeek-R1 and its distilled models."


def _port_taken(found: Finding) -> Diagnosis:
    named = re.search(r"\('[^']{0,80}', (\d{1,5})(?:, \d+, \d+)?\)|:(\d{2,5})\)", found.text[:600])
    port = int(named.group(1) or named.group(2)) if named else found.given.port
    why = f"Port {port} is taken by another program."
    remedy = "Take another port, end what listens there, or use that server if it is one."
    return because(StartCode.PORT_IN_USE, why, remedy, other_port(port))


def _inner_port_taken(_: Finding) -> Diagnosis:
    why = "A port that the engine's processes use among themselves is taken."
    return because(
        StartCode.PORT_IN_USE, why, "Start again; if it comes back set MASTER_PORT or VLLM_PORT to a free one."
    )


def _unknown_flags(found: Finding) -> Diagnosis:
    flags = _FLAG.findall(found.match.group(1).replace("=", " "))
    why = f"vLLM does not know {' and '.join(flags) or found.words()}."
    remedy = "Take it away, or check its spelling with `vllm serve --help=all`."
    return because(StartCode.BAD_FLAG, why, remedy, *(off(flag) for flag in dict.fromkeys(flags)))


def _bad_value(found: Finding) -> Diagnosis:
    # “argument --quantization/-q: invalid choice: …”: the long name counts.
    names = _FLAG.findall(found.match.group(1))
    flag = max(names, key=len, default="")
    said = found.words(2)
    if flag == "--quantization":
        why = f"vLLM does not know this quantization: {said}."
        return because(
            StartCode.BAD_QUANTIZATION, why, "Start without --quantization: the model's own is used.", off(flag)
        )
    if flag == "--reasoning-parser":
        return because(
            StartCode.BAD_REASONING_PARSER,
            f"vLLM has no such reasoning parser: {said}.",
            _PARSER,
            on(flag, "deepseek_r1"),
        )
    why = f"vLLM does not accept the value of {flag or found.words(1)}: {said}."
    return because(
        StartCode.BAD_FLAG,
        why,
        "Take the flag away, or give it a value that vLLM knows.",
        *((off(flag),) if flag else ()),
    )


def _refused(found: Finding) -> Diagnosis:
    why = f"vLLM does not accept its command line: {found.words(1)}."
    flags = _FLAG.findall(found.match.group(1))[:1]
    return because(
        StartCode.BAD_FLAG, why, "Check the flags with `vllm serve --help=all`.", *(off(flag) for flag in flags)
    )


def _bad_field(found: Finding) -> Diagnosis:
    flag = "--" + found.match.group(1).split(".")[0].replace("_", "-")
    why = f"vLLM does not accept the value of {flag}: {found.words(2)}."
    return because(StartCode.BAD_FLAG, why, "Take the flag away, or give it a value that vLLM knows.", off(flag))


def _tool_parser(found: Finding) -> Diagnosis:
    why = f"vLLM has no tool parser {found.words(1)}.".replace(" .", ".")
    remedy = "Start without tools; a chat needs none."
    return because(StartCode.BAD_FLAG, why, remedy, off("--tool-call-parser"), off("--enable-auto-tool-choice"))


def _parser(found: Finding) -> Diagnosis:
    name = found.words(1)
    why = f"vLLM has no reasoning parser {name}.".replace(" .", ".")
    fix = off("--reasoning-parser") if name == "deepseek_r1" else on("--reasoning-parser", "deepseek_r1")
    return because(StartCode.BAD_REASONING_PARSER, why, _PARSER, fix)


def _parser_tokens(_: Finding) -> Diagnosis:
    why = "The model's tokenizer lacks the marks that the reasoning parser looks for."
    remedy = "Start without a reasoning parser; the thinking is then found by its marks in the text."
    return because(StartCode.BAD_REASONING_PARSER, why, remedy, off("--reasoning-parser"))


def _not_quantized(found: Finding) -> Diagnosis:
    method = found.words(1) or found.given.quantization or "that"
    why = f"The model is not quantized with {method}: it holds no configuration of it."
    return because(
        StartCode.BAD_QUANTIZATION, why, "Start without --quantization, or with a model made so.", off("--quantization")
    )


def _other_quantization(found: Finding) -> Diagnosis:
    why = f"The model is quantized with {found.words(1)}, not with {found.words(2)}."
    return because(
        StartCode.BAD_QUANTIZATION, why, "Start without --quantization: the model's own is used.", off("--quantization")
    )


def _no_quantization(found: Finding) -> Diagnosis:
    why = f"This quantization does not work here: {found.words(0)}."
    # A model that is quantized itself stays so without the flag.
    flags = (off("--quantization"),) if found.given.quantization else ()
    return because(
        StartCode.BAD_QUANTIZATION, why, "Start without it, or take the model that is not quantized so.", *flags
    )


def _too_long(found: Finding) -> Diagnosis:
    wanted, derived, own = (found.match.group(n) for n in (1, 2, 3))
    limit = max(whole(derived), whole(own or "0"))
    why = f"{whole(wanted)} tokens were asked for, and the model is made for {limit}."
    return because(StartCode.MAX_LEN_TOO_LONG, why, "Start with the model's own limit.", on("--max-model-len", limit))


def _batch_too_short(found: Finding) -> Diagnosis:
    batch, wanted = whole(found.match.group(1)), whole(found.match.group(2))
    why = f"A batch of {batch} tokens cannot hold a request of {wanted}."
    remedy = "Enlarge the batch to the length, or shorten the length."
    return because(StartCode.MAX_LEN_TOO_LONG, why, remedy, on("--max-num-batched-tokens", wanted))


FLAG_CAUSES: Final[tuple[Cause, ...]] = (
    cause(
        r"EADDRINUSE|server socket has failed to listen|ZMQError: Address already in use",
        _inner_port_taken,
        "eaddrinuse",
        "server socket has failed",
        "zmqerror",
    ),
    cause(r"address already in use|Errno (?:98|48)\b", _port_taken, "already in use", "errno 98", "errno 48"),
    cause(r"error: unrecognized arguments?: ([^\n]{1,300})", _unknown_flags, "unrecognized argument"),
    cause(r"error: ambiguous option: ([\w-]{1,80})", _unknown_flags, "ambiguous option"),
    cause(r"No such option:? ([^\n]{1,80})", _unknown_flags, "no such option"),
    cause(r"error: argument ([^:]{1,200}): ([^\n]{1,200})", _bad_value, "error: argument"),
    cause(r"invalid reasoning parser: ([\w.-]{1,80})", _parser, "invalid reasoning parser"),
    cause(r"reasoning parser:? '?([\w.-]{1,80})'? (?:is )?not found", _parser, "reasoning parser"),
    cause(r"reasoning parser could not locate", _parser_tokens, "could not locate"),
    cause(
        r"invalid tool call parser: ([\w.-]{1,80})|tool (?:call )?parser:? '?(?:[\w.-]{1,80})'? (?:is )?not found"
        r"|requires --tool-call-parser",
        _tool_parser,
        "tool call parser",
        "tool parser",
        "--tool-call-parser",
    ),
    cause(r"Cannot find the config file for (\w{1,40})", _not_quantized, "config file for"),
    cause(
        r"Quantization method specified in the model config \(([\w-]{1,40})\) does not match.{0,120}?\(([\w-]{1,40})\)",
        _other_quantization,
        "quantization method specified",
    ),
    cause(
        r"Unknown quantization method[^.\n]{0,60}"
        r"|quantization (?:method|scheme) .{0,60}?not supported for the current GPU[^\n]{0,80}"
        r"|\w+ quantization is currently not supported in \w+"
        r"|install (?:bitsandbytes|gptqmodel|autoawq|compressed-tensors)\b",
        _no_quantization,
        "quantization",
        "install bitsandbytes",
        "install gptqmodel",
        "install autoawq",
        "install compressed",
    ),
    cause(
        r"validation errors? for \w{1,60} ([a-z][\w.]{1,60}) (Input should be .{1,120}?)(?: \[type=|$)",
        _bad_field,
        "validation error",
    ),
    cause(r"(?:vllm|api_server\.py|serve)\b[^:]{0,30}: error: ([^\n]{1,200})", _refused, ": error: ", weak=True),
    cause(
        r"max_model_len \((\d{1,9})\) is greater than the derived max_model_len \(\w{1,60}=(\d{1,9}(?:\.\d)?)"
        r"(?: or model_max_length=(?:None|(\d{1,9}(?:\.\d)?)))?",
        _too_long,
        "derived max_model_len",
    ),
    cause(
        r"max_num_batched_tokens \((\d{1,9})\) is smaller than max_model_len \((\d{1,9})\)",
        _batch_too_short,
        "max_num_batched_tokens",
    ),
)
