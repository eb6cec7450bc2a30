"""What is set in the panel, by keyboard alone: the next request carries it, and the conversation keeps it."""

from dataclasses import replace
from typing import Any

from textual.pilot import Pilot

from dsr1_tui.domain.presets import DIRECTIVE_EN
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.domain.steering import ForcedThinking, LoopPolicy, Steering
from dsr1_tui.services.kit import Kit, Launch
from dsr1_tui.tui.app import ChatApp
from dsr1_tui.tui.screens.chat import ChatScreen
from dsr1_tui.tui.screens.writing import WritingDialog
from dsr1_tui.tui.widgets.panel_state import Source
from dsr1_tui.tui.widgets.setting_field import SettingField
from dsr1_tui.tui.widgets.settings_table import SETTINGS
from support.chat_pilot import ask, chat, chat_id, done, until
from support.fake_endpoint import answer_script
from support.fake_kit import World
from support.tui_hosts import text_of

SIZE = (120, 40)


def world() -> World:
    return World([answer_script("yes", "a thought"), answer_script("no", "a thought")])


async def connected(pilot: Pilot[None], app: ChatApp) -> None:
    await until(pilot, lambda: isinstance(app.screen, ChatScreen), "the chat")
    await until(pilot, lambda: chat(app).session.connection is not None, "the connection")


def row(app: ChatApp, name: str) -> SettingField:
    return chat(app).query_one(f"#setting-{name.replace('_', '-')}", SettingField)


async def go(pilot: Pilot[None], app: ChatApp, name: str) -> None:
    """Open the panel and go to a row."""
    await connected(pilot, app)
    await pilot.press("f2")
    await until(pilot, lambda: row(app, "temperature").has_focus, "the panel")
    way = [setting.name for setting in SETTINGS]
    steps = way.index(name) - 1
    await pilot.press(*(["down"] * steps if steps < len(way) / 2 else ["up"] * (len(way) - steps)))
    assert row(app, name).has_focus


async def send(pilot: Pilot[None], app: ChatApp) -> None:
    """Leave the panel and ask."""
    await pilot.press("escape")
    await until(pilot, lambda: app.focused is chat(app).composer, "the composer")
    await ask(pilot, app, "hello")
    await done(pilot, app)


SAMPLED = {
    "temperature": ("0.5", 0.5),
    "top_p": ("0.9", 0.9),
    "top_k": ("20", 20),
    "min_p": ("0.1", 0.1),
    "max_tokens": ("900", 900),
    "repetition_penalty": ("1.1", 1.1),
    "presence_penalty": ("1", 1.0),
    "frequency_penalty": ("2", 2.0),
    "seed": ("7", 7),
    "stop": ("E", ("E",)),
}
"""What is typed in each row, top to bottom, and what it is."""


async def test_every_sampling_row_is_sent_and_kept() -> None:
    outside = world()
    app = ChatApp(outside.prepare)
    async with app.run_test(size=SIZE) as pilot:
        await go(pilot, app, "temperature")
        for typed, _ in SAMPLED.values():
            await pilot.press(*typed, "down")
        await send(pilot, app)
    wanted = {name: value for name, (_, value) in SAMPLED.items()}
    assert outside.endpoint.requests[0].sampling.sent() == wanted
    tree = await outside.store.load(chat_id(outside))
    assert tree.conversation.settings == SamplingLayer(**wanted)  # type: ignore[arg-type]  # as in the table of fields


async def test_every_steering_row_is_sent_and_kept() -> None:
    outside = world()
    app = ChatApp(outside.prepare)
    async with app.run_test(size=SIZE) as pilot:
        await go(pilot, app, "temperature")
        await pilot.press("up", "right", *["up"] * 3)
        await pilot.press("enter", "up", *"pre", "enter", "up", "left", "up", *"500", "enter")
        await send(pilot, app)
        await pilot.press("f2", "f2")
        await until(pilot, lambda: row(app, "thinking_budget").has_focus, "the row that had the focus")
        await pilot.press("r", "down", "r")
        await send(pilot, app)
    first, second = outside.endpoint.requests
    assert first.messages[0].content == f"hello\nAnswer concisely.\n{DIRECTIVE_EN}"
    assert first.sampling.max_tokens == 2048, "the preset's"
    assert (first.thinking_budget, second.thinking_budget) == (500, None)
    assert first.prefill is not None
    assert first.prefill.content == "<think>\nOkay, "
    kept = (await outside.store.load(chat_id(outside))).conversation.steering
    assert kept == Steering(preset="talk", thinking=ForcedThinking.PREFILL, directive=True), "two were set back"


async def test_loop_policy_seconds_and_samples_act_on_the_next_answer() -> None:
    app = ChatApp(world().prepare)
    async with app.run_test(size=SIZE) as pilot:
        await go(pilot, app, "samples")
        assert chat(app).session.samples == 1
        await pilot.press("8", "enter")
        assert "votes over 8 samples" in "\n".join(text_of(app))
        await pilot.press(*["up"] * 4, "right", "up", *"30s", "enter")
        session = chat(app).session
        await until(pilot, lambda: session.guards.budget_s == 30.0, "the budget")
        assert session.samples == 8
        assert session.connection is not None
        guards = session.question(session.connection, "hello").guards
        assert (guards.loop_policy, guards.budget_tokens) == (LoopPolicy.RETRY, None)


async def test_instructions_are_written_on_a_page_and_sent() -> None:
    outside = world()
    app = ChatApp(outside.prepare)
    async with app.run_test(size=SIZE) as pilot:
        await go(pilot, app, "instructions")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WritingDialog), "the page")
        await pilot.press(*"French", "ctrl+j", *"brief", "enter")
        await until(pilot, lambda: chat(app).session.steering.instructions == "French\nbrief", "the instructions")
        assert "French brief" in "\n".join(text_of(app))
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, WritingDialog), "the page again")
        page = app.screen
        assert isinstance(page, WritingDialog)
        assert page.paper.text == "French\nbriefx", "typing goes on at the end"
        await pilot.press("escape")
        assert chat(app).session.steering.instructions == "French\nbrief", "left as it was"
        await pilot.press("escape")
        await ask(pilot, app, "hello")
        await done(pilot, app)
    assert outside.endpoint.requests[0].messages[0].content == "French\nbrief\n\nhello"
    kept = (await outside.store.load(chat_id(outside))).conversation.steering
    assert kept.instructions == "French\nbrief"


async def test_a_budget_above_max_tokens_is_told_while_it_is_typed() -> None:
    app = ChatApp(world().prepare)
    async with app.run_test(size=SIZE) as pilot:
        await go(pilot, app, "max_tokens")
        await pilot.press(*"1024", "enter", *["down"] * 6)
        await pilot.press(*"1024")
        await until(pilot, lambda: "✗ The thinking budget (1,024)" in "\n".join(text_of(app)), "the conflict")
        assert chat(app).session.steering.budget_tokens is None, "not taken yet"
        await pilot.press("backspace")
        await until(pilot, lambda: "leaves no room" not in "\n".join(text_of(app)), "no conflict")


async def test_a_flag_holds_what_it_sets_in_panel_and_slash_commands() -> None:
    outside = world()

    def prepare() -> tuple[Kit, Launch]:
        kit, launch = outside.prepare()
        return kit, replace(launch, steering=Steering(preset="math", loop_policy=LoopPolicy.TELL))

    app = ChatApp(prepare)
    async with app.run_test(size=SIZE) as pilot:
        await go(pilot, app, "loop_policy")
        await pilot.press("right")
        await until(pilot, lambda: "set by --loop-policy for this run" in "\n".join(text_of(app)), "the reason")
        assert chat(app).session.conversation.steering == Steering()
        await pilot.press("escape", "escape")
        await ask(pilot, app, "/preset talk")
        said: Any = chat(app).hint
        await until(pilot, lambda: "Preset is held by --preset in this run." in str(said.render()), "the reason")
        assert chat(app).session.preset.name == "math"


async def test_the_panel_opens_with_its_first_row_in_view() -> None:
    app = ChatApp(world().prepare)
    async with app.run_test(size=(80, 24)) as pilot:
        await go(pilot, app, "temperature")
        await pilot.pause()
        assert "preset" in "\n".join(text_of(app)).partition("temperature")[0]


async def test_quick_steps_are_all_counted() -> None:
    app = ChatApp(world().prepare)
    async with app.run_test(size=SIZE) as pilot:
        await go(pilot, app, "samples")
        for _ in range(12):
            row(app, "samples")._step(1)
        await until(pilot, lambda: chat(app).session.samples == 13, "twelve steps")


async def test_what_steers_is_kept_as_default_too() -> None:
    outside = world()
    app = ChatApp(outside.prepare)
    async with app.run_test(size=SIZE) as pilot:
        await go(pilot, app, "thinking_budget")
        await pilot.press(*"500", "down", "right", "ctrl+s")
        steering = Steering(loop_policy=LoopPolicy.RETRY, budget_tokens=500, budget_s=0.0)
        await until(pilot, lambda: bool(outside.config_file.saved), "what was kept")
        assert outside.config_file.saved == [(SamplingLayer(), steering)]
        session = chat(app).session
        assert session.defaults.steering == steering
        await pilot.press("r")
        assert row(app, "loop_policy").setting.state(session.layers).source is Source.CONFIG
