from pathlib import Path

import pytest

from dsr1_tui.adapters.openai_api import OpenAIEndpoint
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.target import Target
from dsr1_tui.services.connect import connect
from dsr1_tui.wiring import DEMO_NAME, build_kit, find_config, open_demo, open_endpoint
from support.cli import clean_environ


async def test_the_kit_keeps_conversations_where_the_environment_says(tmp_path: Path) -> None:
    kit = build_kit(clean_environ(tmp_path))
    assert await kit.conversations.recent(1) == ()
    await kit.aclose()
    assert (tmp_path / "data" / "conversations.db").exists()
    assert kit.config_file.load().endpoints == {}


def test_a_named_config_file_must_exist(tmp_path: Path) -> None:
    find_config(clean_environ(tmp_path)).load()
    with pytest.raises(FaultError) as caught:
        find_config(clean_environ(tmp_path), tmp_path / "none.toml").load()
    assert caught.value.fault.code is FaultCode.CONFIG


def test_a_typed_address_gets_the_key_that_is_meant_for_it(tmp_path: Path) -> None:
    own = clean_environ(tmp_path, DSR1_BASE_URL="gpu:8000", DSR1_API_KEY="sk-gpu")
    kit = build_kit(own)
    assert kit.find_target("http://gpu:8000/v1").api_key == "sk-gpu"
    assert kit.find_target("elsewhere:8000").api_key is None
    with pytest.raises(FaultError):
        kit.find_target("no such endpoint")


async def test_an_endpoint_is_opened_without_connecting() -> None:
    endpoint = open_endpoint(Target(base_url="http://127.0.0.1:9/v1"))
    assert isinstance(endpoint, OpenAIEndpoint)
    await endpoint.aclose()


async def test_the_demo_is_an_endpoint_like_any_other() -> None:
    async with open_demo() as target:
        endpoint = open_endpoint(target)
        connection = await connect(endpoint)
        await endpoint.aclose()
    assert target.label == DEMO_NAME
    assert connection.models
