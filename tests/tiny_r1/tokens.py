"""The tiny model's tokenizer, in the form of DeepSeek-R1-Distill-Qwen's, and its chat template."""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

BEGIN, END = "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>"
USER, ASSISTANT = "<｜User｜>", "<｜Assistant｜>"
THINK, UNTHINK = "<think>", "</think>"
MARKS = (
    (END, True),
    (USER, False),
    (ASSISTANT, False),
    (BEGIN, True),
    ("<|EOT|>", False),
    (THINK, False),
    (UNTHINK, False),
)
"""The marks in the order of their ids, and whether decoding leaves them out (as in the real tokenizer)."""

VOCAB = 960
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""Qwen2's way of cutting text into words: single digits, newlines apart."""

TEMPLATE = (
    "{%- if add_generation_prompt is not defined %}{%- set add_generation_prompt = false %}{%- endif %}"
    "{%- set seen = namespace(system='', call=false, result=false) %}"
    "{%- for m in messages if m['role'] == 'system' %}{%- set seen.system = m['content'] %}{%- endfor %}"
    "{{- bos_token }}{{- seen.system }}"
    "{%- for m in messages %}"
    "{%- if m['role'] == 'user' %}"
    "{%- set seen.result = false %}{{- '<｜User｜>' + m['content'] }}"
    "{%- elif m['role'] == 'assistant' and m['content'] is none %}"
    "{%- set seen.result = false %}{%- set seen.call = false %}"
    "{%- for c in m['tool_calls'] %}"
    "{{- '\\n' if seen.call else '<｜Assistant｜><｜tool▁calls▁begin｜>' }}"
    "{{- '<｜tool▁call▁begin｜>' + c['type'] + '<｜tool▁sep｜>' + c['function']['name'] }}"
    "{{- '\\n```json\\n' + c['function']['arguments'] + '\\n```<｜tool▁call▁end｜>' }}"
    "{%- set seen.call = true %}"
    "{%- endfor %}"
    "{{- '<｜tool▁calls▁end｜><｜end▁of▁sentence｜>' }}"
    "{%- elif m['role'] == 'assistant' and seen.result %}"
    "{%- set seen.result = false %}{{- '<｜tool▁outputs▁end｜>' + m['content'] + '<｜end▁of▁sentence｜>' }}"
    "{%- elif m['role'] == 'assistant' %}"
    "{{- '<｜Assistant｜>' + m['content'].split('</think>')[-1] + '<｜end▁of▁sentence｜>' }}"
    "{%- elif m['role'] == 'tool' %}"
    "{{- '\\n' if seen.result else '<｜tool▁outputs▁begin｜>' }}"
    "{{- '<｜tool▁output▁begin｜>' + m['content'] + '<｜tool▁output▁end｜>' }}{%- set seen.result = true %}"
    "{%- endif %}"
    "{%- endfor %}"
    "{{- '<｜tool▁outputs▁end｜>' if seen.result }}"
    "{{- '<｜Assistant｜><think>\\n' if add_generation_prompt and not seen.result }}"
)
"""Renders what DeepSeek-R1-Distill-Qwen's template renders: see VLLM's `/tokenize` with `messages`."""


def build(texts: list[str]) -> Tokenizer:
    """A byte-level BPE tokenizer trained on `texts`, with R1's marks behind its vocabulary."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB - len(MARKS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_tokens([AddedToken(text, special=special, normalized=False) for text, special in MARKS])
    begin = tokenizer.token_to_id(BEGIN)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BEGIN} $A", pair=f"{BEGIN} $A {BEGIN} $B", special_tokens=[(BEGIN, begin)]
    )
    return tokenizer


def save(tokenizer: Tokenizer, out: Path, max_length: int) -> None:
    """Write `tokenizer.json` and `tokenizer_config.json` into `out`."""
    tokenizer.save(str(out / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": BEGIN,
        "eos_token": END,
        "pad_token": END,
        "clean_up_tokenization_spaces": False,
        "model_max_length": max_length,
        "chat_template": TEMPLATE,
    }
    (out / "tokenizer_config.json").write_text(
        json.dumps(config, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def encode(tokenizer: Tokenizer, text: str) -> list[int]:
    """The ids of `text` without a begin mark."""
    return list(tokenizer.encode(text, add_special_tokens=False).ids)


def prompt(messages: list[dict[str, str]]) -> str:
    """What the template makes of `messages`, with the opening of an answer at the end."""
    system = [message["content"] for message in messages if message["role"] == "system"]
    text = BEGIN + (system[-1] if system else "")
    for message in messages:
        if message["role"] == "user":
            text += USER + message["content"]
        elif message["role"] == "assistant":
            text += ASSISTANT + message["content"].split(UNTHINK)[-1] + END
    return f"{text}{ASSISTANT}{THINK}\n"
