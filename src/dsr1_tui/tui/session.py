"""What the chat is in the middle of: connection, conversation, settings; no widgets, so that it is tested alone."""

from collections.abc import Sequence
from dataclasses import replace

from dsr1_tui.domain.context import Room
from dsr1_tui.domain.ids import MessageId
from dsr1_tui.domain.message import Conversation, Message, MessageRole, Tree, path_to
from dsr1_tui.domain.presets import Preset
from dsr1_tui.domain.prompt import PromptRules, plan_prompt, rules_of
from dsr1_tui.domain.rules import Rules, is_r1
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.domain.steering import GuardRules, Steering, guard_rules
from dsr1_tui.services.ask import AskPorts, Question, fresh_conversation
from dsr1_tui.services.connect import Connection
from dsr1_tui.services.fitting import shortened
from dsr1_tui.services.kit import Kit, Launch
from dsr1_tui.services.measure import measure
from dsr1_tui.services.plan_serve import Wish
from dsr1_tui.tui.layers import Layer, Layers


class Session:
    """One window's state between turns."""

    def __init__(self, kit: Kit, launch: Launch) -> None:
        self.kit = kit
        self.launch = launch
        self.connection: Connection | None = None
        self.defaults = Layer(launch.config.sampling, launch.config.steering)
        """The config file's layer; changes when the user keeps settings as default."""
        self.conversation = fresh_conversation(kit.clock)
        self.messages: dict[MessageId, Message] = {}
        self.room: Room | None = None
        """What the conversation takes of the context; `None` while nothing was asked."""
        self.skip = 0
        """How many of the oldest messages are not sent any more."""
        self.server: ServerRecord | None = None
        """The server of ours that the chat is on."""
        self.wish: Wish | None = None
        """What started it, where this run did."""
        self.samples = 1
        """Answers drawn for a vote."""
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
    def layers(self) -> Layers:
        """All that is set: the flags over the conversation over the config over the preset."""
        launch, connection = self.launch, self.connection
        model = connection.model if connection is not None else None
        return Layers(
            flags=Layer(launch.flags, launch.steering),
            own=Layer(self.conversation.settings, self.conversation.steering),
            config=self.defaults,
            presets=launch.config.presets,
            samples=self.samples,
            rules=self.rules,
            # A model of another name may be an R1 all the same, where the user says that its rules hold.
            r1_model=True if connection is not None and (is_r1(connection.model) or connection.by_template) else None,
            limit=model.max_model_len if model is not None else None,
        )

    @property
    def steering(self) -> Steering:
        """How it is steered."""
        return self.layers.steering

    @property
    def preset(self) -> Preset:
        """The preset in force."""
        return self.layers.preset

    @property
    def prompt_rules(self) -> PromptRules:
        """How the conversation becomes a prompt."""
        layers = self.layers
        return rules_of(replace(layers.steering, preset=layers.preset.name), layers.rules, layers.presets)

    @property
    def guards(self) -> GuardRules:
        """What watches the next answer."""
        return guard_rules(self.steering)

    def sampling(self) -> Sampling:
        """What the next request sends."""
        return self.layers.sampling

    def begin_new(self) -> None:
        """A fresh conversation with the settings of this one."""
        fresh = fresh_conversation(self.kit.clock, self.conversation.settings)
        self.conversation = replace(fresh, steering=self.conversation.steering)
        self.messages = {}
        self.room = None
        self.skip = 0
        self.stored = False

    def open(self, tree: Tree) -> None:
        """Continue a kept conversation."""
        self.conversation = tree.conversation
        self.messages = dict(tree.messages)
        self.stored = True
        self.skip = 0
        self.room = self._told_by(next((m for m in reversed(tree.path) if m.usage is not None), None))

    def use(self, layers: Layers) -> None:
        """Use what `layers` say for this chat from the next request on."""
        self.samples = layers.samples
        own = layers.own
        self.conversation = replace(self.conversation, settings=own.sampling, steering=own.steering)

    async def keep(self) -> None:
        """Keep what is used with the conversation, if that is on disk.

        Raises:
            FaultError: (store).
        """
        if self.stored:
            await self.kit.conversations.put(self.conversation)

    def ports(self, connection: Connection) -> AskPorts:
        """What asking needs."""
        return AskPorts(
            endpoint=connection.endpoint,
            conversations=self.kit.conversations,
            messages=self.kit.messages,
            clock=self.kit.clock,
            extras=connection.endpoint,
        )

    def question(self, connection: Connection, text: str | None, at: Message | None = None) -> Question:
        """The next question, or (no text) an earlier one again: the path's last, or the one `at` stands under or is."""
        path = self.path if at is None else path_to(self.messages, at.id)
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

    def shorten(self, reserve: int = 1024) -> bool:
        """Leave the oldest turns out of the prompt, as many as must go; whether the newest question fits then."""
        if self.connection is None:
            return True
        plan = shortened(self.path, self.connection.model, reserve)
        self.skip = max(self.skip, len(plan.drop))
        return plan.over < reserve

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
        self.room = self._told_by(answer) or self.room

    def vote_opened(self, conversation: Conversation, user: Message, answers: Sequence[Message]) -> None:
        """A vote began; its first sample is the leaf meanwhile."""
        self.messages.update({answer.id: answer for answer in answers})
        self.opened(conversation, user, answers[0])

    def vote_closed(self, answers: Sequence[Message], winner: Message, *, stored: bool) -> None:
        """A vote ended; the winner is the answer."""
        self.messages.update({answer.id: answer for answer in answers})
        self.closed(winner, stored=stored)
        self.conversation = replace(self.conversation, active_leaf=winner.id)

    def samples_of(self, message: Message) -> tuple[Message, ...]:
        """All samples of the vote that a message came from, in their order; none where it is an answer of its own."""
        if message.sample_group is None:
            return ()
        siblings = Tree(self.conversation, self.messages).siblings(message)
        return tuple(one for one in siblings if one.sample_group == message.sample_group)

    def _told_by(self, message: Message | None) -> Room | None:
        """What the conversation takes after an answer, by its own counts: its thought is not sent again."""
        if message is None or message.usage is None or message.usage.prompt_tokens is None:
            return None
        usage = message.usage
        after = message.usage.prompt_tokens + usage.completion_tokens - usage.reasoning_tokens
        return Room(prompt=after, reply=self.sampling().max_tokens, limit=self.layers.limit, exact=usage.exact)

    async def measure(self) -> None:
        """Count what the conversation takes, by the surest way there is."""
        if self.connection is None:
            return
        path = self.path[self.skip :]
        if not path:
            self.room = None
            return
        prompt = plan_prompt(path, self.prompt_rules)
        counted = await measure(self.connection, self.kit.tokenizers, prompt.messages, self.sampling().max_tokens)
        if counted.exact or self.room is None or self.skip:
            self.room = counted

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
