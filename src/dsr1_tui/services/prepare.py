"""Makes a question ready for a front end without a screen: connects, opens the conversation, settles what holds."""

from dataclasses import replace
from typing import Final

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.message import Message
from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.domain.steering import ForcedThinking, Steering
from dsr1_tui.ports import FullEndpoint
from dsr1_tui.services.ask import Question, fresh_conversation
from dsr1_tui.services.connect import connect
from dsr1_tui.services.kit import Kit
from dsr1_tui.services.settle import NOTHING_SAID, kept_of, settle

_UNFORCED: Final = (None, ForcedThinking.OFF)


async def prepare(
    kit: Kit,
    endpoint: FullEndpoint,
    text: str,
    *,
    config: Config,
    flags: SamplingLayer,
    steering: Steering = NOTHING_SAID,
    rules: Rules | None = None,
    resume: str | None = None,
) -> Question:
    """The question `text`, ready to be asked of `endpoint`.

    Sampling and steering, lowest first: the preset, the file, the conversation, the flags. `resume` is the beginning
    of a conversation's id, empty for the last one, `None` for a new one, which keeps the preset and the instructions
    that it is begun with.

    Raises:
        FaultError: what `connect` and `settle` raise; not-found, store where a conversation is to be continued;
            usage where thinking is to be forced in a model without R1's rules.
    """
    conversation = replace(fresh_conversation(kit.clock), steering=kept_of(steering))
    path: tuple[Message, ...] = ()
    if resume is not None:
        await kit.messages.recover()  # what a crashed window left is part of the conversation, marked as what it is
        tree = await kit.conversations.load(await kit.conversations.find(resume))
        conversation, path = tree.conversation, tree.path
    connection = await connect(endpoint, rules=rules)
    _check_thinking(steering, connection.rules, connection.model)
    settled = settle(config, conversation, rules=connection.rules, flags=flags, steering=steering)
    return Question(
        conversation=conversation,
        path=path,
        text=text,
        model=connection.model,
        rules=connection.rules,
        sampling=settled.sampling,
        prompt=settled.prompt,
        guards=settled.guards,
    )


def _check_thinking(steering: Steering, rules: Rules, model: ModelInfo) -> None:
    if rules is Rules.R1 or steering.thinking in _UNFORCED:
        return
    message = f"--think {steering.thinking} is a rule of R1's, and they are off for “{model.id[:80]}”."
    raise fail(FaultCode.USAGE, message, "Give --rules r1 if it is an R1 model.")
