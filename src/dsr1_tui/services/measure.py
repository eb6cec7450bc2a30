"""How much of the context a conversation takes: counted by the server, else by the model's own tokenizer here."""

import asyncio
from typing import Final

from dsr1_tui.domain.context import Room, estimate_messages
from dsr1_tui.domain.r1_template import render_r1
from dsr1_tui.domain.request import PromptMessage
from dsr1_tui.domain.rules import is_r1
from dsr1_tui.ports import Tokenizers
from dsr1_tui.services.connect import Connection

_AROUND: Final = 4
"""Tokens that another model's template is taken to put around a message."""


async def measure(
    connection: Connection, tokenizers: Tokenizers, messages: tuple[PromptMessage, ...], max_tokens: int | None
) -> Room:
    """What a prompt takes: exact from the server, or by R1's template and the model's tokenizer; else an estimate."""
    model = connection.model
    exact = await connection.endpoint.count(model.id, messages) if messages else 0
    if exact is not None:
        return Room(prompt=exact, reply=max_tokens, limit=model.max_model_len, exact=True)
    count = await asyncio.to_thread(tokenizers.of, model)
    if count is None:
        estimate = estimate_messages([message.content for message in messages])
        return Room(prompt=estimate, reply=max_tokens, limit=model.max_model_len)
    if is_r1(model) or connection.by_template:
        whole = await asyncio.to_thread(count, render_r1(messages))
        return Room(prompt=whole, reply=max_tokens, limit=model.max_model_len, exact=True)
    told = [await asyncio.to_thread(count, message.content) for message in messages]
    return Room(prompt=sum(told) + _AROUND * len(told), reply=max_tokens, limit=model.max_model_len)
