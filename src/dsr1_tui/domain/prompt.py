r"""The prompt built from a conversation's active path, by R1's rules.

What is added to a question is worked out anew from its own text each time, for earlier questions as for the newest: the
same rules give the same bytes, so that the server's prefix cache holds and the model sees one consistent conversation.
When the rules change in mid-conversation, they hold for the whole of it from the next request on.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dsr1_tui.domain.language import Language, language_of
from dsr1_tui.domain.mathsy import is_mathsy
from dsr1_tui.domain.message import Message, MessageRole
from dsr1_tui.domain.presets import AUTO, AUTO_NAME, Preset, Presets, already_said, directive_for
from dsr1_tui.domain.prompt_parts import Addition, Part, PartKind, Prompt, PromptTurn
from dsr1_tui.domain.request import PromptMessage
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.steering import ForcedThinking, Steering


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptRules:
    """What decides how a conversation becomes a prompt."""

    rules: Rules = Rules.OFF
    instructions: str = ""
    """Standing instructions: folded into the first question under R1's rules, a system message without them."""
    preset: Preset = AUTO
    thinking: ForcedThinking = ForcedThinking.OFF
    """Under R1's rules only."""
    directive: bool | None = None
    r"""Whether the `\boxed{}` directive goes with every question; `None`: as the preset says."""
    without: frozenset[PartKind] = frozenset()
    """Additions that the user took away."""


PLAIN: Final = PromptRules()
"""Nothing is added."""

FIRST_WORDS: Final = {Language.ENGLISH: "Okay, ", Language.CHINESE: "好的，"}
"""What R1's thoughts often begin with."""

_ASKS_FOR_BOX: Final = re.compile(
    r"\\f?boxed?\b"
    r"|\b(?:answer|result|solution)s?\b[^.\n]{0,40}\b(?:in|within|inside)\b[^.\n]{0,20}\bbox(?:ed)?\b"
    r"|(?:答案|结果)[^。\n]{0,20}(?:方框|框内|框中|框里)",
    re.IGNORECASE | re.ASCII,
)


def rules_of(steering: Steering, rules: Rules, presets: Presets) -> PromptRules:
    """What decides how a conversation steered like this becomes a prompt.

    Raises:
        FaultError: (usage) no preset of that name.
    """
    return PromptRules(
        rules=rules,
        instructions=steering.instructions or "",
        preset=presets.named(steering.preset or AUTO_NAME),
        thinking=steering.thinking or ForcedThinking.AGAIN,
        directive=steering.boxes,
    )


def build_prompt(path: Iterable[Message], *, rules: PromptRules | None = None) -> tuple[PromptMessage, ...]:
    """The messages to send for a path that ends in the user's question; last the prefill where the rules want one."""
    return plan_prompt(path, rules or PLAIN).sent


def plan_prompt(path: Iterable[Message], rules: PromptRules) -> Prompt:
    """The prompt in parts, for sending and for showing.

    Reasoning is never sent back. An answer that never began (stopped or broken in mid-thought) is dropped whole,
    and the two questions around it become one message, because a template may insist on turns that alternate.
    """
    system, turns = _gathered(path)
    standing = _standing(system, rules)
    planned: list[PromptTurn] = []
    fold = standing if rules.rules is Rules.R1 else ""
    if standing and not fold:
        planned.append(PromptTurn(MessageRole.SYSTEM, (Part(PartKind.INSTRUCTIONS, standing),)))
    for role, texts in turns:
        if role is MessageRole.ASSISTANT:
            planned.append(PromptTurn(role, (Part(PartKind.ANSWER, "\n\n".join(texts)),)))
            continue
        planned.append(PromptTurn(role, _question(texts, rules, standing, fold)))
        fold = ""
    wanted = (
        rules.rules is Rules.R1 and rules.thinking is ForcedThinking.PREFILL and PartKind.PREFILL not in rules.without
    )
    if wanted and turns and turns[-1][0] is MessageRole.USER:
        return Prompt(tuple(planned), prefill_for(turns[-1][1][-1]))
    return Prompt(tuple(planned))


def additions_to(question: str, rules: PromptRules) -> tuple[Addition, ...]:
    """What goes with a question, standing instructions apart: what the screen lists below it."""
    return PromptTurn(MessageRole.USER, _question([question], rules, _standing((), rules), "")).additions


def prefill_for(question: str) -> str:
    """The assistant message that opens the thought, for `continue_final_message`; in the question's language.

    Only what follows comes back from the server, so that `first_words` belong before it in what is shown and kept.
    """
    return f"<think>\n{first_words(question)}"


def first_words(question: str) -> str:
    """The first words of a thought that is begun for the model."""
    return FIRST_WORDS[language_of(question)]


def is_empty_thought(reasoning: str) -> bool:
    r"""Whether a thought says nothing: blanks, tags and points only, as in R1's `<think>\n\n</think>`."""
    bare = reasoning.replace("<think>", "").replace("</think>", "")
    return not any(c.isalnum() for c in bare)


def round_starts(path: Sequence[Message]) -> tuple[int, ...]:
    """Where the rounds of a path begin (a question with its answer), as indices; for `context.plan_shortening`.

    Questions that the prompt joins, because the answer between them never began, are one round.
    """
    starts: list[int] = []
    last: MessageRole | None = None
    for at, message in enumerate(path):
        if _is_unsaid(message) or message.role is MessageRole.SYSTEM:
            continue
        if message.role is MessageRole.USER and last is not MessageRole.USER:
            starts.append(at)
        last = message.role
    return tuple(starts)


def _standing(system: Iterable[str], rules: PromptRules) -> str:
    if PartKind.INSTRUCTIONS in rules.without:
        return ""
    return "\n\n".join(text for text in (*system, rules.instructions.strip()) if text)


def _is_unsaid(message: Message) -> bool:
    return message.role is MessageRole.ASSISTANT and not message.content.strip()


def _gathered(path: Iterable[Message]) -> tuple[list[str], list[tuple[MessageRole, list[str]]]]:
    """The system texts of a path, and what the others said, one entry a turn."""
    system: list[str] = []
    turns: list[tuple[MessageRole, list[str]]] = []
    for message in path:
        if _is_unsaid(message):
            continue
        if message.role is MessageRole.SYSTEM:
            system.append(message.content.strip())
            continue
        text = message.content.strip("\n") if message.role is MessageRole.ASSISTANT else message.content
        if turns and turns[-1][0] is message.role:
            turns[-1][1].append(text)
        else:
            turns.append((message.role, [text]))
    return system, turns


def _question(texts: Sequence[str], rules: PromptRules, standing: str, fold: str) -> tuple[Part, ...]:
    """One user turn with what goes with it; `standing` instructions are `fold`ed into the first."""
    text = "\n\n".join(texts)
    said = f"{standing}\n{text}"
    language = language_of(texts[-1])
    parts = [Part(PartKind.INSTRUCTIONS, f"{fold}\n\n")] if fold else []
    question = len(parts)
    suffix = rules.preset.suffix(language)
    if suffix and PartKind.SUFFIX not in rules.without and not already_said(rules.preset, said):
        if rules.preset.leads:
            parts.append(Part(PartKind.SUFFIX, f"{suffix}\n\n"))
            question += 1
        else:
            parts.append(Part(PartKind.SUFFIX, f"\n{suffix}"))
    if _wants_directive(texts, rules) and not _ASKS_FOR_BOX.search(said):
        parts.append(Part(PartKind.DIRECTIVE, f"\n{directive_for(language)}"))
    followed = len(parts) > question
    parts.insert(question, Part(PartKind.QUESTION, text.rstrip("\n") if followed else text))
    return tuple(_with_newline(parts, rules))


def _wants_directive(texts: Sequence[str], rules: PromptRules) -> bool:
    if PartKind.DIRECTIVE in rules.without:
        return False
    wanted = rules.preset.directive if rules.directive is None else rules.directive
    if wanted is None:
        return rules.rules is Rules.R1 and any(is_mathsy(text) for text in texts)
    return wanted


def _with_newline(parts: list[Part], rules: PromptRules) -> list[Part]:
    """The parts of a question with the newline that forces thinking, unless one stands there already."""
    if rules.rules is not Rules.R1 or PartKind.NEWLINE in rules.without:
        return parts
    newline = Part(PartKind.NEWLINE, "\n")
    if rules.thinking is ForcedThinking.NEWLINE_BEFORE and not parts[0].text.startswith("\n"):
        return [newline, *parts]
    if rules.thinking is ForcedThinking.NEWLINE_AFTER and not parts[-1].text.endswith("\n"):
        return [*parts, newline]
    return parts
