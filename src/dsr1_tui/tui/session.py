"""What the chat is in the middle of: connection, conversation, settings; no widgets, so that it is tested alone."""

from dataclasses import replace

from dsr1_tui.domain.ids import MessageId
from dsr1_tui.domain.message import Conversation, Message, MessageRole, Tree, path_to
from dsr1_tui.domain.presets import AUTO, AUTO_NAME, Preset
from dsr1_tui.domain.prompt import PromptRules, rules_of
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import Sampling, SamplingLayer, resolve
from dsr1_tui.domain.steering import GuardRules, Steering, guard_rules
from dsr1_tui.services.ask import AskPorts, Question, fresh_conversation
from dsr1_tui.services.connect import Connection
from dsr1_tui.services.fitting import shortened
from dsr1_tui.services.kit import Kit, Launch


class Session:
    """One window's state between turns."""

    def __init__(self, kit: Kit, launch: Launch) -> None:
        self.kit = kit
        self.launch = launch
        self.connection: Connection | None = None
        self.config_layer = launch.config.sampling
        """The default layer; changes when the user keeps settings as default."""
        self.conversation = fresh_conversation(kit.clock)
        self.messages: dict[MessageId, Message] = {}
        self.context_used: int | None = None
        self.skip = 0
        """How many of the oldest messages are not sent any more."""
        self.stored = False
        """Whether the conversation is on disk, so that it can be resumed."""

    @property
    def rules(self) -> Rules:
        """The rules in force."""
        return self.connection.rules if self.connection is not None else (self.launch.rules or Rules.OFF)

    @property
    def path(self) -> tuple[Message, ...]:
        """The active path."""
        return path_to(self.messages, self.conversation.active_leaf)

    @property
    def steering(self) -> Steering:
        """How it is steered: the flags over the conversation over the config."""
        launch = self.launch
        return launch.steering.over(self.conversation.steering.over(launch.config.steering))

    @property
    def preset(self) -> Preset:
        """The preset in force; `auto` where a kept conversation names one that is no more."""
        presets, name = self.launch.config.presets, self.steering.preset or AUTO_NAME
        return presets.named(name) if presets.has(name) else AUTO

    @property
    def prompt_rules(self) -> PromptRules:
        """How the conversation becomes a prompt."""
        steering = replace(self.steering, preset=self.preset.name)
        return rules_of(steering, self.rules, self.launch.config.presets)

    @property
    def guards(self) -> GuardRules:
        """What watches the next answer."""
        return guard_rules(self.steering)

    @property
    def below(self) -> SamplingLayer:
        """The layers below the conversation's: the preset and the config."""
        return self.config_layer.over(self.preset.layer(self.rules))

    def sampling(self) -> Sampling:
        """What the next request sends."""
        return resolve(self.below, self.conversation.settings, self.launch.flags)

    def begin_new(self) -> None:
        """A fresh conversation with the settings of this one."""
        fresh = fresh_conversation(self.kit.clock, self.conversation.settings)
        self.conversation = replace(fresh, steering=self.conversation.steering)
        self.messages = {}
        self.context_used = None
        self.skip = 0
        self.stored = False

    def open(self, tree: Tree) -> None:
        """Continue a kept conversation."""
        self.conversation = tree.conversation
        self.messages = dict(tree.messages)
        self.stored = True
        self.skip = 0
        last = next((m for m in reversed(tree.path) if m.usage is not None), None)
        self.context_used = _context_after(last) if last is not None else None

    async def change_settings(self, layer: SamplingLayer) -> None:
        """Use a layer from the next request on, and keep it with the conversation.

        Raises:
            FaultError: (store).
        """
        await self._keep(replace(self.conversation, settings=layer))

    async def steer(self, steering: Steering) -> None:
        """Steer otherwise from the next request on, and keep that with the conversation.

        Raises:
            FaultError: (store).
        """
        await self._keep(replace(self.conversation, steering=steering))

    async def _keep(self, conversation: Conversation) -> None:
        self.conversation = conversation
        if self.stored:
            await self.kit.conversations.put(conversation)

    def ports(self, connection: Connection) -> AskPorts:
        """What asking needs."""
        return AskPorts(
            endpoint=connection.endpoint,
            conversations=self.kit.conversations,
            messages=self.kit.messages,
            clock=self.kit.clock,
            extras=connection.endpoint,
        )

    def question(self, connection: Connection, text: str | None) -> Question:
        """The next question, or (no text) the last one again."""
        path = self.path
        if text is None:
            while path and path[-1].role is not MessageRole.USER:
                path = path[:-1]
        return Question(
            conversation=self.conversation,
            path=path,
            text=text,
            model=connection.model,
            rules=connection.rules,
            sampling=self.sampling(),
            prompt=self.prompt_rules,
            guards=self.guards,
            skip=min(self.skip, max(len(path) - 1, 0)),
        )

    def shorten(self, reserve: int = 1024) -> int:
        """Leave the oldest turns out of the prompt, as many as must go; gives how many messages are left out now."""
        if self.connection is not None:
            self.skip = max(self.skip, shortened(self.path, self.connection.model, reserve))
        return self.skip

    def opened(self, conversation: Conversation, user: Message, answer: Message) -> None:
        """A turn began."""
        self.messages[user.id] = user
        self.messages[answer.id] = answer
        self.conversation = replace(
            conversation,
            settings=self.conversation.settings,
            steering=self.conversation.steering,
            active_leaf=answer.id,
        )

    def closed(self, answer: Message, *, stored: bool) -> None:
        """A turn ended."""
        self.messages[answer.id] = answer
        self.stored = self.stored or stored
        used = _context_after(answer)
        self.context_used = used if used is not None else self.context_used

    def places(self) -> dict[MessageId, tuple[int, int]]:
        """For every message, which of how many at its place it is, counted from 1, oldest first."""
        groups: dict[tuple[MessageId | None, MessageRole], list[MessageId]] = {}
        for message in self.messages.values():
            groups.setdefault((message.parent_id, message.role), []).append(message.id)
        return {
            message_id: (at, len(group)) for group in groups.values() for at, message_id in enumerate(sorted(group), 1)
        }

    def step_sibling(self, message: Message, step: int) -> bool:
        """Make the sibling `step` away the active one, down to its newest leaf; whether there was one."""
        siblings = Tree(self.conversation, self.messages).siblings(message)
        at = siblings.index(message) + step
        if not 0 <= at < len(siblings):
            return False
        leaf = siblings[at]
        while children := [m for m in self.messages.values() if m.parent_id == leaf.id]:
            leaf = max(children, key=lambda m: m.id)
        self.conversation = replace(self.conversation, active_leaf=leaf.id)
        return True


def _context_after(message: Message) -> int | None:
    """Tokens the conversation takes after an answer: its thought is not sent again."""
    if message.usage is None or message.usage.prompt_tokens is None:
        return None
    return message.usage.prompt_tokens + message.usage.completion_tokens - message.usage.reasoning_tokens
