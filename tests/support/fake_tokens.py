"""vLLM's `/tokenize` and `/detokenize` as captured, over a tokenizer of one id a character and R1's template."""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from support.fault_server import FaultServer, Reply, Seen, json_reply

BEGIN: Final = "<｜begin▁of▁sentence｜>"
MARKS: Final = {
    "<｜end▁of▁sentence｜>": 908,
    "<｜User｜>": 909,
    "<｜Assistant｜>": 910,
    BEGIN: 911,
    "<think>": 913,
    "</think>": 914,
}
_CUT: Final = re.compile("(" + "|".join(map(re.escape, MARKS)) + ")")
_FIRST: Final = 1000


def ids_of(text: str) -> list[int]:
    """The ids of a text, marks recognised, without a begin token of its own."""
    pieces = (piece for piece in _CUT.split(text) if piece)
    return [i for p in pieces for i in ([MARKS[p]] if p in MARKS else [_FIRST + ord(ch) for ch in p])]


def text_of(ids: list[int]) -> str:
    """The text of ids, special tokens kept."""
    names = {number: mark for mark, number in MARKS.items()}
    return "".join(names[i] if i in names else chr(i - _FIRST) for i in ids)


def render(messages: list[dict[str, str]], *, generation: bool, continued: bool, opens: bool) -> str:
    """The prompt that R1's template makes; `opens`: whether its end opens a thought."""
    text = BEGIN
    for message in messages:
        said = message["content"].split("</think>")[-1]
        text += {"system": "", "user": "<｜User｜>", "assistant": "<｜Assistant｜>"}[message["role"]] + said
        text += "<｜end▁of▁sentence｜>" if message["role"] == "assistant" else ""
    if continued:
        return text.removesuffix("<｜end▁of▁sentence｜>")
    return text + ("<｜Assistant｜>" + ("<think>\n" if opens else "") if generation else "")


@dataclass(slots=True)
class FakeTokens:
    """Answers for `FaultServer.answers`; by default as vLLM 0.32."""

    max_model_len: int = 4096
    opens: bool = True
    asked: list[dict[str, Any]] = field(default_factory=list)
    """The bodies posted to `/tokenize`."""

    def serve(self, server: FaultServer) -> None:
        """Put both pages onto a server."""
        server.answers |= {"/tokenize": self.tokenize, "/detokenize": self.detokenize}

    def tokenize(self, seen: Seen) -> Reply:
        """One of the two forms: a chat or a text."""
        body = seen.json
        self.asked.append(body)
        if "messages" in body:
            continued = body.get("continue_final_message", False)
            generation = body.get("add_generation_prompt", True)
            assert not (continued and generation), "vLLM refuses both"
            ids = ids_of(render(body["messages"], generation=generation, continued=continued, opens=self.opens))
        else:
            ids = ids_of(BEGIN * body.get("add_special_tokens", True) + body["prompt"])
        said = {"count": len(ids), "max_model_len": self.max_model_len, "tokens": ids, "token_strs": None}
        return json_reply(said)

    def detokenize(self, seen: Seen) -> Reply:
        """The text of ids."""
        return json_reply({"prompt": text_of(seen.json["tokens"])})
