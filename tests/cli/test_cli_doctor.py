import json
import os
import signal
import socket
import time
from pathlib import Path

import pytest

from dsr1_tui.domain.doctor import CheckId
from support.cli import clean_environ, run_cli, run_here, running_cli
from support.doctor_servers import LLAMA_CPP, VLLM, server_like
from support.fault_server import Act, FaultServer, Reply, unused_port

Capture = pytest.CaptureFixture[str]


def states(out: str) -> dict[str, str]:
    return {check["id"]: check["state"] for check in json.loads(out)["checks"]}


async def test_a_good_server_is_told_check_by_check(tmp_path: Path) -> None:
    async with server_like(VLLM, now=time.time()) as server:
        said = await run_cli("doctor", "--base-url", server.base_url, env=clean_environ(tmp_path))
    assert said.code == 0, said.out
    assert said.err == ""
    lines = said.out.splitlines()
    assert [line for line in lines if line and not line.startswith(" ")][:4] == [
        "This machine",
        "dsr1-chat's own files",
        "Serving a model here",
        "The endpoint",
    ]
    assert "kept: 2 chunks in place of 6" in said.out
    assert lines[-1].endswith("skipped")
    assert "\x1b" not in said.out
    assert not any((tmp_path / name).exists() for name in ("data", "config", "state")), "nothing was made"


async def test_json_is_one_object_with_every_check(tmp_path: Path) -> None:
    environ = clean_environ(tmp_path, DSR1_API_KEY="sk-secret", http_proxy="http://user:secret@proxy:1")
    async with server_like(LLAMA_CPP, now=time.time()) as server:
        said = await run_cli("doctor", "--json", "--base-url", server.base_url, env=environ)
    assert said.code == 0
    assert "secret" not in said.out + said.err
    told = json.loads(said.out)
    assert said.out.count("\n") == 1
    assert [check["id"] for check in told["checks"]] == [known.value for known in CheckId]
    assert all(check["remedy"] for check in told["checks"] if check["state"] != "ok")
    assert (told["verdict"], states(said.out)["proxy"]) == ("warn", "warn")


async def test_a_named_endpoint_that_is_not_there_fails_and_no_endpoint_does_not(tmp_path: Path) -> None:
    port = unused_port()
    said = await run_cli("doctor", "--json", "--base-url", f"127.0.0.1:{port}", env=clean_environ(tmp_path))
    assert said.code == 1
    assert (states(said.out)["endpoint"], states(said.out)["template"]) == ("fail", "skipped")


async def test_a_broken_config_fails_its_own_check_and_the_rest_is_told(tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("[endpoints\n")
    said = await run_cli("doctor", "--json", "--config", str(file), "--demo", env=clean_environ(tmp_path))
    assert said.code == 1
    assert (states(said.out)["config"], states(said.out)["endpoint"]) == ("fail", "ok")


async def test_a_damaged_model_and_a_taken_port_are_told(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text('{"architectures": ["Qwen2ForCausalLM"], "num_attention_heads": 3}')
    (model / "model.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}")
    config = tmp_path / "c.toml"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        config.write_text(f'[servers.own]\nmodel = "{model}"\nport = {port}\nquantization = "awq"\n')
        arguments = ("doctor", "--json", "--config", str(config), "--profile", "own", "--demo")
        said = await run_cli(*arguments, env=clean_environ(tmp_path))
    found = {check["id"]: check for check in json.loads(said.out)["checks"]}
    assert said.code == 1
    assert found["model"]["state"] == "fail"
    assert found["quantization"]["state"] == "fail"
    assert "without --quantization" in found["quantization"]["remedy"]
    assert found["port"]["state"] == "warn"
    assert f"(pid {os.getpid()})" in found["port"]["found"]


@pytest.mark.parametrize(
    "arguments", [("--nope",), ("--endpoint", "lab"), ("--base-url", "http://a b"), ("--demo", "--base-url", "x:1")]
)
def test_wrong_use_is_one_line(capfd: Capture, arguments: tuple[str, ...]) -> None:
    said = run_here(capfd, "doctor", *arguments)
    assert (said.code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1


async def test_ctrl_c_ends_it_at_once(tmp_path: Path) -> None:
    server = FaultServer()
    server.pages["/v1/models"] = Reply([Act.STALL])
    async with server:
        arguments = ("doctor", "--base-url", server.base_url)
        async with running_cli(*arguments, env=clean_environ(tmp_path)) as process:
            await server.started.wait()
            process.send_signal(signal.SIGINT)
            _, err = await process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in err
