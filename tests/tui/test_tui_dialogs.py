"""The help page and the question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from dsr1_tui.domain.advice import Source
from dsr1_tui.tui.command import Area, Command
from dsr1_tui.tui.commands import COMMANDS
from dsr1_tui.tui.screens.confirm import ConfirmDialog, Option
from dsr1_tui.tui.screens.connect_dialog import CONNECT_COMMANDS
from dsr1_tui.tui.screens.help import (
    HELP_COMMANDS,
    SLASH_HEADING,
    SOURCES_HEADING,
    HelpScreen,
    help_lines,
    source_lines,
)
from dsr1_tui.tui.screens.history_picker import HISTORY_COMMANDS
from dsr1_tui.tui.screens.model_picker import MODEL_COMMANDS
from dsr1_tui.tui.screens.start import START_COMMANDS
from dsr1_tui.tui.screens.writing import WRITING_COMMANDS
from dsr1_tui.tui.widgets.choice_list import LIST_COMMANDS
from dsr1_tui.tui.widgets.settings_panel import PANEL_COMMANDS
from support.tui_hosts import DialogHost, text_of

TABLES = (
    CONNECT_COMMANDS,
    HELP_COMMANDS,
    HISTORY_COMMANDS,
    LIST_COMMANDS,
    MODEL_COMMANDS,
    PANEL_COMMANDS,
    START_COMMANDS,
    WRITING_COMMANDS,
)
OPTIONS = (Option("stay", "s", "stay", "and read on"), Option("leave", "l", "leave", "what has come is kept"))


def told(app: App[None]) -> str:
    return "\n".join(text_of(app))


def test_every_command_stands_in_the_help_under_its_area() -> None:
    page = "\n".join(line.plain for line in help_lines(COMMANDS, 100))
    for command in COMMANDS:
        if command.label:
            assert command.label in page
        if command.slash:
            assert f"/{command.slash} " in page
        assert command.title in page
    headings = [area.value for area in Area if any(one.area is area for one in COMMANDS)]
    assert [page.index(heading) for heading in headings] == sorted(page.index(heading) for heading in headings)
    assert page.index(SLASH_HEADING) > page.index(headings[-1])


@given(st.integers(12, 140))
def test_no_line_of_the_help_is_wider_than_the_page(width: int) -> None:
    lines = [*help_lines(COMMANDS, width), *source_lines(width)]
    assert max(line.cell_length for line in lines) <= max(width, 24)


def test_an_empty_table_is_an_empty_page() -> None:
    assert help_lines((), 80) == []


def test_every_key_of_every_dialog_is_a_whole_command() -> None:
    for table in TABLES:
        ids = [command.id for command in table]
        assert len(ids) == len(set(ids))
        for command in table:
            assert command.title
            assert command.label
            assert command.help.endswith(".")


async def test_the_help_scrolls_by_keys_and_closes() -> None:
    app = DialogHost(HelpScreen(COMMANDS))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        first = told(app)
        await pilot.press("down")
        assert told(app) != first
        await pilot.press("up")
        assert told(app) == first
        for _ in range(12):
            await pilot.press("pagedown")
        assert SOURCES_HEADING in told(app)
        assert list(Source)[-1] in told(app)
        await pilot.press("q")
        assert app.results == [None]


@pytest.mark.parametrize(("keys", "answer"), [(["l"], "leave"), (["down", "enter"], "leave"), (["escape"], None)])
async def test_a_question_is_answered_by_key_arrow_or_not_at_all(keys: list[str], answer: str | None) -> None:
    app = DialogHost(ConfirmDialog("Leave?", OPTIONS, explanation="An answer is streaming."))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "An answer is streaming." in told(app)
        await pilot.press(*keys)
        assert app.results == [answer]


async def test_yes_and_no_are_the_usual_answers() -> None:
    app = DialogHost(ConfirmDialog("Sure?"))
    async with app.run_test(size=(20, 5)) as pilot:
        await pilot.pause()
        assert "Sure?" in told(app)
        assert "y   yes" in told(app)
        await pilot.press("y")
        assert app.results == ["yes"]


async def test_markup_in_foreign_text_is_text() -> None:
    app = DialogHost(ConfirmDialog("Delete [red]x[/red]?\x1b[2J"))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        assert "Delete [red]x[/red]?␛[2J" in told(app)


def test_a_command_without_key_is_not_in_the_key_part() -> None:
    only_slash = Command(id="x", action="x", title="x", help="X.", area=Area.CHAT, slash="xx")
    page = [line.plain for line in help_lines([only_slash], 80)]
    assert page[0] == SLASH_HEADING
    assert page[1].startswith("  /xx")


async def test_a_click_takes_an_entry() -> None:
    app = DialogHost(ConfirmDialog("Leave?", OPTIONS))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        row = next(index for index, line in enumerate(text_of(app)) if "leave" in line)
        await pilot.click(offset=(12, row))
        assert app.results == ["leave"]
