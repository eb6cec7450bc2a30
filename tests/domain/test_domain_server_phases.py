from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.domain.server.phases import StartWatch
from dsr1_tui.domain.server.progress import Phase, ServerFacts, StartProgress

LOGS = Path(__file__).parents[1] / "data" / "server_logs"
GPU = (LOGS / "gpu_start.txt").read_text(encoding="utf-8").replace("<CR>", "\r").replace("<ESC>", "\x1b")
"""A start on two GPUs with a download, in the words of the source (no such machine was at hand)."""


def cpu() -> str:
    with (LOGS / "startup_ok.log").open(encoding="utf-8", newline="") as file:
        return file.read()


def after(text: str) -> StartProgress:
    watch = StartWatch()
    watch.feed(text)
    return watch.progress


def test_a_start_on_the_cpu() -> None:
    assert after(cpu()) == StartProgress(
        phase=Phase.READY,
        passed=(Phase.STARTING, Phase.RESOLVING, Phase.LOADING, Phase.PROFILING),
        facts=ServerFacts(
            version="0.32.0",
            architecture="Qwen2ForCausalLM",
            max_model_len=4096,
            weights_s=0.01,
            kv_cache_gib=1.0,
            kv_cache_tokens=1_048_576,
            max_concurrency=256.0,
            engine_s=0.68,
        ),
    )


def test_a_start_on_gpus_with_a_download() -> None:
    found = after(GPU)
    assert (found.phase, found.passed) == (Phase.READY, tuple(Phase)[:-1])
    assert found.facts == ServerFacts(
        version="0.32.0",
        architecture="Qwen2ForCausalLM",
        max_model_len=32_768,
        weights_gib=3.35,
        weights_s=1.23,
        kv_cache_gib=66.98,
        kv_cache_tokens=2_508_400,
        max_concurrency=76.55,
        engine_s=31.42,
    )


@pytest.mark.parametrize(
    ("upto", "phase", "counted"),
    [
        ("config.json: 100%", Phase.RESOLVING, (None, None, "")),
        ("| 430M/3.55G [", Phase.DOWNLOADING, (430e6, 3.55e9, "B")),
        ("| 250M/1.45G [", Phase.DOWNLOADING, (680e6, 5e9, "B")),
        ("| 1/2 [00:00", Phase.LOADING, (1, 2, "shards")),
        ("Model loading took", Phase.PROFILING, (None, None, "")),
        ("| 5/51 [", Phase.CAPTURING, (5, 51, "graphs")),
        ("| 3/35 [", Phase.CAPTURING, (54, 86, "graphs")),
    ],
)
def test_where_it_stands(upto: str, phase: Phase, counted: tuple[float | None, float | None, str]) -> None:
    found = after(GPU[: GPU.index(upto) + len(upto)])
    assert found.phase is phase
    assert (found.done, found.total, found.unit) == counted


@pytest.mark.parametrize(
    ("bar", "counted"),
    [
        ("Processing Files (1 / 2)      :  50%|█████     | 1.00GB / 3.55GB, 12.3MB/s", (1e9, 3.55e9, "B")),
        ("Downloading bytes:  12%|█▏  | 430M/3.55G [00:10<01:20, 38.0MB/s]", (430e6, 3.55e9, "B")),
        ("model.safetensors: 100%|███| 3.55G/3.55G [00:10<00:00, 38.0MB/s]", (3.55e9, 3.55e9, "B")),
        ("Multi-thread loading shards:  50% Completed | 2/4 [00:01<00:01]", (2, 4, "shards")),
        ("Fetching 4 files:  25%|██▌       | 1/4 [00:00<00:01]", (None, None, "")),
        ("model.safetensors: reconstructing file:  12%|█▏  | 430M/3.55G [00:10", (None, None, "")),
    ],
)
def test_bars(bar: str, counted: tuple[float | None, float | None, str]) -> None:
    found = after("\r" + bar)
    assert (found.done, found.total, found.unit) == counted


@settings(max_examples=50)
@given(st.data())
def test_where_the_pieces_are_cut_does_not_matter(data: st.DataObject) -> None:
    end = data.draw(st.integers(min_value=0, max_value=len(GPU)))
    cuts = sorted(data.draw(st.sets(st.integers(min_value=0, max_value=end), max_size=40)))
    watch = StartWatch()
    for start, stop in zip([0, *cuts], [*cuts, end], strict=True):
        watch.feed(GPU[start:stop])
        assert watch.progress is not None
    assert watch.progress == after(GPU[:end])


@settings(max_examples=20)
@given(st.permutations([*GPU.splitlines(keepends=True), *cpu().splitlines(keepends=True)[:60]]))
def test_phases_never_go_back(lines: list[str]) -> None:
    order = list(Phase)
    watch = StartWatch()
    latest = 0
    for line in lines:
        watch.feed(line)
        found = watch.progress
        now = order.index(found.phase)
        assert now >= latest
        assert [order.index(phase) for phase in found.passed] == sorted({order.index(phase) for phase in found.passed})
        assert found.phase not in found.passed
        latest = now


@given(st.lists(st.text()))
def test_any_text_is_read(pieces: list[str]) -> None:
    watch = StartWatch()
    for piece in pieces:
        watch.feed(piece)
    assert watch.progress == after("".join(pieces))


def test_a_warning_moves_nothing() -> None:
    warned = "(APIServer pid=7) WARNING 11-22 02:44:33 [x.py:1] Application startup complete\n"
    assert after(warned).phase is Phase.STARTING
