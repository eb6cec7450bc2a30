"""What cannot be: one line each, and nothing is touched that is not ours; the command as its user has it."""

import json
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from dsr1_tui.adapters.process_identity import identity_of
from dsr1_tui.adapters.server_host.folder import ServerFolder
from dsr1_tui.adapters.server_host.state_file import Kept, mark_of, write_state
from dsr1_tui.domain.server.record import ProcessMark, ServerRecord
from support.cli import Said, clean_environ, run_cli
from support.fault_server import unused_port
from support.model_folders import write_model
from support.processes import runs
from support.server_stage import STANDIN


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A home whose config has the stand-in for vLLM."""
    (tmp_path / "config").mkdir()
    command = json.dumps([sys.executable, str(STANDIN), "serves"])
    (tmp_path / "config" / "config.toml").write_text(f"[server]\ncommand = {command}\n")
    return clean_environ(tmp_path)


@pytest.fixture
def model(tmp_path: Path) -> str:
    """A folder with a whole model."""
    return str(write_model(tmp_path / "model"))


@pytest.fixture
def stranger() -> Generator[int]:
    """A process of somebody else's."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        yield process.pid
        assert process.poll() is None, "it was ended"
        process.kill()


def is_one_line(said: Said, code: int, words: str) -> None:
    assert (said.code, said.out, said.err.count("\n")) == (code, "", 1), said.err
    assert words in said.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--not-a-flag"], "No such option '--not-a-flag'"),
        (["/no/such/folder"], "The model folder /no/such/folder does not exist."),
        (["./relative/folder"], "does not exist"),
        (["--port", "65536"], "port must be 1 to 65,535"),
        (["--profile", "lab"], "There is no server profile “lab”. The config file has none; --save NAME makes one."),
        (["--host", "203.0.113.9", "--expose"], "vLLM cannot listen on 203.0.113.9:"),
    ],
)
async def test_flags_that_cannot_be(environ: dict[str, str], model: str, words: list[str], told: str) -> None:
    named = any("/" in word for word in words) and "--host" not in words
    said = await run_cli("serve", *([] if named or "--profile" in words else [model]), *words, env=environ)
    lines = [line for line in said.err.splitlines() if told in line]
    assert len(lines) == 1, said.err
    assert said.out == ""
    assert said.code in {2, 5}


async def test_a_folder_for_logs_that_cannot_be_written(environ: dict[str, str], tmp_path: Path, model: str) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    elsewhere = {**environ, "DSR1_STATE_DIR": str(tmp_path / "taken" / "state")}
    said = await run_cli("serve", model, "--port", str(unused_port()), env=elsewhere)
    is_one_line(said, 5, str(tmp_path / "taken" / "state"))
    assert "DSR1_STATE_DIR" in said.err or "Not a directory" in said.err


@pytest.mark.parametrize("words", [["status"], ["stop"], ["logs"]])
async def test_a_state_folder_that_cannot_be_read_holds_no_servers(
    environ: dict[str, str], tmp_path: Path, words: list[str]
) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    said = await run_cli("serve", *words, env=environ)
    assert (said.out + said.err).count("\n") == 1
    assert "no server of ours" in (said.out + said.err).lower()


async def test_a_number_that_another_program_has_now_is_not_signalled(
    environ: dict[str, str], tmp_path: Path, stranger: int
) -> None:
    folder = tmp_path / "state" / "servers"
    folder.mkdir(parents=True)
    now = mark_of(identity_of(stranger))
    before = ProcessMark(pid=now.pid, started="1", boot=now.boot)
    record = ServerRecord(
        id="r1-20260101-000000-abcd",
        profile="r1",
        model="a/b",
        served_name="a/b",
        host="127.0.0.1",
        port=unused_port(),
        supervisor=before,
        server=before,
        log=folder / "r1-20260101-000000-abcd.log",
        started=time.time(),
        kept=True,
    )
    record.log.write_text("its last words\n")
    write_state(Kept(record))
    assert ServerFolder(folder).records() == (record,)
    assert json.loads((await run_cli("serve", "status", "--json", env=environ)).out) == {"servers": []}
    is_one_line(await run_cli("serve", "stop", record.id, env=environ), 2, "There is no server of ours.")
    assert (await run_cli("serve", "stop", "--all", env=environ)).code == 0
    assert (await run_cli("serve", "logs", env=environ)).out == "its last words\n", "of one that has ended, too"
    assert runs(stranger)


async def test_a_hub_that_is_out_of_reach_is_told_before_the_start(environ: dict[str, str], tmp_path: Path) -> None:
    dead = f"http://127.0.0.1:{unused_port()}"
    port = str(unused_port())
    seen: list[str] = []
    for more in ({"HF_ENDPOINT": dead}, {"https_proxy": dead, "no_proxy": ""}):
        said = await run_cli("serve", "nobody/model", "--port", port, env={**environ, **more})
        seen.append(said.err)
        lines = [line for line in said.err.splitlines() if "out of reach" in line]
        assert (said.code, said.out, len(lines)) == (3, "", 1), said.err
        assert "nobody/model is not on this machine, and the hub is out of reach: " in said.err
        assert "Connection refused" in said.err
        assert "--force" in said.err
    assert "Name a mirror (--hf-endpoint URL), or give a folder" in seen[-1]
    dry = await run_cli("serve", "nobody/model", "--port", port, "--dry-run", env={**environ, "HF_ENDPOINT": dead})
    assert dry.code == 0
    assert "out of reach" not in dry.err, "a dry run needs no hub"
    assert ServerFolder(tmp_path / "state" / "servers").records() == (), "nothing was started"
