"""The model picker: adapters under their base, filtering, choosing."""

from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.tui.screens.model_picker import ModelPicker, family, matching
from support.tui_hosts import DialogHost, text_of

BASE = ModelInfo(id="deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B", max_model_len=32768)
OTHER = ModelInfo(id="Qwen3-8B", max_model_len=40960)
MATHS = ModelInfo(id="maths-lora", root="/adapters/maths", parent=BASE.id)
STRAY = ModelInfo(id="stray-lora", parent="not-listed")
MODELS = (BASE, OTHER, MATHS, STRAY)


def names(found: list[tuple[ModelInfo, int]]) -> list[tuple[str, int]]:
    return [(model.id, depth) for model, depth in found]


def test_adapters_stand_under_their_base() -> None:
    assert names(family(MODELS)) == [(BASE.id, 0), (MATHS.id, 1), (OTHER.id, 0), (STRAY.id, 0)]


def test_an_adapter_of_an_adapter_and_a_model_that_is_its_own_parent_are_listed_once() -> None:
    own = ModelInfo(id="own", parent="own")
    nested = ModelInfo(id="nested", parent=MATHS.id)
    listed = names(family((BASE, MATHS, nested, own)))
    assert sorted(name for name, _ in listed) == sorted([BASE.id, MATHS.id, "nested", "own"])


def test_filtering_brings_the_base_along() -> None:
    assert names(matching(MODELS, "maths")) == [(BASE.id, 0), (MATHS.id, 1)]
    assert names(matching(MODELS, "QWEN 1.5")) == [(BASE.id, 0)]
    assert matching(MODELS, "nothing") == []


async def test_the_one_in_use_is_marked_and_enter_takes_another() -> None:
    app = DialogHost(ModelPicker(MODELS, MATHS.id))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        lines = text_of(app)
        at = next(index for index, line in enumerate(lines) if "maths-lora" in line)
        assert "▎" in lines[at]
        assert "in use" in lines[at]
        assert "LoRA adapter · from /adapters/maths" in lines[at + 1]
        await pilot.press("down", "enter")
        assert app.results == [OTHER.id]


async def test_typing_filters_and_marks_what_fits() -> None:
    app = DialogHost(ModelPicker(MODELS, None))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"mat", "enter")
        assert app.results == [MATHS.id]


async def test_nothing_that_fits_and_nothing_at_all_are_told() -> None:
    app = DialogHost(ModelPicker(MODELS, None))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"zz", "enter")
        assert "No model of this endpoint fits “zz”." in "\n".join(text_of(app))
        await pilot.press("escape", "escape")
        assert app.results == [None], "a second esc closes nothing more"
    app = DialogHost(ModelPicker((), None))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "This endpoint serves no model." in "\n".join(text_of(app))
