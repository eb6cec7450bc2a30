"""`[chat]` and `[presets.NAME]`: read strictly, told with their line, and left alone where the sampling is saved."""

from pathlib import Path

import pytest

from dsr1_tui.adapters.config_toml import TomlConfigFile
from dsr1_tui.domain.budget import as_default
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.domain.steering import ByPreset, ForcedThinking, LoopPolicy, Steering

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
        ("[chat]\ndirective = 'yes'", 2, 'directive is true or false or "auto"'),
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
    file.save_defaults(SamplingLayer(seed=7), before.steering)
    stripped = WHOLE.replace('" Be kind. "', '"Be kind."')  # as it was read
    assert path.read_text() == f"{stripped}\n[sampling]\nseed = 7\n"
    assert (file.load().steering, file.load().presets) == (before.steering, before.presets)


def test_saving_the_steering_keeps_comments_and_takes_out_what_is_not_said(tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE)
    file = TomlConfigFile(path)
    layer = Steering(
        preset="proofs", directive=ByPreset.AUTO, loop_policy=LoopPolicy.STOP, budget_tokens=500, budget_s=0.0
    )
    file.save_defaults(SamplingLayer(temperature=0.55), layer)
    text = path.read_text()
    assert text.startswith(
        '[chat]\npreset = "proofs" # mine\ndirective = "auto"\nloop_policy = "stop"\nthinking_budget = 500\n'
    )
    assert "instructions" not in text
    assert (file.load().steering, file.load().sampling) == (layer, SamplingLayer(temperature=0.55))


def test_a_file_that_has_no_table_gets_one(tmp_path: Path) -> None:
    path = written(tmp_path, "# mine\n")
    TomlConfigFile(path).save_defaults(SamplingLayer(), Steering(instructions="Two\nlines, “quoted”.", directive=False))
    assert path.read_text() == '# mine\n\n[chat]\ninstructions = "Two\\nlines, “quoted”."\ndirective = false\n'


@pytest.mark.parametrize(
    ("chat", "kept"),
    [
        (Steering(instructions=""), Steering()),
        (Steering(instructions=" Be kind.\n"), Steering(instructions="Be kind.")),
        (Steering(budget_tokens=40), Steering(budget_tokens=40, budget_s=0.0)),
        (Steering(budget_tokens=0, budget_s=12_345.678), Steering(budget_tokens=0, budget_s=12_345.678)),
        (Steering(budget_tokens=0, budget_s=0.00001), Steering(budget_tokens=0, budget_s=0.00001)),
        (Steering(budget_tokens=0, budget_s=0.0), Steering(budget_tokens=0, budget_s=0.0)),
    ],
)
def test_a_default_is_what_the_file_can_say(chat: Steering, kept: Steering) -> None:
    assert as_default(chat) == kept
