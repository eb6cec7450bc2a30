"""Which of the endpoint's models to talk to; LoRA adapters stand under the model they belong to."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.widgets import Input

from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.tui.command import Area, Command, bindings
from dsr1_tui.tui.screens.dialog import CLOSE
from dsr1_tui.tui.screens.picker import PICKER_KEYS, Picker
from dsr1_tui.tui.widgets.choice_lines import Choice
from dsr1_tui.tui.widgets.choice_list import ChoiceList
from dsr1_tui.tui.words import one_line

MODEL_COMMANDS: Final[tuple[Command, ...]] = (
    Command(id="model-use", action="open", title="use", help="Talk to the marked model from the next question on.",
            area=Area.MODEL, key_label="enter", footer=100),
    replace(CLOSE, id="model-close"),
)  # fmt: skip


def family(models: Sequence[ModelInfo]) -> list[tuple[ModelInfo, int]]:
    """The models in the server's order, each adapter (depth 1) behind its base; one whose base is not listed alone."""
    listed = {model.id for model in models}
    bases = [model for model in models if model.parent not in listed or model.parent == model.id]
    ordered: list[tuple[ModelInfo, int]] = []
    for base in bases:
        ordered.append((base, 0))
        ordered += [(model, 1) for model in models if model.parent == base.id and model is not base]
    placed = {model.id for model, _ in ordered}
    return ordered + [(model, 0) for model in models if model.id not in placed]


def matching(models: Sequence[ModelInfo], typed: str) -> list[tuple[ModelInfo, int]]:
    """Those whose name holds every typed word; an adapter that fits brings its base along."""
    words = typed.lower().split()
    fits = {model.id for model in models if all(word in model.id.lower() for word in words)}
    bases = {model.parent for model in models if model.id in fits}
    return [(model, depth) for model, depth in family(models) if model.id in fits or model.id in bases]


def entry(model: ModelInfo, depth: int, current: str | None) -> Choice:
    """One model as it is listed."""
    facts = []
    if depth:
        facts.append("LoRA adapter")
    elif model.parent:
        facts.append(f"LoRA adapter of {one_line(model.parent)}")
    if model.max_model_len:
        facts.append(f"{model.max_model_len:,} tokens of context")
    if model.root and model.root != model.id:
        facts.append(f"from {one_line(model.root)}")
    aside = "in use" if model.id == current else ""
    return Choice(id=model.id, title=one_line(model.id), detail=" · ".join(facts), aside=aside, depth=depth)


class ModelPicker(Picker[str | None]):
    """Gives the id of the chosen model, or `None`."""

    KEYS: ClassVar[tuple[Command, ...]] = MODEL_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings((*PICKER_KEYS, *KEYS))]

    def __init__(self, models: Sequence[ModelInfo], current: str | None) -> None:
        super().__init__("Models", "type to filter")
        self._models = tuple(models)
        self._current = current

    def on_mount(self) -> None:
        """List them all, the one in use marked."""
        self._filter("", self._current)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as one types."""
        event.stop()
        self._filter(event.value, None)

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Give its id."""
        event.stop()
        self.give(event.choice.id)

    def _filter(self, typed: str, marked: str | None) -> None:
        found = matching(self._models, typed)
        first_fit = next((model.id for model, _ in found if typed.lower() in model.id.lower()), None)
        self.list_choices([entry(model, depth, self._current) for model, depth in found], marked or first_fit)
        if found:
            self.say("")
        elif self._models:
            self.say(f"No model of this endpoint fits “{one_line(typed)}”.")
        else:
            self.say("This endpoint serves no model. Load one there, then open this list again.")
