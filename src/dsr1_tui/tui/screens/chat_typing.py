"""What is typed into the composer: questions, and slash commands that are offered while they are typed."""

from typing import TYPE_CHECKING

from textual.screen import Screen

from dsr1_tui.tui.commands import BY_SLASH, slash_matches
from dsr1_tui.tui.widgets.composer import Composer

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsr1_tui.domain.server.diagnosis import Diagnosis
    from dsr1_tui.tui.turns import Turns
    from dsr1_tui.tui.widgets.hint_line import HintLine


class TypingActions(Screen[None]):
    """Questions and slash commands."""

    if TYPE_CHECKING:
        turns: Turns
        hint: HintLine
        composer: Composer
        show_hint: Callable[..., None]
        server_ended: Diagnosis | None
        action_restart: Callable[[], None]

    def on_composer_submitted(self, event: Composer.Submitted) -> None:
        """A question, or a slash command."""
        text = event.text
        if text.startswith("/") and not text.startswith("//") and "\n" not in text:
            self.run_slash(text)
            return
        self.turns.submit(text.removeprefix("/") if text.startswith("//") else text)

    def run_slash(self, text: str) -> None:
        """Run `/name words`; an unknown name stays in the composer with the reason below it."""
        name, _, words = text[1:].partition(" ")
        command = BY_SLASH.get(name.lower())
        if command is None:
            found = slash_matches(text)
            command = found[0] if len(found) == 1 and name else None
        if command is None:
            self.composer.text = text
            self.composer.move_cursor(self.composer.document.end)
            self.hint.show(
                f"There is no command /{name}. F1 lists them; a question that begins with / is sent as //…", warn=True
            )
            return
        taker = getattr(self, f"take_{command.id}", None) if words.strip() else None
        if taker is not None:
            taker(words.strip())
        else:
            self.run_worker(self.run_action(command.action), exit_on_error=False)

    def on_composer_typed(self, event: Composer.Typed) -> None:
        """Slash commands are offered while they are typed."""
        if event.text.startswith("/") and not event.text.startswith("//"):
            found = slash_matches(event.text)[:6]
            self.hint.show("   ".join(f"/{c.slash} {c.title}" for c in found) or "no such command: F1 lists them")
        else:
            self.show_hint(anew=True)

    def on_composer_blank(self) -> None:
        """Enter on nothing starts a server again that has ended, else says what to do."""
        if self.server_ended is not None:
            self.action_restart()
            return
        self.hint.show("Type a question first.", warn=True)

    def on_composer_leave(self) -> None:
        """ctrl+d on nothing."""
        self.run_worker(self.run_action("leave"), exit_on_error=False)
