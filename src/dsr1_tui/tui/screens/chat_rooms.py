"""Going elsewhere from the chat: other conversations, models, endpoints, help, an outside editor."""

import asyncio
import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from textual.screen import Screen

from dsr1_tui.domain.fault import Fault, FaultCode, FaultError
from dsr1_tui.domain.ids import ConversationId
from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.target import Target
from dsr1_tui.tui.commands import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsr1_tui.tui.command import Command
    from dsr1_tui.tui.link import Link
    from dsr1_tui.tui.session import Session
    from dsr1_tui.tui.transcript.view import TranscriptView
    from dsr1_tui.tui.turns import Turns
    from dsr1_tui.tui.widgets.composer import Composer
    from dsr1_tui.tui.widgets.hint_line import HintLine


class RoomActions(Screen[None]):
    """Actions that open a dialog or change the conversation."""

    if TYPE_CHECKING:
        session: Session
        transcript: TranscriptView
        turns: Turns
        hint: HintLine
        composer: Composer
        link: Link

        connect_to: Callable[[Target], None]
        notice: Callable[[Fault], None]
        show_state: Callable[[], None]
        panel_changed: Callable[[], None]
        panel_commands: Callable[[], tuple[Command, ...]]

    def _free(self) -> bool:
        if self.turns.busy:
            self.hint.show("It is still answering: esc stops it.", warn=True)
        return not self.turns.busy

    # Conversations

    def action_new(self) -> None:
        """A new conversation with the present settings."""
        if self._free():
            self.session.begin_new()
            self.turns.queue.clear()
            self.transcript.clear()
            self.composer.focus()
            self.show_state()

    def action_history(self) -> None:
        """The picker of earlier conversations."""
        if not self._free():
            return
        from dsr1_tui.tui.screens.history_picker import HistoryPicker  # noqa: PLC0415  off the start-up path

        kit = self.session.kit
        current = self.session.conversation.id if self.session.stored else None
        self.app.push_screen(HistoryPicker(kit.conversations, kit.clock.now(), current), self._picked)

    def _picked(self, conversation_id: ConversationId | None) -> None:
        if conversation_id is not None:
            self.run_worker(self._open(conversation_id), exit_on_error=False)

    async def _open(self, conversation_id: ConversationId) -> None:
        try:
            await self.open_conversation(conversation_id)
        except FaultError as error:
            self.notice(error.fault)

    async def open_conversation(self, conversation_id: ConversationId) -> None:
        """Show and continue a kept conversation.

        Raises:
            FaultError: (not-found, store).
        """
        self.session.open(await self.session.kit.conversations.load(conversation_id))
        path = self.session.path
        self.turns.show_path(path)
        self.composer.remember([m.content for m in path if m.role is MessageRole.USER])
        self.panel_changed()
        self.show_state()

    # Models and endpoints

    def action_model(self) -> None:
        """Choose among what the endpoint serves."""
        connection = self.session.connection
        if connection is None:
            self.hint.show("Not connected yet: F6 connects.", warn=True)
            return
        from dsr1_tui.tui.screens.model_picker import ModelPicker  # noqa: PLC0415  off the start-up path

        self.app.push_screen(ModelPicker(connection.models, connection.model.id), self._model_picked)

    def _model_picked(self, model: str | None) -> None:
        if model is not None:
            self.take_model(model)

    def take_model(self, words: str) -> None:
        """`/model NAME`."""
        try:
            self.link.use_model(words)
        except FaultError as error:
            self.hint.show(error.fault.line, warn=True)

    def action_connect(self) -> None:
        """Choose another endpoint."""
        if not self._free():
            return
        from dsr1_tui.tui.screens.connect_dialog import ConnectDialog  # noqa: PLC0415  off the start-up path

        target = self.link.target
        initial = "" if target is None else target.root_url if target.via is None else target.via.url
        endpoints = self.session.launch.config.endpoints
        self.app.push_screen(ConnectDialog(endpoints, initial, environ=os.environ.get), self._connect_chosen)

    def _connect_chosen(self, target: Target | None) -> None:
        if target is not None:
            self.connect_to(target)

    def take_connect(self, words: str) -> None:
        """`/connect URL or name`."""
        if not self._free():
            return
        try:
            target = self.session.kit.find_target(words)
        except FaultError as error:
            self.hint.show(error.fault.line, warn=True)
            return
        self.connect_to(target)

    # Help and editor

    def action_help(self) -> None:
        """All keys and commands."""
        from dsr1_tui.tui.screens.help import HelpScreen  # noqa: PLC0415  off the start-up path

        self.app.push_screen(HelpScreen((*COMMANDS, *self.panel_commands())))

    def action_edit_outside(self) -> None:
        """Write the question in the user's editor."""
        self.run_worker(self._edit_outside(), exit_on_error=False)

    async def _edit_outside(self) -> None:
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
        handle, name = tempfile.mkstemp(prefix="dsr1-", suffix=".md")
        path = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(self.composer.text)
            with self.app.suspend():
                # The terminal belongs to the editor until it ends; nothing of ours may run meanwhile.
                done = subprocess.run([*shlex.split(editor), name], check=False)  # noqa: ASYNC221, S603  see above
            if done.returncode == 0:
                self.composer.text = (await asyncio.to_thread(path.read_text, encoding="utf-8")).rstrip("\n")
                self.composer.move_cursor(self.composer.document.end)
        except (OSError, ValueError) as error:
            fault = Fault(FaultCode.USAGE, f"The editor “{editor}” could not be started.", "Set $EDITOR.")
            self.hint.show(f"{fault.line} ({type(error).__name__})", warn=True)
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)
            self.composer.focus()
