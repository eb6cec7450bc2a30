"""The log screen: it follows, is searched, filtered and copied, and a log of tens of MB does not hurt it."""

from textual.pilot import Pilot

from dsr1_tui.domain.server.log_tail import KEPT
from dsr1_tui.tui.screens.server_log import LogScreen
from dsr1_tui.tui.widgets.log_view import LogView, brief
from support.chat_pilot import until
from support.fake_kit import FakeClipboard
from support.fake_server_host import NEVER, FakeServers, ServerScript
from support.serve_samples import RECORD
from support.tui_hosts import DialogHost, text_of

LINES = [f"(APIServer pid=1) INFO 11-22 02:44:14 [a.py:1] line {number}" for number in range(200)]
LINES[100] = "(APIServer pid=1) ERROR 11-22 02:44:14 [a.py:1] line 100 \x1b]0;title\x07 \u202eis bad"
TEXT = "\n".join(LINES) + "\n"


def host(text: str, *, ends_s: float = 0.0) -> tuple[DialogHost, FakeServers, FakeClipboard]:
    servers, clipboard = FakeServers(), FakeClipboard()
    servers.scripts.append(ServerScript(log=((0.0, text), (5.0, "the newest line\n")), ends_s=ends_s))
    servers.adopt(RECORD)
    return DialogHost(LogScreen(servers.ports(), RECORD, clipboard)), servers, clipboard


def told(app: DialogHost) -> str:
    return "\n".join(text_of(app))


async def shows(pilot: Pilot[None], app: DialogHost, words: str) -> None:
    await until(pilot, lambda: words in told(app), words)


async def test_it_follows_until_the_reader_scrolls_away() -> None:
    app, servers, _ = host(TEXT, ends_s=NEVER)
    servers.stands = True
    async with app.run_test(size=(100, 20)) as pilot:
        await shows(pilot, app, "line 199")
        await pilot.press("pageup", "up")
        await shows(pilot, app, "f follows")
        top = text_of(app)[1]
        servers.clock.advance(6)
        await shows(pilot, app, "201 lines")
        assert text_of(app)[1] == top, "what is read stays where it is"
        await pilot.press("f")
        await shows(pilot, app, "the newest line")
        await shows(pilot, app, "following")


async def test_words_are_found_one_after_the_other() -> None:
    app, _, _ = host(TEXT)
    async with app.run_test(size=(100, 20)) as pilot:
        await shows(pilot, app, "line 199")
        await pilot.press("slash", *"LINE", "space", "1", "0", "enter")
        await shows(pilot, app, "11 of 11")
        await pilot.press("n")
        await shows(pilot, app, "1 of 11")
        await pilot.press("n")
        await shows(pilot, app, "2 of 11")
        assert "line 100" in told(app)
        await pilot.press("N", "N")
        await shows(pilot, app, "11 of 11")
        await pilot.press("slash", *"zz", "enter")
        await shows(pilot, app, "is not there")


async def test_levels_are_cycled_and_what_steers_a_terminal_is_made_visible() -> None:
    app, _, _ = host(TEXT)
    async with app.run_test(size=(100, 20)) as pilot:
        await shows(pilot, app, "line 199")
        await pilot.press("w", "w")
        await shows(pilot, app, "errors: 1 line")
        assert "line 199" not in told(app)
        assert "‹U+202E›" in told(app)
        assert "title" not in told(app)
        await pilot.press("w")
        await shows(pilot, app, "200 lines")


async def test_what_is_in_view_is_copied_and_all_of_it() -> None:
    app, _, clipboard = host(TEXT)
    async with app.run_test(size=(100, 20)) as pilot:
        await shows(pilot, app, "line 199")
        await pilot.press("c")
        await until(pilot, lambda: bool(clipboard.copied), "a copy")
        height = app.screen.query_one(LogView).size.height
        assert clipboard.copied[0].split("\n") == LINES[-height:]
        await pilot.press("C")
        await until(pilot, lambda: len(clipboard.copied) == 2, "the other")
        assert len(clipboard.copied[1].split("\n")) == 200
        assert "\u202e" not in clipboard.copied[1]


async def test_a_log_of_ten_megabytes_is_read_and_its_end_kept() -> None:
    line = "(APIServer pid=1) INFO 11-22 02:44:14 [loggers.py:259] Engine 000: Avg prompt throughput: 0.0 tokens/s " * 2
    number = 50_000
    app, _, _ = host(f"{line}\n" * number + "the last one\n")
    async with app.run_test(size=(100, 20)) as pilot:
        await shows(pilot, app, "the last one")
        assert f"the {number + 1 - KEPT:,} before are left out" in told(app)
        await pilot.press("home")
        await until(pilot, lambda: "the last one" not in told(app), "the beginning")
        await pilot.press("end")
        await shows(pilot, app, "the last one")


def test_a_narrow_line_says_what_it_says_without_prefixes() -> None:
    assert (
        brief("(APIServer pid=1) WARNING 11-22 18:57:58 [system_utils.py:255] Found ulimit") == "WARNING Found ulimit"
    )
    assert brief("(APIServer pid=1) INFO 11-22 18:57:58 [a.py:1] line 1") == "line 1"
    assert brief('  File "a.py"') == '  File "a.py"'


async def test_a_narrow_screen_shows_the_words_a_wide_one_the_line_as_it_is() -> None:
    for size, whole in (((80, 20), False), ((120, 20), True)):
        app, _, _ = host(TEXT)
        async with app.run_test(size=size) as pilot:
            await shows(pilot, app, "line 199")
            assert ("APIServer" in told(app)) == whole
