"""`[chat]` and `[presets.NAME]`: read strictly, told with their line, and left alone where the sampling is saved."""

from pathlib import Path

import pytest

from dsr1_tui.adapters.config_toml import TomlConfigFile
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.domain.steering import ForcedThinking, LoopPolicy, Steering

WHOLE = """\
[chat]
preset = "proofs" # mine
instructions = " Be kind. "
thinking = "newline-before"
directive = false
loop_policy = "retry"
thinking_budget = "30s"

[presets.proofs]
temperature = 0.55
max_tokens = 900
suffix = "Prove it."

[presets.talk]
suffix_en = "In one sentence."
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text)
    return path


def test_a_whole_file(tmp_path: Path) -> None:
    config = TomlConfigFile(written(tmp_path, WHOLE)).load()
    assert config.steering == Steering(
        preset="proofs",
        instructions="Be kind.",
        thinking=ForcedThinking.NEWLINE_BEFORE,
        directive=False,
        loop_policy=LoopPolicy.RETRY,
        budget_tokens=0,
        budget_s=30.0,
    )
    proofs = config.presets.named("proofs")
    assert (proofs.sampling, proofs.suffix_zh) == (SamplingLayer(temperature=0.55, max_tokens=900), "Prove it.")
    assert config.presets.named("talk").suffix_en == "In one sentence."


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("chat = 1", 1, "Write it as [chat]"),
        ("[chat]\npreset = 'tlak'", 2, "there is no preset “tlak”. Did you mean talk?"),
        ("[chat]\n\npreset = ''", 3, "preset needs a text"),
        ("[chat]\npresets = 'x'", 2, "unknown key “chat.presets”. Did you mean preset?"),
        ("[chat]\nthinking = 'hard'", 2, "thinking has no “hard”. Known here: off, newline-before"),
        ("[chat]\nthinking = true", 2, "thinking needs a text"),
        ("[chat]\nloop_policy = 'stopp'", 2, "Did you mean stop?"),
        ("[chat]\ndirective = 'yes'", 2, "directive is true or false"),
        ("[chat]\nthinking_budget = 1.5", 2, "the thinking budget is a number of tokens"),
        ("[chat]\nthinking_budget = '30 min'", 2, "or of seconds like 30s"),
        ("chat.thinking_budget = 100\nsampling.max_tokens = 100", 1, "takes all of sampling.max_tokens (100)"),
        ("presets = 1", 1, "Write it as [presets]"),
        ("[presets]\nx = 1", 2, "presets.x must be a table"),
        ("[presets.auto]\n", 1, "goes by the model and cannot be changed"),
        ("[presets.x]\ntitle = 'X'\ntemprature = 1", 3, "unknown key “temprature” in the preset “x”. Did you mean"),
        ("[presets.x]\ntemperature = 3", 2, "temperature must be 0 to 2"),
        ("[presets.'A B']\n", 1, "A preset's name is 1 to 32"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(FaultError) as caught:
        TomlConfigFile(path).load()
    assert caught.value.fault.code is FaultCode.CONFIG
    told = caught.value.fault.line
    assert told.startswith(f"{path}:{line}: ")
    assert words in told
    assert "\n" not in told
    assert ".." not in told


def test_saving_the_sampling_leaves_the_rest(tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE)
    file = TomlConfigFile(path)
    before = file.load()
    file.save_sampling(SamplingLayer(seed=7))
    assert path.read_text() == f"{WHOLE}\n[sampling]\nseed = 7\n"
    assert (file.load().steering, file.load().presets) == (before.steering, before.presets)
