"""The context meter: the server's count, else the model's own tokenizer, else an estimate that says so."""

from dataclasses import replace

from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.request import ModelInfo, PromptMessage
from dsr1_tui.domain.rules import Rules
from dsr1_tui.services.connect import Connection, connect, switch_model
from dsr1_tui.services.measure import measure
from support.fake_endpoint import FAKE_MODEL, FakeEndpoint
from support.fake_kit import FakeTokenizers

ASKED = (PromptMessage(MessageRole.USER, "one two three"),)
OTHER = ModelInfo(id="qwen", owned_by="vllm", max_model_len=100)


def world(model: ModelInfo = FAKE_MODEL, *, counts: bool = True) -> tuple[Connection, FakeTokenizers]:
    endpoint = FakeEndpoint(models=[model])
    if not counts:
        endpoint.counter = lambda _messages: None
    return Connection(endpoint, (model,), model, Rules.R1), FakeTokenizers()


async def test_the_servers_count_is_exact() -> None:
    room = await measure(*world(), ASKED, 50)
    assert (room.prompt, room.reply, room.limit, room.exact) == (6, 50, 4096, True)


async def test_nothing_asked_is_nothing() -> None:
    room = await measure(*world(), (), None)
    assert (room.prompt, room.exact) == (0, True)


async def test_the_models_tokenizer_counts_r1s_template_exactly() -> None:
    connection, tokenizers = world(counts=False)
    tokenizers.known = True
    room = await measure(connection, tokenizers, ASKED, None)
    assert (room.prompt, room.exact) == (3, True), "three words; the marks are written without blanks"


async def test_of_another_model_the_template_is_not_known() -> None:
    connection, tokenizers = world(OTHER, counts=False)
    tokenizers.known = True
    room = await measure(connection, tokenizers, ASKED, None)
    assert (room.prompt, room.exact) == (7, False)
    assert "≈" in room.label


async def test_without_any_tokenizer_it_is_an_estimate() -> None:
    room = await measure(*world(counts=False), ASKED, None)
    assert room.prompt > 0
    assert not room.exact


async def test_r1_is_recognised_by_its_template() -> None:
    endpoint = FakeEndpoint(models=[OTHER, replace(OTHER, id="lora")])
    endpoint.template = "<｜begin▁of▁sentence｜><｜User｜>Hi<｜Assistant｜><think>\n"
    connection = await connect(endpoint)
    assert (connection.rules, connection.by_template) == (Rules.R1, True)
    assert switch_model(connection, "lora").rules is Rules.R1
    assert (await connect(endpoint, rules=Rules.OFF)).rules is Rules.OFF
    endpoint.template = ""
    assert (await connect(endpoint)).rules is Rules.OFF
    endpoint.counter = lambda _messages: None
    assert (await connect(endpoint)).rules is Rules.OFF
