import json
import os
import shlex
from collections.abc import Mapping
from pathlib import Path

import pytest

from dsr1_tui import wiring
from dsr1_tui.domain.fault import FaultCode
from dsr1_tui.services.plan_serve import PlanPorts
from support.cli import run_here
from support.fake_plan import AWQ, CPU_ENGINE, NOWHERE, FakePlan, gpus
from support.fault_server import unused_port

Capture = pytest.CaptureFixture[str]
GOLDEN = Path(__file__).parent.parent / "data" / "serve_dry_run"
R1_32B = "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B"


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakePlan:
    """A machine with one GPU and the engine, and an empty config folder."""
    for name in ("VLLM_API_KEY", "DSR1_BASE_URL", "DSR1_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"DSR1_{name}_DIR", str(tmp_path / name.lower()))
    fake = FakePlan()

    def find(environ: Mapping[str, str]) -> PlanPorts:
        del environ
        return fake.ports()

    monkeypatch.setattr(wiring, "find_planner", find)
    return fake


@pytest.mark.parametrize(
    ("name", "arguments", "change"),
    [
        ("one_gpu", [], FakePlan()),
        ("awq_model", [AWQ, "--quantization", "awq", "--kv-cache-dtype", "fp8"], FakePlan()),
        ("four_gpus", [R1_32B, "--tensor-parallel-size", "4"], FakePlan(machine=gpus(4))),
        ("chosen_gpus", ["--gpus", "1,3", "--data-parallel-size", "2"], FakePlan(machine=gpus(4))),
        ("cpu_build", [], FakePlan(machine=gpus(0), vllm=CPU_ENGINE)),
        ("small_gpu", [], FakePlan(machine=gpus(1, 5.7))),
        ("nothing_installed", [], FakePlan(machine=gpus(0), vllm=NOWHERE)),
        ("exposed", ["--host", "0.0.0.0", "--expose", "--", "--max-num-seqs", "8"], FakePlan()),
    ],
)
def test_a_dry_run_prints_what_would_be_run(
    name: str, arguments: list[str], change: FakePlan, plan: FakePlan, capfd: Capture
) -> None:
    plan.machine, plan.vllm = change.machine, change.vllm
    said = run_here(capfd, "serve", "--dry-run", *arguments)
    file = GOLDEN / f"{name}.txt"
    whole = f"{said.out}--- stderr\n{said.err}"
    if os.environ.get("DSR1_WRITE_GOLDEN"):
        file.write_text(whole)
    assert said.code == 0
    assert whole == file.read_text()
    assert plan.made == [], "a dry run makes no key"


def test_the_command_line_is_one_that_a_shell_takes_and_the_object_says_the_same(
    plan: FakePlan, capfd: Capture
) -> None:
    text = run_here(capfd, "serve", "a/b", "--dry-run", "--", "--chat-template", "a 'b'").out.splitlines()
    found = json.loads(run_here(capfd, "serve", "a/b", "--dry-run", "--json", "--", "--chat-template", "a 'b'").out)
    assert shlex.split(text[0]) == found["command"]
    assert dict(line.split("=", 1) for line in text[1:]) == found["environment"]
    assert found["command"][-1] == "a 'b'"
    assert found["base_url"] == "http://127.0.0.1:8000/v1"


def test_warnings_of_the_object_name_the_flags_that_do(plan: FakePlan, capfd: Capture) -> None:
    plan.machine = gpus(1, 5.7)
    found = json.loads(run_here(capfd, "serve", "--dry-run", "--json").out)
    (warning,) = found["warnings"]
    assert warning["code"] == "kv-cache-too-small"
    assert 0 < int(warning["flags"]["--max-model-len"]) < 32768


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--nope"], "No such option '--nope'"),
        (["/lost/model"], "/lost/model does not exist"),
        (["--port", "0"], "port must be 1 to 65,535"),
        (["--port", "65536"], "port must be 1 to 65,535"),
        (["--port", "http"], "port needs a whole number"),
        (["--profile", "x"], "There is no server profile “x”"),
        (["--gpus", "a,b"], "gpus needs a list of numbers"),
        (["--gpus", ""], "gpus needs a list of numbers"),
        (["--gpus", "1,1"], "names a GPU twice"),
        (["--max-model-len", "-3"], "max_model_len must be 1 to"),
        (["--tensor-parallel-size", "-1"], "tensor_parallel_size must be 1 to"),
        (["--gpu-memory-utilization", "0"], "must be above 0, at most 1"),
        (["--gpu-memory-utilization", "nan"], "must be above 0, at most 1"),
        (["--dtype", "bf16"], "Did you mean bfloat16"),
        (["--quantization", "awk"], "Did you mean awq"),
        (["--quantization", "int8"], "int8_per_channel_weight_only"),
        (["--kv-cache-dtype", "fp9"], "Did you mean fp8"),
        (["--reasoning-parser", "deepseek"], "deepseek_r1"),
        (["--distributed-executor-backend", "rai"], "Did you mean ray"),
        (["--served-model-name", "two words"], "served_model_name must be a name"),
        (["--hf-endpoint", "mirror"], "must be an https:// address"),
        (["--api-key-env", "NOT_SET_ANYWHERE"], "NOT_SET_ANYWHERE holds no key"),
        (["--api-key-env", "sk-123"], "must be the name of an environment variable"),
        (["--host", "0.0.0.0"], "ssh -L 8000:127.0.0.1:8000"),
        (["a/b", "c/d"], "unexpected extra argument"),
        (["a/b", "--model", "c/d"], "Two models are named"),
        (["a/b", "--", "status"], "begins with a flag"),
        (["a/b", "--", "--api-key", "sk-1"], "may not hold --api-key; give api_key_env"),
        (["a/b", "--", "--port=1"], "may not hold --port"),
    ],
)
def test_bad_input_is_told_in_one_line(plan: FakePlan, capfd: Capture, arguments: list[str], words: str) -> None:
    said = run_here(capfd, "serve", "--dry-run", *arguments)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert words in said.err
    assert "sk-1" not in said.err.replace("“sk-123”", ""), "no key of the words after “--” is repeated"


def test_a_profile_is_saved_and_used(plan: FakePlan, capfd: Capture, tmp_path: Path) -> None:
    saved = run_here(capfd, "serve", AWQ, "--port", "8001", "--save", "lab", "--", "--max-num-seqs", "4")
    assert (saved.code, saved.out) == (0, "")
    assert "[servers.lab]" in (tmp_path / "config" / "config.toml").read_text()
    used = json.loads(run_here(capfd, "serve", "--profile", "lab", "--dry-run", "--json").out)
    assert (used["profile"], used["model"]) == ("lab", AWQ)
    assert used["command"][-2:] == ["--max-num-seqs", "4"]
    over = json.loads(run_here(capfd, "serve", "--profile", "lab", "--port", "8002", "--dry-run", "--json").out)
    assert over["base_url"] == "http://127.0.0.1:8002/v1"
    wrong = run_here(capfd, "serve", "--profile", "lub", "--dry-run")
    assert "Did you mean lab?" in wrong.err
    assert f"lab ({AWQ})" in run_here(capfd, "config", "show").out
    assert run_here(capfd, "serve", "--save", "two words").code == 2


def test_the_default_profile_is_not_laid_under_another_model(plan: FakePlan, capfd: Capture, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    text = f'[server]\nprofile = "lab"\n[servers.lab]\nmodel = "{AWQ}"\nquantization = "awq"\n'
    (tmp_path / "config" / "config.toml").write_text(text)
    assert "awq" in run_here(capfd, "serve", "--dry-run").out
    assert "awq" not in run_here(capfd, "serve", R1_32B, "--dry-run").out


def test_what_vllm_would_refuse_is_not_started(plan: FakePlan, capfd: Capture) -> None:
    port = str(unused_port())  # who is at it is asked first, and at the usual one somebody may be
    said = run_here(capfd, "serve", "--quantization", "awq", "--port", port)
    assert said.code == 2
    assert "this one is plain" in said.err
    assert f"Try: dsr1-chat serve --quantization none --port {port}" in said.err
    assert "--force" in said.err
    plan.vllm = NOWHERE
    absent = run_here(capfd, "serve", "--port", port, "--json")
    assert absent.code == 5
    assert json.loads(absent.out)["error"]["code"] == FaultCode.SERVER_START
    assert "engine install" in absent.err


def test_flags_before_the_word_serve_count(plan: FakePlan, capfd: Capture, tmp_path: Path) -> None:
    before = json.loads(run_here(capfd, "--model", "a/b", "serve", "--dry-run", "--json").out)
    assert before["model"] == "a/b"
    other = tmp_path / "other.toml"
    other.write_text("[servers.far]\nport = 9000\n")
    said = run_here(capfd, "--config", str(other), "serve", "--profile", "far", "--dry-run")
    assert "--port 9000" in said.out


def test_expose_alone_is_told_to_do_nothing(plan: FakePlan, capfd: Capture) -> None:
    assert (
        "--expose does nothing while it listens on 127.0.0.1" in run_here(capfd, "serve", "--expose", "--dry-run").err
    )
