import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.adapters.config_toml import TomlConfigFile
from dsr1_tui.adapters.toml_edit import with_sampling
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.sampling import INHERIT, SERVER, SamplingLayer
from dsr1_tui.domain.steering import Steering

KEPT = """\
# mine
endpoint = "lab"   # which

[sampling]  # defaults
temperature = 0.60 # keep this writing
# about top_p
top_p = 0.9
seed = 1

[endpoints.lab] # the box
base_url = "gpu:8000"
"""


def test_comments_order_and_writing_stay(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(KEPT)
    layer = SamplingLayer(temperature=0.6, top_p=SERVER, stop=("\n",))
    TomlConfigFile(path).save_defaults(layer, Steering())
    expected = KEPT.replace("top_p = 0.9", 'top_p = "server"').replace("seed = 1\n", 'stop = ["\\n"]\n')
    assert path.read_text() == expected
    assert TomlConfigFile(path).load().sampling == layer


def test_a_file_is_made_private_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    TomlConfigFile(path).save_defaults(SamplingLayer(seed=3), Steering())
    assert path.read_text() == "[sampling]\nseed = 3\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["config.toml"], "no temporary file is left"


def test_nothing_to_save_leaves_no_table(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("# only this")
    TomlConfigFile(path).save_defaults(SamplingLayer(), Steering())
    assert path.read_text().strip() == "# only this"


@pytest.mark.parametrize(
    "text",
    [
        "sampling.temperature = 0.5 # dotted\n",
        "sampling = {temperature = 0.5, seed = 1}\n",
        "[sampling]\r\ntemperature = 0.5\r\n",
        "[endpoints.lab]\nbase_url = 'h:1'",
        "\ufeff[sampling]\nseed = 1\n",
        "",
    ],
)
def test_every_way_to_write_the_table(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode())
    before = TomlConfigFile(path).load()
    layer = SamplingLayer(temperature=0.7, max_tokens=512)
    TomlConfigFile(path).save_defaults(layer, Steering())
    after = TomlConfigFile(path).load()
    assert (after.endpoints, after.sampling) == (before.endpoints, layer)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.toml", tmp_path / "config.toml"
    real.write_text("# real\n")
    link.symlink_to(real)
    TomlConfigFile(link).save_defaults(SamplingLayer(seed=3), Steering())
    assert link.is_symlink()
    assert "seed = 3" in real.read_text()


def test_a_broken_file_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[sampling\n")
    with pytest.raises(FaultError, match=":1: not valid TOML"):
        TomlConfigFile(path).save_defaults(SamplingLayer(seed=3), Steering())
    assert path.read_text() == "[sampling\n"


def test_a_failed_replacement_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.toml"
    path.write_text("# old\n")

    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", lambda descriptor: full(descriptor, None))
    with pytest.raises(FaultError, match="cannot be written: No space left on device") as caught:
        TomlConfigFile(path).save_defaults(SamplingLayer(seed=3), Steering())
    assert caught.value.fault.code is FaultCode.CONFIG
    assert path.read_text() == "# old\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["config.toml"]


layers = st.builds(
    SamplingLayer,
    temperature=st.sampled_from([INHERIT, SERVER]) | st.floats(0, 2),
    top_k=st.sampled_from([INHERIT, SERVER]) | st.integers(0, 1_000_000),
    seed=st.sampled_from([INHERIT, SERVER]) | st.integers(-(2**63), 2**63 - 1),
    stop=st.sampled_from([INHERIT, SERVER])
    | st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=4).map(tuple),
)


@given(first=layers, second=layers)
def test_what_is_saved_is_what_is_read(first: SamplingLayer, second: SamplingLayer) -> None:
    text = with_sampling(with_sampling(KEPT, first), second)
    read = tomllib.loads(text)
    for name in ("temperature", "top_k", "seed", "stop"):
        value = second.get(name)
        if value is INHERIT:
            assert name not in read["sampling"]
        else:
            expected = "server" if value is SERVER else list(value) if isinstance(value, tuple) else value
            assert read["sampling"][name] == expected
    assert "# about top_p" in text
    assert read["endpoints"] == {"lab": {"base_url": "gpu:8000"}}
