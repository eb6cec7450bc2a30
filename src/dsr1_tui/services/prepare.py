"""Makes a question ready for a front end without a screen: connects, opens the conversation, settles the sampling."""

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.message import Message
from dsr1_tui.domain.rules import Rules, auto_preset
from dsr1_tui.domain.sampling import SamplingLayer, resolve
from dsr1_tui.ports import Endpoint
from dsr1_tui.services.ask import Question, fresh_conversation
from dsr1_tui.services.connect import connect
from dsr1_tui.services.kit import Kit


async def prepare(
    kit: Kit,
    endpoint: Endpoint,
    text: str,
    *,
    config: Config,
    flags: SamplingLayer,
    rules: Rules | None = None,
    resume: str | None = None,
) -> Question:
    """The question `text`, ready to be asked of `endpoint`.

    Sampling, lowest first: the preset, the file, the conversation, the flags. `resume` is the beginning of a
    conversation's id, empty for the last one, `None` for a new one.

    Raises:
        FaultError: what `connect` raises; not-found, store where a conversation is to be continued.
    """
    conversation = fresh_conversation(kit.clock)
    path: tuple[Message, ...] = ()
    if resume is not None:
        await kit.messages.recover()  # what a crashed window left is part of the conversation, marked as what it is
        tree = await kit.conversations.load(await kit.conversations.find(resume))
        conversation, path = tree.conversation, tree.path
    connection = await connect(endpoint, rules=rules)
    sampling = resolve(auto_preset(connection.rules), config.sampling, conversation.settings, flags)
    return Question(
        conversation=conversation,
        path=path,
        text=text,
        model=connection.model,
        rules=connection.rules,
        sampling=sampling,
    )
