from pathlib import Path

import pytest

from dsr1_tui.adapters.config_toml import TomlConfigFile
from dsr1_tui.domain.config import EndpointConfig
from dsr1_tui.domain.fault import FaultError


def written(folder: Path, text: str) -> TomlConfigFile:
    path = folder / "config.toml"
    path.write_text(text)
    return TomlConfigFile(path)


def test_an_endpoint_behind_ssh(tmp_path: Path) -> None:
    text = '[endpoints.a]\nssh = "me@box:2222"\nremote_port = 8001\nmodel = "m"\n[endpoints.b]\nssh = "box"\n'
    assert written(tmp_path, text).load().endpoints == {
        "a": EndpointConfig(base_url="ssh://me@box:2222/8001", model="m"),
        "b": EndpointConfig(base_url="ssh://box"),
    }


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        ('ssh = "-oProxyCommand=x"', 2, "is not an ssh address"),
        ('ssh = "me:secret@box"', 2, "must not hold a password"),
        ('base_url = "h:1"\nssh = "box"', 3, "has a base_url and an ssh"),
        ('base_url = "h:1"\nremote_port = 8000', 3, "beside ssh"),
        ('ssh = "box"\nremote_port = "8000"', 3, "the number of a port"),
        ('ssh = "box"\nremote_port = 99999', 2, "99999 is no port"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, lines: str, line: int, words: str) -> None:
    file = written(tmp_path, f"[endpoints.a]\n{lines}\n")
    with pytest.raises(FaultError) as caught:
        file.load()
    assert caught.value.fault.message.startswith(f"{file.path}:{line}: ")
    assert words in caught.value.fault.message
    assert "secret" not in caught.value.fault.line
