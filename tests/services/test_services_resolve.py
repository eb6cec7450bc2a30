import pytest

from dsr1_tui.domain.config import Config, EndpointConfig
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.services.resolve import LOCAL_VLLM, TargetFlags, resolve_target

LAB = EndpointConfig(base_url="http://lab:8000/v1", model="R1", api_key_env="LAB_KEY")
OPEN = EndpointConfig(base_url="http://open:8000/v1")
TWO = Config(endpoints={"lab": LAB, "open": OPEN})
CHOSEN = Config(endpoint="open", endpoints={"lab": LAB, "open": OPEN})
KEYS = {"DSR1_API_KEY": "general", "LAB_KEY": "lab-key", "MINE": "my-key"}
FROM_ENV = {"DSR1_BASE_URL": "env:9000", **KEYS}


@pytest.mark.parametrize(
    ("flags", "environ", "config", "base_url", "source"),
    [
        (TargetFlags(base_url="flag:1"), FROM_ENV, CHOSEN, "http://flag:1/v1", "--base-url"),
        (TargetFlags(endpoint="lab"), FROM_ENV, CHOSEN, "http://lab:8000/v1", "[endpoints.lab]"),
        (TargetFlags(), FROM_ENV, CHOSEN, "http://env:9000/v1", "DSR1_BASE_URL"),
        (TargetFlags(), KEYS, CHOSEN, "http://open:8000/v1", "[endpoints.open]"),
        (TargetFlags(), KEYS, Config(endpoints={"lab": LAB}), "http://lab:8000/v1", "[endpoints.lab]"),
        (TargetFlags(), {"DSR1_BASE_URL": " "}, CHOSEN, "http://open:8000/v1", "[endpoints.open]"),
        (TargetFlags(model="m"), {}, CHOSEN, "http://open:8000/v1", "[endpoints.open]"),
    ],
)
def test_flags_beat_environment_beats_file(
    flags: TargetFlags, environ: dict[str, str], config: Config, base_url: str, source: str
) -> None:
    resolved = resolve_target(flags, environ, config, default=LOCAL_VLLM)
    assert resolved is not None
    assert (resolved.target.base_url, resolved.source) == (base_url, source)


@pytest.mark.parametrize("config", [Config(), TWO])
def test_nothing_named_gives_none_or_the_default(config: Config) -> None:
    assert resolve_target(TargetFlags(), KEYS, config) is None
    resolved = resolve_target(TargetFlags(model="m"), KEYS, config, default=LOCAL_VLLM)
    assert resolved is not None
    assert (resolved.target.base_url, resolved.target.model) == ("http://127.0.0.1:8000/v1", "m")
    assert resolved.target.api_key is None, "a key is not sent to what nobody named"


@pytest.mark.parametrize(
    ("flags", "environ", "key", "key_env"),
    [
        (TargetFlags(base_url="h:1"), KEYS, "general", "DSR1_API_KEY"),
        (TargetFlags(base_url="h:1"), {}, None, None),
        (TargetFlags(base_url="h:1"), {"DSR1_API_KEY": "  "}, None, None),
        (TargetFlags(base_url="h:1"), FROM_ENV, None, None),
        (TargetFlags(base_url="h:1"), {**KEYS, "DSR1_BASE_URL": "no url"}, None, None),
        (TargetFlags(base_url="http://ENV:9000/v1/"), FROM_ENV, "general", "DSR1_API_KEY"),
        (TargetFlags(base_url="https://env:9000"), FROM_ENV, None, None),
        (TargetFlags(base_url="env:9001"), FROM_ENV, None, None),
        (TargetFlags(), FROM_ENV, "general", "DSR1_API_KEY"),
        (TargetFlags(endpoint="lab"), FROM_ENV, "lab-key", "LAB_KEY"),
        (TargetFlags(endpoint="open"), FROM_ENV, None, None),
        (TargetFlags(endpoint="lab", api_key_env="MINE"), KEYS, "my-key", "MINE"),
        (TargetFlags(endpoint="open", api_key_env="MINE"), KEYS, "my-key", "MINE"),
        (TargetFlags(base_url="h:1", api_key_env="MINE"), FROM_ENV, "my-key", "MINE"),
        (TargetFlags(api_key_env="MINE"), FROM_ENV, "my-key", "MINE"),
    ],
)
def test_a_key_goes_only_where_it_is_meant_to_go(
    flags: TargetFlags, environ: dict[str, str], key: str | None, key_env: str | None
) -> None:
    resolved = resolve_target(flags, environ, TWO)
    assert resolved is not None
    assert (resolved.target.api_key, resolved.key_env) == (key, key_env)
    assert key is None or key not in repr(resolved)


def test_the_model_of_the_flags_beats_the_endpoints_own() -> None:
    for flags, model in ((TargetFlags(endpoint="lab"), "R1"), (TargetFlags(endpoint="lab", model="m"), "m")):
        resolved = resolve_target(flags, KEYS, TWO)
        assert resolved is not None
        assert (resolved.target.model, resolved.target.name) == (model, "lab")


@pytest.mark.parametrize(
    ("flags", "environ", "words"),
    [
        (TargetFlags(base_url="h:1", endpoint="lab"), {}, "--base-url and --endpoint name two addresses"),
        (TargetFlags(endpoint="nope"), {}, "no endpoint “nope”. It has: lab, open."),
        (TargetFlags(base_url="a b"), {}, "is not a base URL"),
        (TargetFlags(), {"DSR1_BASE_URL": "ftp://x"}, "DSR1_BASE_URL: “ftp” is not a scheme"),
        (TargetFlags(endpoint="lab"), {}, "[endpoints.lab]: the environment variable LAB_KEY is not set"),
        (TargetFlags(base_url="h:1", api_key_env="NONE"), {}, "--api-key-env: the environment variable NONE is not"),
        (TargetFlags(base_url="h:1", api_key_env=""), {}, "is not set"),
        (TargetFlags(base_url="h:1"), {"DSR1_API_KEY": "schlüssel"}, "DSR1_API_KEY holds characters no key has"),
        (TargetFlags(base_url="h:1"), {"DSR1_API_KEY": "two words"}, "DSR1_API_KEY holds characters no key has"),
    ],
)
def test_wrong_use_is_told_in_a_line(flags: TargetFlags, environ: dict[str, str], words: str) -> None:
    with pytest.raises(FaultError) as caught:
        resolve_target(flags, environ, TWO)
    assert caught.value.fault.code is FaultCode.USAGE
    assert words in caught.value.fault.line
    assert "schlüssel" not in caught.value.fault.line


def test_a_key_given_in_place_of_its_variables_name_is_not_repeated() -> None:
    with pytest.raises(FaultError) as caught:
        resolve_target(TargetFlags(base_url="h:1", api_key_env="sk-abc123"), {}, Config())
    assert "sk-abc" not in caught.value.fault.line


def test_the_last_address_said_counts() -> None:
    before = TargetFlags(endpoint="lab", model="a", api_key_env="MINE")
    after = TargetFlags(base_url="h:1")
    assert after.over(before) == TargetFlags(base_url="h:1", model="a", api_key_env="MINE")
    assert TargetFlags(model="b").over(before) == TargetFlags(endpoint="lab", model="b", api_key_env="MINE")
