"""Qwen2 in plain PyTorch, small: the tiny model's layers, its files and a sampler to check it without a server."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

Pair = tuple[Tensor, Tensor]
Cache = list[Pair]
SHORT = 128
"""Rows up to this length, in tokens, are attended to by plain products."""


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes, under the names that Hugging Face's config.json has for them."""

    vocab_size: int = 960
    hidden_size: int = 192
    intermediate_size: int = 512
    num_hidden_layers: int = 4
    num_attention_heads: int = 3
    num_key_value_heads: int = 1
    max_position_embeddings: int = 4096
    rms_norm_eps: float = 1e-6
    rope_theta: float = 10000.0


class Norm(nn.Module):
    """Root-mean-square norm."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(config.hidden_size))
        self.eps = config.rms_norm_eps

    def forward(self, x: Tensor) -> Tensor:
        return functional.rms_norm(x, (x.shape[-1],), self.weight, self.eps)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary position embedding; `x` is (batch, heads, length, size), `cos` and `sin` (batch, 1, length, size / 2)."""
    left, right = x.chunk(2, dim=-1)
    return torch.cat((left * cos - right * sin, right * cos + left * sin), dim=-1)


def attend(q: Tensor, k: Tensor, v: Tensor, *, causal: bool) -> Tensor:
    """Attention by plain products where rows are short: the fused kernel's backward pass is slow there on a CPU."""
    if not causal or q.shape[2] > SHORT:
        return functional.scaled_dot_product_attention(q, k, v, is_causal=causal)
    future = torch.ones(q.shape[2], q.shape[2], dtype=torch.bool).triu(1)
    scores = (q @ k.transpose(-1, -2)) * q.shape[3] ** -0.5
    return scores.masked_fill(future, -1e4).softmax(-1).to(v.dtype) @ v


class Attention(nn.Module):
    """Grouped-query attention with a bias on query, key and value, as Qwen2 has it."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.heads, self.kv_heads = config.num_attention_heads, config.num_key_value_heads
        self.size = config.hidden_size // self.heads
        self.q_proj = nn.Linear(config.hidden_size, self.heads * self.size)
        self.k_proj = nn.Linear(config.hidden_size, self.kv_heads * self.size)
        self.v_proj = nn.Linear(config.hidden_size, self.kv_heads * self.size)
        self.o_proj = nn.Linear(self.heads * self.size, config.hidden_size, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, past: Pair | None) -> tuple[Tensor, Pair]:
        batch, length, _ = x.shape
        q = rotate(self.q_proj(x).view(batch, length, self.heads, self.size).transpose(1, 2), cos, sin)
        k = rotate(self.k_proj(x).view(batch, length, self.kv_heads, self.size).transpose(1, 2), cos, sin)
        v = self.v_proj(x).view(batch, length, self.kv_heads, self.size).transpose(1, 2)
        if past is not None:
            k, v = torch.cat((past[0], k), dim=2), torch.cat((past[1], v), dim=2)
        groups = self.heads // self.kv_heads
        wide_k, wide_v = k.repeat_interleave(groups, dim=1), v.repeat_interleave(groups, dim=1)
        out = attend(q, wide_k, wide_v, causal=past is None)
        return self.o_proj(out.transpose(1, 2).reshape(batch, length, -1)), (k, v)


class FeedForward(nn.Module):
    """Gated feed-forward layer."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.up_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.down_proj = nn.Linear(config.intermediate_size, config.hidden_size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.down_proj(functional.silu(self.gate_proj(x)) * self.up_proj(x))
        return out


class Layer(nn.Module):
    """Attention, then feed-forward, each on a norm and beside a straight path."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.input_layernorm = Norm(config)
        self.self_attn = Attention(config)
        self.post_attention_layernorm = Norm(config)
        self.mlp = FeedForward(config)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, past: Pair | None) -> tuple[Tensor, Pair]:
        mixed, cache = self.self_attn(self.input_layernorm(x), cos, sin, past)
        x = x + mixed
        return x + self.mlp(self.post_attention_layernorm(x)), cache


class Body(nn.Module):
    """Everything between the ids and the last hidden states; its parameters carry Hugging Face's names."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))
        self.norm = Norm(config)


class TinyR1(nn.Module):
    """The language model, with the input embedding as its output layer."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.model = Body(config)
        size = config.hidden_size // config.num_attention_heads
        steps = torch.arange(0, size, 2).float() / size
        self.frequencies = 1.0 / config.rope_theta**steps
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02 if parameter.shape[0] == config.vocab_size else 0.05)
            elif parameter.shape[0] != config.hidden_size:
                nn.init.zeros_(parameter)

    def forward(self, ids: Tensor, positions: Tensor, past: Cache | None = None) -> tuple[Tensor, Cache]:
        """Hidden states (batch, length, hidden) and the cache, of `ids` at `positions` (both (batch, length))."""
        x = self.model.embed_tokens(ids)
        angles = positions[:, None, :, None].float() * self.frequencies
        cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        cache: Cache = []
        for index, layer in enumerate(self.model.layers):
            x, kept = layer(x, cos, sin, past[index] if past is not None else None)
            cache.append(kept)
        return self.model.norm(x), cache

    def logits(self, hidden: Tensor) -> Tensor:
        """Scores over the vocabulary."""
        return functional.linear(hidden, self.model.embed_tokens.weight)


@torch.no_grad()
def wire(model: TinyR1) -> None:
    """Start the model with an induction head ("what followed this the last time?") instead of waiting for one to grow.

    Copying needs two heads that are of no use apart: in layer 0 one that carries each token to its successor, and in
    layer 1 one that looks for a successor of the present token. Left to chance they appear after more tokens than this
    whole training has; names and digits are copied wrong until then. Here Qwen2's biases turn head 0 of layer 0 to the
    token before, by the rotations of the fast pairs, and head 0 of layer 1 compares what it left with what it reads, in
    the slow pairs, where distance matters little. All else that layers add to the stream starts at zero. The attention
    of these two layers is to be trained gently, or the head is washed away before it is of use.
    """
    for layer in model.model.layers:
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
    first, second = model.model.layers[0].self_attn, model.model.layers[1].self_attn
    model.model.embed_tokens.weight.normal_(std=0.1)
    model.model.norm.weight.fill_(0.3)
    size, half = first.size, first.size // 2
    read, write, copy = (torch.linalg.qr(torch.randn(model.config.hidden_size, size))[0].T for _ in range(3))
    fast, angle = torch.arange(half // 2), model.frequencies[: half // 2]
    strength = 6.6  # the token before then scores 6 more than its neighbours
    first.q_proj.weight[:size] = 0
    first.k_proj.weight.mul_(0.1)
    first.k_proj.bias[fast] = strength
    first.q_proj.bias[fast] = strength * angle.cos()
    first.q_proj.bias[fast + half] = -strength * angle.sin()
    first.v_proj.weight.copy_(read)
    first.o_proj.weight[:, :size] = 0.17 * write.T  # as long as an embedding at the start
    slow = torch.cat((torch.arange(half * 5 // 8, half), torch.arange(half * 5 // 8, half) + half))
    second.q_proj.weight[:size] = 0
    second.k_proj.weight.mul_(0.1)
    second.q_proj.weight[slow] = 2 * read[slow]
    second.k_proj.weight[slow] = 2 * write[slow]
    second.v_proj.weight.copy_(copy)
    second.o_proj.weight[:, :size] = 0.2 * copy.T


@torch.inference_mode()
def generate(
    model: TinyR1, ids: list[int], *, end: int, limit: int, temperature: float, top_p: float, seed: int
) -> list[int]:
    """New ids after `ids`, sampled as vLLM does (temperature, then the smallest set of mass `top_p`)."""
    dice = torch.Generator().manual_seed(seed)
    fresh, past, out = torch.tensor([ids]), None, []
    at = 0
    while len(out) < limit:
        positions = torch.arange(at, at + fresh.shape[1])[None]
        hidden, past = model(fresh, positions, past)
        at += fresh.shape[1]
        scores = model.logits(hidden[0, -1]).float()
        if temperature == 0:
            choice = int(scores.argmax())
        else:
            chances, order = (scores / temperature).softmax(-1).sort(descending=True)
            chances[chances.cumsum(0) - chances > top_p] = 0
            choice = int(order[torch.multinomial(chances, 1, generator=dice)])
        if choice == end:
            break
        out.append(choice)
        fresh = torch.tensor([[choice]])
    return out


def save(model: TinyR1, out: Path, *, begin: int, end: int) -> None:
    """Write weights (bf16), config.json and generation_config.json into `out`."""
    weights = {name: value.detach().to(torch.bfloat16).contiguous() for name, value in model.state_dict().items()}
    save_file(weights, out / "model.safetensors", metadata={"format": "pt"})
    config = {
        "architectures": ["Qwen2ForCausalLM"],
        "model_type": "qwen2",
        **asdict(model.config),
        "hidden_act": "silu",
        "attention_dropout": 0.0,
        "initializer_range": 0.02,
        "tie_word_embeddings": True,
        "use_cache": True,
        "use_sliding_window": False,
        "bos_token_id": begin,
        "eos_token_id": end,
        "torch_dtype": "bfloat16",
    }
    sampling = {"bos_token_id": begin, "eos_token_id": end, "do_sample": True, "temperature": 0.6, "top_p": 0.95}
    for name, content in (("config.json", config), ("generation_config.json", sampling)):
        (out / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def load(folder: Path) -> TinyR1:
    """The model in `folder`, computed in float32 with the rounded weights that a server sees."""
    model = TinyR1(Config())
    model.load_state_dict({name: value.float() for name, value in load_file(folder / "model.safetensors").items()})
    return model.eval()
