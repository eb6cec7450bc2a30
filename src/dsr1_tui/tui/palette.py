"""The command palette, filled from the one table of commands."""

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from dsr1_tui.tui.command import Command
from dsr1_tui.tui.commands import COMMANDS

_NOT_HERE = frozenset({"send", "newline", "palette", "set"})
"""Commands that mean nothing when chosen from a list."""


class ChatCommands(Provider):
    """Every command that can be run by name."""

    async def discover(self) -> Hits:
        """All of them, in the table's order."""
        for command in _listed():
            yield DiscoveryHit(_words(command), partial(self._run, command), help=command.help)

    async def search(self, query: str) -> Hits:
        """Those whose title or help matches."""
        matcher = self.matcher(query)
        for command in _listed():
            words = _words(command)
            score = max(matcher.match(words), matcher.match(command.help) * 0.8)
            if score > 0:
                yield Hit(score, matcher.highlight(words), partial(self._run, command), help=command.help)

    async def _run(self, command: Command) -> None:
        await self.screen.run_action(command.action)


def _listed() -> list[Command]:
    return [command for command in COMMANDS if command.id not in _NOT_HERE]


def _words(command: Command) -> str:
    key = f"   {command.label}" if command.label else ""
    return f"{command.title}{key}"
