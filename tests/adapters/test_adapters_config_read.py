import subprocess
import sys
from pathlib import Path

import pytest

from dsr1_tui.adapters.config_toml import MAX_BYTES, TomlConfigFile
from dsr1_tui.domain.config import Config, EndpointConfig
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.sampling import SERVER, SamplingLayer

WHOLE = """\
endpoint = "lab"

[endpoints.lab]
base_url = "gpu-box:8000"
model = "R1"
api_key_env = "LAB_KEY"

[endpoints."two words"]
base_url = "https://host/v1/"

[sampling]
temperature = 1
top_p = "server"
seed = 7
stop = ["\\n\\n", "END"]
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(path: Path) -> str:
    with pytest.raises(FaultError) as caught:
        TomlConfigFile(path).load()
    assert caught.value.fault.code is FaultCode.CONFIG
    assert caught.value.fault.hint, "it says what to do"
    assert "\n" not in caught.value.fault.line
    return caught.value.fault.line


def test_a_whole_file(tmp_path: Path) -> None:
    assert TomlConfigFile(written(tmp_path, WHOLE)).load() == Config(
        endpoint="lab",
        endpoints={
            "lab": EndpointConfig(base_url="http://gpu-box:8000/v1", model="R1", api_key_env="LAB_KEY"),
            "two words": EndpointConfig(base_url="https://host/v1"),
        },
        sampling=SamplingLayer(temperature=1.0, top_p=SERVER, seed=7, stop=("\n\n", "END")),
    )


def test_one_stop_string_needs_no_list(tmp_path: Path) -> None:
    assert TomlConfigFile(written(tmp_path, 'sampling.stop = "END"')).load().sampling.stop == ("END",)


@pytest.mark.parametrize("text", ["", "\ufeff", "# nothing\n", "[sampling]\n"])
def test_files_that_say_nothing(tmp_path: Path, text: str) -> None:
    assert TomlConfigFile(written(tmp_path, text)).load() == Config()


def test_a_missing_file_is_empty_unless_it_was_named(tmp_path: Path) -> None:
    assert TomlConfigFile(tmp_path / "no.toml").load() == Config()
    with pytest.raises(FaultError, match=r"There is no config file .*no\.toml\. Check --config\.") as caught:
        TomlConfigFile(tmp_path / "no.toml", required=True).load()
    assert caught.value.fault.code is FaultCode.CONFIG


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a = [\n1,\n", 2, "not valid TOML"),
        ("\n[sampling\n", 2, "Expected ']'"),
        ("[sampling]\ntemperature = 0.5\ntemperature = 0.6\n", 3, "Cannot overwrite"),
        ("\n[sampling]\ntemprature = 1\n", 3, "unknown key “sampling.temprature”. Did you mean temperature?"),
        (
            "colour = 1",
            1,
            "unknown key “colour”. Known here: endpoint, endpoints, sampling, chat, presets, server, servers.",
        ),
        ("[sampling]\n# x\ntemperature = 2.5 # hot\n", 3, "temperature must be 0 to 2"),
        ("[sampling]\ntemperature = nan\n", 2, "temperature must be"),
        ("[sampling]\ntemperature = true\n", 2, "temperature needs a number"),
        ("[sampling]\ntemperature = 'hot'\n", 2, "temperature needs a number"),
        (f"[sampling]\ntemperature = {'9' * 400}\n", 2, "temperature must be 0 to 2"),
        (f"[sampling]\ntemperature = {'9' * 5000}\n", None, "not valid TOML"),
        ("[sampling]\ntop_k = 1.5\n", 2, "top_k needs a whole number"),
        ("sampling.top_p = 1\nsampling.seed = 'x'", 2, "seed needs a number"),
        ("sampling = {\n}", 1, "not valid TOML"),
        ("sampling = 3", 1, "Write it as [sampling]"),
        ("[sampling]\nstop = [\n  'a',\n\n  3,\n]\nseed = 1\n", 2, "stop needs texts"),
        ("[sampling]\nstop = ['a','b','c','d','e']\n", 2, "at most 4"),
        ("\nendpoint = 'x'\n[endpoints.y]\nbase_url='h:1'", 2, "names no [endpoints.x]. Defined: y."),
        ("endpoint = ''", 1, "endpoint needs a text"),
        ("[endpoints]\nlab = 3", 2, "endpoints.lab must be a table"),
        ("[endpoints.lab]\nmodel = 'm'", 1, "has no base_url"),
        ("[endpoints.lab]\nbase_url = 'ftp://h'", 2, "“ftp” is not a scheme"),
        ("[endpoints.lab]\nbase_url = 'http://me:pw@h'", 2, "must not hold a user name"),
        ("[endpoints.lab]\nbase_url = 'h:1'\nmodel = 3", 3, "model needs a text"),
        ("endpoints = {lab = {base_url = 'h:1', port = 2}}", 1, "unknown key “endpoints.lab.port”"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int | None, words: str) -> None:
    path = written(tmp_path, text)
    told = refused(path)
    assert told.startswith(f"{path}:{line}: " if line else f"{path}: ")
    assert words in told


@pytest.mark.parametrize("key", ["api_key", "API_KEY", "token", "password"])
@pytest.mark.parametrize("table", ["", "[endpoints.lab]\nbase_url='h:1'\n"])
def test_a_key_in_the_file_is_refused_and_not_repeated(tmp_path: Path, key: str, table: str) -> None:
    told = refused(written(tmp_path, f'{table}{key} = "sk-very-secret"\n'))
    assert "never kept in this file" in told
    assert "api_key_env" in told
    assert "sk-very" not in told


def test_files_that_are_no_text(tmp_path: Path) -> None:
    assert "2: not UTF-8 text" in refused(written(tmp_path, b"a = 1\nb = '\xff'\n"))
    assert "is over 1,000,000 bytes" in refused(written(tmp_path, b"#" * (MAX_BYTES + 1)))
    assert "nested too deeply" in refused(written(tmp_path, "a = " + "[" * 20_000))
    assert "cannot be read: Is a directory" in refused(tmp_path)


def test_reading_needs_no_tomlkit(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from dsr1_tui.adapters.config_toml import TomlConfigFile\n"
        "TomlConfigFile(Path(sys.argv[1])).load(); print('tomlkit' in sys.modules)"
    )
    path = written(tmp_path, WHOLE)
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
