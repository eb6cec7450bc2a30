"""`[server] on_quit`: read strictly, written without losing a comment."""

from pathlib import Path

import pytest

from dsr1_tui.adapters.config_toml import TomlConfigFile
from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.server.profile_file import OnQuit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# mine\n[sampling]\ntemperature = 0.6 # as published\n",
        '[server] # where it is\ncommand = "/opt/v" # mine\non_quit = "ask" # for now\n\n[servers.a]\nport = 1 #one\n',
        'server = {command = "/opt/vllm"}\n',
        "[servers.a]\nport = 1\n",
    ],
)
@pytest.mark.parametrize("choice", list(OnQuit))
def test_it_is_remembered_and_comments_stay(tmp_path: Path, text: str, choice: OnQuit) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    file = TomlConfigFile(path)
    before = file.load()
    file.save_on_quit(choice)
    after = file.load()
    assert after.on_quit is choice
    assert (after.sampling, after.servers, after.vllm_command) == (before.sampling, before.servers, before.vllm_command)
    for comment in [line.partition("#")[2] for line in text.splitlines() if "#" in line]:
        assert comment in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_asks_unless_told_otherwise_and_a_slip_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert TomlConfigFile(path).load().on_quit is OnQuit.ASK
    path.write_text('[server]\non_quit = "never"\n')
    with pytest.raises(FaultError, match=r"config\.toml:2: on_quit has no “never”"):
        TomlConfigFile(path).load()
