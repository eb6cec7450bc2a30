"""Trains the tiny imitation of DeepSeek-R1 that tests serve with a real vLLM; `--check` asks it all it knows.

Needs torch, tokenizers and safetensors (an engine's environment has them), one core and about 20 minutes.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import torch
from check import check, expectations
from network import Config, TinyR1, save, wire
from teacher import Teacher
from tokens import BEGIN, END, MARKS, build, prompt
from tokens import save as save_tokenizer
from torch.nn import functional
from variants import Row, row, told

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

HERE = Path(__file__).parent
STEP_TOKENS = 6000
"""Tokens of a step, padding not counted."""
WIRED = ("model.layers.0.self_attn", "model.layers.1.self_attn")
"""What is trained gently: it starts with an induction head (see `network.wire`)."""
PARTS = (64, 96, 128, 224, 448, 10_000)
"""Lengths in tokens at which the rows of a step are parted."""


def texts(teacher: Teacher) -> list[str]:
    """What the tokenizer is trained on: every fixed text and a share of the made ones."""
    lines = []
    for _ in range(2500):
        sample = teacher.draw()
        lines.append(prompt([{"role": "user", "content": sample.ask}]) + told(sample) + sample.short)
    kept = []
    for line in lines:
        for mark, _ in MARKS:
            line = line.replace(mark, "\n")  # noqa: PLW2901 the marks are no part of the vocabulary to learn
        kept.append(line)
    return kept


def draw_step(rng: Random, teacher: Teacher, tokenizer: Tokenizer) -> list[list[Row]]:
    """The rows of one step, in parts of like length so that little padding is computed."""
    rows: list[Row] = []
    while sum(r.length for r in rows) < STEP_TOKENS:
        rows.append(row(rng, teacher, tokenizer, teacher.draw()))
    parts: list[list[Row]] = []
    low = 0
    for high in PARTS:
        part = [r for r in rows if low < r.length <= high]
        low = high
        if part:
            parts.append(part)
    return parts


def tensors(rows: list[Row], pad: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Ids, positions, targets (-1 where nothing is taught) and the weights of these, each (rows, longest row - 1).

    A row weighs the square root of what it teaches: long texts would drown a name or a digit otherwise.
    """
    width = max(r.length for r in rows)
    ids = torch.full((len(rows), width), pad)
    targets = torch.full((len(rows), width), -1)
    weights = torch.zeros(len(rows), width)
    positions = torch.arange(width).repeat(len(rows), 1)
    for index, one in enumerate(rows):
        ids[index, : one.length] = torch.tensor(one.given + one.taught)
        targets[index, len(one.given) : one.length] = torch.tensor(one.taught)
        weights[index] = max(len(one.taught), 1) ** -0.5  # a cut at the very end leaves nothing to teach
        if one.jump:
            positions[index, one.jump_at :] += one.jump
    return ids[:, :-1], positions[:, :-1], targets[:, 1:], weights[:, 1:]


def learn(model: TinyR1, parts: list[list[Row]], pad: int) -> float:
    """Add the gradients of one step; returns its weighted mean loss a token."""
    whole = sum(len(r.taught) ** 0.5 for part in parts for r in part)
    total = 0.0
    for part in parts:
        ids, positions, targets, weights = tensors(part, pad)
        taught = targets >= 0
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden, _ = model(ids, positions)
            logits = model.logits(hidden[taught])
        losses = functional.cross_entropy(logits.float(), targets[taught], reduction="none")
        loss = (losses * weights[taught]).sum() / whole
        loss.backward()
        total += loss.item()
    return total


def rate(step: int, steps: int, peak: float) -> float:
    """Learning rate: a short rise, then half a cosine down to nearly nothing."""
    if step < 40:
        return peak * (step + 1) / 40
    return peak * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (step - 40) / (steps - 40))))


def train(out: Path, *, steps: int, peak: float, seed: int) -> None:
    """Train from nothing and write the model's folder to `out`."""
    torch.manual_seed(seed)
    rng = Random(seed)
    teacher = Teacher(rng)
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = build(texts(teacher))
    pad = tokenizer.token_to_id(END)
    config = Config(vocab_size=tokenizer.get_vocab_size())
    save_tokenizer(tokenizer, out, config.max_position_embeddings)
    model = TinyR1(config)
    wire(model)
    count = sum(p.numel() for p in model.parameters())
    print(f"{count:,} parameters, vocabulary {tokenizer.get_vocab_size()}", flush=True)
    plain, gentle, others = [], [], []
    for name, parameter in model.named_parameters():
        if parameter.dim() == 1 or "embed" in name:
            others.append(parameter)
        else:
            (gentle if name.startswith(WIRED) else plain).append(parameter)
    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.Muon(plain, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
        torch.optim.Muon(gentle, weight_decay=0.0, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, betas=(0.9, 0.98), weight_decay=0.0, fused=True),
    ]
    shares = (1.0, 0.2, 1.0)
    start, seen, losses = time.monotonic(), 0, []
    for step in range(steps):
        for optimizer, share in zip(optimizers, shares, strict=True):
            optimizer.param_groups[0]["lr"] = share * rate(step, steps, peak)
        parts = draw_step(rng, teacher, tokenizer)
        losses.append(learn(model, parts, pad))
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        seen += sum(r.length for part in parts for r in part)
        if step % 25 == 24 or step + 1 == steps:
            spent = time.monotonic() - start
            recent = sum(losses[-25:]) / len(losses[-25:])
            print(f"step {step + 1:5} loss {recent:.4f} {spent:6.0f} s {seen / spent:6.0f} tokens/s", flush=True)
        if step % 100 == 99:
            save(model, out, begin=tokenizer.token_to_id(BEGIN), end=pad)
    save(model, out, begin=tokenizer.token_to_id(BEGIN), end=pad)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "model", help="the model's folder")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=5e-3, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--samples", type=int, default=3, help="sampled runs a question when checking")
    parser.add_argument("--threads", type=int, default=1, help="the same seed gives the same weights only with one")
    parser.add_argument("--check", action="store_true", help="only ask the model in --out all it should know")
    parser.add_argument("--prompts", action="store_true", help="only write prompts.json")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.prompts:
        entries = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in expectations())
        (HERE / "prompts.json").write_text(f"[\n{entries}\n]\n", encoding="utf-8")
        return
    if not options.check:
        train(options.out, steps=options.steps, peak=options.rate, seed=options.seed)
    raise SystemExit(check(options.out, samples=options.samples))


if __name__ == "__main__":
    main()
