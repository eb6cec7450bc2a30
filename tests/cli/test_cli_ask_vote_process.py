"""`ask --vote` as a process of its own: a signal keeps what came, and the real judge counts."""

import asyncio
import json
import signal
from contextlib import suppress
from pathlib import Path

from dsr1_tui.adapters.sqlite_store import SqliteStore
from dsr1_tui.adapters.system_clock import SystemClock
from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.message import MessageRole, Tree
from support.cli import clean_environ, run_cli, running_cli
from support.fault_server import Act, FaultServer, Reply, Step, json_reply

MODELS = json_reply({"object": "list", "data": [{"id": "m", "owned_by": "vllm", "max_model_len": 4096}]})


def vllm() -> FaultServer:
    """It has the models' page, and lacks what vLLM has beside the API."""
    missing = json_reply({"detail": "Not Found"}, status=404)
    return FaultServer(pages={"/v1/models": MODELS}, answers={"/tokenize": lambda _: missing})


def chunk(sample: int, text: str, reason: str | None = None) -> bytes:
    body = {"id": "c", "choices": [{"index": sample, "delta": {"content": text}, "finish_reason": reason}]}
    return b"data: " + json.dumps(body).encode() + b"\n\n"


async def test_equal_boxes_are_counted_together(tmp_path: Path) -> None:
    boxes = ("\\frac{1}{2}", "0.5", "\\text{B}", "50\\%")
    steps = [chunk(sample, f"\\boxed{{{box}}}", "stop") for sample, box in enumerate(boxes)]
    async with vllm() as server:
        server.replies.append(Reply([*steps, b"data: [DONE]\n\n"]))
        env = clean_environ(tmp_path, DSR1_BASE_URL=server.base_url)
        said = await run_cli("ask", "--vote", "4", "--json", "q", env=env)
    vote = json.loads(said.out)["vote"]
    assert (said.code, said.err) == (0, "")
    assert vote["classes"][0]["spellings"] == {"\\frac{1}{2}": 1, "0.5": 1, "50\\%": 1}
    assert (vote["agreement"], len(vote["classes"])) == (0.75, 2)


async def half_kept(store: SqliteStore) -> Tree:
    """The conversation, as soon as the store holds the sample that is still under way."""
    while True:
        with suppress(FaultError):  # nothing is kept yet
            tree = await store.load(await store.find(""))
            if any(message.content == "half" for message in tree.messages.values()):
                return tree
        await asyncio.sleep(0.02)


async def test_a_signal_keeps_all_and_tells_what_was_done(tmp_path: Path) -> None:
    steps: list[Step] = [chunk(0, "\\boxed{7}", "stop"), chunk(1, "half"), Act.STALL]
    async with vllm() as server:
        server.replies.append(Reply(steps))
        env = clean_environ(tmp_path, DSR1_BASE_URL=server.base_url)
        async with running_cli("ask", "--vote", "3", "q", env=env) as process:
            store = SqliteStore(tmp_path / "data" / "conversations.db", SystemClock())
            tree = await asyncio.wait_for(half_kept(store), 30)
            process.send_signal(signal.SIGINT)
            out, err = await asyncio.wait_for(process.communicate(), 30)
            await asyncio.wait_for(server.gone.wait(), 5)
        tree = await store.load(tree.conversation.id)
        await store.aclose()
    assert (process.returncode, out.decode()) == (130, "\\boxed{7}\n")
    assert err.decode() == "dsr1-chat: “7” has 1 of 1 vote (100 % agree). Beside it: 2 stopped.\n"
    samples = tree.siblings(tree.path[-1])
    assert [message.content for message in samples] == ["\\boxed{7}", "half", ""]
    assert {message.role for message in samples} == {MessageRole.ASSISTANT}
