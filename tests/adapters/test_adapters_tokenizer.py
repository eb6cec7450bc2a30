"""The model's own tokenizer through tiktoken: the counts of the reference implementation, from the same file."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.adapters.tokenizer import LocalTokenizers, read_tokenizer
from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.r1_template import is_r1_prompt, render_r1
from dsr1_tui.domain.request import ModelInfo, PromptMessage

TESTS = Path(__file__).resolve().parents[1]
MODEL = TESTS / "tiny_r1" / "model"
COUNTS = json.loads((TESTS / "data" / "tokenizer_counts.json").read_text(encoding="utf-8"))
"""What the `tokenizers` package (Hugging Face) counts with this very file, special tokens parsed, none added."""

COUNT = read_tokenizer(MODEL / "tokenizer.json")


@pytest.mark.parametrize("case", COUNTS, ids=range(len(COUNTS)))
def test_it_counts_as_the_reference_does(case: dict[str, Any]) -> None:
    assert COUNT is not None
    assert COUNT(case["text"]) == case["tokens"]


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_any_text_is_counted(text: str) -> None:
    assert COUNT is not None
    assert 0 <= COUNT(text) <= 8 * len(text)


def test_it_is_found_by_folder_and_in_the_hubs_cache(tmp_path: Path) -> None:
    kept = tmp_path / "hub" / "models--deepseek-ai--tiny"
    commit = kept / "snapshots" / "abc"
    commit.mkdir(parents=True)
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("abc", encoding="ascii")
    (commit / "tokenizer.json").write_bytes((MODEL / "tokenizer.json").read_bytes())
    tokenizers = LocalTokenizers({"HF_HOME": str(tmp_path)})
    for model in (
        ModelInfo(id="x", root=str(MODEL)),
        ModelInfo(id="deepseek-ai/tiny"),
        ModelInfo(id="y", root="deepseek-ai/tiny"),
    ):
        count = tokenizers.of(model)
        assert count is not None
        assert count("Hello, world!") == COUNTS[0]["tokens"]
    assert tokenizers.of(ModelInfo(id="deepseek-ai/none", root=str(tmp_path))) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said.update(normalizer={"type": "NFKC"}),
        lambda said: said.update(pre_tokenizer={"type": "Metaspace"}),
        lambda said: said["model"].update(type="Unigram"),
        lambda said: said["model"].update(vocab={"a": 0}, merges=[]),
        lambda said: said.pop("model"),
        lambda said: said["pre_tokenizer"]["pretokenizers"][0]["pattern"].update(Regex="("),
    ],
    ids=["normalizer", "pieces", "kind", "bytes", "nothing", "pattern"],
)
def test_a_tokenizer_of_another_kind_is_none(tmp_path: Path, change: Any) -> None:
    said = json.loads((MODEL / "tokenizer.json").read_text(encoding="utf-8"))
    change(said)
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(said), encoding="utf-8")
    assert read_tokenizer(path) is None


def test_a_broken_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_bytes(b"{\xff")
    assert read_tokenizer(tmp_path / "tokenizer.json") is None
    assert read_tokenizer(tmp_path / "other.json") is None


def test_the_template_is_rendered_as_the_server_renders_it() -> None:
    asked = [
        PromptMessage(MessageRole.SYSTEM, "Be kind."),
        PromptMessage(MessageRole.USER, "Hi"),
        PromptMessage(MessageRole.ASSISTANT, "<think>\nhm</think>Hello."),
        PromptMessage(MessageRole.USER, "Why?"),
    ]
    rendered = render_r1(asked)
    assert rendered == (
        "<｜begin▁of▁sentence｜>Be kind.<｜User｜>Hi<｜Assistant｜>Hello.<｜end▁of▁sentence｜>"
        "<｜User｜>Why?<｜Assistant｜><think>\n"
    )
    assert is_r1_prompt(rendered)
    assert not is_r1_prompt("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n")
    begun = [PromptMessage(MessageRole.USER, "Hi"), PromptMessage(MessageRole.ASSISTANT, "<think>\nOkay, ")]
    assert render_r1(begun).endswith("<｜User｜>Hi<｜Assistant｜><think>\nOkay, ")
