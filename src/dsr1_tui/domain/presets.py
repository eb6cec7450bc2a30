r"""The presets: what is sent and said for a kind of task, by the names a user knows."""

import re
from dataclasses import dataclass, field
from typing import Final

from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.language import Language
from dsr1_tui.domain.rules import Rules, auto_preset
from dsr1_tui.domain.sampling import SamplingLayer, Unset, Value
from dsr1_tui.domain.sampling_fields import FieldSpec, Grade, grade

DIRECTIVE_EN: Final = r"Please reason step by step, and put your final answer within \boxed{}."
"""DeepSeek-R1 model card, "Usage Recommendations", point 3."""
DIRECTIVE_ZH: Final = r"请逐步推理，并将最终答案放在\boxed{}内。"

SUMMARY_REPLY: Final = 1_024
TALK_REPLY: Final = 2_048
LONG_REPLY: Final = 16_384
"""Tokens; what does not fit beside the prompt is cut off before it is sent (`context.fit`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A kind of task: its sampling settings, and the words that go with each question."""

    name: str
    """As `--preset` takes it."""
    title: str
    """What it is for, in a few words."""
    sampling: SamplingLayer = field(default_factory=SamplingLayer)
    """Its layer, the lowest; `max_tokens` is its reply limit."""
    suffix_en: str = ""
    suffix_zh: str = ""
    """Words that go with every question, in the question's language."""
    leads: bool = False
    """True where those words stand before the question, because they speak of "the following"."""
    said: str = ""
    """A pattern of other words for the same, so that it is not said twice."""
    directive: bool | None = False
    r"""Whether the `\boxed{}` directive goes with every question; `None`: under R1's rules, where it is mathematics."""
    amber_up_to: float | None = None
    """The temperature up to which it is only amber, where this task bears more than R1's band."""

    @property
    def reply_limit(self) -> int | None:
        """Tokens a reply may have; `None` leaves it to the server."""
        limit = self.sampling.max_tokens
        return None if isinstance(limit, Unset) else limit

    def suffix(self, language: Language) -> str:
        """The words that go with a question in `language`; the other language's where it has only those."""
        if language is Language.CHINESE:
            return self.suffix_zh or self.suffix_en
        return self.suffix_en or self.suffix_zh

    def layer(self, rules: Rules) -> SamplingLayer:
        """The sampling layer it stands for; what it leaves open goes by the model, which is all there is to `auto`."""
        return self.sampling.over(auto_preset(rules))


def directive_for(language: Language) -> str:
    r"""The `\boxed{}` directive, verbatim."""
    return DIRECTIVE_ZH if language is Language.CHINESE else DIRECTIVE_EN


AUTO_NAME: Final = "auto"
AUTO: Final = Preset(name=AUTO_NAME, title="By the model alone; asks for a box where it is mathematics", directive=None)


def _sampling(temperature: float, reply: int) -> SamplingLayer:
    return SamplingLayer(temperature=temperature, top_p=0.95, max_tokens=reply, repetition_penalty=1.0)


BUILT_IN: Final = (
    AUTO,
    Preset(
        name="talk",
        title="Conversation, short answers",
        sampling=_sampling(0.6, TALK_REPLY),
        suffix_en="Answer concisely.",
        suffix_zh="请简洁回答",
        said=r"\b(?:concise(?:ly)?|briefly|keep it short|in short)\b|简洁|简短|简要",
    ),
    Preset(
        name="math",
        title="Mathematics, the result in a box",
        sampling=_sampling(0.6, LONG_REPLY),
        directive=True,
    ),
    Preset(
        name="summary",
        title="Summary of a text, at most 100 words",
        sampling=_sampling(0.5, SUMMARY_REPLY),
        suffix_en="Summarise the following in at most 100 words.",
        suffix_zh="请总结以下内容，不超过100字",
        leads=True,
        said=r"\bsummar(?:y|i[sz]e)\b[^.\n]{0,80}\bwords?\b|(?:总结|概括|摘要)[^。\n]{0,40}字",
    ),
    Preset(name="marking", title="Marking homework", sampling=_sampling(0.4, LONG_REPLY)),
    Preset(name="code", title="Programming", sampling=_sampling(0.6, LONG_REPLY)),
    Preset(
        name="creative",
        title="Stories and ideas",
        sampling=_sampling(0.7, LONG_REPLY),
        suffix_en="Use your imagination.",
        suffix_zh="请发挥想象力",
        said=r"\bimaginat(?:ion|ive(?:ly)?)\b|想象力",
        amber_up_to=0.9,
    ),
)


@dataclass(frozen=True, slots=True)
class Presets:
    """The presets a user can choose from: the built-in ones and his own."""

    all: tuple[Preset, ...] = BUILT_IN

    def named(self, name: str) -> Preset:
        """The preset of that name.

        Raises:
            FaultError: (usage) there is none.
        """
        wanted = name.strip().lower()
        for preset in self.all:
            if preset.name == wanted:
                return preset
        known = ", ".join(preset.name for preset in self.all)
        raise fail(FaultCode.USAGE, f"There is no preset “{_cut(name)}”.", f"There are: {known}.")

    def has(self, name: str) -> bool:
        """Whether there is a preset of that name."""
        return any(preset.name == name.strip().lower() for preset in self.all)


def already_said(preset: Preset, text: str) -> bool:
    """Whether a question holds the preset's words, in either language, or other words for the same."""
    plain = _plain(text)
    if any(_plain(words) in plain for words in (preset.suffix_en, preset.suffix_zh) if words):
        return True
    # Only where instructions stand: a pasted text may well use such words in its middle.
    ends = text if len(text) <= 2 * _END else f"{text[:_END]}\n{text[-_END:]}"
    return bool(preset.said) and re.search(preset.said, ends, re.IGNORECASE) is not None


def grade_in(preset: Preset, spec: FieldSpec, value: Value | None) -> Grade:
    """Where a value stands against R1's bands, for what this preset is for: `creative` bears 0.9 as amber."""
    found = grade(spec, value)
    if found is not Grade.BAD or spec.name != "temperature" or preset.amber_up_to is None or spec.good is None:
        return found
    assert isinstance(value, float | int)
    return Grade.FAIR if spec.good[1] < value <= preset.amber_up_to else found


_END: Final = 400
_NOISE: Final = re.compile(r"[\s.,;:!。，；：！]+")


def _plain(text: str) -> str:
    """Words alone: case, blanks and points do not make a sentence another one."""
    return _NOISE.sub(" ", text.casefold()).strip()


def _cut(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name[:40])
