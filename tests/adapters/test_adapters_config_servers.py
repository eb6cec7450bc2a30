from pathlib import Path

import pytest

from dsr1_tui.adapters.config_toml import TomlConfigFile
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.server.profile import ServerProfile

WHOLE = """\
[server]  # how
command = "/opt/vllm/bin/vllm --quiet"
profile = "big"

[servers.big] # the 32B
model = "a/b"
gpus = [0, 1]
tensor_parallel_size = 2   # both
max_model_len = 8192
extra = ["--seed", "1"]

[servers.lab-1]
port = 8001

[endpoints.lab]
base_url = "gpu:8000"
"""
BIG = ServerProfile(model="a/b", gpus=("0", "1"), tensor_parallel_size=2, max_model_len=8192, extra=("--seed", "1"))


def written(folder: Path, text: str) -> TomlConfigFile:
    path = folder / "config.toml"
    path.write_text(text)
    return TomlConfigFile(path)


def test_the_profiles_are_read(tmp_path: Path) -> None:
    config = written(tmp_path, WHOLE).load()
    assert config.vllm_command == ("/opt/vllm/bin/vllm", "--quiet")
    assert config.server == "big"
    assert config.servers == {"big": BIG, "lab-1": ServerProfile(port=8001)}
    assert list(config.servers) == ["big", "lab-1"]
    assert TomlConfigFile(tmp_path / "none.toml").load().servers == {}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[servers.a]\nport = 0", 2, "port must be 1 to 65,535"),
        ("[servers.a]\n\nprot = 1", 3, "unknown key “servers.a.prot”. Did you mean port"),
        ("[servers.a]\nmax_model_len = inf", 2, "max_model_len must be"),
        ("[servers.a]\ndtype = 'bf16'", 2, "Did you mean bfloat16"),
        ("[servers.a]\nenforce_eager = 1", 2, "enforce_eager is true or false"),
        ("[servers.a]\ngpus = 'x'", 2, "gpus needs a list"),
        ("[servers.a]\napi_key = 'sk-1'", 2, "keys are never kept in this file"),
        ("[servers.a]\nextra = ['--api-key', 'sk-1']", 2, "may not hold --api-key"),
        ("[servers.'a b']\nport = 1", 1, "A server profile's name is"),
        ("servers = 3", 1, "servers must be a table"),
        ("[servers]\na = 3", 2, "servers.a must be a table"),
        ("server = 3", 1, "server must be a table"),
        ("[server]\ncommand = ['vllm', 3]", 2, "command needs a text or a list of texts"),
        ('[server]\ncommand = "a \'b"', 2, "a quote that is not closed"),
        ("[server]\ncommand = ''", 2, "command needs a text"),
        ("[server]\ncomand = 'x'", 2, "Did you mean command"),
        ("[server]\nprofile = 'b'\n[servers.big]\n", 2, "profile = “b” names no [servers.b]"),
        ("[server]\nprofile = 3", 2, "names no"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(FaultError) as caught:
        file.load()
    fault = caught.value.fault
    assert fault.code is FaultCode.CONFIG
    assert fault.line.startswith(f"{file.path}:{line}: ")
    assert words in fault.line
    assert fault.hint
    assert "\n" not in fault.line
    assert "sk-1" not in fault.line


def test_a_profile_is_written_and_the_rest_stays(tmp_path: Path) -> None:
    file = written(tmp_path, WHOLE)
    file.save_server("big", ServerProfile(model="a/b", tensor_parallel_size=2, gpus=("0", "GPU-1"), port=9000))
    text = file.path.read_text()
    assert "[servers.big] # the 32B" in text
    assert "tensor_parallel_size = 2   # both" in text
    assert 'gpus = [0, "GPU-1"]' in text
    assert "max_model_len" not in text
    assert "[server]  # how" in text
    file.save_server("new", BIG)
    assert file.load().servers["new"] == BIG
    assert file.load().endpoints["lab"].base_url == "http://gpu:8000/v1"
    assert file.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# mine",
        "servers = {old = {port = 1}}\n",
        "servers.old.port = 1\n",
        "[servers]\nold = {port = 1}\n",
        "[servers.a]\nport = 1\n[sampling]\nseed = 1\n[servers.b]\nport = 2\n",
    ],
)
def test_a_new_profile_goes_into_any_file(tmp_path: Path, text: str) -> None:
    file = written(tmp_path, text)
    before = file.load().servers
    file.save_server("lab.1", BIG)
    assert file.load().servers == {**before, "lab.1": BIG}
    assert file.path.read_text().startswith("# mine") == text.startswith("# mine")


def test_a_name_that_is_none_and_a_broken_file_are_refused(tmp_path: Path) -> None:
    file = written(tmp_path, "[sampling]\ntemperature = 9\n")
    with pytest.raises(FaultError):
        file.save_server("lab", BIG)
    assert file.path.read_text() == "[sampling]\ntemperature = 9\n"
    file.path.write_text("")
    with pytest.raises(FaultError, match="cannot name a server profile"):
        file.save_server("a b", BIG)
