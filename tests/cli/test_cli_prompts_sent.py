"""Each prompt rule as it arrives at a server, byte for byte: what `ask` with these flags posts."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from dsr1_tui.cli.ask import ask as ask_command
from dsr1_tui.cli.ask_run import Request, run_ask
from dsr1_tui.cli.options import gather
from dsr1_tui.wiring import open_endpoint
from support.fake_kit import World
from support.fault_server import FaultServer, Reply, capture, json_reply

Capture = pytest.CaptureFixture[str]
MODELS = json_reply({"data": [{"id": "tiny-r1", "owned_by": "vllm", "max_model_len": 32768}]})
OTHERS = json_reply({"data": [{"id": "qwen", "owned_by": "vllm", "max_model_len": 32768}]})
EN = "\\nPlease reason step by step, and put your final answer within \\\\boxed{}."
ZH = "\\n请逐步推理，并将最终答案放在\\\\boxed{}内。"
"""The directives as JSON writes them."""


@pytest.fixture
async def server() -> AsyncIterator[FaultServer]:
    async with FaultServer() as running:
        running.replies.append(Reply([capture("rp_stream_usage.txt")]))
        running.pages["/v1/models"] = MODELS
        yield running


class Asker:
    """`ask` again and again, over one store, through the real endpoint."""

    def __init__(self, server: FaultServer) -> None:
        self._server = server
        self._world = World()

    async def messages(self, text: str, *flags: str) -> str:
        """The `messages` that arrived, cut out of the body as it came, its blanks and escapes evened out."""
        context = ask_command.make_context("ask", [text, "--base-url", self._server.base_url, *flags])
        kit = replace(self._world.kit(), open_endpoint=open_endpoint)
        asked = gather(context, context.params)
        code = await run_ask(kit, Request(text=text, asked=asked, environ={}))
        assert code == 0
        (post,) = [post for post in self._server.posts if post.path == "/v1/chat/completions"][-1:]
        return json.dumps(post.json["messages"], ensure_ascii=False, separators=(",", ":"))


def user(content: str) -> str:
    """A user's message; `content` as JSON writes it."""
    return f'{{"role":"user","content":"{content}"}}'


def assistant(content: str) -> str:
    return f'{{"role":"assistant","content":"{content}"}}'


@pytest.mark.parametrize(
    ("text", "flags", "sent"),
    [
        ("What is 2+2?", [], user(f"What is 2+2?{EN}")),
        ("What is 2+2? Put it within \\boxed{}.", [], user("What is 2+2? Put it within \\\\boxed{}.")),
        ("What is 2+2?", ["--no-boxed"], user("What is 2+2?")),
        ("What is 2+2?", ["--rules", "off"], user("What is 2+2?")),
        ("1加1等于几？", [], user(f"1加1等于几？{ZH}")),
        ("Hello!", [], user("Hello!")),
        ("Who are you?", ["--boxed"], user(f"Who are you?{EN}")),
        ("Why is the sky blue?", ["--preset", "talk"], user("Why is the sky blue?\\nAnswer concisely.")),
        ("天空为什么是蓝的？", ["--preset", "talk"], user("天空为什么是蓝的？\\n请简洁回答")),
        (
            "Once …",
            ["--preset", "summary"],
            user("Summarise the following in at most 100 words.\\n\\nOnce …"),
        ),
        ("Hello!", ["--instructions", "Be kind."], user("Be kind.\\n\\nHello!")),
        (
            "Hello!",
            ["--instructions", "Be kind.", "--rules", "off"],
            '{"role":"system","content":"Be kind."},' + user("Hello!"),
        ),
        ("Hello!", ["--think", "newline-before"], user("\\nHello!")),
        ("Hello!", ["--think", "newline-after"], user("Hello!\\n")),
        ("Hello!", ["--think", "prefill"], user("Hello!") + "," + assistant("<think>\\nOkay, ")),
        ("你好！", ["--think", "prefill"], user("你好！") + "," + assistant("<think>\\n好的，")),
    ],
)
async def test_one_question(server: FaultServer, capfd: Capture, text: str, flags: list[str], sent: str) -> None:
    assert await Asker(server).messages(text, *flags) == f"[{sent}]"


async def test_another_model_gets_the_question_as_it_is(server: FaultServer, capfd: Capture) -> None:
    server.pages["/v1/models"] = OTHERS
    assert await Asker(server).messages("What is 2+2?") == f"[{user('What is 2+2?')}]"


async def test_a_conversation_goes_on_without_its_thoughts(server: FaultServer, capfd: Capture) -> None:
    asker = Asker(server)
    first = await asker.messages("What is 2+2?", "--instructions", "Be kind.")
    assert first == "[" + user(f"Be kind.\\n\\nWhat is 2+2?{EN}") + "]"
    answer = capfd.readouterr().out.strip("\n")
    assert answer
    second = await asker.messages("Who are you?", "-c")
    said = json.dumps(answer, ensure_ascii=False)[1:-1]
    assert second == f"{first[:-1]},{assistant(said)},{user('Who are you?')}]", "what went before is the same bytes"
    assert "think" not in second
    assert "system" not in second


async def test_a_prefill_is_to_be_continued(server: FaultServer, capfd: Capture) -> None:
    await Asker(server).messages("Hello!", "--think", "prefill")
    body = server.posts[-1].json
    assert (body["continue_final_message"], body["add_generation_prompt"]) == (True, False)
