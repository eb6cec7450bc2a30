"""Lists: entries never leave their width, the mark follows arrows, pages and keys."""

from hypothesis import given
from hypothesis import strategies as st
from textual.app import ComposeResult

from dsr1_tui.tui.widgets.choice_lines import Choice, choice_lines, columns_for
from dsr1_tui.tui.widgets.choice_list import ChoiceList
from support.tui_hosts import Host, text_of

words = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=40)
choices = st.builds(
    Choice, id=words, title=words, detail=words, key=st.sampled_from(["", "c"]), aside=words, more=words,
    depth=st.integers(0, 2),
)  # fmt: skip


@given(st.lists(choices, min_size=1, max_size=5).map(tuple), st.integers(8, 120), st.booleans(), st.booleans())
def test_no_line_of_an_entry_is_wider_than_the_list(
    entries: tuple[Choice, ...], width: int, beside: bool, chosen: bool
) -> None:
    columns = columns_for(entries, width, beside=beside)
    for entry in entries:
        lines = choice_lines(entry, columns, width, chosen=chosen)
        assert all(line.cell_length == width for line in lines)
        assert all(line.plain.startswith("▎ " if chosen else "  ") for line in lines)


class ListHost(Host):
    CSS = "ChoiceList { height: 6; }"

    def __init__(self, number: int) -> None:
        super().__init__()
        self.list = ChoiceList([Choice(id=str(at), title=f"entry {at}", detail="said below") for at in range(number)])
        self.posted: list[object] = []

    def compose(self) -> ComposeResult:
        yield self.list

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        self.posted.append(event.choice.id)

    def on_choice_list_beyond(self, event: ChoiceList.Beyond) -> None:
        self.posted.append(event.step)


async def test_the_mark_moves_by_entry_and_by_page_and_stays_in_view() -> None:
    app = ListHost(20)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("down", "pagedown", "pagedown", "pagedown", "enter")
        chosen = app.posted[-1]
        assert chosen == "7"
        assert "▎ entry 7" in "\n".join(text_of(app))
        await pilot.press(*["pageup"] * 5, "enter")
        assert app.posted[-1] == "0"


async def test_the_ends_are_told() -> None:
    app = ListHost(2)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("up", "down", "down")
        assert app.posted == [-1, 1]
        app.list.show([])
        await pilot.press("enter", "down")
        assert app.posted == [-1, 1, 1]
        assert app.list.marked is None
        assert app.list.neighbour is None
