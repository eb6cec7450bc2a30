"""A kept state seen from two processes: what the contract of the stores is told in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import pytest

from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.message import Conversation, Message
from dsr1_tui.ports import Conversations, Messages
from support.fake_clock import FakeClock
from support.store_samples import a_conversation, a_question


class Store(Conversations, Messages, Protocol):
    """Both ports in one."""


@dataclass(frozen=True, slots=True)
class World:
    """One kept state, seen from two processes."""

    clock: FakeClock
    store: Store
    neighbour: Store
    """In a process that runs beside that of `store`."""
    die: Callable[[], None]
    """Ends the process of `store`."""


async def started(world: World, title: str = "Factors") -> tuple[Conversation, Message]:
    """A kept conversation with one question."""
    conversation = a_conversation(world.clock, title)
    question = a_question(world.clock, conversation)
    await world.store.put(conversation)
    await world.store.add(question)
    return conversation, question


async def fault_of(call: Awaitable[object]) -> FaultCode:
    """The code of the fault a call ends with."""
    with pytest.raises(FaultError) as caught:
        await call
    return caught.value.fault.code
